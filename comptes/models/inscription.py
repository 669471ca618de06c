from __future__ import annotations

from django.db import models
from django.db.models import Q

from comptes.catalogue.countries import FRANCE
from comptes.enums import InscriptionState as State
from comptes.rules.companies import Company

from .compte import Compte
from .texts import LineField, ParagraphField


class Inscription(models.Model):
    """A request to register a company, by a person who has no proof that they may engage it.

    `claimed`: the company that their identity names, as `FR 123456782`; empty when it names none.

    Accepted, it made an éditeur, whose first mandataire they are.
    """

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="inscriptions")
    raison_sociale = LineField("raison sociale", max_length=200)
    country = LineField("pays d’immatriculation", max_length=2, default=FRANCE)
    identifier = LineField("identifiant d’entreprise", max_length=40)
    claimed = LineField("entreprise de l’identité", max_length=43, blank=True)
    adresse = LineField("adresse", max_length=200)
    code_postal = LineField("code postal", max_length=10)
    commune = LineField("commune", max_length=100)
    pays = LineField("pays", max_length=60, default="France")
    qualite = ParagraphField("qualité", max_length=1000)
    asked_at = models.DateTimeField("demandée le")
    state = models.CharField("état", max_length=10, choices=State, default=State.PENDING)
    decided_at = models.DateTimeField("décidée le", null=True, blank=True)
    decided_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    motif = ParagraphField("motif", max_length=1000, blank=True)

    class Meta:
        verbose_name = "demande d’inscription"
        constraints = [
            models.UniqueConstraint(
                fields=["compte"],
                condition=Q(state=State.PENDING),
                name="inscription_one_at_a_time",
                violation_error_message="Vous avez déjà une demande en attente.",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PENDING, decided_at=None, decided_by=None)
                | (~Q(state=State.PENDING) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="inscription_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REFUSED) | ~Q(motif=""), name="inscription_refused_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.raison_sociale

    @property
    def is_pending(self) -> bool:
        return self.state == State.PENDING

    @property
    def company(self) -> Company:
        return Company(self.country, self.identifier)

    @property
    def known_as(self) -> str:
        return self.company.known_as
