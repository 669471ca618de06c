"""The lists whose rows are candidatures, chapitres, éditeurs and notifications: what they ask, find, sort and export.

Those of `test_worklists.py` and `test_seances_listed.py` are the others.
"""

import csv
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.models import Candidature
from candidatures.operations.suivi import keep_vue
from comptes import clock
from comptes.enums import Role
from comptes.models import Compte, Editeur, Notice
from preuves.models import Chapitre
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_page_queries import count
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.comptes import EditeurFactory
from tests.factories.tours import project_everything
from tests.ground import standing

from .test_worklists import copied

AT = prove.AUTUMN
CANDIDATURES, CHAPITRES = "referencement:instruction", "preuves:a_examiner"
EDITEURS, NOTIFICATIONS, SEANCES = "comptes:editeurs", "comptes:notifications", "referencement:seances"


def make_team_that_waits() -> Team:
    """One candidature, of which a chapitre is submitted, and one notification of it."""
    prove.a_rem()
    team = make_team()
    proved = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    prove.a_submitted_chapitre(proved, team.mandataire)
    Notice.objects.all().delete()
    a_notice(team.instructeur, 0, team.candidature.nru)
    project_everything(at=AT)
    return team


def a_notice(reader: Compte, number: int, nru: str, **fields: Any) -> Notice:
    values: dict[str, Any] = {
        "kind": "preuves.chapitre_received",
        "address": f"chapitre:{nru}/{number}",
        "email": reader.email,
        "compte": reader,
        "posted_at": AT + timedelta(hours=2 * number),
        "next_attempt_at": AT,
        "message_id": f"<{reader.pk}-{number}@portail>",
        "state": "sent",
        "sent_at": AT,
        "subject": f"Sirocco Résidence ({nru})\u00a0: chapitre {number} à examiner",
    }
    return Notice.objects.create(**{**values, **fields})


team = standing(make_team_that_waits)


@pytest.fixture(autouse=True)
def it_is_autumn() -> Iterator[None]:
    with clock.travel(AT):
        yield


def more_candidatures(team: Team, first: int, number: int) -> list[Candidature]:
    produits = copied(team.produit, number, lambda rank: {"nom": f"Copie {first + rank}"})
    candidatures = copied(
        Candidature.objects.get(pk=team.candidature.pk),
        number,
        lambda rank: {"produit_id": produits[rank].pk, "nru": f"DUI-2026-{first + rank + 50000}-A"},
    )
    for volet in team.candidature.volets.order_by("pk"):
        copied(volet, number, lambda rank: {"candidature_id": candidatures[rank].pk})
    return candidatures


def more_chapitres(team: Team, first: int, number: int) -> None:
    chapitre = Chapitre.objects.exclude(submitted_at=None).order_by("pk")[0]
    others = more_candidatures(team, first, number)
    dossiers = copied(chapitre.dossier, number, lambda rank: {"candidature_id": others[rank].pk})
    copied(chapitre, number, lambda rank: {"dossier_id": dossiers[rank].pk})


def more_editeurs(team: Team, first: int, number: int) -> None:
    copied(team.editeur, number, lambda rank: {"identifier": f"{900_000_000 + first + rank}"})


def more_notices(team: Team, first: int, number: int) -> None:
    for rank in range(number):
        a_notice(team.instructeur, first + rank, f"DUI-2026-{first + rank + 50000}-A")


# What makes more rows of a list, from a number on, and what its page asks of the database.
MORE = {
    CANDIDATURES: (more_candidatures, 11),
    CHAPITRES: (more_chapitres, 12),
    EDITEURS: (more_editeurs, 9),
    NOTIFICATIONS: (more_notices, 9),
}


@pytest.mark.parametrize("name", MORE)
def test_list_asks_the_same_for_one_row_three_and_a_hundred(team: Team, name: str) -> None:
    more, expected = MORE[name]
    asked = [count(team.instructeur, reverse(name))]
    for first, number in ((1, 2), (3, 97)):
        more(team, first, number)
        project_everything(at=AT)
        asked.append(count(team.instructeur, reverse(name)))

    assert asked == [expected] * 3


@pytest.mark.parametrize("name", [*MORE, SEANCES])
def test_view_is_kept_of_each_list_and_shown_to_its_keeper(team: Team, name: str, sign_in: Any) -> None:
    vue = keep_vue(liste=name, nom="Ce matin", query="q=sirocco", is_shared=False, by=team.instructeur, at=AT)

    assert '<a href="?q=sirocco">Ce matin</a>' in page_of(sign_in(team.instructeur), name)
    assert "Ce matin" not in page_of(sign_in(make.a_person(roles_ans=team.instructeur.roles_ans)), name)
    answer = sign_in(team.instructeur).post(
        reverse("referencement:vue_new"), {"liste": name, "nom": "Ce soir", "query": "tri=-date"}
    )
    assert answer.headers["Location"] == f"{reverse(name)}?tri=-date"
    assert vue.liste == name


def page_of(client: Client, name: str, **asked: str) -> str:
    return client.get(reverse(name), asked).content.decode()


def exported(client: Client, code: str, **asked: str) -> list[list[str]]:
    answer = client.get(reverse("comptes:export", args=[code, "csv"]), asked)
    return list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";"))[1:]


# -- éditeurs --------------------------------------------------------------------------------------------------------


def editeurs(client: Client, **asked: str) -> list[str]:
    return [line.name for line in client.get(reverse(EDITEURS), asked).context["lines"]]


def test_editeurs_are_sorted_filtered_counted_and_exported(team: Team, sign_in: Any) -> None:
    client = sign_in(team.instructeur)
    Editeur.objects.update(registered_at=AT)
    for nom, country, number, hours in (("Élan", "FR", "732829320", 2), ("Zéphyr", "BE", "0403170701", 1)):
        at = AT - timedelta(hours=hours)
        EditeurFactory(raison_sociale=nom, country=country, identifier=number, registered_at=at)
    strange = make.a_person(Editeur.objects.get(raison_sociale="Élan"), Role.MANDATAIRE)
    every = ["Élan", team.editeur.raison_sociale, "Zéphyr"]

    assert [name for name in dict.fromkeys(editeurs(client)) if name in every] == every
    assert [name for name in dict.fromkeys(editeurs(client, tri="-nom")) if name in every] == every[::-1]
    assert next(name for name in editeurs(client, tri="inscription") if name in every) == "Élan"
    assert editeurs(client, pays="BE") == ["Zéphyr"]
    assert "Zéphyr" in editeurs(client, vue="sans-mandataire")
    assert "Élan" not in editeurs(client, vue="sans-mandataire")
    assert editeurs(client, vue="non-remis") == []
    Compte.objects.filter(pk=strange.pk).update(unreachable_at=AT, unreachable_reason="550 inconnue")
    assert editeurs(client, vue="non-remis") == ["Élan"]
    tabs = {tab.query: tab.count for tab in client.get(reverse(EDITEURS)).context["tabs"]}
    listed = {f"vue={vue}" if vue else "": str(len(editeurs(client, vue=vue))) for vue in ("", "sans-mandataire")}
    assert tabs == {**listed, "vue=non-remis": "1"}
    assert [row[0] for row in exported(client, "editeurs", q="BE 0403.170.701")] == ["Zéphyr"]
    assert sign_in(team.mandataire).get(reverse("comptes:export", args=["editeurs", "csv"])).status_code == 404


def test_editeur_leads_to_the_next_of_the_list(team: Team, sign_in: Any) -> None:
    client = sign_in(team.instructeur)
    first, second = (EditeurFactory(raison_sociale=nom) for nom in ("Alizé un", "Alizé deux"))
    client.get(reverse(EDITEURS), {"q": "alizé", "tri": "-nom"})

    page = client.get(reverse("comptes:team", args=[first.pk])).content.decode()
    assert 'aria-label="Dans la liste"' in page
    step = client.get(reverse("comptes:neighbour", args=["suivante"]), {"de": str(first.pk)})
    assert step.headers["Location"] == reverse("comptes:team", args=[second.pk])
    # Somebody of an éditeur reads no list: their page has no way to the next.
    assert 'aria-label="Dans la liste"' not in sign_in(team.mandataire).get("/editeurs/", follow=True).content.decode()


# -- notifications ---------------------------------------------------------------------------------------------------


def facts(client: Client, **asked: str) -> list[str]:
    groups = client.get(reverse(NOTIFICATIONS), asked).context["groups"]
    return [line.fact for group in groups for line in group.lines]


def test_notifications_are_sorted_filtered_counted_found_and_exported(team: Team, sign_in: Any) -> None:
    reader, client, nru = team.instructeur, sign_in(team.instructeur), team.candidature.nru
    a_notice(reader, 1, "DUI-2026-50001-A", read_at=AT, kind="candidatures.volet_received")
    a_notice(reader, 2, "DUI-2026-50002-A", bounced_at=AT, read_at=AT)
    of = {number: f"Chapitre {number} à examiner" for number in range(3)}

    assert facts(client) == [of[2], of[1], of[0]]
    assert facts(client, tri="date") == [of[0], of[1], of[2]]
    assert facts(client, vue="non-lues") == [of[0]]
    assert facts(client, vue="non-remises") == [of[2]]
    assert facts(client, nature="candidatures.volet_received") == [of[1]]
    for pasted in (nru, nru.lower(), nru.replace("-", ""), nru.replace("-", "–"), f"NRU : {nru.replace('-', ' ')}"):
        assert facts(client, q=pasted) == [of[0]], pasted
    assert facts(client, q="EXAMINER residence") == [of[2], of[1], of[0]]
    assert facts(client, q="volet lire") == [of[1]]  # the nature
    assert facts(client, q="mistral") == []
    assert {tab.label: tab.count for tab in client.get(reverse(NOTIFICATIONS)).context["tabs"]} == {
        "Toutes": "3",
        "Non lues": "1",
        "E-mails non remis": "1",
    }
    assert len(exported(client, "mes-notifications", vue="non-lues")) == 1
    assert exported(sign_in(make.a_person(roles_ans=reader.roles_ans)), "mes-notifications") == []


def test_notification_that_is_read_leads_back_to_the_list_as_it_was(team: Team, sign_in: Any) -> None:
    client, notice = sign_in(team.instructeur), Notice.objects.get(compte=team.instructeur)
    client.get(reverse(NOTIFICATIONS), {"vue": "non-lues"})
    address = reverse("comptes:notification", args=[notice.pk])

    assert 'aria-label="Dans la liste"' in client.get(address).content.decode()
    assert client.post(address).headers["Location"] == f"{reverse(NOTIFICATIONS)}?vue=non-lues"
    # Somebody of an éditeur goes back to the beginning.
    theirs = a_notice(team.mandataire, 7, team.candidature.nru)
    other = sign_in(team.mandataire)
    other.get(reverse(NOTIFICATIONS), {"vue": "non-lues"})
    answer = other.post(reverse("comptes:notification", args=[theirs.pk]))
    assert answer.headers["Location"] == reverse(NOTIFICATIONS)
