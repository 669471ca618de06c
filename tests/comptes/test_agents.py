"""The accounts of the agency, on screen: opened, suspended, closed, and handed over to a colleague."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from candidatures.models import Absence, Referent, ReferentDeChapitre, ReservationDeVolet
from candidatures.operations.referents import entrust_chapitre
from candidatures.operations.reservations import claim_volet
from comptes import clock, effects
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry, Notice
from comptes.operations.agents import (
    AgentNotChangeable,
    change_roles_ans,
    close_agent,
    holding_of,
    suspend_agent,
)
from comptes.operations.comptes_ans import open_compte_without_role
from preuves.operations.instruction import claim_chapitre
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.comptes import PASSWORD, CompteFactory, RattachementFactory

NEW = {"email": "ines@agence.example", "first_name": "Inès", "last_name": "Garnier", "roles": ["instructeur"]}


@pytest.fixture
def administrateur(db: None) -> Compte:
    made: Compte = CompteFactory(administrateur=True)
    return made


@pytest.fixture
def agent(db: None) -> Compte:
    made: Compte = CompteFactory(instructeur=True, password=PASSWORD, first_name="Camille", last_name="Roux")
    return made


def address(agent: Compte, gesture: str = "") -> str:
    return (
        reverse("comptes:agent_act", args=[agent.pk, gesture]) if gesture else reverse("comptes:agent", args=[agent.pk])
    )


def acts() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("act", flat=True))


def test_agent_is_invited_and_chooses_a_password(administrateur: Compte, sign_in: Any, client: Client) -> None:
    answer = sign_in(administrateur).post(reverse("comptes:agent_new"), NEW)

    agent = Compte.objects.get(email="ines@agence.example")
    assert answer.headers["Location"] == address(agent)
    assert (agent.roles_ans, agent.has_usable_password()) == (["instructeur"], False)
    effects.deliver_to(agent.email)
    assert "/mot-de-passe/" in mail.outbox[0].body
    assert acts() == ["compte_ans.opened"]


def test_address_that_is_known_is_refused(administrateur: Compte, agent: Compte, sign_in: Any) -> None:
    page = sign_in(administrateur).post(reverse("comptes:agent_new"), NEW | {"email": agent.email.upper()})

    assert page.context["form"].errors == {"email": ["Cette adresse e-mail a déjà un compte."]}


def test_roles_are_changed(administrateur: Compte, agent: Compte, sign_in: Any) -> None:
    sign_in(administrateur).post(address(agent), {"roles": ["secretaire_college", "responsable_instruction"]})

    agent.refresh_from_db()
    assert agent.roles_ans == ["responsable_instruction", "secretaire_college"]
    assert JournalEntry.objects.get().params["roles"] == ["responsable d’instruction", "secrétaire du collège"]


def test_suspension_stops_the_session_and_is_lifted(administrateur: Compte, agent: Compte, sign_in: Any) -> None:
    office, theirs = sign_in(administrateur), sign_in(agent)
    assert theirs.get("/instruction/").status_code == 200

    office.post(address(agent, "suspendre"))
    assert theirs.get("/instruction/").status_code == 302
    assert Client().post("/connexion/", {"username": agent.email, "password": PASSWORD}).status_code == 422

    office.post(address(agent, "retablir"))
    assert Client().post("/connexion/", {"username": agent.email, "password": PASSWORD}).status_code == 302
    assert acts() == ["compte_ans.suspended", "compte_ans.restored"]


def test_closing_is_for_good(administrateur: Compte, agent: Compte, sign_in: Any) -> None:
    office = sign_in(administrateur)
    office.post(address(agent, "fermer"))
    for gesture in ("retablir", "suspendre", "fermer"):
        office.post(address(agent, gesture))
    office.post(address(agent), {"roles": ["administrateur"]})

    agent.refresh_from_db()
    assert (agent.is_active, agent.closed_at is not None, agent.roles_ans) == (False, True, ["instructeur"])
    assert acts() == ["compte_ans.closed"]
    assert "Fermé" in office.get(reverse("comptes:agents")).content.decode()
    assert "Fermer le compte" not in office.get(address(agent)).content.decode()


def test_what_was_held_goes_to_a_colleague(administrateur: Compte, sign_in: Any) -> None:
    with clock.travel(make.SUMMER):
        prove.a_rem()
        mandataire = make.a_person(make.an_editeur(), "mandataire")
        candidature = make.a_candidature(
            make.a_produit(mandataire.rattachements.get().editeur, mandataire, "Alizé"), mandataire
        )
        leaving = make.a_person(roles_ans=[RoleANS.INSTRUCTEUR])
        colleague = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
        outsider = make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE])
        proved = prove.a_candidature_to_prove(candidature, mandataire, leaving)
        chapitre = prove.a_submitted_chapitre(proved, mandataire, "INS", at=make.SUMMER)
        claim_chapitre(chapitre_id=chapitre.pk, by=leaving, at=make.SUMMER)
        office = sign_in(administrateur)
        assert "Examen du chapitre INS" in office.get(address(leaving)).content.decode()

        for refused in ({}, {"colleague": outsider.pk}, {"colleague": leaving.pk}, {"colleague": mandataire.pk}):
            office.post(address(leaving, "fermer"), refused)
            leaving.refresh_from_db()
            assert leaving.is_active
        office.post(address(leaving, "fermer"), {"colleague": colleague.pk})

    chapitre.refresh_from_db()
    leaving.refresh_from_db()
    assert (chapitre.claimed_by, leaving.is_active) == (colleague, False)
    entry = JournalEntry.objects.get(act="chapitre.handed_over")
    assert (entry.by, entry.params["compte"]) == (administrateur, colleague.pk)


def test_nothing_stays_with_nobody_when_an_account_is_closed(administrateur: Compte, sign_in: Any) -> None:
    """Candidatures are shared out; who reads a dossier, and who stands in, is somebody who is there."""
    mandataire = make.a_person(make.an_editeur(), "mandataire")
    editeur = mandataire.rattachements.get().editeur
    leaving = make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], last_name="Roux")
    anne, paul = (make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name=name) for name in ("Anne", "Paul"))
    outsider = make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE])
    with clock.travel(make.SUMMER):
        followed = [make.a_candidature(make.a_produit(editeur, mandataire, f"Alizé {n}"), mandataire) for n in range(4)]
        for candidature in followed:
            make.follow(candidature, leaving)
        volet = make.a_submitted_volet(followed[0], mandataire)
        claim_volet(volet_id=volet.pk, by=leaving, at=make.SUMMER)
        entrust_chapitre(dispositif_code=make.DUI, code="INS", compte_id=leaving.pk, by=leaving, at=make.SUMMER)
        for absent in (anne, paul):
            make.an_absence(absent, stand_in=leaving)
        office = sign_in(administrateur)
        page = office.get(address(leaving)).content.decode()
        held = ("Référent de 4 candidatures", "Référent du chapitre INS", "Examen du volet", "Remplacement d’Anne")
        assert [sentence for sentence in held if sentence not in page] == []

        office.post(address(leaving, "fermer"), {"colleague": outsider.pk})
        leaving.refresh_from_db()
        assert leaving.is_active
        office.post(address(leaving, "fermer"), {"colleague": [anne.pk, paul.pk, outsider.pk]})

        leaving.refresh_from_db()
        assert (leaving.is_active, holding_of(compte=leaving, at=make.SUMMER).sentences) == (False, [])
    shares = Counter(Referent.objects.order_by("pk").values_list("compte", flat=True))
    assert shares == {anne.pk: 2, paul.pk: 2}
    assert ReservationDeVolet.objects.get().compte_id == Referent.objects.get(pk=followed[0].pk).compte_id
    covered = set(Absence.objects.order_by("pk").values_list("compte", "stand_in"))
    assert covered == {(anne.pk, paul.pk), (paul.pk, anne.pk)}
    assert ReferentDeChapitre.objects.get().compte_id in (anne.pk, paul.pk)
    assert not Notice.objects.filter(kind="candidatures.volet_taken_over", state="sent").exists()


def test_only_those_who_may_take_it_are_offered(administrateur: Compte, sign_in: Any) -> None:
    mandataire = make.a_person(make.an_editeur(), "mandataire")
    candidature = make.a_candidature(
        make.a_produit(mandataire.rattachements.get().editeur, mandataire, "Alizé"), mandataire
    )
    leaving, anne = (make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name=name) for name in ("Camille", "Anne"))
    make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE], first_name="Sophie")
    office = sign_in(administrateur)
    assert holding_of(compte=leaving, at=make.SUMMER).colleagues == []

    make.follow(candidature, leaving)

    assert holding_of(compte=leaving, at=make.SUMMER).colleagues == [anne]
    page = office.get(address(leaving)).content.decode()
    assert f"{anne.full_name} (instructeur)" in page
    assert "Sophie" not in page
    anne.is_active = False
    anne.save()
    assert "Personne ne peut en être chargé" in office.get(address(leaving)).content.decode()


def test_account_of_an_expert_is_closed_on_screen(administrateur: Compte, at: Any, sign_in: Any) -> None:
    """It has no role; somebody of an éditeur has none either, and is not managed here."""
    expert = open_compte_without_role(
        email="expert@chu.example", first_name="Élise", last_name="Expert", by=administrateur, at=at
    )
    mandataire = make.a_person(make.an_editeur(), "mandataire")
    office = sign_in(administrateur)

    page = office.get(reverse("comptes:agents")).content.decode()
    assert "Élise Expert" in page
    assert "sans rôle (seconde lecture)" in page
    assert mandataire.full_name not in page
    assert office.get(address(mandataire)).status_code == 404
    assert "Sans rôle, ce compte ne lit que les chapitres" in office.get(address(expert)).content.decode()
    office.post(address(expert, "fermer"))

    expert.refresh_from_db()
    assert (expert.is_active, expert.closed_at is not None) == (False, True)
    assert "Fermer le compte" not in office.get(address(expert)).content.decode()


@pytest.mark.parametrize("gesture", ["suspendre", "fermer", "reinitialiser"])
def test_nobody_does_it_for_oneself(administrateur: Compte, sign_in: Any, gesture: str) -> None:
    CompteFactory(administrateur=True)
    office = sign_in(administrateur)

    office.post(address(administrateur, gesture))
    office.post(address(administrateur), {"roles": ["instructeur"]})

    administrateur.refresh_from_db()
    assert (administrateur.is_active, administrateur.roles_ans) == (True, ["administrateur"])


def test_last_administrateur_stays(administrateur: Compte, at: Any) -> None:
    """The roles were read before: the only other administrateur is suspended meanwhile."""
    other = CompteFactory(administrateur=True)
    suspend_agent(compte_id=other.pk, by=administrateur, at=at)

    with pytest.raises(AgentNotChangeable, match="dernier administrateur"):
        suspend_agent(compte_id=administrateur.pk, by=other, at=at)
    with pytest.raises(AgentNotChangeable, match="dernier administrateur"):
        close_agent(compte_id=administrateur.pk, takers=[], by=other, at=at)
    with pytest.raises(AgentNotChangeable, match="dernier administrateur"):
        change_roles_ans(compte_id=administrateur.pk, roles=[RoleANS.INSTRUCTEUR], by=other, at=at)


def test_lost_phone_is_untied(administrateur: Compte, agent: Compte, sign_in: Any) -> None:
    TOTPDevice.objects.create(user=agent, name="application", key="00" * 20)
    office = sign_in(administrateur)
    assert "Réinitialiser" in office.get(address(agent)).content.decode()

    office.post(address(agent, "reinitialiser"))

    assert TOTPDevice.objects.count() == 0
    assert acts() == ["compte.factor_reset"]


@pytest.mark.parametrize("gesture", ["inconnu", "ouvrir"])
def test_unknown_gesture_is_nothing(administrateur: Compte, agent: Compte, sign_in: Any, gesture: str) -> None:
    assert sign_in(administrateur).post(address(agent, gesture)).status_code == 404


def test_account_of_an_editeur_is_not_here(administrateur: Compte, sign_in: Any) -> None:
    person = RattachementFactory().compte

    assert sign_in(administrateur).get(address(person)).status_code == 404
    assert sign_in(administrateur).post(address(person, "fermer")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_little_for_three_as_for_one(
    administrateur: Compte, sign_in: Any, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        CompteFactory(instructeur=True)
    office = sign_in(administrateur)

    with django_assert_num_queries(6):
        assert office.get(reverse("comptes:agents")).status_code == 200


def test_shut_account_is_never_active(agent: Compte) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Compte.objects.filter(pk=agent.pk).update(closed_at=clock.machine_now() - timedelta(days=1))
