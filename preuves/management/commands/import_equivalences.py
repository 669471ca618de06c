import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from candidatures.models import Dispositif
from comptes import clock
from comptes.dates import PARIS, day_in_figures
from preuves.catalogue.equivalences import TableReading, TableSpec, read_equivalences
from preuves.operations.equivalences import publish_equivalences
from preuves.operations.rem import RemNotPublishable
from preuves.queries.imports_equivalences import ChangesOfTable, changes_between, side_of
from preuves.queries.tables import latest_table, table_of

from .import_rem import (
    add_confirm,
    check_confirmed,
    dispositif_named,
    named_day,
    problems_as_data,
    problems_in_words,
    sheets_in_words,
    warned_as_data,
)


class Command(BaseCommand):
    help = "Read a table of equivalences from a workbook; say what it holds and what is wrong in it; publish it."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # Django's own --version is replaced: here it is the version of the table.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the workbook")
        parser.add_argument("--source", required=True, metavar="CODE", help="where preuves are accepted")
        parser.add_argument("--cible", required=True, metavar="CODE", help="where they are not to be deposited again")
        parser.add_argument("--version", dest="date", type=named_day, metavar="DATE", help="YYYY-MM-DD; today if none")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--dry-run", action="store_true", help="write nothing")
        what.add_argument("--publish", action="store_true", help="publish it, unless something blocks")
        add_confirm(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        source, cible = (dispositif_named(options[side]).code for side in ("source", "cible"))
        reading = _read(options["file"], source, cible)
        latest = latest_table(source, cible)
        before = table_of(latest.pk, latest.sha256) if latest else TableSpec()
        report = _report(reading, changes_between(before, reading.spec))
        self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) if options["json"] else _in_words(report))
        if reading.blocked:
            raise CommandError("Rien n’est publié\u00a0: corrigez d’abord ce qui bloque.", returncode=1)
        if options["publish"]:
            check_confirmed(reading, options["confirm"])
            sentence = _publish(source, cible, reading, options["date"])
            (self.stderr if options["json"] else self.stdout).write(sentence)


def _read(path: Path, source: str, cible: str) -> TableReading:
    try:
        with path.open("rb") as file:
            return read_equivalences(file, path.name, source=side_of(source), cible=side_of(cible))
    except OSError as error:
        raise CommandError(str(error)) from None


def _publish(source: str, cible: str, reading: TableReading, day: Any) -> str:
    at = clock.now()
    day = day or at.astimezone(PARIS).date()
    try:
        version, is_new = publish_equivalences(
            source=source, cible=cible, spec=reading.spec, confirmed=reading.warned, date=day, by=None, at=at
        )
    except Dispositif.DoesNotExist:
        raise CommandError("Chargez d’abord les deux dispositifs\u00a0: manage.py load_dispositif") from None
    except RemNotPublishable as refused:
        raise CommandError(refused.sentence) from None
    if is_new:
        return f"La table du {day_in_figures(version.date)} est publiée (empreinte {version.sha256})."
    return f"Rien ne change\u00a0: c’est la table du {day_in_figures(version.date)}, déjà publiée."


def _report(reading: TableReading, changes: ChangesOfTable) -> dict[str, Any]:
    return {
        "lignes": len(reading.spec.lines),
        "feuilles": [sheet for _, sheet in reading.sheets],
        "problemes": problems_as_data(reading.problems),
        "avertissements": warned_as_data(reading.warned),
        "changements": {
            "ajoutees": [line.cible for line in changes.added],
            "modifiees": [line.cible for _, line in changes.changed],
            "retirees": [line.cible for line in changes.removed],
            "inchangees": changes.unchanged,
        },
    }


def _in_words(report: dict[str, Any]) -> str:
    changes = report["changements"]
    compared = (
        f"lignes\u00a0: {len(changes['ajoutees'])} ajoutées, {len(changes['modifiees'])} modifiées, "
        f"{len(changes['retirees'])} retirées, {changes['inchangees']} inchangées"
    )
    lines = [f"{report['lignes']} lignes", *sheets_in_words(report), *problems_in_words(report["problemes"])]
    return "\n".join([*lines, compared])
