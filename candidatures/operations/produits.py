from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from candidatures import permissions
from candidatures.catalogue.dispositifs import numeros as every_numero
from candidatures.enums import Act, Freeze
from candidatures.models import AccesProduit, Produit
from candidatures.queries.produits import produit_called
from candidatures.rules.freeze import why_frozen
from comptes import journal, outbox
from comptes.enums import Role
from comptes.models import Compte, Editeur, Rattachement
from comptes.rules import texts
from comptes.rules.refusals import Refused


class ProduitNotPossible(Refused):
    """The act on the product is refused."""


class AccesNotPossible(Refused):
    """The change of access is refused."""


@transaction.atomic
def create_produit(*, editeur_id: int, nom: str, by: Compte, at: datetime) -> Produit:
    """Enter a product of an éditeur.

    :raises ProduitNotPossible: when the name is taken, or the person does not manage the éditeur's products
    """
    editeur, nom = Editeur.objects.locked().get(pk=editeur_id), texts.line(nom)
    _refuse_unless_managed(by, editeur)
    _refuse_taken_name(editeur, nom)
    produit = Produit.objects.create(editeur=editeur, nom=nom, created_at=at, created_by=by)
    _record(produit, Act.PRODUIT_CREATED, by=by, at=at)
    return produit


@transaction.atomic
def rename_produit(*, produit_id: int, nom: str, by: Compte, at: datetime) -> Produit:
    """Give a product another name. A référencement keeps the name under which it was attributed.

    :raises ProduitNotPossible: when the name is taken, when the person does not manage the éditeur's products, or when
        the collège has it on its agenda: the convention quotes that name
    """
    produit, nom = Produit.objects.locked().select_related("editeur").get(pk=produit_id), texts.line(nom)
    _refuse_unless_managed(by, produit.editeur)
    if nom == produit.nom:
        return produit
    _refuse_taken_name(produit.editeur, nom, but=produit)
    if produit.candidatures.locked().filter(gel=Freeze.COLLEGE).exists():
        raise ProduitNotPossible(why_frozen(Freeze.COLLEGE))
    before, produit.nom = produit.nom, nom
    produit.save(update_fields=["nom"])
    _record(produit, Act.PRODUIT_RENAMED, by=by, at=at, ancien_nom=before, nom=nom)
    return produit


@transaction.atomic
def number_produit(*, produit_id: int, numeros: Mapping[str, str], by: Compte, at: datetime) -> Produit:
    """Keep the numbers that other desks gave a product: formulaires that are not answered yet propose them.

    :param numeros: by code, one of `numeros()`, of the champ that asks for it; a missing code erases its number
    :raises ProduitNotPossible: when the person does not manage the éditeur's products
    """
    produit = Produit.objects.locked().select_related("editeur").get(pk=produit_id)
    _refuse_unless_managed(by, produit.editeur)
    if numeros == produit.numeros:
        return produit
    produit.numeros = dict(numeros)
    produit.save(update_fields=["numeros"])
    given = (f"{champ.label} {numeros[code]}" for code, champ in every_numero().items() if code in numeros)
    numbers = ", ".join(given) or "aucun"
    _record(produit, Act.PRODUIT_NUMBERED, by=by, at=at, nom=produit.nom, numeros=numbers)
    return produit


@transaction.atomic
def give_acces(*, produit_id: int, rattachement_id: int, by: Compte, at: datetime) -> AccesProduit:
    """Let a salarié of the éditeur work on one of its products; giving it again changes nothing.

    :raises AccesNotPossible: when the person is not a present salarié of that éditeur, or the giver may not give
    """
    produit = Produit.objects.locked().select_related("editeur").get(pk=produit_id)
    rattachement = Rattachement.objects.locked().select_related("compte").get(pk=rattachement_id)
    if not permissions.manages_produits(by, produit.editeur):
        raise AccesNotPossible("Seuls les mandataires et les représentants peuvent donner accès aux produits.")
    if rattachement.editeur_id != produit.editeur_id or rattachement.detached_at:
        raise AccesNotPossible("Cette personne n’est pas rattachée à l’éditeur de ce produit.")
    if rattachement.role != Role.SALARIE:
        raise AccesNotPossible("Les mandataires et les représentants ont déjà accès à tous les produits.")
    acces, created = AccesProduit.objects.get_or_create(
        produit=produit, rattachement=rattachement, ended_at=None, defaults={"given_at": at, "given_by": by}
    )
    if created:
        _record(produit, Act.ACCES_GIVEN, by=by, at=at, compte=rattachement.compte_id)
        outbox.post("candidatures.acces_given", on=f"acces:{acces.pk}", to=rattachement.compte, at=at)
    return acces


@transaction.atomic
def end_acces(*, acces_id: int, by: Compte, at: datetime) -> AccesProduit:
    """Take a salarié's access to a product away; the row stays, as its history.

    :raises AccesNotPossible: when the person may not take it away
    """
    acces = AccesProduit.objects.select_related("produit__editeur", "rattachement").get(pk=acces_id)
    Produit.objects.locked().get(pk=acces.produit_id)
    acces.refresh_from_db(fields=["ended_at"])
    if not permissions.manages_produits(by, acces.produit.editeur):
        raise AccesNotPossible("Seuls les mandataires et les représentants peuvent retirer l’accès aux produits.")
    if acces.ended_at is None:
        acces.ended_at = at
        acces.save(update_fields=["ended_at"])
        _record(acces.produit, Act.ACCES_ENDED, by=by, at=at, compte=acces.rattachement.compte_id)
    return acces


def _refuse_unless_managed(by: Compte, editeur: Editeur) -> None:
    if not permissions.manages_produits(by, editeur):
        raise ProduitNotPossible("Seuls les mandataires et les représentants peuvent gérer les produits de l’éditeur.")


def _refuse_taken_name(editeur: Editeur, nom: str, but: Produit | None = None) -> None:
    if namesake := produit_called(editeur, nom, but=but):
        raise ProduitNotPossible(f"Cet éditeur a déjà un produit de ce nom\u00a0: {namesake}.")


def _record(produit: Produit, act: Act, *, by: Compte, at: datetime, **params: str | int) -> None:
    chain = journal.chain_of_editeur(produit.editeur_id)
    journal.record(chain, act, on=f"produit:{produit.pk}", by=by, at=at, produit=produit.pk, **params)
