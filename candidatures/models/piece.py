from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import models

from candidatures.connectors.disk import settle
from comptes.models import Compte
from comptes.models.texts import LineField, SaidField

from .candidature import Candidature

CHUNK = 256 * 1024


class FileReading(Iterator[bytes]):
    """The bytes of a stored file from one place on, chunk by chunk; `close` ends it early."""

    def __init__(self, source: Any, length: int) -> None:
        self.source, self.left = source, length

    def __next__(self) -> bytes:
        chunk: bytes = self.source.read(min(CHUNK, self.left)) if self.left > 0 else b""
        if not chunk:
            self.close()
            raise StopIteration
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.source.close()


class PrivateStorage(Storage):
    """The storage of pièces, asked at each use and not when the model loads: a deployment chooses it."""

    def open(self, name: str, mode: str = "rb") -> File[Any]:
        return storages["pieces"].open(name, mode)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Store a file under its name, and return once the disk holds both; of one that failed, nothing is left."""
        kept = name
        try:
            kept = storages["pieces"].save(name, content, max_length)
            if place := _place_of(kept):
                settle(place, under=Path(storages["pieces"].path("")))
        except OSError as failure:
            # What a bucket raises is an OSError too, without a number: one that hangs is not asked a second time.
            if kept and failure.errno:
                storages["pieces"].delete(kept)
            raise
        return kept

    def read(self, name: str, *, start: int, length: int) -> FileReading:
        """Read a part of a file in constant memory; opening one that is in a bucket would fetch the whole of it."""
        storage = storages["pieces"]
        if bucket := getattr(storage, "bucket", None):
            return FileReading(bucket.Object(name).get(Range=f"bytes={start}-{start + length - 1}")["Body"], length)
        source = storage.open(name)
        source.seek(start)
        return FileReading(source, length)

    def delete(self, name: str) -> None:
        storages["pieces"].delete(name)

    def exists(self, name: str) -> bool:
        return storages["pieces"].exists(name)

    def size(self, name: str) -> int:
        return storages["pieces"].size(name)

    @contextmanager
    def on_disk(self, name: str, *, size: int) -> Iterator[Path]:
        """Give a file where it lies; one that is in a bucket is fetched for that time."""
        if place := _place_of(name):
            yield place
            return
        with NamedTemporaryFile() as fetched:
            for chunk in self.read(name, start=0, length=size):
                fetched.write(chunk)
            fetched.flush()
            yield Path(fetched.name)


def _place_of(name: str) -> Path | None:
    """Where a file lies on the disk; None when it is in a bucket."""
    try:
        return Path(storages["pieces"].path(name))
    except NotImplementedError:
        return None


def private_storage() -> Storage:
    return PrivateStorage()


class Piece(models.Model):
    """One file that somebody deposited, never rewritten. Its content is at a name that nobody can guess."""

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="pieces")
    file = models.FileField("fichier", storage=private_storage, max_length=200)
    name = SaidField("nom", max_length=150)
    content_type = LineField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille en octets")
    sha256 = LineField("empreinte", max_length=64)
    deposited_at = models.DateTimeField("déposée le")
    deposited_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "pièce"
        indexes = [models.Index(fields=["sha256", "id"], name="piece_by_sha256")]

    def __str__(self) -> str:
        return self.name

    def read(self, *, start: int = 0, length: int | None = None) -> FileReading:
        """Read its content, or `length` bytes of it from `start` on."""
        whole = self.size - start
        return PrivateStorage().read(str(self.file.name), start=start, length=whole if length is None else length)

    def on_disk(self) -> AbstractContextManager[Path]:
        """Give its file on a disk, for a process that opens it by its name."""
        return PrivateStorage().on_disk(str(self.file.name), size=self.size)
