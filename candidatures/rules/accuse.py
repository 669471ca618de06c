"""The number of an accusé: `AR-7K3M-9QXZ-4H2W-B6TC`, fifteen symbols at random and a check symbol.

It cannot be guessed (75 bits), so that whoever gives it may be answered. The alphabet is Crockford's, without the
letters that are read as digits; the check is Luhn's over its 32 symbols.
"""

from stdnum import luhn
from stdnum.exceptions import ValidationError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 15
PREFIX = "AR"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def make_numero(symbols: str) -> str:
    """Return the number that these fifteen symbols make.

    :param symbols: drawn from `ALPHABET`, at random
    """
    whole = symbols + luhn.calc_check_digit(symbols, alphabet=ALPHABET)
    return "-".join([PREFIX, *(whole[start : start + 4] for start in range(0, len(whole), 4))])


def is_of_an_accuse(typed: str) -> bool:
    """Whether a text is meant as the number of an accusé, correctly copied or not."""
    return typed.strip().upper().startswith(PREFIX)


def read_numero(typed: str) -> str:
    """Read a number as people copy it: any case, with or without dashes and spaces, O for 0, I or L for 1.

    Empty when it is not one: a symbol is missing or wrong.
    """
    body = "".join(symbol for symbol in typed.upper() if symbol.isalnum()).removeprefix(PREFIX).translate(_READ_AS)
    if len(body) != LENGTH + 1:
        return ""
    try:
        luhn.validate(body, alphabet=ALPHABET)
    except ValidationError:
        return ""
    return make_numero(body[:LENGTH])
