"""Reading the journal: its acts as French sentences, rendered at each reading."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import TextChoices

from comptes.models import JournalEntry

Namer = Callable[[Iterable[Any]], Mapping[Any, str]]
_sentences: dict[str, str] = {}
_namers: dict[str, Namer] = {}


@dataclass(frozen=True)
class JournalLine:
    """One act, readable. `at` is when the request arrived, `written_at` when the row was written (both aware).

    :param sha256: of what the act wrote, for a page to fold; empty when the row has none
    """

    number: int
    at: datetime
    written_at: datetime
    who: str
    sentence: str
    sha256: str = ""

    @property
    def waited(self) -> bool:
        """Say whether the row was written noticeably later than the request arrived: both instants are then shown."""
        return self.written_at - self.at > timedelta(seconds=1)


def register(acts: type[TextChoices], namers: Mapping[str, Namer]) -> None:
    """Register a floor's acts, and how to name the parameters that point at that floor's rows."""
    _sentences.update({str(act.value): str(act.label) for act in acts})
    _namers.update(namers)


def lines(entries: Iterable[JournalEntry]) -> list[JournalLine]:
    """Render acts as French sentences, naming all that they point at with one query per kind of thing."""
    entries = list(entries)
    names = _names_for(entries)
    return [
        JournalLine(
            number=entry.number,
            at=entry.at,
            written_at=entry.written_at,
            who=names["compte"][entry.by_id] if entry.by_id else "Le portail",
            sentence=_sentence(entry, names),
            sha256=entry.params.get("sha256", ""),
        )
        for entry in entries
    ]


def _names_for(entries: list[JournalEntry]) -> dict[str, Mapping[Any, str]]:
    wanted: dict[str, set[Any]] = {"compte": {entry.by_id for entry in entries if entry.by_id}}
    for entry in entries:
        for key, value in entry.params.items():
            if key in _namers:
                wanted.setdefault(key, set()).update(value if isinstance(value, list) else [value])
    return {key: _namers[key](ids) if ids else {} for key, ids in wanted.items()}


def _sentence(entry: JournalEntry, names: Mapping[str, Mapping[Any, str]]) -> str:
    def in_words(key: str, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(in_words(key, item) for item in value)
        return names[key].get(value, str(value)) if key in names else str(value)

    return _sentences[entry.act].format_map({key: in_words(key, value) for key, value in entry.params.items()})
