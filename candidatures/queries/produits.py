from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from candidatures.models import AccesProduit, Produit
from comptes.enums import Role
from comptes.models import Editeur, Rattachement
from comptes.rules.texts import key


def produit_called(editeur: Editeur, nom: str, *, but: Produit | None = None) -> Produit | None:
    """Another product of the éditeur whose name is the same but for its spaces, case or accents."""
    produits = Produit.objects.filter(editeur=editeur).order_by("pk")
    return next((produit for produit in produits if produit != but and key(produit.nom) == key(nom)), None)


def acces_of(produit: Produit) -> QuerySet[AccesProduit]:
    """Return the accesses of present salariés, by name."""
    return (
        produit.acces.filter(ended_at=None, rattachement__detached_at=None, rattachement__role=Role.SALARIE)
        .select_related("rattachement__compte")
        .order_by("rattachement__compte__last_name", "pk")
    )


def salaries_of(produit: Produit) -> QuerySet[Rattachement]:
    """Return the present salariés of the product's éditeur, with or without access to it."""
    seats = Rattachement.objects.current().filter(editeur=produit.editeur_id, role=Role.SALARIE)
    return seats.select_related("compte").order_by("compte__last_name", "pk")


def salaries_without_acces(produit: Produit) -> QuerySet[Rattachement]:
    return salaries_of(produit).exclude(acces__in=AccesProduit.objects.filter(produit=produit, ended_at=None))


def names_of_produits(ids: Iterable[Any]) -> Mapping[Any, str]:
    return dict(Produit.objects.filter(pk__in=ids).values_list("pk", "nom"))


def managers_of(produit: Produit) -> QuerySet[Rattachement]:
    """Return those who have every product of the éditeur."""
    seats = Rattachement.objects.current().filter(editeur=produit.editeur_id).exclude(role=Role.SALARIE)
    return seats.select_related("compte").order_by("compte__last_name", "pk")
