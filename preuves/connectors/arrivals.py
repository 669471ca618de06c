"""Where the parts of a file wait for the others: one file of the disk, each part at its own place in it."""

from __future__ import annotations

import ctypes
import hashlib
import os
import secrets
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from candidatures.connectors.disk import settle

if TYPE_CHECKING:
    from hashlib import _Hash

ENDING = ".envoi"
CHUNK = 1024 * 1024
AT_ONCE = 64
SYNC_FILE_RANGE_WRITE = 2
KEEP_SIZE, PUNCH_HOLE = 1, 2
_linux = ctypes.CDLL(None, use_errno=True)
_sync_file_range, _fallocate = _linux.sync_file_range, _linux.fallocate
_sync_file_range.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]
_fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]


class Source(Protocol):
    """What bytes are read from, such as a request."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class HeldPart:
    """A part in memory, as it came: nothing of it is written before it was found to be the one declared."""

    chunks: list[bytes]
    size: int
    sha256: str


def held_part(source: Source, *, length: int) -> HeldPart:
    """Read a part in memory, hashed as it comes; its `size` is smaller when less came."""
    chunks, digest, there = [], hashlib.sha256(), 0
    while there < length and (chunk := source.read(min(CHUNK, length - there))):
        chunks.append(chunk)
        digest.update(chunk)
        there += len(chunk)
    return HeldPart(chunks, there, digest.hexdigest())


@dataclass
class Writing:
    """An open file that is written beside the thread which receives what follows: one part waits at most.

    :param whole: is given what is written, in its order
    :param failed: whether the disk refused a part, which then takes no room on it
    """

    file: int
    beside: ThreadPoolExecutor
    whole: _Hash | None = None
    last: Future[None] | None = field(default=None, init=False)
    failed: bool = field(default=False, init=False)

    def put(self, part: HeldPart, *, offset: int) -> None:
        """Have a part written at its place; written twice, it is the same.

        :raises OSError: when the disk was full or failed for the part before
        """
        self.wait()
        self.last = self.beside.submit(self._write, part, offset)

    def wait(self) -> None:
        """Return once what was put is written.

        :raises OSError: when the disk is full or fails
        """
        last, self.last = self.last, None
        if last:
            last.result()

    def _write(self, part: HeldPart, offset: int) -> None:
        try:
            self._write_whole(part, offset)
        except OSError:
            self.failed = True
            _fallocate(self.file, KEEP_SIZE | PUNCH_HOLE, offset, part.size)  # a disk that has no holes keeps it
            raise

    def _write_whole(self, part: HeldPart, offset: int) -> None:
        left, there = deque(memoryview(chunk) for chunk in part.chunks), offset
        while left:
            written = os.pwritev(self.file, list(islice(left, AT_ONCE)), there)
            there += written
            while left and written >= len(left[0]):
                written -= len(left.popleft())
            if written:
                left[0] = left[0][written:]
        # Linux begins to write it, while others come; `keep` then waits for little. It is only sooner: a failure is
        # said by `keep`.
        _sync_file_range(self.file, offset, part.size, SYNC_FILE_RANGE_WRITE)
        if self.whole is not None:
            for chunk in part.chunks:
                self.whole.update(chunk)


@dataclass(frozen=True)
class Arrivals:
    """A folder of the file system on which files are kept, so that a whole one is taken by renaming it."""

    folder: Path

    def begin(self) -> str:
        """Return a new name, which nobody can guess."""
        return f"{secrets.token_hex(16)}{ENDING}"

    def path(self, name: str) -> Path:
        return self.folder / name

    @contextmanager
    def writing(self, name: str, *, whole: _Hash | None = None) -> Iterator[Writing]:
        """Open a file to put parts in it; all that was put is written at the end.

        :raises OSError: when the disk is full or fails
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with ThreadPoolExecutor(1, thread_name_prefix="arrivals") as beside:
                writing = Writing(file, beside, whole)
                yield writing
                writing.wait()
        finally:
            os.close(file)

    def keep(self, name: str) -> None:
        """Return once the disk holds every part that was written, and the file's name.

        :raises OSError: when the disk fails
        """
        settle(self.path(name), under=self.folder)

    def another_name_for(self, name: str) -> Path:
        """Give the file a second name, which a storage may rename: the first one stays until it is removed."""
        other = self.path(f"{name}.{secrets.token_hex(4)}.part")
        os.link(self.path(name), other)
        return other

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self.path(name).unlink()
