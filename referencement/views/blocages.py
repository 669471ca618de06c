"""What is missing, as a page shows it: each with its owner, its link, its échéance and where it was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from candidatures.models import Candidature
from guichets.catalogue.guichets import every_owner
from guichets.enums import Owner
from referencement.rules import AttributionSituation, Blocage, first_to_act, only_before_the_college

LONGEST_OPEN = 6


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


def turn_from(
    situation: AttributionSituation, found: Candidature, *, fills: bool, only_mine: bool = False
) -> dict[str, Any] | None:
    """Whose turn it is by what the collège still asks: who owns it.

    :param only_mine: say nothing unless the éditeur may do something
    """
    one = first_to_act(situation.before_college)
    if one is None or (only_mine and one.owner != Owner.EDITEUR):
        return None
    mine = one.owner == Owner.EDITEUR
    title = "C’est à vous" if mine and fills else f"C’est au tour {one.owner.of}"
    said = {"title": title, "text": one.sentence, "by_desk": not mine}
    href = href_of(one, found, fills=fills)
    return said | ({"href": href, "link": "Continuer" if mine and fills else "Consulter"} if href else {})


def _shown(one: Blocage, found: Candidature, *, fills: bool) -> ShownBlocage:
    return ShownBlocage(
        sentence=one.sentence,
        href=href_of(one, found, fills=fills),
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


def href_of(one: Blocage, found: Candidature, *, fills: bool) -> str:
    """Where this reader lifts it, or reads of it; empty when no page does."""
    kind, _, key = one.address.partition(":")
    match kind:
        case "charte":
            return reverse("candidatures:charte", args=[found.nru])
        case "volet":
            return reverse("candidatures:volet" if fills else "candidatures:volet_review", args=[found.nru, key])
        case "chapitre" if one.owner == Owner.ANS and not fills:
            return reverse("preuves:examen", args=[found.nru, key])
        case "chapitre" if fills:
            return reverse("preuves:chapitre", args=[found.nru, key])
        case "chapitre" | "dossier":
            return reverse("preuves:dossier", args=[found.nru])
        case "guichets":
            return reverse("guichets:page", args=[found.nru])
        case "convention":
            return reverse("referencement:convention", args=[found.nru])
    return ""
