"""What a disk is asked so that a power cut loses nothing of a file that somebody was told is kept."""

import os
from pathlib import Path


def settle(file: Path, *, under: Path) -> None:
    """Return once the disk holds a file, and its name in each folder from it up to `under`, which is included.

    :raises OSError: when the disk is full or fails
    """
    folders = [folder for folder in file.parents if folder == under or under in folder.parents]
    for path in (file, *folders):
        opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
