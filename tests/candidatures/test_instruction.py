"""What the ANS asks of a submitted volet, and what the éditeur may then change."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from candidatures.enums import Act, DemandeKind, DemandeState, Verdict, VoletKind, VoletState
from candidatures.models import Demande, Volet
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.instruction import (
    DemandeNotPossible,
    VoletNotAdmissible,
    admit_volet,
    ask_complement,
    judge_reference,
    reopen_volet,
)
from candidatures.operations.volets import Conflict, Saved, VoletNotSubmittable, save_answers, submit_volet
from candidatures.queries.volets import answers_at, jugements_of, unlocked_champs
from comptes import journal
from comptes.models import Compte, JournalEntry, Notice
from tests.candidatures.conftest import Team, all_at_once, make_team
from tests.factories import candidatures as make

AFTER_DATE_1 = make.DATE_1 + timedelta(days=20)


def sentences(team: Team) -> list[str]:
    entries = JournalEntry.objects.filter(chain=team.candidature.chain).order_by("number")
    return [line.sentence for line in journal.lines(list(entries))]


def save(volet: Volet, by: Compte, **answers: Any) -> Saved:
    return save_answers(volet_id=volet.pk, answers=answers, seen_version=volet.version, by=by, at=AFTER_DATE_1)


# -- a demande de compléments, from its question to its end ---------------------------------------------------------


def test_complement_goes_round_and_the_volet_is_admitted(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    demande = make.a_demande(volet, team.instructeur, "version_technique")
    assert (team.volet.state, demande.state, demande.number) == (
        VoletState.COMPLEMENT_REQUESTED,
        DemandeState.ASKED,
        1,
    )

    save(team.volet, team.salarie, version_technique="4.3")
    submit_volet(volet_id=volet.pk, by=team.salarie, at=AFTER_DATE_1)
    demande.refresh_from_db()
    assert (demande.state, demande.answered_by, demande.answered_at) == (
        DemandeState.ANSWERED,
        team.salarie,
        AFTER_DATE_1,
    )

    make.confirm_reference(team.volet, team.instructeur)
    make.admit(team.volet, team.instructeur, at=AFTER_DATE_1)
    demande.refresh_from_db()
    assert (team.volet.state, demande.state, demande.closed_at) == (
        VoletState.ADMITTED,
        DemandeState.CLOSED,
        AFTER_DATE_1,
    )
    assert team.volet.first_submitted_at == make.SUMMER
    assert list(volet.soumissions.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert list(journal.verify()) == []


def test_complement_opens_its_champs_alone(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.a_demande(volet, team.instructeur, "version_technique")
    saved = save(team.volet, team.salarie, version_technique="4.3", solution_nom="Autre", contact_nom="Autre")

    assert (saved.written, set(saved.locked)) == (("version_technique",), {"solution_nom", "contact_nom"})
    answers = answers_at(team.volet, version=team.volet.version)
    assert (answers["version_technique"], answers["solution_nom"]) == ("4.3", "Sirocco Résidence")


def test_complement_asks_again_and_numbers_go_on(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.a_demande(volet, team.instructeur, "version_technique")
    submit_volet(volet_id=volet.pk, by=team.salarie, at=AFTER_DATE_1)
    second = make.a_demande(team.volet, team.instructeur, "solution_nom", "contact_nom")

    assert second.number == 2
    assert unlocked_champs(team.volet) == {"solution_nom", "contact_nom"}


@pytest.mark.parametrize(
    ("champs", "text", "reasons"),
    [
        ([], "Précisez.", ["Choisissez au moins un champ."]),
        (["inconnu"], "Précisez.", ["Choisissez au moins un champ."]),
        (["solution_nom"], "  ", ["Indiquez à l’éditeur ce que vous attendez."]),
        ([], "", ["Choisissez au moins un champ.", "Indiquez à l’éditeur ce que vous attendez."]),
    ],
)
def test_complement_without_a_champ_or_a_text_is_refused(
    team: Team, champs: list[str], text: str, reasons: list[str]
) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)

    with pytest.raises(DemandeNotPossible) as refused:
        ask_complement(
            volet_id=volet.pk,
            champs=champs,
            text=text,
            seen_version=volet.version,
            by=team.instructeur,
            at=make.SUMMER,
        )
    assert list(refused.value.reasons) == reasons
    assert team.volet.state == VoletState.SUBMITTED


def test_complement_on_a_draft_is_refused(team: Team) -> None:
    volet = make.a_filled_volet(team.candidature, team.salarie)

    with pytest.raises(Conflict, match="encore en cours de saisie"):
        make.a_demande(volet, team.instructeur, "solution_nom")


def test_complement_tells_everyone_of_the_product(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.a_demande(volet, team.instructeur, "solution_nom")

    recipients = Notice.objects.filter(kind="candidatures.complement_asked").values_list("compte", flat=True)
    assert set(recipients) == {team.mandataire.pk, team.representant.pk, team.salarie.pk}


def test_submitting_during_a_complement_again_says_what_is_missing(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.a_demande(volet, team.instructeur, "solution_nom")
    save(team.volet, team.salarie, solution_nom=None)

    with pytest.raises(VoletNotSubmittable) as refused:
        submit_volet(volet_id=volet.pk, by=team.salarie, at=AFTER_DATE_1)
    assert [obstacle.champ for obstacle in refused.value.obstacles] == ["solution_nom"]


@pytest.mark.django_db(transaction=True)
def test_complement_by_two_instructeurs_at_once_is_one_demande() -> None:
    team = make_team()
    volet = make.a_submitted_volet(team.candidature, team.salarie)

    results = all_at_once(2, lambda _: make.a_demande(volet, team.instructeur, "solution_nom"))

    refusals = [str(result) for result in results if isinstance(result, Conflict)]
    assert refusals == ["Un complément a été demandé par Inès Garnier le 1er\u00a0juillet 2026 à 10\u00a0h."]
    assert Demande.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_admission_and_complement_at_once_are_one_decision() -> None:
    team = make_team()
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.confirm_reference(volet, team.instructeur)

    def decide(number: int) -> object:
        if number % 2:
            return make.a_demande(volet, team.instructeur, "solution_nom")
        return admit_volet(volet_id=volet.pk, seen_version=volet.version, by=team.instructeur, at=make.SUMMER)

    results = all_at_once(6, decide)

    assert sum(isinstance(result, Conflict) for result in results) == 5
    assert team.volet.version == volet.version + 1
    assert list(journal.verify()) == []


@pytest.mark.django_db(transaction=True)
def test_two_people_on_the_same_champ_at_once_keep_both_texts() -> None:
    team = make_team()
    people, volet_id = [team.salarie, team.mandataire], team.volet.pk

    def act(number: int) -> Saved:
        return save_answers(
            volet_id=volet_id,
            answers={"solution_nom": f"par {number}"},
            seen_version=0,
            by=people[number],
            at=make.SUMMER,
        )

    saved = [result for result in all_at_once(2, act) if isinstance(result, Saved)]

    winner, loser = sorted(saved, key=lambda save: save.written, reverse=True)
    assert (winner.written, winner.conflicts, loser.written) == (("solution_nom",), {}, ())
    kept = answers_at(team.volet, version=team.volet.version)["solution_nom"]
    assert loser.conflicts["solution_nom"].value == kept


# -- reopening ------------------------------------------------------------------------------------------------------


def test_admitted_volet_is_reopened_after_date_1_to_add_a_distributeur(team: Team) -> None:
    kind = VoletKind.ELIGIBILITE
    volet = make.admit(make.a_submitted_volet(team.candidature, team.salarie, kind=kind), team.instructeur)
    demande = reopen_volet(
        volet_id=volet.pk,
        champs=["distributeurs"],
        text="À votre demande.",
        seen_version=volet.version,
        by=team.instructeur,
        at=AFTER_DATE_1,
    )
    reopened = make.the_volet(team.candidature, kind)
    assert (reopened.state, reopened.admitted_at, demande.kind) == (
        VoletState.COMPLEMENT_REQUESTED,
        None,
        DemandeKind.REOPENING,
    )

    line = {"raison_sociale": "Mistral Diffusion", "immatriculation": {"pays": "FR", "identifiant": "552008443"}}
    saved = save(reopened, team.salarie, distributeurs={"lignes": [line]}, nie="NIE-9")
    assert (saved.written, saved.locked) == (("distributeurs",), ("nie",))
    submit_volet(volet_id=volet.pk, by=team.salarie, at=AFTER_DATE_1)
    again = make.admit(make.the_volet(team.candidature, kind), team.instructeur, at=AFTER_DATE_1)

    assert (again.state, again.first_submitted_at) == (VoletState.ADMITTED, make.SUMMER)


@pytest.mark.parametrize("state", [VoletState.DRAFT, VoletState.SUBMITTED])
def test_reopening_is_for_an_admitted_volet(team: Team, state: str) -> None:
    make_it = make.a_filled_volet if state == VoletState.DRAFT else make.a_submitted_volet
    volet = make_it(team.candidature, team.salarie)

    with pytest.raises(Conflict):
        reopen_volet(
            volet_id=volet.pk,
            champs=["solution_nom"],
            text="x",
            seen_version=volet.version,
            by=team.instructeur,
            at=make.SUMMER,
        )


# -- references -----------------------------------------------------------------------------------------------------


def judge(team: Team, verdict: Verdict, reason: str = "", identifiant: str = "W-123") -> Any:
    return judge_reference(
        volet_id=team.volet.pk,
        identifiant=identifiant,
        verdict=verdict,
        reason=reason,
        by=team.instructeur,
        at=make.SUMMER,
    )


def test_admission_before_the_references_are_judged_is_refused(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)

    with pytest.raises(VoletNotAdmissible) as refused:
        make.admit(volet, team.instructeur)
    assert [obstacle.sentence for obstacle in refused.value.obstacles] == [
        "La référence W-123 n’est ni confirmée ni refusée."
    ]


def test_admission_after_a_refused_reference(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    judge(team, Verdict.REFUSED, "Identifiant inconnu.")

    assert make.admit(volet, team.instructeur).state == VoletState.ADMITTED


def test_second_judgement_holds_and_the_first_remains(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    judge(team, Verdict.CONFIRMED)
    judge(team, Verdict.REFUSED, "Autre solution.")

    assert jugements_of(volet)["W-123"].verdict == Verdict.REFUSED
    assert volet.jugements.count() == 2


@pytest.mark.parametrize(
    ("verdict", "reason", "identifiant", "sentence"),
    [
        (Verdict.CONFIRMED, "", "W-999", "n’est pas déclarée par l’éditeur"),
        (Verdict.REFUSED, "", "W-123", "Indiquez le motif du refus."),
    ],
)
def test_judgement_refused_says_why(team: Team, verdict: Verdict, reason: str, identifiant: str, sentence: str) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)

    with pytest.raises(DemandeNotPossible, match=sentence):
        judge(team, verdict, reason, identifiant)


def test_judgement_on_a_draft_is_refused(team: Team) -> None:
    make.a_filled_volet(team.candidature, team.salarie)

    with pytest.raises(DemandeNotPossible, match="pas en cours d’examen"):
        judge(team, Verdict.CONFIRMED)


# -- warnings -------------------------------------------------------------------------------------------------------


def test_submission_waits_for_each_warning_to_be_read(team: Team) -> None:
    kind, missing = VoletKind.ELIGIBILITE, {"nru_edc_utilisateur": None, "nru_edc_proxy": None}
    volet = make.a_filled_volet(team.candidature, team.salarie, kind, **missing)

    with pytest.raises(VoletNotSubmittable) as refused:
        submit_volet(volet_id=volet.pk, read=frozenset({"nru_edc_proxy"}), by=team.salarie, at=make.SUMMER)
    assert [(obstacle.code, obstacle.champ) for obstacle in refused.value.obstacles] == [
        ("unread", "nru_edc_utilisateur")
    ]

    submit_volet(volet_id=volet.pk, read=frozenset(missing), by=team.salarie, at=make.SUMMER)
    assert sentences(team)[-2] == (
        "Formulaire d’éligibilité\u00a0: avertissements lus avant la soumission\u00a0: "
        "NRU EDC PSC, éditeur de logiciel utilisateur, NRU EDC PSC, éditeur de proxy"
    )


def test_warning_named_by_hand_that_is_none_is_not_recorded(team: Team) -> None:
    volet = make.a_filled_volet(team.candidature, team.salarie)
    submit_volet(volet_id=volet.pk, read=frozenset({"nie"}), by=team.salarie, at=make.SUMMER)

    acts = JournalEntry.objects.filter(chain=team.candidature.chain).values_list("act", flat=True)
    assert Act.WARNINGS_READ not in set(acts)


# -- the journal ----------------------------------------------------------------------------------------------------


def test_journal_says_each_act_of_the_instruction(team: Team) -> None:
    volet = make.an_admitted_volet(team.candidature, team.salarie, team.instructeur)
    reopen_volet(
        volet_id=volet.pk,
        champs=["version_technique"],
        text="x",
        seen_version=volet.version,
        by=team.instructeur,
        at=AFTER_DATE_1,
    )
    submit_volet(volet_id=volet.pk, by=team.salarie, at=AFTER_DATE_1)
    judge(team, Verdict.REFUSED, "Autre solution.")
    make.a_demande(team.volet, team.instructeur, "contact_nom")
    piece = make.a_piece(team.candidature, team.salarie)
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AFTER_DATE_1)

    journal_sentences = sentences(team)
    for sentence in (
        "La référence W-123 est confirmée par l’ANS",
        "La référence W-123 est refusée par l’ANS",
        "Candidature administrative\u00a0: l’ANS rouvre «\u00a0Version technique candidate\u00a0»",
        "Candidature administrative\u00a0: l’ANS demande un complément sur «\u00a0Nom\u00a0»",
        f"Fichier n°\u00a0{piece.pk} déposé",
        "La candidature est retirée par l’éditeur",
    ):
        assert sentence in journal_sentences
    assert list(journal.verify()) == []
    call_command("verify_journal")


# -- the same law in the database -----------------------------------------------------------------------------------


DEMANDE = "volet_id, kind, champs, text, asked_at, asked_by_id, cancellation"
JUGEMENT = "volet_id, champ, identifiant, judged_at, judged_by_id"
AGAINST_THE_LAW = [
    ("UPDATE candidatures_demande SET state = 'answered'", "demande_state_bears_its_stamps"),
    ("UPDATE candidatures_demande SET state = 'closed'", "demande_state_bears_its_stamps"),
    ("UPDATE candidatures_demande SET state = 'lost'", "demande_state_bears_its_stamps"),
    ("UPDATE candidatures_demande SET answered_at = now()", "demande_state_bears_its_stamps"),
    ("UPDATE candidatures_demande SET champs = '{}'", "demande_names_its_champs"),
    (
        (
            f"INSERT INTO candidatures_demande ({DEMANDE}, number, state) "
            f"SELECT {DEMANDE}, 2, 'asked' FROM candidatures_demande"
        ),
        "demande_one_at_a_time",
    ),
    (
        (
            f"INSERT INTO candidatures_demande ({DEMANDE}, number, state, answered_at, answered_by_id) "
            f"SELECT {DEMANDE}, 1, 'answered', asked_at, asked_by_id FROM candidatures_demande"
        ),
        "demande_number_once",
    ),
    (
        (
            f"INSERT INTO candidatures_jugement ({JUGEMENT}, verdict, reason) "
            f"SELECT {JUGEMENT}, 'refused', '' FROM candidatures_jugement"
        ),
        "jugement_refusal_has_a_reason",
    ),
    (
        (
            f"INSERT INTO candidatures_jugement ({JUGEMENT}, verdict, reason) "
            f"SELECT {JUGEMENT}, 'perhaps', 'x' FROM candidatures_jugement"
        ),
        "jugement_verdict_is_known",
    ),
    ("UPDATE candidatures_jugement SET verdict = 'refused', reason = 'x'", "candidatures_jugement"),
    ("DELETE FROM candidatures_jugement", "candidatures_jugement"),
    ("UPDATE candidatures_piece SET sha256 = ''", "candidatures_piece"),
    ("DELETE FROM candidatures_piece", "candidatures_piece"),
    (
        "UPDATE candidatures_volet SET admitted_at = now() WHERE state = 'complement_requested'",
        "volet_state_bears_its_stamps",
    ),
    (
        "UPDATE candidatures_volet SET state = 'draft' WHERE state = 'complement_requested'",
        "volet_state_bears_its_stamps",
    ),
    ("UPDATE candidatures_candidature SET withdrawn_at = now()", "candidature_state_bears_its_stamps"),
]


@pytest.mark.parametrize(("statement", "law"), AGAINST_THE_LAW)
def test_raw_sql_against_the_law_is_refused(team: Team, statement: str, law: str) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.confirm_reference(volet, team.instructeur)
    make.a_demande(volet, team.instructeur, "solution_nom")
    make.a_piece(team.candidature, team.salarie)

    with pytest.raises(IntegrityError, match=law), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
