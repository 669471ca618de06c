"""A stranger with only the address: am I concerned, by when, whom do I write to, where do I begin?"""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from comptes import clock
from comptes.dates import instant_in_words
from segur_portal.demo import verbs
from tests.factories import candidatures as make

LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


@pytest.fixture(autouse=True)
def open_dispositif(db: None) -> Iterator[None]:
    verbs.publish_the_catalogue(at=make.OPENING)
    with clock.travel(make.DATE_1 - timedelta(days=40)):
        yield


class Stranger:
    """Somebody who reads a page, and follows what it says."""

    def __init__(self) -> None:
        self.client, self.clicks = Client(), 0
        self.page = self._read("/")

    def follow(self, wanted: str) -> None:
        href = next(
            href for href, label in LINK.findall(self.page) if wanted in unescape(re.sub(r"<[^>]+>", "", label))
        )
        self.page = self._read(unescape(href))
        self.clicks += 1

    def _read(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return unescape(answer.content.decode())


def test_whether_one_is_concerned_is_said_at_once_and_answered_in_two_clicks() -> None:
    stranger = Stranger()
    assert "pour les établissements et services sociaux et médico-sociaux" in stranger.page

    stranger.follow("Répondez à quelques questions")
    assert stranger.clicks == 1
    assert "Que fait votre entreprise de la solution" in stranger.page  # the second click sends the answers


def test_next_date_is_on_the_first_page() -> None:
    stranger = Stranger()

    _, _, after = stranger.page.partition("Avant quand")
    assert instant_in_words(make.DATE_1) in after.partition("</section>")[0]


def test_whom_to_write_to_is_one_click_away() -> None:
    stranger = Stranger()

    stranger.follow("À qui écrire")
    assert stranger.clicks == 1
    assert "Votre dossier, ou le portail" in stranger.page


def test_where_to_begin_is_one_click_away() -> None:
    stranger = Stranger()
    assert "Vous avez une invitation" in stranger.page

    stranger.follow("préparez votre demande")
    assert stranger.clicks == 1
    assert "Ce qu’il faut préparer" in stranger.page
