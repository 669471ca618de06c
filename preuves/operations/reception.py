"""Where the parts of a declared file go: a disk, beside the storage of the pièces; or their bucket, straight."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile

from candidatures.models.piece import PrivateStorage
from candidatures.operations.pieces import PUT_AS
from preuves.connectors.arrivals import Arrivals
from preuves.connectors.bucket import Bucket, BucketAway
from preuves.models import Envoi

CHUNK = 1024 * 1024

if TYPE_CHECKING:
    from hashlib import _Hash

    Uploaded = UploadedFile[bytes]
else:
    Uploaded = UploadedFile


class NotIdentical(Exception):
    """What came is not what was declared. `parts`: the numbers of those that are wrong."""

    def __init__(self, parts: list[int]) -> None:
        super().__init__(parts)
        self.parts = parts


class ArrivedFile(Uploaded):
    """A whole file where it arrived, as the forms know one."""

    def __init__(self, path: Path, *, name: str, size: int, sha256: str) -> None:
        super().__init__(path.open("rb"), name, size=size)
        self.path, self.sha256 = path, sha256

    def temporary_file_path(self) -> str:
        return str(self.path)


def arrivals() -> Arrivals:
    return Arrivals(Path(settings.ARRIVALS_ROOT))


def the_bucket() -> Bucket | None:
    """Return the bucket of the pièces; None when they are on a disk."""
    storage: Any = storages["pieces"]
    if getattr(storage, "bucket", None) is None:
        return None
    return Bucket(storage.connection.meta.client, storage.bucket_name)


def begin_reception(*, candidature_id: int) -> tuple[str, str]:
    """Open the reception of a file; return its name where it goes, and that of the reception in a bucket.

    :raises BucketAway: when the bucket does not answer
    """
    if bucket := the_bucket():
        key = f"candidatures/{candidature_id}/{secrets.token_hex(16)}"
        return key, bucket.begin(key)
    return arrivals().begin(), ""


def end_reception(*, stored_as: str, upload_id: str, kept: bool) -> None:
    """Remove what is no longer needed; a bucket that is away keeps it, and gives it up by its own rules."""
    if not upload_id:
        arrivals().remove(stored_as)
    elif not kept and (bucket := the_bucket()):
        with suppress(BucketAway):
            bucket.give_up(stored_as, upload_id)


@contextmanager
def whole_file(*, envoi: Envoi) -> Iterator[Uploaded]:
    """Give a file that arrived, under a name that the storage may take: what is refused later is still here.

    :raises NotIdentical: when a bucket kept other parts than those declared, or a disk lost some before it stopped
    """
    if not envoi.upload_id:
        path = arrivals().another_name_for(envoi.stored_as)
        try:
            sha256 = envoi.sha256 or sha256_before(number=len(envoi.parts) + 1, envoi=envoi).hexdigest()
            with ArrivedFile(path, name=envoi.name, size=envoi.size, sha256=sha256) as upload:
                yield upload
        finally:
            path.unlink(missing_ok=True)
        return
    folder = Path(settings.ARRIVALS_ROOT)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, suffix=".part") as copy:
        sha256 = _copied(envoi, copy)
        with ArrivedFile(Path(copy.name), name=envoi.name, size=envoi.size, sha256=sha256) as upload:
            vars(upload)[PUT_AS] = envoi.stored_as  # it stands where it will stay
            yield upload


def _copied(envoi: Envoi, copy: Any) -> str:
    """Copy a file from its bucket; return the sha256 of the whole."""

    def chunks() -> Iterator[bytes]:
        with closing(PrivateStorage().read(envoi.stored_as, start=0, length=envoi.size)) as content:
            for chunk in content:
                copy.write(chunk)
                yield chunk

    sha256 = _sha256_of(envoi, chunks(), parts=len(envoi.parts))
    copy.flush()
    return sha256.hexdigest()


def sha256_before(*, number: int, envoi: Envoi) -> _Hash:
    """Return the sha256 of what is before a part among the arrivals, each part of which is compared.

    :raises NotIdentical: with those that differ
    """
    if number == 1:
        return hashlib.sha256()
    with arrivals().path(envoi.stored_as).open("rb", buffering=0) as content:
        return _sha256_of(envoi, iter(lambda: content.read(CHUNK), b""), parts=number - 1)


def _sha256_of(envoi: Envoi, content: Iterator[bytes], *, parts: int) -> _Hash:
    """Return the sha256 of the first parts of a file, each of which is compared with what was declared.

    :raises NotIdentical: with those that differ
    """
    whole, wrong = hashlib.sha256(), []
    held = memoryview(b"")
    with ThreadPoolExecutor(1, thread_name_prefix="sha256") as beside:
        for number, declared in enumerate(envoi.parts[:parts], start=1):
            part, left = hashlib.sha256(), envoi.length_of(number)
            while left:
                held = held or memoryview(next(content, b""))
                if not held:
                    break
                taken, held = held[:left], held[left:]
                left -= len(taken)
                of_the_whole = beside.submit(whole.update, taken)
                part.update(taken)
                of_the_whole.result()
            if left or part.hexdigest() != declared:
                wrong.append(number)
    if wrong:
        raise NotIdentical(wrong)
    return whole
