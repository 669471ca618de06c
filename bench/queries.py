"""How many queries a page makes, asked for in this process."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.moment import AT
from bench.subjects import Page
from comptes import clock

BY_PASSWORD = "comptes.requests.PortalBackend"


def queries_of(page: Page) -> int:
    """Count them, the session and the read-only transaction included; a first answer warms what is kept."""
    client = Client(SERVER_NAME="127.0.0.1")
    if page.reader:
        client.force_login(page.reader, backend=BY_PASSWORD)
    with clock.travel(AT):
        assert client.get(page.path).status_code == 200, page.path
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(page.path)
    return len(captured)
