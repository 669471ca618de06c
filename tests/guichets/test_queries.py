from datetime import timedelta

import pytest

from comptes.dates import day_in_words
from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import GateCode, Owner, Panne, RoleEdcPsc
from guichets.operations.releves import mark_due, note_failure
from guichets.queries.sante import anomalies_to_deal_with, overdue_returns, sante_of_guichets
from guichets.queries.situation import situation_of
from preuves.operations.reouvertures import reopen_chapitre
from preuves.queries.dossier import dossier_of
from tests.factories import conventions
from tests.factories import guichets as make
from tests.factories import preuves as prove
from tests.factories.guichets import CNDA, MORNING

HOUR = timedelta(hours=1)


def situation(team, at=MORNING, dossier=None):
    return situation_of(team.candidature, dossier=dossier, at=at)


def test_situation_lists_what_is_required_before_anything_is_declared(team):
    shown = situation(team)

    assert [(ligne.label, ligne.etape_label, ligne.age, ligne.owner) for ligne in shown.lignes] == [
        ("Habilitation EDC PSC, éditeur de logiciel utilisateur", "À déclarer", "jamais vérifié", Owner.EDITEUR),
        ("Habilitation EDC PSC, éditeur de proxy", "À déclarer", "jamais vérifié", Owner.EDITEUR),
        ("Homologation CNDA INSi, composant principal", "À déclarer", "jamais vérifié", Owner.EDITEUR),
        ("Homologation CNDA DMP, composant principal", "À déclarer", "jamais vérifié", Owner.EDITEUR),
    ]
    assert [gate.code for gate in shown.gates if gate.is_open] == []


def test_situation_shows_the_last_word_of_each_desk_and_its_age(team, demande):
    make.a_releve(demande, "pre_examen", retour_prevu=MORNING.date())
    make.a_releve(demande, "recours", at=MORNING + HOUR)

    ligne = situation(team, at=MORNING + 2 * HOUR).of(CNDA)[0]

    assert (ligne.demande.state, ligne.age, ligne.owner) == (
        "pre_examen",
        "vérifié il y a 2 heures",
        spec_of_guichet("cnda").owner,
    )
    assert [releve.etape for releve in ligne.releves] == ["recours", "pre_examen"]
    assert [anomalie.kind for anomalie in ligne.anomalies] == ["unknown_status"]
    assert [passage.etape for passage in ligne.passages] == ["pre_examen"]
    assert (ligne.is_stale, ligne.is_overdue) == (False, False)
    assert situation(team, at=MORNING + timedelta(days=3)).of(CNDA)[0].is_overdue


def test_capture_is_beside_until_the_desk_says_as_much(team, demande):
    capture = make.a_capture(demande, team.salarie)
    before = situation(team).of("cnda")[0].capture
    make.a_releve(demande, "pre_examen", at=MORNING + HOUR)

    assert (before.pk, before.etape, before.recorded_at, before.is_waiting) == (capture.pk, "pre_examen", MORNING, True)
    assert situation(team, at=MORNING + HOUR).of("cnda")[0].capture is None


def test_demande_beside_what_is_required_is_listed_last_and_keeps_no_gate(team):
    for demande in (*make.everything(team.candidature, team.salarie)[0],):
        make.moved_to(demande, "granted")
    make.a_demande(team.candidature, team.salarie, make.edc(proxy="Proxy du Nord", numero="EDC-N"))

    shown = situation(team)

    assert (shown.lignes[-1].demande.proxy, shown.lignes[-1].requise) == ("Proxy du Nord", None)
    assert [gate.code for gate in shown.gates if gate.is_open] == [GateCode.HOMOLOGATIONS]


def test_gates_open_one_after_the_other(team):
    habilitations, homologations = make.everything(team.candidature, team.salarie)
    opened = []
    for demandes, etape in ((habilitations, "granted"), (homologations, "pre_examen"), (homologations, "granted")):
        for demande in demandes:
            make.a_releve(demande, etape, at=MORNING + HOUR)
        opened.append([str(gate.code) for gate in situation(team, at=MORNING + HOUR).gates if gate.is_open])

    assert opened == [
        ["homologations"],
        ["homologations", "repute_complet"],
        ["homologations", "repute_complet", "college"],
    ]


@pytest.mark.parametrize("count", [1, 15])
def test_situation_asks_the_same_of_the_database_whatever_it_holds(team, count, django_assert_num_queries):
    roles, homologations = make.everything(team.candidature, team.salarie)
    for demande in (*roles, *homologations)[:count]:
        make.a_confirmed_capture(demande, team.salarie, team.instructeur, at=MORNING - 2 * HOUR, etape="granted")
        for hour in range(count):
            make.a_releve(demande, "granted", at=MORNING + hour * HOUR)
        make.a_releve(demande, "recours", at=MORNING + 20 * HOUR)

    with django_assert_num_queries(7):
        lignes = situation(team).lignes
        assert all(releve.piece_id or releve.source == "pulled" for ligne in lignes for releve in ligne.releves)
    assert max(len(ligne.releves) for ligne in lignes) == {1: 3, 15: 12}[count]


def test_line_says_what_the_desk_awaits_and_what_it_gave(team):
    roles, (insi, _) = make.everything(team.candidature, team.salarie)
    make.a_releve(roles[0], "complement_requested", pieces=(("documentaires", "accepted"), ("bas_psc", "to_complete")))
    make.a_releve(insi, "granted", documents=(("attestation", "ATT-1"), ("lettre", "LR-1")))

    habilitation, homologation = situation(team).lignes[0], situation(team).of(CNDA)[0]

    stands = {piece.code: str(etat.label) if etat else "" for piece, etat in habilitation.pieces}
    reponses = {"documentaires": "Acceptée", "bas_psc": "À compléter", "outil_conformite": "", "intrusion": ""}
    assert (stands, habilitation.awaited) == (
        reponses,
        "répondre à la demande de complément, puis déposer une capture de son espace",
    )
    given = ("Attestation de conformité n°\u00a0ATT-1", "Lettre de référencement n°\u00a0LR-1")
    assert (homologation.documents, homologation.awaited) == (given, "")


def test_prerequisite_chapitre_opens_the_tests_at_the_cnda(team):
    chapitre = prove.a_submitted_chapitre(team.candidature, team.salarie)
    (gate, *_) = situation(team, dossier=dossier_of(team.candidature)).gates

    assert chapitre.state == "submitted"
    assert (gate.code, gate.is_open, gate.owner, gate.note) == (GateCode.TESTS_CNDA, False, Owner.ANS, "")


def test_gate_of_the_tests_quotes_the_approval_until_the_chapitre_is_opened_again(team):
    conventions.approve(team.candidature, team, "MAT")
    chapitre = prove.the_chapitre(team.candidature)
    (approved, *_) = situation(team, dossier=dossier_of(team.candidature)).gates
    reopen_chapitre(
        chapitre_id=chapitre.pk,
        reason="Une preuve est périmée.",
        seen_version=chapitre.version,
        by=team.instructeur,
        at=chapitre.concluded_at + HOUR,
    )
    (reopened, *_) = situation(team, dossier=dossier_of(team.candidature)).gates

    assert (approved.is_open, reopened.is_open) == (True, False)
    assert approved.note.startswith(f"Autorisation délivrée le {day_in_words(chapitre.concluded_at)}, à la validation")
    assert reopened.note == ""


def test_health_of_a_desk_counts_the_last_hour(team):
    _, (insi, dmp) = make.everything(team.candidature, team.salarie)
    make.a_releve(insi, "pre_examen", at=MORNING - 2 * HOUR)
    make.a_releve(insi, "pre_examen", at=MORNING)
    (pull,) = mark_due(guichet=CNDA, budget=10, at=MORNING)
    note_failure(demande_id=dmp.pk, pull_id=pull.pull_id, kind=Panne.SLOW, detail="", retry_after=None, at=MORNING)

    edc, cnda, _ = sante_of_guichets(at=MORNING + timedelta(minutes=1))

    assert (cnda.successes, cnda.failures, cnda.error_rate, cnda.last_success_at) == (1, 1, 50, MORNING)
    assert (cnda.last_failure_at, cnda.due, edc.due, edc.error_rate) == (MORNING, 0, 2, None)


@pytest.mark.parametrize("count", [1, 3])
def test_boards_ask_one_question_each(team, count, django_assert_num_queries):
    declared = [make.cnda(), make.cnda("DMP"), make.edc(RoleEdcPsc.PROXY)][:count]
    for declaration in declared:
        demande = make.a_demande(team.candidature, team.salarie, declaration)
        make.a_releve(demande, "recours", retour_prevu=MORNING.date())

    with django_assert_num_queries(1):
        board = list(anomalies_to_deal_with())
    assert len(board) == count
    with django_assert_num_queries(1):
        assert list(overdue_returns(on=MORNING.date())) == []


def test_overdue_returns_are_those_that_a_desk_let_pass(team, demande):
    make.a_releve(demande, "examen", retour_prevu=MORNING.date())
    tomorrow = MORNING.date() + timedelta(days=1)

    on_the_day, the_day_after = (list(overdue_returns(on=day)) for day in (MORNING.date(), tomorrow))
    make.a_releve(demande, "granted", at=MORNING + HOUR, retour_prevu=MORNING.date())

    assert (on_the_day, [demande.pk for demande in the_day_after]) == ([], [demande.pk])
    assert list(overdue_returns(on=tomorrow)) == []
