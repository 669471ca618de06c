from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from comptes import clock
from segur_portal.demo.identities import link_cast


class Command(BaseCommand):
    help = "Tie the demonstration's accounts to the local identity provider; already tied, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO or not settings.OIDC["issuer"]:
            raise CommandError("La distribution ne se rattache qu’en démonstration, à un fournisseur.")
        link_cast(at=clock.now())
