"""Where the parts of a file wait for the others: one file of the disk, each part at its own place in it."""

import hashlib
import os
import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ENDING = ".envoi"
CHUNK = 1024 * 1024
# The memory of a part serves for the next one: to be given 8 MB by the system costs more than to hash them.
_MEMORY: deque[bytearray] = deque(maxlen=3)


class Source(Protocol):
    """What bytes are read from, such as a request."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class HeldPart:
    """A part in memory: nothing of it is written before it was found to be the one declared."""

    content: memoryview
    sha256: str
    is_whole: bool


@contextmanager
def held_part(source: Source, *, length: int) -> Iterator[HeldPart]:
    """Read a part in memory, hashed as it comes; `is_whole`: it has that very length."""
    memory = _memory(length)
    with memoryview(memory) as held:
        digest, there = hashlib.sha256(), 0
        while there < length and (chunk := source.read(min(CHUNK, length - there))):
            held[there : there + len(chunk)] = chunk
            digest.update(chunk)
            there += len(chunk)
        with held[:there] as content:
            yield HeldPart(content, digest.hexdigest(), is_whole=there == length and not source.read(1))
    _MEMORY.append(memory)


def _memory(length: int) -> bytearray:
    try:
        kept = _MEMORY.pop()
    except IndexError:
        kept = bytearray()
    return kept if len(kept) >= length else bytearray(length)


@dataclass(frozen=True)
class Arrivals:
    """A folder of the file system on which files are kept, so that a whole one is taken by renaming it."""

    folder: Path

    def begin(self) -> str:
        """Return a new name, which nobody can guess."""
        return f"{secrets.token_hex(16)}{ENDING}"

    def path(self, name: str) -> Path:
        return self.folder / name

    def put(self, name: str, *, offset: int, content: bytes | memoryview) -> None:
        """Write a part at its place; written twice, it is the same. The disk begins to keep it, while others come.

        :raises OSError: when the disk is full or fails
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            there = 0
            with memoryview(content) as held:
                while there < len(held):
                    with held[there:] as left:
                        there += os.pwrite(file, left, offset + there)
            # Linux begins to write what is said to be of no more use; `keep` then waits for little.
            os.posix_fadvise(file, offset, there, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(file)

    def keep(self, name: str) -> None:
        """Return once the disk holds every part that was written.

        :raises OSError: when the disk fails
        """
        file = os.open(self.path(name), os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fdatasync(file)
        finally:
            os.close(file)

    def another_name_for(self, name: str) -> Path:
        """Give the file a second name, which a storage may rename: the first one stays until it is removed."""
        other = self.path(f"{name}.{secrets.token_hex(4)}.part")
        os.link(self.path(name), other)
        return other

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self.path(name).unlink()
