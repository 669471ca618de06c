"""The names, in French, of what the templates of the notifications write: one file, read once."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "catalogue" / "variables.toml"


@cache
def names_of_variables() -> Mapping[str, str]:
    """Return the name of each expression of a template: `solution` for `candidature.produit`."""
    return tomllib.loads(PATH.read_text(encoding="utf-8"))
