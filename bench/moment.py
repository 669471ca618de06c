"""When the measures take place: five months after Date 1, seven before Date 2; and when the catalogue was published."""

from datetime import UTC, datetime

OPENING = datetime(2026, 5, 26, 7, 0, tzinfo=UTC)
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
