import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection, transaction
from psycopg2.errorcodes import DEADLOCK_DETECTED
from psycopg2.sql import SQL, Composable, Identifier, Literal

PASSWORD_VARIABLE = "APPLICATION_PASSWORD"  # noqa: S105 -- the name of a variable
# Of each table, what its triggers refuse of every row: 8 is DELETE, 16 is UPDATE.
REFUSED = """
    SELECT relation.relname,
           coalesce(bool_or(refusal.tgtype & 8 <> 0), false), coalesce(bool_or(refusal.tgtype & 16 <> 0), false)
    FROM pg_class AS relation
    LEFT JOIN (pg_trigger AS refusal JOIN pg_proc ON pg_proc.oid = tgfoid AND proname LIKE 'refuse_to_rewrite%%')
        ON refusal.tgrelid = relation.oid AND refusal.tgqual IS NULL AND refusal.tgattr = '' AND refusal.tgtype & 1 = 1
    WHERE relation.relkind IN ('r', 'p') AND relation.relnamespace = 'public'::regnamespace
    GROUP BY relation.relname ORDER BY relation.relname
"""
ONLY_READ = {"django_migrations"}


class Command(BaseCommand):
    """Run by the role that owns the tables, after each migration; the portal's processes use the other one."""

    help = (
        "Give a role what the portal's processes need, and no more: it can neither disable a trigger, nor drop, nor"
        f" truncate, nor change what is written once. Its password, when it is made, is read from {PASSWORD_VARIABLE}."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, **options: Any) -> None:
        role = str(options["role"])
        for tries_left in (2, 1, 0):
            try:
                self._grant(role)
                break
            except OperationalError as error:  # autovacuum writes in the same catalogue
                deadlock = getattr(error.__cause__, "pgcode", "") == DEADLOCK_DETECTED
                if not deadlock or not tries_left or connection.in_atomic_block:
                    raise
        self.stdout.write(f"{role} may read and write for the portal, and nothing more.")

    def _grant(self, role: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user = %s", [role])
            if cursor.fetchone()[0]:
                raise CommandError("The role that owns the tables cannot be the application's.")
            for statement in (*self._the_role(cursor, role), *self._its_rights(cursor, role)):
                cursor.execute(statement)

    def _the_role(self, cursor: Any, role: str) -> list[Composable]:
        """Make the role when it is not there; give it the password of the environment when there is one."""
        name, password = Identifier(role), os.environ.get(PASSWORD_VARIABLE, "")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        statements: list[Composable] = [] if cursor.fetchone() else [SQL("CREATE ROLE {} LOGIN").format(name)]
        if password:
            statements.append(SQL("ALTER ROLE {} PASSWORD {}").format(name, Literal(password)))
        return statements

    def _its_rights(self, cursor: Any, role: str) -> list[Composable]:
        name, database = Identifier(role), Identifier(connection.settings_dict["NAME"])
        statements = [
            SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
            SQL("REVOKE ALL ON SCHEMA public FROM {}").format(name),
            SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name),
            SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, name),
            SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
            SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
        ]
        cursor.execute(REFUSED, [])
        by_verbs: dict[str, list[Identifier]] = {}
        for table, never_deleted, never_updated in cursor.fetchall():
            more = ["INSERT"] + ["UPDATE"] * (not never_updated) + ["DELETE"] * (not never_deleted)
            verbs = ", ".join(["SELECT", *(more if table not in ONLY_READ else [])])
            by_verbs.setdefault(verbs, []).append(Identifier(table))
        for verbs, tables in by_verbs.items():
            statements.append(SQL("GRANT {} ON {} TO {}").format(SQL(verbs), SQL(", ").join(tables), name))
        return statements
