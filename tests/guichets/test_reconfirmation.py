"""A grant that nobody confirmed for a year is asked again; by itself it never shuts a door."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from candidatures.operations.candidatures import withdraw_candidature
from comptes import clock
from comptes.models import Notice
from guichets import mails, sweeps
from guichets.catalogue.guichets import spec_of_guichet
from guichets.models import DemandeAuGuichet
from guichets.queries.situation import situation_of
from guichets.rules.cadence import is_to_reconfirm
from referencement.enums import Decision
from referencement.operations.examens import list_candidature
from tests.candidatures.conftest import Team
from tests.factories import guichets as make
from tests.factories.guichets import MORNING, again
from tests.factories.referencement import a_listed_examen, an_attributed_solution, an_examen

YEAR = timedelta(days=365)


@pytest.fixture
def granted(demande: DemandeAuGuichet) -> DemandeAuGuichet:
    return make.moved_to(demande, "granted", at=MORNING - timedelta(minutes=3))


def confirmed(demande: DemandeAuGuichet):
    confirmed_at = again(demande).confirmed_at
    assert confirmed_at is not None
    return confirmed_at


def sweep(at) -> int:
    with clock.travel(at):
        return sweeps.reconfirm_grants()


@pytest.mark.parametrize(("seconds", "old"), [(-1, False), (0, False), (1, True)])
def test_grant_grows_old_after_the_age_of_its_desk(seconds: int, old: bool) -> None:
    at = MORNING + YEAR + timedelta(seconds=seconds)

    assert is_to_reconfirm(MORNING, spec_of_guichet("cnda").cadence, at=at) is old
    assert not is_to_reconfirm(None, spec_of_guichet("cnda").cadence, at=at)


def test_desk_without_address_asks_the_editeur_once(
    team: Team, granted: DemandeAuGuichet, effects_run, mailoutbox
) -> None:
    at = confirmed(granted) + YEAR
    early = sweep(at)
    late = [sweep(at + timedelta(seconds=seconds)) for seconds in (1, 3600)]

    told = [mail for mail in mailoutbox if mail.subject.endswith("accord à reconfirmer")]
    assert (early, late) == (0, [1, 0])
    assert {mail.to[0] for mail in told} == {team.mandataire.email, team.representant.email, team.salarie.email}
    assert "aucune étape ne se referme" in told[0].body


def test_desk_with_an_address_is_asked_at_once(granted: DemandeAuGuichet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.GUICHETS, "cnda", settings.GUICHETS["cnda"] | {"url": "http://127.0.0.1:1"})
    at = confirmed(granted) + YEAR + timedelta(seconds=1)
    DemandeAuGuichet.objects.filter(pk=granted.pk).update(next_pull_at=at + timedelta(days=1))

    sweep(at)

    assert again(granted).next_pull_at == at
    assert Notice.objects.filter(kind="guichets.grant_to_reconfirm").count() == 0


@pytest.mark.parametrize(
    "ending",
    [
        lambda team: an_attributed_solution(team.candidature, team.mandataire),
        lambda team: an_examen(team.candidature, team.mandataire, Decision.NOT_ATTRIBUTED, reasons=["Vu."]),
        lambda team: withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=MORNING),
    ],
    ids=["attributed", "refused", "withdrawn"],
)
def test_grant_of_what_the_college_attributed_refused_or_that_was_withdrawn_is_left_alone(
    team: Team, granted: DemandeAuGuichet, ending: Callable[[Team], object]
) -> None:
    at = confirmed(granted) + YEAR + timedelta(seconds=1)
    ending(team)

    assert sweep(at) == 0
    assert not Notice.objects.filter(kind="guichets.grant_to_reconfirm").exists()


def test_mail_that_waits_is_not_sent_once_it_is_attributed(
    team: Team, granted: DemandeAuGuichet, effects_run, mailoutbox
) -> None:
    sweep(confirmed(granted) + YEAR + timedelta(seconds=1))
    notice = Notice.objects.filter(kind="guichets.grant_to_reconfirm").earliest("pk")
    assert mails.grant_is_old(notice)

    an_attributed_solution(team.candidature, team.mandataire)

    assert not mails.grant_is_old(notice)


def test_capture_desk_is_asked_again_for_the_agenda_whatever_was_asked_before(
    team: Team, granted: DemandeAuGuichet
) -> None:
    at = confirmed(granted) + YEAR + timedelta(seconds=1)
    sweep(at)
    before = Notice.objects.filter(kind="guichets.grant_to_reconfirm").count()

    put_on_the_agenda(team, at + timedelta(days=30))

    assert again(granted).reconfirm_asked_at == at + timedelta(days=30)
    assert Notice.objects.filter(kind="guichets.grant_to_reconfirm").count() == 2 * before


def test_desk_with_an_address_is_asked_at_once_for_the_agenda(
    team: Team, granted: DemandeAuGuichet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.GUICHETS, "cnda", settings.GUICHETS["cnda"] | {"url": "http://127.0.0.1:1"})
    at = confirmed(granted) + YEAR + timedelta(seconds=1)
    DemandeAuGuichet.objects.filter(pk=granted.pk).update(next_pull_at=at + timedelta(days=1))

    put_on_the_agenda(team, at)

    assert again(granted).next_pull_at == at
    assert not Notice.objects.filter(kind="guichets.grant_to_reconfirm").exists()


def test_agenda_asks_nothing_of_a_grant_that_is_recent(team: Team, granted: DemandeAuGuichet) -> None:
    put_on_the_agenda(team, confirmed(granted) + YEAR)

    assert again(granted).reconfirm_asked_at is None


def put_on_the_agenda(team: Team, at: datetime) -> None:
    seance = a_listed_examen(team.candidature, at + timedelta(days=60), is_open=False).seance
    seance.examens.get().delete()
    list_candidature(seance_id=seance.pk, candidature_id=team.candidature.pk, despite=True, by=seance.secretaire, at=at)


def test_old_grant_is_said_and_stays_open(team: Team, granted: DemandeAuGuichet, sign_in) -> None:
    at = confirmed(granted) + timedelta(days=400)
    ligne = situation_of(team.candidature, dossier=None, at=at).of("cnda")[0]
    with clock.travel(at):
        page = sign_in(team.salarie).get(reverse("guichets:page", args=[team.candidature.nru])).content.decode()

    assert (ligne.to_reconfirm, ligne.facts.is_granted) == (True, True)
    assert "À reconfirmer" in page


def test_confirmed_again_it_is_asked_no_more(granted: DemandeAuGuichet) -> None:
    at = confirmed(granted) + YEAR + timedelta(seconds=1)
    sweep(at)
    make.a_releve(granted, "granted", at=at + timedelta(minutes=1))

    assert sweep(at + timedelta(days=1)) == 0
    assert sweep(at + YEAR + timedelta(minutes=2)) == 1
