from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from comptes.enums import Role
from comptes.models import Compte, Editeur, Rattachement, SortName
from comptes.models.texts import LineField


class ProduitQuerySet(models.QuerySet["Produit"]):
    def visible_to(self, compte: Compte) -> ProduitQuerySet:
        """All of them for the ANS; those of their éditeur for whoever manages it; those that a salarié was given."""
        if compte.is_ans:
            return self
        return self.worked_on_by(compte)

    def worked_on_by(self, compte: Compte) -> ProduitQuerySet:
        """Those of an éditeur for whoever manages it; those that they were given for a salarié."""
        return self.filter(pk__in=worked_produits(compte))

    def locked(self) -> ProduitQuerySet:
        return self.select_for_update(no_key=True, of=("self",))


class Produit(models.Model):
    """A software of an éditeur, before it applies to anything.

    `numeros`: its numbers at other desks, by the code of the champ that will ask for them.
    """

    editeur = models.ForeignKey(Editeur, on_delete=models.PROTECT, related_name="produits")
    nom = LineField("nom du produit", max_length=120)
    numeros = models.JSONField("numéros", default=dict, blank=True)
    created_at = models.DateTimeField("créé le")
    created_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    objects = ProduitQuerySet.as_manager()

    class Meta:
        verbose_name = "produit"
        constraints = [
            models.UniqueConstraint(
                "editeur",
                Lower("nom"),
                name="produit_name_once_in_an_editeur",
                violation_error_message="Cet éditeur a déjà un produit de ce nom.",
            )
        ]
        indexes = [
            models.Index(SortName("nom"), "id", name="produit_by_name"),
        ]

    def __str__(self) -> str:
        return self.nom


class AccesProduit(models.Model):
    """A salarié's access to one product. It depends on the rattachement: whoever leaves and returns has none."""

    produit = models.ForeignKey(Produit, on_delete=models.PROTECT, related_name="acces")
    rattachement = models.ForeignKey(Rattachement, on_delete=models.PROTECT, related_name="acces")
    given_at = models.DateTimeField("donné le")
    given_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField("retiré le", null=True, blank=True)

    class Meta:
        verbose_name = "accès à un produit"
        constraints = [
            models.UniqueConstraint(
                fields=["produit", "rattachement"], condition=Q(ended_at=None), name="acces_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("given_at")), name="acces_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rattachement.compte} → {self.produit}"


def managed_by(compte: Compte) -> models.QuerySet[Rattachement, int]:
    """The éditeurs of which this person has every product."""
    seats = Rattachement.objects.current().filter(compte=compte, role__in=[Role.MANDATAIRE, Role.REPRESENTANT])
    return seats.values_list("editeur", flat=True)


def given_to(compte: Compte) -> models.QuerySet[AccesProduit, int]:
    """The products to which this person was given access, by a seat that is still theirs."""
    given = AccesProduit.objects.filter(rattachement__compte=compte, rattachement__detached_at=None, ended_at=None)
    return given.values_list("produit", flat=True)


def worked_produits(compte: Compte) -> models.QuerySet[Any, Any]:
    """The products (pk) on which this person works. No index would serve an `OR` of these two subqueries."""
    managed = Produit.objects.filter(editeur__in=managed_by(compte)).order_by().values_list("pk", flat=True)
    return managed.union(given_to(compte).order_by(), all=True)
