"""Remove the stored files that no row names."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from candidatures.models.piece import PrivateStorage
from comptes import clock
from preuves.queries.stored import DELAY, orphans


class Command(BaseCommand):
    help = f"Remove the files that no row names, {DELAY.days} days after they were written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="name them, and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        names = orphans(at=clock.machine_now())
        for name in names:
            if not options["dry_run"]:
                PrivateStorage().delete(name)
            self.stdout.write(name)
        done = "would be removed" if options["dry_run"] else "removed"
        self.stdout.write(f"{len(names)} file(s) {done}.")
