"""The journal of a short story: no names in it, how it is read, and many people writing at once."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from comptes import journal, queries
from comptes.enums import Act, Role, RoleANS
from comptes.models import Compte, Editeur, JournalChain, JournalEntry, Rattachement
from comptes.operations.comptes import correct_compte
from comptes.operations.comptes_ans import open_compte_ans, open_compte_without_role
from comptes.operations.conservation import anonymise_compte
from comptes.operations.editeurs import correct_editeur, register_editeur
from comptes.operations.facteurs import reset_factor
from comptes.operations.identites import link_identity
from comptes.operations.invitations import accept_invitation, cancel_invitation, invite
from comptes.operations.rattachements import change_role, detach
from comptes.operations.regards import see_as
from comptes.rules.companies import Company
from comptes.rules.identity import ProvenPerson
from tests.comptes.conftest import AT
from tests.comptes.test_concurrency import at_once, refusals
from tests.factories.comptes import CompteFactory

WRITERS, ACTS_EACH = 8, 5
PEOPLE = (("Nadia", "Benali"), ("Sami", "Leroy"), ("Inès", "Garnier"), ("Paule", "Noir"))


# Acts on accounts of the agency, on failed messages and on the texts of the portal: they have their own tests.
TOLD_ELSEWHERE = {
    Act.COMPTE_ANS_SUSPENDED,
    Act.COMPTE_ANS_RESTORED,
    Act.COMPTE_ANS_CLOSED,
    Act.INSCRIPTION_ASKED,
    Act.INSCRIPTION_ACCEPTED,
    Act.INSCRIPTION_REFUSED,
    Act.NOTICE_RETRIED,
    Act.TEXTE_DISCARDED,
    Act.TEXTE_GIVEN_BACK,
    Act.TEXTE_PUBLISHED,
    Act.TEXTE_WRITTEN,
    Act.WORK_RETRIED,
}


def person(email: str) -> Compte:
    return Compte.objects.get(email=email)


def join(editeur: Editeur, email: str, role: Role, names: tuple[str, str], *, by: Compte, at: datetime) -> Rattachement:
    invitation = editeur.invitations.filter(email=email, accepted_at=None).first() or invite(
        editeur_id=editeur.pk, email=email, role=role, may_engage=False, by=by, at=at
    )
    return accept_invitation(token=invitation.token, names=names, at=at)


@pytest.fixture
def story(db: None, at: datetime) -> Editeur:
    """Every act of the ground floor, once at least, by and about people whose names are known."""
    nadia, sami, ines, paule = PEOPLE
    admin = open_compte_ans(
        email="ines@agence.example",
        first_name=ines[0],
        last_name=ines[1],
        roles=[RoleANS.ADMINISTRATEUR],
        by=None,
        at=at,
    )
    editeur = register_editeur(
        raison_sociale="Sirocco Logiciels",
        company=Company("FR", "552008443"),
        adresse="4 rue des Tilleuls",
        code_postal="35000",
        commune="Rennes",
        mandataire="nadia@sirocco.example",
        by=admin,
        at=at,
    )
    by = join(editeur, "nadia@sirocco.example", Role.MANDATAIRE, nadia, by=admin, at=at).compte
    who: dict[str, Any] = {"by": by, "at": at}
    salarie = join(editeur, "sami@sirocco.example", Role.SALARIE, sami, **who)
    cancelled = invite(editeur_id=editeur.pk, email="paule@sirocco.example", role=Role.SALARIE, may_engage=False, **who)
    cancel_invitation(invitation_id=cancelled.pk, **who)
    correct_editeur(editeur_id=editeur.pk, values={"commune": "Vannes"}, **who)
    for may_engage in (True, False):
        change_role(rattachement_id=salarie.pk, role=Role.REPRESENTANT, may_engage=may_engage, **who)
    detach(rattachement_id=salarie.pk, **who)
    open_compte_ans(
        email=admin.email,
        first_name=paule[0],
        last_name=paule[1],
        roles=[RoleANS.ADMINISTRATEUR, RoleANS.INSTRUCTEUR],
        by=admin,
        at=at,
    )
    return editeur


def test_story_uses_every_act_of_the_floor(story: Editeur) -> None:
    sami, admin = person("sami@sirocco.example"), person("ines@agence.example")
    known = ProvenPerson(issuer="https://fournisseur.example", subject="s-1")
    link_identity(compte_id=sami.pk, person=known, provider="Fournisseur", at=AT)
    reset_factor(compte_id=sami.pk, by=admin, at=AT)
    nadia = person("nadia@sirocco.example")
    see_as(rattachement_id=nadia.rattachements.get().pk, reason="une aide demandée", by=admin, at=AT)
    anonymise_compte(compte_id=sami.pk, reason="demande de la personne", by=None, at=AT)
    open_compte_without_role(email="zoe@expert.example", first_name="Zoé", last_name="Blin", by=admin, at=AT)

    assert set(JournalEntry.objects.values_list("act", flat=True)) == set(Act.values) - TOLD_ELSEWHERE


def test_story_names_nobody_in_what_is_written(story: Editeur) -> None:
    written = " ".join(f"{entry.chain_id} {entry.address} {entry.params}" for entry in JournalEntry.objects.all())

    assert [name for names in PEOPLE for name in names if name.lower() in written.lower()] == []
    assert "@" not in written


def test_story_is_read_in_french_from_the_latest(story: Editeur) -> None:
    lines = journal.lines(queries.journal_of(journal.chain_of_editeur(story.pk)))

    assert [(line.who, line.sentence) for line in lines] == [
        ("Nadia Benali", "Sami Leroy ne fait plus partie de l’éditeur"),
        ("Nadia Benali", "Sami Leroy n’a plus le pouvoir d’engager l’éditeur"),
        ("Nadia Benali", "Sami Leroy reçoit le pouvoir d’engager l’éditeur"),
        ("Nadia Benali", "Sami Leroy a maintenant le rôle représentant"),
        ("Nadia Benali", "Les informations de l’éditeur sont modifiées\u00a0: commune"),
        ("Nadia Benali", "Invitation annulée\u00a0: paule@sirocco.example"),
        ("Nadia Benali", "Invitation envoyée à paule@sirocco.example, avec le rôle salarié"),
        ("Sami Leroy", "Sami Leroy rejoint l’éditeur, avec le rôle salarié"),
        ("Nadia Benali", "Invitation envoyée à sami@sirocco.example, avec le rôle salarié"),
        ("Nadia Benali", "Nadia Benali rejoint l’éditeur, avec le rôle mandataire"),
        ("Inès Garnier", "Invitation envoyée à nadia@sirocco.example, avec le rôle mandataire"),
        ("Inès Garnier", "L’éditeur Sirocco Logiciels est inscrit au portail"),
    ]


def test_story_of_the_portal_is_its_own_chain(story: Editeur) -> None:
    lines = journal.lines(queries.journal_of(journal.PORTAIL))

    assert [(line.who, line.sentence) for line in lines] == [
        (
            "Inès Garnier",
            "Nouveaux rôles à l’ANS pour Inès Garnier\u00a0: administrateur, instructeur",
        ),
        ("Le portail", "Inès Garnier reçoit un compte de l’ANS\u00a0: administrateur"),
    ]


def test_story_is_read_with_a_name_changed_since(story: Editeur) -> None:
    nadia = person("nadia@sirocco.example")
    correct_compte(compte_id=nadia.pk, values={"first_name": "Nadia", "last_name": "Benali-Roux", "phone": ""})

    (latest, *_) = journal.lines(queries.journal_of(journal.chain_of_editeur(story.pk)))
    assert latest.who == "Nadia Benali-Roux"
    assert list(journal.verify()) == []


@pytest.mark.parametrize("times", [1, 3])
def test_lines_ask_one_query_per_kind_of_thing(
    story: Editeur, times: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The rows, the people, the éditeurs and the invitations: four, whatever the number of rows and of people."""
    nadia = person("nadia@sirocco.example")
    for number in range(times - 1):
        join(story, f"p{number}@sirocco.example", Role.SALARIE, ("Camille", f"Roux{number}"), by=nadia, at=AT)

    with django_assert_num_queries(4):
        journal.lines(queries.journal_of(journal.chain_of_editeur(story.pk)))


def test_lines_of_nothing_ask_nothing_more(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert journal.lines(queries.journal_of("editeur:0")) == []


def test_each_chain_counts_by_itself(db: None, at: datetime) -> None:
    compte = CompteFactory()
    for chain in ("editeur:1", "editeur:2", "editeur:1"):
        journal.record(chain, Act.RATTACHEMENT_CLOSED, on="rattachement:1", by=compte, at=at, compte=compte.pk)

    assert list(JournalEntry.objects.order_by("pk").values_list("chain", "number")) == [
        ("editeur:1", 1),
        ("editeur:2", 1),
        ("editeur:1", 2),
    ]


# -- many hands at once ---------------------------------------------------------------------------------------------


def test_chain_written_by_eight_hands_at_once_has_no_hole(transactional_db: None) -> None:
    """The chain itself is born in the race; some acts are undone after writing, and leave no trace."""
    compte = CompteFactory()

    def write(hand: int) -> None:
        for turn in range(ACTS_EACH):
            with transaction.atomic():
                at = AT + timedelta(seconds=turn)
                journal.record("editeur:1", Act.RATTACHEMENT_CLOSED, on=f"r:{hand}", by=compte, at=at, compte=compte.pk)
                transaction.set_rollback(turn == 1)

    answers = at_once(*[partial(write, hand) for hand in range(WRITERS)])

    rows = WRITERS * (ACTS_EACH - 1)
    assert refusals(answers) == []
    assert list(JournalEntry.objects.order_by("number").values_list("number", flat=True)) == list(range(1, rows + 1))
    assert JournalChain.objects.get().length == rows
    assert list(journal.verify()) == []


def test_act_undone_leaves_no_row(transactional_db: None) -> None:
    compte = CompteFactory()
    with transaction.atomic():
        journal.record(
            journal.PORTAIL, Act.COMPTE_ANS_OPENED, on="compte:1", by=None, at=AT, compte=compte.pk, roles=[]
        )
        transaction.set_rollback(True)

    assert (JournalEntry.objects.count(), JournalChain.objects.count()) == (0, 0)
