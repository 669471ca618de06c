"""The facts that the blocages of a candidature are derived from, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import CandidatureState, VoletState
from candidatures.models import Candidature
from candidatures.queries.candidatures import charte_accepted_at, deadlines_of
from candidatures.queries.volets import PresentedVolet, drafts_with_facts, presented_volets
from candidatures.rules.deadlines import Deadline
from candidatures.rules.submission import first_missing, progress, references_of
from comptes.models.prepared import Prepared
from guichets.queries.architecture import DECIDING as OF_THE_DESKS
from guichets.queries.architecture import WITH_PREUVES
from guichets.queries.situation import DeskSituation, situation_of
from preuves.queries.dossier import ChapitreDuDossier, Dossier, dossier_of
from preuves.queries.presentations import PRESENTED
from preuves.rules.completude import binding
from referencement.enums import ReexamenState
from referencement.models import Convention, Examen, Reexamen
from referencement.rules.attribution import LatestExamen
from referencement.rules.facts import ChapitreStanding, DossierFacts, VoletStanding

from .conventions import QUOTED, convention_facts, living_convention, quotes_of
from .fins import fin_from, with_fin

CHAMPS = tuple(dict.fromkeys((*WITH_PREUVES, *QUOTED)))
# The champs that change the turn or a Date while their volet was never submitted: what is due follows from them. What a
# convention quotes does not: there is none before both volets are recevables, and no save changes what they present.
DECIDING = frozenset({*PRESENTED, *OF_THE_DESKS})


@dataclass(frozen=True, slots=True)
class Draft:
    """How far the draft of a volet is: how many answers it has, how many are asked, and the first champ without one."""

    done: int
    asked: int
    missing: str

    @property
    def is_complete(self) -> bool:
        return self.done == self.asked


@dataclass(frozen=True)
class DossierComplet:
    """A candidature with all that is known of it, for whoever decides.

    :param dossier: None while the dispositif has no REM
    :param convention: the living one
    :param quotes: what a convention would quote today
    :param presented: its volets, with the answers to `CHAMPS` as last handed to the ANS
    :param drafts: by kind of volet, how far its draft is
    :param charte_accepted_at: None while the charte in force is not accepted
    :param examen: the latest; None when there was none
    """

    candidature: Candidature
    facts: DossierFacts
    dossier: Dossier | None
    guichets: DeskSituation
    convention: Convention | None
    quotes: dict[str, Any]
    presented: Sequence[PresentedVolet]
    drafts: Mapping[str, Draft]
    charte_accepted_at: datetime | None
    examen: LatestExamen | None


def dossier_complet(
    candidature: Candidature, *, at: datetime, ends: Any = None, with_history: bool = True
) -> DossierComplet:
    """Gather everything about a candidature, with its product, éditeur and dispositif joined.

    :param ends: the same candidature read `with_charte_and_end`, when the caller has it already: one query less
    :param with_history: whether to read what the desks answered before today
    """
    presented = presented_volets(candidature, champs=CHAMPS)
    dossier = dossier_of(candidature, presented)
    situation = situation_of(candidature, dossier=dossier, at=at, presented=presented, with_history=with_history)
    drafts = drafts_of({candidature.pk: presented}, [candidature])[candidature.pk]
    convention, quotes = living_convention(candidature), quotes_of(candidature, presented)
    row = ends or _ENDS.first(candidature=candidature.pk)
    accepted_at, examen, fin = row.charte_accepted_at, examen_of(row), fin_from(row)
    echeances = deadlines_of(candidature)
    facts = DossierFacts(
        is_open=candidature.state == CandidatureState.OPEN and not (fin and fin.is_over),
        charte_accepted=accepted_at is not None,
        volets=facts_of_volets(presented, drafts),
        chapitres=facts_of_chapitres(dossier, echeances),
        gates={gate.code: gate for gate in situation.gates},
        convention=convention_facts(convention, quotes),
        echeances=echeances,
        fin=fin,
        to_answer=spec_of(candidature.dispositif_id).delais.answer,
    )
    return DossierComplet(
        candidature,
        facts,
        dossier,
        situation,
        convention,
        quotes,
        presented,
        drafts,
        accepted_at,
        examen,
    )


_ENDS = Prepared(
    lambda candidature: with_charte_and_end(Candidature.objects.filter(pk=candidature)).order_by("pk"),
    candidature=BigIntegerField(),
)


def with_charte_and_end(candidatures: QuerySet[Candidature, Any]) -> QuerySet[Candidature, Any]:
    """Annotate each candidature with when its charte was accepted, and with what `examen_of` and `fin_from` read."""
    examens = Examen.objects.filter(candidature=OuterRef("pk")).order_by("-pk")
    granted = Reexamen.objects.filter(examen=OuterRef("pk"), state=ReexamenState.GRANTED).order_by("pk")
    return with_fin(candidatures).annotate(
        charte_accepted_at=charte_accepted_at(),
        examen_state=Subquery(examens.values("state")[:1]),
        examen_held_at=Subquery(examens.values("seance__held_at")[:1]),
        examen_published_at=Subquery(examens.values("published_at")[:1]),
        examen_again_at=Subquery(examens.values(granted_at=Subquery(granted.values("decided_at")[:1]))[:1]),
    )


def examen_of(candidature: Candidature) -> LatestExamen | None:
    """Return the latest examen of a candidature that was read `with_charte_and_end`; no query."""
    row: Any = candidature
    if not row.examen_state:
        return None
    return LatestExamen(row.examen_state, row.examen_held_at, row.examen_published_at, row.examen_again_at)


def drafts_of(
    presented: Mapping[int, Sequence[PresentedVolet]], candidatures: Iterable[Candidature]
) -> dict[int, dict[str, Draft]]:
    """Return how far the drafts of each candidature are, by pk then by kind, in one query; in none without a draft.

    :param presented: their volets, by candidature
    :param candidatures: with their names joined
    """
    drafts = [
        (candidature, row.volet)
        for candidature in candidatures
        for row in presented[candidature.pk]
        if row.volet.state == VoletState.DRAFT
    ]
    by_candidature: dict[int, dict[str, Draft]] = {pk: {} for pk in presented}
    for volet, facts in drafts_with_facts(drafts):
        by_candidature[volet.candidature_id][volet.kind] = Draft(*progress(facts), first_missing(facts))
    return by_candidature


def facts_of_volets(presented: Sequence[PresentedVolet], drafts: Mapping[str, Draft]) -> tuple[VoletStanding, ...]:
    return tuple(_volet(row, drafts.get(row.volet.kind)) for row in presented)


def _volet(presented: PresentedVolet, draft: Draft | None) -> VoletStanding:
    """:param draft: how far it is; None for a volet that is no draft"""
    volet, declared = presented.volet, references_of(presented.answers)
    return VoletStanding(
        volet.kind,
        volet.get_kind_display(),
        volet.state,
        moved_at(presented),
        is_complete=draft is not None and draft.is_complete,
        answer_due_at=presented.answer_due_at,
        unjudged=sum(reference.identifiant not in presented.judged for reference in declared),
        first_submitted_at=volet.first_submitted_at,
    )


def moved_at(presented: PresentedVolet) -> datetime | None:
    """Return when a volet came to its state: a complément asked, admitted or submitted; None for a draft."""
    return presented.asked_at or presented.volet.admitted_at or presented.volet.submitted_at


def facts_of_chapitres(
    dossier: Dossier | None, echeances: Mapping[str, Deadline]
) -> tuple[ChapitreStanding, ...] | None:
    """:param echeances: the échéances of its candidature, by their code"""
    if dossier is None:
        return None
    concerned = [chapitre for chapitre in dossier.chapitres if chapitre.facts.standing != "sans_objet"]
    return tuple(_chapitre(chapitre, dossier, echeances) for chapitre in concerned)


def _chapitre(chapitre: ChapitreDuDossier, dossier: Dossier, echeances: Mapping[str, Deadline]) -> ChapitreStanding:
    row, to_answer = chapitre.row, spec_of(dossier.candidature.dispositif_id).delais.answer
    return ChapitreStanding(
        code=chapitre.spec.code,
        label=chapitre.spec.label,
        standing=chapitre.facts.standing,
        was_submitted=chapitre.facts.first_submitted_at is not None,
        moved_at=(row.concluded_at or row.claimed_at or row.submitted_at) if row else None,
        is_complete=chapitre.facts.is_complete_not_submitted and dossier.eligibilite_submitted,
        first_submitted_at=chapitre.facts.first_submitted_at,
        submitted_at=row.submitted_at if row else None,
        deadline=binding(chapitre.facts, echeances=echeances, to_answer=to_answer),
    )
