from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from candidatures.enums import VoletKind
from candidatures.models.dispositif import Dispositif
from comptes.models import Compte
from comptes.models.texts import LineField, ParagraphField


class ModeleQuerySet(models.QuerySet["ModeleDeDemande"]):
    def current(self) -> ModeleQuerySet:
        return self.filter(retired_at=None)


class ModeleDeDemande(models.Model):
    """A frequent demande on a volet, ready to be sent: its champs and its text. A retired one is kept.

    It belongs to one dispositif, whose volet has these champs. Old ones, written before modèles had a dispositif, have
    none: they are proposed wherever the volet has all of their champs.
    """

    dispositif = models.ForeignKey(
        Dispositif, on_delete=models.PROTECT, related_name="modeles", null=True, blank=True, verbose_name="démarche"
    )
    titre = LineField("titre", max_length=120)
    kind = models.CharField("volet", max_length=20, choices=VoletKind)
    champs = ArrayField(models.CharField(max_length=60), verbose_name="champs à rouvrir")
    text = ParagraphField("texte", max_length=4000)
    created_at = models.DateTimeField("créé le")
    created_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField("retiré le", null=True, blank=True)
    retired_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = ModeleQuerySet.as_manager()

    class Meta:
        verbose_name = "modèle de demande"
        verbose_name_plural = "modèles de demande"
        constraints = [
            models.UniqueConstraint(
                "dispositif",
                "kind",
                Lower("titre"),
                condition=Q(retired_at=None),
                name="modele_titre_once_in_a_volet",
                violation_error_message="Un modèle porte déjà ce titre pour ce volet.",
            ),
            models.CheckConstraint(condition=Q(champs__len__gt=0), name="modele_names_its_champs"),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_by=None)
                | Q(retired_at__gte=F("created_at"), retired_by__isnull=False),
                name="modele_retired_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.titre
