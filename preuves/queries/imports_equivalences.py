"""A workbook of équivalences that was sent: what is in it, what it would change, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import BinaryIO, cast

from django.db.models import QuerySet

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from candidatures.queries.volets import presented_volets_of
from preuves.catalogue.equivalences import EquivalenceSpec, Side, TableReading, TableSpec, read_equivalences
from preuves.models import DossierDePreuves, ImportDEquivalences, VersionDEquivalences
from preuves.rules.exigibilite import Presentation, exigibilites

from .dossier import Rem, latest_version, rem_of
from .equivalences_dites import CHUNK, refers_to_another, relies_on
from .imports import SHOWN, ProblemsShown
from .presentations import PRESENTED, Presented, presentations_from, rows
from .tables import Published, Tables, latest_table, table_of, tables_to, with_and_without


def versions() -> QuerySet[VersionDEquivalences]:
    """Every published table, by pair, the latest first, with who published it."""
    published = VersionDEquivalences.objects.select_related("source", "cible", "published_by", "retrait__withdrawn_by")
    return published.order_by("cible", "source", "-date", "-pk")


def imports() -> QuerySet[ImportDEquivalences]:
    return ImportDEquivalences.objects.select_related("source", "cible", "sent_by", "published", "discarded_by")


def imports_pending() -> QuerySet[ImportDEquivalences]:
    """What was sent and is neither published nor thrown away, the latest first."""
    return imports().filter(published=None, discarded_at=None).order_by("-sent_at", "-pk")


def reading_of(sent: ImportDEquivalences) -> TableReading:
    """Read a workbook that was sent, beside the latest REM of both dispositifs."""
    latest = [latest_version(code) for code in (sent.source_id, sent.cible_id)]
    pks = tuple(version.pk if version else 0 for version in latest)
    return _read_once(sent.workbook.name, sent.workbook_name, sent.source_id, sent.cible_id, pks)


@lru_cache(maxsize=2)
def _read_once(stored: str, name: str, source: str, cible: str, rems: tuple[int, ...]) -> TableReading:
    """Read a stored file once: its content never changes, so publishing reuses the preview's reading."""
    with ImportDEquivalences(workbook=stored).workbook.open("rb") as file:
        return read_equivalences(cast("BinaryIO", file), name, source=side_of(source), cible=side_of(cible))


def side_of(dispositif: str) -> Side:
    """One dispositif of a pair, with its latest REM."""
    latest = latest_version(dispositif)
    return Side(spec_of(dispositif), rem_of(latest).spec, str(latest)) if latest else Side(spec_of(dispositif))


def lines_of(version: VersionDEquivalences) -> tuple[EquivalenceSpec, ...]:
    return table_of(version.pk, version.sha256).lines


@dataclass(frozen=True)
class ChangesOfTable:
    """What a table changes, by N° cible, in the order of the table that holds it.

    :param changed: pairs, the line before and after
    """

    added: tuple[EquivalenceSpec, ...]
    removed: tuple[EquivalenceSpec, ...]
    changed: tuple[tuple[EquivalenceSpec, EquivalenceSpec], ...]
    unchanged: int


def changes_between(before: TableSpec, after: TableSpec) -> ChangesOfTable:
    """Compare two tables; a line that only moved is unchanged."""
    old, new = ({line.cible: line for line in table.lines} for table in (before, after))
    kept = [(old[cible], line) for cible, line in new.items() if cible in old]
    return ChangesOfTable(
        added=tuple(line for cible, line in new.items() if cible not in old),
        removed=tuple(line for cible, line in old.items() if cible not in new),
        changed=tuple(pair for pair in kept if pair[0] != pair[1]),
        unchanged=sum(pair[0] == pair[1] for pair in kept),
    )


@dataclass(frozen=True)
class PreviewOfTable(ProblemsShown):
    """What a workbook would publish, beside the latest table of its pair (None when it would be the first)."""

    reading: TableReading
    latest: VersionDEquivalences | None
    changes: ChangesOfTable

    @property
    def is_the_latest(self) -> bool:
        return self.latest is not None and self.latest.sha256 == self.reading.spec.sha256

    @property
    def shown(self) -> int:
        return SHOWN


def preview_of(sent: ImportDEquivalences) -> PreviewOfTable:
    reading, latest = reading_of(sent), latest_table(sent.source_id, sent.cible_id)
    before = table_of(latest.pk, latest.sha256) if latest else TableSpec()
    return PreviewOfTable(reading, latest, changes_between(before, reading.spec))


# -- for whom ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ImpactOfTable:
    """What a table would give to one candidature, and take from it: N° of preuves, in the order of the REM."""

    candidature: Candidature
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def candidatures_concerned(sent: ImportDEquivalences) -> QuerySet[Candidature]:
    """The open candidatures of the target that refer to a candidature of the source, confirmed by the ANS."""
    going_on = Candidature.objects.filter(dispositif=sent.cible_id, state=CandidatureState.OPEN)
    return going_on.filter(refers_to_another(sent.source_id)).with_names().order_by("nru", "pk")


def impact_of(
    candidatures: Sequence[Candidature], sent: ImportDEquivalences, spec: TableSpec, *, at: datetime
) -> list[ImpactOfTable]:
    """Say what publishing a table would do to each of these candidatures, in a constant number of queries."""
    pair = (sent.source_id, sent.cible_id)
    supposed = tables_to([sent.cible_id], following={pair: Published(spec, sent.date, at)})
    return _impacts(candidatures, sent.cible_id, None, supposed)


def who_benefits(version: VersionDEquivalences) -> Iterator[str]:
    """Yield the NRU of the candidatures that would owe other preuves without a published table, attributed ones too.

    Only those with an accepted preuve on a line that would change are read, `CHUNK` at a time.
    """
    today, without = with_and_without(version)
    pair = (version.source_id, version.cible_id)
    lines, left = today.get(pair, {}), without[pair]
    changing = [numero for numero in {*lines, *left} if lines.get(numero) != left.get(numero)]
    kept = Candidature.objects.filter(dispositif=version.cible_id).exclude(state=CandidatureState.WITHDRAWN)
    concerned, last, more = kept.filter(relies_on(version.source_id, changing)).order_by("pk"), 0, True
    while more and (chunk := list(concerned.filter(pk__gt=last)[:CHUNK])):
        impacts = _impacts(chunk, version.cible_id, today, without)
        yield from (impact.candidature.nru for impact in impacts if impact.gained or impact.lost)
        last, more = chunk[-1].pk, len(chunk) == CHUNK


def _impacts(
    candidatures: Sequence[Candidature], cible: str, today: Tables | None, supposed: Tables
) -> list[ImpactOfTable]:
    """Compare what these candidatures, all of one dispositif, have by équivalence with what they would have.

    :param today: the tables as they stand; read when None
    """
    dossiers = {dossier.candidature_id: dossier for dossier in rows().filter(candidature__in=candidatures)}
    latest = latest_version(cible)
    volets = presented_volets_of([candidature.pk for candidature in candidatures], champs=PRESENTED)
    presented = [
        Presented(candidature, volets[candidature.pk], _contested(dossiers.get(candidature.pk)))
        for candidature in candidatures
    ]
    before = presentations_from(presented, tables=today)
    after = presentations_from(presented, tables=supposed)
    impacts = []
    for candidature in candidatures:
        dossier = dossiers.get(candidature.pk)
        version = dossier.version if dossier else latest
        if version is not None:
            held, then = (
                _equivalent(rem_of(version), presentations[candidature.pk]) for presentations in (before, after)
            )
            gained = tuple(numero for numero in then if numero not in held)
            impacts.append(ImpactOfTable(candidature, gained, tuple(numero for numero in held if numero not in then)))
    return impacts


def _contested(dossier: DossierDePreuves | None) -> Sequence[dict[str, str]]:
    return dossier.contested if dossier else ()  # type: ignore[attr-defined] # by `rows`


def _equivalent(rem: Rem, presentation: Presentation) -> list[str]:
    due = exigibilites(rem.attendues, presentation)
    return [numero for numero, exigibilite in due.items() if exigibilite.equivalent]
