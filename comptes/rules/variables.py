"""A text with variables between braces, from a closed list: what is wrong in it, and what it says once filled."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from comptes.typography import elided

_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")
_FILLED = re.compile(r"(?:\b([Dd]e|[Qq]ue) )?\{([^{}]*)\}")


@dataclass(frozen=True)
class Variable:
    """One name that a text may hold between braces.

    :param meaning: what it stands for, in French
    :param required: the text must keep it
    """

    name: str
    meaning: str = ""
    required: bool = False


def faults_of(text: str, variables: Sequence[Variable]) -> tuple[str, ...]:
    """Say what is wrong in a text, one sentence each: names that nobody knows, with their place, and what it lacks."""
    names = [variable.name for variable in variables]
    braces = list(_BRACES.finditer(text))
    unknown = [_unknown(text, brace, names) for brace in braces if brace[1] not in names]
    held = {brace[1] for brace in braces}
    lacking = [
        f"La variable {{{variable.name}}} doit rester dans le texte."
        for variable in variables
        if variable.required and variable.name not in held
    ]
    return (*unknown, *lacking)


def _unknown(text: str, brace: re.Match[str], names: Sequence[str]) -> str:
    before = text[: brace.start()]
    line, place = before.count("\n") + 1, brace.start() - (before.rfind("\n") + 1) + 1
    where = f"Ligne {line}, caractère {place}\u00a0: "
    if brace[1] is None:
        return f"{where}cette accolade n’a pas sa pareille."
    near = get_close_matches(brace[1].strip(), names, n=1)
    hint = f" Vouliez-vous écrire {{{near[0]}}}\u00a0?" if near else ""
    return f"{where}la variable {{{brace[1]}}} n’existe pas.{hint}"


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its variables replaced, once: a value that holds braces is printed as it is.

    « de {solution} » is « d’Alizé Foyer » where the value asks for it.
    """

    def value(match: re.Match[str]) -> str:
        word, name = match[1], match[2]
        if name not in values:
            return match[0]
        return elided(word, values[name]) if word else values[name]

    return _FILLED.sub(value, text)
