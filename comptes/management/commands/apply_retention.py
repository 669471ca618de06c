from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from comptes import clock
from comptes.catalogue.conservation import categories
from comptes.operations.conservation import apply_retention


class Command(BaseCommand):
    help = "Erase, empty or anonymise what is kept for long enough; --dry-run counts alone. Archives are never touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = apply_retention(at=clock.now(), dry_run=options["dry_run"])
        for code, category in categories().items():
            count = f"{counts[code]}" if code in counts else "archives, jamais supprimées par le portail"
            self.stdout.write(f"{category.label}, {category.months} mois après {category.after}\u00a0: {count}")
