"""What people look for, verify and read elsewhere: searches, numbers, exports, calendar, links."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from unicodedata import normalize

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from candidatures.documents.accuse import render_accuse
from candidatures.models import Accuse
from candidatures.operations.calendrier import open_calendar
from comptes import clock
from preuves.catalogue.natures import NATURES
from preuves.enums import Forme, Nature
from preuves.forms.depot import DepotForm
from preuves.rules.depots import Contenu, faults, understood
from tests.cas.rows import case, cases
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.referencement.conftest import PRINTS

HOST = "interop.referencement.esante.gouv.fr"
LINK = f"https://{HOST}/evs/report.seam?oid=1.2.3"
WRAPPED = f"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2F{HOST}%2Fevs%2Freport.seam%3Foid%3D1.2.3&data=05"


def listed(**asked: str) -> list[str]:
    """The solutions that the public list shows after Date 1."""
    with clock.travel(make.DATE_1):
        return [line.nom for line in Client().get(reverse("referencement:solutions"), asked).context["lines"]]


@pytest.fixture
def coeur(team: Any) -> Any:
    """A solution with a ligature, an accent and an apostrophe, in the public list."""
    type(team.produit).objects.filter(pk=team.produit.pk).update(nom="Cœur d’Été–Pro")
    make.a_dossier_handed_over(team.candidature, team.mandataire)
    return team


@cases(
    44,
    "",
    dict.fromkeys(
        ["coeur", "Cœur", "d’ete", "d'été", "CŒUR D’ÉTÉ", "d’e\u0301te\u0301", "ete\u2011pro", "coeur\u00a0d’ete"],
        "trouvé",
    ),
)
def test_word_of_a_name_in_the_public_list(coeur, given, got):
    got("trouvé" if listed(q=given) else "rien")


FORMS = {
    "tel quel": lambda nru: nru,
    "avec –": lambda nru: nru.replace("-", "–"),
    "avec U+2011": lambda nru: nru.replace("-", "\u2011"),
    "avec des espaces": lambda nru: nru.replace("-", " "),
    "sans traits": lambda nru: nru.replace("-", ""),
    "en minuscules": lambda nru: f"\u200b{nru.lower()} ",
    "après « NRU : »": lambda nru: f"NRU\u00a0: {nru}",
}


@cases(45, "K11", {f"NRU {form}, dans « Instruction », la liste publique": "trouvé, trouvé" for form in FORMS})
def test_nru_that_was_pasted(team, sign_in, given, got):
    make.a_dossier_handed_over(team.candidature, team.mandataire)
    pasted = FORMS[given.removeprefix("NRU ").partition(", dans")[0]](team.candidature.nru)
    page = sign_in(team.instructeur).get(reverse("referencement:instruction"), {"q": pasted})

    doors = (page.context["page"].keys, listed(q=pasted))
    got(", ".join("trouvé" if len(door) == 1 else "rien" for door in doors))


@case(
    46, "", given="la liste publique en CSV, une solution « =SOMME(A1) »", expected="BOM, CRLF, ';', formule désarmée"
)
def test_csv_for_excel(team, got):
    type(team.produit).objects.filter(pk=team.produit.pk).update(nom="=SOMME(A1)")
    make.a_dossier_handed_over(team.candidature, team.mandataire)
    with clock.travel(make.DATE_1):
        raw = b"".join(Client().get(reverse("referencement:solutions_csv")))

    seen = {
        "BOM": raw.startswith(b"\xef\xbb\xbf"),
        "CRLF": raw.count(b"\r\n") == raw.count(b"\n") > 1,
        "';'": b";" in raw.splitlines()[0],
        "formule désarmée": b"'=SOMME" in raw,
    }
    got(", ".join(name for name, held in seen.items() if held))


@case(
    47,
    "",
    given="le calendrier des échéances, Date 3 en heure d’hiver",
    expected="CRLF, lignes de 75 octets au plus, 2028-03-15 11:00 UTC",
)
def test_calendar_feed(team, got):
    token = open_calendar(compte_id=team.mandataire.pk, at=make.SUMMER).token
    with clock.travel(make.SUMMER):
        raw = Client().get(reverse("candidatures:calendrier_feed", args=[token])).content

    instants = {event["DTSTART"].dt.astimezone(UTC) for event in Calendar.from_ical(raw).events}
    seen = {
        "CRLF": raw.count(b"\r\n") == raw.count(b"\n"),
        "lignes de 75 octets au plus": max(map(len, raw.split(b"\r\n"))) <= 75,
        "2028-03-15 11:00 UTC": datetime(2028, 3, 15, 11, tzinfo=UTC) in instants,
    }
    got(", ".join(name for name, held in seen.items() if held))


@pytest.fixture
def accuse(team: Any) -> Accuse:
    make.a_submitted_volet(team.candidature, team.salarie)
    return Accuse.objects.get()


@PRINTS
@case(48, "", given="un accusé de dépôt", expected="balisé, fr, titré, PDF/A-3a")
def test_accuse_is_accessible(accuse, got):
    content = render_accuse(accuse.data, version="1", at=accuse.issued_at)
    with pikepdf.open(BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        seen = {
            "balisé": bool(pdf.Root.MarkInfo.Marked),
            "fr": str(pdf.Root.Lang).startswith("fr"),
            "titré": bool(metadata.get("dc:title")),
            "PDF/A-3a": (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A"),
        }
    got(", ".join(name for name, held in seen.items() if held))


NUMBERS = {
    "N° AR-…": lambda numero: f"N°\u00a0{numero}",
    "n° collé": lambda numero: f"n°{numero}",
    "Accusé de dépôt n° AR-…": lambda numero: f"Accusé de dépôt n° {numero}",
    "en minuscules": str.lower,
    "avec des espaces": lambda numero: numero.replace("-", " "),
    "avec –": lambda numero: numero.replace("-", "–"),
    "avec U+2011": lambda numero: numero.replace("-", "\u2011"),
    "sans traits": lambda numero: numero.replace("-", ""),
    "avec U+200B": lambda numero: f"\u200b{numero[:5]}\u200b{numero[5:]}",
}
FINGERPRINTS = {
    "sha256:…": lambda sha256: f"sha256:{sha256}",
    "SHA-256 : …": lambda sha256: f"SHA-256\u00a0: {sha256.upper()}",
    "SHA256(accuse.pdf)= …": lambda sha256: f"SHA256(accuse.pdf)= {sha256}",
    "empreinte en deux lignes": lambda sha256: f"{sha256[:40]}\n{sha256[40:]}",
    "empreinte avec U+200B": lambda sha256: f"{sha256[:9]}\u200b{sha256[9:]}",
}


def verified(**asked: str) -> str:
    page = normalize("NFKC", Client().get(reverse("referencement:verifier"), asked).content.decode())
    return "reconnu" if "Ce document existe" in page else "inconnu"


@cases(49, "K11", dict.fromkeys(NUMBERS, "reconnu"))
def test_number_of_a_document(accuse, given, got):
    got(verified(numero=NUMBERS[given](accuse.numero)))


@cases(49, "K11", dict.fromkeys(FINGERPRINTS, "reconnu"))
def test_fingerprint_of_a_document(accuse, given, got):
    got(verified(empreinte=FINGERPRINTS[given](accuse.sha256)))


PAGES = {
    "10^20": str(10**20),
    "-1": "-1",
    "abc": "abc",
    "chiffre arabe": "\u0662",
    "NUL": "\0",
    "demi-caractère": "%ed%b2%a9",
    "5 000 signes": "9" * 5000,
}


@cases(51, "", dict.fromkeys(PAGES, "aucune erreur 500"))
def test_page_and_words_of_the_public_list(team, given, got):
    value = PAGES[given]
    asked = [
        Client().get(f"/solutions/?{name}={value}" if "%" in value else "/solutions/", {name: value})
        for name in ("page", "q")
    ]

    got("aucune erreur 500" if all(answer.status_code < 500 for answer in asked) else "erreur 500")


@cases(
    50,
    "K7",
    {
        "1 000 lignes d’une lettre": {},
        "2 000 emojis": {},
        "2 000 lettres décomposées": {},
        "2 001 lettres": {"comment"},
        "2 000 lettres, et des blancs autour": {},
    },
)
def test_comment_of_two_thousand_characters(given, got):
    typed = {
        "1 000 lignes d’une lettre": "\r\n".join("a" * 1000),
        "2 000 emojis": "😀" * 2000,
        "2 000 lettres décomposées": "e\u0301" * 2000,
        "2 001 lettres": "a" * 2001,
        "2 000 lettres, et des blancs autour": f"\r\n {'a' * 2000}\u200b \r\n",
    }[given]
    form = DepotForm({"seen": "0", "comment": typed, "value": "1", "version_technique": "1"}, nature=Nature.MOTCO2)

    got(set(form.errors) or {})


@cases(
    55,
    "K11",
    {
        f"{LINK}\u200b": LINK,
        f"<{LINK}>": LINK,
        f"«\u00a0{LINK}\u00a0».": LINK,
        WRAPPED: LINK,
        f"<{WRAPPED}>": LINK,
        WRAPPED.replace(HOST, "example.org"): "protection d’une messagerie",
        "https://example.org/x": "doit mener à l’un de ces sites",
    },
)
def test_link_of_gazelle(given, got):
    good = prove.a_number().evidence_date
    contenu = understood(Contenu(Forme.LINK, value=given, evidence_date=good, version_technique="1"), hosts=[HOST])
    fault = faults(contenu, NATURES[Nature.GAZELLE], hosts=[HOST], on=good).get("value", "")

    named = ("protection d’une messagerie", "doit mener à l’un de ces sites")
    got(next((name for name in named if name in fault), contenu.value))
