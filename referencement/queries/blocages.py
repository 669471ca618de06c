"""All that the blocages of a candidature follow from, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from candidatures.queries import PresentedVolet, charte_accepted, deadlines_by_code, presented_volets
from guichets import queries as guichets
from preuves.queries import PRESENTED, ChapitreDuDossier, Dossier, dossier_of
from referencement.models import Convention
from referencement.rules import ChapitreFacts, DossierFacts, VoletFacts

from .conventions import QUOTED, convention_facts, living_convention, quotes_of

CHAMPS = tuple(dict.fromkeys((*PRESENTED, *QUOTED)))


@dataclass(frozen=True)
class DossierComplet:
    """A candidature with all that is known of it: what a decision looks at.

    :param dossier: None while the dispositif has no REM
    :param convention: the living one
    :param quotes: what a convention would quote today
    """

    candidature: Candidature
    facts: DossierFacts
    dossier: Dossier | None
    guichets: guichets.Situation
    convention: Convention | None
    quotes: dict[str, Any]


def dossier_complet(candidature: Candidature, *, at: datetime) -> DossierComplet:
    """Gather everything about a candidature, with its product, éditeur and dispositif joined."""
    presented = presented_volets(candidature, champs=CHAMPS)
    dossier = dossier_of(candidature, presented)
    situation = guichets.situation_of(candidature, dossier=dossier, at=at)
    convention, quotes = living_convention(candidature), quotes_of(candidature, presented)
    facts = DossierFacts(
        is_open=candidature.state == CandidatureState.OPEN,
        charte_accepted=charte_accepted(candidature),
        volets=_volets(presented),
        chapitres=_chapitres(dossier),
        gates={gate.code: gate for gate in situation.gates},
        convention=convention_facts(convention, quotes),
        echeances=deadlines_by_code(candidature.dispositif),
    )
    return DossierComplet(candidature, facts, dossier, situation, convention, quotes)


def _volets(presented: Sequence[PresentedVolet]) -> tuple[VoletFacts, ...]:
    return tuple(
        VoletFacts(one.kind, one.get_kind_display(), one.state, one.admitted_at or one.submitted_at)
        for one in (presented.volet for presented in presented)
    )


def _chapitres(dossier: Dossier | None) -> tuple[ChapitreFacts, ...] | None:
    if dossier is None:
        return None
    return tuple(_chapitre(one) for one in dossier.chapitres if one.facts.standing != "sans_objet")


def _chapitre(one: ChapitreDuDossier) -> ChapitreFacts:
    row = one.row
    moved_at = (row.concluded_at or row.claimed_at or row.submitted_at) if row else None
    return ChapitreFacts(
        one.spec.code, one.spec.label, one.facts.standing, one.facts.first_submitted_at is not None, moved_at
    )
