"""What servers and mailboxes write by themselves in French and in English, when they write no status."""

import html
import re
from collections.abc import Iterator

LONGEST = 20_000
_REFUSED = re.compile(
    r"\b5\.\d{1,3}\.\d{1,3}\b|\b55[0-4][ -]"
    r"|(?:n['’]a (?:pas )?pu [eê]tre|ne peut (?:pas )?[eê]tre|n['’]a pas [eé]t[eé]) (?:remis|distribu|d[eé]livr)"
    r"|n['’]a pas atteint|pas pu (?:d[eé]livrer|remettre|distribuer)|impossible de (?:remettre|contacter|distribuer)"
    r"|non (?:remis|distribu[eé]|d[eé]livr[eé])|(?:utilisateur|destinataire|adresse) (?:inconnue?|introuvable)"
    r"|bo[iî]te (?:aux lettres |de r[eé]ception )?(?:est )?pleine|[eé]chec (?:de|d['’])"
    r"|undeliver|not be delivered|couldn['’]t be delivered|delivery (?:has )?failed",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delayed|still being retried|will (?:be )?retr|not yet been delivered|no action is required"
    r"|\bretard|pas encore [eé]t[eé]|(?:sera|seront) (?:de nouveau|[aà] nouveau|encore) |nouvelles? tentatives?",
    re.IGNORECASE,
)
_ABSENCE = re.compile(
    r"(?:r[eé]ponse automatique|r[eé]ponse d['’]absence|message d['’]absence|absence du bureau|absente?\b"
    r"|auto(?:matic)?[ -]?reply|out of (?:the )?office|autoresponse)",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"mailinblack|spam ?arrest|boxbe|challenge"
    r"|(?:authentifie|confirme|identifie|valide)[rz][^.\n]{0,60}(?:remis|d[eé]livr|transmis)"
    r"|(?:en attente|is held|being held|on hold|quarantaine)",
    re.IGNORECASE,
)
_COPY = re.compile(
    r"^\W*(?:this is a copy|below this line|ci-dessous|original message|message (?:original|d['’]origine)"
    r"|return-path:)",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER = re.compile(r"^\W*(?:message-id|from|to|de|reply-to)\s*:.*$", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_TAG = re.compile(r"<(?!\S+@)[^>]{0,2000}>")


def is_refused(text: str) -> bool:
    """Whether a server says that it gave up, and not that it goes on trying."""
    return bool(_REFUSED.search(text)) and not _DELAYED.search(text)


def is_absence(subject: str) -> bool:
    """Whether a subject is that of the answer of somebody who is away."""
    return bool(_ABSENCE.match(subject))


def is_held(text: str) -> bool:
    """Whether our message waits until somebody proves that a person sent it."""
    return bool(_HELD.search(text))


def before_the_copy(text: str) -> str:
    """Return what is written before the copy of a message, without the lines that quote its headers."""
    copy = _COPY.search(text, 0, LONGEST)
    return _HEADER.sub("", text[: copy.start() if copy else LONGEST])


def without_tags(text: str) -> str:
    return html.unescape(_TAG.sub(" ", text[:LONGEST]))


def addresses(text: str) -> Iterator[str]:
    return (match.group() for match in _ADDRESS.finditer(text))
