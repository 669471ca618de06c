"""Rows by COPY: a table is filled in memory, then sent whole."""

import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Field, JSONField, Model

BLOCK = 2000
_SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def numbers_of(sequence: str) -> Iterator[int]:
    """Give the next numbers of a sequence, taken from it by blocks: two runs at once never give the same."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, BLOCK])
            taken = [row[0] for row in cursor.fetchall()]
        yield from taken


class Table:
    """The rows of one model that are still to be sent. What is not given takes the model's default, or is null."""

    def __init__(self, model: type[Model]) -> None:
        fields = model._meta.concrete_fields
        self.name = model._meta.db_table
        self.count = 0
        self._columns = [(str(field.column), _default(field), _writer(field)) for field in fields]
        self._known = {name for name, _, _ in self._columns}
        self._has_id = "id" in self._known
        self._ids = numbers_of(f"{self.name}_id_seq")
        self._lines: list[str] = []

    def reserve(self) -> int:
        """Take the id of a row that will be added later."""
        return next(self._ids)

    def add(self, **values: Any) -> int:
        """Add one row, by its columns; return its id, or 0 when the model has another key."""
        assert values.keys() <= self._known, f"{self.name} has no {values.keys() - self._known}"
        number = values.get("id", 0)
        if self._has_id and not number:
            number = values["id"] = self.reserve()
        self._lines.append("\t".join([write(values.get(name, default)) for name, default, write in self._columns]))
        return number

    def send(self) -> None:
        """Copy the rows to the database, in the present transaction, and forget them."""
        if not self._lines:
            return
        columns = ", ".join(f'"{name}"' for name, _, _ in self._columns)
        text = io.StringIO("\n".join(self._lines) + "\n")
        with connection.cursor() as cursor:
            cursor.copy_expert(f'COPY "{self.name}" ({columns}) FROM STDIN', text)
        self.count += len(self._lines)
        self._lines.clear()


class Tables:
    """Every table of a run; a model's is made at its first row."""

    def __init__(self) -> None:
        self._tables: dict[type[Model], Table] = {}

    def __getitem__(self, model: type[Model]) -> Table:
        if model not in self._tables:
            self._tables[model] = Table(model)
        return self._tables[model]

    def __iter__(self) -> Iterator[Table]:
        return iter(self._tables.values())

    def send(self) -> None:
        for table in self:
            table.send()


def _default(field: "Field[Any, Any]") -> Any:
    return field.get_default() if field.has_default() or field.blank else None


def _writer(field: "Field[Any, Any]") -> Any:
    if isinstance(field, JSONField):
        return _json
    return _array if isinstance(field, ArrayField) else _text


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if value.__class__ is str:
        return value.translate(_SPECIAL)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).translate(_SPECIAL)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_SPECIAL)


def _array(values: Iterable[str]) -> str:
    quoted = ",".join('"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in values)
    return f"{{{quoted}}}".translate(_SPECIAL)
