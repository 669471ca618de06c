"""No desk is configured: declared at once, shown by captures that the ANS confirms, until the gates open."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from guichets import operations, queries
from guichets.enums import GateCode, Owner
from preuves.queries import dossier_of
from tests.candidatures.conftest import Team, make_team
from tests.factories import guichets as make
from tests.factories import preuves as prove
from tests.factories.conventions import approve

HOUR = timedelta(hours=1)
DESKS = {"edc_psc": ("submitted", "granted"), "cnda": ("pre_examen", "granted")}


def a_team(profils: list[str], **eligible: Any) -> Team:
    prove.a_rem()
    team = make_team()
    team.candidature = prove.a_candidature_to_prove(
        team.candidature, team.mandataire, team.instructeur, profils=profils, **eligible
    )
    return team


def situation(team: Team) -> queries.Situation:
    dossier = dossier_of(team.candidature)
    return queries.situation_of(team.candidature, dossier=dossier, at=make.MORNING + timedelta(days=2))


def open_gates(team: Team) -> set[GateCode]:
    return {gate.code for gate in situation(team).gates if gate.is_open}


def owners(team: Team, code: GateCode) -> set[Owner]:
    gate = next(one for one in situation(team).gates if one.code == code)
    return {reason.owner for reason in gate.reasons}


@pytest.mark.parametrize(
    ("profils", "eligible", "desks"),
    [(["PA"], {"proxy": "propre"}, ["edc_psc", "cnda"]), (["AHI"], {}, ["cnda"])],
    ids=["PA with its own proxy", "AHI alone"],
)
def test_every_gate_opens_by_captures_alone(
    db: None, profils: list[str], eligible: dict[str, Any], desks: list[str]
) -> None:
    assert not any(one["url"] for one in settings.GUICHETS.values())
    team = a_team(profils, **eligible)
    known = queries.known_demandes(team.candidature)
    assert {one.guichet.code for one in known} == set(desks)

    keys = [one.objet.key for one in known]
    demandes = operations.record_known_demandes(
        candidature_id=team.candidature.pk, keys=keys, by=team.salarie, at=prove.AUTUMN
    )
    assert owners(team, GateCode.COLLEGE) == {Owner.EDITEUR}
    approve(team.candidature, team, "MAT")
    assert GateCode.TESTS_CNDA in open_gates(team)

    for rank in (0, 1):
        for number, demande in enumerate(demandes):
            at, etape = make.MORNING + (4 * rank + number) * HOUR, DESKS[demande.guichet_id][rank]
            capture = make.a_capture(demande, team.salarie, at, etape=etape)
            assert Owner.ANS in owners(team, GateCode.COLLEGE)
            operations.confirm_capture(
                capture_id=capture.pk,
                seen_version=make.again(demande).version,
                by=team.instructeur,
                at=at + timedelta(minutes=5),
            )
        assert Owner.EDITEUR not in owners(team, GateCode.COLLEGE)
        assert GateCode.REPUTE_COMPLET in open_gates(team)

    assert open_gates(team) == set(GateCode)
    assert {ligne.age for ligne in situation(team).lignes} == {"constaté sur capture, confirmé par l’ANS le 03/11/2026"}
