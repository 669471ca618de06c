"""The N° of exigences, scénarios and preuves: what a person reads, whatever characters were typed to show it."""

import re
import unicodedata
from enum import StrEnum

DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d")
DRAWN_AS_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
SPACES = re.compile(r"\s+")
# Letters of other alphabets that nobody tells from a Latin one.
LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТХУабвеѕіјкморсухԁԛԝЗΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαρνικυϲ",
    "ABESIJKMHOPCTXYa6besijkmopcyxdqw3ABEZHIKMNOPTYXoapvikuc",
)


class Oddity(StrEnum):
    """What was changed in a N° so that it is the one that a person reads."""

    INVISIBLE = "invisible"
    DASH = "dash"
    SPACE = "space"
    LETTER = "letter"


def read_identifier(text: str) -> tuple[str, frozenset[Oddity]]:
    """Return a N° in the characters of a keyboard, and what had to be changed for it.

    Spaces around it are nobody's concern, and composed letters are the same letters.
    """
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii() and composed.isprintable() and "  " not in composed:
        return composed.strip(), frozenset()
    odd: set[Oddity] = set()
    bare = "".join(character for character in composed if not is_invisible(character))
    if bare != composed:
        odd.add(Oddity.INVISIBLE)
    bare = bare.strip()
    spaced = SPACES.sub(" ", bare)
    if spaced != bare:
        odd.add(Oddity.SPACE)
    dashed = "".join("-" if character in DASHES else character for character in spaced)
    if dashed != spaced:
        odd.add(Oddity.DASH)
    latin = unicodedata.normalize("NFKC", dashed.translate(LOOK_ALIKE)) if not dashed.isascii() else dashed
    if latin != dashed:
        odd.add(Oddity.LETTER)
    return latin, frozenset(odd)


def is_invisible(character: str) -> bool:
    """Whether a character takes no place: a mark of direction, a joiner, a soft hyphen, a control that is no space."""
    if character in DRAWN_AS_NOTHING:
        return True
    return unicodedata.category(character) in ("Cf", "Cc", "Cs", "Co", "Cn") and not character.isspace()
