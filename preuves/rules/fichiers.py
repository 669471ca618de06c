"""What file each nature of preuve accepts. Its type is read from its content; its name is only a label."""

from collections.abc import Collection

import filetype

from candidatures.rules import pieces
from preuves.catalogue.natures import ENDINGS, LARGEST_OTHER, NATURES, largest
from preuves.enums import Nature

ZIP = "application/zip"
PDF = "application/pdf"
# The ISO base media format has a brand per phone and per encoder; what browsers play is all but QuickTime's own.
NOT_MP4 = (b"qt  ", b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"M4B ", b"jp2 ", b"crx ")
OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MACROS = ("word/vbaProject.bin", "xl/vbaProject.bin")
# A document of OpenDocument names its type in its first entry, which is not compressed.
OPEN_DOCUMENT = {
    b"mimetypeapplication/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
    b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
}
TEXTS = {"txt": "text/plain", "csv": "text/csv"}
LARGEST_DOCUMENT = LARGEST_OTHER


def content_type_of(
    name: str, head: bytes, size: int, nature: Nature, *, entries: Collection[str] = (), holds_nul: bool = False
) -> str:
    """Return the content type of a file deposited for a preuve of that nature.

    :param head: the first `pieces.HEAD` bytes
    :param size: in bytes
    :param entries: the names inside, when it is a zip
    :param holds_nul: whether a NUL stands anywhere in it, which no text does
    :raises pieces.NotAPiece: with the French reason
    """
    spec = NATURES[nature]
    if not spec.types:
        raise pieces.NotAPiece("Cette preuve ne se dépose pas sous forme de fichier.")
    content_type = kind_of(name, head, entries=entries, holds_nul=holds_nul)
    limit = (
        largest(content_type)
        if content_type in spec.types
        else max(largest(content_type) for content_type in spec.types)
    )
    accepted = pieces.AcceptedTypes(
        {content_type: ENDINGS[content_type] for content_type in spec.types},
        limit,
        f"Cette preuve accepte {spec.accepts}\u00a0: le contenu de ce fichier dit autre chose.",
    )
    return pieces.accept(name, content_type, size, accepted)


def kind_of(name: str, head: bytes, *, entries: Collection[str] = (), holds_nul: bool = False) -> str:
    """Return the content type that the content of a file tells, empty when it is none that we know.

    :raises pieces.NotAPiece: when it is a document that may act by itself
    """
    if any(macro in entries for macro in MACROS):
        raise pieces.NotAPiece("Ce document contient des macros\u00a0: enregistrez-le sans elles.")
    if head[4:8] == b"ftyp":
        return "" if head[8:12] in NOT_MP4 else "video/mp4"
    guessed = str(filetype.guess_mime(head) or "")
    if is_zip(head):
        return _kind_of_zip(head, entries)
    if not guessed and not holds_nul and _reads_as_text(head):
        return TEXTS.get(pieces.tidy_name(name).rpartition(".")[2].lower(), "text/plain")
    return guessed


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_pdf(head: bytes) -> bool:
    return head.startswith(b"%PDF-")


def may_be_text(nature: Nature) -> bool:
    return any(text_type in NATURES[nature].types for text_type in TEXTS.values())


def largest_of(nature: Nature) -> int:
    """Return the size of the largest file that a nature accepts, in bytes; 0 when it accepts none."""
    return max((largest(content_type) for content_type in NATURES[nature].types), default=0)


def endings_of(nature: Nature) -> str:
    """Return the endings that a nature accepts, as a form's `accept` takes them: `.pdf,.png`."""
    return ",".join(f".{ending}" for content_type in NATURES[nature].types for ending in ENDINGS[content_type])


def why_not_receivable(*, candidature_open: bool, eligibilite_submitted: bool) -> str:
    """Say why no file can be received for the preuves of a candidature now; empty when one can."""
    if not candidature_open:
        return "Cette candidature n’est plus ouverte."
    if not eligibilite_submitted:
        return "Le dépôt s’ouvre dès la première soumission du formulaire d’éligibilité."
    return ""


def _kind_of_zip(head: bytes, entries: Collection[str]) -> str:
    for sign, content_type in OPEN_DOCUMENT.items():
        if head[30 : 30 + len(sign)] == sign:
            return content_type
    return next((content_type for name, content_type in OFFICE.items() if name in entries), ZIP)


def _reads_as_text(head: bytes) -> bool:
    """Say whether these bytes are a text, in UTF-8 or in a Latin alphabet; the last character may be cut."""
    return not any(byte < 0x20 and byte not in b"\t\n\v\f\r\x1b" for byte in head)
