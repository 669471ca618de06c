"""Checking the journal against itself, its register and its anchors."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from comptes import queries
from comptes.connectors.anchors import Anchor, AnchorNotReadable, Anchors
from comptes.connectors.heads import lost_between
from comptes.connectors.tsa import Authority
from comptes.dates import day_in_figures
from comptes.models import JournalChain, JournalEntry, RegisteredChain

from .writing import REGISTER, chains_to_register, fingerprint_of_birth, fingerprint_of_entry


@dataclass(frozen=True)
class Broken:
    """The first broken row of a chain; `number` is None when a chain, or an anchor, fails as a whole."""

    chain: str
    number: int | None
    reason: str

    def __str__(self) -> str:
        return f"{self.chain}{f', ligne {self.number}' if self.number else ''} : {self.reason}."


def verify() -> Iterator[Broken]:
    """Yield the first broken row of each broken chain; then the faults of the register and of the anchors."""
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
    written = set(JournalChain.objects.filter(length__gt=0).order_by("name").values_list("name", flat=True))
    yield from (Broken(name, None, "la chaîne a disparu") for name in sorted(names - written))
    waiting = chains_to_register()  # those of the present transaction, which its commit will register
    lost = sorted(written - names - waiting)
    yield from (Broken(name, None, "la chaîne n’est pas inscrite au registre") for name in lost)


def anchors() -> Anchors:
    """The anchors of this portal, as its settings say."""
    authority = Authority(settings.JOURNAL_TSA_URL, settings.JOURNAL_TSA_ROOTS) if settings.JOURNAL_TSA_ROOTS else None
    return Anchors(Path(settings.JOURNAL_ANCHORS_ROOT), settings.JOURNAL_ANCHORS_KEY.encode(), authority)


def faults_since_the_anchors() -> Iterator[Broken]:
    """Compare the chains with their anchors outside the database: only this shows a truncated or emptied base."""
    kept, earlier = anchors(), None
    for day in kept.days():
        name = f"ancrage du {day_in_figures(day)}"
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
    which_row = f"que l’ancrage du {day_in_figures(anchor.day)} connaît"
    now = queries.heads_of_journal()
    for chain, (length, head) in anchor.heads.chains.items():
        if length == 0 or now.get(chain) == (length, head):
            continue
        row = JournalEntry.objects.filter(chain=chain, number=length).first()
        if row is None:
            yield Broken(chain, length, f"la ligne manque, {which_row}")
        elif row.sha256 != head:
            yield Broken(chain, length, f"elle n’est plus celle {which_row}")
    length, head = anchor.heads.register
    if length and not RegisteredChain.objects.filter(number=length, sha256=head).exists():
        yield Broken(REGISTER, length, f"elle n’est plus celle {which_row}")


def _first_broken_row(chain: JournalChain) -> Broken | None:
    previous, expected = "", 1
    for entry in chain.entries.order_by("number").iterator():
        if entry.number != expected:
            return Broken(chain.name, expected, "la ligne manque")
        if entry.previous != previous:
            return Broken(chain.name, entry.number, "elle ne suit pas la ligne précédente")
        if entry.sha256 != fingerprint_of_entry(entry):
            return Broken(chain.name, entry.number, "son contenu ne correspond plus à son empreinte")
        previous, expected = entry.sha256, entry.number + 1
    if (expected - 1, previous) != (chain.length, chain.head):
        return Broken(chain.name, expected, "la fin de la chaîne manque")
    return None
