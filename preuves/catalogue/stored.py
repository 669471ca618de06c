"""The reading of a large workbook, as it is kept: a line for all but the REM, then one a chapitre or exigence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from comptes.canonical import canonical

from .annotations import Annotation
from .problems import Problem
from .reading import WorkbookReading
from .rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec
from .unseen import Unseen, Warned

SETS = ("guessed", "taken_over")


def dumped(reading: WorkbookReading) -> Iterator[bytes]:
    """Give the lines of the file."""
    names = [field.name for field in fields(reading) if field.name != "spec"]
    head = {name: getattr(reading, name) for name in names}
    yield canonical(head | {name: sorted(head[name]) for name in SETS}) + b"\n"
    for chapitre in reading.spec.chapitres:
        yield canonical({"code": chapitre.code, "label": chapitre.label}) + b"\n"
        for exigence in chapitre.exigences:
            yield canonical(exigence) + b"\n"


def loaded(lines: Iterable[bytes]) -> WorkbookReading:
    """Make the reading of its lines."""
    written = map(json.loads, lines)
    head = next(iter(written))
    chapitres: list[tuple[dict[str, str], list[ExigenceSpec]]] = []
    for line in written:
        if "label" in line:
            chapitres.append((line, []))
        else:
            chapitres[-1][1].append(_exigence(line))
    spec = RemSpec(tuple(ChapitreSpec(exigences=tuple(exigences), **row) for row, exigences in chapitres))
    return WorkbookReading(spec=spec, **_head(head))


def _head(head: dict[str, Any]) -> dict[str, Any]:
    return head | {
        "problems": tuple(Problem(**problem | {"more": tuple(problem["more"])}) for problem in head["problems"]),
        "warned": tuple(
            Warned(**warned | {"kind": Unseen(warned["kind"]), "places": tuple(warned["places"])})
            for warned in head["warned"]
        ),
        "annotations": {numero: _annotation(row) for numero, row in head["annotations"].items()},
        "inferred_codes": tuple(head["inferred_codes"]),
        "sheets": tuple((file, sheet) for file, sheet in head["sheets"]),
        **{name: frozenset(head[name]) for name in SETS},
    }


def _annotation(row: dict[str, Any]) -> Annotation:
    sauf = row["sauf_profils"]
    return Annotation(**row | {"sauf_profils": None if sauf is None else tuple(sauf)})


def _exigence(row: dict[str, Any]) -> ExigenceSpec:
    scenarios = tuple(
        ScenarioSpec(scenario["numero"], scenario["texte"], tuple(map(_preuve, scenario["preuves"])))
        for scenario in row["scenarios"]
    )
    profils = {name: tuple(row[name]) for name in ("profils", "profils_historiques")}
    return ExigenceSpec(**row | profils | {"scenarios": scenarios})


def _preuve(row: dict[str, Any]) -> PreuveSpec:
    return PreuveSpec(**row | {"sauf_profils": tuple(row["sauf_profils"])})
