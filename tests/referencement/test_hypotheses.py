"""« Et si… » and the path of any solution: what other profils ask for, without a database."""

from datetime import timedelta

from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.specs import DUREES
from guichets.rules.architecture import Architecture, requis
from referencement.rules.durees import Duree, durees_of
from referencement.rules.graphe import Etat
from referencement.rules.hypotheses import Asked, least_slack, typical, with_profils
from referencement.rules.previsions import paths_of
from referencement.views.hypotheses import compared
from tests.factories.candidatures import DUI
from tests.factories.histories import CHAPITRES, ECHEANCES, HISTORIES

VOLETS = {"administratif": "Candidature administrative", "eligibilite": "Formulaire d’éligibilité"}
DAY = timedelta(days=1)


def asks(*profils: str, due: tuple[str, ...] = tuple(CHAPITRES)) -> Asked:
    """What these profils ask for, when these chapitres have a preuve to bring."""
    required = requis(Architecture(frozenset(profils), proxy="propre"), spec_of(DUI))
    return Asked(CHAPITRES, {code: frozenset({code} if code in due else ()) for code in CHAPITRES}, required)


def test_typical_path_of_ahi_alone_has_two_lanes_and_nothing_done() -> None:
    at = ECHEANCES["date-1"].at - 60 * DAY
    facts = typical(asks("AHI", due=("MAT",)), VOLETS, ECHEANCES, prerequis="MAT", to_answer=30 * DAY)
    planned = paths_of(facts, durees_of(DUREES, {}), {}, at=at).likely.planned

    assert {each.step.lane for each in planned.values()} == {"segur", "cnda"}
    assert planned["charte"].etat is Etat.CURRENT
    assert planned["chapitre:INS"].etat is Etat.DONE  # nothing to bring: acquis
    assert planned["chapitre:MAT"].etat is Etat.TODO


def test_typical_path_of_other_profils_goes_to_every_desk() -> None:
    at = ECHEANCES["date-1"].at - 60 * DAY
    facts = typical(asks("PA"), VOLETS, ECHEANCES, prerequis="MAT", to_answer=30 * DAY)
    paths = paths_of(facts, durees_of(DUREES, {}), {}, at=at)

    assert {each.step.lane for each in paths.likely.planned.values()} == {"segur", "edc_psc", "cnda"}
    assert paths.college
    assert set(paths.phases) == {1, 2, 3}


def test_profil_that_asks_for_more_opens_its_chapitres_and_keeps_the_rest() -> None:
    history = HISTORIES["cnda-tardive"]()
    before = asks("PA", due=("INS",))
    after = with_profils(history.facts, before, asks("PA", "PH", due=("INS", "DOC")))

    states = {chapitre.code: chapitre.standing for chapitre in after.dossier.chapitres or ()}
    assert states == {**dict.fromkeys(CHAPITRES, "approved"), "DOC": "open", "SSI": "returned"}


def test_longer_duration_on_the_critical_path_moves_the_college_and_says_so() -> None:
    history = HISTORIES["ahi"]()
    durees = durees_of(DUREES, {})
    before = paths_of(history.facts, durees, {}, at=history.at)
    long = {**durees, "etape-guichet": Duree(90 * DAY, 90 * DAY, 90 * DAY)}
    after = paths_of(history.facts, long, {}, at=history.at)

    assert before.college
    assert after.college
    assert after.college.likely > before.college.likely
    moved = {line["label"] for line in compared(before, after) if line["change"]}
    assert "Décision du collège" in moved
    assert "Étapes à faire" not in moved
    slack = least_slack(before)
    assert slack
