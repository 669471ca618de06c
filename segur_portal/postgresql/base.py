"""PostgreSQL with one thing more: what must be written once an act is whole, in the act's own transaction."""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that runs `before_commit` when the outermost transaction is about to be committed.

    Django has no such hook: `on_commit` is too late, since what it writes may be lost. Each entry has a name, so that
    what is noted many times in a transaction runs once; an error in one rolls the whole transaction back.
    """

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self.before_commit: dict[str, Callable[[], None]] = {}

    def commit(self) -> None:
        try:
            self.run_before_commit()
        except BaseException:
            self.rollback()
            raise
        super().commit()

    def run_before_commit(self) -> None:
        """Run what was noted, and what that notes in turn."""
        while self.before_commit:
            self.before_commit.pop(next(iter(self.before_commit)))()

    def rollback(self) -> None:
        self.before_commit.clear()
        super().rollback()

    def close(self) -> None:
        self.before_commit.clear()
        super().close()
