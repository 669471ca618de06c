"""Copy a family in SQL, many times at once: INSERT … SELECT, with new keys, names, numbers and sha256.

The triggers that check how a row begins are disabled meanwhile, since a copy starts in the state that its model has
reached; `laws` then checks their rules on the copies. Constraints are checked at the end of each statement.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.models import ForeignKey

from .chaining import WORDS, Chains, entries_of
from .family import Rows, Table
from .seals import EXACT, Seal, quoted_in_the_journal, seals_of
from .texts import Keys, Reader, Template, keys_in

TEXTS = "populate_texts"
# Columns that are unique and that no other text quotes: the SQL expression of a copy's value.
UNREAD = {"message_id": "'<' || (w.words)[1] || '.' || substr(r.message_id, 2)"}
MAY_HOLD_WORDS = ("CharField", "TextField", "JSONField", "ArrayField", "EmailField")
# What triggers count: the turns, and the chapitres that wait.
COUNTED_AGAIN = """
    DELETE FROM referencement_nombredetours;
    INSERT INTO referencement_nombredetours (answers, delta)
        SELECT answers, count(*) FROM referencement_tourprojete GROUP BY answers;
    SELECT count_every_chapitre()
"""


class Multiplier:
    """Makes copies of one family.

    :param replaced: the texts of the model that each copy replaces
    """

    def __init__(self, rows: Rows, replaced: Sequence[str]) -> None:
        self.rows, self.replaced = rows, list(replaced)
        self.entries = list(entries_of(rows, self.replaced))
        self.early, self.late, self.quoted = quoted_in_the_journal(seals_of(rows), self.entries)

    def copy(self, own: Sequence[Sequence[str]]) -> int:
        """Write one copy for each list of texts; return the number of rows."""
        with connection.cursor() as cursor:
            keys = Keys(
                self.rows, {model: _reserve(model, len(own) * len(copied)) for model, copied in self.rows.items()}
            )
            self.reader = Reader(self.replaced, keys)
            self.cursor = cursor
            cursor.execute(f"CREATE TEMP TABLE {WORDS} (n int PRIMARY KEY, words text[] NOT NULL) ON COMMIT DROP")
            cursor.executemany(
                f"INSERT INTO {WORDS} VALUES (%s, %s)", [(n, list(texts)) for n, texts in enumerate(own)]
            )
            with triggers_aside(self.rows):
                count = self._copy_everything()
            cursor.execute("UPDATE candidatures_candidature SET noms = '' WHERE noms <> names_of_produit(produit_id)")
            cursor.execute(COUNTED_AGAIN)
            cursor.execute(f"DROP TABLE {WORDS}")
        return count

    def _copy_everything(self) -> int:
        self._learn_seals(self.early)
        chains = Chains(self.cursor, self.reader, self.entries)
        chains.walk()
        for entry in self.quoted:
            self._append(chains.sha256_of(entry), [], entry.sha256)
        self._learn_seals(self.late)
        count = sum(self._copy_table(model) for model in self.rows)
        return count + chains.write()

    def _learn_seals(self, seals: list[Seal]) -> None:
        """Add the sha256 of the frozen texts to the texts of each copy, each after those that it quotes."""
        for seal in seals:
            template = Template(len(self.reader.places))
            text = template.write(self.reader.cut(seal.text))
            self._append(f"encode(sha256(convert_to({_filled('%s', template)}, 'UTF8')), 'hex')", [text], seal.sha256)

    def _append(self, expression: str, values: list[str], word: str) -> None:
        if word in self.reader.places:
            return
        self.cursor.execute(f"UPDATE {WORDS} AS w SET words = words || ({expression})", values)
        self.reader.learn([word])

    def _copy_table(self, model: Table) -> int:
        texts = self._texts_of(model)
        joins: list[str] = []
        columns, values = [], []
        for field in model._meta.concrete_fields:
            columns.append(f'"{field.column}"')
            if isinstance(field, ForeignKey):
                values.append(self._moved(field.related_model, field.column, joins))
            elif field.primary_key:
                values.append(self._moved(model, field.column, joins))
            elif field.column in UNREAD:
                values.append(UNREAD[field.column])
            elif field.column in texts:
                typed = field.db_type(connection)
                values.append(f'coalesce({texts[field.column]}::{typed}, r."{field.column}")')
            else:
                values.append(f'r."{field.column}"')
        table, key = model._meta.db_table, model._meta.pk.column
        joined = " ".join(joins) + (f' LEFT JOIN {TEXTS} AS t ON t.old = r."{key}"' if texts else "")
        self.cursor.execute(
            f'INSERT INTO "{table}" ({", ".join(columns)}) SELECT {", ".join(values)} '
            f"FROM (SELECT n, words || '{{}}'::text[] AS words FROM {WORDS} ORDER BY n OFFSET 0) AS w "
            f'CROSS JOIN "{table}" AS r {joined} WHERE r."{key}" = ANY(%s)',
            [self.rows[model]],
        )
        count = self.cursor.rowcount
        if texts:
            self.cursor.execute(f"DROP TABLE {TEXTS}")
        return count

    def _moved(self, model: Table, column: str, joins: list[str]) -> str:
        """Return the SQL expression of a key in the copy; the model's own key when the row is not copied."""
        keys = self.rows.get(model)
        if not keys:
            return f'r."{column}"'
        alias = f"k{len(joins)}"
        start, step = self.reader.keys.starts[model], len(keys)
        ranked = f"unnest('{{{','.join(map(str, keys))}}}'::bigint[]) WITH ORDINALITY"
        joins.append(f'LEFT JOIN {ranked} AS {alias}(old, rank) ON {alias}.old = r."{column}"')
        return f'coalesce({start - 1} + {alias}.rank + w.n * {step}, r."{column}")'

    def _texts_of(self, model: Table) -> dict[str, str]:
        """Store the templates of the texts that change, by key of row; return the SQL expression of each column."""
        fields = [] if model._meta.db_table in EXACT else [f for f in model._meta.concrete_fields if _holds_words(f)]
        if not fields:
            return {}
        key = model._meta.pk.column
        shown = ", ".join(f'"{field.column}"::text' for field in fields)
        self.cursor.execute(
            f'SELECT "{key}", {shown} FROM "{model._meta.db_table}" WHERE "{key}" = ANY(%s)', [self.rows[model]]
        )
        kept = []
        for old, *held in self.cursor.fetchall():
            template = Template(len(self.reader.places))
            cut = [self.reader.cut(text or "") for text in held]
            written = [template.write(parts) if len(parts) > 2 else None for parts in cut]
            if any(written):
                kept.append((old, template, written))
        if not kept:
            return {}
        columns = [f"c{rank}" for rank in range(len(fields))]
        width = max(len(template.starts) for _, template, _ in kept)
        self._keep_texts(columns, kept)
        return {
            field.column: _filled(f"t.{column}", width)
            for field, column, place in zip(fields, columns, range(len(fields)), strict=True)
            if any(written[place] for _, _, written in kept)
        }

    def _keep_texts(self, columns: list[str], kept: list[tuple[int, Template, list[str | None]]]) -> None:
        described = ", ".join(f"{column} text" for column in columns)
        self.cursor.execute(
            f"CREATE TEMP TABLE {TEXTS} (old bigint PRIMARY KEY, starts bigint[], steps bigint[], {described}) "
            "ON COMMIT DROP"
        )
        places = ", ".join(["%s"] * (3 + len(columns)))
        self.cursor.executemany(
            f"INSERT INTO {TEXTS} VALUES ({places})",
            [(old, template.starts, template.steps, *written) for old, template, written in kept],
        )


def _holds_words(field: object) -> bool:
    return any(kind.__name__ in MAY_HOLD_WORDS for kind in type(field).__mro__)


def _filled(text: str, template: "Template | int") -> str:
    if isinstance(template, int):
        return f"format({text}, VARIADIC w.words || {keys_in('t', template)})"
    pairs = zip(template.starts, template.steps, strict=True)
    keys = ", ".join(f"({start} + w.n::bigint * {step})::text" for start, step in pairs)
    return f"format({text}, VARIADIC w.words || ARRAY[{keys}]::text[])"


def _reserve(model: Table, count: int) -> int:
    """Take that many keys from the model's sequence; return the first, 0 when its key is another row's."""
    if isinstance(model._meta.pk, ForeignKey):
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, model._meta.pk.column])
        sequence = cursor.fetchone()[0]
        cursor.execute("SELECT setval(%s, nextval(%s) + %s)", [sequence, sequence, count])
        return int(cursor.fetchone()[0]) - count


@contextmanager
def triggers_aside(rows: Rows) -> Iterator[None]:
    """Disable the INSERT triggers of these tables, except those of foreign keys; check deferred constraints at once."""
    tables = [model._meta.db_table for model in rows]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgtype & 4 > 0 AND tgrelid::regclass::text = ANY(%s) ORDER BY 1, 2",
            [tables],
        )
        watching = cursor.fetchall()
        for table, name in watching:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
        yield
        for table, name in watching:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER "{name}"')
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
