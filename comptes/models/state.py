from __future__ import annotations

from typing import Any

from django_fsm import FSMField


class StateField(FSMField):
    """The state of a machine: for the migrations, a column of text like another.

    A former version of a model has no moves to find; looking for them made two thirds of the time of `migrate`.
    """

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, "django.db.models.CharField", args, kwargs

    def clone(self) -> StateField:
        copy = super().clone()
        copy.protected = self.protected
        return copy
