"""A workbook that was sent: what is in it, and what it would change."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, cast

from django.db.models import QuerySet

from candidatures.catalogue.dispositifs import spec_of
from comptes.canonical import fingerprint
from preuves.catalogue.equivalences import TableReading
from preuves.catalogue.known import Known
from preuves.catalogue.problems import Problem
from preuves.catalogue.reading import WorkbookReading, read_rem
from preuves.catalogue.rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec
from preuves.catalogue.stored import loaded
from preuves.enums import Force, Nature, Perimetre
from preuves.models import ImportDuREM, VersionDuREM
from preuves.rules.changements import Changed, Changements, Comparison, changements

from .annotations import known_with
from .dossier import latest_version, rem_of

SHOWN = 100
"""How many changes of a kind a preview shows."""


def versions() -> QuerySet[VersionDuREM]:
    """Every published version, the latest first, with who published it."""
    published = VersionDuREM.objects.select_related("dispositif", "published_by", "retrait__withdrawn_by")
    return published.order_by("dispositif", "-date", "-pk")


def imports_pending() -> QuerySet[ImportDuREM]:
    """What was sent and is neither published nor thrown away, the latest first."""
    return imports().filter(published=None, discarded_at=None).order_by("-sent_at", "-pk")


def imports() -> QuerySet[ImportDuREM]:
    return ImportDuREM.objects.select_related("dispositif", "sent_by", "published", "discarded_by")


def reading_of(sent: ImportDuREM) -> WorkbookReading:
    """Read a workbook that was sent, with its annotations, the corrections made by hand, and what is known already."""
    return _reading(sent, latest_version(sent.dispositif_id))


def is_read(sent: ImportDuREM) -> bool:
    """Whether a workbook can be previewed now: a large one only once an effect has read it."""
    return not sent.large or sent.lecture_key == key_of(sent, latest_version(sent.dispositif_id))


def key_of(sent: ImportDuREM, latest: VersionDuREM | None) -> str:
    """Compute what the reading of a workbook depends on: its file, what was corrected, the version before."""
    pk = latest.pk if latest else 0
    return fingerprint([sent.workbook.name, sent.workbook_name, sent.annotations, sent.natures, pk])


def large_to_read() -> list[int]:
    """The pk of the large workbooks that an effect must read, or read again."""
    return [sent.pk for sent in imports_pending().filter(large=True) if not is_read(sent)]


def read_by_an_effect(sent: ImportDuREM, latest: VersionDuREM | None) -> WorkbookReading:
    """Read a large workbook; nothing of it stays in memory."""
    return _read(*_what_is_read(sent), known_with(latest))


def _reading(sent: ImportDuREM, latest: VersionDuREM | None) -> WorkbookReading:
    if sent.large:
        return _kept(sent.lecture.name)
    return _read_once(*_what_is_read(sent), known_with(latest))


def _what_is_read(sent: ImportDuREM) -> tuple[str, str, str, str, str]:
    natures = json.dumps(sent.natures)
    return sent.workbook.name or "", sent.workbook_name, sent.dispositif_id, sent.annotations, natures


@lru_cache(maxsize=1)
def _kept(name: str) -> WorkbookReading:
    """Load what an effect read; another reading is kept under another name."""
    with ImportDuREM(lecture=name).lecture.open("rb") as file, gzip.open(cast("BinaryIO", file)) as lines:
        return loaded(lines)


def _read(stored: str, name: str, dispositif: str, annotations: str, natures: str, known: Known) -> WorkbookReading:
    with ImportDuREM(workbook=stored).workbook.open("rb") as file:
        return read_rem(
            [(name, cast("BinaryIO", file))],
            spec_of(dispositif),
            annotations=annotations,
            natures=json.loads(natures),
            known=known,
        )


# The content of a stored file never changes: publishing reuses the preview's reading.
_read_once = lru_cache(maxsize=2)(_read)


class ProblemsShown:
    """The problems of a workbook as a preview shows them: the blocking ones first."""

    reading: WorkbookReading | TableReading

    @property
    def is_the_latest(self) -> bool:
        """Whether the content is that of the latest version already."""
        raise NotImplementedError

    @property
    def is_publishable(self) -> bool:
        return not self.reading.blocked and not self.is_the_latest

    @property
    def problems(self) -> list[Problem]:
        return sorted(self.reading.problems, key=lambda problem: not problem.blocks)

    @property
    def several_files(self) -> bool:
        """Whether each problem must name its file."""
        return len({problem.file for problem in self.reading.problems}) > 1


@dataclass(frozen=True)
class Preview(ProblemsShown):
    """What a workbook would publish, beside the latest version (None when it would be the first)."""

    reading: WorkbookReading
    latest: VersionDuREM | None
    before: RemSpec
    changes: Changements

    @property
    def is_the_latest(self) -> bool:
        return self.latest is not None and self.latest.sha256 == self.reading.spec.sha256

    @property
    def counts(self) -> list[tuple[str, int, Comparison]]:
        """How many items of each kind there are, and what changes in them."""
        changes, spec = self.changes, self.reading.spec
        return [
            ("Chapitres", len(spec.chapitres), changes.chapitres),
            ("Exigences", sum(1 for _ in spec.exigences()), changes.exigences),
            ("Scénarios", self.reading.scenarios, changes.scenarios),
            ("Preuves", sum(1 for _ in spec.preuves()), changes.preuves),
        ]

    @property
    def unannotated(self) -> tuple[str, ...]:
        """The first of the preuves that have no annotation."""
        return self.reading.unannotated[:SHOWN]

    @property
    def unannotated_left(self) -> int:
        return max(0, len(self.reading.unannotated) - SHOWN)

    @property
    def missing_prerequis_in_words(self) -> str:
        return (
            f"La démarche attend un chapitre de code {self.reading.missing_prerequis}. Sans lui, aucune solution "
            "n’accéderait aux environnements de test du CNDA. Donnez ce code à un chapitre, dans la section "
            "[chapitres] des annotations."
        )

    @property
    def inferred_chapitres(self) -> list[ChapitreSpec]:
        """The chapitres to which nobody gave a code."""
        return [chapitre for chapitre in self.reading.spec.chapitres if chapitre.code in self.reading.inferred_codes]

    @property
    def natures(self) -> list[tuple[str, int]]:
        return [(str(Nature(code).label), number) for code, number in self.reading.natures.items()]

    @property
    def chapitres(self) -> list[tuple[ChapitreSpec, int]]:
        """Each chapitre with the number of its preuves."""
        counted = self.reading.by_chapitre
        return [(chapitre, counted.get(chapitre.code, 0)) for chapitre in self.reading.spec.chapitres]

    @property
    def added(self) -> list[PreuveSpec]:
        """The first of the added preuves; empty while there is no version to compare with."""
        return _some(self.reading.spec, self.changes.preuves.added) if self.latest else []

    @property
    def changed(self) -> tuple[Changed, ...]:
        return self.changes.preuves.changed[:SHOWN]

    @property
    def removed(self) -> list[PreuveSpec]:
        return _some(self.before, self.changes.preuves.removed)

    @property
    def shown(self) -> int:
        return SHOWN


def preview_of(sent: ImportDuREM) -> Preview:
    latest = latest_version(sent.dispositif_id)
    reading = _reading(sent, latest)
    before = rem_of(latest).spec if latest else RemSpec()
    return Preview(reading, latest, before, changements(before, reading.spec))


def _some(spec: RemSpec, numeros: Sequence[str]) -> list[PreuveSpec]:
    wanted = set(numeros[:SHOWN])
    return [line[-1] for line in spec.preuves() if line[-1].numero in wanted]


@dataclass(frozen=True)
class ExigenceToRead:
    """One exigence, with the French names of its codes."""

    spec: ExigenceSpec
    perimetre: str
    is_preconisation: bool
    scenarios: tuple[tuple[ScenarioSpec, tuple[tuple[PreuveSpec, str], ...]], ...]


def exigences_to_read(chapitre: ChapitreSpec) -> list[ExigenceToRead]:
    """Give a chapitre as it is read: each exigence, its scénarios, their preuves with the name of their nature."""
    return [
        ExigenceToRead(
            spec=exigence,
            perimetre=str(Perimetre(exigence.perimetre).label),
            is_preconisation=exigence.force == Force.PRECONISATION,
            scenarios=tuple(
                (scenario, tuple((preuve, str(Nature(preuve.nature).label)) for preuve in scenario.preuves))
                for scenario in exigence.scenarios
            ),
        )
        for exigence in chapitre.exigences
    ]
