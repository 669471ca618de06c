"""The seal, self-signed for this run; a team, the parties of a convention; and whether this machine can print."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings as portal

from referencement.connectors.seal import self_signed
from tests.candidatures.conftest import Team, make_team
from tests.factories.conventions import Parties, some_parties

PASSWORD = "sceau"


def prints() -> bool:
    """Whether the system's libpango is there, without which WeasyPrint prints nothing."""
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


@pytest.fixture
def team(db: None) -> Team:
    return make_team()


@pytest.fixture
def parties(db: None) -> Parties:
    return some_parties()
