from typing import Any

from django.core.management.base import BaseCommand

from segur_portal.measure import PAGE, drawing, measures
from segur_portal.sentences import every_phrase


class Command(BaseCommand):
    help = "Measure the sentences of each page, and write docs/lisibilite.md."

    def handle(self, *args: Any, **options: Any) -> None:
        measured = measures(every_phrase())
        PAGE.write_text(drawing(measured), encoding="utf-8")
        for measure in sorted(measured, key=lambda measure: -measure.longest):
            mark = "LONG" if measure.is_long else "legal" if measure.is_legal else ""
            self.stdout.write(f"{measure.average:5.1f} {measure.longest:3} {mark:5} {measure.page}")
