"""The pieces that the EDC PSC asks for, by role and architecture: `catalogue/guichets/pieces.toml`, checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from guichets.enums import Role

FILE = Path(__file__).resolve().parents[2] / "catalogue" / "guichets" / "pieces.toml"
ARCHITECTURES = ("propre", "tiers")

Matrix = Mapping[tuple[Role, str], tuple["PieceSpec", ...]]


class PiecesFileError(ValueError):
    """The matrix does not say what it must."""


@dataclass(frozen=True)
class PieceSpec:
    code: str
    label: str


def pieces_of(role: Role, architecture: str) -> tuple[PieceSpec, ...]:
    """Return what is asked in that role, in order.

    :param architecture: `propre` or `tiers`: whose proxy it is
    """
    return _matrix()[role, architecture]


@cache
def _matrix() -> Matrix:
    return read_pieces(FILE.read_text(encoding="utf-8"))


def read_pieces(text: str) -> Matrix:
    """Read the matrix from the text of its TOML file: each role and architecture, once.

    :raises PiecesFileError: naming what is missing or unknown
    """
    try:
        raw = tomllib.loads(text)
        pieces = {code: PieceSpec(code, label) for code, label in raw["pieces"].items()}
        asked = {(Role(role), one): codes for role, row in raw["matrice"].items() for one, codes in row.items()}
        matrix = {key: tuple(pieces[code] for code in codes) for key, codes in asked.items()}
    except KeyError as missing:
        raise PiecesFileError(f"{missing} is missing.") from None
    except ValueError as error:  # a role that is none, or no TOML at all
        raise PiecesFileError(str(error)) from None
    expected = {(role, one) for role in Role for one in ARCHITECTURES}
    if matrix.keys() != expected:
        raise PiecesFileError(f"The matrix must say each of {sorted(expected)}, and nothing else.")
    return matrix
