from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from candidatures.documents.printing import DocumentNotPrintable
from comptes.operations.horloge import ClockAlreadyStarted
from segur_portal.demo.replay import MomentNotReachable, names, replay


class Command(BaseCommand):
    help = "Replay the demonstration's story up to a moment; already there, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--moment", default=names()[0], help=f"one of: {', '.join(names())}")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("L’histoire ne se rejoue qu’en démonstration : DEMO=1.")
        moment = options["moment"]
        try:
            played = replay(moment)
        except MomentNotReachable as refused:
            raise CommandError(str(refused)) from None
        except DocumentNotPrintable as missing:
            raise CommandError(
                f"Cette partie de l’histoire imprime des documents, et cette machine ne le peut pas ({missing}). "
                "Sous Debian\u00a0: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
            ) from None
        except ClockAlreadyStarted:
            raise CommandError(
                f"L’horloge a été réglée avant l’histoire. Pour recommencer : script/demo --reset --moment {moment}"
            ) from None
        if played:
            self.stdout.write(f"L’histoire est rejouée jusqu’à « {moment} » : {played} actes.")
        else:
            self.stdout.write(f"L’histoire en est déjà à « {moment} » : rien à rejouer.")
