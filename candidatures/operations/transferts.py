"""A solution passes to another company: proposed by one person of the ANS, approved by another."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from candidatures import permissions
from candidatures.enums import Act, Freeze
from candidatures.models import AccesProduit, Produit, Transfert
from candidatures.queries.produits import produit_called
from candidatures.rules.freeze import why_frozen
from comptes import journal, outbox
from comptes.models import Compte, Editeur
from comptes.queries import mandataires_of
from comptes.rules.refusals import Refused


class TransfertNotPossible(Refused):
    """The solution stays with its company."""


@transaction.atomic
def propose_transfert(*, produit_id: int, cible_id: int, motive: str, by: Compte, at: datetime) -> Transfert:
    """Propose that a solution pass to another company.

    :raises TransfertNotPossible: with every reason
    """
    produit = Produit.objects.locked().select_related("editeur").get(pk=produit_id)
    cible = Editeur.objects.get(pk=cible_id)
    reasons = [*_obstacles(produit, cible, by)]
    if not motive.strip():
        reasons.append("Indiquez le motif du transfert.")
    if Transfert.objects.pending().filter(produit=produit).exists():
        reasons.append("Un transfert de cette solution attend déjà une décision.")
    _refuse(reasons)
    transfert = Transfert.objects.create(
        produit=produit, source=produit.editeur, cible=cible, motive=motive.strip(), proposed_at=at, proposed_by=by
    )
    _record(transfert, Act.TRANSFERT_PROPOSED, [journal.PORTAIL], by=by, at=at)
    return transfert


@transaction.atomic
def approve_transfert(*, transfert_id: int, by: Compte, at: datetime) -> Transfert:
    """Give the solution, with its candidatures, to the other company; both teams are told.

    Salariés of the former company lose their access; the managers of the new one have it at once.

    :raises TransfertNotPossible: with every reason
    """
    transfert = _pending(transfert_id)
    produit = Produit.objects.locked().select_related("editeur").get(pk=transfert.produit_id)
    reasons = [*_obstacles(produit, transfert.cible, by)]
    if transfert.proposed_by_id == by.pk:
        reasons.append("Une autre personne que celle qui le propose doit approuver le transfert.")
    if produit.editeur_id != transfert.source_id:
        reasons.append("Cette solution a changé d’éditeur entre-temps.")
    _refuse(reasons)
    former = list(permissions.people_with_access(produit))
    AccesProduit.objects.filter(produit=produit, ended_at=None).update(ended_at=at)
    produit.editeur = transfert.cible
    produit.save(update_fields=["editeur"])
    transfert.decided_at, transfert.decided_by, transfert.approved = at, by, True
    transfert.save(update_fields=["decided_at", "decided_by", "approved"])
    chains = [journal.chain_of_editeur(transfert.source_id), journal.chain_of_editeur(transfert.cible_id)]
    chains += [candidature.chain for candidature in produit.candidatures.order_by("pk")]
    _record(transfert, Act.TRANSFERT_APPROVED, [journal.PORTAIL, *chains], by=by, at=at)
    latest = list(permissions.people_with_access(produit))
    outbox.post_to_all("candidatures.transferred", latest, on=transfert.address, at=at)
    left = [person for person in former if person not in latest]
    outbox.post_to_all("candidatures.transferred", left, on=transfert.address_for_source, at=at)
    return transfert


@transaction.atomic
def refuse_transfert(*, transfert_id: int, by: Compte, at: datetime) -> Transfert:
    """Leave the solution to its company.

    :raises TransfertNotPossible: when it is decided already, or `by` may not
    """
    transfert = _pending(transfert_id)
    _refuse([] if permissions.transfers(by) else [ONLY])
    transfert.decided_at, transfert.decided_by, transfert.approved = at, by, False
    transfert.save(update_fields=["decided_at", "decided_by", "approved"])
    _record(transfert, Act.TRANSFERT_REFUSED, [journal.PORTAIL], by=by, at=at)
    return transfert


ONLY = "Seul un administrateur ou un responsable d’instruction peut transférer une solution."


def _pending(transfert_id: int) -> Transfert:
    transfert = Transfert.objects.select_for_update().get(pk=transfert_id)
    if transfert.decided_at is not None:
        raise TransfertNotPossible("Ce transfert est déjà décidé.")
    return transfert


def _obstacles(produit: Produit, cible: Editeur, by: Compte) -> Iterable[str]:
    if not permissions.transfers(by):
        yield ONLY
    if produit.editeur_id == cible.pk:
        yield "Cette solution est déjà celle de cette entreprise."
        return
    if namesake := produit_called(cible, produit.nom, but=produit):
        yield f"Cette entreprise a déjà une solution de ce nom\u00a0: {namesake}."
    if not mandataires_of(cible).exists():
        yield "Cette entreprise n’a pas de mandataire\u00a0: invitez-en un d’abord."
    if produit.candidatures.locked().filter(gel=Freeze.COLLEGE).exists():
        yield why_frozen(Freeze.COLLEGE)


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise TransfertNotPossible(*reasons)


def _record(transfert: Transfert, act: Act, chains: Iterable[str], *, by: Compte, at: datetime) -> None:
    params = {"produit": transfert.produit_id, "ancien_editeur": transfert.source_id, "editeur": transfert.cible_id}
    for chain in chains:
        journal.record(chain, act, on=f"produit:{transfert.produit_id}", by=by, at=at, **params)
