#!/usr/bin/env python3
"""Let every desk go wrong in every way at once: what the éditeur reads, what the ANS reads, whether a gate moved."""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import surroundings
from bench.faults import FAULTS, HERE, HOURS, PRINCIPAL, Fault, scenario
from bench.harness import Report, judge

RESULTS = Path(__file__).with_name("resultats") / "defauts_guichets.md"

surroundings.DATABASE = "portail_bench_defauts"


class Surroundings(surroundings.Surroundings):
    """One candidature whose volets require one demande for each fault."""

    def _publish(self) -> None:
        from tests.candidatures.conftest import make_team
        from tests.factories import preuves as prove

        prove.a_rem()
        self.team = make_team()
        lines = {"lignes": [fault.component for fault in FAULTS if fault.desk == "cnda"]}
        team = self.team
        team.candidature = prove.a_candidature_to_prove(
            team.candidature, team.mandataire, team.instructeur, additionnels=lines
        )


@dataclass(frozen=True)
class Row:
    """What the pages showed after one fault; `wrong` lists what they should not have shown."""

    fault: Fault
    editeur: str
    ans: str
    gates: bool
    kept: str
    wrong: tuple[str, ...]


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS)


def measure(options: argparse.Namespace) -> Report:
    with Surroundings() as around, desks(around.folder):
        rows = list(_rows(around.team))
    for row in rows:
        for wrong in row.wrong:
            print(f"{row.fault.title}: {wrong}", file=sys.stderr)
    return _report(rows), not any(row.wrong for row in rows)


@contextmanager
def desks(folder: Path) -> Iterator[None]:
    """Run the simulated desks in another process, and write their addresses in the settings."""
    from django.conf import settings

    from guichets.queries.desks import circuit_of

    file = folder / "defauts.toml"
    file.write_text(scenario(), encoding="utf-8")
    argv = [sys.executable, "manage.py", "simulate_guichets", "--port", "0", "--scenario", str(file)]
    with subprocess.Popen(argv, cwd=surroundings.ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        for name, prefix in (("cnda", "cnda"), ("edc_psc", "edc-psc")):
            host = address.removeprefix("http://")
            settings.GUICHETS[name] |= {"url": f"{address}/{prefix}", "hosts": host, "token": f"jeton-{prefix}"}
            circuit_of(name).reset()
        try:
            yield
        finally:
            process.terminate()
            process.communicate()


def _rows(team: Any) -> Iterator[Row]:
    """Declare the demandes, ask each desk once without a fault; some hours later, ask again, each with its fault."""
    from datetime import timedelta

    from bench.reading import Reader
    from tests.factories.guichets import MORNING

    for declaration in PRINCIPAL:
        _declare(team, declaration, MORNING)
    demandes = {_declare(team, fault.declaration, MORNING): fault for fault in FAULTS}
    for _ in _pulls(MORNING, {}):
        pass
    later = MORNING + timedelta(hours=HOURS)
    reader = Reader(team, later)
    before = reader.gates(later)
    if [label for label, is_open, _ in before if is_open] != ["Dossier réputé complet"]:
        raise SystemExit(f"The gates are not those that a fault could move: {before}")
    for demande_id in _pulls(later, demandes):
        if fault := demandes.get(demande_id):
            shown = reader.read(fault.label, later)
            gates = reader.gates(later) == before
            yield Row(fault, shown.editeur, shown.ans, gates, shown.kept, tuple(fault.wrong(shown, gates=gates)))


def _declare(team: Any, declaration: dict[str, Any], at: Any) -> int:
    from guichets.operations.demandes import record_demande
    from guichets.rules.declarations import Declaration

    recorded = record_demande(
        candidature_id=team.candidature.pk, declaration=Declaration(**declaration), by=team.salarie, at=at
    )
    return recorded.pk


def _pulls(at: Any, demandes: dict[int, Fault]) -> Iterator[int]:
    """Take all that is due, as a sweep does, and ask the desks about each, in order; yield its pk once asked."""
    from django.conf import settings

    from comptes import clock
    from guichets import sweeps
    from guichets.operations.releves import mark_due

    taken = [pull for guichet in ("cnda", "edc_psc") for pull in mark_due(guichet=guichet, budget=1_000, at=at)]
    for pull in sorted(taken, key=lambda pull: pull.demande_id):
        fault = demandes.get(pull.demande_id)
        former = dict(settings.GUICHETS[HERE])
        if fault and fault.settings:
            settings.GUICHETS[HERE] |= fault.settings
        settings.DEMO = True  # then the simulators follow the portal's clock
        try:
            with clock.travel(at):
                sweeps.pull_demande(pull.demande_id, str(pull.pull_id))
        finally:
            settings.DEMO, settings.GUICHETS[HERE] = False, former
        yield pull.demande_id


def _report(rows: list[Row]) -> str:
    lines = [
        "# Desks that go wrong",
        "",
        "The simulated desks, live, in a process of their own; each demande was answered well once, then met its fault",
        f"{HOURS} hours later, all in one sweep. The words are those of the pages, read over the portal's own views.",
        "Made by `python -m bench.defauts_guichets --write`.",
        "",
        "| fault | what the éditeur sees | what the ANS sees | gates unchanged | last good status, and its age | |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (row.fault.title, row.editeur, row.ans, "yes" if row.gates else "NO", row.kept)
        lines.append("| " + " | ".join((*cells, "✗" if row.wrong else "✓")) + " |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
