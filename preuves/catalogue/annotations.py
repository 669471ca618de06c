"""The annotations, which add to the workbook, by N° preuve: nature, guichet, exceptions of profil, constat."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from candidatures.catalogue.places import lines_of
from preuves.enums import Nature

from .headers import folded
from .problems import Problem
from .profils import Profiler

CHAPITRES, ABANDONED = "chapitres", "constats_abandonnes"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
KEYS = {"nature", "guichet", "sauf_profils", "constat", "provenance"}
LONGEST_GUICHET, LONGEST_CONSTAT = 20, 40


@dataclass(frozen=True)
class Annotation:
    """What is known of one preuve besides the workbook; a field is None when nothing gives it."""

    nature: str | None = None
    guichet: str | None = None
    constat: str | None = None
    sauf_profils: tuple[str, ...] | None = None

    def over(self, former: Self) -> Self:
        """Return this annotation, completed with what was known before."""
        return type(self)(
            former.nature if self.nature is None else self.nature,
            former.guichet if self.guichet is None else self.guichet,
            former.constat if self.constat is None else self.constat,
            former.sauf_profils if self.sauf_profils is None else self.sauf_profils,
        )


@dataclass(frozen=True)
class Annotations:
    """The content of one annotations file.

    :param chapitres: the code of a chapitre by its label, folded
    :param abandoned: the constats that no preuve expects any more, folded
    """

    chapitres: Mapping[str, str] = field(default_factory=dict)
    preuves: Mapping[str, Annotation] = field(default_factory=dict)
    abandoned: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    file: str = ""


NOTHING = Annotation()


def read_annotations(text: str, profiler: Profiler, file: str = "annotations") -> Annotations:
    """Read the TOML of the annotations. Nothing is raised: each problem is listed with the key that it is about."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Annotations(problems=(Problem("", f"Les annotations ne sont pas du TOML\u00a0: {error}", file=file),))
    problems: list[Problem] = []
    chapitres = _chapitres(raw.pop(CHAPITRES, {}), problems)
    abandoned = _abandoned(raw.pop(ABANDONED, []), problems)
    preuves = {numero: _annotation(numero, table, profiler, problems) for numero, table in raw.items()}
    lines = {".".join(map(str, path)): line for path, line in lines_of(text).items()}
    located = tuple(
        Problem(_place(problem.cell, lines), problem.sentence, problem.blocks, file) for problem in problems
    )
    return Annotations(chapitres, preuves, abandoned, located, file)


def _place(cell: str, lines: Mapping[str, int]) -> str:
    """Name a key, such as `MAT.01.01.01.nature`, with its line in the file."""
    return f"{cell}, ligne {lines[cell]}"


def _chapitres(raw: Any, problems: list[Problem]) -> dict[str, str]:
    if not isinstance(raw, dict):
        problems.append(Problem(CHAPITRES, "[chapitres] doit être une section\u00a0: libellé = code."))
        return {}
    for label, code in raw.items():
        if not isinstance(code, str) or not CODE.fullmatch(code):
            sentence = f"Le code {code!r} n’est pas valide\u00a0: 20 lettres, chiffres ou tirets au plus."
            problems.append(Problem(f"{CHAPITRES}.{label}", sentence))
    return {folded(label): str(code) for label, code in raw.items()}


def _abandoned(raw: Any, problems: list[Problem]) -> frozenset[str]:
    if not isinstance(raw, list) or not all(isinstance(constat, str) for constat in raw):
        problems.append(Problem(ABANDONED, f"{ABANDONED} doit être une liste de constats."))
        return frozenset()
    return frozenset(constat.casefold() for constat in raw)


def _annotation(numero: str, table: Any, profiler: Profiler, problems: list[Problem]) -> Annotation:
    if not isinstance(table, dict):
        problems.append(Problem(numero, "Une annotation est une section, au nom d’un N° preuve."))
        return NOTHING
    problems += [
        Problem(f"{numero}.{key}", f"«\u00a0{key}\u00a0» n’est pas lu.", blocks=False)
        for key in sorted(table.keys() - KEYS)
    ]
    nature = table.get("nature")
    if nature is not None and nature not in Nature.values:
        problems.append(Problem(f"{numero}.nature", f"La nature {nature!r} n’existe pas."))
        nature = None
    return Annotation(
        nature,
        _word(numero, "guichet", table, LONGEST_GUICHET, problems),
        _word(numero, "constat", table, LONGEST_CONSTAT, problems),
        _sauf_profils(numero, table.get("sauf_profils"), profiler, problems),
    )


def _word(numero: str, key: str, table: Mapping[str, Any], longest: int, problems: list[Problem]) -> str | None:
    word = table.get(key)
    if word is None or (isinstance(word, str) and len(word) <= longest and word.isprintable()):
        return word
    problems.append(Problem(f"{numero}.{key}", f"«\u00a0{key}\u00a0» est un mot de {longest} caractères au plus."))
    return None


def _sauf_profils(numero: str, raw: Any, profiler: Profiler, problems: list[Problem]) -> tuple[str, ...] | None:
    if raw is None:
        return None
    is_list_of_names = isinstance(raw, list) and all(isinstance(name, str) for name in raw)
    names = raw if is_list_of_names else [repr(raw)]
    codes = {profiler.code_of(name) for name in names}
    for name in names:
        if profiler.code_of(name) not in profiler.metier:
            sentence = f"Le profil «\u00a0{name}\u00a0» n’est pas un profil métier du dispositif."
            problems.append(Problem(f"{numero}.sauf_profils", sentence))
    return tuple(code for code in profiler.order if code in codes)
