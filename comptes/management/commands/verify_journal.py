from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptes import clock, journal
from comptes.dates import day_in_figures
from comptes.models import JournalChain, JournalEntry

OLDEST = timedelta(days=2)


class Command(BaseCommand):
    help = "Recompute every chain of the journal, the register and the anchors, and name what does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchored", action="store_true", help="fail also when no anchor is of the last two days")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = list(journal.verify())
        for fault in broken:
            self.stderr.write(str(fault))
        if broken:
            raise CommandError(f"Le journal est rompu dans {len({fault.chain for fault in broken})} chaîne(s).")
        days = journal.anchors().days()
        if options["anchored"] and (not days or clock.now().date() - days[-1] > OLDEST):
            raise CommandError("Aucun ancrage des deux derniers jours ne dit si le journal est entier.")
        rows, chains = JournalEntry.objects.count(), JournalChain.objects.count()
        latest = f"dernier ancrage le {day_in_figures(days[-1])}" if days else "aucun ancrage"
        self.stdout.write(self.style.SUCCESS(f"Le journal est intact : {rows} lignes dans {chains} chaînes, {latest}."))
