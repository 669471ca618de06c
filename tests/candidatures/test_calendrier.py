"""The échéances in somebody's own calendar: what it says, to whom, and until when its address answers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from candidatures.models import AbonnementCalendrier
from candidatures.operations.calendrier import open_calendar, revoke_calendar
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.queries.candidatures import deadlines_of
from comptes import clock
from comptes.dates import instant_in_words
from comptes.enums import Role
from comptes.models import Compte
from tests.candidatures.conftest import Team, all_at_once
from tests.factories import candidatures as make

PAGE = reverse("candidatures:calendrier")
NOON = {
    "date-1": datetime(2026, 10, 1, 10, 0, tzinfo=UTC),
    "date-2": datetime(2027, 10, 1, 10, 0, tzinfo=UTC),
    "date-3": datetime(2028, 3, 15, 11, 0, tzinfo=UTC),
}


def address_of(compte: Compte) -> str:
    token = open_calendar(compte_id=compte.pk, at=make.SUMMER).token
    return reverse("candidatures:calendrier_feed", args=[token])


def read(address: str) -> Calendar:
    with clock.travel(make.SUMMER):
        answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content)


def test_calendar_says_the_instants_that_the_rules_compare_with(team: Team) -> None:
    events = {str(event["UID"]).partition(".")[0]: event for event in read(address_of(team.mandataire)).events}

    assert {code: event["DTSTART"].dt for code, event in events.items()} == NOON
    assert {code: deadline.at for code, deadline in deadlines_of(team.candidature).items()} == NOON
    assert team.candidature.nru in str(events["date-1"]["URL"])
    assert team.produit.nom in str(events["date-1"]["SUMMARY"])


def test_calendar_of_a_product_in_two_dispositifs_says_which(team: Team) -> None:
    other = make.a_candidature(team.produit, team.mandataire, code=make.ESSAI)
    titres = [str(event["SUMMARY"]) for event in read(address_of(team.mandataire)).events]

    for nru, objet in (
        (team.candidature.nru, "Dépôt du dossier administratif"),
        (other.nru, "Dépôt du dossier d’essai"),
    ):
        assert f"Date 1 – {objet} ({team.produit.nom}, {nru})" in titres


def test_calendar_warns_before_each(team: Team) -> None:
    alarms = read(address_of(team.mandataire)).events[0].walk("VALARM")

    delays = sorted(-alarm["TRIGGER"].dt for alarm in alarms)
    assert delays == [
        timedelta(hours=4),
        timedelta(days=1),
        timedelta(days=7),
    ]


def test_calendar_says_what_is_done_and_warns_of_it_no_more(team: Team) -> None:
    make.a_dossier_handed_over(team.candidature, team.mandataire)
    done, *left = read(address_of(team.mandataire)).events

    day = team.candidature.volets.latest("first_submitted_at").first_submitted_at
    assert str(done["SUMMARY"]).endswith(f" – Faite le {instant_in_words(day)}")
    assert done.walk("VALARM") == []
    assert all(event.walk("VALARM") for event in left)


def test_calendar_holds_what_its_owner_sees_today_and_nothing_else(team: Team) -> None:
    elsewhere = make.an_editeur()
    stranger = make.a_person(elsewhere, Role.MANDATAIRE)
    theirs = make.a_candidature(make.a_produit(elsewhere, stranger, "Ailleurs"), stranger)
    calendar = read(address_of(team.salarie))

    assert {str(event["UID"]).partition(".")[2].partition("@")[0] for event in calendar.events} == {
        team.candidature.nru
    }
    assert theirs.nru not in calendar.to_ical().decode()
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=make.SUMMER)
    assert read(address_of(team.salarie)).events == []


def test_agency_keeps_those_of_the_dispositifs(team: Team) -> None:
    events = read(address_of(team.instructeur)).events

    assert {event["DTSTART"].dt for event in events} >= set(NOON.values())
    assert not any("URL" in event for event in events)


def test_address_is_replaced_then_revoked(team: Team) -> None:
    former, latest = address_of(team.mandataire), address_of(team.mandataire)
    assert Client().get(former).status_code == 404
    assert Client().get(latest).status_code == 200
    revoke_calendar(compte_id=team.mandataire.pk, at=make.SUMMER)

    assert Client().get(latest).status_code == 404


def test_address_of_who_has_no_account_any_more_is_nowhere(team: Team) -> None:
    address = address_of(team.mandataire)
    Compte.objects.filter(pk=team.mandataire.pk).update(is_active=False)

    assert Client().get(address).status_code == 404


def test_page_opens_an_address_then_shuts_it(team: Team, client: Client) -> None:
    client.force_login(team.mandataire, backend="comptes.requests.PortalBackend")
    assert "Créer le lien" in client.get(PAGE).content.decode()
    opened = client.post(PAGE, follow=True).content.decode()
    token = AbonnementCalendrier.objects.current().get().token
    assert f"/calendrier/{token}.ics" in opened
    assert "webcal://" in opened
    shut = client.post(PAGE, {"geste": "revoquer"}, follow=True).content.decode()

    assert token not in shut
    assert not AbonnementCalendrier.objects.current().exists()


def test_one_address_at_a_time_by_raw_sql_too(team: Team) -> None:
    address_of(team.mandataire)

    with pytest.raises(IntegrityError), transaction.atomic():
        AbonnementCalendrier.objects.create(compte=team.mandataire, token="autre", opened_at=make.SUMMER)


@pytest.mark.django_db(transaction=True)
def test_two_openings_at_once_leave_one_address(team: Team) -> None:
    made = all_at_once(2, lambda _: open_calendar(compte_id=team.mandataire.pk, at=make.SUMMER))

    assert all(isinstance(abonnement, AbonnementCalendrier) for abonnement in made)
    assert AbonnementCalendrier.objects.current().count() == 1
