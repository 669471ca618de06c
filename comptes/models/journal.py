from __future__ import annotations

from django.db import models

from .compte import Compte
from .texts import LineField


class JournalChain(models.Model):
    """The head of one chain of the journal: its length and the sha256 of its last row."""

    name = LineField(max_length=80, primary_key=True)
    length = models.PositiveIntegerField(default=0)
    head = LineField(max_length=64, blank=True)

    class Meta:
        verbose_name = "chaîne du journal"

    def __str__(self) -> str:
        return self.name


class RegisteredChain(models.Model):
    """The birth of one chain of the journal, itself chained by sha256: a deleted chain leaves its name here."""

    number = models.PositiveIntegerField("numéro", primary_key=True)
    name = LineField("chaîne", max_length=80, unique=True)
    opened_at = models.DateTimeField("ouverte à")
    previous = LineField(max_length=64, blank=True)
    sha256 = LineField(max_length=64)

    class Meta:
        verbose_name = "chaîne inscrite"
        verbose_name_plural = "chaînes inscrites"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} : {self.name}"


class JournalEntry(models.Model):
    """One act. Never changed, never erased: a trigger refuses it, and `sha256` covers the row and the one before."""

    chain = models.ForeignKey(JournalChain, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField("numéro")
    act = LineField("acte", max_length=60)
    address = LineField("objet", max_length=200)
    by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="par")
    at = models.DateTimeField("arrivé à")
    written_at = models.DateTimeField("écrit à")
    params = models.JSONField("paramètres", default=dict)
    previous = LineField(max_length=64, blank=True)
    sha256 = LineField(max_length=64)

    class Meta:
        verbose_name = "entrée du journal"
        ordering = ["chain", "number"]
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="journal_number_once_in_a_chain")]

    def __str__(self) -> str:
        return f"{self.chain_id} n° {self.number} : {self.act}"
