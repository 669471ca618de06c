"""The other desks as the database knows them: their stages and their legal moves, loaded from their files."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from comptes.models.texts import LineField
from guichets.enums import RoleDEtape


class Guichet(models.Model):
    """Another desk, loaded from its file; everything else about it is read from the file."""

    code = LineField(max_length=30, primary_key=True)
    nom = LineField(max_length=120)

    class Meta:
        verbose_name = "guichet"

    def __str__(self) -> str:
        return self.nom


class Etape(models.Model):
    """One stage of a demande at a desk."""

    guichet = models.ForeignKey(Guichet, on_delete=models.PROTECT, related_name="etapes")
    code = LineField(max_length=30)
    nom = LineField(max_length=120)
    rang = models.PositiveSmallIntegerField()
    role = models.CharField("rôle", max_length=10, choices=RoleDEtape, blank=True)

    class Meta:
        verbose_name = "étape d’un guichet"
        verbose_name_plural = "étapes des guichets"
        constraints = [
            models.UniqueConstraint(fields=["guichet", "code"], name="etape_once_at_a_desk"),
            models.UniqueConstraint(
                fields=["guichet"], condition=Q(role=RoleDEtape.DEPART), name="etape_one_beginning_at_a_desk"
            ),
            models.CheckConstraint(condition=Q(role__in=RoleDEtape.values), name="etape_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.guichet_id} {self.code}"


class Mouvement(models.Model):
    """One legal move of a demande at a desk, from a stage to another; `retour` when it goes backwards.

    Triggers check that both stages belong to the desk, and that demandes move in no other way.
    """

    guichet = models.ForeignKey(Guichet, on_delete=models.PROTECT, related_name="mouvements")
    depart = LineField(max_length=30)
    arrivee = LineField(max_length=30)
    retour = models.BooleanField()

    class Meta:
        verbose_name = "mouvement"
        constraints = [
            models.UniqueConstraint(fields=["guichet", "depart", "arrivee"], name="mouvement_once"),
            models.CheckConstraint(condition=~Q(depart=F("arrivee")), name="mouvement_leads_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.guichet_id} {self.depart} → {self.arrivee}"
