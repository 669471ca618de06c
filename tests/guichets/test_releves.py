from datetime import date, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from comptes.enums import NotificationMode
from comptes.models import JournalEntry, Notice
from comptes.operations.notifications import choose_modes
from guichets.enums import AnomalieKind, AnomalieState, Owner, Panne, RoleEdcPsc
from guichets.models import Anomalie, DemandeAuGuichet, EchecDeReleve, Passage, Releve
from guichets.operations.anomalies import AnomalieNotAcknowledgeable, acknowledge_anomalie
from guichets.operations.demandes import correct_demande
from guichets.operations.releves import LASTING, mark_due, note_failure, note_releve
from tests.candidatures.conftest import all_at_once
from tests.factories import guichets as make
from tests.factories.guichets import CNDA, EDC_PSC, MORNING, EtapeCNDA, again
from tests.preuves.conftest import make_team_to_prove

TOMORROW = MORNING.date() + timedelta(days=1)


def the_anomalie(demande):
    return Anomalie.objects.get(demande=demande)


def acts(candidature):
    return list(
        JournalEntry.objects.filter(chain=candidature.chain, address__startswith="demande_guichet")
        .order_by("number")
        .values_list("act", flat=True)
    )


def test_answer_moves_the_demande_and_is_kept_as_it_came(team, demande):
    answer = make.an_answer(demande, "pre_examen", retour_prevu=TOMORROW)

    releve = note_releve(demande_id=demande.pk, pull_id=uuid4(), answer=answer, at=MORNING)

    moved = again(demande)
    assert (moved.state, moved.moved_at, moved.etape_date) == ("pre_examen", MORNING, make.YESTERDAY)
    assert (moved.retour_prevu, moved.confirmed_at) == (TOMORROW, MORNING)
    assert (bytes(releve.raw), releve.sha256, releve.schema) == (answer.raw, answer.sha256, "cnda-demande/1")
    assert acts(team.candidature) == ["demande_guichet.recorded", "demande_guichet.etape"]


def test_skipping_forward_walks_each_stage_and_says_which_were_not_seen(demande):
    make.a_releve(demande, "granted", documents=(("attestation", "A-1"), ("lettre", "L-1")))

    moved = again(demande)
    passages = Passage.objects.filter(demande=demande).order_by("number").values_list("number", "etape", "seen")
    assert list(passages) == [
        (1, "pre_examen", False),
        (2, "examen", False),
        (3, "finalisation", False),
        (4, "granted", True),
    ]
    assert (moved.state, moved.decided_date) == ("granted", make.YESTERDAY)
    assert moved.documents == {"attestation": "A-1", "lettre": "L-1"}


def test_same_answer_again_is_one_more_releve_and_nothing_else(team, demande):
    for hour in range(3):
        make.a_releve(demande, "pre_examen", at=MORNING + timedelta(hours=hour))

    assert Releve.objects.filter(demande=demande).count() == 3
    assert Passage.objects.filter(demande=demande).count() == 1
    assert again(demande).confirmed_at == MORNING + timedelta(hours=2)
    assert acts(team.candidature).count("demande_guichet.etape") == 1


def test_same_pull_twice_is_one_releve(demande):
    pull_id = uuid4()

    first = make.a_releve(demande, "pre_examen", pull_id=pull_id)
    again_noted = make.a_releve(demande, "examen", pull_id=pull_id, at=MORNING + timedelta(hours=1))

    assert first == again_noted
    assert again(demande).state == "pre_examen"


@pytest.mark.parametrize(
    ("etape", "answered", "kind", "owner"),
    [
        ("initialisation", {}, AnomalieKind.BACKWARDS, Owner.ANS),
        ("recours", {}, AnomalieKind.UNKNOWN_STATUS, Owner.ANS),
        ("examen", {"nil": "NIL-9"}, AnomalieKind.OTHER_SOFTWARE, Owner.EDITEUR),
        ("examen", {"objet": "DMP"}, AnomalieKind.OTHER_OBJECT, Owner.EDITEUR),
        ("examen", {"date_etape": date(2026, 11, 1)}, AnomalieKind.OLDER_DATE, Owner.ANS),
        ("examen", {"date_etape": TOMORROW}, AnomalieKind.FUTURE_DATE, Owner.ANS),
    ],
)
def test_anomaly_moves_nothing_and_goes_on_the_board(demande, etape, answered, kind, owner):
    before = make.moved_to(demande, "pre_examen")

    releve = make.a_releve(demande, etape, at=MORNING + timedelta(hours=1), **answered)

    anomalie, after = the_anomalie(demande), again(demande)
    assert (anomalie.kind, anomalie.who, anomalie.releve) == (kind, owner, releve)
    assert (after.state, after.etape_date, after.confirmed_at) == (before.state, before.etape_date, before.confirmed_at)


def test_anomaly_said_again_is_the_same_one_and_a_consistent_answer_closes_it(team, demande):
    make.moved_to(demande, "examen")
    for hour in (1, 2):
        make.a_releve(demande, "recours", at=MORNING + timedelta(hours=hour))
    acknowledge_anomalie(
        anomalie_id=the_anomalie(demande).pk,
        note="Le CNDA est prévenu.",
        by=team.instructeur,
        at=MORNING + timedelta(hours=3),
    )

    make.a_releve(demande, "recours", at=MORNING + timedelta(hours=4))
    acknowledged = the_anomalie(demande)
    make.a_releve(demande, "finalisation", at=MORNING + timedelta(hours=5))

    assert (acknowledged.state, acknowledged.note) == (AnomalieState.ACKNOWLEDGED, "Le CNDA est prévenu.")
    assert the_anomalie(demande).state == AnomalieState.CLOSED
    assert again(demande).state == "finalisation"


def test_anomaly_is_acknowledged_once(team, demande):
    make.a_releve(demande, "recours")
    arguments = {"anomalie_id": the_anomalie(demande).pk, "note": "", "by": team.instructeur, "at": MORNING}
    acknowledge_anomalie(**arguments)

    with pytest.raises(AnomalieNotAcknowledgeable, match="déjà prise en compte"):
        acknowledge_anomalie(**arguments)


def test_answer_that_comes_late_is_kept_and_moves_nothing(demande):
    make.moved_to(demande, "pre_examen")
    (pull,) = due(at=MORNING + timedelta(days=1))

    make.a_releve(demande, "examen", at=MORNING - timedelta(minutes=1), pull_id=pull.pull_id)

    after = again(demande)
    assert Releve.objects.filter(demande=demande).count() == 2
    assert (after.state, after.confirmed_at, after.pull_id) == ("pre_examen", MORNING, None)


def test_answer_under_a_number_corrected_since_is_kept_and_moves_nothing(team, demande):
    answer = make.an_answer(demande, "granted")
    correct_demande(
        demande_id=demande.pk, numero="CNDA-2", nil="NIL-1", logiciel="", seen_version=0, by=team.salarie, at=MORNING
    )

    note_releve(demande_id=demande.pk, pull_id=uuid4(), answer=answer, at=MORNING)

    assert Releve.objects.filter(demande=demande).count() == 1
    assert again(demande).state == "initialisation"


# -- failures -------------------------------------------------------------------------------------------------------


def due(guichet=CNDA, at=MORNING, budget=100):
    return mark_due(guichet=guichet, budget=budget, at=at)


def a_pull(at=MORNING):
    (pull,) = due(at=at)
    return pull


def fail(demande, kind=Panne.SLOW, at=MORNING, retry_after=None):
    return note_failure(
        demande_id=demande.pk, pull_id=a_pull(at).pull_id, kind=kind, detail="", retry_after=retry_after, at=at
    )


@pytest.mark.parametrize("kind", [kind for kind in Panne if kind not in LASTING])
def test_failure_that_a_retry_mends_moves_nothing_and_is_retried(demande, kind):
    before = make.moved_to(demande, "pre_examen")
    later = MORNING + timedelta(days=1)

    fail(demande, kind, later)

    after = again(demande)
    assert (after.state, after.confirmed_at) == (before.state, before.confirmed_at)
    assert (after.failures, after.failure, after.failed_at) == (1, kind, later)
    assert timedelta(minutes=2) <= after.next_pull_at - later <= timedelta(minutes=3)
    assert Anomalie.objects.count() == 0


@pytest.mark.parametrize("kind", LASTING)
def test_failure_that_no_retry_mends_is_an_anomaly_until_the_desk_answers(demande, kind):
    fail(demande, kind)
    anomalie = the_anomalie(demande)
    make.a_releve(demande, "pre_examen", at=MORNING + timedelta(hours=1))

    assert (anomalie.kind, anomalie.releve, anomalie.state) == (LASTING[kind], None, "open")
    assert the_anomalie(demande).state == "closed"
    assert again(demande).failures == 0


def test_desk_that_asks_to_wait_is_not_asked_before(demande):
    fail(demande, Panne.THROTTLED, retry_after=timedelta(hours=1))

    assert again(demande).next_pull_at == MORNING + timedelta(hours=1)


def test_retries_space_out_up_to_two_hours(demande):
    at, waits = MORNING, []
    for _ in range(9):
        fail(demande, at=at)
        waits.append(again(demande).next_pull_at - at)
        at += waits[-1]

    assert all(short < long for short, long in pairwise(waits[:7]))
    assert max(waits) <= timedelta(hours=2.4)


def test_failure_of_a_pull_already_noted_changes_nothing(demande):
    pull = a_pull()
    make.a_releve(demande, "pre_examen", pull_id=pull.pull_id)

    noted = note_failure(
        demande_id=demande.pk, pull_id=pull.pull_id, kind=Panne.CUT, detail="", retry_after=None, at=MORNING
    )

    assert noted is None
    assert EchecDeReleve.objects.count() == 0


# -- what is due ----------------------------------------------------------------------------------------------------


def test_demande_is_due_once_it_has_a_number_and_not_before(team):
    demande = make.a_demande(team.candidature, team.salarie, make.cnda(numero=""))
    nothing = due(CNDA, MORNING)
    correct_demande(
        demande_id=demande.pk, numero="CNDA-1", nil="", logiciel="", seen_version=0, by=team.salarie, at=MORNING
    )

    assert nothing == []
    assert [pull.demande_id for pull in due(CNDA, MORNING)] == [demande.pk]
    assert due(EDC_PSC, MORNING) == []


def test_pull_under_way_is_not_due_and_one_that_is_lost_keeps_its_id(demande):
    pull = a_pull()

    meanwhile = due(CNDA, MORNING + timedelta(minutes=4, seconds=59))

    assert meanwhile == []
    assert a_pull(MORNING + timedelta(minutes=5)) == pull


def test_next_pull_depends_on_the_stage_and_on_the_echeance(demande):
    make.a_releve(demande, "pre_examen")
    far = again(demande).next_pull_at - MORNING
    eve = MORNING.replace(year=2027, month=9, day=25)  # six days before Date 2
    make.a_releve(demande, "pre_examen", at=eve)
    near = again(demande).next_pull_at - eve

    assert timedelta(hours=3.2) <= far <= timedelta(hours=4)
    assert timedelta(hours=0.8) <= near <= timedelta(hours=1)


def test_budget_of_a_desk_bounds_what_is_under_way(team):
    make.everything(team.candidature, team.salarie)

    first = due(budget=1)
    second = due(budget=1)

    assert (len(first), second) == (1, [])
    assert len(due(EDC_PSC, budget=1)) == 1


def test_demande_of_a_withdrawn_candidature_is_not_asked(team, demande):
    from candidatures.operations.candidatures import withdraw_candidature

    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=MORNING)

    assert due(CNDA, MORNING) == []


# -- the team is told -----------------------------------------------------------------------------------------------


def about(mailoutbox, ending):
    return [mail for mail in mailoutbox if mail.subject.endswith(ending)]


STAGES = "guichets.etape_reached"


def told_at_once(team) -> None:
    """Whoever chose nothing reads the stages of the desks once a day."""
    for person in (team.mandataire, team.representant, team.salarie):
        choose_modes(compte_id=person.pk, modes={STAGES: NotificationMode.NOW})


def test_new_stage_waits_for_the_resume_of_the_day(team, demande, effects_run, mailoutbox):
    make.a_releve(demande, "pre_examen", retour_prevu=TOMORROW)

    assert about(mailoutbox, "pré-examen") == []
    assert set(Notice.objects.filter(kind=STAGES).values_list("state", flat=True)) == {"grouped"}


def test_team_is_told_of_a_new_stage(team, demande, effects_run, mailoutbox):
    told_at_once(team)
    make.a_releve(demande, "pre_examen", retour_prevu=TOMORROW)

    mails = about(mailoutbox, "pré-examen")
    assert {mail.to[0] for mail in mails} == {team.mandataire.email, team.representant.email, team.salarie.email}
    assert "«\u00a0Pré-examen\u00a0» depuis le 2\u00a0novembre 2026" in mails[0].body
    assert "4\u00a0novembre 2026" in mails[0].body


def test_stage_left_before_the_mail_went_is_not_announced(team, demande):
    from comptes.effects import deliver_to

    told_at_once(team)
    make.a_releve(demande, "pre_examen")
    make.a_releve(demande, "examen", at=MORNING + timedelta(minutes=1))
    for notice in Notice.objects.filter(kind=STAGES).order_by("pk"):
        deliver_to(notice.email)

    sent = Notice.objects.filter(kind=STAGES, state="sent").values_list("subject", flat=True)
    assert {subject.rpartition(", ")[2] for subject in sent} == {"examen de conformité"}


def test_editeur_is_told_of_the_anomaly_that_is_its_own(team, demande, effects_run, mailoutbox):
    make.a_releve(demande, "examen", nil="NIL-9")

    mails = about(mailoutbox, "à vérifier et à corriger")
    assert len(mails) == 3
    assert "NIL-9" in mails[0].body


# -- at once, and for good ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_threads_note_the_same_pull():
    team = make_team_to_prove()
    demande = make.a_demande(team.candidature, team.salarie)
    pull_id = uuid4()

    noted = all_at_once(8, lambda _: make.a_releve(demande, "examen", pull_id=pull_id))

    assert {type(releve) for releve in noted} == {Releve}
    assert Releve.objects.count() == 1
    assert Passage.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_eight_sweeps_at_once_take_each_demande_once():
    team = make_team_to_prove()
    make.everything(team.candidature, team.salarie)

    taken = all_at_once(8, lambda _: due(CNDA, MORNING))

    assert sorted(pull.demande_id for some in taken for pull in some) == sorted(
        DemandeAuGuichet.objects.filter(guichet=CNDA).values_list("pk", flat=True)
    )


@pytest.mark.parametrize("change", [{"etape": "granted"}, {"raw": b""}])
def test_releve_is_written_once(demande, change):
    releve = make.a_releve(demande, "pre_examen")

    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        Releve.objects.filter(pk=releve.pk).update(**change)


@pytest.mark.parametrize(
    ("role", "along"),
    [(RoleEdcPsc.UTILISATEUR, ["submitted", "in_review", "complement_requested", "in_review", "granted"])],
)
def test_habilitation_may_be_asked_for_complements(team, role, along):
    demande = make.a_demande(team.candidature, team.salarie, make.edc(role))

    for rank, etape in enumerate(along):
        make.a_releve(demande, etape, at=MORNING + timedelta(hours=rank), schema="edc-habilitation/1")

    assert again(demande).state == "granted"
    etapes = Passage.objects.filter(demande=demande).order_by("number").values_list("etape", flat=True)
    assert list(etapes) == along


def test_refused_demande_stays_so(demande):
    make.moved_to(demande, "pre_examen")
    make.a_releve(demande, "refused", at=MORNING + timedelta(hours=1))

    make.a_releve(demande, "examen", at=MORNING + timedelta(hours=2))

    assert (again(demande).state, the_anomalie(demande).kind) == (EtapeCNDA.REFUSED, AnomalieKind.OUT_OF_REFUSED)
