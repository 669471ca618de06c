from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptes import clock
from preuves.models import ImportDuREM
from preuves.operations.imports import ImportClosed, discard_import
from preuves.queries.imports import imports_pending


class Command(BaseCommand):
    help = "Throw away a workbook of the REM that waits to be published; without a number, list those that wait."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", nargs="?", type=int, help="the number of the import")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["number"] is None:
            self._list()
            return
        try:
            sent = discard_import(import_id=options["number"], by=None, at=clock.now())
        except ImportDuREM.DoesNotExist:
            raise CommandError(f"Il n’y a pas d’import n° {options['number']}.") from None
        except ImportClosed as refused:
            raise CommandError(refused.sentence) from None
        self.stdout.write(f"L’import n° {sent.pk}, {sent}, est abandonné.")

    def _list(self) -> None:
        for sent in imports_pending():
            self.stdout.write(f"{sent.pk}  {sent.dispositif_id}  {sent}, envoyé par {sent.sent_by}")
