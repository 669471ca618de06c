"""Where the parts of a file wait for the others: one file of the disk, each part at its own place in it."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ENDING = ".envoi"


@dataclass(frozen=True)
class Arrivals:
    """A folder of the file system on which files are kept, so that a whole one is taken by renaming it."""

    folder: Path

    def begin(self) -> str:
        """Return a new name, which nobody can guess."""
        return f"{secrets.token_hex(16)}{ENDING}"

    def path(self, name: str) -> Path:
        return self.folder / name

    def put(self, name: str, *, offset: int, content: bytes) -> None:
        """Write a part at its place; written twice, it is the same.

        :raises OSError: when the disk is full or fails
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            left = memoryview(content)
            while left:
                written = os.pwrite(file, left, offset)
                left, offset = left[written:], offset + written
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
