from typing import Any

from django.core.management.base import BaseCommand, CommandError

from comptes import clock
from comptes.operations.anchors import JournalNotAnchored, anchor_journal


class Command(BaseCommand):
    help = "Keep outside the database the state of every chain of the journal; the beat does it each day."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = anchor_journal(at=clock.now(), machine=clock.machine_now())
        except JournalNotAnchored as error:
            for reason in error.reasons:
                self.stderr.write(reason)
            raise CommandError("Le journal n’est pas ancré.") from error
        self.stdout.write("Le journal est ancré." if done else "Le journal l’était déjà aujourd’hui.")
