"""What servers and mailboxes write by themselves, in the languages of our correspondents, when they write no status."""

import html
import re
from collections.abc import Iterator

LONGEST = 20_000
_REFUSED = re.compile(
    r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?!\d|\.\d)|\b55[0-4][ -]"
    r"|(?:n['’]a (?:pas )?pu [eê]tre|ne peut (?:pas )?[eê]tre|n['’]a pas [eé]t[eé]) (?:remis|distribu|d[eé]livr)"
    r"|n['’]a pas atteint|pas pu (?:d[eé]livrer|remettre|distribuer)|impossible de (?:remettre|contacter|distribuer)"
    r"|non (?:remis|distribu[eé]|d[eé]livr[eé])|(?:utilisateur|destinataire|adresse) (?:inconnue?|introuvable)"
    r"|bo[iî]te (?:aux lettres |de r[eé]ception )?(?:est )?pleine|[eé]chec (?:de|d['’])"
    r"|undeliver|not be delivered|couldn['’]t be delivered|delivery (?:has )?failed|has not been delivered"
    r"|(?:was|were) not delivered|error occurred while trying to deliver"
    # German, Dutch, Spanish, Italian, Portuguese, Japanese, Chinese.
    r"|unzustellbar|nicht zugestellt|empf[aä]nger unbekannt|onbestelbaar|niet (?:worden )?bezorgd|gebruiker onbekend"
    r"|no se (?:ha podido|pudo|puede) entregar|no (?:ha sido|fue) entregado|usuario desconocido"
    r"|(?:mancata|impossibile la) consegna|non (?:è stato|[eé] stato|pu[oò] essere) consegnato|utente sconosciuto"
    r"|n[aã]o (?:foi|p[oô]de ser|pode ser) entregue|n[aã]o entregue|(?:utilizador|usu[aá]rio) desconhecido"
    r"|送信が?失敗|配信(?:不能|できません)|届きませんでした|宛先が存在しません|退信|无法投递",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delayed|still being retried|will (?:be )?retr|not yet been delivered|no action is required"
    r"|could not send message for|(?:keep|continue to) try|warning message only"
    r"|\bretard|pas encore [eé]t[eé]|(?:sera|seront) (?:de nouveau|[aà] nouveau|encore) |nouvelles? tentatives?",
    re.IGNORECASE,
)
_ABSENCE = re.compile(
    r"(?:r[eé]ponse automatique|r[eé]ponse d['’]absence|message d['’]absence|absence du bureau|absente?\b"
    r"|en cong[eé]|auto(?:matic)?[ -]?reply|out of (?:the )?office|autoresponse|away from my mail|on vacation"
    r"|abwesenheit|automatische antwort|automatisch antwoord|afwezig|respuesta autom[aá]tica|fuera de la oficina"
    r"|risposta automatica|fuori (?:sede|ufficio)|resposta autom[aá]tica|自動応答|自动回复)",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"mailinblack|spam ?arrest|boxbe|challenge"
    r"|(?:authentifie|confirme|identifie|valide)[rz][^.\n]{0,60}(?:remis|d[eé]livr|transmis)"
    r"|(?:en attente|is held|being held|on hold|quarantaine)",
    re.IGNORECASE,
)
# Their mailbox answers, and they will not read what it receives.
_GONE = re.compile(
    r"(?:a|ai|avons|ont) (?:d[eé]finitivement )?quitt[eé]|ne (?:fait|font|fais) plus partie"
    r"|n['’]est plus (?:relev|consult|utilis|valable|valide|active)"
    r"|(?:adresse|mail|courriel|bo[iî]te)\b[^.\n]{0,40}\b(?:a chang[eé]|change|supprim[eé]e|ferm[eé]e|d[eé]sactiv[eé]e)"
    r"|(?:nouvelle adresse|changement d['’]adresse)|no longer (?:with|works?|employed|monitored|in use)|has left"
    r"|(?:address|e-?mail) has changed|new (?:e-?mail )?address",
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


def is_delayed(text: str) -> bool:
    """Whether a server says that it goes on trying, and not that it gave up."""
    return bool(_DELAYED.search(text)) and not _REFUSED.search(text)


def is_gone(text: str) -> bool:
    """Whether an answer says that its reader left, or has another address."""
    return bool(_GONE.search(text))


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
