from typing import Any

from django.core.management.base import BaseCommand

from segur_portal.demo.cast import PERSONAS


class Command(BaseCommand):
    help = "List the demonstration's cast: name, role, organisation, e-mail, what they can do."

    def handle(self, *args: Any, **options: Any) -> None:
        for one in PERSONAS:
            who = f"{one.name:<16} {f'{one.role}, {one.organisation}':<54}"
            self.stdout.write(f"  {who} {one.email:<32} {one.can}")
