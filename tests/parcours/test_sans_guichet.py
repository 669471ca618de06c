"""No desk is configured: declared at once, shown by captures that the ANS confirms, until the gates open."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from candidatures.models import Candidature
from comptes import clock
from guichets import sweeps
from guichets.enums import GateCode, Owner
from guichets.models import DemandeAuGuichet
from guichets.operations.captures import confirm_capture
from guichets.operations.demandes import record_known_demandes
from guichets.queries.demandes import known_demandes
from guichets.queries.preuves import said_of_preuve
from guichets.queries.situation import DeskSituation, situation_of
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import Avis, ChapitreState, Forme, Nature
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.queries.dossier import dossier_of
from preuves.queries.instruction import submitted_revisions
from preuves.rules.depots import Contenu
from referencement.enums import Seuil
from referencement.queries.blocages import dossier_complet
from referencement.rules.blocages import blocages
from tests.candidatures.conftest import Team, make_team
from tests.factories import guichets as make
from tests.factories import preuves as prove
from tests.factories.conventions import approve

HOUR = timedelta(hours=1)
LINK = "https://interop.referencement.esante.gouv.fr/EVSClient/detailedResult.seam?oid=1.2.3"
DESKS = {"edc_psc": ("submitted", "granted"), "cnda": ("pre_examen", "granted")}


def a_team(profils: list[str], **eligible: Any) -> Team:
    prove.a_rem()
    team = make_team()
    team.candidature = prove.a_candidature_to_prove(
        team.candidature, team.mandataire, team.instructeur, profils=profils, **eligible
    )
    return team


def situation(team: Team) -> DeskSituation:
    dossier = dossier_of(team.candidature)
    return situation_of(team.candidature, dossier=dossier, at=make.MORNING + timedelta(days=2))


def open_gates(team: Team) -> set[GateCode]:
    return {gate.code for gate in situation(team).gates if gate.is_open}


def owners(team: Team, code: GateCode) -> set[Owner]:
    gate = next(gate for gate in situation(team).gates if gate.code == code)
    return {reason.owner for reason in gate.reasons}


@pytest.mark.parametrize(
    ("profils", "eligible", "desks"),
    [(["PA"], {"proxy": "propre"}, ["edc_psc", "cnda"]), (["AHI"], {}, ["cnda"])],
    ids=["PA with its own proxy", "AHI alone"],
)
def test_every_gate_opens_by_captures_alone(
    db: None, profils: list[str], eligible: dict[str, Any], desks: list[str]
) -> None:
    assert not any(desk["url"] for desk in settings.GUICHETS.values())
    team = a_team(profils, **eligible)
    known = known_demandes(team.candidature)
    assert {demande.guichet.code for demande in known} == set(desks)

    keys = [demande.objet.key for demande in known]
    demandes = record_known_demandes(candidature_id=team.candidature.pk, keys=keys, by=team.salarie, at=prove.AUTUMN)
    assert owners(team, GateCode.COLLEGE) == {Owner.EDITEUR}
    approve(team.candidature, team, "MAT")
    assert GateCode.TESTS_CNDA in open_gates(team)

    for rank in (0, 1):
        for number, demande in enumerate(demandes):
            at, etape = make.MORNING + (4 * rank + number) * HOUR, DESKS[demande.guichet_id][rank]
            capture = make.a_capture(demande, team.salarie, at, etape=etape)
            assert Owner.ANS in owners(team, GateCode.COLLEGE)
            confirm_capture(
                capture_id=capture.pk,
                seen_version=make.again(demande).version,
                by=team.instructeur,
                at=at + timedelta(minutes=5),
            )
        assert Owner.EDITEUR not in owners(team, GateCode.COLLEGE)
        assert GateCode.REPUTE_COMPLET in open_gates(team)

    assert open_gates(team) == set(GateCode)
    assert {ligne.age for ligne in situation(team).lignes} == {
        ("vérifié sur une capture, confirmée par l’ANS le 3\u00a0novembre 2026")
    }


def chapitres_and_results_waited_for(team: Team) -> list[tuple[str, Owner]]:
    """Of what keeps it from the collège: what is of a chapitre, and what names either desk."""
    candidature = Candidature.objects.with_names().get(pk=team.candidature.pk)
    facts = dossier_complet(candidature, at=make.MORNING).facts
    named = ("Gazelle", "MOTCO2", "Interopérabilité")
    left = blocages(facts, seuil=Seuil.COLLEGE, at=make.MORNING)
    return [(blocage.sentence, blocage.owner) for blocage in left if any(name in blocage.sentence for name in named)]


def test_verdict_suffices_on_a_gazelle_link_and_a_motco2_number_that_no_desk_can_be_asked_about(db: None) -> None:
    """Nothing is followed, and nothing waits for a desk: the instructeur's word on each preuve is the last one."""
    numeros = {"INT.01.01.01": Nature.GAZELLE, "INT.02.01.01": Nature.MOTCO2}
    exigences = [
        prove.an_exigence(numero[:6], prove.a_preuve_spec(numero, nature)) for numero, nature in numeros.items()
    ]
    prove.a_rem(RemSpec((ChapitreSpec("INT", "Interopérabilité", tuple(exigences)),)))
    team = make_team()
    team.candidature = prove.a_candidature_to_prove(
        team.candidature, team.mandataire, team.instructeur, profils=["AHI"]
    )
    link = Contenu(Forme.LINK, value=LINK, evidence_date=make.YESTERDAY, version_technique="4.2.1")
    for numero, contenu in zip(numeros, (link, None), strict=True):
        prove.a_deposit(team.candidature, team.salarie, numero, contenu)
    chapitre = submit_chapitre(candidature_id=team.candidature.pk, code="INT", by=team.salarie, at=prove.AUTUMN)
    with clock.travel(make.MORNING):
        followed = sweeps.follow_links()
    before = chapitres_and_results_waited_for(team)

    claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=make.MORNING)
    for numero, revision in submitted_revisions(chapitre).items():
        arguments = {"sha256": revision.sha256, "avis": Avis.ACCEPTED, "reason": ""}
        save_draft(chapitre_id=chapitre.pk, numero=numero, by=team.instructeur, at=make.MORNING, **arguments)
    seen_version = prove.the_chapitre(team.candidature, "INT").version
    conclude_review(chapitre_id=chapitre.pk, seen_version=seen_version, by=team.instructeur, at=make.MORNING)

    assert (followed, DemandeAuGuichet.objects.count()) == (0, 0)
    assert prove.the_chapitre(team.candidature, "INT").state == ChapitreState.APPROVED
    assert before == [("Interopérabilité\u00a0: l’ANS doit examiner ce chapitre.", Owner.ANS)]
    assert chapitres_and_results_waited_for(team) == []
    for numero, nature in numeros.items():
        assert said_of_preuve(team.candidature, prove.a_preuve_spec(numero, nature), make.MORNING) == []
