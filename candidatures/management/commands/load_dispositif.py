from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from candidatures.catalogue.dispositifs import every_spec, faults_in_words, spec_of
from candidatures.catalogue.faults import DispositifFileError
from candidatures.operations.dispositifs import DispositifConflict, load_dispositif
from candidatures.queries.echeances import dates_kept_from_the_file
from comptes import clock
from comptes.queries.textes import kept_from_the_files


class Command(BaseCommand):
    help = "Bring the portal to what the files of catalogue/dispositifs/ say; run again, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", help="the dispositifs to load, all of them if none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for spec in [spec_of(code) for code in options["codes"]] or every_spec():
                load_dispositif(spec=spec, at=clock.now())
                self.stdout.write(f"{spec.code}\u00a0: {spec.nom}, {len(spec.echeances)} échéances.")
                for sentence in (*dates_kept_from_the_file(spec), *kept_from_the_files(spec.code)):
                    self.stdout.write(f"  {sentence}")
        except (DispositifFileError, DispositifConflict) as refused:
            raise CommandError(str(refused)) from None
        if faults_in_words() and not options["codes"]:
            raise CommandError("\n".join(faults_in_words()))
