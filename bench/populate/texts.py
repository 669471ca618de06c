"""What must change in a text when its row is copied: names and numbers that are one's own, keys of rows, seals."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from comptes.models import Compte
from guichets.models import DemandeAuGuichet
from referencement.models import SeanceDuCollege

from .family import Rows, Table, models

# How an address, a JSON key or the number of a document calls a model, when not by the model's own name.
ALIASES: dict[str, Table] = {
    "PV": SeanceDuCollege,
    "by": Compte,
    "demande_guichet": DemandeAuGuichet,
    "examen": SeanceDuCollege,
    "seance": SeanceDuCollege,
}
Part = str | int | tuple[int, int]


@dataclass
class Keys:
    """Where the keys of a family's copies stand: copy `n` of the row of rank `r` has the key `start + r + n × step`."""

    rows: Rows
    starts: dict[Table, int]
    ranks: dict[Table, dict[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.ranks = {model: {key: rank for rank, key in enumerate(keys)} for model, keys in self.rows.items()}

    def of(self, model: Table | None, key: int) -> tuple[int, int] | None:
        """The start and step of a row's copies; None for a row that is shared by all."""
        if model is None or key not in self.ranks.get(model, {}):
            return None
        return self.starts[model] + self.ranks[model][key], len(self.rows[model])


class Reader:
    """Cuts texts into parts: literal text, the place of a word, a key that moves.

    :param words: in the order of their places, which grows with `learn`
    """

    def __init__(self, words: Iterable[str], keys: Keys) -> None:
        self.keys = keys
        self.places: dict[str, int] = {}
        self.named: Mapping[str, Table] = {model._meta.model_name or "": model for model in models()} | ALIASES
        self.learn(words)

    def learn(self, words: Iterable[str]) -> None:
        for word in words:
            self.places.setdefault(word, len(self.places) + 1)
        known = "|".join(re.escape(word) for word in sorted(self.places, key=len, reverse=True))
        self.pattern = re.compile(rf'(?P<word>{known})|\b(?:(?P<name>[a-z_]+)"?: ?|(?P<numero>PV)-)(?P<key>\d+)\b')

    def cut(self, text: str) -> list[Part]:
        """One literal alone when nothing in the text is a copy's own."""
        parts: list[Part] = [""]
        end = 0
        for match in self.pattern.finditer(text):
            if match["word"]:
                start, part = match.start(), self.places[match["word"]]
            else:
                moving = self.keys.of(self.named.get(match["name"] or match["numero"]), int(match["key"]))
                if moving is None:
                    continue
                start, part = match.start("key"), moving
            parts += [text[end:start], part]
            end = match.end()
        return [*parts, text[end:]]

    def moves(self, text: str) -> bool:
        return any(not isinstance(part, str) for part in self.cut(text))


@dataclass
class Template:
    """The texts of one row, as PostgreSQL's `format` takes them; the keys come after the words in its arguments."""

    words: int
    starts: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)

    def write(self, parts: Iterable[Part]) -> str:
        return "".join(self._written(parts))

    def _written(self, parts: Iterable[Part]) -> Iterator[str]:
        for part in parts:
            if isinstance(part, str):
                yield part.replace("%", "%%")
            elif isinstance(part, int):
                yield f"%{part}$s"
            else:
                self.starts.append(part[0])
                self.steps.append(part[1])
                yield f"%{self.words + len(self.starts)}$s"


def keys_in(alias: str, width: int) -> str:
    """The keys of one row of templates, as copy `w.n` has them: so many arguments of `format`, unused ones null."""
    moved = (f"({alias}.starts[{rank}] + w.n * {alias}.steps[{rank}])::text" for rank in range(1, width + 1))
    return f"ARRAY[{', '.join(moved)}]::text[]"
