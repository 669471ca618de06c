import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bench.populate.run import NotPopulated, Wanted, populate
from bench.populate.stories import STORIES


class Command(BaseCommand):
    help = "Make many realistic candidatures at once, beside those that are there, to see how the portal holds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--candidatures", type=int, required=True, metavar="N")
        parser.add_argument("--sans-preuves", action="store_true", help="the dossiers administratifs alone")
        parser.add_argument(
            "--histoire",
            action="append",
            default=[],
            choices=[story.name for story in STORIES],
            help="copy this story alone; several times for several",
        )
        parser.add_argument("--seed", type=int, default=0, help="another seed, other names")
        parser.add_argument("--oui", action="store_true", help="do it even where neither DEBUG nor DEMO is set")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or settings.DEMO or options["oui"]):
            raise CommandError("Ceci remplit la base de dossiers imaginaires\u00a0: dites --oui pour le faire ici.")
        if options["candidatures"] < 1:
            raise CommandError("Il faut au moins une candidature.")
        wanted = Wanted(
            options["candidatures"],
            seed=options["seed"],
            histoires=options["histoire"],
            preuves=not options["sans_preuves"],
        )
        began = time.monotonic()
        try:
            rows = populate(wanted, say=lambda done: self.stdout.write(f"{done} candidatures", ending="\r"))
        except NotPopulated as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{rows} lignes, {wanted.candidatures} candidatures en {time.monotonic() - began:.0f} s.")
