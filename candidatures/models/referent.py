from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from comptes.models import Compte
from comptes.models.texts import LineField

from .candidature import Candidature
from .dispositif import Dispositif


class Referent(models.Model):
    """Who, at the ANS, follows a candidature. The éditeur is never shown it; a candidature without a row has nobody.

    A trigger tells the projected turn of the candidature, from which lists are counted.
    """

    candidature = models.OneToOneField(Candidature, on_delete=models.PROTECT, primary_key=True, related_name="referent")
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", verbose_name="référent")
    assigned_at = models.DateTimeField("attribué le")
    assigned_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "référent"
        verbose_name_plural = "référents"

    def __str__(self) -> str:
        return f"{self.compte_id} suit {self.candidature_id}"


class ReferentDeChapitre(models.Model):
    """Who, at the ANS, reads one chapitre of a dispositif in every candidature: the person's skill."""

    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="+")
    code = LineField("chapitre", max_length=20)
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", verbose_name="référent")
    assigned_at = models.DateTimeField("attribué le")
    assigned_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "référent d’un chapitre"
        verbose_name_plural = "référents de chapitres"
        constraints = [
            models.UniqueConstraint(fields=["dispositif", "code"], name="referent_once_for_a_chapitre"),
        ]

    def __str__(self) -> str:
        return f"{self.compte_id} lit {self.code}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> AbsenceQuerySet:
        """Those of a day, the ends included."""
        return self.filter(from_date__lte=day, until_date__gte=day)


class Absence(models.Model):
    """The days, ends included, when somebody of the ANS is absent; what they follow is then their stand-in's."""

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="absences")
    stand_in = models.ForeignKey(
        Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="remplaçant"
    )
    from_date = models.DateField("du")
    until_date = models.DateField("au")
    noted_at = models.DateTimeField("notée le")
    noted_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "absence"
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__gte=F("from_date")),
                name="absence_ends_after_it_begins",
                violation_error_message="L’absence finit avant de commencer.",
            ),
            models.CheckConstraint(
                condition=Q(stand_in=None) | ~Q(stand_in=F("compte")),
                name="absence_is_not_stood_in_for_by_oneself",
                violation_error_message="Une personne absente ne se remplace pas elle-même.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compte_id} du {self.from_date} au {self.until_date}"
