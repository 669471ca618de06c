"""What a version of the REM changes: item by item, word by word.

A preuve has changed when anything that its éditeur or its instructeur relies on has: the words and the nature that a
verdict answers to (its empreinte), who it is asked of (périmètre, force, profils, exceptions), and which desk answers
it. Only the first make verdicts fall: see `preuves.rules.adoption`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from preuves.catalogue.html import plain_text
from preuves.catalogue.rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec
from preuves.enums import Force, Nature, Perimetre

WORD = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
LONGEST_DIFF = 4_000
"""Beyond so many words, the two texts are shown whole: comparing them would take too long."""

Facts = Mapping[str, str]


@dataclass(frozen=True)
class ComparedText:
    """Words of a comparison. `kind`: same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class FieldChange:
    """One field of an item that changed. Its words are compared only when they are shown."""

    label: str
    before: str
    after: str

    @property
    def pieces(self) -> tuple[ComparedText, ...]:
        return word_diff(plain_text(self.before), plain_text(self.after))


@dataclass(frozen=True)
class Changed:
    """One item that both versions have, and its fields that changed."""

    key: str
    chapitre: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Comparison:
    """What becomes of the items of one kind, by key, in the order of the REM."""

    added: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.removed)


@dataclass(frozen=True)
class Changements:
    """Every change between two versions; a change in the words of an exigence is also one of each of its preuves."""

    chapitres: Comparison
    exigences: Comparison
    scenarios: Comparison
    preuves: Comparison

    @property
    def is_empty(self) -> bool:
        return all(comparison.is_empty for comparison in (self.chapitres, self.exigences, self.scenarios, self.preuves))


def changements(before: RemSpec, after: RemSpec) -> Changements:
    """Compare two versions; an item that only changed its place is unchanged."""
    return Changements(
        _compare(_chapitres(before), _chapitres(after)),
        _compare(_exigences(before), _exigences(after)),
        _compare(_scenarios(before), _scenarios(after)),
        _compare(_preuves(before), _preuves(after)),
    )


def word_diff(before: str, after: str) -> tuple[ComparedText, ...]:
    """Compare two plain texts, word by word."""
    old, new = WORD.findall(before), WORD.findall(after)
    if len(old) + len(new) > LONGEST_DIFF:
        return _pieces([("removed", before), ("added", after)])
    parts: list[tuple[str, str]] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("same", "".join(old[start:end])))
        else:
            parts += [("removed", "".join(old[start:end])), ("added", "".join(new[new_start:new_end]))]
    return _pieces(parts)


def _pieces(parts: Iterable[tuple[str, str]]) -> tuple[ComparedText, ...]:
    return tuple(ComparedText(kind, text) for kind, text in parts if text)


# By key, the chapitre where the item stands, and all that is said of it.
Items = Mapping[str, tuple[str, Facts]]


def _compare(before: Items, after: Items) -> Comparison:
    both = [key for key in after if key in before]
    changed = [key for key in both if before[key][1] != after[key][1]]
    return Comparison(
        added=tuple(key for key in after if key not in before),
        changed=tuple(Changed(key, after[key][0], _fields(before[key][1], after[key][1])) for key in changed),
        removed=tuple(key for key in before if key not in after),
        unchanged=len(both) - len(changed),
    )


def _fields(before: Facts, after: Facts) -> tuple[FieldChange, ...]:
    changed = (label for label in after if before[label] != after[label])
    return tuple(FieldChange(label, before[label], after[label]) for label in changed)


def _chapitres(spec: RemSpec) -> Items:
    return {chapitre.code: (chapitre.code, {"Libellé": chapitre.label}) for chapitre in spec.chapitres}


def _exigences(spec: RemSpec) -> Items:
    return {
        exigence.identifiant: (chapitre.code, _facts_of_exigence(chapitre, exigence))
        for chapitre, exigence in spec.exigences()
    }


def _scenarios(spec: RemSpec) -> Items:
    return {
        scenario.numero: (chapitre.code, {"Exigence": exigence.identifiant, "Scénario": scenario.texte})
        for chapitre, exigence in spec.exigences()
        for scenario in exigence.scenarios
    }


def _preuves(spec: RemSpec) -> Items:
    return {line[-1].numero: (line[0].code, _facts_of_preuve(*line)) for line in spec.preuves()}


def _facts_of_exigence(chapitre: ChapitreSpec, exigence: ExigenceSpec) -> Facts:
    return {
        "Chapitre": chapitre.code,
        "Énoncé": exigence.texte,
        **_asked_of(exigence),
        "Fonction": exigence.fonction,
        "Commentaire": exigence.commentaire,
        "Criticité": exigence.criticite,
    }


def _facts_of_preuve(
    chapitre: ChapitreSpec, exigence: ExigenceSpec, scenario: ScenarioSpec, preuve: PreuveSpec
) -> Facts:
    return {
        "Chapitre": chapitre.code,
        "Preuve": preuve.texte,
        "Nature": Nature(preuve.nature).label,
        "Scénario": scenario.texte,
        "Énoncé de l’exigence": exigence.texte,
        **_asked_of(exigence),
        "Sauf": ", ".join(preuve.sauf_profils),
        "Guichet": preuve.guichet,
        "Constat": preuve.constat,
    }


def _asked_of(exigence: ExigenceSpec) -> Facts:
    return {
        "Profil": ", ".join(exigence.profils),
        "Profil historique": ", ".join(exigence.profils_historiques),
        "Périmètre": Perimetre(exigence.perimetre).label,
        "Nature de l’exigence": Force(exigence.force).label,
    }
