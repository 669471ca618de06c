"""Tables that count: triggers add rows of +1 and -1, so that no act waits for another; a sweep sums them."""

from django.db import connection
from django.db.models import Model


def fold(table: type[Model]) -> int:
    """Put together the rows of a table of counts that differ by `delta` alone; return how many are left.

    In one statement, so that the sums are the same before, after and meanwhile.
    """
    columns = ", ".join(
        connection.ops.quote_name(str(field.column))
        for field in table._meta.concrete_fields
        if not field.primary_key and field.name != "delta"
    )
    name = connection.ops.quote_name(table._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH counted AS (DELETE FROM {name} RETURNING {columns}, delta) "  # noqa: S608 -- the names of a model
            f"INSERT INTO {name} ({columns}, delta) "
            f"SELECT {columns}, sum(delta) FROM counted GROUP BY {columns} HAVING sum(delta) <> 0"
        )
        return int(cursor.rowcount)
