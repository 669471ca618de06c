import json
from argparse import ArgumentTypeError
from collections.abc import Collection, Iterable, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.faults import DispositifFileError
from candidatures.catalogue.specs import DispositifSpec
from candidatures.models import Dispositif
from comptes import clock
from comptes.dates import PARIS, day_in_figures
from preuves.catalogue.problems import Problem
from preuves.catalogue.reading import WorkbookReading, read_rem
from preuves.catalogue.rem import RemSpec
from preuves.catalogue.unseen import Warned
from preuves.operations.imports import PreviewedReading, refuse_what_was_not_confirmed
from preuves.operations.rem import RemNotPublishable, publish_rem
from preuves.queries.annotations import known_of
from preuves.queries.dossier import latest_version, rem_of
from preuves.rules.changements import Changements, Comparison, changements

SHOWN = 20


class Command(BaseCommand):
    help = "Read a REM from a workbook of the agency; say what it holds and what is wrong in it; publish it."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # Django's own --version is replaced: here it is the version of the REM.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", nargs="+", metavar="FILE", type=Path, help="a workbook; several are parts of one REM"
        )
        parser.add_argument("--dispositif", required=True, metavar="CODE")
        parser.add_argument("--annotations", metavar="FILE", help="natures, guichets, exceptions (TOML)")
        parser.add_argument(
            "--version", dest="date", type=named_day, metavar="DATE", help="YYYY-MM-DD; today if not said"
        )
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--dry-run", action="store_true", help="write nothing")
        what.add_argument("--publish", action="store_true", help="publish it, unless something blocks")
        add_confirm(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        dispositif = dispositif_named(options["dispositif"])
        reading = _read(dispositif, options["files"], options["annotations"])
        latest = latest_version(dispositif.code)
        changes = changements(rem_of(latest).spec if latest else RemSpec(), reading.spec)
        report = _report(reading, changes)
        self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) if options["json"] else _in_words(report))
        if reading.blocked:
            raise CommandError("Rien n’est publié\u00a0: corrigez d’abord ce qui bloque.", returncode=1)
        if options["publish"]:
            check_confirmed(reading, options["confirm"])
            sentence = _publish(dispositif, reading, options["date"])
            (self.stderr if options["json"] else self.stdout).write(sentence)


def add_confirm(parser: CommandParser) -> None:
    """Let a terminal confirm what the eye does not see, as the page does."""
    parser.add_argument(
        "--confirm", nargs="+", default=[], metavar="KEY", help="what was verified, by the key of each warning"
    )


def check_confirmed(reading: PreviewedReading, keys: Collection[str]) -> None:
    """Refuse to publish while a warning was not confirmed."""
    try:
        refuse_what_was_not_confirmed(reading=reading, confirmed=keys)
    except RemNotPublishable as refused:
        left = " ".join(warned.key for warned in reading.warned)
        raise CommandError(f"{refused.sentence} Une fois vérifié\u00a0: --confirm {left}") from None


def named_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a date: YYYY-MM-DD") from None


def dispositif_named(code: str) -> DispositifSpec:
    try:
        return spec_of(code)
    except DispositifFileError as error:
        raise CommandError(str(error)) from None


def _read(dispositif: DispositifSpec, paths: list[Path], annotations: str | None) -> WorkbookReading:
    try:
        with ExitStack() as stack:
            files = [(path.name, stack.enter_context(path.open("rb"))) for path in paths]
            return read_rem(
                files,
                dispositif,
                annotations=Path(annotations).read_text(encoding="utf-8") if annotations else "",
                annotations_name=Path(annotations).name if annotations else "",
                known=known_of(dispositif.code),
            )
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(str(error)) from None


def _publish(dispositif: DispositifSpec, reading: WorkbookReading, day: date | None) -> str:
    at = clock.now()
    try:
        version, is_new = publish_rem(
            dispositif_code=dispositif.code,
            spec=reading.spec,
            annotations=reading.annotations,
            confirmed=reading.warned,
            date=day or at.astimezone(PARIS).date(),
            by=None,
            at=at,
        )
    except Dispositif.DoesNotExist:
        raise CommandError(
            f"Chargez d’abord le dispositif\u00a0: manage.py load_dispositif {dispositif.code}"
        ) from None
    except RemNotPublishable as refused:
        raise CommandError(refused.sentence) from None
    day_in_words = day_in_figures(version.date)
    if is_new:
        return f"Le REM du {day_in_words} est publié (empreinte {version.sha256})."
    return f"Rien ne change\u00a0: c’est le REM du {day_in_words}, déjà publié."


def _report(reading: WorkbookReading, changes: Changements) -> dict[str, Any]:
    return {
        "chapitres": len(reading.spec.chapitres),
        "exigences": sum(1 for _ in reading.spec.exigences()),
        "scenarios": reading.scenarios,
        "preuves": sum(1 for _ in reading.spec.preuves()),
        "natures": reading.natures,
        "par_chapitre": reading.by_chapitre,
        "feuilles": [sheet for _, sheet in reading.sheets],
        "problemes": problems_as_data(reading.problems),
        "avertissements": warned_as_data(reading.warned),
        "annotations": {
            "reprises": len(reading.taken_over),
            "preuves_sans": list(reading.unannotated),
            "chapitres_sans": list(reading.inferred_codes),
            "prerequis_absent": reading.missing_prerequis,
        },
        "changements": {
            **_compared(changes.preuves),
            "chapitres": _compared(changes.chapitres),
            "exigences": _compared(changes.exigences),
            "scenarios": _compared(changes.scenarios),
        },
    }


def problems_as_data(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [
        {
            "cellule": problem.cell,
            "probleme": problem.sentence,
            "bloquant": problem.blocks,
            "fichier": problem.file,
            "feuille": problem.sheet,
            **({"fois": problem.count, "aussi": list(problem.more)} if problem.count > 1 else {}),
        }
        for problem in problems
    ]


def warned_as_data(warned: Iterable[Warned]) -> list[dict[str, Any]]:
    return [
        {
            "genre": warning.kind.value,
            "avertissement": warning.sentence,
            "lieux": list(warning.places),
            "fois": warning.count,
        }
        | {"cle": warning.key, "fichier": warning.file, "feuille": warning.sheet}
        for warning in warned
    ]


def sheets_in_words(report: Mapping[str, Any]) -> list[str]:
    """Name the sheets that were read, then what the eye does not see in them."""
    lines = [f"feuille lue\u00a0: «\u00a0{sheet}\u00a0»" for sheet in report["feuilles"]]
    for warned in report["avertissements"]:
        left = f" et {warned['fois'] - len(warned['lieux'])} autres" if warned["fois"] > len(warned["lieux"]) else ""
        lines.append(f"à confirmer ({warned['cle']})  {warned['avertissement']}  {', '.join(warned['lieux'])}{left}")
    return lines


def problems_in_words(problems: Iterable[dict[str, Any]]) -> list[str]:
    return [
        f"{'BLOQUE' if problem['bloquant'] else 'à savoir'}  "
        f"{problem['fichier']} {problem['cellule']}  {problem['probleme']}{_again(problem)}"
        for problem in problems
    ]


def _again(problem: dict[str, Any]) -> str:
    if "fois" not in problem:
        return ""
    left = problem["fois"] - 1 - len(problem["aussi"])
    return f"  (aussi {', '.join(problem['aussi'])}{f' et {left} autres' if left else ''})"


def _compared(comparison: Comparison) -> dict[str, Any]:
    """Put the changes of the preuves at the top level, since readers look for them first."""
    return {
        "ajoutees": list(comparison.added),
        "modifiees": [changed.key for changed in comparison.changed],
        "retirees": list(comparison.removed),
        "inchangees": comparison.unchanged,
    }


def _in_words(report: dict[str, Any]) -> str:
    changes = report["changements"]
    lines = [f"{report[what]} {what}" for what in ("chapitres", "exigences", "scenarios", "preuves")]
    lines += [f"  {nature}\u00a0: {number}" for nature, number in report["natures"].items()]
    lines += [*sheets_in_words(report), *problems_in_words(report["problemes"])]
    lines += _annotations_in_words(report["annotations"])
    lines.append(
        f"preuves\u00a0: {len(changes['ajoutees'])} ajoutées, {len(changes['modifiees'])} modifiées, "
        f"{len(changes['retirees'])} retirées, {changes['inchangees']} inchangées"
    )
    return "\n".join(lines)


def _annotations_in_words(report: dict[str, Any]) -> list[str]:
    """List what was known already, then what nobody gave, which is inferred or left to the agency."""
    lines = [f"annotations reprises, déjà connues\u00a0: {report['reprises']}"]
    if numeros := report["preuves_sans"]:
        lines.append(
            f"sans annotation, {len(numeros)} preuves\u00a0: nature déduite du texte, guichet ANS, aucun constat"
        )
        lines += [f"  {numero}" for numero in numeros[:SHOWN]]
        lines += [f"  et {len(numeros) - SHOWN} autres"] if len(numeros) > SHOWN else []
    if codes := report["chapitres_sans"]:
        lines.append(f"sans code, {len(codes)} chapitres, codes déduits des libellés\u00a0: {', '.join(codes)}")
    if code := report["prerequis_absent"]:
        lines.append(f"aucun chapitre n’est le prérequis {code}\u00a0: les tests du CNDA resteraient fermés")
    return lines
