"""Checks an uploaded file: its format, or why it is refused. Every door uses it, with the same sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.uploadedfile import UploadedFile

from candidatures.catalogue.formats import FORMATS, Door, Format
from candidatures.connectors import pdf
from candidatures.rules import archives
from candidatures.rules.archives import Entry, Unlisted
from candidatures.rules.formats import HEAD, in_archive, recognised, refusal, too_large
from candidatures.rules.pieces import NotAPiece

LOCKED_PDF = "Ce PDF est protégé par un mot de passe. Déposez-le sans protection, pour que l’ANS puisse le lire."
LOCKED_DOCUMENT = (
    "Ce document est protégé par un mot de passe. Enregistrez-le sans mot de passe, pour que l’ANS puisse le lire."
)
ANSWERS = "content_types_by_door"
ZIPPED = ("archive", "bureautique")


def content_type_of(*, upload: UploadedFile[bytes], door: Door) -> str:
    """Return the content type of a file that a door accepts. The file is examined once, even if it is asked again.

    :raises NotAPiece: with the French reason
    """
    answers = vars(upload).setdefault(ANSWERS, {})
    if door not in answers:
        try:
            answers[door] = _looked_into(upload, door)
        except NotAPiece as reason:
            answers[door] = reason
    if isinstance(answers[door], NotAPiece):
        raise NotAPiece(str(answers[door]))
    return str(answers[door])


def _looked_into(upload: UploadedFile[bytes], door: Door) -> str:
    name, size = upload.name or "", upload.size or 0
    upload.seek(0)
    head = upload.read(HEAD)
    if size and not head:  # nothing was kept of a file that is larger than any
        raise NotAPiece(too_large(door.largest))
    actual = recognised(name, head)
    if actual in door.formats and actual is not None and size > door.largest_of(actual):
        raise NotAPiece(too_large(door.largest_of(actual)))
    entries: Sequence[Entry] = ()
    if actual is not None and head.startswith(b"PK"):
        entries = _entries_of(upload)
        actual = in_archive(actual, [entry.name for entry in entries])
    if actual is not None and actual.probe == "texte" and _holds(upload, b"\0"):
        actual = None
    if reason := refusal(door, name=name, size=size, actual=actual) or _fault(upload, actual, entries, door):
        raise NotAPiece(reason)
    assert actual is not None, "A door takes nothing that is not recognised."
    return actual.content_type


def _entries_of(upload: UploadedFile[bytes]) -> tuple[Entry, ...]:
    try:
        return archives.listed(upload.file or upload)  # type: ignore[arg-type]  # any file that reads and seeks
    except Unlisted as reason:
        raise NotAPiece(str(reason)) from None


def _fault(upload: UploadedFile[bytes], actual: Format | None, entries: Sequence[Entry], door: Door) -> str:
    """Say what is wrong inside a file whose format is accepted."""
    if actual is FORMATS["pdf"] and _is_locked(upload):
        return LOCKED_PDF
    if actual is None or actual.probe not in ZIPPED:
        return ""
    if actual.probe == "bureautique" and archives.needs_a_key(upload.file or upload):  # type: ignore[arg-type]  # as above
        return LOCKED_DOCUMENT
    return archives.fault_of(entries) or (archives.why_not_xdm(entries) if door.is_xdm else "")


def _is_locked(upload: UploadedFile[bytes]) -> bool:
    """Whether a PDF needs a password. Only a PDF that declares encryption is opened, since that takes a process."""
    if not _holds(upload, b"/Encrypt"):
        return False
    with _on_disk(upload) as file:
        return pdf.look(file).locked


def _holds(upload: UploadedFile[bytes], sign: bytes) -> bool:
    tail = b""
    for chunk in upload.chunks():
        if sign in tail + chunk:
            return True
        tail = chunk[1 - len(sign) :] if len(sign) > 1 else b""
    return False


@contextmanager
def _on_disk(upload: UploadedFile[bytes]) -> Iterator[Path]:
    """Yield the path of the file; one that is in memory is written to disk meanwhile."""
    if hasattr(upload, "temporary_file_path"):
        yield Path(upload.temporary_file_path())
        return
    with NamedTemporaryFile() as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
