"""The journal of the copies: each chain is written from its first act, with the sha256 of the act before."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from comptes.canonical import canonical
from comptes.journal.writing import sealed
from comptes.models import Compte, JournalChain, JournalEntry

from .family import Rows
from .texts import Keys, Part, Reader, Template, keys_in

WORDS, WALK, ENTRIES = "populate_words", "populate_walk", "populate_entries"


class Chains:
    """Writes the chains of the journal of the copies of a family."""

    def __init__(self, cursor: Any, reader: Reader, entries: Sequence[JournalEntry]) -> None:
        self.cursor, self.reader, self.entries = cursor, reader, entries

    def sha256_of(self, entry: JournalEntry) -> str:
        """Return the SQL query that gives the sha256 of an act in copy `w.n`."""
        names = list(dict.fromkeys(other.chain_id for other in self.entries))
        where = f"x.n = w.n AND x.chain = {names.index(entry.chain_id)} AND x.number = {entry.number}"
        return f"SELECT sha256 FROM {WALK} AS x WHERE {where}"

    def walk(self) -> None:
        """Compute the sha256 of each act of each copy, with that of the act before."""
        width = self.width = self._keep_entries()
        arguments = f"w.words || {keys_in('e', width)}"
        seal = "encode(sha256(convert_to(format(e.sealed, VARIADIC {} || {}), 'UTF8')), 'hex')"
        first, following = (seal.format(arguments, f"ARRAY[{before}]") for before in ("''", "x.sha256"))
        self.cursor.execute(
            f"CREATE TEMP TABLE {WALK} ON COMMIT DROP AS WITH RECURSIVE x AS ("
            f"SELECT w.n, e.chain, e.number, ''::text AS previous, {first} AS sha256 "
            f"FROM {WORDS} AS w CROSS JOIN {ENTRIES} AS e WHERE e.number = 1 UNION ALL "
            f"SELECT x.n, e.chain, e.number, x.sha256, {following} "
            f"FROM x JOIN {ENTRIES} AS e ON (e.chain, e.number) = (x.chain, x.number + 1) "
            f"JOIN {WORDS} AS w ON w.n = x.n"
            ") SELECT * FROM x"
        )
        self.cursor.execute(f"CREATE INDEX ON {WALK} (n, chain, number)")
        self.cursor.execute(f"ANALYZE {WALK}")

    def _keep_entries(self) -> int:
        self.cursor.execute(
            f"CREATE TEMP TABLE {ENTRIES} (chain int, number int, old bigint, name text, address text, params text, "
            "sealed text, starts bigint[], steps bigint[], PRIMARY KEY (chain, number)) ON COMMIT DROP"
        )
        self.replaced_count = len(self.reader.places)
        kept = []
        width = 0
        for rank, (_, entries) in enumerate(groupby(self.entries, key=lambda entry: entry.chain_id)):
            for entry in entries:
                template = Template(self.replaced_count)
                written = [
                    template.write(self.reader.cut(text))
                    for text in (entry.chain_id, entry.address, canonical(entry.params).decode())
                ]
                whole = template.write(self._cut_sealed(entry))
                width = max(width, len(template.starts))
                kept.append((rank, entry.number, entry.pk, *written, whole, template))
        # The sha256 of the act before is the last argument, after the keys, of which every act has the same number.
        last = f"%{self.replaced_count + width + 1}$s"
        self.cursor.executemany(
            f"INSERT INTO {ENTRIES} VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (*columns, whole.replace("\0", last), template.starts, template.steps)
                for *columns, whole, template in kept
            ],
        )
        self.cursor.execute(f"ANALYZE {ENTRIES}")
        return width

    def _cut_sealed(self, entry: JournalEntry) -> list[Part]:
        """Return the text that the sha256 of an act covers, in parts, with a NUL in place of the sha256 before."""
        before, _, after = canonical(sealed(entry)).decode().partition(f'"previous":"{entry.previous}"')
        return [*self.reader.cut(before), '"previous":"\0"', *self.reader.cut(after)]

    def write(self) -> int:
        """Write the chains and their acts, once the accounts are copied; return the number of acts."""
        width = self.width
        text = f"format({{}}, VARIADIC (w.words)[1:{self.replaced_count}] || {keys_in('e', width)})"
        name, address, params = (text.format(f"e.{column}") for column in ("name", "address", "params"))
        walked = f"FROM {WALK} AS x JOIN {ENTRIES} AS e USING (chain, number) JOIN {WORDS} AS w USING (n)"
        self.cursor.execute(
            f"INSERT INTO {JournalChain._meta.db_table} (name, length, head) "
            f"SELECT {name}, x.number, x.sha256 {walked} "
            f"WHERE NOT EXISTS (SELECT FROM {ENTRIES} AS f WHERE (f.chain, f.number) = (e.chain, e.number + 1))"
        )
        people = self.reader.keys.rows[Compte]
        start = self.reader.keys.starts[Compte] - 1
        by = f"coalesce({start} + k.rank + w.n * {len(people)}, r.by_id)"
        self.cursor.execute(
            f"INSERT INTO {JournalEntry._meta.db_table} "
            "(chain_id, number, act, address, by_id, at, written_at, params, previous, sha256) "
            f"SELECT {name}, x.number, r.act, {address}, {by}, r.at, "
            f"r.written_at, ({params})::jsonb, x.previous, x.sha256 {walked} "
            f"JOIN {JournalEntry._meta.db_table} AS r ON r.id = e.old "
            "LEFT JOIN unnest(%s::bigint[]) WITH ORDINALITY AS k(old, rank) ON k.old = r.by_id",
            [people],
        )
        count = self.cursor.rowcount
        self.cursor.execute(f"DROP TABLE {WALK}, {ENTRIES}")
        return count


def entries_of(rows: Rows, replaced: Sequence[str]) -> Iterator[JournalEntry]:
    """Yield the acts of the family's own chains, in order."""
    reader = Reader(replaced, Keys(rows, dict.fromkeys(rows, 1)))
    names = JournalChain.objects.order_by("name").values_list("name", flat=True)
    own = [name for name in names if reader.moves(name)]
    return JournalEntry.objects.filter(chain__in=own).order_by("chain", "number").iterator()
