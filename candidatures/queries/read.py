"""A volet read once, for all that uses it in a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from candidatures.enums import VoletState
from candidatures.models import Demande, Reponse, Volet
from candidatures.rules.submission import VoletFacts

from .candidatures import charte_accepted_at
from .volets import demande_of, facts_from, latest_reponses


@dataclass(frozen=True)
class ReadVolet:
    """A volet with all that its form, its page and its rules need, read once.

    :param reponses: its latest answers, by champ, each with its author
    :param demande: the one that the éditeur has not answered yet
    """

    volet: Volet
    reponses: Mapping[str, Reponse]
    facts: VoletFacts
    demande: Demande | None

    def saved(self, written: Iterable[Reponse]) -> ReadVolet:
        """Return the same volet, once these answers were written."""
        reponses = {**self.reponses, **{row.champ: row for row in written}}
        facts = replace(self.facts, answers={code: row.value for code, row in reponses.items()})
        return replace(self, reponses=reponses, facts=facts)


def with_charte(volets: QuerySet[Volet]) -> QuerySet[Any]:
    """Return volets with their candidature, its names, and when the charte in force was accepted, for `read_volet`."""
    named = volets.select_related("candidature__produit__editeur", "candidature__dispositif")
    return named.annotate(charte_accepted_at=charte_accepted_at("candidature", "candidature__dispositif"))


def read_volet(volet: Volet) -> ReadVolet:
    """Read a volet that comes from `with_charte`, in one query; two while a demande waits for its answer."""
    row: Any = volet
    reponses = latest_reponses(volet)
    answers = {code: reponse.value for code, reponse in reponses.items()}
    demande = demande_of(volet) if volet.state == VoletState.COMPLEMENT_REQUESTED else None
    unlocked = frozenset(demande.champs if demande else ())
    facts = facts_from(volet, answers, unlocked, charte_accepted=row.charte_accepted_at is not None)
    return ReadVolet(volet, reponses, facts, demande)
