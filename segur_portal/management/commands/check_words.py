from typing import Any

from django.core.management.base import BaseCommand

from segur_portal.sentences import every_phrase
from segur_portal.wording import LISTS, area, faults, known


class Command(BaseCommand):
    help = "Print the words that docs/redaction.md refuses, and take what was mended out of tests/redaction."

    def handle(self, *args: Any, **options: Any) -> None:
        bad = [fault for phrase in every_phrase() for fault in faults(phrase)]
        for fault in bad:
            if fault.listed not in known(area(fault.phrase.path)):
                self.stdout.write(str(fault))
        still = {fault.listed for fault in bad}
        for path in sorted(LISTS.glob("*.txt")):
            left = sorted(known(path.stem) & still)
            if left:
                path.write_text("\n".join(left) + "\n")
            else:
                path.unlink()
        self.stdout.write(f"{len(still)} words to mend.")
