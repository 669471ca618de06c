import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.faults import DispositifFileError
from comptes import clock
from preuves.queries import latest_version
from segur_portal.populate import Wanted, populate


class Command(BaseCommand):
    help = "Make many realistic candidatures at once, beside those that are there, to see how the portal holds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--candidatures", type=int, required=True, metavar="N")
        parser.add_argument("--sans-preuves", action="store_true", help="the dossiers administratifs alone")
        parser.add_argument("--acheves", action="store_true", help="every chapitre of every candidature is approved")
        parser.add_argument("--dispositif", default="ms-dui-va2")
        parser.add_argument("--seed", type=int, default=0, help="another seed, other data")
        parser.add_argument("--oui", action="store_true", help="do it even where neither DEBUG nor DEMO is set")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = _wanted(options)
        began = time.monotonic()
        counts = populate(wanted, say=lambda done: self.stdout.write(f"{done} candidatures", ending="\r"))
        for name, count in sorted(counts.items()):
            self.stdout.write(f"{count:>9} {name}")
        self.stdout.write(f"{wanted.candidatures} candidatures en {time.monotonic() - began:.0f} s.")


def _wanted(options: dict[str, Any]) -> Wanted:
    if not (settings.DEBUG or settings.DEMO or options["oui"]):
        raise CommandError("Ceci remplit la base de dossiers imaginaires\u00a0: dites --oui pour le faire ici.")
    if options["candidatures"] < 1:
        raise CommandError("Il faut au moins une candidature.")
    try:
        spec = spec_of(options["dispositif"])
    except DispositifFileError as error:
        raise CommandError(str(error)) from None
    at = clock.now()
    if at <= spec.opens_at:
        raise CommandError("Cette démarche n’est pas encore ouverte\u00a0: aucune candidature ne peut y être.")
    if not options["sans_preuves"] and latest_version(spec.code) is None:
        raise CommandError("Publiez d’abord son REM\u00a0: manage.py import_rem, ou dites --sans-preuves.")
    return Wanted(
        spec,
        candidatures=options["candidatures"],
        at=at,
        seed=options["seed"],
        preuves=not options["sans_preuves"],
        finished=options["acheves"],
    )
