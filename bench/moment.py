"""The instants of the measures: OPENING, when the catalogue is published; AT, five months after Date 1."""

from datetime import UTC, datetime

OPENING = datetime(2026, 5, 26, 7, 0, tzinfo=UTC)
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
