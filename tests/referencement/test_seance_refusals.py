"""The refusals of the page of a séance: each is told in the form that was sent, and takes the focus."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from comptes import clock
from tests.ground import standing
from tests.referencement.test_college_views import url
from tests.referencement.test_seances import AT, Sitting, a_sitting

sitting = standing(a_sitting)


@pytest.fixture(autouse=True)
def it_is_the_day() -> Iterator[None]:
    with clock.travel(AT):
        yield


@pytest.mark.parametrize(
    ("name", "data", "status", "title"),
    [
        ("seance_agenda", {}, 409, "L’ordre du jour n’est pas envoyé"),
        ("seance_secretaire", {"secretaire": "1"}, 422, "Le secrétariat n’est pas confié"),
    ],
)
def test_refusal_is_told_in_the_form_that_was_sent_and_takes_the_focus(
    sitting: Sitting,
    sign_in: Any,
    name: str,
    data: dict[str, str],
    status: int,
    title: str,
) -> None:
    answer = sign_in(sitting.secretaire).post(url(name, sitting, nru=False), data)
    page = unescape(answer.content.decode())

    assert answer.status_code == status
    assert page.count('role="alert" tabindex="-1" autofocus') == 1
    assert title in page
    assert "ps-messages" not in page


def test_refusal_of_a_rank_stands_under_its_dossier(sitting: Sitting, sign_in: Any) -> None:
    sitting.list()
    answer = sign_in(sitting.secretaire).post(url("examen_rank", sitting), {"sens": "haut"})
    page = unescape(answer.content.decode())

    assert answer.status_code == 409
    row, _, after = page.partition(f'id="dossier-{sitting.candidature.nru}"')
    assert "Le rang de ce dossier n’a pas changé" in after
    assert "n’a pas changé" not in row
