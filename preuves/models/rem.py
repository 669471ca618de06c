"""The référentiel d'exigences minimales (REM) as published: dated versions, never rewritten (a trigger checks it)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from candidatures.models import Dispositif
from comptes.dates import day_in_figures
from comptes.models import Compte
from comptes.models.texts import LineField, ParagraphField
from preuves.enums import Force, Nature, Perimetre


class VersionPubliee(models.Model):
    """One published version; `sha256` is that of its canonical content, so that the same workbook is recognised."""

    date = models.DateField("version du")
    sha256 = LineField("empreinte", max_length=64)
    published_at = models.DateTimeField("publiée le")
    published_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        abstract = True


class VersionDuREMQuerySet(models.QuerySet["VersionDuREM"]):
    def standing(self) -> VersionDuREMQuerySet:
        """Leave out the versions that were withdrawn before anybody adopted them."""
        return self.filter(retrait=None)


class VersionDuREM(VersionPubliee):
    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="versions_du_rem")

    objects = VersionDuREMQuerySet.as_manager()

    class Meta:
        verbose_name = "version du REM"
        verbose_name_plural = "versions du REM"
        constraints = [
            models.UniqueConstraint(fields=["dispositif", "date"], name="rem_one_version_a_day"),
        ]

    def __str__(self) -> str:
        return f"REM du {day_in_figures(self.date)}"


class RetraitDeVersion(models.Model):
    """A published version that changed nothing for anybody, withdrawn. Written once (a trigger checks it)."""

    reason = ParagraphField("motif", max_length=1000)
    withdrawn_at = models.DateTimeField("retirée le")
    withdrawn_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class RetraitDuREM(RetraitDeVersion):
    """A version that nobody had adopted, withdrawn: no dossier takes it any more."""

    version = models.OneToOneField(VersionDuREM, on_delete=models.PROTECT, related_name="retrait")

    class Meta:
        verbose_name = "retrait d’une version du REM"
        verbose_name_plural = "retraits de versions du REM"
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="rem_retrait_gives_its_reason")]

    def __str__(self) -> str:
        return f"retrait de {self.version_id}"


class ChapitreDuREM(models.Model):
    version = models.ForeignKey(VersionDuREM, on_delete=models.PROTECT, related_name="chapitres")
    code = LineField(max_length=20)
    label = LineField("libellé", max_length=200)
    rank = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "chapitre du REM"
        verbose_name_plural = "chapitres du REM"
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="rem_chapitre_once")]

    def __str__(self) -> str:
        return f"{self.code} – {self.label}"


class Exigence(models.Model):
    """One exigence. `texte` and `commentaire` are sanitised HTML; no profil at all means « Général »."""

    chapitre = models.ForeignKey(ChapitreDuREM, on_delete=models.PROTECT, related_name="exigences")
    identifiant = LineField(max_length=60)
    fonction = LineField(max_length=200, blank=True)
    texte = ParagraphField()
    commentaire = ParagraphField(blank=True)
    perimetre = models.CharField("périmètre", max_length=10, choices=Perimetre)
    profils = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    profils_historiques = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    criticite = LineField("criticité", max_length=40, blank=True)
    force = models.CharField("nature de l’exigence", max_length=15, choices=Force, default=Force.EXIGENCE)
    rank = models.PositiveIntegerField("rang")

    class Meta:
        verbose_name = "exigence"
        constraints = [
            models.UniqueConstraint(fields=["chapitre", "identifiant"], name="rem_exigence_once"),
        ]

    def __str__(self) -> str:
        return self.identifiant


class Scenario(models.Model):
    """One scénario de conformité; `texte` is sanitised HTML."""

    exigence = models.ForeignKey(Exigence, on_delete=models.PROTECT, related_name="scenarios")
    numero = LineField("N° scénario", max_length=60)
    texte = ParagraphField(blank=True)
    rank = models.PositiveIntegerField("rang")

    class Meta:
        verbose_name = "scénario de conformité"
        verbose_name_plural = "scénarios de conformité"
        constraints = [models.UniqueConstraint(fields=["exigence", "numero"], name="rem_scenario_once")]

    def __str__(self) -> str:
        return self.numero


class PreuveAttendue(models.Model):
    """One expected preuve of the REM. `empreinte`: sha256 of all the words that a verdict answers to.

    These words are the texts of the exigence, of the scénario and of the preuve, and its nature.
    """

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="preuves")
    version = models.ForeignKey(VersionDuREM, on_delete=models.PROTECT, related_name="preuves")
    numero = LineField("N° preuve", max_length=60)
    texte = ParagraphField()
    nature = models.CharField(max_length=15, choices=Nature)
    guichet = LineField(max_length=20, default="ANS")
    constat = LineField(max_length=40, blank=True)
    sauf_profils = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    empreinte = LineField(max_length=64)
    rank = models.PositiveIntegerField("rang")

    class Meta:
        verbose_name = "preuve attendue"
        verbose_name_plural = "preuves attendues"
        constraints = [models.UniqueConstraint(fields=["version", "numero"], name="rem_preuve_once_in_a_version")]

    def __str__(self) -> str:
        return self.numero

    @property
    def address(self) -> str:
        return f"preuve_attendue:{self.numero}"
