"""A desk that goes back: seen once, it is said; seen twice, or confirmed, it is followed, and both sides are told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from comptes.models import JournalEntry, Notice
from guichets import mails
from guichets.enums import AnomalieKind, GateCode, Panne
from guichets.models import Anomalie, DemandeAuGuichet, Passage
from guichets.operations.anomalies import acknowledge_anomalie
from guichets.operations.demandes import correct_demande
from guichets.operations.releves import mark_due, note_failure
from guichets.operations.retours import ReturnNotConfirmable, confirm_return
from guichets.queries.situation import situation_of
from tests.candidatures.conftest import Team
from tests.factories import guichets as make
from tests.factories.guichets import MORNING, again
from tests.ground import standing
from tests.preuves.conftest import make_team_to_prove

HOUR = timedelta(hours=1)


def living() -> list[str]:
    return list(Anomalie.objects.living().order_by("kind").values_list("kind", flat=True))


def gate(team: Team, code: GateCode = GateCode.COLLEGE):
    situation = situation_of(team.candidature, dossier=None, at=MORNING + 9 * HOUR)
    return next(gate for gate in situation.gates if gate.code is code)


def make_team_granted() -> tuple[Team, list[DemandeAuGuichet]]:
    """All that the collège asks of the desks, granted: the team, and the homologations."""
    team = make_team_to_prove()
    roles, homologations = make.everything(team.candidature, team.salarie)
    for demande in (*roles, *homologations):
        make.moved_to(demande, "granted")
    return team, homologations


team_granted = standing(make_team_granted)


@pytest.fixture
def granted(team_granted: tuple[Team, list[DemandeAuGuichet]]) -> list[DemandeAuGuichet]:
    return team_granted[1]


@pytest.fixture
def team(request: pytest.FixtureRequest, db: None) -> Team:
    """The team of what is granted, in a test that asks for that; else one that asked nothing of the desks."""
    if "granted" in request.fixturenames:
        granted_team: Team = request.getfixturevalue("team_granted")[0]
        return granted_team
    return make_team_to_prove()


def test_first_sight_moves_nothing_and_says_what_happens_next(team: Team, granted) -> None:
    make.a_releve(granted[0], "examen", at=MORNING + HOUR)

    anomalie = Anomalie.objects.get()
    assert (again(granted[0]).state, gate(team).is_open) == ("granted", True)
    assert (anomalie.kind, anomalie.owner) == (AnomalieKind.BACKWARDS, "ans")
    assert "si l’ANS la confirme, elle reviendra à cette étape" in anomalie.sentence


def test_second_sight_takes_it_back_and_shuts_the_gate(team: Team, granted) -> None:
    for hour in (1, 2):
        make.a_releve(granted[0], "examen", at=MORNING + hour * HOUR)

    demande, shut = again(granted[0]), gate(team)
    assert (demande.state, demande.decided_date, demande.moved_at) == ("examen", None, MORNING + 2 * HOUR)
    assert (demande.returned_from, demande.returned_at) == ("granted", MORNING + 2 * HOUR)
    (reason,) = shut.reasons
    assert "alors que la demande en était à «\u00a0Accordée\u00a0»" in reason.sentence
    assert (reason.owner.label, reason.since) == ("Le CNDA", MORNING + 2 * HOUR)
    assert living() == [AnomalieKind.GRANT_LOST]
    last = Passage.objects.filter(demande=demande).latest("number")
    assert (last.etape, last.reason) == ("examen", demande.returned_reason)
    assert JournalEntry.objects.filter(act="demande_guichet.retour").count() == 1


def test_sights_are_in_a_row_whatever_stage_each_says(team: Team, granted) -> None:
    make.a_releve(granted[0], "finalisation", at=MORNING + HOUR)
    make.a_releve(granted[0], "pre_examen", at=MORNING + 2 * HOUR)

    assert again(granted[0]).state == "pre_examen"


@pytest.mark.parametrize("between", ["granted", "recours"])
def test_another_answer_between_starts_again(team: Team, granted, between: str) -> None:
    for hour, etape in enumerate(["examen", between, "examen"], start=1):
        make.a_releve(granted[0], etape, at=MORNING + hour * HOUR)

    assert again(granted[0]).state == "granted"
    make.a_releve(granted[0], "examen", at=MORNING + 5 * HOUR)
    assert again(granted[0]).state == "examen"


def test_failure_between_changes_nothing(team: Team, granted) -> None:
    make.a_releve(granted[0], "examen", at=MORNING + HOUR)
    later = MORNING + timedelta(days=2)
    (pull,) = (pull for pull in mark_due(guichet="cnda", budget=9, at=later) if pull.demande_id == granted[0].pk)
    note_failure(
        demande_id=pull.demande_id, pull_id=pull.pull_id, kind=Panne.SLOW, detail="", retry_after=None, at=later
    )
    make.a_releve(granted[0], "examen", at=later + HOUR)

    assert again(granted[0]).state == "examen"


def test_same_pull_delivered_twice_is_one_sight(team: Team, granted) -> None:
    pull_id = uuid4()
    for _ in range(2):
        make.a_releve(granted[0], "examen", at=MORNING + HOUR, pull_id=pull_id)

    assert again(granted[0]).state == "granted"


def test_other_software_or_a_day_to_come_never_takes_it_back(team: Team, granted) -> None:
    for hour in (1, 2, 3):
        make.a_releve(granted[0], "examen", at=MORNING + hour * HOUR, nil="NIL-9")
        make.a_releve(granted[1], "examen", at=MORNING + hour * HOUR, date_etape=MORNING.date() + timedelta(days=9))

    assert [again(demande).state for demande in granted] == ["granted", "granted"]


def test_confirmed_by_the_ans_it_is_followed_at_once(team: Team, granted) -> None:
    make.a_releve(granted[0], "examen", at=MORNING + HOUR)

    confirm_return(anomalie_id=Anomalie.objects.get().pk, by=team.instructeur, at=MORNING + 2 * HOUR)

    assert (again(granted[0]).state, living()) == ("examen", [AnomalieKind.GRANT_LOST])
    (act,) = JournalEntry.objects.filter(act="anomalie.confirmed")
    assert act.by == team.instructeur


def test_confirmed_return_keeps_what_its_releve_does_not_say_and_when_it_was_said(team: Team, granted) -> None:
    given = {"documents": (("attestation", "A-1"),), "pieces": (("bas_psc", "accepted"),)}
    make.a_releve(granted[0], "granted", at=MORNING + HOUR, **given)
    make.a_releve(granted[0], "examen", at=MORNING + 2 * HOUR)

    confirm_return(anomalie_id=Anomalie.objects.get().pk, by=team.instructeur, at=MORNING + timedelta(days=3))

    after = again(granted[0])
    assert (after.documents, after.pieces) == ({"attestation": "A-1"}, {"bas_psc": "accepted"})
    assert (after.confirmed_at, after.moved_at) == (MORNING + 2 * HOUR, MORNING + timedelta(days=3))
    acts = JournalEntry.objects.filter(act__in=("demande_guichet.retour", "anomalie.confirmed")).order_by("number")
    assert list(acts.values_list("act", flat=True)) == ["demande_guichet.retour", "anomalie.confirmed"]


def test_return_that_cannot_be_followed_any_more_is_not_confirmed(team: Team, granted) -> None:
    """The software was corrected since: what the relevé says is of another one."""
    make.a_releve(granted[0], "examen", at=MORNING + HOUR)
    demande, retour = again(granted[0]), Anomalie.objects.get()
    correct_demande(
        demande_id=demande.pk,
        numero=demande.numero,
        nil=demande.nil,
        logiciel="Mistral",
        seen_version=demande.version,
        by=team.salarie,
        at=MORNING + 2 * HOUR,
    )

    with pytest.raises(ReturnNotConfirmable, match="répond pour le logiciel"):
        confirm_return(anomalie_id=retour.pk, by=team.instructeur, at=MORNING + 3 * HOUR)
    assert (again(granted[0]).state, living()) == ("granted", [AnomalieKind.BACKWARDS])
    assert not JournalEntry.objects.filter(act="anomalie.confirmed").exists()


def test_what_is_no_return_or_no_more_is_not_confirmed(team: Team, granted) -> None:
    make.a_releve(granted[0], "recours", at=MORNING + HOUR)
    unknown = Anomalie.objects.get()
    make.a_releve(granted[1], "examen", at=MORNING + HOUR)
    gone = Anomalie.objects.get(kind=AnomalieKind.BACKWARDS)
    make.a_releve(granted[1], "granted", at=MORNING + 2 * HOUR)

    for anomalie, sentence in ((unknown, "pas un retour"), (gone, "n’est plus à confirmer")):
        with pytest.raises(ReturnNotConfirmable, match=sentence):
            confirm_return(anomalie_id=anomalie.pk, by=team.instructeur, at=MORNING + 3 * HOUR)
    assert [again(demande).state for demande in granted] == ["granted", "granted"]


def test_both_sides_are_told(team: Team, granted, effects_run, mailoutbox) -> None:
    team.instructeur.roles_ans = ["responsable_instruction"]
    team.instructeur.save()
    for hour in (1, 2):
        make.a_releve(granted[0], "examen", at=MORNING + hour * HOUR)

    told = [mail for mail in mailoutbox if "retour à l’étape" in mail.subject]
    wanted = {team.mandataire.email, team.representant.email, team.salarie.email, team.instructeur.email}
    assert {mail.to[0] for mail in told} >= wanted
    assert all("alors que la demande en était à" in mail.body for mail in told)


def test_grant_stays_lost_through_a_second_return(team: Team, granted) -> None:
    for hour, etape in enumerate(["refused", "refused", "pre_examen", "pre_examen", "examen"], start=1):
        make.a_releve(granted[0], etape, at=MORNING + hour * HOUR)

    (lost,) = Anomalie.objects.living()
    assert (again(granted[0]).state, lost.kind) == ("examen", AnomalieKind.GRANT_LOST)
    assert (lost.opened_at, lost.releve.etape) == (MORNING + 2 * HOUR, "refused")
    make.a_releve(granted[0], "granted", at=MORNING + 9 * HOUR)
    assert living() == []


def test_grant_stays_lost_through_a_return_further_back_and_is_acknowledged_once(team: Team, granted) -> None:
    for hour in (1, 2):
        make.a_releve(granted[0], "finalisation", at=MORNING + hour * HOUR)
    acknowledge_anomalie(
        anomalie_id=Anomalie.objects.living().get().pk, note="Vu.", by=team.instructeur, at=MORNING + 2 * HOUR
    )
    for hour, etape in enumerate(["pre_examen", "pre_examen", "examen", "finalisation"], start=3):
        make.a_releve(granted[0], etape, at=MORNING + hour * HOUR)

    (lost,) = Anomalie.objects.living()
    assert (lost.kind, lost.note) == (AnomalieKind.GRANT_LOST, "Vu.")


def test_refusal_taken_back_to_a_grant_loses_nothing(team: Team, granted) -> None:
    for hour, etape in enumerate(["refused", "refused", "granted", "granted"], start=1):
        make.a_releve(granted[0], etape, at=MORNING + hour * HOUR)

    assert (again(granted[0]).state, living()) == ("granted", [])


@pytest.mark.parametrize(
    ("sights", "stage", "awaited"),
    [
        (["examen", "examen"], "«\u00a0Examen de conformité\u00a0»", "n’a pas de nouveau accordé"),
        (
            ["refused", "refused", "examen", "examen"],
            "«\u00a0Examen de conformité\u00a0»",
            "n’a pas de nouveau accordé",
        ),
        (["refused", "refused", "granted", "granted"], "«\u00a0Accordée\u00a0»", ""),
    ],
)
def test_mail_says_what_shuts_of_a_grant(team: Team, granted, sights: list[str], stage: str, awaited: str) -> None:
    body = last_return_told(granted[0], sights)

    assert (stage in body, "doit accorder de nouveau" in body) == (True, bool(awaited))
    assert "de nouveau l’attendre" not in body


@pytest.mark.parametrize("sights", [["examen", "initialisation", "initialisation"], ["refused", "examen", "examen"]])
def test_mail_says_nothing_of_a_grant_that_never_was(team: Team, demande: DemandeAuGuichet, sights: list[str]) -> None:
    body = last_return_told(demande, sights)

    assert ("doit accorder de nouveau" in body, "de nouveau l’attendre" in body) == (False, True)


def test_mail_of_a_return_says_its_own_stage(team: Team, granted) -> None:
    last_return_told(granted[0], ["refused", "refused", "examen", "examen"])
    first = Notice.objects.filter(kind="guichets.etape_returned", address=granted[0].address).earliest("pk")

    assert "à l’étape «\u00a0Refusée\u00a0»" in mails.etape_returned(first).body


def last_return_told(demande: DemandeAuGuichet, sights: list[str]) -> str:
    """The body of the mail of its last return."""
    for hour, etape in enumerate(sights, start=1):
        make.a_releve(demande, etape, at=MORNING + hour * HOUR)
    notice = Notice.objects.filter(kind="guichets.etape_returned", address=demande.address).latest("pk")
    return mails.etape_returned(notice).body


def test_granted_again_it_leaves_the_board_and_opens_the_gate(team: Team, granted) -> None:
    for hour, etape in enumerate(["examen", "examen", "finalisation", "granted"], start=1):
        make.a_releve(granted[0], etape, at=MORNING + hour * HOUR)
        if etape == "finalisation":
            assert (living(), gate(team).is_open) == ([AnomalieKind.GRANT_LOST], False)

    demande = again(granted[0])
    assert (demande.state, demande.returned_at, demande.returned_from) == ("granted", None, "")
    assert (living(), gate(team).is_open) == ([], True)


def test_refusal_that_the_desk_takes_back_is_followed_when_said_twice(team: Team, demande: DemandeAuGuichet) -> None:
    for hour, etape in enumerate(["refused", "examen", "examen", "finalisation"]):
        make.a_releve(demande, etape, at=MORNING + hour * HOUR)

    after = again(demande)
    assert (after.state, after.decided_date, after.is_refused, living()) == ("finalisation", None, False, [])


def test_page_says_since_when_and_why(team: Team, granted, sign_in) -> None:
    for hour in (1, 2):
        make.a_releve(granted[0], "examen", at=MORNING + hour * HOUR)

    page = sign_in(team.salarie).get(reverse("guichets:page", args=[team.candidature.nru])).content.decode()

    assert "Revenue en arrière" in page
    assert "alors que la demande en était à «\u00a0Accordée\u00a0»" in page


def test_page_of_an_anomalie_lets_who_instructs_confirm(team: Team, granted, sign_in) -> None:
    make.a_releve(granted[0], "examen", at=MORNING + HOUR)
    client = sign_in(team.instructeur)
    anomalie = Anomalie.objects.get()
    address = reverse("guichets:anomalie", args=[anomalie.pk])
    page = client.get(address).content.decode()
    url = reverse("guichets:confirm_return", args=[anomalie.pk])

    assert (url in page, "Confirmer ce retour" in page) == (True, True)
    client.post(url)
    assert again(granted[0]).state == "examen"
    assert url not in client.get(address).content.decode()
