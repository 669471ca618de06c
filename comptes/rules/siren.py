"""The SIREN: nine digits, the last of which checks the others (Luhn)."""

from stdnum.exceptions import ValidationError
from stdnum.fr import siren


def normalise_siren(typed: str) -> str:
    """Return the nine digits of what was typed, spaces left out.

    :raises ValueError: with the French reason, when it is no SIREN
    """
    digits = "".join(typed.split()).replace(".", "").replace("\u202f", "")
    if len(digits) != 9 or not digits.isascii() or not digits.isdigit():
        raise ValueError("Un SIREN compte neuf chiffres.")
    try:
        return str(siren.validate(digits))
    except ValidationError:
        raise ValueError("Ce numéro SIREN n’existe pas : sa clé de contrôle est fausse.") from None
