"""A file that is declared before it travels: what is declared binds, part by part."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from candidatures.catalogue.formats import Door
from candidatures.rules.formats import recognised, refusal

GIGABYTE = 1024**3
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Annonce:
    """What a browser says of a file that it is about to send.

    :param parts: the sha256 of each part, in hexadecimal, in order
    :param head: its first bytes, `formats.HEAD` of them at most
    """

    name: str
    size: int
    part_size: int
    parts: tuple[str, ...]
    head: bytes


def announced(empreinte: str) -> str:
    """Return what stands for a file in the fingerprint of a deposit, before the file is there: its list of parts."""
    return f"parties:{empreinte}"


def empreinte_of(parts: Sequence[str]) -> str:
    """Return the sha256 of the list of the parts' sha256: a text of one line each.

    With parts of 8 MB: `split -b 8388608 --filter='sha256sum | cut -c 1-64' FILE | sha256sum`.
    """
    return hashlib.sha256("".join(f"{part}\n" for part in parts).encode()).hexdigest()


def why_ill_declared(annonce: Annonce, *, part_size: int) -> str:
    """Say why a declaration does not hold together; empty when it does. Only a program makes such a mistake."""
    if annonce.size <= 0:
        return "Ce fichier est vide."
    if annonce.part_size != part_size:
        return "Cette page n’est plus à jour : rechargez-la, puis choisissez de nouveau le fichier."
    expected = -(-annonce.size // annonce.part_size)
    if len(annonce.parts) != expected or not all(_SHA256.fullmatch(part) for part in annonce.parts):
        return "L’envoi de ce fichier n’a pas pu commencer : choisissez-le de nouveau."
    return ""


def why_not_taken(annonce: Annonce, door: Door) -> str:
    """Say why a door does not take a file, from its name, its size and its first bytes; empty when it may.

    What is inside an archive or a document, only the whole tells.
    """
    if not door.formats:
        return "Cette preuve ne peut pas être déposée sous forme de fichier."
    return refusal(door, name=annonce.name, size=annonce.size, actual=recognised(annonce.name, annonce.head))


def why_over_the_quota(*, size: int, held: int, quota: int) -> str:
    """Say that a candidature would hold more than its files may weigh; empty when it would not.

    :param held: the bytes that it holds, and that were declared
    """
    if held + size <= quota:
        return ""
    left = max(0, quota - held)
    return (
        f"Ce fichier de {in_gigabytes(size)} est trop grand\u00a0: il reste {in_gigabytes(left)} sur les "
        f"{in_gigabytes(quota)} de fichiers de cette candidature. Écrivez à l’ANS."
    )


def in_gigabytes(size: int) -> str:
    """Say a size in words, in megabytes under one gigabyte."""
    if size < GIGABYTE:
        return f"{size // 1024**2}\u00a0Mo"
    return f"{size / GIGABYTE:.1f}".replace(".", ",").removesuffix(",0") + "\u00a0Go"


def parts_that_weigh(*, length: int, first: int, part_size: int, size: int) -> range:
    """Return the numbers of the parts, from `first` on, that weigh so many bytes together; empty when none do.

    Parts are counted from 1; the last one of a file of `size` bytes is what remains.
    """
    start, end = (first - 1) * part_size, (first - 1) * part_size + length
    if first < 1 or length < 1 or end > size or (end % part_size and end != size):
        return range(0)
    return range(first, first + -(-(end - start) // part_size))


def why_not_the_part(*, number: int, of: int, is_the_one: bool) -> str:
    """Say why a part is not kept; empty when its bytes are those that were declared."""
    if not is_the_one:
        return (
            f"Ce fichier a changé depuis le début de l’envoi (partie {number} sur {of}). "
            "Choisissez le fichier d’origine, ou déposez celui-ci comme un nouveau fichier."
        )
    return ""
