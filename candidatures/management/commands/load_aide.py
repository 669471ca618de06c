from typing import Any

from django.core.management.base import BaseCommand, CommandError

from candidatures.catalogue.aide import AideFileError, every_fiche
from candidatures.operations.aide import FicheMisfilled, load_aide
from comptes import clock


class Command(BaseCommand):
    help = "Bring the help centre to what the files of catalogue/aide/ say; what was changed on screen is kept."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_aide(specs=every_fiche(), at=clock.now())
        except (AideFileError, FicheMisfilled) as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"Aide\u00a0: {len(loaded.added)} ajoutées, {len(loaded.changed)} modifiées.")
        for code in loaded.kept:
            self.stdout.write(f"{code}\u00a0: modifiée à l’écran, conservée\u00a0; son fichier est différent.")
        for code in loaded.vanished:
            self.stdout.write(
                f"{code}\u00a0: n’est plus dans les fichiers\u00a0; à retirer à l’écran si elle ne sert plus."
            )
