"""The published tables of équivalences, and how long each of their lines was in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from comptes.dates import day_in_words
from preuves.catalogue.equivalences import EquivalenceSpec, TableSpec
from preuves.models import Equivalence, VersionDEquivalences


class Published(NamedTuple):
    """A published table, its day, and when it was published (aware)."""

    spec: TableSpec
    date: date
    at: datetime


class Span(NamedTuple):
    """The time during which a line of a table stays the same; `until` is None while it is in force."""

    cible: str
    profils: frozenset[str]
    note: str
    since: datetime | None
    until: datetime | None = None
    why: str = ""


Tables = Mapping[tuple[str, str], Mapping[str, Sequence[Span]]]
"""By source and target, then by N° there, the lines that stand or stood."""
Key = tuple[int, str, date, datetime]
"""A published table: its pk, the sha256 of its content, its day, and when it was published."""


def tables_to(
    dispositifs: Collection[str],
    *,
    at: datetime | None = None,
    following: Mapping[tuple[str, str], Published] | None = None,
) -> Tables:
    """Return the lines of the tables whose target is one of these dispositifs, by pair (source, target).

    One query; each process reads the contents once.

    :param following: by pair, a table to suppose published after the others
    """
    keys = _versions_to(dispositifs, at)
    tables = {pair: _read_once(tuple(versions)) for pair, versions in keys.items()}
    for pair, published in (following or {}).items():
        tables[pair] = spans_of([*map(_published, keys.get(pair, ())), published])
    return tables


def with_and_without(version: VersionDEquivalences) -> tuple[Tables, Tables]:
    """Return the tables to the target of a version, as they stand, then as if it were withdrawn; one query."""
    keys = _versions_to([version.cible_id], None)
    tables: dict[tuple[str, str], Mapping[str, Sequence[Span]]] = {
        pair: _read_once(tuple(versions)) for pair, versions in keys.items()
    }
    pair = (version.source_id, version.cible_id)
    left = tuple(key for key in keys.get(pair, ()) if key[0] != version.pk)
    return tables, tables | {pair: _read_once(left)}


def _versions_to(dispositifs: Collection[str], at: datetime | None) -> dict[tuple[str, str], list[Key]]:
    rows = VersionDEquivalences.objects.standing(at=at).filter(cible__in=dispositifs).order_by("date", "pk")
    keys: dict[tuple[str, str], list[Key]] = {}
    for pk, sha256, source, cible, day, published_at in rows.values_list(
        "pk", "sha256", "source", "cible", "date", "published_at"
    ):
        keys.setdefault((source, cible), []).append((pk, sha256, day, published_at))
    return keys


@lru_cache(maxsize=64)
def _read_once(versions: tuple[Key, ...]) -> dict[str, tuple[Span, ...]]:
    """Build the lines of a pair once in each process: what is published never changes."""
    return spans_of([_published(version) for version in versions])


def _published(version: Key) -> Published:
    pk, sha256, day, at = version
    return Published(table_of(pk, sha256), day, at)


@lru_cache(maxsize=64)
def table_of(version_id: int, sha256: str) -> TableSpec:
    """Read a published table; it never changes, so each process reads it once."""
    rows = Equivalence.objects.filter(version=version_id, version__sha256=sha256).order_by("rank", "pk")
    return TableSpec(tuple(EquivalenceSpec(row.source, row.cible, tuple(row.profils), row.note) for row in rows))


def latest_table(source: str, cible: str) -> VersionDEquivalences | None:
    versions = VersionDEquivalences.objects.standing().filter(source=source, cible=cible)
    return versions.order_by("-date", "-pk").first()


def spans_of(versions: Sequence[Published]) -> dict[str, tuple[Span, ...]]:
    """Return, by N° source, how long each line was in force, from the versions of one pair in their order.

    A line whose condition changes ends, and another begins; a line whose note changes is the same.
    """
    standing: dict[tuple[str, str], Span] = {}
    ended: list[tuple[str, Span]] = []
    for spec, day, at in versions:
        lines = {(line.source, line.cible): line for line in spec.lines}
        for key, span in [*standing.items()]:
            line = lines.get(key)
            if line is None or frozenset(line.profils) != span.profils:
                change = "ne la prévoit plus" if line is None else "en change la condition"
                why = f"la table des équivalences du {day_in_words(day)} {change}"
                ended.append((key[0], standing.pop(key)._replace(until=at, why=why)))
        for key, line in lines.items():
            since = standing[key].since if key in standing else at
            standing[key] = Span(line.cible, frozenset(line.profils), line.note, since)
    spans_of_source: dict[str, list[Span]] = {}
    for source, span in (*ended, *((key[0], span) for key, span in standing.items())):
        spans_of_source.setdefault(source, []).append(span)
    return {source: tuple(spans) for source, spans in spans_of_source.items()}
