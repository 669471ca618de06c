import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from candidatures.models import Volet
from comptes import clock, journal
from comptes.enums import Act
from comptes.models import Compte, HorlogeDeDemonstration, Invitation, JournalEntry, Notice
from comptes.rules.companies import Company, read_company
from referencement.queries.publication import published
from segur_portal.demo import replay as replaying
from segur_portal.demo.cast import ALIZE, KARIM, MISTRAL, PERSONAS, SIROCCO
from segur_portal.demo.mailbox import messages
from segur_portal.demo.moments import MOMENTS
from segur_portal.demo.replay import MomentNotReachable, names, replay
from segur_portal.demo.story import StoryMoment, in_paris, scene


def states_by_product() -> dict[str, list[str]]:
    """The states of the candidature administrative, then of the éligibilité."""
    volets = Volet.objects.select_related("candidature__produit").order_by("candidature__produit__nom", "kind")
    states: dict[str, list[str]] = {}
    for volet in volets:
        states.setdefault(volet.candidature.produit.nom, []).append(volet.state)
    return states


def test_replay_up_to_ouverture(opened: None, demo):
    assert states_by_product() == {
        "Alizé Foyer": ["submitted", "draft"],
        "Mistral Parcours": ["admitted", "complement_requested"],
        "Sirocco Résidence": ["draft", "draft"],
    }
    assert Invitation.objects.get(accepted_at=None).email == "hugo.petit@sirocco.example"
    assert set(Compte.objects.values_list("email", flat=True)) == {persona.email for persona in PERSONAS}
    assert not any(compte.has_usable_password() for compte in Compte.objects.all())


def test_replay_up_to_date_1_stops_just_before_it(demo):
    replay("date-1")

    assert states_by_product() == {
        "Alizé Foyer": ["submitted", "draft"],
        "Mistral Parcours": ["admitted", "admitted"],
        "Sirocco Résidence": ["submitted", "submitted"],
    }
    assert 0 <= (clock.now() - in_paris("2026-10-01 11:58")).total_seconds() < 60
    assert list(published(at=in_paris("2026-10-01 11:59"))) == []
    shown = [candidature.produit.nom for candidature in published(at=in_paris("2026-10-01 12:00"))]
    assert shown == ["Mistral Parcours", "Sirocco Résidence"]


def test_replay_leaves_a_journal_that_verifies_and_reads(opened: None, demo):
    assert list(journal.verify()) == []
    lines = journal.lines(JournalEntry.objects.order_by("at", "pk"))
    assert lines[-1].sentence == "Invitation envoyée à hugo.petit@sirocco.example, avec le rôle salarié"
    assert [line for line in lines if line.written_at != line.at] == []


def test_replay_delivers_the_mails_of_that_time_and_sets_the_clock_running(demo):
    replay("ouverture")

    assert 0 <= (clock.now() - in_paris("2026-09-30 11:30")).total_seconds() < 60
    assert HorlogeDeDemonstration.objects.get().frozen_at is None
    sent = Notice.objects.filter(state="sent")
    assert {notice.compte.is_ans for notice in Notice.objects.difference(sent)} == {True}, "The agency's résumés wait."
    assert all(notice.sent_at == notice.posted_at for notice in sent)
    dates = [mail.sent_at for mail in messages()]
    assert len(dates) == sent.count()
    assert dates == sorted(dates, reverse=True)


def test_replay_twice_changes_nothing(opened: None, demo):
    before = list(JournalEntry.objects.order_by("pk").values()), len(messages())

    assert replay("ouverture") == 0
    assert (list(JournalEntry.objects.order_by("pk").values()), len(messages())) == before


def test_replay_of_an_unknown_moment(demo):
    with pytest.raises(MomentNotReachable, match="Aucun moment ne s’appelle « noël ». Il y a : ouverture"):
        replay("noël")


def later(civil: str) -> StoryMoment:
    """A moment after `ouverture`, with one act."""

    @transaction.atomic
    def arrive(*, at):
        journal.record(journal.PORTAIL, Act.COMPTE_ANS_OPENED, on="compte:1", by=None, at=at, compte=1, roles=["essai"])

    return StoryMoment("plus-tard", in_paris(civil), (scene("2026-09-30 17:00:03", arrive),))


@pytest.fixture
def two_moments(demo, monkeypatch):
    monkeypatch.setattr(replaying, "MOMENTS", (MOMENTS[0], later("2026-10-01 12:05")))


def test_replay_continues_to_a_later_moment(opened: None, two_moments):

    assert replay("plus-tard") == 1
    assert 0 <= (clock.now() - in_paris("2026-10-01 12:05")).total_seconds() < 60


def test_replay_to_an_earlier_moment_is_refused(two_moments):
    replay("plus-tard")

    with pytest.raises(MomentNotReachable, match="déjà rejouée plus loin.*--reset --moment ouverture"):
        replay("ouverture")


def test_replay_is_refused_when_the_clock_is_past_the_moment(opened: None, two_moments):
    replaying.move_clock(to=in_paris("2026-09-30 18:00"), machine=clock.machine_now())

    with pytest.raises(MomentNotReachable, match="ne recule pas"):
        replay("plus-tard")


def test_replay_that_fails_leaves_nothing(demo, monkeypatch):
    def fail(*, at):
        raise RuntimeError

    broken = StoryMoment("ouverture", MOMENTS[0].at, (*MOMENTS[0].scenes[:5], scene("2026-07-01 09:00", fail)))
    monkeypatch.setattr(replaying, "MOMENTS", (broken,))

    with pytest.raises(RuntimeError):
        replay("ouverture")

    assert not JournalEntry.objects.exists()
    assert not HorlogeDeDemonstration.objects.exists()


@pytest.mark.parametrize("moment", MOMENTS, ids=names())
def test_scenes_are_in_the_order_of_time(moment):
    instants = [scene.at for scene in moment.scenes]

    assert instants == sorted(instants)
    assert instants[-1] < moment.at


def test_replay_demo_outside_the_demonstration(demo, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("replay_demo")


def test_replay_demo_says_what_it_did(demo, capsys):
    call_command("replay_demo", "--moment", "ouverture")
    call_command("replay_demo", "--moment", "ouverture")

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("L’histoire est rejouée jusqu’à « ouverture »")
    assert second == "L’histoire en est déjà à « ouverture » : rien à rejouer."


def test_personas_command_names_everyone_on_a_line(capsys):
    call_command("personas")

    lines = capsys.readouterr().out.splitlines()
    assert all(
        persona.name in line and persona.email in line and persona.can in line
        for persona, line in zip(PERSONAS, lines, strict=True)
    )


@pytest.mark.parametrize("company", [SIROCCO, ALIZE, MISTRAL], ids=lambda company: company.raison_sociale)
def test_companies_bear_a_siren_that_nobody_has(company):
    known = Company(company.country, company.identifier)
    assert read_company(company.country, company.identifier) == (known, "")
    assert company.identifier.startswith("0")


def test_page_of_the_cast_says_what_waits_for_whom_at_the_moment(demo, client):
    call_command("replay_demo", "--moment", "ouverture")
    before = client.get("/demo/personnages/").content.decode()
    call_command("replay_demo", "--moment", "date-1")
    after = client.get("/demo/personnages/").content.decode()

    sentences = [moment.waiting[KARIM] for moment in MOMENTS[:2]]
    assert [[sentence in page for sentence in sentences] for page in (before, after)] == [[True, False], [False, True]]
