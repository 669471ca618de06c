"""Why a message cannot be sent, one sentence each; and what it mentions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LONGEST = 10_000
MOST_FILES = 5
MOST_MENTIONS = 10
_WORD = re.compile(r"[A-Za-z][\w.\-/]{3,60}")


@dataclass(frozen=True)
class DraftMessage:
    """A message that somebody would send.

    :param corrects_own: whether what it corrects is a message of theirs, in that thread; None when it corrects nothing
    :param is_corrected: whether what it corrects was corrected already
    """

    text: str
    files: int
    mentions: int
    corrects_own: bool | None = None
    is_corrected: bool = False


def obstacles_to_post(draft: DraftMessage, *, may_write: bool) -> tuple[str, ...]:
    """Say every reason why this message cannot be sent."""
    return tuple(_of(draft, may_write))


def _of(draft: DraftMessage, may_write: bool) -> Iterator[str]:
    if not may_write:
        yield "Vous ne pouvez plus envoyer de message dans cette candidature."
    if not draft.text.strip():
        yield "Écrivez un message."
    if len(draft.text) > LONGEST:
        yield f"Ce message compte {len(draft.text)} caractères, pour {LONGEST} au maximum."
    if draft.files > MOST_FILES:
        yield f"Un message porte {MOST_FILES} fichiers au plus."
    if draft.mentions > MOST_MENTIONS:
        yield f"Un message mentionne {MOST_MENTIONS} champs ou exigences au plus."
    if draft.corrects_own is False:
        yield "Vous ne pouvez corriger que vos propres messages."
    if draft.is_corrected:
        yield "Ce message est déjà corrigé\u00a0: corrigez le plus récent."


def mentioned_in(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the addresses of what a text names, in its order.

    :param known: address by the word that names it, such as `SC.INS/va1.36`
    """
    typed = (match.group().rstrip(".-/") for match in _WORD.finditer(text))
    return tuple(dict.fromkeys(known[word] for word in typed if word in known))
