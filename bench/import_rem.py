#!/usr/bin/env python3
"""Import a workbook of 5,000 preuves from a terminal, in both layouts: how long, and how much memory at most."""

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from bench import surroundings
from bench.harness import Report, judge

RESULTS = Path(__file__).with_name("resultats") / "import_rem.md"
LONGEST, LARGEST = 10, 300
# An effect reads what would make a page wait; the outside limit is openpyxl, which only walks through the cells.
LARGE, LONGEST_EFFECT, DEAREST = 45_000, 30, 6.0
EFFECT = "import django; django.setup(); from preuves.effects import read_import; read_import({pk})"
OUTSIDE = (
    "import openpyxl; book = openpyxl.load_workbook({file!r}, read_only=True); "
    "print(sum(1 for row in book.worksheets[0].iter_rows(values_only=True)))"
)
PER_SCENARIO = 2
HEADERS = ("Périmètre", "ID", "Chapitre", "Fonction", "Exigence", "Commentaire", "Profil", "N° scénario")
HEADERS = (*HEADERS, "Scénario de conformité")
ENDINGS = ("Profil historique", "Criticité", "Ordre")
PREUVES = ("Vidéo du déroulé", "Copies d’écran", "Document daté", "Lien permanent Gazelle", "Numéro d’exécution MOTCO2")
WORDS = (
    *("la", "solution", "permet", "à", "un", "utilisateur", "habilité", "de", "consulter", "le", "document"),
    *("et", "transmet", "une", "copie", "au", "médecin", "désigné", "par", "l’usager"),
)

surroundings.DATABASE = "portail_bench_import"


class Surroundings(surroundings.Surroundings):
    """The catalogue alone: each measure imports a REM."""

    def _publish(self) -> None:
        from django.core.management import call_command

        call_command("load_dispositif", verbosity=0)
        call_command("load_guichets", verbosity=0)


@dataclass(frozen=True)
class Measure:
    title: str
    size: float
    seconds: float
    memory: float
    processor: float = 0.0


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, preuves=5000, large=LARGE)


def measure(options: argparse.Namespace) -> Report:
    with Surroundings() as around:
        from bench.machine import machine

        report, good = _report(list(_measures(around, options.preuves)), options.preuves, machine())
        more, also_good = _report_of_the_effect(_preview(around, options.large), _outside(around), options.large)
    return report + more, good and also_good


def _measures(around: Surroundings, preuves: int) -> Iterator[Measure]:
    narrow, wide = around.folder / "narrow.xlsx", around.folder / "wide.xlsx"
    _write(narrow, preuves, columns=1)
    _write(wide, preuves, columns=PER_SCENARIO)
    yield _import(around, "one row per preuve, preview", narrow, "--dry-run")
    yield _import(around, "one row per preuve, published", narrow, "--publish", "--version=2026-06-01")
    yield _import(around, "the same again, nothing changes", narrow, "--publish", "--version=2026-06-02")
    yield _import(around, "numbered columns, every text compared", wide, "--publish", "--version=2026-06-03")


def _preview(around: Surroundings, preuves: int) -> Measure:
    """Send a large workbook, and let the effect read it in a process of its own."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from bench.moment import OPENING
    from comptes.models import Compte
    from preuves.operations.imports import send_workbook

    file = around.folder / "large.xlsx"
    _write(file, preuves, columns=1)
    sent = send_workbook(
        dispositif_code="ms-dui-va2",
        workbook=SimpleUploadedFile(file.name, file.read_bytes()),
        annotations="",
        date=OPENING.date(),
        by=Compte.objects.create_user("bench@agence.example", None, first_name="Camille", last_name="Roussel"),
        at=OPENING,
    )
    argv = [sys.executable, "-c", EFFECT.format(pk=sent.pk)]
    measured = _run(around, "previewed by the effect", file, argv)
    sent.refresh_from_db()
    if not sent.lecture_key:
        raise SystemExit("The effect kept no reading.")
    return measured


def _outside(around: Surroundings) -> Measure:
    file = around.folder / "large.xlsx"
    return _run(around, "walked through by openpyxl", file, [sys.executable, "-c", OUTSIDE.format(file=str(file))])


def _write(file: Path, preuves: int, *, columns: int) -> None:
    """Write a workbook whose texts are HTML of several hundred characters, all different."""
    dice = random.Random(columns)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Exigences")
    numbered = [""] if columns == 1 else [f" {number + 1}" for number in range(columns)]
    pairs = [f"{title}{number}" for number in numbered for title in ("N° preuve", "Preuve")]
    sheet.append([*HEADERS, *pairs, *ENDINGS])
    for scenario in range(preuves // PER_SCENARIO):
        name = f"SC.{scenario // 40:02}/va1.{scenario % 40:02}"
        row = ["Vague 1", name, f"Chapitre {scenario // 40}", "Fonction", _text(dice, 60), _text(dice, 40), "PA\nPH"]
        row += [f"{name}.01", _text(dice, 60)]
        expected = [
            (f"{name}.01.{rank + 1:02}", f"{dice.choice(PREUVES)}. {_text(dice, 20)}") for rank in range(PER_SCENARIO)
        ]
        for part in range(0, PER_SCENARIO, columns):
            cells = [cell for pair in expected[part : part + columns] for cell in pair]
            sheet.append([*row, *cells, "Général", "Majeure", scenario])
    book.save(file)


def _text(dice: random.Random, length: int) -> str:
    drawn = [dice.choice(WORDS) for _ in range(length)]
    half = length // 2
    first, second = " ".join(drawn[:half]), " ".join(drawn[half:])
    return f"<p>{first}&nbsp;: <b>{dice.random()}</b></p>\r\n<ul><li>{second}</li></ul>"


def _import(around: Surroundings, title: str, file: Path, *options: str) -> Measure:
    """Run the command in another process; measure it whole."""
    command = [sys.executable, "manage.py", "import_rem", str(file), "--dispositif=ms-dui-va2", "--json", *options]
    return _run(around, title, file, command)


def _run(around: Surroundings, title: str, file: Path, command: list[str]) -> Measure:
    began = time.perf_counter()
    # wait4 gives the peak memory of the process, which subprocess does not.
    process = subprocess.Popen(
        command,
        cwd=surroundings.ROOT,
        env={**os.environ, **around.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{title}: the command failed.")
    return Measure(title, file.stat().st_size / 2**20, taken, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def _report(measures: list[Measure], preuves: int, machine: str) -> tuple[str, bool]:
    lines = [
        "# Import of a REM",
        "",
        f"{machine}. `manage.py import_rem`",
        f"on a workbook of {preuves:,} preuves, {PER_SCENARIO} a scénario, its texts HTML of some hundred characters;",
        "the time of the whole process, the most memory that it ever held.",
        "Made by `python -m bench.import_rem --write`.",
        "",
        "| import | workbook MB | seconds | MB at most |",
        "|---|---:|---:|---:|",
    ]
    for measure in measures:
        seconds, memory = _judged(measure.seconds, LONGEST), _judged(measure.memory, LARGEST)
        lines.append(f"| {measure.title} | {measure.size:.1f} | {seconds} | {memory} |")
    good = all(measure.seconds <= LONGEST and measure.memory <= LARGEST for measure in measures)
    return "\n".join([*lines, ""]), good


def _report_of_the_effect(effect: Measure, outside: Measure, preuves: int) -> tuple[str, bool]:
    ratio = effect.processor / outside.processor
    lines = [
        "",
        f"A workbook of {preuves:,} rows ({effect.size:.1f} MB) is read by an effect, and its page waits for it. The",
        "outside limit walks through the same cells with openpyxl, and understands nothing of them.",
        "Seconds are those of the processor: other processes of the machine do not count.",
        "",
        "| large workbook | seconds | MB at most |",
        "|---|---:|---:|",
        f"| {effect.title} | {_judged(effect.processor, LONGEST_EFFECT)} | {_judged(effect.memory, LARGEST)} |",
        f"| {outside.title} | {outside.processor:.1f} | {outside.memory:.1f} |",
        f"| ratio | {_judged(ratio, DEAREST)} | |",
    ]
    good = effect.processor <= LONGEST_EFFECT and effect.memory <= LARGEST and ratio <= DEAREST
    return "\n".join([*lines, ""]), good


def _judged(value: float, limit: float) -> str:
    return f"{value:.1f} {'✓' if value <= limit else '✗'} ≤ {limit}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
