from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.parcours.server import Server


@pytest.fixture
def serve(tmp_path: Path, wait_until: Callable[..., None]) -> Iterator[Callable[[], Server]]:
    """Return a function that starts a server; each uses the files of the one before."""
    started: list[Server] = []

    def start() -> Server:
        started.append(Server(tmp_path))
        wait_until(started[-1].answers, seconds=30)
        return started[-1]

    yield start
    for server in started:
        server.kill()
