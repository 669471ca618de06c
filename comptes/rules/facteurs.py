"""How the codes of a second factor are written, and what changed of it."""

from base64 import b32encode

# Letters only, which nobody confuses: a code is told from those of the application, and twelve of them are 54 bits.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
CODES = 10

SENTENCES = {
    "enrolled": "La seconde étape de connexion est activée sur votre compte, avec une application sur votre téléphone.",
    "recovered": "Un de vos codes de secours vient de servir. Il ne servira plus.",
    "renewed": "De nouveaux codes de secours remplacent les précédents.",
    "removed": "La seconde étape de connexion est retirée de votre compte.",
    "reset": "Un administrateur de l’agence a réinitialisé la seconde étape de connexion de votre compte.",
}


def normalised_code(typed: str) -> str:
    """Return a code as it was made, however it is typed: spaces, hyphens and case change nothing."""
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())


def printed(code: str) -> str:
    """Write a recovery code by groups of four, as it is read aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def typed_secret(key: str) -> str:
    """Write a secret (hexadecimal) as an application asks for it, by groups of four letters."""
    letters = b32encode(bytes.fromhex(key)).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))
