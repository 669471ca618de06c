from typing import Any

from django.core.management.base import BaseCommand

from segur_portal.demo.cast import PERSONAS


class Command(BaseCommand):
    help = "List the demonstration's cast: name, role, organisation, e-mail, what they can do."

    def handle(self, *args: Any, **options: Any) -> None:
        for persona in PERSONAS:
            presented = f"{persona.name:<16} {f'{persona.role}, {persona.organisation}':<54}"
            self.stdout.write(f"  {presented} {persona.email:<32} {persona.can}")
