"""What is written of an address, in any country. Every door that takes one asks this rule."""

import re

from comptes.rules.texts import NotAText, identifier

LONGEST = 10
LONGEST_TYPED = 100
_FIVE = re.compile(r"[0-9]{2} [0-9]{3}")
_CODE = re.compile(r"(?=.*[0-9])[A-Z0-9]+(?:[ -][A-Z0-9]+)*")
_CODES = re.compile(r"\b[0-9]{2} ?[0-9]{3}\b")
_WITH_COMMUNE = re.compile(r"((?:[A-Z]{1,3}-)?[0-9]{2} ?[0-9]{2,3})[ ,-]+[^\W\d_]{3,}.*", re.DOTALL)
_AROUND = " .,;:()〒"

_ASKED = f"Un code postal compte {LONGEST} signes au plus, chiffres et lettres, comme 35000, L-1855 ou SW1A 1AA."


class NotAPostalCode(NotAText):
    """What was typed is no postal code; the message is the French reason."""


def postal_code(text: str) -> str:
    """Return a postal code as its country writes it: `35000`, `97410`, `98000`, `L-1855`, `SW1A 1AA`.

    A space within five French digits, odd spaces and dashes are tidied; a CEDEX belongs with the commune.

    :raises NotAPostalCode: with the French reason
    """
    if len(text) > LONGEST_TYPED:
        raise NotAPostalCode(_ASKED)
    text = re.sub(r" *- *", "-", identifier(text)).strip(_AROUND).upper()
    if "CEDEX" in text:
        code = next(iter(_CODES.findall(text)), "35042").replace(" ", "")
        raise NotAPostalCode(f"Le CEDEX s’écrit avec la commune\u00a0: ne laissez ici que le code, comme {code}.")
    if commune := _WITH_COMMUNE.fullmatch(text):
        code = commune[1].replace(" ", "")
        raise NotAPostalCode(f"La commune s’écrit dans son champ\u00a0: ne laissez ici que le code, comme {code}.")
    if _FIVE.fullmatch(text):
        text = text.replace(" ", "")
    if len(text) > LONGEST or not text.isascii() or not _CODE.fullmatch(text):
        raise NotAPostalCode(_ASKED)
    return text
