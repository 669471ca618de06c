"""The sha256 that rows hold of their frozen data: a copy whose data differ needs its own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from hashlib import sha256

from django.db.models import JSONField

from candidatures.models import Soumission
from candidatures.queries.volets import answers_at
from comptes.canonical import canonical
from comptes.models import JournalEntry

from .family import Rows, Table

# Tables whose sha256 is of data that no copy changes: files, deposits, the raw answers of desks.
EXACT = {
    "preuves_revision",
    "preuves_soumissiondechapitre",
    "preuves_verdictdepreuve",
    "preuves_brouillondavis",
    "candidatures_piece",
    "candidatures_impressiondaccuse",
    "guichets_releve",
    "referencement_fichierdedocument",
}


@dataclass(frozen=True)
class Seal:
    """A sha256, and the canonical text from which it is computed."""

    sha256: str
    text: str


def seals_of(rows: Rows) -> list[Seal]:
    """Return the seals of a family, each after those that its text quotes.

    :raises ValueError: when the sha256 of a row is not that of its frozen data
    """
    seals = {seal.sha256: seal for model in rows for seal in _seals_of(model, rows[model])}
    graph = {seal.sha256: {sha for sha in seals if sha != seal.sha256 and sha in seal.text} for seal in seals.values()}
    return [seals[sha] for sha in TopologicalSorter(graph).static_order()]


def _seals_of(model: Table, keys: list[int]) -> Iterator[Seal]:
    names = {field.name for field in model._meta.concrete_fields}
    if "sha256" not in names or model._meta.db_table in EXACT:
        return
    frozen = [field.name for field in model._meta.concrete_fields if isinstance(field, JSONField)]
    for row in model._base_manager.filter(pk__in=keys).exclude(sha256="").order_by("pk"):
        if isinstance(row, Soumission):
            given = answers_at(row.volet, version=row.version)
            texts = [canonical({code: value for code, value in given.items() if value is not None})]
        else:
            texts = [canonical(value) for name in frozen if isinstance(value := getattr(row, name), dict)]
        text = next((text for text in texts if sha256(text).hexdigest() == row.sha256), None)
        if text is None:
            raise ValueError(f"{model._meta.db_table} {row.pk}: its sha256 is not that of what it freezes.")
        yield Seal(row.sha256, text.decode())


def quoted_in_the_journal(
    seals: list[Seal], entries: list[JournalEntry]
) -> tuple[list[Seal], list[Seal], list[JournalEntry]]:
    """Separate the seals that quote no row of the journal from those that do; return the rows quoted too.

    :raises ValueError: when the journal quotes a seal that itself quotes the journal
    """
    heads = {entry.sha256: entry for entry in entries}
    quoted: dict[str, JournalEntry] = {}
    late: dict[str, Seal] = {}
    for seal in seals:
        mine = {sha for sha in _shas(seal.text) if sha in heads}
        quoted |= {sha: heads[sha] for sha in mine}
        if mine or any(sha in seal.text for sha in late):
            late[seal.sha256] = seal
    if wrong := {sha for entry in entries for sha in _shas(json.dumps(entry.params)) if sha in late}:
        raise ValueError(f"The journal quotes what quotes the journal: {wrong}")
    return [seal for seal in seals if seal.sha256 not in late], list(late.values()), list(quoted.values())


def _shas(text: str) -> Iterator[str]:
    import re

    return (match[0] for match in re.finditer(r"\b[0-9a-f]{64}\b", text))
