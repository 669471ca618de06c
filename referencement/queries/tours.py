"""Whose turn it is, in one candidature or in many, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from candidatures.catalogue.dispositifs import open_codes, spec_of
from candidatures.enums import UNDECIDED, Camp
from candidatures.models import Candidature, Derogation, Message
from candidatures.queries.candidatures import deadlines_of_many
from candidatures.queries.messages import with_unread_messages
from candidatures.queries.seen import Seen
from candidatures.queries.volets import PresentedVolet, presented_volets_of
from comptes.models import Compte
from comptes.queries import count_unreachable
from guichets.queries.gates import desks_of_many
from guichets.queries.situation import LigneDeDemande
from preuves.queries.dossier import Dossier
from preuves.queries.dossiers import whole_dossiers_of
from referencement.enums import MesureState, ReexamenState
from referencement.models import Convention, Mesure, Reexamen
from referencement.rules.attribution import LatestExamen
from referencement.rules.facts import ConventionFacts, DossierFacts
from referencement.rules.tour import MesureWaiting, Tour, TourFacts, tour

from .autorisations import with_autorisation
from .blocages import (
    CHAMPS,
    DossierComplet,
    Draft,
    drafts_of,
    examen_of,
    facts_of_chapitres,
    facts_of_volets,
    with_charte_and_end,
)
from .conventions import convention_facts, living_conventions, quotes_of
from .fins import fin_from
from .shown import with_photos

# The facts of a candidature that is over: nothing of it is read.
NOTHING = DossierFacts(
    is_open=False, charte_accepted=False, volets=(), chapitres=None, gates={}, convention=None, echeances={}
)


@dataclass(frozen=True, slots=True)
class Whole:
    """What is known of one candidature among several.

    :param lignes: its demandes at the other desks, required or declared beside
    :param drafts: by kind of volet, how far its draft is; empty when that was not asked
    """

    facts: DossierFacts
    dossier: Dossier | None
    lignes: tuple[LigneDeDemande, ...]
    drafts: Mapping[str, Draft]


def with_exchanges(candidatures: QuerySet[Candidature, Any]) -> QuerySet[Candidature, Any]:
    """Annotate each candidature with what `tour_of` reads beside its dossier, and how many people are `unreachable`."""
    by_ans = Message.objects.filter(candidature=OuterRef("candidature"), camp=Camp.ANS).order_by("-pk").values("pk")[:1]
    since = Message.objects.filter(candidature=OuterRef("pk"), camp=Camp.EDITEUR)
    unanswered = since.annotate(answered=Coalesce(Subquery(by_ans), Value(0))).filter(pk__gt=F("answered"))
    undecided = Derogation.objects.filter(candidature=OuterRef("pk"), state__in=UNDECIDED)
    reexamens = Reexamen.objects.filter(examen__candidature=OuterRef("pk"), state=ReexamenState.REQUESTED)
    proposed = Mesure.objects.filter(referencement__candidature=OuterRef("pk"), state=MesureState.PROPOSED)
    mesure = proposed.order_by("pk")
    return candidatures.annotate(
        message_at=_oldest(unanswered, "sent_at"),
        derogation_at=_oldest(undecided, "asked_at"),
        reexamen_at=Subquery(reexamens.order_by("pk").values("asked_at")[:1]),
        mesure_proposed_at=Subquery(mesure.values("proposed_at")[:1]),
        mesure_until_at=Subquery(mesure.values("answer_until_at")[:1]),
        mesure_answered_at=Subquery(mesure.values("answered_at")[:1]),
        unreachable=count_unreachable(OuterRef("produit__editeur")),
    )


def _oldest(rows: QuerySet[Any, Any], instant: str) -> Subquery:
    """Return, as a subquery, the oldest of these instants; `rows` are filtered by the candidature."""
    grouped = rows.order_by().values("candidature").annotate(oldest=Min(instant)).values("oldest")
    return Subquery(grouped, output_field=DateTimeField(null=True))


def tour_of(complet: DossierComplet, *, at: datetime) -> Tour:
    """Say whose turn it is in a candidature that was read `with_exchanges`; no query."""
    return tour(tour_facts(complet.candidature, complet.facts, complet.examen), at=at)


def tours_of(candidature_ids: Collection[int], *, at: datetime) -> dict[int, Tour]:
    """Say whose turn it is in each of these candidatures, by pk, in a constant number of queries.

    Little is read of those that ended.
    """
    return {pk: tour(facts, at=at) for pk, facts in tour_facts_of(candidature_ids, at=at).items()}


def tour_facts_of(candidature_ids: Collection[int], *, at: datetime) -> dict[int, TourFacts]:
    """Gather what the turn and the Dates of each of these candidatures are derived from, by pk.

    The Dates of a candidature that ended cannot be derived from it; nothing can while its dispositif is not open.
    """
    asked = Candidature.objects.with_names().filter(pk__in=list(candidature_ids), dispositif__in=open_codes())
    rows = list(with_charte_and_end(with_exchanges(asked.order_by("pk"))))
    return {row.pk: tour_facts(row, whole.facts, examen_of(row)) for row, whole in read_many(rows, at=at)}


def tour_facts(row: Any, dossier: DossierFacts, examen: LatestExamen | None) -> TourFacts:
    """Gather what the turn of a candidature is derived from; no query.

    :param row: read `with_exchanges`
    """
    mesure = None
    if row.mesure_proposed_at:
        mesure = MesureWaiting(row.mesure_proposed_at, row.mesure_until_at, row.mesure_answered_at)
    return TourFacts(
        dossier,
        examen,
        message_at=row.message_at,
        derogation_at=row.derogation_at,
        reexamen_at=row.reexamen_at,
        mesure=mesure,
    )


def read_many(candidatures: Sequence[Any], *, at: datetime, with_drafts: bool = False) -> Iterator[tuple[Any, Whole]]:
    """Yield each candidature with what is known of it, in a constant number of queries.

    Of one that is référencée, the convention alone is read; of one that is over, nothing.

    :param candidatures: read `with_charte_and_end`, with their names joined
    :param with_drafts: as for `wholes_of`
    """
    fins = {candidature.pk: fin_from(candidature) for candidature in candidatures}
    over = {pk for pk, fin in fins.items() if fin and fin.is_over}
    lives = [candidature for candidature in candidatures if candidature.pk not in over]
    conventions = living_conventions([candidature.pk for candidature in lives])
    going_on = [candidature for candidature in lives if not fins[candidature.pk]]
    wholes = wholes_of(going_on, conventions, at=at, with_drafts=with_drafts) if going_on else {}
    for pk, fin in fins.items():
        if fin:
            facts = replace(NOTHING, fin=fin, convention=_facts_once_attributed(conventions.get(pk)))
            wholes[pk] = Whole(facts, None, (), {})
    for candidature in candidatures:
        yield candidature, wholes[candidature.pk]


def _facts_once_attributed(convention: Convention | None) -> ConventionFacts | None:
    """Return the facts of a convention once it was attributed: it holds, since it is compared with itself."""
    return convention_facts(convention, convention.data["cite"]) if convention else None


def wholes_of(
    candidatures: Sequence[Any], conventions: Mapping[int, Convention], *, at: datetime, with_drafts: bool = False
) -> dict[int, Whole]:
    """Gather the facts of candidatures that go on, each with its dossier de preuves and its demandes, by pk.

    :param candidatures: read `with_charte_and_end`
    :param with_drafts: whether to read how far drafts are, in one query more
    """
    presented = presented_volets_of([candidature.pk for candidature in candidatures], champs=CHAMPS)
    dossiers = whole_dossiers_of(candidatures, presented)
    desks = desks_of_many(candidatures, dossiers=dossiers, presented=presented, at=at)
    drafts = drafts_of(presented, candidatures) if with_drafts else {}
    echeances = deadlines_of_many(candidatures)
    return {
        candidature.pk: Whole(
            DossierFacts(
                is_open=True,
                charte_accepted=candidature.charte_accepted_at is not None,
                volets=facts_of_volets(presented[candidature.pk], drafts.get(candidature.pk, {})),
                chapitres=facts_of_chapitres(dossiers.get(candidature.pk), echeances[candidature.pk]),
                gates={gate.code: gate for gate in desks[candidature.pk].gates},
                convention=_convention(conventions.get(candidature.pk), candidature, presented[candidature.pk]),
                echeances=echeances[candidature.pk],
                to_answer=spec_of(candidature.dispositif_id).delais.answer,
            ),
            dossiers.get(candidature.pk),
            desks[candidature.pk].lignes,
            drafts.get(candidature.pk, {}),
        )
        for candidature in candidatures
    }


def _convention(
    convention: Convention | None, candidature: Candidature, presented: Sequence[PresentedVolet]
) -> ConventionFacts | None:
    return convention_facts(convention, quotes_of(candidature, presented)) if convention else None


def _overview(compte: Any) -> QuerySet[Candidature, Any]:
    named = Candidature.objects.with_names().select_related("withdrawn_by", "foreclosed_by")
    annotated = with_charte_and_end(with_exchanges(with_unread_messages(named, compte)))
    return with_autorisation(with_photos(annotated)).order_by("pk")


_OVERVIEW = Seen(_overview)


def overview_of(nru: str, reader: Compte) -> Any:
    """Return the candidature of this NRU with all that its own page shows; None when this person may not see it."""
    return _OVERVIEW.first(nru, reader)
