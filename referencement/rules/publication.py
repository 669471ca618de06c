"""What the public list says of a solution, and how the list may be filtered. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from candidatures.rules.nru import searched
from referencement.enums import Publication, ReferencementState

PUBLICATIONS = {
    ReferencementState.IN_FORCE: Publication.REFERENCED,
    ReferencementState.SUSPENDED: Publication.SUSPENDED,
    ReferencementState.WITHDRAWN: Publication.WITHDRAWN,
    ReferencementState.RENOUNCED: Publication.RENOUNCED,
    ReferencementState.REPLACED: Publication.REPLACED,
}
BADGES = {
    Publication.IN_PROGRESS: "under_review",
    Publication.REFERENCED: "attributed",
    Publication.SUSPENDED: "attention",
    Publication.WITHDRAWN: "danger",
    Publication.RENOUNCED: "neutral",
    Publication.REPLACED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the public list; an empty one filters nothing.

    :param editeur: words of the éditeur's name, whatever their accents and case
    :param text: words of the solution's name or of the éditeur's
    """

    state: str = ""
    dispositif: str = ""
    profil: str = ""
    editeur: str = ""
    text: str = ""

    def as_query(self) -> dict[str, str]:
        """Return the parameters of the address that has the same filters."""
        asked = {"etat": self.state, "dispositif": self.dispositif, "profil": self.profil}
        return {name: value for name, value in {**asked, "editeur": self.editeur, "q": self.text}.items() if value}


@dataclass(frozen=True, slots=True)
class Solution:
    """One line of the public list.

    :param nru: empty until it is référencée: nothing of a dossier is public before
    :param dispositif: its code; `demarche` is its name
    :param profils: their labels in French
    :param version: the version technique that is référencée; empty until then
    :param since: when it came to its state (aware): dossier handed over, référencement attributed, suspended or ended
    :param referenced_at: when the référencement was attributed (aware); None until then
    :param successor: the NRU of the version that replaces it; empty when there is none
    """

    nru: str
    nom: str
    editeur: str
    dispositif: str
    demarche: str
    profils: tuple[str, ...]
    version: str
    state: Publication
    since: datetime
    referenced_at: datetime | None = None
    successor: str = ""

    @property
    def has_page(self) -> bool:
        """Whether the collège attributed it: its page is public, whatever happened since."""
        return self.referenced_at is not None

    @property
    def badge(self) -> str:
        return BADGES[self.state]

    @property
    def is_dated(self) -> bool:
        """Whether the list says, beside the state, since which day."""
        return self.state not in (Publication.IN_PROGRESS, Publication.REFERENCED)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a référencement is now, as anybody reads it.

    :param since: when it came to that state (aware)
    :param successor: the NRU of the version that replaces it; empty when there is none
    """

    state: Publication
    since: datetime
    successor: str = ""


@dataclass(frozen=True, slots=True)
class VersionReferencee:
    """One version technique of a solution that the collège attributed."""

    nru: str
    version: str
    at: datetime


@dataclass(frozen=True)
class Fiche:
    """What anybody reads of one solution référencée: what its convention quotes, and what happened since.

    :param designation: the number of the éditeur, with its name
    :param noms_commerciaux: the other names under which it is sold, with the version technique of each
    :param attestation: the number of its attestation; empty while none is issued
    :param versions: those of the same solution in the same démarche, the latest first, this one among them
    :param standing: what the référencement is now
    :param history: what happened since the attribution, latest first: (date of effect, sentence in French)
    """

    nru: str
    nom: str
    editeur: str
    designation: str
    demarche: str
    version: str
    profils: tuple[str, ...]
    noms_commerciaux: tuple[tuple[str, str], ...]
    handed_over_at: datetime | None
    referenced_at: datetime
    attestation: str
    versions: tuple[VersionReferencee, ...]
    standing: Standing
    history: tuple[tuple[datetime, str], ...] = ()

    @property
    def newer(self) -> VersionReferencee | None:
        """The latest version, when it is not this one."""
        latest = self.versions[0]
        return None if latest.nru == self.nru else latest


def wanted_from(asked: Mapping[str, str], profils: Mapping[str, Mapping[str, str]]) -> Wanted:
    """Read the filters from the parameters of an address; an unknown value filters nothing.

    A profil belongs to a dispositif. An address that names a profil alone, as older ones do, stands for the first
    dispositif that has it.

    :param profils: the profils of each dispositif that may be asked for, by its code, the earliest first
    """
    state, dispositif, profil = asked.get("etat", ""), asked.get("dispositif", ""), asked.get("profil", "")
    if dispositif not in profils:
        dispositif = next((code for code, known_profils in profils.items() if profil in known_profils), "")
    return Wanted(
        state=state if state in Publication.values else "",
        dispositif=dispositif,
        profil=profil if profil in profils.get(dispositif, {}) else "",
        editeur=searched(asked.get("editeur", "")),
        text=searched(asked.get("q", "")),
    )
