from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from candidatures.enums import CLOSED, CandidatureState, Freeze
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField, ParagraphField, SaidTextField

from .dispositif import Charte, Dispositif
from .produit import Produit, given_to, managed_by, worked_produits

NOT_WITHDRAWN: dict[str, None] = {"withdrawn_at": None, "withdrawn_by": None}
NOT_FORECLOSED: dict[str, Any] = {
    "foreclosed_at": None,
    "foreclosed_by": None,
    "foreclosure_echeance": "",
    "foreclosure_reason": "",
}


def worked_on(compte: Compte, candidature: str = "") -> Q:
    """Keep those of an éditeur for whoever manages it; those of the products that they were given for a salarié.

    For a row that another condition finds: no index serves this one (`worked_produits`).

    :param candidature: the way to the candidature from the rows that are filtered, such as `candidature__`
    """
    managed = Q((f"{candidature}produit__editeur__in", managed_by(compte)))
    return managed | Q((f"{candidature}produit__in", given_to(compte)))


class CandidatureQuerySet(models.QuerySet["Candidature"]):
    def visible_to(self, compte: Compte) -> CandidatureQuerySet:
        if compte.is_ans:
            return self
        return self.worked_on_by(compte)

    def worked_on_by(self, compte: Compte) -> CandidatureQuerySet:
        return self.filter(produit__in=worked_produits(compte))

    def locked(self) -> CandidatureQuerySet:
        return self.select_for_update(no_key=True, of=("self",))

    def with_names(self) -> CandidatureQuerySet:
        return self.select_related("produit__editeur", "dispositif")


class Candidature(FSMModelMixin, models.Model):
    """A product that applies to one dispositif, under its numéro unique (NRU).

    `handed_over_at` is when the last of its volets was first submitted, which the public list reads. `succeeds` is the
    candidature of the former version technique, when this one is the next version of a solution that is référencée. The
    foreclosure fields are those of the present one: a dérogation empties them, and the journal keeps them. `gel` is
    written only by a trigger of `referencement`, at each write of an examen or of the candidature. `noms` holds the
    names in which a word is looked for, as `sort_name` writes them, one a line: the solution's, the éditeur's, then the
    éditeur's number. Triggers write it, here and at each change of a name.
    """

    nru = LineField("numéro unique de candidature (NRU)", max_length=40, unique=True)
    produit = models.ForeignKey(Produit, on_delete=models.PROTECT, related_name="candidatures")
    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="candidatures")
    state = StateField("état", default=CandidatureState.OPEN, choices=CandidatureState.choices, protected=True)
    opened_at = models.DateTimeField("ouverte le")
    opened_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    succeeds = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="successors", null=True, blank=True, verbose_name="fait suite à"
    )
    handed_over_at = models.DateTimeField("dossier administratif remis le", null=True, blank=True)
    gel = models.CharField("gel", max_length=10, choices=Freeze, default=Freeze.FREE, editable=False)
    noms = SaidTextField("noms cherchés", default="", editable=False, db_collation="C")
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)
    withdrawn_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    foreclosed_at = models.DateTimeField("close pour dépôt hors délai le", null=True, blank=True)
    foreclosed_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    foreclosure_echeance = LineField("échéance manquée", max_length=20, blank=True)
    foreclosure_reason = ParagraphField(
        "motif de la clôture pour dépôt hors délai (forclusion)", max_length=2000, blank=True
    )

    objects = CandidatureQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        constraints = [
            models.UniqueConstraint(
                fields=["produit", "dispositif"],
                condition=~Q(state=CandidatureState.WITHDRAWN) & Q(succeeds=None),
                name="candidature_once_for_a_product",
                violation_error_message="Ce produit est déjà rattaché à cette démarche.",
            ),
            models.UniqueConstraint(
                fields=["succeeds"],
                condition=~Q(state=CandidatureState.WITHDRAWN),
                name="candidature_succeeded_once",
                violation_error_message="Une nouvelle version de cette candidature est déjà présentée.",
            ),
            models.CheckConstraint(
                condition=Q(state=CandidatureState.OPEN, **NOT_WITHDRAWN, **NOT_FORECLOSED)
                | Q(
                    state=CandidatureState.WITHDRAWN,
                    withdrawn_at__gte=F("opened_at"),
                    withdrawn_by__isnull=False,
                    **NOT_FORECLOSED,
                )
                | Q(
                    ~Q(foreclosure_echeance=""),
                    ~Q(foreclosure_reason=""),
                    state=CandidatureState.FORECLOSED,
                    foreclosed_at__gte=F("opened_at"),
                    foreclosed_by__isnull=False,
                    **NOT_WITHDRAWN,
                ),
                name="candidature_state_bears_its_stamps",
                violation_error_message="L’état de la candidature ne correspond pas à ses dates.",
            ),
            models.CheckConstraint(condition=Q(gel__in=Freeze.values), name="candidature_gel_is_known"),
        ]
        indexes = [
            models.Index(fields=["-opened_at", "id"], name="candidature_latest_first"),
            models.Index(
                fields=["dispositif", "handed_over_at"],
                condition=Q(state=CandidatureState.OPEN, handed_over_at__isnull=False),
                name="candidature_handed_over",
            ),
            models.Index(fields=["id"], condition=Q(state__in=CLOSED), name="candidature_closed"),
            # For the tabs of the lists whose rows each belong to a candidature.
            models.Index(fields=["id"], condition=Q(state=CandidatureState.OPEN), name="candidature_open"),
            GinIndex(OpClass("nru", "gin_trgm_ops"), name="candidature_by_part_of_nru"),
            GinIndex(OpClass("noms", "gin_trgm_ops"), name="candidature_by_words"),
            # For the public list, with all that its search asks of each row.
            models.Index(
                fields=["noms", "id"],
                include=["nru", "dispositif", "state", "gel", "handed_over_at", "succeeds"],
                name="candidature_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.nru

    @transition(field=state, source=CandidatureState.OPEN, target=CandidatureState.WITHDRAWN)
    def withdraw(self, *, by: Compte, at: datetime) -> None:
        self.withdrawn_at, self.withdrawn_by = at, by

    @transition(field=state, source=CandidatureState.OPEN, target=CandidatureState.FORECLOSED)
    def foreclose(self, *, by: Compte, at: datetime, echeance: str, reason: str) -> None:
        self.foreclosed_at, self.foreclosed_by = at, by
        self.foreclosure_echeance, self.foreclosure_reason = echeance, reason

    @transition(field=state, source=CandidatureState.FORECLOSED, target=CandidatureState.OPEN)
    def reopen(self) -> None:
        """Open the candidature again after a dérogation; the journal keeps the foreclosure."""
        self.foreclosed_at = self.foreclosed_by = None
        self.foreclosure_echeance = self.foreclosure_reason = ""

    @property
    def is_frozen(self) -> bool:
        """Whether it is on the agenda of the collège, or its référencement is attributed."""
        return self.gel != Freeze.FREE

    @property
    def chain(self) -> str:
        """The name of this candidature's chain in the journal."""
        return f"candidature:{self.nru}"


class AcceptationDeCharte(models.Model):
    """A person who may engage the éditeur accepted one version of the charte for one candidature."""

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="acceptations")
    charte = models.ForeignKey(Charte, on_delete=models.PROTECT, related_name="acceptations")
    accepted_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField("acceptée le")

    class Meta:
        verbose_name = "acceptation de la charte"
        constraints = [
            models.UniqueConstraint(fields=["candidature", "charte"], name="charte_accepted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.charte_id} acceptée par {self.accepted_by}"
