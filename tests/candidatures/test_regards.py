"""An administrateur who helps sees the portal as a person: reads what they read, changes nothing, and it is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from candidatures.enums import VoletKind
from comptes import clock, effects
from comptes.enums import Act, Role, RoleANS, SecurityEvent
from comptes.models import Compte, EvenementDeSecurite, JournalEntry, Notice, Rattachement
from comptes.operations.rattachements import detach
from comptes.operations.regards import RegardNotPossible, see_as
from preuves.enums import Nature
from tests.candidatures.conftest import Team
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories import fichiers
from tests.factories.comptes import RattachementFactory

REASON = "Appel du 3 novembre\u00a0: le bouton « Soumettre » ne se voit pas."


@pytest.fixture
def administrateur(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR], first_name="Camille", last_name="Roy")


def seat_of(compte: Compte) -> Rattachement:
    return compte.rattachements.get()


def signed_in(compte: Compte) -> Client:
    client = Client()
    client.force_login(compte, backend=BY_PASSWORD)
    return client


def looking(administrateur: Compte, person: Compte) -> Client:
    client = signed_in(administrateur)
    done = client.post(reverse("comptes:see_as", args=[seat_of(person).pk]), {"motif": REASON})
    assert done.status_code == 302
    return client


def test_they_read_what_the_person_reads(team: Team, administrateur: Compte) -> None:
    client, own = looking(administrateur, team.salarie), signed_in(team.salarie)
    address = reverse("referencement:candidature", args=[team.candidature.nru])

    seen, read = client.get(address), own.get(address)

    assert seen.context["user"] == team.salarie
    assert "Vous voyez le portail comme Sami Leroy" in seen.content.decode()
    assert "Vous voyez le portail comme" not in read.content.decode()
    assert client.get(reverse("comptes:agents")).status_code == 404
    assert client.get(reverse("comptes:team", args=[make.an_editeur().pk])).status_code == 404


def test_nothing_is_changed_and_what_is_personal_is_not_read(team: Team, administrateur: Compte) -> None:
    client = looking(administrateur, team.mandataire)
    before = JournalEntry.objects.count()
    acts = [
        client.post(reverse("candidatures:produit_new"), {"editeur": team.editeur.pk, "nom": "Autre"}),
        client.post(reverse("comptes:seat", args=[seat_of(team.salarie).pk]), {"role": Role.REPRESENTANT}),
        client.put(reverse("home")),
    ]
    personal = [
        client.get(address) for address in ("/mon-compte/", "/mon-compte/sessions/", "/mon-compte/seconde-etape/")
    ]

    assert [answer.status_code for answer in (*acts, *personal)] == [403] * 6
    assert "Vous êtes en lecture seule" in acts[0].content.decode()
    assert JournalEntry.objects.count() == before


def test_it_is_told_written_and_noted(
    team: Team, administrateur: Compte, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        looking(administrateur, team.salarie)

    entry = JournalEntry.objects.get(act=Act.SEEN_AS)
    assert (entry.by, entry.params["motif"]) == (administrateur, REASON)
    event = EvenementDeSecurite.objects.get(kind=SecurityEvent.SEEN_AS)
    assert (event.compte, event.by) == (team.salarie, administrateur)
    effects.deliver_to(team.salarie.email)
    assert "Camille Roy, de l’ANS" in mail.outbox[-1].body
    assert REASON in mail.outbox[-1].body
    own = signed_in(team.mandataire).get(reverse("comptes:journal", args=[team.editeur.pk])).content.decode()
    assert "L’ANS consulte le portail comme Sami Leroy" in own


def test_file_that_is_read_meanwhile_is_noted_as_read_by_the_agency(team: Team, administrateur: Compte) -> None:
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    piece = fichiers.a_scanned_piece(team.candidature, team.salarie, "a.mp4", fichiers.MP4, nature=Nature.VIDEO)
    client = looking(administrateur, team.salarie)

    b"".join(client.get(reverse("preuves:fichier", args=[team.candidature.nru, piece.pk])))

    event = EvenementDeSecurite.objects.get(kind=SecurityEvent.FILE_READ)
    assert (event.compte, event.by) == (team.salarie, administrateur)


def test_one_is_oneself_again_when_one_says_so_or_after_half_an_hour(team: Team, administrateur: Compte) -> None:
    client = looking(administrateur, team.salarie)
    back = client.post(reverse("comptes:see_as_end"))
    assert back["Location"] == reverse("comptes:team", args=[team.editeur.pk])
    assert client.get("/mon-compte/").context["user"] == administrateur

    client, at = looking(administrateur, team.salarie), clock.now()
    with clock.travel(at + timedelta(minutes=29)):
        assert client.get("/").context["user"] == team.salarie
    with clock.travel(at + timedelta(minutes=31)):
        assert client.get("/").context["user"] == administrateur
    assert client.get("/").context["user"] == administrateur


def test_what_is_pressed_as_it_ends_is_not_done_as_the_administrateur(team: Team, administrateur: Compte) -> None:
    client, at = looking(administrateur, team.mandataire), clock.now()
    address = reverse("comptes:detach", args=[seat_of(team.salarie).pk])

    with clock.travel(at + timedelta(minutes=31)):
        answer = client.post(address)

    assert answer.status_code == 403
    assert "La consultation est terminée" in answer.content.decode()
    assert seat_of(team.salarie).detached_at is None


def test_it_ends_with_the_seat_and_every_editeur_is_told(team: Team, administrateur: Compte) -> None:
    other = make.an_editeur()
    RattachementFactory(compte=team.salarie, editeur=other)
    seat = team.salarie.rattachements.get(editeur=team.editeur)
    client = signed_in(administrateur)
    client.post(reverse("comptes:see_as", args=[seat.pk]), {"motif": REASON})

    entries = JournalEntry.objects.filter(act=Act.SEEN_AS)
    assert {entry.chain_id for entry in entries} == {f"editeur:{team.editeur.pk}", f"editeur:{other.pk}"}
    detach(rattachement_id=seat.pk, by=team.mandataire, at=clock.now())
    assert client.get("/").context["user"] == administrateur


def test_it_ends_with_the_role_or_the_account(team: Team, administrateur: Compte) -> None:
    client = looking(administrateur, team.salarie)
    Compte.objects.filter(pk=administrateur.pk).update(roles_ans=[RoleANS.INSTRUCTEUR])
    assert client.get("/").context["user"] == administrateur
    Compte.objects.filter(pk=administrateur.pk).update(roles_ans=[RoleANS.ADMINISTRATEUR])
    assert client.get("/").context["user"] == administrateur  # it does not come back by itself

    client = looking(administrateur, team.salarie)
    Compte.objects.filter(pk=team.salarie.pk).update(is_active=False)
    assert client.get("/").context["user"] == administrateur


def test_signing_out_ends_the_session_of_the_administrateur(team: Team, administrateur: Compte) -> None:
    client = looking(administrateur, team.salarie)

    client.post(reverse("comptes:sign_out"))

    assert "_auth_user_id" not in client.session
    event = EvenementDeSecurite.objects.get(kind=SecurityEvent.SIGNED_OUT)
    assert event.compte == administrateur


@pytest.mark.parametrize("role", [role for role in RoleANS if role != RoleANS.ADMINISTRATEUR])
def test_other_agents_do_not(team: Team, role: RoleANS) -> None:
    client = signed_in(make.a_person(roles_ans=[role]))
    address = reverse("comptes:see_as", args=[seat_of(team.salarie).pk])

    assert client.post(address, {"motif": REASON}).status_code in (403, 404)
    assert client.get("/").context["user"] != team.salarie


@pytest.mark.parametrize(("motif", "fault"), [("", "obligatoire"), ("\u200b\n", "obligatoire"), ("x" * 201, "200")])
def test_reason_is_asked(team: Team, administrateur: Compte, motif: str, fault: str) -> None:
    client = signed_in(administrateur)
    page = client.post(reverse("comptes:see_as", args=[seat_of(team.salarie).pk]), {"motif": motif})

    assert page.status_code == 422
    assert fault in page.content.decode()
    assert Notice.objects.filter(kind="comptes.seen_as").count() == 0


def test_nobody_sees_as_somebody_of_the_agency_or_who_left(team: Team, administrateur: Compte) -> None:
    agent = make.a_person(team.editeur, Role.SALARIE, roles_ans=[RoleANS.SECRETAIRE_COLLEGE])
    page = signed_in(administrateur).post(reverse("comptes:see_as", args=[seat_of(agent).pk]), {"motif": REASON})
    assert "une personne de l’ANS" in page.content.decode()

    seat = seat_of(team.salarie)
    detach(rattachement_id=seat.pk, by=team.mandataire, at=make.SUMMER)
    with pytest.raises(RegardNotPossible, match="n’a plus accès au portail"):
        see_as(rattachement_id=seat.pk, reason=REASON, by=administrateur, at=make.SUMMER)
