import json
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptes.views.provider import WAY_BACK
from segur_portal.demo.identities import people


class Command(BaseCommand):
    help = "Serve the demonstration's identity provider, another site, in place of this process."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", required=True)
        parser.add_argument("--folder", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Ce fournisseur laisse entrer tout le monde\u00a0: il n’est que pour la démonstration (DEMO=1)."
            )
        folder: Path = options["folder"]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "people.json").write_text(json.dumps(people()))
        argv = [sys.executable, "-m", "fournisseur", "--folder", str(folder), "--port", options["port"]]
        argv += ["--people", str(folder / "people.json"), "--client", settings.OIDC["client_id"]]
        argv += ["--secret", settings.OIDC["secret"], "--redirect", f"{settings.PORTAL_URL}/{WAY_BACK}"]
        argv += ["--after", f"{settings.PORTAL_URL}/"]
        os.execv(sys.executable, argv)  # noqa: S606 -- fixed words: our own interpreter, our own package
