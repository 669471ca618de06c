"""When the measures take place: five months after Date 1, seven before Date 2."""

from datetime import UTC, datetime

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
