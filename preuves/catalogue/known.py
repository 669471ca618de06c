"""What a dispositif already knows when a new workbook is read: it stays true unless the annotations change it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .annotations import Annotation
from .problems import Problem
from .rem import RemSpec


@dataclass(frozen=True, eq=False)
class Known:
    """What earlier versions and annotations gave. Compared by identity, since the one that was read is cached.

    :param annotations: by N° preuve, its last annotation, in any version
    :param codes: by folded label, the code that a chapitre of that name last had, in any version
    :param spec: the latest published version; an empty one before the first
    """

    annotations: Mapping[str, Annotation] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    spec: RemSpec = field(default_factory=RemSpec)


NOTHING_KNOWN = Known()


def losses(known: RemSpec, read: RemSpec, *, prerequis: str, abandoned: frozenset[str]) -> Iterator[Problem]:
    """Report what other apps rely on, that the latest version has, and that this workbook would lose.

    :param prerequis: the code of the dispositif's prerequisite chapitre, whose approval opens the CNDA's tests
    :param abandoned: the constats, folded, that the annotations declare no longer expected
    """
    labels = {chapitre.code: chapitre.label for chapitre in known.chapitres}
    if prerequis in labels and not any(chapitre.code == prerequis for chapitre in read.chapitres):
        yield Problem(
            prerequis,
            f"Le chapitre prérequis {prerequis}, «\u00a0{labels[prerequis]}\u00a0», n’est pas dans ce classeur. "
            "Sans lui, aucune solution n’accéderait aux environnements de test du CNDA. "
            "Si un autre chapitre le remplace, donnez-lui ce code dans [chapitres] des annotations.",
        )
    kept = {preuve.constat.casefold() for *_, preuve in read.preuves()}
    for constat, numeros in _constats(known).items():
        if constat.casefold() not in kept | abandoned:
            answered = f"la preuve {numeros[0]}" if len(numeros) == 1 else f"les preuves {', '.join(numeros)}"
            yield Problem(
                numeros[0],
                f"Le constat {constat} n’est attendu par aucune preuve\u00a0: il répondait à {answered}. "
                "Indiquez dans les annotations quelle preuve l’attend, ou, s’il n’est plus demandé, "
                f'constats_abandonnes = ["{constat}"].',
            )


def _constats(spec: RemSpec) -> dict[str, list[str]]:
    """By constat, the N° of the preuves that expect it, in the order of the REM."""
    numeros_of: dict[str, list[str]] = {}
    for *_, preuve in spec.preuves():
        if preuve.constat:
            numeros_of.setdefault(preuve.constat, []).append(preuve.numero)
    return numeros_of
