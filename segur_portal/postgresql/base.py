"""Django's PostgreSQL backend with a hook, `before_commit`, and the statements prepared on a connection."""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that runs the functions of `before_commit` just before the outermost transaction commits.

    Django has no such hook; `on_commit` runs too late, since what it writes may be lost. Each function has a name: if
    it is added many times in a transaction, it runs once. An error in one rolls the whole transaction back.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before_commit: dict[str, Callable[[], None]] = {}
        self._prepared: set[str] = set()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._prepared = set()
        return super().get_new_connection(conn_params)

    def prepare(self, name: str, statement: str) -> None:
        """Prepare a statement, once for each connection to the server. It outlives the transaction."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        if name in self._prepared:
            return
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(statement)
        self._prepared.add(name)

    def schema_editor(self, *args: Any, **kwargs: Any) -> Any:
        """Forget the prepared statements, whose columns may be about to change."""
        if self._prepared:
            with self.cursor() as cursor:
                cursor.execute("DEALLOCATE ALL")
            self._prepared.clear()
        return super().schema_editor(*args, **kwargs)

    def commit(self) -> None:
        try:
            self.run_before_commit()
        except BaseException:
            self.rollback()
            raise
        super().commit()

    def run_before_commit(self) -> None:
        """Run the functions that were added, and those that they add."""
        while self.before_commit:
            self.before_commit.pop(next(iter(self.before_commit)))()

    def rollback(self) -> None:
        self.before_commit.clear()
        super().rollback()

    def close(self) -> None:
        self.before_commit.clear()
        super().close()
