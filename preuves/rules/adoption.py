"""What a dossier loses and keeps when it moves from one version of the REM to another."""

from collections.abc import Mapping
from dataclasses import dataclass

from preuves.catalogue.rem import RemSpec

WORDS = ("l’énoncé de l’exigence", "le scénario de conformité", "l’énoncé de la preuve", "la nature de la preuve")


@dataclass(frozen=True)
class Adoption:
    """What changes for a dossier that was already answered.

    :param reasons: by N° preuve, why a verdict on it no longer holds
    :param moved: by N° preuve, its chapitre in the new version, when it is another one
    :param chapitres: the codes of the chapitres where anything is added, changed, moved or removed
    """

    reasons: Mapping[str, str]
    moved: Mapping[str, str]
    chapitres: frozenset[str]


def adoption(before: RemSpec, after: RemSpec) -> Adoption:
    """Compare two versions, word for word; an answer to unchanged words stays valid."""
    old, new = _by_numero(before), _by_numero(after)
    reasons = {numero: _why(old[numero][1], new[numero][1]) for numero in old.keys() & new.keys()}
    moved = {numero: new[numero][0] for numero in old.keys() & new.keys() if old[numero][0] != new[numero][0]}
    touched = {old[numero][0] for numero in old.keys() - new.keys()} | {
        new[numero][0] for numero in new.keys() - old.keys()
    }
    for numero in (*(numero for numero, why in reasons.items() if why), *moved):
        touched |= {old[numero][0], new[numero][0]}
    return Adoption({numero: why for numero, why in sorted(reasons.items()) if why}, moved, frozenset(touched))


def _by_numero(spec: RemSpec) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the chapitre of each preuve, and the words that a verdict on it answers to."""
    return {
        preuve.numero: (chapitre.code, (exigence.texte, scenario.texte, preuve.texte, preuve.nature))
        for chapitre, exigence, scenario, preuve in spec.preuves()
    }


def _why(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    changed = [name for name, before, after in zip(WORDS, old, new, strict=True) if before != after]
    if not changed:
        return ""
    return (
        f"Dans la nouvelle version du référentiel, {' et '.join(changed)} {'ont' if len(changed) > 1 else 'a'} changé."
    )
