"""Compare the rows that name files with the files that are stored, on a disk or in a bucket; say what does not hold."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preuves.queries.stored import faults, named_files


class Command(BaseCommand):
    help = "Check that every file that a row names is stored, whole and unchanged. Exits with 1 when one is not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sizes", action="store_true", help="look at the sizes only, without reading the files")

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for fault in faults(reads=not options["sizes"]):
            count += 1
            self.stdout.write(fault)
        if count:
            raise CommandError(f"{count} file(s) do not hold.")
        self.stdout.write(f"{sum(1 for _ in named_files())} files hold.")
