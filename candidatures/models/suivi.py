from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from comptes.models import Compte
from comptes.models.texts import LineField, ParagraphField

from .candidature import Candidature


class Etiquette(models.Model):
    """A word that the ANS puts on candidatures to find them again. The éditeurs never see it."""

    nom = LineField("étiquette", max_length=40)
    created_at = models.DateTimeField("créée le")
    created_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "étiquette"
        constraints = [
            models.UniqueConstraint(
                Lower("nom"), name="etiquette_once", violation_error_message="Cette étiquette existe déjà."
            )
        ]

    def __str__(self) -> str:
        return self.nom


class EtiquetteDeCandidature(models.Model):
    """An étiquette on a candidature."""

    etiquette = models.ForeignKey(Etiquette, on_delete=models.PROTECT, related_name="poses")
    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="etiquettes")
    put_at = models.DateTimeField("posée le")
    put_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "étiquette d’une candidature"
        verbose_name_plural = "étiquettes de candidatures"
        constraints = [
            models.UniqueConstraint(fields=["candidature", "etiquette"], name="etiquette_once_on_a_candidature")
        ]

    def __str__(self) -> str:
        return f"{self.etiquette_id} sur {self.candidature_id}"


class NoteInterne(models.Model):
    """What somebody of the ANS writes about a candidature for their colleagues. The éditeur never reads it.

    :param mentions: the colleagues (pk) whose attention it asks for
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="notes_internes")
    text = ParagraphField("note", max_length=4000)
    mentions = ArrayField(models.BigIntegerField(), verbose_name="personnes mentionnées", default=list)
    written_at = models.DateTimeField("écrite le")
    written_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "note interne"
        verbose_name_plural = "notes internes"
        indexes = [GinIndex(fields=["mentions"], name="note_mentions")]

    def __str__(self) -> str:
        return f"note {self.pk} sur {self.candidature_id}"


class CandidatureSuivie(models.Model):
    """Somebody of the ANS follows a candidature without having it: they are told of what they subscribed to."""

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="suiveurs")
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField("suivie depuis")

    class Meta:
        verbose_name = "candidature suivie"
        verbose_name_plural = "candidatures suivies"
        constraints = [models.UniqueConstraint(fields=["candidature", "compte"], name="candidature_followed_once")]

    def __str__(self) -> str:
        return f"{self.compte_id} suit aussi {self.candidature_id}"


class VueEnregistreeQuerySet(models.QuerySet["VueEnregistree"]):
    def dropped_by(self, compte: Any) -> VueEnregistreeQuerySet:
        """Those that this person (pk) may drop: their own, and those that a closed account shared."""
        return self.filter(Q(owner=compte) | Q(is_shared=True, owner__closed_at__isnull=False))


class VueEnregistree(models.Model):
    """The filters and the order of a list, kept under a name by one person, and shown to all when it is shared.

    :param liste: the name of the address of the list
    :param query: the filters and the order, as they stand in its address
    """

    liste = LineField("liste", max_length=60)
    nom = LineField("nom", max_length=60)
    query = LineField("filtres", max_length=1000)
    is_shared = models.BooleanField("partagée", default=False)
    kept_at = models.DateTimeField("enregistrée le")
    owner = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    objects = VueEnregistreeQuerySet.as_manager()

    class Meta:
        verbose_name = "vue enregistrée"
        verbose_name_plural = "vues enregistrées"
        constraints = [
            models.UniqueConstraint(
                "owner",
                "liste",
                Lower("nom"),
                name="vue_once_for_a_person",
                violation_error_message="Vous avez déjà une vue de ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.nom
