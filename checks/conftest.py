"""Options of the command line: the address of the portal, and the moment of its story."""

from collections.abc import Iterator

import pytest

from checks.person import Person
from checks.stories import steps_of


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("demonstration")
    group.addoption("--portal", required=True, metavar="http://127.0.0.1:8000", help="where the portal answers")
    group.addoption("--moment", default="ouverture", help="how far its story was replayed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    config = metafunc.config
    steps = steps_of(config.getoption("--moment"), config.getoption("--portal").rstrip("/"))
    metafunc.parametrize("step", [step for _, step in steps], ids=[title for title, _ in steps])


@pytest.fixture(scope="session", autouse=True)
def everybody_leaves() -> Iterator[None]:
    yield
    for person in Person.everybody:
        person.browser.close()
