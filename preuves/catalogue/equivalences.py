"""The table of équivalences between dispositifs of vague 2, as `catalogue/equivalences/<dispositif>.toml` says it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "catalogue" / "equivalences"


class EquivalencesFileError(ValueError):
    """The table does not say what it must."""


@cache
def equivalences_of(dispositif: str) -> Mapping[str, Mapping[str, str]]:
    """Return, by the other dispositif, the N° preuve here of each N° preuve there; nothing when there is no table."""
    path = FOLDER / f"{dispositif}.toml"
    return read_equivalences(path.read_text(encoding="utf-8")) if path.is_file() else {}


def read_equivalences(text: str) -> Mapping[str, Mapping[str, str]]:
    """Read a table: one `[<other dispositif>]` a section, `"<N° there>" = "<N° here>"` a line.

    :raises EquivalencesFileError: naming what is wrong
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EquivalencesFileError(str(error)) from None
    for other, table in raw.items():
        if not isinstance(table, dict) or not all(isinstance(here, str) for here in table.values()):
            raise EquivalencesFileError(f"[{other}] must hold lines of two numbers: the one there = the one here.")
        if len(set(table.values())) < len(table):
            raise EquivalencesFileError(f"[{other}] gives two preuves the same N° here.")
    return raw
