"""Writing the journal, in the act's own transaction, and calling those that follow it."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import TextChoices

from comptes import clock
from comptes.canonical import fingerprint
from comptes.models import Compte, JournalChain, JournalEntry, RegisteredChain

REGISTER = "registre des chaînes"
PORTAIL = "portail"


class Follower(Protocol):
    """A function called for each transaction that wrote in these chains; `at`: arrival of its latest request."""

    def __call__(self, *, chains: Collection[str], at: datetime) -> None: ...


_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Have a floor called once, just before commit, for each transaction that wrote in the journal.

    What it writes is committed or rolled back with the acts; an exception from it undoes them.
    """
    _followers.append(follower)


def chain_of_editeur(editeur_id: int) -> str:
    return f"editeur:{editeur_id}"


def record(
    chain: str, act: TextChoices, *, on: str, by: Compte | None, at: datetime, **params: str | int | list[str]
) -> JournalEntry:
    """Write one act at the end of its chain.

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
    entry.save(force_insert=True)
    head.length, head.head = entry.number, entry.sha256
    head.save()
    _tell_the_followers(chain, at)
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
    """The chains that a transaction wrote in.

    Those of a rolled-back savepoint stay in the list: the followers look at them needlessly, without harm.
    """

    def __init__(self) -> None:
        self.chains: dict[str, datetime] = {}

    def note(self, chain: str, at: datetime) -> None:
        self.chains[chain] = max(at, self.chains.get(chain, at))

    def __call__(self) -> None:
        for follower in _followers:
            follower(chains=self.chains.keys(), at=max(self.chains.values()))


def _tell_the_followers(chain: str, at: datetime) -> None:
    before_commit: dict[str, Any] = transaction.get_connection().before_commit
    before_commit.setdefault("journal", _Moved()).note(chain, at)


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
