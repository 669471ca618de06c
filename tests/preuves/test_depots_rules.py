from datetime import date

import pytest

from preuves.catalogue.natures import NATURES
from preuves.enums import ExigibiliteKind, Forme, Nature
from preuves.rules.depots import (
    Contenu,
    DepositFacts,
    faults,
    fingerprint_of_deposit,
    is_under_a_year,
    understood,
    why_not_depositable,
)
from preuves.rules.exigibilite import Exigibilite
from preuves.rules.liens import link_from, why_not_a_link

HOSTS = ["interop.referencement.esante.gouv.fr"]
DAY = date(2027, 2, 1)
GOOD = {"evidence_date": date(2027, 1, 20), "version_technique": "4.2.1"}


def faults_of(nature: Nature, contenu: Contenu) -> dict[str, str]:
    return faults(contenu, NATURES[nature], hosts=HOSTS, on=DAY)


@pytest.mark.parametrize(
    ("nature", "contenu"),
    [
        (Nature.VIDEO, Contenu(Forme.FILES, piece_ids=(1,), **GOOD)),
        (Nature.MOTCO2, Contenu(Forme.NUMBER, value="48213", **GOOD)),
        (Nature.GAZELLE, Contenu(Forme.LINK, value=f"https://{HOSTS[0]}/gazelle/report?oid=1.3.6", **GOOD)),
        (Nature.TEXTE, Contenu(Forme.TEXT, value="Voici.", **GOOD)),
        (Nature.VIDEO, Contenu(Forme.NOT_APPLICABLE, value="La solution n’appelle pas ce téléservice.")),
    ],
)
def test_good_deposit_has_no_fault(nature: Nature, contenu: Contenu) -> None:
    assert faults_of(nature, contenu) == {}


@pytest.mark.parametrize(
    ("nature", "contenu", "field"),
    [
        (Nature.VIDEO, Contenu(Forme.FILES, **GOOD), "fichiers"),
        (Nature.VIDEO, Contenu(Forme.FILES, piece_ids=tuple(range(21)), **GOOD), "fichiers"),
        (Nature.VIDEO, Contenu(Forme.TEXT, value="Une description", **GOOD), "forme"),
        (Nature.MOTCO2, Contenu(Forme.NUMBER, value="", **GOOD), "value"),
        (Nature.MOTCO2, Contenu(Forme.NUMBER, value="48 213", **GOOD), "value"),
        (Nature.MOTCO2, Contenu(Forme.NUMBER, value="12,5", **GOOD), "value"),
        (Nature.MOTCO2, Contenu(Forme.NUMBER, value="-3", **GOOD), "value"),
        (Nature.MOTCO2, Contenu(Forme.NUMBER, value="٣", **GOOD), "value"),
        (Nature.TEXTE, Contenu(Forme.TEXT, **GOOD), "value"),
        (Nature.TEXTE, Contenu(Forme.TEXT, value="a" * 20_001, **GOOD), "value"),
        (Nature.VIDEO, Contenu(Forme.NOT_APPLICABLE, value="non"), "value"),
        (Nature.VIDEO, Contenu(Forme.FILES, piece_ids=(1,), version_technique="1"), "evidence_date"),
        (Nature.VIDEO, Contenu(Forme.FILES, piece_ids=(1,), evidence_date=DAY), "version_technique"),
        (
            Nature.VIDEO,
            Contenu(Forme.FILES, piece_ids=(1,), version_technique="1", evidence_date=date(2027, 2, 2)),
            "evidence_date",
        ),
        (
            Nature.VIDEO,
            Contenu(Forme.FILES, piece_ids=(1,), version_technique="1", evidence_date=date(2016, 12, 31)),
            "evidence_date",
        ),
        (
            Nature.PENTEST,
            Contenu(Forme.FILES, piece_ids=(1,), version_technique="1", evidence_date=date(2026, 2, 1)),
            "evidence_date",
        ),
    ],
)
def test_fault_is_said_at_its_field(nature: Nature, contenu: Contenu, field: str) -> None:
    assert list(faults_of(nature, contenu)) == [field]


@pytest.mark.parametrize(
    ("made", "on", "young"),
    [
        (date(2026, 2, 1), date(2027, 1, 31), True),
        (date(2026, 2, 1), date(2027, 2, 1), False),
        (date(2028, 2, 29), date(2029, 2, 28), True),
        (date(2028, 2, 29), date(2029, 3, 1), False),
        (date(2027, 2, 1), date(2027, 2, 1), True),
    ],
)
def test_a_year_is_counted_by_the_calendar(made: date, on: date, *, young: bool) -> None:
    assert is_under_a_year(made, on=on) is young


@pytest.mark.parametrize(
    "link",
    [
        "http://interop.referencement.esante.gouv.fr/x",
        "https://interop.referencement.esante.gouv.fr.example/x",
        "https://example.org/interop.referencement.esante.gouv.fr",
        "https://someone@interop.referencement.esante.gouv.fr/x",
        "https://interop.referencement.esante.gouv.fr:8443/x",
        "https://interop.referencement.esante.gouv.fr",
        "javascript:alert(1)",
        "https://[::1/x",
        "https://interop.referencement.esante.gouv.fr/a b",
        "https://interop.referencement.esante.gouv.fr/a https://interop.referencement.esante.gouv.fr/b",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fx&data=05",
        "https://example.org/?url=https%3A%2F%2Finterop.referencement.esante.gouv.fr%2Fx",
        "",
    ],
)
def test_link_elsewhere_is_refused(link: str) -> None:
    assert why_not_a_link(link_from(link, HOSTS), HOSTS)


PERMANENT = "https://interop.referencement.esante.gouv.fr/evs/report.seam?oid=1.2.3&p=4#top"
QUOTED = "https%3A%2F%2Finterop.referencement.esante.gouv.fr%2Fevs%2Freport.seam%3Foid%3D1.2.3%26p%3D4%23top"
SAFE = f"https://eur01.safelinks.protection.outlook.com/?url={QUOTED}&data=05%7C02&reserved=0"


@pytest.mark.parametrize(
    "typed",
    [
        PERMANENT,
        f" \u00a0{PERMANENT}\u200b\ufeff ",
        f"<{PERMANENT}>",
        f"«\u00a0{PERMANENT}\u00a0».",
        f"Résultat\u00a0: {PERMANENT}",
        f"le résultat<{PERMANENT}>",
        PERMANENT.replace("report", "re\r\n  port"),
        SAFE,
        f"<{SAFE}>",
        f"https://www.google.com/url?sa=D&q={QUOTED}",
        f"https://urldefense.com/v3/__{PERMANENT}__;!!abc$",
        f"https://linkprotect.cudasvc.com/url?a={QUOTED}&c=E,1",
    ],
)
def test_link_is_taken_out_of_what_surrounds_or_wraps_it(typed: str) -> None:
    contenu = understood(Contenu(Forme.LINK, value=typed, **GOOD), hosts=HOSTS)

    assert contenu.value == PERMANENT
    assert faults_of(Nature.GAZELLE, contenu) == {}


def test_a_wrapped_link_that_leads_elsewhere_is_named() -> None:
    wrapped = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fx"

    assert "protection d’une messagerie (eur01.safelinks" in why_not_a_link(link_from(wrapped, HOSTS), HOSTS)


def exigibilite(kind: ExigibiliteKind = ExigibiliteKind.REQUIRED) -> Exigibilite:
    return Exigibilite("X.01", "X", kind, "Demandée à toutes les solutions.")


def test_deposit_is_open_once_the_eligibilite_was_submitted() -> None:
    assert not why_not_depositable(DepositFacts(True, True, True, exigibilite(), None))


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (DepositFacts(False, True, True, exigibilite(), None), "plus ouverte"),
        (DepositFacts(True, False, True, exigibilite(), None), "Soumettez d’abord"),
        (DepositFacts(True, True, False, exigibilite(), None), "est soumis à l’ANS"),
        (DepositFacts(True, True, True, exigibilite(ExigibiliteKind.INHERITED), None), "Aucune preuve à déposer"),
        (DepositFacts(True, True, True, exigibilite(), "accepted"), "acceptée"),
    ],
)
def test_deposit_is_closed_with_its_reason(facts: DepositFacts, sentence: str) -> None:
    assert sentence in why_not_depositable(facts)


def test_fingerprint_changes_with_every_part() -> None:
    base = Contenu(Forme.FILES, piece_ids=(1,), **GOOD)
    fingerprint = fingerprint_of_deposit(base, numero="X", empreinte="e", pieces=["a"])

    assert fingerprint == fingerprint_of_deposit(base, numero="X", empreinte="e", pieces=["a"])
    others = {
        fingerprint_of_deposit(base, numero="Y", empreinte="e", pieces=["a"]),
        fingerprint_of_deposit(base, numero="X", empreinte="f", pieces=["a"]),
        fingerprint_of_deposit(base, numero="X", empreinte="e", pieces=["b"]),
        fingerprint_of_deposit(Contenu(Forme.FILES, comment="x", **GOOD), numero="X", empreinte="e", pieces=["a"]),
        fingerprint_of_deposit(
            Contenu(Forme.FILES, **(GOOD | {"version_technique": "5"})), numero="X", empreinte="e", pieces=[]
        ),
    }
    assert len(others | {fingerprint}) == 6
