"""What the public list says of a solution, and what may be asked of it. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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
    """What somebody looks for in the public list; empty words ask for nothing.

    :param editeur: words of the éditeur's name, whatever their accents and case
    :param text: words of the solution's name or of the éditeur's
    """

    state: str = ""
    dispositif: str = ""
    profil: str = ""
    editeur: str = ""
    text: str = ""

    def as_query(self) -> dict[str, str]:
        """The parameters of the address that asks for the same."""
        asked = {"etat": self.state, "dispositif": self.dispositif, "profil": self.profil}
        return {name: value for name, value in {**asked, "editeur": self.editeur, "q": self.text}.items() if value}


@dataclass(frozen=True, slots=True)
class Solution:
    """One line of the public list.

    :param nru: empty until it is référencée: nothing of a dossier is public before
    :param dispositif: its code; `demarche` is its name
    :param version: the version technique that is référencée, empty until then
    :param profils: in words
    :param since: when it came to its state: the dossier handed over, the référencement attributed, suspended, ended
    :param referenced_at: when the référencement was attributed; None until then
    :param successor: the NRU of the version that replaces it, empty most often
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
        """Whether the collège attributed it: what became of it since stays public."""
        return self.referenced_at is not None

    @property
    def badge(self) -> str:
        return BADGES[self.state]

    @property
    def is_dated(self) -> bool:
        """Whether the day from which it is so is said beside its state."""
        return self.state not in (Publication.IN_PROGRESS, Publication.REFERENCED)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a référencement is now, as anybody reads it.

    :param since: when it came to be so
    :param successor: the NRU of the version that replaces it, empty most often
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

    :param noms_commerciaux: the other names under which it is sold, with the version technique of each
    :param versions: those of the same solution in the same démarche, the latest first, this one among them
    :param attestation: the number of its attestation, empty while none is issued
    :param standing: what it is now
    :param history: what happened since it was attributed, latest first: (when it took effect, in words)
    """

    nru: str
    nom: str
    editeur: str
    siren: str
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
    """Read the parameters of an address; a word that is not one of the list's asks for nothing.

    A profil is one of a dispositif: an address that names it alone was written for the first that has it.

    :param profils: by the code of each dispositif that may be asked for, the earliest first, its profils
    """
    state, dispositif, profil = asked.get("etat", ""), asked.get("dispositif", ""), asked.get("profil", "")
    if dispositif not in profils:
        dispositif = next((code for code, known_profils in profils.items() if profil in known_profils), "")
    return Wanted(
        state=state if state in Publication.values else "",
        dispositif=dispositif,
        profil=profil if profil in profils.get(dispositif, {}) else "",
        editeur=_words(asked.get("editeur", "")),
        text=_words(asked.get("q", "")),
    )


def _words(typed: str) -> str:
    return typed.replace("\x00", "")[:100]
