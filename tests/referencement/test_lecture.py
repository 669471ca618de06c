"""A dossier as the collège reads it: what is met, its chapitres by state, how often they were returned, its advice."""

from dataclasses import replace
from typing import Any

import pytest

from guichets.enums import GateCode
from guichets.rules.gates import Reason
from preuves.operations.chapitres import submit_chapitre, take_back_chapitre
from preuves.queries.dossier import dossier_of
from referencement.enums import ConventionState
from referencement.queries.blocages import dossier_complet
from referencement.queries.situations import situation_to_freeze
from referencement.rules.facts import DossierFacts
from referencement.rules.lecture import Contestee, lecture_of, met, retours_of, tally
from tests.candidatures.conftest import Team
from tests.factories import preuves as prove
from tests.preuves.conftest import make_team_to_prove
from tests.preuves.test_fairness import conclude

from .test_blocages import INS, READY, with_gate

CHARTE = "La charte de référencement est acceptée."
VOLET = "Volets recevables\u00a0: Formulaire d’éligibilité."
CHAPITRES = "Chapitres\u00a0: tous validés, ou sans preuve à déposer."
GUICHETS = "Autres guichets\u00a0: les demandes exigées sont accordées."
CONVENTION = "La convention est signée par l’éditeur."
WHOLE = (CHARTE, VOLET, CHAPITRES, GUICHETS, CONVENTION)


def without(*sentences: str) -> tuple[str, ...]:
    return tuple(sentence for sentence in WHOLE if sentence not in sentences)


def test_all_that_the_college_asks_is_met() -> None:
    assert met(READY) == WHOLE


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(READY, charte_accepted=False), without(CHARTE)),
        (replace(READY, volets=(replace(READY.volets[0], state="submitted"),)), without(VOLET)),
        (replace(READY, chapitres=None), without(CHAPITRES)),
        (replace(READY, chapitres=(replace(INS, standing="returned"),)), without(CHAPITRES)),
        (replace(READY, convention=None), without(CONVENTION)),
        (
            replace(READY, convention=replace(READY.convention, still_holds=False)),  # type: ignore[type-var]
            without(CONVENTION),
        ),
        (
            replace(READY, convention=replace(READY.convention, state=ConventionState.SENT)),  # type: ignore[type-var]
            without(CONVENTION),
        ),
        (with_gate(GateCode.COLLEGE, Reason("Il manque une homologation.", "editeur")), without(GUICHETS)),  # type: ignore[arg-type]
    ],
)
def test_what_is_missing_is_not_said_to_be_met(facts: DossierFacts, expected: tuple[str, ...]) -> None:
    assert met(facts) == expected


def test_chapitres_that_are_settled_are_counted_while_others_are_not() -> None:
    chapitres = (INS, replace(INS, code="DMP", standing="submitted"), replace(INS, code="MAT", standing="acquis"))

    assert "Chapitres\u00a0: 2 sur 3 validés, ou sans preuve à déposer." in met(replace(READY, chapitres=chapitres))


def a_chapitre(code: str, etat: str, **changes: Any) -> dict[str, Any]:
    given = {"code": code, "label": f"Chapitre {code}", "etat": etat, "etat_label": etat.capitalize(), "attendues": 2}
    return given | {"tours": 1, "retours": 0, "heritees": 0, "equivalentes": 0, "contestees": []} | changes


def test_what_is_not_settled_comes_first_and_unfolded_when_it_is_short() -> None:
    chapitres = [
        a_chapitre("INS", "approved"),
        *[a_chapitre(f"A{number}", "submitted") for number in range(4)],
        a_chapitre("DMP", "approved", heritees=3, equivalentes=1),
        a_chapitre("MAT", "returned", tours=2, retours=2),
    ]
    read = lecture_of({"chapitres": chapitres})
    shown = [(groupe.etat, len(groupe.chapitres), groupe.retours, groupe.is_unfolded) for groupe in read.groupes]

    assert shown == [("submitted", 4, 0, False), ("returned", 1, 2, True), ("approved", 2, 0, False)]
    assert (read.total, read.attendues, read.retours, read.returned) == (7, 14, 2, (("Chapitre MAT", 2),))
    assert (read.heritees, read.equivalentes) == (3, 1)


def test_contested_preuve_is_named_with_its_chapitre_and_its_reason() -> None:
    contested = [{"numero": "MAT.01", "motif": "La fonction a changé."}]
    read = lecture_of({"chapitres": [a_chapitre("MAT", "open", contestees=contested)]})

    assert read.contestees == (Contestee("Chapitre MAT", "MAT.01", "La fonction a changé."),)


@pytest.mark.parametrize(("tours", "retours"), [(0, 0), (1, 0), (3, 2)])
def test_situation_frozen_before_returns_were_counted_is_still_read(tours: int, retours: int) -> None:
    assert retours_of({"tours": tours}) == retours


def test_advice_is_counted_without_any_name() -> None:
    advice = ["Favorable", "Pas encore noté", "Favorable"]

    assert tally(advice) == [("Favorable", 2), ("Pas encore noté", 1)]


@pytest.mark.django_db
def test_return_is_counted_once_whatever_comes_after_it() -> None:
    team = make_team_to_prove()
    seen = []
    prove.a_submitted_chapitre(team.candidature, team.salarie)
    seen.append(rounds(team))
    conclude(prove.the_chapitre(team.candidature), team, prove.AUTUMN, accept=False)
    seen.append(rounds(team))
    again(team)
    seen.append(rounds(team))
    take_back_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=prove.AUTUMN)
    seen.append(rounds(team))
    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=prove.AUTUMN)
    conclude(prove.the_chapitre(team.candidature), team, prove.AUTUMN, accept=True)
    seen.append(rounds(team))

    assert seen == [(1, 0), (1, 1), (2, 1), (1, 1), (2, 1)]


def rounds(team: Team) -> tuple[int, int]:
    """How many times MAT was submitted, and returned, as the collège reads it."""
    complet = dossier_complet(dossier_of(team.candidature).candidature, at=prove.AUTUMN)  # type: ignore[union-attr]
    chapitres = {chapitre["code"]: chapitre for chapitre in situation_to_freeze(complet, ())["chapitres"]}
    return chapitres["MAT"]["tours"], chapitres["MAT"]["retours"]


def again(team: Team) -> None:
    """Deposit again what was returned, and submit."""
    numero = prove.due_in(team.candidature, "MAT")[0]
    prove.a_deposit(team.candidature, team.salarie, numero, prove.a_number("90210"), seen=1)
    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=prove.AUTUMN)
