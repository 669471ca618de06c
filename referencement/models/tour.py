from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from candidatures.models import Candidature
from comptes.models.sorting import both_ways
from comptes.models.texts import LineField, SaidTextField
from referencement.enums import ObjetDAttente


class TourProjete(models.Model):
    """What `rules.tour` says of one candidature, kept so that lists may count, filter and sort by it.

    No decision reads it. It is written before each act is committed, and by a sweep for the changes that come from no
    act of the candidature. Each side has the first thing that is waited for, the number of things and their objets; the
    number is zero when nothing is. Once the candidature is over, only the ANS may be waited for, to decide whether to
    open it again.

    :param since: since when the oldest thing asked of the éditeur or the ANS has waited
    :param due_at: the nearest date of an échéance that is threatened, or of a demande
    :param changes_at: when it changes with the clock alone; None when it does not
    :param projected_at: the instant for which it is true
    :param answers: the filters of the ANS's list that keep it, separated by spaces; a trigger writes it from the rest
    :param dates: where each Date stands, by its code, in order; once the candidature ended, as it stood then
    """

    candidature = models.OneToOneField(Candidature, on_delete=models.PROTECT, primary_key=True, related_name="tour")
    is_over = models.BooleanField("close", default=False)
    since = models.DateTimeField("depuis le", null=True)
    due_at = models.DateTimeField("date la plus proche", null=True)
    changes_at = models.DateTimeField("change le", null=True)
    projected_at = models.DateTimeField("vrai le")
    answers = SaidTextField(default="", editable=False, db_collation="C")
    dates = models.JSONField(default=dict)

    editeur_count = models.PositiveIntegerField(default=0)
    editeur_objet = models.CharField(max_length=30, choices=ObjetDAttente, blank=True)
    editeur_owner = LineField(max_length=40, blank=True)
    editeur_since = models.DateTimeField(null=True)
    editeur_due_at = models.DateTimeField(null=True)
    editeur_echeance = LineField(max_length=40, blank=True)
    editeur_objets = ArrayField(models.CharField(max_length=30), default=list)
    ans_count = models.PositiveIntegerField(default=0)
    ans_objet = models.CharField(max_length=30, choices=ObjetDAttente, blank=True)
    ans_owner = LineField(max_length=40, blank=True)
    ans_since = models.DateTimeField(null=True)
    ans_due_at = models.DateTimeField(null=True)
    ans_echeance = LineField(max_length=40, blank=True)
    ans_objets = ArrayField(models.CharField(max_length=30), default=list)
    guichet_count = models.PositiveIntegerField(default=0)
    guichet_objet = models.CharField(max_length=30, choices=ObjetDAttente, blank=True)
    guichet_owner = LineField(max_length=40, blank=True)
    guichet_since = models.DateTimeField(null=True)
    guichet_due_at = models.DateTimeField(null=True)
    guichet_echeance = LineField(max_length=40, blank=True)
    guichet_objets = ArrayField(models.CharField(max_length=30), default=list)

    class Meta:
        verbose_name = "tour projeté"
        verbose_name_plural = "tours projetés"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_over=False) | Q(editeur_count=0, guichet_count=0),
                name="tour_ans_alone_once_it_is_over",
                violation_error_message="Seule l’ANS peut être attendue dans une candidature close.",
            ),
        ]
        indexes = [
            models.Index(fields=["projected_at", "candidature"], name="tour_oldest_first"),
            models.Index(fields=["changes_at"], condition=Q(changes_at__isnull=False), name="tour_changes"),
            GinIndex(fields=["ans_objets"], name="tour_ans_objets"),
            *(
                models.Index(
                    fields=["candidature"], condition=Q((f"{side}_count__gt", 0)), name=f"tour_waits_for_{side}"
                )
                for side in ("editeur", "ans", "guichet")
            ),
            *both_ways("due_at", then="candidature", name="tour_by_date"),
        ]

    def __str__(self) -> str:
        return f"tour de {self.candidature_id}"


class NombreDeTours(models.Model):
    """How many kept turns have the same `answers`: the sum of `delta` over the rows that say these.

    Triggers add a row when a turn comes or goes, two when its answers change, so that two acts never wait for each
    other to count. A sweep puts the rows of the same answers together.
    """

    answers = SaidTextField(editable=False, db_collation="C")
    delta = models.IntegerField()

    class Meta:
        verbose_name = "nombre de tours"
        verbose_name_plural = "nombres de tours"

    def __str__(self) -> str:
        return f"{self.answers}\u00a0: {self.delta:+}"
