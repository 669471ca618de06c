"""The demandes at the other desks: only the desk itself decides where its demandes stand."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django_fsm import RETURN_VALUE, FSMModelMixin, TransitionNotAllowed, transition

from candidatures.models import Candidature
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField, SaidField, WordsField
from comptes.rules.texts import LONGEST_MOTIF
from guichets.catalogue.guichets import spec_of_guichet
from guichets.catalogue.specs import EtapeSpec, GuichetSpec
from guichets.enums import Panne, RoleEdcPsc, Source
from guichets.rules.objets import Objet

from .guichet import Guichet


class DemandeQuerySet(models.QuerySet["DemandeAuGuichet"]):
    def locked(self) -> DemandeQuerySet:
        return self.select_for_update(no_key=True, of=("self",))

    def followed(self) -> DemandeQuerySet:
        return self.filter(ended_at=None)

    def due(self, at: datetime) -> DemandeQuerySet:
        """The demandes whose desk must be asked now; most overdue first."""
        return self.filter(next_pull_at__lte=at).order_by("next_pull_at", "pk")


class DemandeAuGuichet(FSMModelMixin, models.Model):
    """One demande at another desk: what the éditeur declared of it, and the stage that its desk says.

    The stages and legal moves are rows of its desk (`Etape`, `Mouvement`), which a trigger enforces.
    `objet` is its key (`edc_psc:proxy/`, `cnda:/INSI`), and at most one demande is followed for each. What it is for is
    in `role` and `proxy`, `composant` and `teleservice`, or `preuve`, depending on what the desk decides on.
    `numero` is empty until known. `etape_date` and `retour_prevu` are days given by the desk. `first_confirmed_at` and
    `confirmed_at` are when the first and the last consistent answers came; `moved_at`, when this stage became known.
    A pull is under way while `pull_id` is set; `next_pull_at` is then when it counts as lost and is asked again.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="demandes_aux_guichets")
    guichet = models.ForeignKey(Guichet, on_delete=models.PROTECT, related_name="demandes", db_column="guichet")
    objet = LineField(max_length=200)
    role = models.CharField("rôle", max_length=12, choices=RoleEdcPsc, blank=True)
    proxy = LineField(max_length=200, blank=True)
    composant = LineField(max_length=120, blank=True)
    teleservice = LineField("téléservice", max_length=20, blank=True)
    nil = LineField("NIL du composant", max_length=40, blank=True)
    preuve = LineField("N° preuve", max_length=60, blank=True)
    numero = SaidField("numéro au guichet", max_length=1000, blank=True)
    logiciel = SaidField("logiciel connu du guichet", max_length=200, blank=True)
    is_third_party = models.BooleanField("portée par un tiers", default=False)
    version = models.PositiveIntegerField(default=0)
    recorded_at = models.DateTimeField("déclarée le")
    recorded_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField("plus suivie depuis le", null=True, blank=True)
    ended_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_reason = WordsField("motif", max_length=LONGEST_MOTIF, blank=True)

    state = StateField("étape", max_length=30, protected=True)
    moved_at = models.DateTimeField("étape connue depuis le", null=True, blank=True)
    decided_date = models.DateField("décidée le", null=True, blank=True)
    returned_at = models.DateTimeField("revenue en arrière le", null=True, blank=True)
    returned_from = LineField("revenue de l’étape", max_length=30, blank=True)
    returned_reason = SaidField("ce qu’en dit le guichet", max_length=600, blank=True)
    etape_date = models.DateField("à cette étape depuis le", null=True, blank=True)
    retour_prevu = models.DateField("retour prévu le", null=True, blank=True)
    documents = models.JSONField("documents remis, numéro par nature", default=dict, blank=True)
    pieces = models.JSONField("pièces au guichet, état par nature", default=dict, blank=True)
    first_confirmed_at = models.DateTimeField("premier relevé cohérent", null=True, blank=True)
    confirmed_at = models.DateTimeField("dernier relevé cohérent", null=True, blank=True)
    source = models.CharField("ce dernier vient de", max_length=8, choices=Source, blank=True)

    reconfirm_asked_at = models.DateTimeField("confirmation de l’accord demandée le", null=True, blank=True)

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
            models.CheckConstraint(
                condition=Q(role="", proxy="") | Q(role__in=RoleEdcPsc.values), name="demande_guichet_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(role="", teleservice="", composant="")
                | Q(role="", preuve="") & ~Q(teleservice="")
                | Q(teleservice="", composant="", preuve="") & ~Q(role=""),
                name="demande_guichet_is_for_one_thing",
                violation_error_message="Une demande porte sur un rôle, un téléservice, une preuve, ou la solution.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_reason="")
                | Q(~Q(ended_reason=""), ended_at__gte=F("recorded_at"), ended_by__isnull=False),
                name="demande_guichet_end_bears_its_stamps",
                violation_error_message="Une demande qui n’est plus suivie dit depuis quand, par qui et pourquoi.",
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None, returned_from="", returned_reason="")
                | ~Q(returned_from="") & ~Q(returned_reason="") & Q(returned_at__isnull=False),
                name="demande_guichet_return_bears_its_stamps",
                violation_error_message="Une demande revenue en arrière dit depuis quand, d’où et pourquoi.",
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
        return f"{self.guichet_id} {self.numero or '(sans numéro)'}, {self.state}"

    # The legal moves are rows of the desk, so any source is allowed here: the method and a trigger check the move.
    @transition(field=state, source="*", target=RETURN_VALUE())
    def move(self, *, to: str, at: datetime, on: date) -> str:
        """Go forwards to another stage of the desk, by one of its moves.

        :param on: the day that the desk gives
        """
        if to not in self.etape.vers:
            raise TransitionNotAllowed(f"{self.guichet_id}: no move leads from {self.state} to {to}.")
        if self.spec.is_granted(to) or to == self.returned_from or self.spec.is_at_least(to, self.returned_from):
            self.returned_at, self.returned_from, self.returned_reason = None, "", ""
        return self._stand(to, at, on)

    @transition(field=state, source="*", target=RETURN_VALUE())
    def go_back(self, *, to: str, at: datetime, on: date, reason: str) -> str:
        """Go back to an earlier stage, or undo a decision, as the desk says.

        :param on: the day that the desk gives
        :param reason: why, in a French sentence
        """
        if (self.state, to) not in self.spec.returns:
            raise TransitionNotAllowed(f"{self.guichet_id}: {to} is no way back from {self.state}.")
        self.returned_at, self.returned_from, self.returned_reason = at, self.state, reason[:600]
        return self._stand(to, at, on)

    def _stand(self, etape: str, at: datetime, on: date) -> str:
        self.moved_at = at
        self.decided_date = on if self.spec.by_code[etape].is_decided else None
        return etape

    @property
    def spec(self) -> GuichetSpec:
        return spec_of_guichet(self.guichet_id)

    @property
    def etape(self) -> EtapeSpec:
        return self.spec.by_code[self.state]

    @property
    def what(self) -> Objet:
        return Objet(self.guichet_id, self.role, self.proxy, self.composant, self.teleservice, self.preuve)

    @property
    def label(self) -> str:
        return self.what.label

    @property
    def is_granted(self) -> bool:
        return self.spec.is_granted(self.state)

    @property
    def why_it_stands_back(self) -> str:
        """Why it went back to this stage; empty when it came forwards."""
        return self.returned_reason if self.returned_at and self.returned_at == self.moved_at else ""

    @property
    def is_refused(self) -> bool:
        return self.spec.is_refused(self.state)

    @property
    def address(self) -> str:
        return f"demande_guichet:{self.pk}"
