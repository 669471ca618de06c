"""What is asked of another desk, mirrored: the portal believes a desk, and nobody else, about its own stages."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from candidatures.models import Candidature
from comptes.models import Compte
from guichets.enums import Guichet, Panne


class DemandeQuerySet(models.QuerySet["DemandeAuGuichet"]):
    def locked(self) -> DemandeQuerySet:
        return self.select_for_update(no_key=True, of=("self",))

    def followed(self) -> DemandeQuerySet:
        return self.filter(ended_at=None)

    def due(self, at: datetime) -> DemandeQuerySet:
        """Those whose desk is to be asked now; most overdue first."""
        return self.filter(next_pull_at__lte=at).order_by("next_pull_at", "pk")


class DemandeAuGuichet(models.Model):
    """One demande at another desk, as declared; its machine is the row of the same key in one of the three others.

    `objet` is what it is for (`edc_psc:proxy/`, `cnda:/INSI`): one living demande for each. `numero` is empty until
    known. `etape_date` and `retour_prevu` are the desk's days; `first_confirmed_at` and `confirmed_at`, when it first
    and last said something consistent.
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
    first_confirmed_at = models.DateTimeField("premier relevé cohérent", null=True, blank=True)
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
