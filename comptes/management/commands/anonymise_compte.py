from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptes import clock
from comptes.models import Compte
from comptes.operations.conservation import CompteNotAnonymisable, anonymise_compte


class Command(BaseCommand):
    help = "Make one account anonymous; the journal says so, and it cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="in French; it is read in the journal, and names nobody")

    def handle(self, *args: Any, **options: Any) -> None:
        compte = Compte.objects.of_address(options["email"]).first()
        if compte is None:
            raise CommandError("Aucun compte n’a cette adresse.")
        try:
            done = anonymise_compte(compte_id=compte.pk, reason=options["reason"], by=None, at=clock.now())
        except CompteNotAnonymisable as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(f"{done}")
