"""French texts that people typed or that a file holds, made ready to be read; sizes of files in words."""

import re

NBSP = "\u00a0"
_OPENING = re.compile(r"«[ \u00a0\u202f]*(?=\S)")
_CLOSING = re.compile(r"(?<=\S)[ \u00a0\u202f]*»")
_HIGH = re.compile(r" (?=[:;!?%€](?:\s|$))")
_TYPEWRITTEN = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_NUMBER = re.compile(r"\b(n°|article|Article) (?=\d|[A-Z]{2,})")
# « y » is a vowel before a consonant: « d’Yves », « de Yann ». An « h » is never elided: it may not be mute.
_ELIDED = re.compile(r"[aeiouàâäéèêëîïôöùûüœæ]|y(?![aeiouàâäéèêëîïôöùûü])", re.IGNORECASE)
UNITS = ("octets", "Ko", "Mo", "Go")


def typeset(text: str) -> str:
    """Put a non-breaking space inside quotation marks and before high punctuation, where no line ends."""
    text = _OPENING.sub("«\u00a0", text)
    text = _CLOSING.sub("\u00a0»", text)
    return _NUMBER.sub(rf"\1{NBSP}", _HIGH.sub(NBSP, text))


def with_apostrophes(text: str) -> str:
    """Write ’ for the apostrophe of typewriters, between two letters."""
    return _TYPEWRITTEN.sub("’", text)


def elided(word: str, name: str) -> str:
    """Put « de » or « que » before a name: « de Sirocco », « d’Alizé Foyer », « qu’Inès Moreau »."""
    return f"{word[:-1]}’{name}" if _ELIDED.match(name) else f"{word} {name}"


def size_in_words(size: int) -> str:
    """Say the size of a file as `depot.js` does: « 482 Ko », « 12,4 Mo »."""
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    digits = f"{amount:.1f}".rstrip("0").rstrip(".") if unit > 1 else f"{amount:.0f}"
    return f"{digits.replace('.', ',')}{NBSP}{UNITS[unit]}"
