"""Counts the queries of a page, and weighs it, in this process."""

import re
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.forms import typed_in, typing
from bench.moment import AT
from bench.subjects import Page
from comptes import clock

BY_PASSWORD = "comptes.requests.PortalBackend"
URLENCODED = "application/x-www-form-urlencoded"
HTMX = {"HX-Request": "true"}


def queries_of(page: Page) -> tuple[int, float]:
    """Return how many queries the page makes, transactions included, and its kB; a first request fills the caches.

    A champ is saved as the page does, by sending its whole form.
    """
    client = Client(SERVER_NAME="127.0.0.1")
    if page.reader:
        client.force_login(page.reader, backend=BY_PASSWORD)
    with clock.travel(AT):
        read = client.get(page.path)
        assert read.status_code == 200, page.path
        typed = urlencode(typing(typed_in(read.content), **{page.champ: "Nommé en comptant"})) if page.champ else ""
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(page.path, typed, URLENCODED, headers=HTMX) if typed else client.get(page.path)
    return len(captured), len(answer.content) / 1000


def seen_version(content: bytes) -> str:
    """Return the version of the volet that the page shows."""
    match = re.search(rb'name="seen_version" value="(\d+)"', content)
    assert match, "A page where a volet is filled says its version."
    return match[1].decode()
