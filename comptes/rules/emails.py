"""The canonical form of e-mail addresses, so that a look-alike address is never taken for another."""

import re
import unicodedata

import idna
from email_validator import EmailNotValidError, validate_email

from comptes.rules import texts

LONGEST = 254
REFUSAL = "Cette adresse contient un caractère interdit\u00a0: {sign}. Écrivez-la sans accent ni espace."
INCOMPLETE = "Cette adresse e-mail n’est pas complète\u00a0: il faut un nom, @ et un domaine."
TOO_LONG = "Cette adresse e-mail est trop longue\u00a0: 254 caractères au plus, dont 64 avant le signe @."
DOTS = "Dans une adresse e-mail, un point ne peut ni commencer ni finir le nom ou le domaine, ni suivre un autre point."
AROUND = "Écrivez l’adresse seule, comme nom@domaine.fr, sans «\u00a0{sign}\u00a0»."
MISSHAPEN = "Cette adresse e-mail n’a pas la forme attendue, nom@domaine.fr\u00a0: vérifiez-la."
# Alphabets whose letters are drawn like Latin ones; nobody's domain mixes them with these in one part.
_LOOK_ALIKES = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_AROUND = "mailto:", "<", ">", "(", ")", "[", "]", ",", ";", ":", '"', "\\"


def address(typed: str) -> str:
    """Return an address in its one form; an accent in the name of a domain is kept as mail servers write it.

    :raises texts.NotAText: with the French reason
    """
    email = canonical(typed)
    if email and (reason := _why_not_alone(email) or why_refused(typed) or _why_misshapen(email)):
        raise texts.NotAText(reason)
    return email


def canonical(typed: str) -> str:
    """Return the one form under which an address is kept, compared and counted; any text has one.

    The domain is encoded before the letters are folded: folded, `straße.de` would be `strasse.de`, somebody else's.
    """
    written = _with_ascii_domain(texts.line(typed))
    # Folding may give letters that NFKC composes again, and the other way round.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", written).casefold())
    return texts.line(_with_ascii_domain(folded))


def why_refused(typed: str) -> str:
    """Say which sign an address may not hold; empty when all are printable ASCII.

    Anything else is refused rather than translated: a dotless i, a long s, a Cyrillic a look like letters they are not.
    """
    line = texts.line(typed)
    written = line if _has_mixed_alphabets(line) else _with_ascii_domain(line)
    signs = [sign for sign in written if not "!" <= sign <= "~"]
    if not signs:
        return ""
    if signs[0].isspace():
        return REFUSAL.format(sign="une espace")
    sign = signs[0] if signs[0].isprintable() else f"U+{ord(signs[0]):04X}"
    return REFUSAL.format(sign=f"«\u00a0{sign}\u00a0»")


def _has_mixed_alphabets(written: str) -> bool:
    """Whether a part of the domain holds a Latin letter beside a look-alike of another alphabet."""
    labels = written.rpartition("@")[2].split(".")
    return any(_LATIN.search(label) and any(map(_is_a_look_alike, label)) for label in labels if not label.isascii())


def _is_a_look_alike(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(_LOOK_ALIKES)


def _with_ascii_domain(written: str) -> str:
    """Write a domain that has accents as the network does (`xn--…`), each letter as itself; else leave it."""
    name, at, domain = written.rpartition("@")
    if not name or domain.isascii() or len(domain) > LONGEST:
        return written
    try:
        return f"{name}{at}{idna.encode(domain.lower(), strict=True).decode()}"
    except idna.IDNAError:
        return written


def _why_not_alone(email: str) -> str:
    sign = next((sign for sign in _AROUND if sign in email), "")
    return AROUND.format(sign=sign) if sign else ""


def _why_misshapen(email: str) -> str:
    name, _, domain = email.rpartition("@")
    if not name or "." not in domain.strip("."):
        return INCOMPLETE
    if len(email) > LONGEST or len(name) > 64:
        return TOO_LONG
    if ".." in email or any(part.startswith(".") or part.endswith(".") for part in (name, domain)):
        return DOTS
    try:
        validate_email(email, check_deliverability=False, allow_smtputf8=False, globally_deliverable=False)
    except EmailNotValidError:
        return MISSHAPEN
    ending = domain.rpartition(".")[2]
    return MISSHAPEN if ending.isdigit() or len(ending) == 1 else ""
