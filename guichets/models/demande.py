"""What is asked of another desk, mirrored: the portal believes a desk, and nobody else, about its own stages."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, FSMModelMixin, transition

from candidatures.models import Candidature
from comptes.models import Compte
from guichets.enums import EtapeCNDA, EtapeEDC, Guichet, Panne, Role


class DemandeQuerySet(models.QuerySet["DemandeAuGuichet"]):
    def locked(self) -> DemandeQuerySet:
        return self.select_for_update(no_key=True, of=("self",))

    def followed(self) -> DemandeQuerySet:
        return self.filter(ended_at=None)

    def due(self, at: datetime) -> DemandeQuerySet:
        """Those whose desk is to be asked now; most overdue first."""
        return self.filter(next_pull_at__lte=at).order_by("next_pull_at", "pk")


class DemandeAuGuichet(models.Model):
    """One demande at another desk, as declared; its machine is the `Habilitation` or `Homologation` of the same key.

    `objet` is what it is for (`edc_psc:proxy/`, `cnda:/INSI`): one living demande for each. `numero` is empty until
    known. `etape_date` and `retour_prevu` are the desk's days, `confirmed_at` when it last said something consistent.
    A pull is under way while `pull_id` is set; `next_pull_at` is then when it is taken as lost and asked again.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="demandes_aux_guichets")
    guichet = models.CharField(max_length=10, choices=Guichet)
    objet = models.CharField(max_length=200)
    numero = models.CharField("numéro au guichet", max_length=1000, blank=True)
    logiciel = models.CharField("logiciel connu du guichet", max_length=200, blank=True)
    is_third_party = models.BooleanField("portée par un tiers", default=False)
    version = models.PositiveIntegerField(default=0)
    recorded_at = models.DateTimeField("déclarée le")
    recorded_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField("plus suivie depuis le", null=True, blank=True)
    ended_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_reason = models.CharField("motif", max_length=300, blank=True)

    etape_date = models.DateField("à cette étape depuis le", null=True, blank=True)
    retour_prevu = models.DateField("retour prévu le", null=True, blank=True)
    documents = models.JSONField("documents remis, numéro par nature", default=dict, blank=True)
    pieces = models.JSONField("pièces au guichet, état par nature", default=dict, blank=True)
    confirmed_at = models.DateTimeField("dernier relevé cohérent", null=True, blank=True)

    next_pull_at = models.DateTimeField("prochain relevé", null=True, blank=True)
    pull_id = models.UUIDField("relevé en cours", null=True, blank=True)
    failures = models.PositiveIntegerField("échecs de suite", default=0)
    failed_at = models.DateTimeField("dernier échec", null=True, blank=True)
    failure = models.CharField("nature du dernier échec", max_length=20, choices=Panne, blank=True)

    objects = DemandeQuerySet.as_manager()

    class Meta:
        verbose_name = "demande à un guichet"
        verbose_name_plural = "demandes aux guichets"
        constraints = [
            models.UniqueConstraint(
                fields=["candidature", "objet"],
                condition=Q(ended_at=None),
                name="demande_guichet_once_for_an_object",
                violation_error_message="Cette demande est déjà déclarée.",
            ),
            models.CheckConstraint(condition=Q(guichet__in=Guichet.values), name="demande_guichet_desk_is_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_reason="")
                | Q(~Q(ended_reason=""), ended_at__gte=F("recorded_at"), ended_by__isnull=False),
                name="demande_guichet_end_bears_its_stamps",
                violation_error_message="Une demande qui n’est plus suivie dit depuis quand, par qui et pourquoi.",
            ),
            models.CheckConstraint(
                condition=Q(next_pull_at=None, pull_id=None)
                | Q(~Q(numero=""), next_pull_at__isnull=False, ended_at=None),
                name="demande_guichet_pulled_has_a_number",
                violation_error_message="Seule une demande suivie et dont le numéro est connu est relevée.",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failed_at=None, failure="")
                | Q(~Q(failure=""), failures__gt=0, failed_at__isnull=False),
                name="demande_guichet_failures_bear_their_stamps",
            ),
        ]
        indexes = [
            models.Index(
                fields=["guichet", "next_pull_at", "id"],
                condition=Q(next_pull_at__isnull=False),
                name="demande_guichet_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.guichet} {self.numero or '(sans numéro)'}"

    @property
    def address(self) -> str:
        return f"demande_guichet:{self.pk}"


class Habilitation(FSMModelMixin, DemandeAuGuichet):
    """An éditeur's habilitation by the EDC PSC, in one role; as utilisateur, one for each proxy used."""

    Etape: ClassVar[type[EtapeEDC]] = EtapeEDC
    MOVES: ClassVar[dict[str, str]] = {
        EtapeEDC.SUBMITTED: "submit",
        EtapeEDC.IN_REVIEW: "review",
        EtapeEDC.COMPLEMENT_REQUESTED: "request_complement",
        EtapeEDC.GRANTED: "grant",
        EtapeEDC.REFUSED: "refuse",
    }

    role = models.CharField("rôle", max_length=12, choices=Role)
    proxy = models.CharField(max_length=200, blank=True)
    state = FSMField("étape", default=EtapeEDC.DECLARED, choices=EtapeEDC.choices, protected=True)
    moved_at = models.DateTimeField("étape connue depuis le", null=True, blank=True)
    decided_date = models.DateField("décidée le", null=True, blank=True)

    objects: ClassVar[models.Manager[Habilitation]] = models.Manager()  # type: ignore[assignment]  # of its own rows

    class Meta:
        verbose_name = "habilitation EDC PSC"
        verbose_name_plural = "habilitations EDC PSC"
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="habilitation_role_is_known"),
            models.CheckConstraint(
                condition=Q(state=EtapeEDC.DECLARED, moved_at=None)
                | Q(~Q(state=EtapeEDC.DECLARED), state__in=EtapeEDC.values, moved_at__isnull=False),
                name="habilitation_move_bears_its_stamp",
                violation_error_message="L’étape de l’habilitation ne correspond pas à ses dates.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[EtapeEDC.GRANTED, EtapeEDC.REFUSED], decided_date__isnull=False)
                | Q(~Q(state__in=[EtapeEDC.GRANTED, EtapeEDC.REFUSED]), decided_date=None),
                name="habilitation_decision_bears_its_date",
                violation_error_message="Une habilitation accordée ou refusée dit à quelle date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.get_state_display()}"

    @transition(field=state, source=EtapeEDC.DECLARED, target=EtapeEDC.SUBMITTED)
    def submit(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=[EtapeEDC.SUBMITTED, EtapeEDC.COMPLEMENT_REQUESTED], target=EtapeEDC.IN_REVIEW)
    def review(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=EtapeEDC.IN_REVIEW, target=EtapeEDC.COMPLEMENT_REQUESTED)
    def request_complement(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=EtapeEDC.IN_REVIEW, target=EtapeEDC.GRANTED)
    def grant(self, *, at: datetime, on: date) -> None:
        self.moved_at, self.decided_date = at, on

    @transition(field=state, source=[EtapeEDC.IN_REVIEW, EtapeEDC.COMPLEMENT_REQUESTED], target=EtapeEDC.REFUSED)
    def refuse(self, *, at: datetime, on: date) -> None:
        self.moved_at, self.decided_date = at, on

    @property
    def label(self) -> str:
        proxy = f" ({self.proxy})" if self.proxy else ""
        return f"Habilitation EDC PSC, {self.get_role_display().lower()}{proxy}"

    @property
    def constat(self) -> str:
        """What the annotations of the REM call it."""
        return f"EDC_PSC:{self.role.upper()}"


class Homologation(FSMModelMixin, DemandeAuGuichet):
    """An homologation by the CNDA: one component, one téléservice. `composant` is empty for the principal one."""

    Etape: ClassVar[type[EtapeCNDA]] = EtapeCNDA
    MOVES: ClassVar[dict[str, str]] = {
        EtapeCNDA.PRE_EXAMEN: "start_pre_examen",
        EtapeCNDA.EXAMEN: "start_examen",
        EtapeCNDA.FINALISATION: "start_finalisation",
        EtapeCNDA.GRANTED: "grant",
        EtapeCNDA.REFUSED: "refuse",
    }

    composant = models.CharField(max_length=120, blank=True)
    teleservice = models.CharField("téléservice", max_length=20)
    nil = models.CharField("NIL du composant", max_length=40, blank=True)
    state = FSMField("étape", default=EtapeCNDA.INITIALISATION, choices=EtapeCNDA.choices, protected=True)
    moved_at = models.DateTimeField("étape connue depuis le", null=True, blank=True)
    decided_date = models.DateField("décidée le", null=True, blank=True)

    objects: ClassVar[models.Manager[Homologation]] = models.Manager()  # type: ignore[assignment]  # of its own rows

    class Meta:
        verbose_name = "homologation CNDA"
        verbose_name_plural = "homologations CNDA"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=EtapeCNDA.INITIALISATION, moved_at=None)
                | Q(~Q(state=EtapeCNDA.INITIALISATION), state__in=EtapeCNDA.values, moved_at__isnull=False),
                name="homologation_move_bears_its_stamp",
                violation_error_message="L’étape de l’homologation ne correspond pas à ses dates.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[EtapeCNDA.GRANTED, EtapeCNDA.REFUSED], decided_date__isnull=False)
                | Q(~Q(state__in=[EtapeCNDA.GRANTED, EtapeCNDA.REFUSED]), decided_date=None),
                name="homologation_decision_bears_its_date",
                violation_error_message="Une homologation accordée ou refusée dit à quelle date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teleservice} {self.composant}, {self.get_state_display()}"

    @transition(field=state, source=EtapeCNDA.INITIALISATION, target=EtapeCNDA.PRE_EXAMEN)
    def start_pre_examen(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=EtapeCNDA.PRE_EXAMEN, target=EtapeCNDA.EXAMEN)
    def start_examen(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=EtapeCNDA.EXAMEN, target=EtapeCNDA.FINALISATION)
    def start_finalisation(self, *, at: datetime, on: date) -> None:
        self.moved_at = at

    @transition(field=state, source=EtapeCNDA.FINALISATION, target=EtapeCNDA.GRANTED)
    def grant(self, *, at: datetime, on: date) -> None:
        self.moved_at, self.decided_date = at, on

    @transition(
        field=state,
        source=[EtapeCNDA.PRE_EXAMEN, EtapeCNDA.EXAMEN, EtapeCNDA.FINALISATION],
        target=EtapeCNDA.REFUSED,
    )
    def refuse(self, *, at: datetime, on: date) -> None:
        self.moved_at, self.decided_date = at, on

    @property
    def label(self) -> str:
        return f"Homologation CNDA {self.teleservice}, {self.composant or 'composant principal'}"

    @property
    def constat(self) -> str:
        """What the annotations of the REM call it."""
        return f"CNDA:{self.teleservice}"


Suivie = Habilitation | Homologation
