"""The blocages as a page shows them, each with its owner, its link, its échéance and its source in the webinar."""

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
# The page where the thing that an address names is read, by kind of address.
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
    """The blocages before one threshold. `by_owner` counts them: « 3 à l’éditeur, 1 au CNDA »."""

    title: str
    blocages: tuple[ShownBlocage, ...]
    by_owner: str
    is_open: bool


def groups_of(situation: AttributionSituation, candidature: Candidature, *, fills: bool) -> list[Groupe]:
    """Group what is missing before the convention, then what the collège asks for besides; no empty group."""
    wanted = (
        ("Avant la convention", situation.before_convention),
        ("Avant le collège", only_before_the_college(situation)),
    )
    return [
        Groupe(
            title,
            shown_blocages(missing, candidature, fills=fills),
            _by_owner(missing),
            len(missing) <= LONGEST_OPEN,
        )
        for title, missing in wanted
        if missing
    ]


def shown_blocages(missing: Sequence[Blocage], candidature: Candidature, *, fills: bool) -> tuple[ShownBlocage, ...]:
    return tuple(_shown(blocage, candidature, fills=fills) for blocage in missing)


def _shown(blocage: Blocage, candidature: Candidature, *, fills: bool) -> ShownBlocage:
    return ShownBlocage(
        sentence=blocage.sentence,
        href=href_of(blocage.address, blocage.owner, candidature, fills=fills),
        owner=blocage.owner.label,
        is_mine=blocage.owner == (Owner.EDITEUR if fills else Owner.ANS),
        echeance=blocage.echeance,
        is_late=blocage.is_late,
        since=blocage.since,
        section=blocage.section,
    )


def _by_owner(missing: Sequence[Blocage]) -> str:
    owners = [blocage.owner for blocage in missing]
    return ", ".join(f"{owners.count(owner)} {owner.to}" for owner in every_owner() if owner in owners)


def href_of(address: str, owner: Owner, candidature: Candidature, *, fills: bool) -> str:
    """Return the page where this reader lifts a blocage, or reads about it; "" when there is none.

    :param address: address of the thing that blocks, as `volet:administratif`
    :param owner: who must act
    :param fills: whether the reader works for the éditeur, else for the ANS
    """
    kind, _, key = address.partition(":")
    if kind == "volet":
        return reverse("candidatures:volet" if fills else "candidatures:volet_review", args=[candidature.nru, key])
    if kind == "chapitre" and fills:
        return reverse("preuves:chapitre", args=[candidature.nru, key])
    if kind == "chapitre" and owner == Owner.ANS:
        return reverse("preuves:examen", args=[candidature.nru, key])
    if kind == "reexamen" and not fills:
        return reverse("referencement:reexamen", args=[candidature.nru])
    return reverse(PAGES[kind], args=[candidature.nru]) if kind in PAGES else ""
