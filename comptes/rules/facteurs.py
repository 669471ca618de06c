"""The codes of a second factor, and the sentences that tell of its changes."""

from base64 import b32encode
from datetime import datetime, timedelta

# Letters only, none easily confused; digits are for the codes of the application. Twelve of them are 54 bits.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
CODES = 10
# Whoever reads a mailbox can choose a password, then tie a factor or an identity: those warned have this long to react.
RESPITE = timedelta(days=1)

# How `Notice.occurrence` begins for these changes: `queries` reads them back for `proves_from`.
ENROLLED, RESET, BY_LINK = "enrolled", "reset", "by_link"

SENTENCES = {
    ENROLLED: "La seconde étape de connexion est activée sur votre compte, avec une application sur votre téléphone.",
    "recovered": "Un de vos codes de secours vient d’être utilisé. Il ne peut plus servir.",
    "renewed": "De nouveaux codes de secours remplacent les précédents.",
    "removed": "La seconde étape de connexion est retirée de votre compte.",
    "linked": (
        "Votre compte est relié à une identité professionnelle\u00a0: vous pouvez maintenant vous connecter avec elle."
    ),
    RESET: "Un administrateur de l’ANS a réinitialisé la seconde étape de connexion de votre compte.",
}


def normalised_code(typed: str) -> str:
    """Return the code in its original form: spaces, hyphens and case do not matter."""
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())


def proves_from(*, tied_at: datetime, weakened_at: datetime | None) -> datetime | None:
    """Return from when a factor or identity may prove a signature; None when it could at once.

    :param tied_at: when the factor, or the identity, was tied
    :param weakened_at: last time, before that, when the mailbox alone was enough to open the account
    """
    if weakened_at is None or weakened_at < tied_at - RESPITE:
        return None
    return tied_at + RESPITE


def printed(code: str) -> str:
    """Write a recovery code by groups of four, as it is read aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def typed_secret(key: str) -> str:
    """Write a secret (hexadecimal) as an application asks for it, by groups of four letters."""
    letters = b32encode(bytes.fromhex(key)).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))
