"""What is missing, as a page shows it: each with its owner, its link, its échéance and where it was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from candidatures.models import Candidature
from guichets.catalogue.guichets import every_owner
from guichets.enums import Owner
from referencement.rules.attribution import AttributionSituation, only_before_the_college
from referencement.rules.blocages import Blocage

LONGEST_OPEN = 6
# Where what an address names is read, when it is a page of the candidature.
PAGES = {
    "charte": "candidatures:charte",
    "chapitre": "preuves:dossier",
    "dossier": "preuves:dossier",
    "guichets": "guichets:page",
    "convention": "referencement:convention",
    "messages": "referencement:messages",
    "derogations": "referencement:derogations",
    "mesure": "referencement:referencement",
}


@dataclass(frozen=True)
class ShownBlocage:
    sentence: str
    href: str
    owner: str
    is_mine: bool
    echeance: str
    is_late: bool
    since: datetime | None
    section: str


@dataclass(frozen=True)
class Groupe:
    """What is missing before one threshold. `by_owner`: « 3 à l’éditeur, 1 au CNDA »."""

    title: str
    blocages: tuple[ShownBlocage, ...]
    by_owner: str
    is_open: bool


def groups_of(situation: AttributionSituation, found: Candidature, *, fills: bool) -> list[Groupe]:
    """What is missing before the convention, then what the collège asks beside it; only what is missing."""
    wanted = (
        ("Avant la convention", situation.before_convention),
        ("Avant le collège", only_before_the_college(situation)),
    )
    return [
        Groupe(
            title,
            shown_blocages(missing, found, fills=fills),
            _by_owner(missing),
            len(missing) <= LONGEST_OPEN,
        )
        for title, missing in wanted
        if missing
    ]


def shown_blocages(missing: Sequence[Blocage], found: Candidature, *, fills: bool) -> tuple[ShownBlocage, ...]:
    return tuple(_shown(one, found, fills=fills) for one in missing)


def _shown(one: Blocage, found: Candidature, *, fills: bool) -> ShownBlocage:
    return ShownBlocage(
        sentence=one.sentence,
        href=href_of(one.address, one.owner, found, fills=fills),
        owner=one.owner.label,
        is_mine=one.owner == (Owner.EDITEUR if fills else Owner.ANS),
        echeance=one.echeance,
        is_late=one.is_late,
        since=one.since,
        section=one.section,
    )


def _by_owner(missing: Sequence[Blocage]) -> str:
    owners = [one.owner for one in missing]
    return ", ".join(f"{owners.count(owner)} {owner.to}" for owner in every_owner() if owner in owners)


def href_of(address: str, owner: Owner, found: Candidature, *, fills: bool) -> str:
    """Where this reader does what is waited for, or reads of it; empty when no page does.

    :param owner: who must act
    """
    kind, _, key = address.partition(":")
    if kind == "volet":
        return reverse("candidatures:volet" if fills else "candidatures:volet_review", args=[found.nru, key])
    if kind == "chapitre" and fills:
        return reverse("preuves:chapitre", args=[found.nru, key])
    if kind == "chapitre" and owner == Owner.ANS:
        return reverse("preuves:examen", args=[found.nru, key])
    if kind == "reexamen" and not fills:
        return reverse("referencement:reexamen", args=[found.nru])
    return reverse(PAGES[kind], args=[found.nru]) if kind in PAGES else ""
