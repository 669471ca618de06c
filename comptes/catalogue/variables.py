"""The names, in French, of what the templates of the notifications write: one file, read once."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "catalogue" / "variables.toml"


def name_of_variable(expression: str) -> str:
    """Return the name of what a template writes; « d’un éditeur » is `de_editeur`.

    An expression that the file does not name is called after its own words, so that no letter is lost.
    """
    names = names_of_variables()
    if expression in names:
        return names[expression]
    inner, _, written = expression.rpartition("|")
    if inner:
        return f"{written.partition(':')[0]}_{name_of_variable(inner)}"
    return "_".join(part for part in expression.split(".") if part.isidentifier())


@cache
def names_of_variables() -> Mapping[str, str]:
    """Return the name of each expression of a template: `solution` for `candidature.produit`."""
    return tomllib.loads(PATH.read_text(encoding="utf-8"))
