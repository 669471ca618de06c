"""The ready reasons of what is to be corrected: what may be written in one, and whether a verdict says it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from comptes.rules.variables import Variable, faults_of
from preuves.enums import Nature

VARIABLES = (
    Variable("preuve", "le n° de la preuve"),
    Variable("exigence", "l’identifiant de l’exigence"),
    Variable("solution", "le nom de la solution"),
)
LONGEST = 500
# « de {solution} » may be filled as « d’Alizé Foyer ».
_FILLED = re.compile(r"(?:\b(?:[Dd]e|[Qq]ue) )?\{[^{}]*\}")


@dataclass(frozen=True)
class Place:
    """Where a ready reason is proposed. Empty: everywhere.

    :param dispositif: the code of the one whose chapitre it is; empty with the chapitre
    """

    dispositif: str = ""
    chapitre: str = ""
    nature: str = ""

    @property
    def label(self) -> str:
        chapitre = f"chapitre {self.chapitre} ({self.dispositif})" if self.chapitre else "tous les chapitres"
        return f"{chapitre}, {Nature(self.nature).label if self.nature else 'toutes les natures'}"


def why_not_written(text: str) -> tuple[str, ...]:
    """Say, one sentence each, why a ready reason cannot be kept; empty when it can."""
    if not text:
        return ("Écrivez le motif.",)
    too_long = (f"Un motif prêt compte {LONGEST} caractères au plus.",) if len(text) > LONGEST else ()
    return (*faults_of(text, VARIABLES), *too_long)


def says(reason: str, text: str) -> bool:
    """Whether a reason holds a ready one, whatever its variables were filled with, and however its lines are cut."""
    parts = [re.escape(part) for part in _FILLED.split(_on_one_line(text))]
    return re.search(".{1,300}?".join(parts), _on_one_line(reason)) is not None


def times_said(reasons: Iterable[str], text: str) -> int:
    return sum(says(reason, text) for reason in reasons)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
