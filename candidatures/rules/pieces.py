"""The name under which a file is kept: only a label."""

from comptes.rules import texts


class NotAPiece(ValueError):
    """This file cannot be deposited; the message is the French reason."""


def tidy_name(name: str) -> str:
    """Return a name that is safe to show and to save under."""
    return texts.file_name(name)
