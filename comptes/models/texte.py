from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .compte import Compte
from .texts import LineField, ParagraphField

# The families of texts that bind others: a second person puts them in force.
BINDING = ("charte", "convention", "recours")


class VersionDeTexteQuerySet(models.QuerySet["VersionDeTexte"]):
    def in_force(self) -> VersionDeTexteQuerySet:
        """Keep the versions that win over the files."""
        return self.filter(published_at__isnull=False, ended_at=None)

    def drafts(self) -> VersionDeTexteQuerySet:
        return self.filter(published_at=None, ended_at=None)


class VersionDeTexte(models.Model):
    """What a text of the portal says since somebody changed it on screen; the files give the first values.

    Its words never change: to change one is to write the next version.

    :param cle: the family of the text and its code: `lettre.comptes.invitation`, `charte.ms-dui-va2`
    :param objet: the subject of a letter; empty when it stays as the portal writes it
    :param fichier: the sha256 of what the file said as it was written
    """

    cle = LineField("texte", max_length=120)
    numero = models.PositiveIntegerField("version")
    objet = LineField("objet", max_length=200, blank=True)
    corps = ParagraphField("contenu", max_length=40000)
    fichier = LineField("empreinte du fichier", max_length=64)
    written_at = models.DateTimeField("écrite le")
    written_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField("en vigueur depuis", null=True, blank=True)
    published_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField("remplacée ou abandonnée le", null=True, blank=True)
    ended_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = VersionDeTexteQuerySet.as_manager()

    class Meta:
        verbose_name = "version d’un texte"
        verbose_name_plural = "versions des textes"
        constraints = [
            models.UniqueConstraint(fields=["cle", "numero"], name="texte_version_once"),
            models.UniqueConstraint(
                fields=["cle"],
                condition=Q(published_at__isnull=False, ended_at=None),
                name="texte_one_version_in_force",
            ),
            models.UniqueConstraint(
                fields=["cle"], condition=Q(published_at=None, ended_at=None), name="texte_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__gte=F("written_at"), published_by__isnull=False),
                name="texte_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None)
                | ~Q(published_by=F("written_by"))
                | ~(Q(cle__startswith="charte.") | Q(cle__startswith="convention.") | Q(cle__startswith="recours.")),
                name="texte_that_binds_published_by_another",
                violation_error_message="Une autre personne que celle qui l’a écrit met ce texte en vigueur.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cle}, version {self.numero}"

    @property
    def address(self) -> str:
        return f"texte:{self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None and self.ended_at is None

    @property
    def is_in_force(self) -> bool:
        return self.published_at is not None and self.ended_at is None
