from datetime import timedelta

import pytest

from comptes import clock
from comptes.enums import Role
from comptes.models import Invitation, Rattachement
from tests.factories.comptes import InvitationFactory, RattachementFactory


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def path(team) -> str:
    return f"/editeurs/{team.editeur.pk}/"


def test_team_is_seen_by_its_own(team, path, sign_in, client):
    for compte in (team.mandataire.compte, team.salarie.compte, team.instructeur, team.administrateur):
        assert sign_in(compte).get(path).status_code == 200
    assert sign_in(team.stranger).get(path).status_code == 404
    assert client.get(path).status_code == 302


def test_each_sees_the_acts_that_are_theirs(team, path, at, sign_in):
    offer = InvitationFactory(editeur=team.editeur, invited_at=at)
    grand = InvitationFactory(editeur=team.editeur, role=Role.MANDATAIRE, may_engage=True, invited_at=at)
    seats = (team.mandataire, team.representant, team.salarie)

    def acts(compte) -> tuple[list[bool], list[bool], list[bool], bool]:
        page = text_of(sign_in(compte).get(path))
        changes = [f'href="/rattachements/{seat.pk}/"' in page for seat in seats]
        leaves = [f'href="/rattachements/{seat.pk}/detacher/"' in page for seat in seats]
        cancels = [f'action="/invitations/{invitation.pk}/annuler/"' in page for invitation in (offer, grand)]
        return changes, leaves, cancels, f'href="{path}inviter/"' in page

    everything = ([True] * 3, [True] * 3, [True] * 2, True)
    assert acts(team.mandataire.compte) == everything
    assert acts(team.administrateur) == everything
    assert acts(team.representant.compte) == ([False] * 3, [False, True, True], [True, False], True)
    assert acts(team.salarie.compte) == ([False] * 3, [False, False, True], [False] * 2, False)
    assert acts(team.instructeur) == ([False] * 3, [False] * 3, [False] * 2, False)


def test_expired_invitation_waits_no_more(team, path, at, sign_in):
    invitation = InvitationFactory(editeur=team.editeur, invited_at=at)
    browser = sign_in(team.mandataire.compte)

    assert invitation.email in text_of(browser.get(path))
    with clock.travel(at + timedelta(days=7)):
        assert invitation.email not in text_of(browser.get(path))


def test_past_members_are_folded(team, path, sign_in):
    past = RattachementFactory(editeur=team.editeur, past=True)

    page = text_of(sign_in(team.mandataire.compte).get(path))

    assert "Anciens membres (1)" in page
    assert past.compte.full_name in page


@pytest.mark.parametrize(
    ("who", "role", "status"),
    [
        ("mandataire", "mandataire", 302),
        ("mandataire", "representant", 302),
        ("mandataire", "salarie", 302),
        ("administrateur", "mandataire", 302),
        ("representant", "salarie", 302),
        ("representant", "representant", 422),
        ("representant", "mandataire", 422),
        ("salarie", "salarie", 403),
        ("instructeur", "salarie", 403),
        ("stranger", "salarie", 404),
    ],
)
def test_who_invites_whom(team, path, at, sign_in, who, role, status):
    person = getattr(team, who)
    compte = person.compte if isinstance(person, Rattachement) else person

    response = sign_in(compte).post(f"{path}inviter/", {"email": "lea@sirocco.example", "role": role})

    assert response.status_code == status
    assert Invitation.objects.count() == (status == 302)


def test_invitation_posted_twice(team, path, at, sign_in):
    browser, typed = sign_in(team.mandataire.compte), {"email": "lea@sirocco.example", "role": "salarie"}
    browser.post(f"{path}inviter/", typed)

    page = browser.post(f"{path}inviter/", typed)

    assert page.status_code == 422
    assert page.context["form"].non_field_errors() == [
        "Une invitation est déjà en cours pour cette adresse. Annulez-la pour en envoyer une autre."
    ]
    assert 'value="lea@sirocco.example"' in text_of(page)
    assert Invitation.objects.count() == 1


def test_invitation_of_a_salarie_who_would_engage(team, path, sign_in):
    typed = {"email": "lea@sirocco.example", "role": "salarie", "may_engage": "on"}

    page = sign_in(team.mandataire.compte).post(f"{path}inviter/", typed)

    assert page.context["form"].errors == {"may_engage": ["Un salarié ne peut pas engager l’éditeur."]}


def test_invitation_is_cancelled_twice(team, at, sign_in):
    invitation = InvitationFactory(editeur=team.editeur, invited_at=at)
    cancel = f"/invitations/{invitation.pk}/annuler/"
    assert sign_in(team.stranger).post(cancel).status_code == 404
    assert sign_in(team.salarie.compte).post(cancel).status_code == 403
    browser = sign_in(team.mandataire.compte)
    assert browser.get(cancel).status_code == 405

    first, second = browser.post(cancel, follow=True), browser.post(cancel, follow=True)

    assert f"L’invitation de {invitation.email} est annulée." in text_of(first)
    assert "Cette invitation a été annulée." in text_of(second)


def test_invitation_that_is_not_theirs_to_cancel(team, at, sign_in):
    grand = InvitationFactory(editeur=team.editeur, role=Role.MANDATAIRE, may_engage=True, invited_at=at)

    page = sign_in(team.representant.compte).post(f"/invitations/{grand.pk}/annuler/", follow=True)

    assert "Seul un mandataire peut désigner un mandataire." in text_of(page)
    assert Invitation.objects.get().cancelled_at is None


def test_role_is_changed(team, at, sign_in):
    seat = f"/rattachements/{team.salarie.pk}/"
    browser = sign_in(team.mandataire.compte)
    assert browser.get(seat).context["form"].initial == {"role": "salarie", "may_engage": False}

    response = browser.post(seat, {"role": "representant", "may_engage": "on"})

    team.salarie.refresh_from_db()
    assert response.headers["Location"] == f"/editeurs/{team.editeur.pk}/"
    assert (team.salarie.role, team.salarie.may_engage) == ("representant", True)


def test_mandataire_who_steps_down_engages_no_more(team, at, sign_in):
    RattachementFactory(editeur=team.editeur, mandataire=True)
    page = sign_in(team.mandataire.compte).get(f"/rattachements/{team.mandataire.pk}/")

    assert page.context["form"].initial == {"role": "mandataire", "may_engage": False}


def test_role_of_the_last_mandataire_is_kept(team, at, sign_in):
    page = sign_in(team.mandataire.compte).post(f"/rattachements/{team.mandataire.pk}/", {"role": "salarie"})

    assert page.context["form"].non_field_errors() == [
        "L’éditeur doit garder au moins un mandataire : désignez-en un autre d’abord."
    ]


@pytest.mark.parametrize(
    ("who", "status"), [("salarie", 403), ("instructeur", 403), ("stranger", 404), ("representant", 422)]
)
def test_role_is_not_changed_by_just_anybody(team, sign_in, who, status):
    person = getattr(team, who)
    compte = person.compte if isinstance(person, Rattachement) else person

    response = sign_in(compte).post(f"/rattachements/{team.salarie.pk}/", {"role": "mandataire"})

    assert response.status_code == status
    team.salarie.refresh_from_db()
    assert team.salarie.role == "salarie"


def test_detaching_asks_first(team, at, sign_in):
    path = f"/rattachements/{team.salarie.pk}/detacher/"
    browser = sign_in(team.representant.compte)

    assert "Détacher cette personne" in text_of(browser.get(path))
    team.salarie.refresh_from_db()
    assert team.salarie.detached_at is None

    assert browser.post(path).headers["Location"] == f"/editeurs/{team.editeur.pk}/"
    team.salarie.refresh_from_db()
    assert team.salarie.detached_at == at


@pytest.mark.parametrize(("who", "arrives"), [("representant", "team"), ("salarie", "home")])
def test_detaching_twice_is_told(team, sign_in, who, arrives):
    """A double click, or a page left open: the second is told that it is done, and the first instant stays."""
    path = f"/rattachements/{team.salarie.pk}/detacher/"
    browser = sign_in(getattr(team, who).compte)
    browser.post(path)
    team.salarie.refresh_from_db()
    ended_at = team.salarie.detached_at

    home = "/" if arrives == "home" else f"/editeurs/{team.editeur.pk}/"
    for again in (browser.post(path), browser.get(path)):
        assert again.headers["Location"] == home
    shown = [str(message) for message in browser.get(home).context["messages"]]
    assert shown[-1] == "Ce rattachement a déjà pris fin."
    team.salarie.refresh_from_db()
    assert team.salarie.detached_at == ended_at


@pytest.mark.parametrize(("who", "status"), [("salarie", 403), ("stranger", 404), ("instructeur", 403)])
def test_past_seat_is_not_shown_to_everybody(team, sign_in, who, status):
    past = RattachementFactory(editeur=team.editeur, past=True)
    person = getattr(team, who)
    browser = sign_in(person.compte if isinstance(person, Rattachement) else person)

    assert browser.post(f"/rattachements/{past.pk}/detacher/").status_code == status


def test_salarie_leaves(team, at, sign_in):
    browser = sign_in(team.salarie.compte)

    response = browser.post(f"/rattachements/{team.salarie.pk}/detacher/")

    assert response.headers["Location"] == "/"
    assert browser.get(f"/editeurs/{team.editeur.pk}/").status_code == 404


def test_last_mandataire_is_told_before_trying(team, at, sign_in):
    path = f"/rattachements/{team.mandataire.pk}/detacher/"
    browser = sign_in(team.mandataire.compte)

    page, answer = browser.get(path), browser.post(path)

    for response, status in ((page, 200), (answer, 409)):
        assert response.status_code == status
        assert "L’éditeur doit garder au moins un mandataire" in text_of(response)
        assert "Quitter cet éditeur" not in text_of(response)


@pytest.mark.parametrize(("who", "status"), [("salarie", 403), ("stranger", 404), ("instructeur", 403)])
def test_detaching_is_not_for_everybody(team, sign_in, who, status):
    person = getattr(team, who)
    compte = person.compte if isinstance(person, Rattachement) else person

    assert sign_in(compte).post(f"/rattachements/{team.representant.pk}/detacher/").status_code == status


def test_account_is_corrected(team, sign_in):
    browser = sign_in(team.salarie.compte)
    assert "Sirocco Logiciels" in text_of(browser.get("/mon-compte/"))

    typed = {"first_name": "Léa", "last_name": "Roux", "phone": "0102030405", "email": "pirate@sirocco.example"}
    assert browser.post("/mon-compte/", typed).headers["Location"] == "/mon-compte/"

    before = team.salarie.compte.email
    team.salarie.compte.refresh_from_db()
    assert (team.salarie.compte.full_name, team.salarie.compte.phone) == ("Léa Roux", "0102030405")
    assert team.salarie.compte.email == before


def test_account_shows_the_roles_at_the_ans(team, sign_in):
    assert "Instructeur" in text_of(sign_in(team.instructeur).get("/mon-compte/"))
