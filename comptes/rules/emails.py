"""The canonical form of e-mail addresses, so that a look-alike address is never taken for another."""

import unicodedata

REFUSAL = (
    "Cette adresse contient un caractère que le portail n’accepte pas\u00a0: {sign}. Écrivez-la sans accent ni espace."
)


def canonical(typed: str) -> str:
    """Return the one form under which an address is kept, compared and counted."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed.strip()).casefold())
    return folded.strip()


def why_refused(typed: str) -> str:
    """Say which sign an address may not hold; empty when all are printable ASCII.

    Anything else is refused rather than translated: a dotless i, a long s, a Cyrillic a look like letters they are not.
    """
    signs = [sign for sign in typed.strip() if not "!" <= sign <= "~"]
    if not signs:
        return ""
    sign = signs[0] if signs[0].isprintable() and not signs[0].isspace() else f"U+{ord(signs[0]):04X}"
    return REFUSAL.format(sign=f"«\u00a0{sign}\u00a0»")
