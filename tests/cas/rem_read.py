"""What is read of a workbook of `rem/`, in lines that a person compares."""

import io
from pathlib import Path

from candidatures.catalogue.dispositifs import spec_of
from preuves.catalogue.reading import WorkbookReading, read_rem

REM = Path(__file__).parent / "rem"


def lines_of(file: io.BytesIO, name: str) -> list[str]:
    """The sheet that is read, what is published of it, what blocks, what is worth knowing, what must be ticked."""
    reading = read_rem([(name, file)], spec_of("ms-dui-va2"))
    return [line.replace("\u00a0", " ") for line in (*_read(reading), *_said(reading))]


def numbers_of(file: io.BytesIO) -> list[int]:
    """How many exigences, scénarios and preuves are read of it."""
    reading = read_rem([("rem.xlsx", file)], spec_of("ms-dui-va2"))
    return [len(list(reading.spec.exigences())), reading.scenarios, len(list(reading.spec.preuves()))]


def said_of(file: io.BytesIO, name: str = "rem.xlsx") -> list[str]:
    """What blocks, what is worth knowing, what must be ticked."""
    reading = read_rem([(name, file)], spec_of("ms-dui-va2"))
    return [line.replace("\u00a0", " ") for line in _said(reading)]


def _read(reading: WorkbookReading) -> list[str]:
    lines = [f"feuille {sheet}" for _, sheet in reading.sheets]
    for _, exigence in reading.spec.exigences():
        numeros = [preuve.numero for scenario in exigence.scenarios for preuve in scenario.preuves]
        lines.append(f"{exigence.identifiant} > {', '.join(numeros)}")
    return lines


def _said(reading: WorkbookReading) -> list[str]:
    problems = [
        f"{'bloque' if problem.blocks else 'à savoir'} {', '.join((problem.cell, *problem.more))} : {problem.sentence}"
        for problem in reading.problems
        if problem.file != "ms-dui-va2.toml"
    ]
    return [*problems, *(f"à cocher {warned.kind.value} : {warned.where}" for warned in reading.warned)]
