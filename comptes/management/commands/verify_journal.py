from typing import Any

from django.core.management.base import BaseCommand, CommandError

from comptes import journal
from comptes.models import JournalChain, JournalEntry


class Command(BaseCommand):
    help = "Recompute every chain of the journal, and name the first row that does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = list(journal.verify())
        for one in broken:
            self.stderr.write(f"{one.chain}, ligne {one.number} : {one.reason}.")
        if broken:
            raise CommandError(f"Le journal est rompu dans {len(broken)} chaîne(s).")
        rows, chains = JournalEntry.objects.count(), JournalChain.objects.count()
        self.stdout.write(self.style.SUCCESS(f"Le journal est intact : {rows} lignes dans {chains} chaînes."))
