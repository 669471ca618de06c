"""The link of an invitation, as mail scanners, impatient fingers and other people meet it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from comptes import operations
from comptes.enums import Role
from comptes.models import Compte, Invitation, JournalEntry, Notice, Rattachement
from tests.comptes.conftest import Team
from tests.factories.comptes import PASSWORD, CompteFactory, InvitationFactory

SignIn = Callable[[Compte | None], Client]
TYPED = {"first_name": "Léa", "last_name": "Roux", "new_password": PASSWORD}


@pytest.fixture
def invitation(team: Team, at: datetime) -> Invitation:
    """A salarié's seat, offered by the mandataire to somebody who has no account."""
    return operations.invite(
        editeur_id=team.editeur.pk,
        email="lea.roux@sirocco.example",
        role=Role.SALARIE,
        may_engage=False,
        by=team.mandataire.compte,
        at=at,
    )


@pytest.fixture
def link(invitation: Invitation) -> str:
    return reverse("comptes:invitation", args=[invitation.token])


def everything() -> list[Any]:
    """All that an invitation could move, row by row."""
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Invitation, Compte, Rattachement, Notice, JournalEntry)
    ]


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def reason_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.context["reason"]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_invitation_opened_by_a_mail_scanner_changes_nothing(link: str, method: str) -> None:
    before = everything()
    for _ in range(3):
        assert getattr(Client(), method)(link).status_code == 200

    assert everything() == before


def test_invitation_page_keeps_its_secret(link: str) -> None:
    page = Client().get(link)

    assert page["Referrer-Policy"] == "strict-origin"
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_invitation_page_says_who_offers_what_until_when(team: Team, link: str) -> None:
    page = unescape(Client().get(link).content.decode())

    assert (
        f"{team.mandataire.compte.full_name} vous invite à rejoindre l’équipe comme <strong>salarié</strong>." in page
    )
    assert 'datetime="2026-07-08T10:00:00+02:00"' in page


def test_invitation_with_an_unknown_token(db: None) -> None:
    assert Client().get(reverse("comptes:invitation", args=["inconnu"])).status_code == 404


def test_invitation_accepted_opens_an_account_and_the_portal(team: Team, link: str) -> None:
    client = Client()
    welcome = client.post(link, TYPED, follow=True)

    seat = Rattachement.objects.get(compte__email="lea.roux@sirocco.example")
    assert welcome.redirect_chain == [("/", 302)]
    assert messages_of(welcome) == ["Bienvenue dans l’équipe de Sirocco Logiciels."]
    assert (seat.compte.full_name, seat.editeur, seat.role) == ("Léa Roux", team.editeur, Role.SALARIE)
    assert client.get(reverse("comptes:account")).context["user"] == seat.compte


def test_invitation_accepted_tells_who_invited(team: Team, link: str, effects_run: None) -> None:
    Client().post(link, TYPED)

    assert [message.to for message in mail.outbox] == [[team.mandataire.compte.email]]


def test_invitation_accepted_twice_is_over(link: str) -> None:
    Client().post(link, TYPED)
    after_the_first = everything()
    second = Client().post(link, TYPED)

    assert reason_of(second) == (410, "Cette invitation a déjà servi.")
    assert reason_of(Client().get(link)) == (410, "Cette invitation a déjà servi.")
    assert everything() == after_the_first


def test_invitation_posted_twice_by_the_same_browser_is_no_fault(link: str) -> None:
    client = Client()
    client.post(link, TYPED)
    client.get("/")
    second = client.post(link, TYPED, follow=True)

    assert second.redirect_chain == [("/", 302)]
    assert messages_of(second) == ["Vous avez déjà rejoint Sirocco Logiciels par cette invitation."]


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        (
            {"new_password": "court"},
            {"new_password": ["Ce mot de passe est trop court. Il doit contenir au minimum 12 caractères."]},
        ),
        ({"new_password": "123456789012"}, {"new_password": ["Ce mot de passe est entièrement numérique."]}),
        (
            {"new_password": "lea.roux@sirocco"},
            {"new_password": ["Le mot de passe est trop semblable au champ « adresse e-mail »."]},
        ),
        ({"new_password": ""}, {"new_password": ["Ce champ est obligatoire."]}),
        ({"last_name": " "}, {"last_name": ["Ce champ est obligatoire."]}),
        ({"first_name": "L\x00a"}, {"first_name": ["Le caractère nul n’est pas autorisé."]}),
    ],
)
def test_invitation_answered_wrongly_says_it_at_the_field(
    link: str, wrong: dict[str, str], errors: dict[str, list[str]]
) -> None:
    before = everything()
    page = Client().post(link, TYPED | wrong)

    said = {
        name: [one.replace("\u00a0", " ").replace("'", "’") for one in page.context["form"].errors[name]]
        for name in errors
    }
    assert (page.status_code, said, set(page.context["form"].errors)) == (200, errors, set(errors))
    assert page.context["form"]["first_name"].value() == (TYPED | wrong)["first_name"]
    assert everything() == before


@pytest.mark.parametrize(("second", "status"), [(-1, 200), (0, 410), (1, 410)])
def test_invitation_expires_to_the_second(
    link: str, invitation: Invitation, travel_to: Callable[[datetime], None], second: int, status: int
) -> None:
    travel_to(invitation.expires_at + timedelta(seconds=second))

    assert Client().get(link).status_code == status
    assert Client().post(link, TYPED).status_code == (302 if status == 200 else 410)


def test_invitation_cancelled_says_so(team: Team, link: str, invitation: Invitation, at: datetime) -> None:
    operations.cancel_invitation(invitation_id=invitation.pk, by=team.mandataire.compte, at=at)

    assert reason_of(Client().get(link)) == (410, "Cette invitation a été annulée.")


# -- who already has an account -------------------------------------------------------------------------------------


@pytest.fixture
def known(db: None) -> Compte:
    return CompteFactory(email="lea.roux@sirocco.example", password=PASSWORD)


def test_invitation_of_somebody_known_asks_to_sign_in_then_comes_back(known: Compte, link: str) -> None:
    page = Client().get(link)
    assert page.context["form"] is None
    assert f'href="{reverse("comptes:sign_in")}?next={link}"' in page.content.decode()

    client = Client()
    form = {"username": known.email, "password": PASSWORD, "next": link}
    assert client.post(reverse("comptes:sign_in"), form)["Location"] == link
    client.post(link)
    assert known.rattachements.get().role == Role.SALARIE


def test_invitation_of_somebody_known_is_not_taken_without_signing_in(known: Compte, link: str) -> None:
    answer = Client().post(link, TYPED)

    assert reason_of(answer) == (
        410,
        "Cette adresse a déjà un compte\u00a0: connectez-vous pour accepter l’invitation.",
    )
    assert not known.rattachements.exists()


def test_invitation_of_another_person_is_not_taken(sign_in: SignIn, team: Team, link: str) -> None:
    client = sign_in(team.stranger)
    before = everything()
    page = client.get(link)

    assert (page.context["addressed"], page.context["form"]) == (False, None)
    assert "Cette invitation est adressée à une autre personne" in unescape(page.content.decode())
    assert reason_of(client.post(link)) == (410, "Cette invitation est adressée à une autre personne.")
    assert everything() == before


# -- taking it back -------------------------------------------------------------------------------------------------


def test_invitation_cancelled_from_the_team_page_twice(sign_in: SignIn, team: Team, invitation: Invitation) -> None:
    client, cancel = sign_in(team.mandataire.compte), reverse("comptes:invitation_cancel", args=[invitation.pk])
    first = client.post(cancel, follow=True)
    second = client.post(cancel, follow=True)

    assert messages_of(first) == ["L’invitation de lea.roux@sirocco.example est annulée."]
    assert messages_of(second) == ["Cette invitation a été annulée."]
    assert second.redirect_chain == [(reverse("comptes:team", args=[team.editeur.pk]), 302)]


def test_invitation_cancelled_after_it_served_says_so(sign_in: SignIn, team: Team, invitation: Invitation) -> None:
    operations.accept_invitation(token=invitation.token, names=("Léa", "Roux"), at=invitation.invited_at)
    cancel = reverse("comptes:invitation_cancel", args=[invitation.pk])

    assert messages_of(sign_in(team.mandataire.compte).post(cancel, follow=True)) == ["Cette invitation a déjà servi."]


def test_invitation_of_a_mandataire_is_not_taken_back_by_a_representant(sign_in: SignIn, team: Team) -> None:
    offered = InvitationFactory(editeur=team.editeur, role=Role.MANDATAIRE, may_engage=True)
    answer = sign_in(team.representant.compte).post(
        reverse("comptes:invitation_cancel", args=[offered.pk]), follow=True
    )

    assert messages_of(answer) == ["Seul un mandataire peut désigner un mandataire."]
    offered.refresh_from_db()
    assert offered.cancelled_at is None


@pytest.mark.parametrize(
    ("who", "status"), [("salarie", 403), ("instructeur", 403), ("stranger", 404), (None, 401), ("administrateur", 302)]
)
def test_invitation_is_cancelled_by_who_may(
    sign_in: SignIn, team: Team, invitation: Invitation, who: str | None, status: int
) -> None:
    person = getattr(team, who) if who else None
    client = sign_in(person.compte if isinstance(person, Rattachement) else person)

    assert client.post(reverse("comptes:invitation_cancel", args=[invitation.pk])).status_code == status
    invitation.refresh_from_db()
    assert (invitation.cancelled_at is not None) is (status == 302)


def test_invitation_is_not_cancelled_by_a_get(sign_in: SignIn, team: Team, invitation: Invitation) -> None:
    cancel = reverse("comptes:invitation_cancel", args=[invitation.pk])

    assert sign_in(team.mandataire.compte).get(cancel).status_code == 405
