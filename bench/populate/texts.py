"""What changes in a text when its row is copied: names and numbers, keys of rows, sha256."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from comptes.models import Compte
from guichets.models import DemandeAuGuichet
from referencement.models import SeanceDuCollege

from .family import Rows, Table, models

# The names of models in addresses, JSON keys and numbers of documents, when they are not the model's own.
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
    """The keys of a family's copies: copy `n` of the row of rank `r` has the key `start + r + n × step`."""

    rows: Rows
    starts: dict[Table, int]
    ranks: dict[Table, dict[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.ranks = {model: {key: rank for rank, key in enumerate(keys)} for model, keys in self.rows.items()}

    def of(self, model: Table | None, key: int) -> tuple[int, int] | None:
        """Return the start and the step of a row's copies; None for a row that is not copied."""
        if model is None or key not in self.ranks.get(model, {}):
            return None
        return self.starts[model] + self.ranks[model][key], len(self.rows[model])


class Reader:
    """Cuts texts into parts: literal text, the place of a text to replace, a key that changes.

    :param replaced: the texts to replace, in the order of their places; `learn` adds more
    """

    def __init__(self, replaced: Iterable[str], keys: Keys) -> None:
        self.keys = keys
        self.places: dict[str, int] = {}
        self.named: Mapping[str, Table] = {model._meta.model_name or "": model for model in models()} | ALIASES
        self.learn(replaced)

    def learn(self, replaced: Iterable[str]) -> None:
        for word in replaced:
            self.places.setdefault(word, len(self.places) + 1)
        known = "|".join(re.escape(word) for word in sorted(self.places, key=len, reverse=True))
        self.pattern = re.compile(rf'(?P<word>{known})|\b(?:(?P<name>[a-z_]+)"?: ?|(?P<numero>PV)-)(?P<key>\d+)\b')

    def cut(self, text: str) -> list[Part]:
        """Cut a text into parts; the result has one part when nothing changes in the copies."""
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
    """The texts of one row, in the syntax of PostgreSQL's `format`; in its arguments, keys come after texts."""

    replaced_count: int
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
                yield f"%{self.replaced_count + len(self.starts)}$s"


def keys_in(alias: str, width: int) -> str:
    """Return the SQL array of the keys of one row in copy `w.n`: `width` arguments of `format`, null when unused."""
    moved = (f"({alias}.starts[{rank}] + w.n * {alias}.steps[{rank}])::text" for rank in range(1, width + 1))
    return f"ARRAY[{', '.join(moved)}]::text[]"
