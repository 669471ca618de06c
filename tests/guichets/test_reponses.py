"""A relevé answers the preuves whose annotation names its constat, and never a gate by hand."""

from datetime import timedelta

import pytest

from comptes.enums import RoleANS
from guichets.enums import GateCode, Panne, RoleEdcPsc
from guichets.models import ReponseDeGuichet
from guichets.operations.releves import mark_due, note_failure
from guichets.queries.situation import situation_of
from preuves.enums import Forme
from preuves.models import Chapitre, Preuve, Revision
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.queries.dossier import dossier_of
from tests.candidatures.conftest import Team
from tests.factories import candidatures as phase_1
from tests.factories import guichets as make
from tests.factories import preuves as prove
from tests.factories.guichets import MORNING, again
from tests.ground import standing
from tests.guichets.conftest import INSI, OTHER, UTILISATEUR, make_team_with_constats

HOUR = timedelta(hours=1)


# One chapitre INS: a preuve that the CNDA's INSi answers, one that the habilitation does, one that nobody does.
team = standing(make_team_with_constats)


@pytest.fixture
def demande(team: Team):
    return make.a_demande(team.candidature, team.salarie)


def revisions(numero=INSI):
    return list(Revision.objects.filter(preuve__numero=numero).order_by("number"))


def test_releve_answers_as_a_revision_that_bears_its_sha256(team, demande):
    releve = make.a_releve(demande, "pre_examen", retour_prevu=MORNING.date())

    (revision,) = revisions()
    (reponse,) = ReponseDeGuichet.objects.all()
    assert (revision.forme, revision.deposited_by, revision.deposited_at) == (Forme.CONSTAT, team.salarie, MORNING)
    assert releve.sha256 in revision.value
    assert "«\u00a0Pré-examen\u00a0»" in revision.value
    assert (reponse.releve, reponse.revision, reponse.numero) == (releve, revision, INSI)
    assert (revision.evidence_date, revision.version_technique) == (MORNING.date(), "4.2.1")
    assert revision.preuve.state == "deposited"


@pytest.mark.parametrize("etape", ["initialisation", "refused"])
def test_stage_that_proves_nothing_answers_nothing(demande, etape):
    make.a_releve(demande, etape)

    assert revisions() == []


def test_each_stage_answers_once(demande):
    for hour, etape in enumerate(["pre_examen", "pre_examen", "examen", "examen"]):
        make.a_releve(demande, etape, at=MORNING + hour * HOUR)

    assert [revision.number for revision in revisions()] == [1, 2]


def test_habilitation_answers_once_granted(team):
    demande = make.a_demande(team.candidature, team.salarie, make.edc(RoleEdcPsc.UTILISATEUR))

    make.a_releve(demande, "in_review")
    before = revisions(UTILISATEUR)
    make.a_releve(demande, "granted", at=MORNING + HOUR, documents=(("habilitation", "H-1"),))

    assert before == []
    assert "Habilitation n° H-1." in revisions(UTILISATEUR)[0].value


def submit(team):
    for numero in (INSI, UTILISATEUR):
        if not revisions(numero):
            prove.a_deposit(team.candidature, team.salarie, numero, prove.not_applicable())
    return submit_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=MORNING + HOUR)


def test_chapitre_in_the_hands_of_the_ans_takes_no_answer_and_a_returned_one_does(team, demande):
    chapitre = submit(team)
    make.a_releve(demande, "pre_examen", at=MORNING + 2 * HOUR)
    while_submitted = revisions()

    send_back(team, chapitre, at=MORNING + 3 * HOUR)
    make.a_releve(demande, "pre_examen", at=MORNING + 5 * HOUR)

    assert [reponse.forme for reponse in while_submitted] == [Forme.NOT_APPLICABLE]
    assert [revision.forme for revision in revisions()] == [Forme.NOT_APPLICABLE, Forme.CONSTAT]
    assert Preuve.objects.get(numero=INSI).state == "deposited"


def send_back(team, chapitre, at, wrong=INSI):
    """Read the whole chapitre, and return it for that one preuve."""
    claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=at)
    for numero in (INSI, OTHER, UTILISATEUR):
        avis, reason = ("to_correct", "Le justificatif est attendu.") if numero == wrong else ("accepted", "")
        save_draft(
            chapitre_id=chapitre.pk,
            numero=numero,
            sha256=revisions(numero)[-1].sha256,
            avis=avis,
            reason=reason,
            by=team.instructeur,
            at=at,
        )
    seen_version = Chapitre.objects.get(pk=chapitre.pk).version
    conclude_review(chapitre_id=chapitre.pk, seen_version=seen_version, by=team.instructeur, at=at)


def test_anomaly_answers_nothing(demande):
    make.a_releve(demande, "granted", nil="NIL-9")

    assert revisions() == []


def test_component_beside_the_principal_answers_nothing(team, demande):
    from guichets.models import DemandeAuGuichet

    DemandeAuGuichet.objects.filter(pk=demande.pk).update(composant="Agenda")

    make.a_releve(demande, "granted")

    assert revisions() == []


def test_preuve_that_is_accepted_stays_as_it_is(team, demande):
    make.a_releve(demande, "pre_examen")
    chapitre = submit(team)
    send_back(team, chapitre, at=MORNING + 3 * HOUR, wrong=OTHER)

    make.a_releve(demande, "granted", at=MORNING + 4 * HOUR)

    assert len(revisions()) == 1
    assert again(demande).state == "granted"


def test_confirmed_capture_answers_the_preuve_with_its_file_and_moves_the_gates(team, demande):
    make.a_releve(demande, "initialisation")
    before = gates(team)

    make.a_capture(demande, team.salarie, at=MORNING + HOUR)
    assert revisions() == []
    releve = make.a_confirmed_capture(demande, team.salarie, team.instructeur, at=MORNING + 2 * HOUR)

    (revision,) = revisions()
    assert (revision.forme, [piece.pk for piece in revision.pieces.order_by("pk")]) == (Forme.FILES, [releve.piece_id])
    assert (revision.deposited_by, ReponseDeGuichet.objects.get().source) == (team.salarie, "capture")
    assert len(gates(team)["repute_complet"]) == len(before["repute_complet"]) - 1


def test_capture_that_the_ans_received_answers_in_the_name_of_who_declared(team, demande):
    other = phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR])

    make.a_confirmed_capture(demande, other, team.instructeur)

    assert [revision.deposited_by for revision in revisions()] == [team.salarie]


def gates(team):
    situation = situation_of(team.candidature, dossier=dossier_of(team.candidature), at=MORNING)
    return {gate.code: gate.reasons for gate in situation.gates}


def test_gates_do_not_move_on_a_failure_or_an_anomaly(team, demande):
    other = make.a_demande(team.candidature, team.salarie, make.cnda("DMP"))
    for row in (demande, other):
        make.moved_to(row, "pre_examen")
    before = gates(team)
    later = MORNING + timedelta(days=30)

    make.a_releve(demande, "initialisation", at=later)
    make.a_releve(demande, "granted", at=later, nil="NIL-9")
    pulls = mark_due(guichet=other.guichet_id, budget=10, at=later + timedelta(days=30))
    for pull in pulls:
        note_failure(
            demande_id=pull.demande_id, pull_id=pull.pull_id, kind=Panne.UNKNOWN, detail="", retry_after=None, at=later
        )

    assert len(pulls) == 2
    assert before[GateCode.REPUTE_COMPLET] == ()
    assert gates(team) == before
