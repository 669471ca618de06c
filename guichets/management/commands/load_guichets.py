from typing import Any

from django.core.management.base import BaseCommand, CommandError

from candidatures.catalogue.dispositifs import every_spec
from guichets.catalogue.guichets import every_guichet
from guichets.catalogue.reading import GuichetFileError
from guichets.operations.guichets import GuichetConflict, load_guichet, refuse_unknown_desks, refuse_vanished_desks


class Command(BaseCommand):
    help = "Bring the portal to what the files of catalogue/guichets/ say; run again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            desks = every_guichet()
            refuse_vanished_desks(guichets=[spec.code for spec in desks])
            for spec in desks:
                load_guichet(spec=spec)
                self.stdout.write(f"{spec.code} : {spec.label}, {len(spec.etapes)} étapes.")
            for dispositif in every_spec():
                refuse_unknown_desks(dispositif=dispositif, guichets={spec.code: spec for spec in desks})
        except (GuichetFileError, GuichetConflict) as refused:
            raise CommandError(str(refused)) from None
