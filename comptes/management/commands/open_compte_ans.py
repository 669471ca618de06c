from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from comptes import clock
from comptes.enums import RoleANS
from comptes.operations.comptes_ans import open_compte_ans


class Command(BaseCommand):
    help = "Give a person of the agency an account, or their account other roles; a new one receives a password link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)
        parser.add_argument("--role", action="append", required=True, choices=RoleANS.values, dest="roles")

    def handle(self, *args: Any, **options: Any) -> None:
        compte = open_compte_ans(
            email=options["email"],
            first_name=options["first_name"],
            last_name=options["last_name"],
            roles=[RoleANS(role) for role in options["roles"]],
            by=None,
            at=clock.now(),
        )
        self.stdout.write(f"{compte.email} : {', '.join(compte.roles_ans_labels)}")
