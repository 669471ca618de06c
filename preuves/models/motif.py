from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from candidatures.models import Dispositif
from comptes.models import Compte
from comptes.models.texts import LineField, WordsField
from preuves.enums import Nature


class MotifPretQuerySet(models.QuerySet["MotifPret"]):
    def current(self) -> MotifPretQuerySet:
        return self.filter(retired_at=None)


class MotifPret(models.Model):
    """A sentence that the team proposes for what is to be corrected; every chapitre and nature unless it names one.

    A change is another row; the former one is retired, and kept.

    :param code: of the sentence of `catalogue.motifs` that this row stands for; the row wins, even retired
    :param uses: how many verdicts said it, those of the sentences that it replaces included
    :param written_by: None for a sentence of the catalogue
    """

    dispositif = models.ForeignKey(
        Dispositif, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="démarche"
    )
    chapitre = LineField("chapitre", max_length=20, blank=True)
    nature = models.CharField("nature de preuve", max_length=15, choices=Nature, blank=True)
    code = LineField("code", max_length=40, blank=True)
    text = WordsField("motif", max_length=500)
    uses = models.PositiveIntegerField("emplois", default=0)
    used_at = models.DateTimeField("employé le", null=True, blank=True)
    written_at = models.DateTimeField("écrit le")
    written_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    retired_at = models.DateTimeField("retiré le", null=True, blank=True)
    retired_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = MotifPretQuerySet.as_manager()

    class Meta:
        verbose_name = "motif prêt"
        verbose_name_plural = "motifs prêts"
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="motif_stands_once_for_a_sentence"),
            models.CheckConstraint(
                condition=Q(dispositif=None, chapitre="") | (Q(dispositif__isnull=False) & ~Q(chapitre="")),
                name="motif_names_a_chapitre_of_a_dispositif",
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_by=None)
                | Q(retired_at__gte=F("written_at"), retired_by__isnull=False),
                name="motif_retired_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text
