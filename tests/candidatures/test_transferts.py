"""A solution passes to another company, by two people: who keeps what, who is told, and what stops it."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from candidatures import permissions
from candidatures.models import Candidature, Transfert
from candidatures.operations.produits import create_produit, give_acces
from candidatures.operations.transferts import (
    TransfertNotPossible,
    approve_transfert,
    propose_transfert,
    refuse_transfert,
)
from comptes import notices
from comptes.enums import Role, RoleANS
from comptes.models import Compte, Editeur, JournalEntry, Notice
from comptes.operations.notifications import withdraw_notifications
from tests.candidatures.test_demandes import text_of
from tests.factories import candidatures as make
from tests.factories.candidatures import SUMMER

pytestmark = pytest.mark.django_db
MOTIVE = "Cession du 1er juin."


@dataclass
class Cession:
    candidature: Candidature
    source: Editeur
    cible: Editeur
    former: Compte
    salarie: Compte
    buyer: Compte
    anne: Compte
    olivier: Compte


@pytest.fixture
def cession() -> Cession:
    source, cible = make.an_editeur(raison_sociale="Sirocco"), make.an_editeur(raison_sociale="Bora")
    former, buyer = make.a_person(source, Role.MANDATAIRE), make.a_person(cible, Role.MANDATAIRE)
    salarie = make.a_person(source)
    produit = make.a_produit(source, former)
    candidature = make.a_candidature(produit, former)
    give_acces(produit_id=produit.pk, rattachement_id=salarie.rattachements.get().pk, by=former, at=SUMMER)
    anne = make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    olivier = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    return Cession(candidature, source, cible, former, salarie, buyer, anne, olivier)


def propose(cession: Cession, motive: str = MOTIVE, by: Compte | None = None) -> Transfert:
    return propose_transfert(
        produit_id=cession.candidature.produit_id,
        cible_id=cession.cible.pk,
        motive=motive,
        by=by or cession.anne,
        at=SUMMER,
    )


def test_solution_passes_with_its_candidatures_once_another_person_approves(cession: Cession) -> None:
    transfert = propose(cession)
    with pytest.raises(TransfertNotPossible, match="Une autre personne que celle qui le propose"):
        approve_transfert(transfert_id=transfert.pk, by=cession.anne, at=SUMMER)
    approve_transfert(transfert_id=transfert.pk, by=cession.olivier, at=SUMMER)

    candidature = Candidature.objects.select_related("produit__editeur").get()
    assert candidature.produit.editeur == cession.cible
    assert "bora" in candidature.noms
    assert list(permissions.people_with_access(candidature.produit)) == [cession.buyer]
    told = {cession.former, cession.salarie, cession.buyer}
    assert {notice.compte for notice in Notice.objects.filter(kind="candidatures.transferred")} == told
    chains = set(JournalEntry.objects.filter(act="transfert.approved").values_list("chain__name", flat=True))
    assert chains == {
        "portail",
        f"editeur:{cession.source.pk}",
        f"editeur:{cession.cible.pk}",
        candidature.chain,
    }
    letter = notices.kind("candidatures.transferred").render(Notice.objects.filter(compte=cession.buyer).latest("pk"))
    assert "passe de Sirocco à Bora" in letter.body
    with pytest.raises(TransfertNotPossible, match="déjà décidé"):
        refuse_transfert(transfert_id=transfert.pk, by=cession.olivier, at=SUMMER)


def test_whoever_leaves_either_company_reads_no_more_of_it(cession: Cession, sign_in: Any) -> None:
    approve_transfert(transfert_id=propose(cession).pk, by=cession.olivier, at=SUMMER)
    told = {cession.salarie: cession.source, cession.buyer: cession.cible}

    for reader, editeur in told.items():
        (notice,) = Notice.objects.filter(kind="candidatures.transferred", compte=reader)
        address, client = reverse("comptes:notification", args=[notice.pk]), sign_in(reader)
        before = client.get(address).status_code
        withdraw_notifications(compte_id=reader.pk, editeur_id=editeur.pk)
        assert (before, client.get(address).status_code) == (200, 404)


def test_refused_transfer_changes_nothing(cession: Cession) -> None:
    transfert = propose(cession)
    refuse_transfert(transfert_id=transfert.pk, by=cession.anne, at=SUMMER)

    assert Candidature.objects.get().produit.editeur == cession.source
    assert not Notice.objects.filter(kind="candidatures.transferred").exists()
    propose(cession)  # another may be proposed


def test_what_stops_a_transfer_is_named(cession: Cession) -> None:
    create_produit(editeur_id=cession.cible.pk, nom=cession.candidature.produit.nom, by=cession.buyer, at=SUMMER)
    cession.buyer.rattachements.update(role=Role.REPRESENTANT)

    with pytest.raises(TransfertNotPossible) as refused:
        propose(cession, motive=" ", by=make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]))
    sentence = refused.value.sentence
    for expected in ("Seul un administrateur", "déjà une solution de ce nom", "pas de mandataire", "le motif"):
        assert expected in sentence


def test_page_names_the_candidature_and_the_company_that_it_does_not_find(cession: Cession, sign_in: Any) -> None:
    client, address = sign_in(cession.anne), reverse("candidatures:transferts")

    page = client.post(address, {"nru": "DUI-0", "cible": "Personne", "motive": MOTIVE})
    assert page.status_code == 422
    assert "Aucune candidature n’a ce numéro." in text_of(page)
    assert "Aucun éditeur inscrit ne correspond." in text_of(page)
    given = {"nru": cession.candidature.nru, "cible": "bora", "motive": MOTIVE}
    assert "Une autre personne doit approuver" in text_of(client.post(address, given, follow=True))
    transfert = Transfert.objects.get()
    approve = reverse("candidatures:transfert_decide", args=[transfert.pk, "approuver"])
    assert "La solution a changé d’éditeur." in text_of(sign_in(cession.olivier).post(approve, follow=True))
