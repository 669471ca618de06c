"""Fixtures of phase 3: a self-signed seal, a team, the parties of a convention, whether this machine can print."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from django.conf import settings as portal

from candidatures.documents import printing
from referencement.connectors.seal import self_signed
from tests.candidatures.conftest import make_team
from tests.factories.conventions import some_parties
from tests.ground import standing

PASSWORD = "sceau"
PRINT = printing.print_html


def prints() -> bool:
    """Whether the system has libpango, without which WeasyPrint cannot print."""
    try:
        import weasyprint  # noqa: F401 -- whether it can be imported is the question
    except OSError:
        return False
    return True


PRINTS = pytest.mark.skipif(not prints(), reason="WeasyPrint needs the system's libpango, which is not installed.")


@pytest.fixture(autouse=True, scope="session")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    path = tmp_path_factory.mktemp("seal") / "sceau.p12"
    path.write_bytes(self_signed(name="Sceau des tests", password=PASSWORD, at=datetime(2027, 1, 1, tzinfo=UTC)))
    before, portal.SIGNATURE = portal.SIGNATURE, portal.SIGNATURE | {"pkcs12": str(path), "password": PASSWORD}
    yield
    portal.SIGNATURE = before


@cache
def _printed(html: str, **more: Any) -> bytes:
    return PRINT(html, **more)


@pytest.fixture
def printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print once what is the same to the last letter, for tests that look at what becomes of a document."""
    monkeypatch.setattr(printing, "print_html", _printed)


team = standing(make_team)
parties = standing(some_parties)
