from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from candidatures.catalogue.dispositifs import every_spec, spec_of
from candidatures.operations import load_dispositif
from comptes import clock


class Command(BaseCommand):
    help = "Bring the portal to what the files of catalogue/dispositifs/ say; run again, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", help="the dispositifs to load, all of them if none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        for spec in [spec_of(code) for code in options["codes"]] or every_spec():
            load_dispositif(spec=spec, at=clock.now())
            self.stdout.write(f"{spec.code} : {spec.nom}, {len(spec.echeances)} échéances.")
