"""The public list of two dispositifs: what is filtered, what each line says, and the addresses of before the second."""

import csv
import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.catalogue import dispositifs
from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import VoletKind
from candidatures.models import Candidature
from comptes import clock
from comptes.enums import Role
from referencement.rules.publication import Wanted, wanted_from
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI, ESSAI
from tests.factories.referencement import COLLEGE, an_attributed_solution

LATER = COLLEGE + timedelta(days=30)
BOTH = ["Alizé", "Dune", "Zéphyr"]
PROFILS = {DUI: {"PA": "Personnes âgées"}, ESSAI: {"MER": "Mer"}}


@pytest.fixture
def alize(db: None) -> Candidature:
    """Alizé, référencée, and Zéphyr, in progress, of the DUI; Dune, in progress, of the trial."""
    editeur = make.an_editeur(raison_sociale="Élan")
    by = make.a_person(editeur, Role.MANDATAIRE)
    candidatures = {}
    for nom, code in (("Zéphyr", DUI), ("Dune", ESSAI), ("Alizé", DUI)):
        candidatures[nom] = make.a_candidature(make.a_produit(editeur, by, nom), by, code=code)
        make.a_submitted_volet(candidatures[nom], by, solution_nom=nom)
        make.a_submitted_volet(candidatures[nom], by, kind=VoletKind.ELIGIBILITE)
    an_attributed_solution(candidatures["Alizé"], by)
    return candidatures["Alizé"]


def got(name: str, at: datetime = LATER, **asked: str) -> Any:
    with clock.travel(at):
        return Client().get(reverse(f"referencement:{name}"), asked)


def listed(**asked: str) -> list[str]:
    page = got("solutions", **asked)
    assert page.status_code == 200
    return [line.nom for line in page.context["lines"]]


def test_one_dispositif_is_asked_in_the_address_of_the_list_and_of_each_export(alize: Candidature) -> None:
    assert (listed(), listed(dispositif=DUI), listed(dispositif=ESSAI)) == (BOTH, ["Alizé", "Zéphyr"], ["Dune"])

    for code, expected in ((DUI, ["Alizé", "Zéphyr"]), (ESSAI, ["Dune"])):
        rows = list(
            csv.DictReader(StringIO(got("solutions_csv", dispositif=code).content.decode("utf-8-sig")), delimiter=";")
        )
        solutions = json.loads(got("solutions_json", dispositif=code).content)["solutions"]
        assert [row["solution"] for row in rows] == [row["solution"] for row in solutions] == expected
        assert {row["dispositif"] for row in rows} == {code}
    assert ("Alizé" in got("solutions_atom", dispositif=DUI).content.decode()) is True
    assert ("Alizé" in got("solutions_atom", dispositif=ESSAI).content.decode()) is False
    assert {
        got(name, dispositif="inconnu").status_code for name in ("solutions_csv", "solutions_json", "solutions_atom")
    } == {404}


def test_each_line_says_its_dispositif_and_reads_its_profils_there(alize: Candidature) -> None:
    lines = {line.nom: (line.demarche, line.profils) for line in got("solutions").context["lines"]}

    assert lines["Dune"] == ("Dispositif d’essai, vague 2", ("Éditeurs de la mer", "Éditeurs du sable"))
    assert lines["Zéphyr"] == (
        "Dossier usager informatisé (DUI), vague 2",
        ("Personnes âgées", "Personnes à difficultés spécifiques"),
    )


def test_profils_are_those_of_the_dispositif_that_is_chosen(alize: Candidature) -> None:
    offered = {code: got("solutions", dispositif=code).context["profils"] for code in (DUI, ESSAI)}

    assert [code for code, _, _ in offered[DUI]] == list(spec_of(DUI).profils)
    assert [code for code, _, _ in offered[ESSAI]] == list(spec_of(ESSAI).profils)
    assert "Choisissez une démarche pour chercher aussi par profil." in got("solutions").content.decode()
    assert (listed(dispositif=ESSAI, profil="MER"), listed(dispositif=ESSAI, profil="VENT")) == (["Dune"], [])


def test_address_of_before_the_second_dispositif_still_resolves(alize: Candidature) -> None:
    assert listed(profil="PA") == ["Alizé", "Zéphyr"]
    assert listed(dispositif=DUI, profil="PA", etat="en-cours") == ["Zéphyr"]
    assert listed(dispositif="inconnu", profil="inconnu") == BOTH
    page = Client().get(f"/solutions/{alize.nru}/")
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"profil": "PA"}, Wanted(dispositif=DUI, profil="PA")),
        ({"profil": "MER"}, Wanted(dispositif=ESSAI, profil="MER")),
        ({"profil": "PA", "dispositif": ESSAI}, Wanted(dispositif=ESSAI)),
        ({"profil": "PA", "dispositif": "ancien"}, Wanted(dispositif=DUI, profil="PA")),
        ({"dispositif": "ancien"}, Wanted()),
        ({"dispositif": ESSAI}, Wanted(dispositif=ESSAI)),
    ],
)
def test_profil_is_one_of_a_dispositif(asked: dict[str, str], wanted: Wanted) -> None:
    assert wanted_from(asked, PROFILS) == wanted


def test_profil_that_two_have_is_of_the_first_that_opened() -> None:
    assert wanted_from({"profil": "PA"}, {DUI: {"PA": "A"}, ESSAI: {"PA": "B"}}).dispositif == DUI


def test_each_list_says_when_it_opens(alize: Candidature) -> None:
    before = got("solutions", at=make.DATE_1).content.decode()

    assert "Dispositif d’essai, vague 2&nbsp;: la liste s’ouvre le" in " ".join(before.split())
    assert "Dossier usager informatisé (DUI), vague 2&nbsp;: la liste" not in " ".join(before.split())
    assert got("solutions", at=make.DATE_1, dispositif=DUI).context["opens"] == []


def test_alone_it_is_neither_asked_nor_said(db: None) -> None:
    editeur = make.an_editeur()
    by = make.a_person(editeur, Role.MANDATAIRE)
    make.a_dossier_handed_over(make.a_candidature(make.a_produit(editeur, by, "Alizé"), by), by)
    page = got("solutions", profil="PA")

    assert [line.nom for line in page.context["lines"]] == ["Alizé"]
    assert 'name="dispositif"' not in page.content.decode()
    assert "Démarche" not in page.content.decode()
    assert 'name="profil"' in page.content.decode()


def test_list_outlives_the_file_of_a_dispositif(alize: Candidature) -> None:
    """A file that is wrong, or no longer named, shuts no page of what was already handed over or attributed."""
    dispositifs.read_also(only=[ESSAI])
    try:
        assert listed() == BOTH
        assert {line.nom: line.profils for line in got("solutions").context["lines"]}["Zéphyr"] == ("PA", "PDS")
    finally:
        from django.conf import settings

        dispositifs.read_also(*settings.DISPOSITIF_FOLDERS, only=settings.DISPOSITIFS)
