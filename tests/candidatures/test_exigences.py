"""What an échéance asks is read from its dispositif; each mistake is named with its place, and old rows are filled."""

from importlib import import_module

import pytest
from django.apps import apps

from candidatures.catalogue.dispositifs import file_of, spec_of
from candidatures.catalogue.faults import DispositifFileError
from candidatures.catalogue.reading import read_dispositif
from candidatures.catalogue.specs import Exigences
from candidatures.enums import ExigenceDEcheance
from candidatures.models import Echeance
from candidatures.operations.dispositifs import load_dispositif
from candidatures.queries.candidatures import deadlines_by_code, echeances_of_the_volets
from candidatures.rules.exigences import asking, first_asking
from tests.dates import ASKED, DATE_1, DATE_2, DATE_3
from tests.factories import candidatures as make

DUI, ESSAI = "ms-dui-va2", "essai-va2"
EXIGE_1 = 'exige = ["volets-soumis"]'
E = ExigenceDEcheance


def changed(before: str, after: str) -> str:
    text = file_of(DUI).read_text(encoding="utf-8")
    assert before in text, before
    return text.replace(before, after, 1)


@pytest.mark.parametrize("code", [DUI, ESSAI])
def test_each_dispositif_says_what_its_three_echeances_ask(code: str) -> None:
    assert {echeance.code: echeance.exigences for echeance in spec_of(code).echeances} == ASKED


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (EXIGE_1, "", "echeances.date-1.exige\u00a0: cette clé manque"),
        (EXIGE_1, "exige = []", "echeances.date-1.exige\u00a0: il en faut au moins 1"),
        (EXIGE_1, 'exige = "volets-soumis"', "echeances.date-1.exige\u00a0: il faut une liste"),
        (EXIGE_1, "exige = [1]", "echeances.date-1.exige[1]\u00a0: «\u00a01\u00a0» n’est pas l’un de"),
        (EXIGE_1, 'exige = ["volets-signes"]', "«\u00a0volets-signes\u00a0» n’est pas l’un de volets-soumis"),
        (EXIGE_1, 'exige = ["volets-soumis", "volets-soumis"]', "«\u00a0volets-soumis\u00a0» est déjà écrit."),
        (EXIGE_1, EXIGE_1 + '\nvolets = ["charte"]', "«\u00a0charte\u00a0» n’est pas l’un de administratif"),
        (EXIGE_1, EXIGE_1 + "\nvolets = []", "echeances.date-1.volets\u00a0: il en faut au moins 1"),
        (EXIGE_1, EXIGE_1 + '\nchapitres = ["MAT"]', "date-1.chapitres\u00a0: «\u00a0exige\u00a0» ne demande rien"),
        (
            EXIGE_1,
            EXIGE_1 + '\nvolets = ["eligibilite"]',
            "n’exige «\u00a0volets-soumis\u00a0» de tout",
        ),
        (
            'exige = ["retours-repondus"]',
            'exige = ["demandes-avancees"]',
            "«\u00a0retours-repondus\u00a0» de tout",
        ),
        ("[echeances.date-1]", "[echeances.Date_1]", "echeances.Date_1\u00a0: cette clé n’est pas un code"),
        ("[echeances.date-1]", f"[echeances.{'x' * 21}]", "cette clé n’est pas un code en minuscules"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(before: str, after: str, fault: str) -> None:
    with pytest.raises(DispositifFileError) as refused:
        read_dispositif(changed(before, after))

    assert fault in str(refused.value)


def test_restriction_binds_what_it_names_and_nothing_else() -> None:
    exigences = Exigences((E.CHAPITRES_SOUMIS, E.DEMANDES_AVANCEES), chapitres=("MAT",))

    assert [exigences.ask(E.CHAPITRES_SOUMIS, of) for of in ("MAT", "INS", "")] == [True, False, False]
    assert [exigences.ask(kind) for kind in E] == [False, False, True, False]


@pytest.mark.django_db
def test_echeance_is_found_by_what_it_asks_the_earliest_first() -> None:
    deadlines = deadlines_by_code(make.a_dispositif())

    assert {kind: list(asking(deadlines, kind)) for kind in E} == {
        E.VOLETS_SOUMIS: [DATE_1],
        E.CHAPITRES_SOUMIS: [DATE_2],
        E.DEMANDES_AVANCEES: [DATE_2],
        E.RETOURS_REPONDUS: [DATE_3],
    }
    assert first_asking({}, E.VOLETS_SOUMIS) == ""


@pytest.mark.django_db
def test_echeance_of_the_volets_is_the_first_that_asks_for_all_of_them() -> None:
    make.a_dispositif()
    load_dispositif(spec=spec_of(ESSAI), at=make.OPENING)
    Echeance.objects.filter(dispositif=DUI, code=DATE_2).update(exige=["volets-soumis"])
    Echeance.objects.filter(dispositif=ESSAI, code=DATE_1).update(volets=["eligibilite"])
    Echeance.objects.filter(dispositif=ESSAI, code=DATE_3).update(exige=["volets-soumis"])

    rows = echeances_of_the_volets().order_by("dispositif")
    assert list(rows.values_list("dispositif", "code")) == [(ESSAI, DATE_3), (DUI, DATE_1)]


@pytest.mark.django_db
def test_rows_of_before_say_what_the_code_did_and_the_file_is_kept_then() -> None:
    make.a_dispositif()
    rows = Echeance.objects.filter(dispositif=DUI).order_by("at")
    rows.update(exige=[])
    import_module("candidatures.migrations.0020_exigences_d_echeance").say_what_they_ask(apps, None)
    assert {row.code: row.exigences for row in rows} == ASKED

    rows.update(exige=["retours-repondus"], chapitres=["MAT"])
    make.a_dispositif()
    assert {row.code: row.exigences for row in rows.all()} == ASKED
