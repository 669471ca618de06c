"""How a file comes in: straight to the disk, hashed on its way, whatever its size."""

import hashlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

BATCH, MOST_WAITING = 4, 4
"""How many chunks are written at once, and how many such batches may wait: a slow disk slows the reception down."""


class HashedFile(TemporaryUploadedFile):
    """A file that has come in. `sha256` is that of its content, so that nobody reads it again to know it."""

    sha256 = ""

    def __init__(self, folder: str, name: str, content_type: str, charset: str | None, extra: Any) -> None:
        # Unlike its parent's, the file on the disk takes no ending from the name that a stranger gave.
        file = NamedTemporaryFile(dir=folder, prefix="", suffix=".part")  # noqa: SIM115 -- closed with the request
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)


class HashingHandler(FileUploadHandler):
    """Write each file, as it arrives, in `ARRIVALS_ROOT`, beside the storage of pièces.

    The storage then takes it by renaming it. A file larger than any that is accepted is read to its end, since a
    browser that is still sending hears no answer, but not kept: `size` says how large it was, so that the form refuses
    it with its own words. A file that nobody signed in sends is not kept either.
    """

    chunk_size = 256 * 1024

    file: HashedFile
    writer: ThreadPoolExecutor | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not _is_from_somebody(self.request):
            raise SkipFile
        folder = settings.ARRIVALS_ROOT
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = HashedFile(
            folder, self.file_name or "", self.content_type or "", self.charset, self.content_type_extra
        )
        self.digest = hashlib.sha256()
        self.batch: list[bytes] = []
        self.waiting: deque[Future[None]] = deque()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what came; once there is much of it, in another thread, while this one receives what follows."""
        if start + len(raw_data) > settings.LARGEST_UPLOAD:
            self.batch = []
            return
        self.batch.append(raw_data)
        if len(self.batch) == BATCH:
            self.writer = self.writer or ThreadPoolExecutor(1, thread_name_prefix="upload")
            self.waiting.append(self.writer.submit(self._keep, b"".join(self.batch)))
            self.batch = []
        if len(self.waiting) > MOST_WAITING:
            with self._abandoned_when_it_fails():
                self.waiting.popleft().result()

    @contextmanager
    def _abandoned_when_it_fails(self) -> Iterator[None]:
        """Remove what was written of a file that a full disk refuses: it would keep the disk full."""
        try:
            yield
        except OSError:
            with suppress(OSError):
                self._finish()
            with suppress(OSError):
                self.file.close()
            raise

    def _keep(self, content: bytes) -> None:
        self.digest.update(content)
        self.file.write(content)

    def file_complete(self, file_size: int) -> HashedFile:
        with self._abandoned_when_it_fails():
            self._finish()
            self._keep(b"".join(self.batch))
            if file_size > settings.LARGEST_UPLOAD:
                self.file.truncate(0)
            self.file.flush()
            self.file.seek(0)
        self.file.size = file_size
        self.file.sha256 = self.digest.hexdigest()
        return self.file

    def _finish(self) -> None:
        """Wait for what is being written; a disk that is full is said here."""
        try:
            while self.waiting:
                self.waiting.popleft().result()
        finally:
            if self.writer:
                self.writer.shutdown()
            self.writer = None

    def upload_interrupted(self) -> None:
        """Forget the file that was cut: the form sees none."""
        if hasattr(self, "file"):
            self._finish()
            self.file.close()


def _is_from_somebody(request: Any) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated
