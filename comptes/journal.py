"""The journal: one row per act, written in the act's own transaction, chained by sha256.

A chain is named by its address: `editeur:12`, `candidature:DUI-2026-00042-B` or `portail`. Each is registered, as it
begins, in a chain of the portal; what all were is anchored each day outside the database. Rows hold ids and
parameters, never a person's name; each floor registers the sentences of its acts, and how to name what they point at.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import TextChoices

from comptes import clock, queries
from comptes.connectors import Anchor, AnchorNotReadable, Anchors, Authority, lost_between
from comptes.models import Compte, JournalChain, JournalEntry, RegisteredChain

REGISTER = "registre des chaînes"
PORTAIL = "portail"

Namer = Callable[[Iterable[Any]], Mapping[Any, str]]
_sentences: dict[str, str] = {}
_namers: dict[str, Namer] = {}


class Follower(Protocol):
    """What is told of a transaction that wrote in these chains; `at`: when the latest of its requests arrived."""

    def __call__(self, *, chains: Collection[str], at: datetime) -> None: ...


_followers: list[Follower] = []


@dataclass(frozen=True)
class Line:
    """One act, readable. `at` is when the request arrived, `written_at` when the row was written (both aware)."""

    number: int
    at: datetime
    written_at: datetime
    who: str
    sentence: str

    @property
    def waited(self) -> bool:
        """Say whether the row was written noticeably later than the request arrived: both instants are then shown."""
        return self.written_at - self.at > timedelta(seconds=1)


@dataclass(frozen=True)
class Broken:
    """The first row of a chain that does not hold; `number` is None of a chain, or an anchor, that fails as a whole."""

    chain: str
    number: int | None
    reason: str

    def __str__(self) -> str:
        return f"{self.chain}{f', ligne {self.number}' if self.number else ''} : {self.reason}."


def register(acts: type[TextChoices], namers: Mapping[str, Namer]) -> None:
    """Teach the journal a floor's acts, and how to name the parameters that point at that floor's rows."""
    _sentences.update({str(act.value): str(act.label) for act in acts})
    _namers.update(namers)


def register_follower(follower: Follower) -> None:
    """Have a floor told of each transaction that wrote in the journal, once, just before it is committed.

    What it writes lives or dies with the acts; what it raises undoes them.
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
    :raises RuntimeError: outside a transaction, since the row must live or die with its act
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The journal is written inside the act’s own transaction.")
    JournalChain.objects.bulk_create([JournalChain(name=chain)], ignore_conflicts=True)
    head = JournalChain.objects.select_for_update().get(name=chain)
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
    entry.sha256 = fingerprint(entry)
    entry.save(force_insert=True)
    head.length, head.head = entry.number, entry.sha256
    head.save()
    _tell_the_followers(chain, at)
    if entry.number == 1:
        before_commit: dict[str, Any] = transaction.get_connection().before_commit
        before_commit.setdefault("register", _Born()).chains[chain] = at
    return entry


class _Born:
    """The chains that a transaction began. Registered last, when it waits for no other lock."""

    def __init__(self) -> None:
        self.chains: dict[str, datetime] = {}

    def __call__(self) -> None:
        register_chains(self.chains)


def register_chains(born: Mapping[str, datetime]) -> None:
    """Write at the end of the register the chains that began, and when; those that an undone savepoint took are not."""
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
    said = {"number": row.number, "name": row.name, "opened_at": opened_at, "previous": row.previous}
    return hashlib.sha256(_canonical(said)).hexdigest()


class _Moved:
    """The chains that a transaction wrote in; a savepoint that is rolled back leaves its own there: they are looked at
    for nothing."""

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
    """Tell the followers now what the transaction did so far, for who does not wait for its end."""
    transaction.get_connection().run_before_commit()


def fingerprint(entry: JournalEntry) -> str:
    """Compute the sha256 that the row must bear: over every field of it, and the sha256 of the row before."""
    said = {
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
    return hashlib.sha256(_canonical(said)).hexdigest()


def _canonical(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def verify() -> Iterator[Broken]:
    """Walk every chain and yield, for each that does not hold, its first broken row; then the register, the anchors."""
    before_commit: dict[str, Any] = transaction.get_connection().before_commit
    if born := before_commit.pop("register", None):
        born()  # asked before the commit, in one's own transaction
    if not JournalChain.objects.exists():
        yield Broken("journal", None, "il est vide")
    for chain in JournalChain.objects.order_by("name").iterator():
        if broken := _first_broken_row(chain):
            yield broken
    yield from _faults_of_the_register()
    yield from faults_since_the_anchors()


def _faults_of_the_register() -> Iterator[Broken]:
    previous, expected, names = "", 1, set()
    for row in RegisteredChain.objects.order_by("number").iterator():
        if (row.number, row.previous) != (expected, previous):
            yield Broken(REGISTER, expected, "la ligne manque, ou ne suit pas la précédente")
        elif row.sha256 != fingerprint_of_birth(row):
            yield Broken(REGISTER, row.number, "son contenu ne correspond plus à son empreinte")
        previous, expected = row.sha256, row.number + 1
        names.add(row.name)
    found = set(JournalChain.objects.filter(length__gt=0).order_by("name").values_list("name", flat=True))
    yield from (Broken(name, None, "la chaîne a disparu") for name in sorted(names - found))
    yield from (Broken(name, None, "la chaîne n’est pas inscrite au registre") for name in sorted(found - names))


def anchors() -> Anchors:
    """The anchors of this portal, as its settings say."""
    authority = Authority(settings.JOURNAL_TSA_URL, settings.JOURNAL_TSA_ROOTS) if settings.JOURNAL_TSA_ROOTS else None
    return Anchors(Path(settings.JOURNAL_ANCHORS_ROOT), settings.JOURNAL_ANCHORS_KEY.encode(), authority)


def faults_since_the_anchors() -> Iterator[Broken]:
    """Compare the chains with what was kept of them outside the database: a cut, an emptied base show here alone."""
    kept, earlier = anchors(), None
    for day in kept.days():
        name = f"ancrage du {day:%d/%m/%Y}"
        try:
            anchor = kept.read(day)
        except AnchorNotReadable as error:
            yield Broken(name, None, error.reason)
            continue
        if earlier and anchor.heads.previous != earlier.sha256:
            yield Broken(name, None, "il ne suit pas l’ancrage précédent")
        if earlier:
            lost = lost_between(earlier.heads, anchor.heads)
            yield from (Broken(name, None, f"la chaîne {chain} y est plus courte qu’avant") for chain in lost)
        earlier = anchor
    if earlier:
        yield from _faults_since(earlier)


def _faults_since(anchor: Anchor) -> Iterator[Broken]:
    said = f"que l’ancrage du {anchor.day:%d/%m/%Y} connaît"
    now = queries.heads_of_journal()
    for chain, (length, head) in anchor.heads.chains.items():
        if length == 0 or now.get(chain) == (length, head):
            continue
        row = JournalEntry.objects.filter(chain=chain, number=length).first()
        if row is None:
            yield Broken(chain, length, f"la ligne manque, {said}")
        elif row.sha256 != head:
            yield Broken(chain, length, f"elle n’est plus celle {said}")
    length, head = anchor.heads.register
    if length and not RegisteredChain.objects.filter(number=length, sha256=head).exists():
        yield Broken(REGISTER, length, f"elle n’est plus celle {said}")


def _first_broken_row(chain: JournalChain) -> Broken | None:
    previous, expected = "", 1
    for entry in chain.entries.order_by("number").iterator():
        if entry.number != expected:
            return Broken(chain.name, expected, "la ligne manque")
        if entry.previous != previous:
            return Broken(chain.name, entry.number, "elle ne suit pas la ligne précédente")
        if entry.sha256 != fingerprint(entry):
            return Broken(chain.name, entry.number, "son contenu ne correspond plus à son empreinte")
        previous, expected = entry.sha256, entry.number + 1
    if (expected - 1, previous) != (chain.length, chain.head):
        return Broken(chain.name, expected, "la fin de la chaîne manque")
    return None


def lines(entries: Iterable[JournalEntry]) -> list[Line]:
    """Render acts as French sentences, naming all that they point at with one query per kind of thing."""
    entries = list(entries)
    names = _names_for(entries)
    return [
        Line(
            number=entry.number,
            at=entry.at,
            written_at=entry.written_at,
            who=names["compte"][entry.by_id] if entry.by_id else "Le portail",
            sentence=_sentence(entry, names),
        )
        for entry in entries
    ]


def _names_for(entries: list[JournalEntry]) -> dict[str, Mapping[Any, str]]:
    wanted: dict[str, set[Any]] = {"compte": {entry.by_id for entry in entries if entry.by_id}}
    for entry in entries:
        for key, value in entry.params.items():
            if key in _namers:
                wanted.setdefault(key, set()).update(value if isinstance(value, list) else [value])
    return {key: _namers[key](ids) if ids else {} for key, ids in wanted.items()}


def _sentence(entry: JournalEntry, names: Mapping[str, Mapping[Any, str]]) -> str:
    def said(key: str, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(said(key, one) for one in value)
        return names[key].get(value, str(value)) if key in names else str(value)

    return _sentences[entry.act].format_map({key: said(key, value) for key, value in entry.params.items()})
