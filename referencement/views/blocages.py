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

# What the reader has to do is unfolded when it is no longer than that.
LONGEST_OPEN = 4
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
class Lane:
    """What one side, or one desk, has to do before a threshold. `is_open`: the reader's own, when it is short."""

    title: str
    blocages: tuple[ShownBlocage, ...]
    is_open: bool


@dataclass(frozen=True)
class Groupe:
    """The blocages before one threshold: the reader's lane first, then the others."""

    title: str
    lanes: tuple[Lane, ...]

    @property
    def blocages(self) -> tuple[ShownBlocage, ...]:
        return tuple(blocage for lane in self.lanes for blocage in lane.blocages)


def groups_of(situation: AttributionSituation, candidature: Candidature, *, fills: bool) -> list[Groupe]:
    """Group what is missing before the convention, then what the collège asks for besides; no empty group."""
    wanted = (
        ("Avant la convention", situation.before_convention),
        ("Avant le collège", only_before_the_college(situation)),
    )
    return [Groupe(title, _lanes(missing, candidature, fills=fills)) for title, missing in wanted if missing]


def _lanes(missing: Sequence[Blocage], candidature: Candidature, *, fills: bool) -> tuple[Lane, ...]:
    reader = Owner.EDITEUR if fills else Owner.ANS
    owners = [reader, *(owner for owner in every_owner() if owner != reader)]
    lanes = []
    for owner in owners:
        blocages = shown_blocages([blocage for blocage in missing if blocage.owner == owner], candidature, fills=fills)
        who = "vous" if owner == Owner.EDITEUR and fills else owner.label[0].lower() + owner.label[1:]
        if blocages:
            lanes.append(Lane(f"À faire par {who}", blocages, owner == reader and len(blocages) <= LONGEST_OPEN))
    return tuple(lanes)


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


def sources_of(groups: Sequence[Groupe]) -> list[str]:
    """Return the sections of the webinar that state what is missing, each once."""
    return list(dict.fromkeys(blocage.section for group in groups for blocage in group.blocages))


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
