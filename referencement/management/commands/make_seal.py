from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from comptes import clock
from referencement.connectors.seal import self_signed


class Command(BaseCommand):
    help = "Make a self-signed seal where SIGNATURE_PKCS12 says, unless there is one: for a demonstration or a trial."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SIGNATURE["pkcs12"] or not settings.SIGNATURE["password"]:
            raise CommandError("Say where it goes with SIGNATURE_PKCS12, and its password with SIGNATURE_PASSWORD.")
        path = Path(settings.SIGNATURE["pkcs12"])
        if path.exists():
            return
        # The machine's clock, since whoever checks the certificate does not use the demonstration's clock.
        name, password = "Portail Ségur – sceau d’essai", settings.SIGNATURE["password"]
        content = self_signed(name=name, password=password, at=clock.machine_now())
        path.touch(mode=0o600)
        path.write_bytes(content)
        self.stdout.write(str(path))
