"""Django's PostgreSQL backend with one more hook, `before_commit`, which runs in the transaction that it completes."""

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
