"""Writing the journal, in the act's own transaction, and calling those that follow it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import TextChoices

from comptes import clock
from comptes.canonical import fingerprint
from comptes.models import Compte, JournalChain, JournalEntry, RegisteredChain

REGISTER = "registre des chaînes"
PORTAIL = "portail"


@dataclass(frozen=True)
class Recorded:
    """An act as its followers see it.

    :param parts: which parts of its object it wrote, such as the champs of a volet; None when it may be any of them
    """

    chain: str
    act: str
    parts: frozenset[str] | None = None


class Follower(Protocol):
    """A function called for each transaction that wrote these acts; `at`: arrival of its latest request."""

    def __call__(self, *, acts: Collection[Recorded], at: datetime) -> None: ...


_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Have a floor called once, just before commit, for each transaction that wrote in the journal.

    What it writes is committed or rolled back with the acts; an exception from it undoes them.
    """
    _followers.append(follower)


def chain_of_editeur(editeur_id: int) -> str:
    return f"editeur:{editeur_id}"


def record(
    chain: str,
    act: TextChoices,
    parts: Collection[str] | None = None,
    /,
    *,
    on: str,
    by: Compte | None,
    at: datetime,
    **params: str | int | list[str],
) -> JournalEntry:
    """Write one act at the end of its chain.

    :param parts: told to the followers, and not written: see `Recorded`
    :param on: the address (kind + natural key) of what the act is about, such as `invitation:12`
    :param by: who acted; None is the portal itself
    :raises RuntimeError: outside a transaction, since the row must be committed or rolled back with its act
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The journal is written inside the act’s own transaction.")
    head = _locked_head(chain)
    entry = JournalEntry(
        chain=head,
        number=head.length + 1,
        act=act.value,
        address=on,
        by=by,
        at=at,
        written_at=clock.now(),
        params=params,
        previous=head.head,
    )
    entry.sha256 = fingerprint_of_entry(entry)
    entry = _append(entry)
    _tell_the_followers(Recorded(chain, act.value, None if parts is None else frozenset(parts)), at)
    if entry.number == 1:
        before_commit: dict[str, Any] = transaction.get_connection().before_commit
        before_commit.setdefault("register", _Born()).chains[chain] = at
    return entry


def _locked_head(chain: str) -> JournalChain:
    """Lock the head of a chain; make it for the first act."""
    heads = JournalChain.objects.select_for_update().filter(name=chain)
    if (head := heads.first()) is None:
        JournalChain.objects.bulk_create([JournalChain(name=chain)], ignore_conflicts=True)
        head = heads.get()
    return head


# One statement, since every act of the portal makes it.
APPEND = """
    WITH entry AS (
        INSERT INTO comptes_journalentry
            (chain_id, number, act, address, by_id, at, written_at, params, previous, sha256)
        VALUES (%(chain)s, %(number)s, %(act)s, %(address)s, %(by)s, %(at)s, %(written_at)s, %(params)s,
            %(previous)s, %(sha256)s)
        RETURNING id
    )
    UPDATE comptes_journalchain SET length = %(number)s, head = %(sha256)s FROM entry WHERE name = %(chain)s
    RETURNING entry.id
"""


def _append(entry: JournalEntry) -> JournalEntry:
    """Write a row, and move the head of its chain to it; return it with its key."""
    fields = [field for field in JournalEntry._meta.concrete_fields if not field.primary_key]
    values = {field.name: field.get_db_prep_save(getattr(entry, field.attname), connection) for field in fields}
    with connection.cursor() as cursor:
        cursor.execute(APPEND, values)
        (key,) = cursor.fetchone()
    names = ("id", *(field.attname for field in fields))
    return JournalEntry.from_db(connection.alias, names, (key, *(getattr(entry, name) for name in names[1:])))


class _Born:
    """The chains that a transaction began. They are registered last, when it waits for no other lock."""

    def __init__(self) -> None:
        self.chains: dict[str, datetime] = {}

    def __call__(self) -> None:
        register_chains(self.chains)


def chains_to_register() -> frozenset[str]:
    """The chains that this transaction began, and that its commit will register."""
    born = transaction.get_connection().before_commit.get("register")
    return frozenset(born.chains) if isinstance(born, _Born) else frozenset()


def register_chains(born: Mapping[str, datetime]) -> None:
    """Add to the register the chains that began, and when; skip those that a rolled-back savepoint removed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [REGISTER])
    kept = JournalChain.objects.filter(name__in=born).exclude(pk__in=RegisteredChain.objects.values("name"))
    last = RegisteredChain.objects.order_by("-number").first()
    number, previous = (last.number, last.sha256) if last else (0, "")
    rows = []
    for name in kept.order_by("name").values_list("name", flat=True):
        number += 1
        row = RegisteredChain(number=number, name=name, opened_at=born[name], previous=previous)
        row.sha256 = previous = fingerprint_of_birth(row)
        rows.append(row)
    RegisteredChain.objects.bulk_create(rows, batch_size=1000)


def fingerprint_of_birth(row: RegisteredChain) -> str:
    """Compute the sha256 that a row of the register must bear."""
    opened_at = row.opened_at.astimezone(UTC).isoformat(timespec="microseconds")
    sealed_fields = {"number": row.number, "name": row.name, "opened_at": opened_at, "previous": row.previous}
    return fingerprint(sealed_fields)


class _Moved:
    """The acts that a transaction wrote.

    Those of a rolled-back savepoint stay in the list: the followers look at them needlessly, without harm.
    """

    def __init__(self) -> None:
        self.acts: dict[Recorded, datetime] = {}

    def note(self, recorded: Recorded, at: datetime) -> None:
        self.acts[recorded] = max(at, self.acts.get(recorded, at))

    def __call__(self) -> None:
        for follower in _followers:
            follower(acts=self.acts.keys(), at=max(self.acts.values()))


def _tell_the_followers(recorded: Recorded, at: datetime) -> None:
    before_commit: dict[str, Any] = transaction.get_connection().before_commit
    before_commit.setdefault("journal", _Moved()).note(recorded, at)


def run_followers() -> None:
    """Call the followers now, for a caller that needs their work before the end of the transaction."""
    transaction.get_connection().run_before_commit()


def fingerprint_of_entry(entry: JournalEntry) -> str:
    """Compute the sha256 that the row must bear: over every field of it, and the sha256 of the row before."""
    return fingerprint(sealed(entry))


def sealed(entry: JournalEntry) -> dict[str, Any]:
    """Gather the fields that the sha256 of a row covers."""
    return {
        "chain": entry.chain_id,
        "number": entry.number,
        "act": entry.act,
        "address": entry.address,
        "by": entry.by_id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "written_at": entry.written_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "params": entry.params,
        "previous": entry.previous,
    }
