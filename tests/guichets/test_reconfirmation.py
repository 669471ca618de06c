"""A grant that nobody confirmed for a year is asked again; by itself it never shuts a door."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from comptes import clock
from comptes.models import Notice
from guichets import queries, sweeps
from guichets.catalogue.guichets import spec_of_guichet
from guichets.models import DemandeAuGuichet
from guichets.rules.cadence import is_to_reconfirm
from tests.candidatures.conftest import Team
from tests.factories import guichets as make
from tests.factories.guichets import MORNING, again

YEAR = timedelta(days=365)


@pytest.fixture
def granted(demande: DemandeAuGuichet) -> DemandeAuGuichet:
    return make.moved_to(demande, "granted", at=MORNING - timedelta(minutes=3))


def confirmed(demande: DemandeAuGuichet):
    found = again(demande).confirmed_at
    assert found is not None
    return found


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
    late = [sweep(at + timedelta(seconds=one)) for one in (1, 3600)]

    told = [mail for mail in mailoutbox if mail.subject.endswith("accord à reconfirmer")]
    assert (early, late) == (0, [1, 0])
    assert {mail.to[0] for mail in told} == {team.mandataire.email, team.representant.email, team.salarie.email}
    assert "rien ne se referme" in told[0].body


def test_desk_with_an_address_is_asked_at_once(granted: DemandeAuGuichet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.GUICHETS, "cnda", settings.GUICHETS["cnda"] | {"url": "http://127.0.0.1:1"})
    at = confirmed(granted) + YEAR + timedelta(seconds=1)
    DemandeAuGuichet.objects.filter(pk=granted.pk).update(next_pull_at=at + timedelta(days=1))

    sweep(at)

    assert again(granted).next_pull_at == at
    assert Notice.objects.filter(kind="guichets.grant_to_reconfirm").count() == 0


def test_old_grant_is_said_and_stays_open(team: Team, granted: DemandeAuGuichet, sign_in) -> None:
    at = confirmed(granted) + timedelta(days=400)
    ligne = queries.situation_of(team.candidature, dossier=None, at=at).of("cnda")[0]
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
