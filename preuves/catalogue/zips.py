"""A ZIP that is written as it is read: whatever its size, only the part on its way is held in memory."""

import io
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

Entry = tuple[str, Iterable[bytes]]
"""The path of a file in the archive, and its content, chunk by chunk."""


class _Sink(io.RawIOBase):
    """Where the archive is written: what was not taken away yet."""

    def __init__(self) -> None:
        self.held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        held, self.held = self.held, []
        yield from held


def zipped(entries: Iterable[Entry], *, made: tuple[int, int, int, int, int, int]) -> Iterator[bytes]:
    """Yield the bytes of a ZIP of these files, in order, not compressed: most are images and videos.

    :param made: the date of its files: year, month, day, hour, minute, second
    """
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_STORED) as archive:
        for name, content in entries:
            with archive.open(ZipInfo(name, made), "w", force_zip64=True) as entry:
                for chunk in content:
                    entry.write(chunk)
                    yield from sink.taken()
            yield from sink.taken()
    yield from sink.taken()


class Stream(io.RawIOBase):
    """Chunks, read as a file that cannot go back; `size` is what was read of it."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left, self.size = chunks, b"", 0

    @property
    def held(self) -> int:
        """How many bytes wait to be read."""
        return len(self._left)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        held = [self._left]
        length = len(self._left)
        while size < 0 or length < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            held.append(chunk)
            length += len(chunk)
        whole = b"".join(held)
        given, self._left = (whole, b"") if size < 0 else (whole[:size], whole[size:])
        self.size += len(given)
        return given
