from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from candidatures.enums import CandidatureState
from comptes.models import Compte
from comptes.models.texts import ParagraphField
from preuves.enums import ChapitreState

from .chapitre import SoumissionDeChapitre


class ConclusionProposeeQuerySet(models.QuerySet["ConclusionProposee"]):
    def live(self) -> ConclusionProposeeQuerySet:
        """Those that another instructeur may confirm.

        Nobody answered them, the chapitre has not moved since, and the candidature is open.
        """
        return self.filter(
            answered_at=None,
            soumission__chapitre__state=ChapitreState.UNDER_REVIEW,
            soumission__chapitre__version=F("version"),
            soumission__chapitre__dossier__candidature__state=CandidatureState.OPEN,
        )


class ConclusionProposee(models.Model):
    """The conclusion of an instructeur, where the dispositif asks that another one confirm it. Until then, no effect.

    :param version: of the chapitre once it was proposed; any move of the chapitre ends it
    :param returns: whether it returns the chapitre; else it approves it
    :param is_confirmed: by somebody else; False when it was sent back, or withdrawn by whoever proposed it
    """

    soumission = models.ForeignKey(SoumissionDeChapitre, on_delete=models.PROTECT, related_name="conclusions")
    version = models.PositiveIntegerField("version du chapitre")
    returns = models.BooleanField("retourne le chapitre")
    proposed_at = models.DateTimeField("proposée le")
    proposed_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    answered_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    is_confirmed = models.BooleanField("confirmée", null=True, blank=True)
    reason = ParagraphField("motif", max_length=1000, blank=True)

    objects = ConclusionProposeeQuerySet.as_manager()

    class Meta:
        verbose_name = "conclusion proposée"
        verbose_name_plural = "conclusions proposées"
        indexes = [
            models.Index(fields=["proposed_by"], condition=Q(answered_at=None), name="conclusion_to_answer"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["soumission", "version"], name="conclusion_once_for_a_version"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, is_confirmed=None, reason="")
                | Q(answered_at__gte=F("proposed_at"), answered_by__isnull=False, is_confirmed__isnull=False),
                name="conclusion_answered_bears_its_stamps",
            ),
            models.CheckConstraint(
                condition=~Q(is_confirmed=True, answered_by=F("proposed_by")),
                name="conclusion_confirmed_by_somebody_else",
                violation_error_message="Une autre personne confirme la conclusion.",
            ),
        ]

    def __str__(self) -> str:
        return f"conclusion proposée {self.pk}"
