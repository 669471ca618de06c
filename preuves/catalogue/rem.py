"""The référentiel d'exigences minimales (REM) as read from a workbook: frozen data, whatever its layout."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from comptes.canonical import canonical

GENERAL = "Général"


@dataclass(frozen=True)
class PreuveSpec:
    """One expected preuve; `texte` is sanitised HTML.

    :param constat: the desk's constat that answers it, such as `CNDA:INSI`; empty when none does
    :param sauf_profils: excluded only if every chosen profil is one of these
    """

    numero: str
    texte: str
    nature: str
    guichet: str = "ANS"
    constat: str = ""
    sauf_profils: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScenarioSpec:
    numero: str
    texte: str
    preuves: tuple[PreuveSpec, ...] = ()


@dataclass(frozen=True)
class ExigenceSpec:
    """One exigence. `profils` and `profils_historiques` hold codes of the dispositif, or `Général`.

    :param perimetre: `vague_1` or `vague_2`
    :param force: `exigence` or `preconisation`
    """

    identifiant: str
    fonction: str
    texte: str
    commentaire: str
    perimetre: str
    profils: tuple[str, ...]
    profils_historiques: tuple[str, ...]
    criticite: str
    force: str = "exigence"
    scenarios: tuple[ScenarioSpec, ...] = ()


@dataclass(frozen=True)
class ChapitreSpec:
    code: str
    label: str
    exigences: tuple[ExigenceSpec, ...] = ()


@dataclass(frozen=True)
class RemSpec:
    """A whole version: chapitres in their order."""

    chapitres: tuple[ChapitreSpec, ...] = field(default=())

    @property
    def sha256(self) -> str:
        """The sha256 of the content, in canonical JSON: the same workbook saved again is the same REM."""
        digest = hashlib.sha256()
        for part in self._canonical():
            digest.update(part)
        return digest.hexdigest()

    def _canonical(self) -> Iterator[bytes]:
        """Give the canonical JSON of the content, an exigence at a time, since the whole of it may be very long."""
        yield b'{"chapitres":['
        for rank, chapitre in enumerate(self.chapitres):
            yield b'%s{"code":%s,"exigences":[' % (b"," if rank else b"", canonical(chapitre.code))
            for place, exigence in enumerate(chapitre.exigences):
                yield b"%s%s" % (b"," if place else b"", canonical(exigence))
            yield b'],"label":%s}' % canonical(chapitre.label)
        yield b"]}"

    def exigences(self) -> Iterator[tuple[ChapitreSpec, ExigenceSpec]]:
        for chapitre in self.chapitres:
            for exigence in chapitre.exigences:
                yield chapitre, exigence

    def preuves(self) -> Iterator[tuple[ChapitreSpec, ExigenceSpec, ScenarioSpec, PreuveSpec]]:
        for chapitre, exigence in self.exigences():
            for scenario in exigence.scenarios:
                for preuve in scenario.preuves:
                    yield chapitre, exigence, scenario, preuve


def empreinte(exigence: ExigenceSpec, scenario: ScenarioSpec, preuve: PreuveSpec) -> str:
    """Compute the sha256 of all the words that a verdict answers to, and of the nature that is asked."""
    texts = [exigence.texte, scenario.texte, preuve.texte, preuve.nature]
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()
