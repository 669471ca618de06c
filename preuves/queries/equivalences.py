"""The preuves accepted elsewhere for the same solution that count here, by confirmed references and tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery

from candidatures.enums import Act as ActDeCandidature
from candidatures.models import Candidature
from comptes.queries import acts_until
from preuves.enums import Avis
from preuves.models import AvisTombe, VerdictDePreuve
from preuves.rules.exigibilite import Equivalent

from .tables import Span, Tables, tables_to


class AcceptedPreuve(NamedTuple):
    """One preuve that the ANS accepted, and its candidature.

    :param until: when it ceased to count, None while it counts
    :param why: why it ceased to count, as the end of a French sentence
    """

    numero: str
    nru: str
    dispositif: str
    nom: str
    produit: int
    since: datetime
    until: datetime | None
    why: str


class Life(NamedTuple):
    """The dates of a candidature at the collège: its attribution, and the retrait of its référencement by the ANS."""

    attributed_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class EquivalenceLink:
    """A preuve of a candidature, and what counts for it elsewhere.

    :param until: when that ceased to count, None while it counts
    :param why: why, as the end of a French sentence
    """

    numero: str
    equivalent: Equivalent
    until: datetime | None
    why: str


Lives = Callable[[Collection[str], datetime | None], Mapping[str, Life]]
Links = Mapping[int, Sequence[EquivalenceLink]]
_readers: list[Lives] = []


def register_lives(reader: Lives) -> None:
    """Register the function that gives the `Life` of candidatures, by NRU, as of an instant (None: today)."""
    if reader not in _readers:
        _readers.append(reader)


def links_of(
    candidatures: Sequence[Candidature],
    named: Mapping[int, Collection[str]],
    *,
    at: datetime | None = None,
    tables: Tables | None = None,
) -> dict[int, list[EquivalenceLink]]:
    """Return, by candidature, what counts or counted for its preuves; three queries at most, none without a reference.

    Between versions of a solution in the same dispositif, a preuve is its own equivalent; else, the table gives it.

    :param named: by candidature, the NRU that it refers to
    :param at: as of that instant (aware); today when None
    :param tables: as `tables_to` returns them, when the caller has read them or supposes others
    """
    nrus = {nru for nrus_named in named.values() for nru in nrus_named}
    if not nrus:
        return {}
    lives = lives_of({*nrus, *(candidature.nru for candidature in candidatures if named.get(candidature.pk))}, at)
    known = tables_to({candidature.dispositif_id for candidature in candidatures}, at=at) if tables is None else tables
    by_nru: dict[str, list[AcceptedPreuve]] = {}
    for accepted in accepted_in(nrus, lives, at=at):
        by_nru.setdefault(accepted.nru, []).append(accepted)
    links: dict[int, list[EquivalenceLink]] = {}
    for candidature in candidatures:
        attributed_at = lives.get(candidature.nru, Life()).attributed_at
        links[candidature.pk] = [
            _kept(link, attributed_at)
            for nru in named.get(candidature.pk, ())
            for accepted in by_nru.get(nru, ())
            if accepted.produit == candidature.produit_id and nru != candidature.nru
            for link in _links(accepted, candidature, known)
        ]
    return links


def _links(accepted: AcceptedPreuve, candidature: Candidature, tables: Tables) -> Iterable[EquivalenceLink]:
    for span in _spans(accepted, candidature, tables):
        ends = [(end.until, end.why) for end in (accepted, span) if end.until]
        until, why = min(ends, default=(None, ""))
        since = max(accepted.since, span.since) if span.since else accepted.since
        if until is None or until > since:
            equivalent = Equivalent(accepted.numero, accepted.nru, accepted.nom, since, span.profils, span.note)
            yield EquivalenceLink(span.cible, equivalent, until, why)


def _spans(accepted: AcceptedPreuve, candidature: Candidature, tables: Tables) -> Sequence[Span]:
    if accepted.dispositif == candidature.dispositif_id:
        return (Span(accepted.numero, frozenset(), "", None),) if candidature.succeeds_id else ()
    return tables.get((accepted.dispositif, candidature.dispositif_id), {}).get(accepted.numero, ())


def _kept(link: EquivalenceLink, attributed_at: datetime | None) -> EquivalenceLink:
    """Return the link as it stood at the attribution: what an attribution relied on is never asked for again."""
    stays = link.until is not None and attributed_at is not None and link.until > attributed_at
    return EquivalenceLink(link.numero, link.equivalent, None, "") if stays else link


def lives_of(nrus: Collection[str], at: datetime | None) -> dict[str, Life]:
    return {nru: life for read in _readers for nru, life in read(nrus, at).items()}


# -- what was accepted ------------------------------------------------------------------------------------------------


def accepted_in(nrus: Collection[str], lives: Mapping[str, Life], *, at: datetime | None) -> list[AcceptedPreuve]:
    """Return the preuves that were ever accepted in these candidatures, with when they ceased to count, in one query.

    As of an instant, one more: only the journal knows a foreclosure that was undone since.
    """
    closed = _closed_at(nrus, at) if at else None
    acceptances = []
    for row in _verdicts(nrus, at):
        nru, nom = row["nru"], row["dispositif_nom"]
        stamps = closed.get(nru, (None, None)) if closed is not None else (row["withdrawn_at"], row["foreclosed_at"])
        ends = (
            (row["fallen_at"], f"son énoncé a changé dans le référentiel de « {nom} »"),
            (stamps[0], f"la candidature {nru} a été retirée"),
            (stamps[1], f"la candidature {nru} est close pour dépôt hors délai"),
            (lives.get(nru, Life()).withdrawn_at, f"le référencement {nru} a été retiré par l’ANS"),
        )
        until, why = min(((end, why) for end, why in ends if end), default=(None, ""))
        acceptances.append(
            AcceptedPreuve(row["numero"], nru, row["dispositif"], nom, row["produit"], row["given_at"], until, why)
        )
    return acceptances


def _verdicts(nrus: Collection[str], at: datetime | None) -> QuerySet[VerdictDePreuve, Any]:
    """Return the last acceptance of each preuve, and when it fell."""
    fallen = AvisTombe.objects.filter(verdict=OuterRef("pk"))
    there = "revision__preuve__chapitre__dossier__candidature"
    verdicts = VerdictDePreuve.objects.filter(**{f"{there}__nru__in": nrus}, avis=Avis.ACCEPTED)
    if at:
        fallen, verdicts = fallen.filter(fallen_at__lte=at), verdicts.filter(given_at__lte=at)
    last = verdicts.order_by("revision__preuve", "-given_at", "-pk").distinct("revision__preuve")
    return last.values(
        "given_at",
        numero=F("revision__preuve__numero"),
        nru=F(f"{there}__nru"),
        dispositif=F(f"{there}__dispositif"),
        dispositif_nom=F(f"{there}__dispositif__nom"),
        produit=F(f"{there}__produit"),
        withdrawn_at=F(f"{there}__withdrawn_at"),
        foreclosed_at=F(f"{there}__foreclosed_at"),
        fallen_at=Subquery(fallen.order_by("pk").values("fallen_at")[:1]),
    )


def _closed_at(nrus: Collection[str], at: datetime) -> dict[str, tuple[datetime | None, datetime | None]]:
    """Return, by NRU, since when a candidature was withdrawn and since when it was foreclosed, at an instant."""
    acts = (
        ActDeCandidature.CANDIDATURE_WITHDRAWN,
        ActDeCandidature.CANDIDATURE_FORECLOSED,
        ActDeCandidature.CANDIDATURE_REOPENED,
    )
    ends: dict[str, tuple[datetime | None, datetime | None]] = {}
    for entries in acts_until([f"candidature:{nru}" for nru in nrus], [act.value for act in acts], at=at).values():
        for entry in entries:
            nru, withdrawn = entry.chain_id.partition(":")[2], entry.act == ActDeCandidature.CANDIDATURE_WITHDRAWN
            foreclosed = entry.act == ActDeCandidature.CANDIDATURE_FORECLOSED
            ends[nru] = (entry.at if withdrawn else None, entry.at if foreclosed else None)
    return ends
