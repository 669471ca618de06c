"""The name under which a file is kept: only a label."""

from comptes.rules import texts


class NotAPiece(ValueError):
    """This file cannot be deposited; the message is the French reason."""


def tidy_name(name: str) -> str:
from comptes.rules import texts
