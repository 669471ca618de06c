"""A file whose connection is cut: what has arrived is kept, and only the rest is sent again."""

import json
import socket
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from candidatures.enums import VoletKind
from preuves.models import Envoi
from preuves.operations.envois import settle_envoi
from tests.candidatures.conftest import make_team
from tests.cas.rows import case
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories import envois

CONTENT = (envois.VIDEO * 4)[: 9 * envois.PART + 500]  # ten parts


@case(
    32,
    "K9",
    given="connexion coupée deux fois à 40 %",
    expected="après deux coupures : 6 parties sur 10 envoyées de nouveau, fichier identique",
)
def test_upload_that_is_cut_goes_on_where_it_stopped(live_server: Any, settings: Any, got: Any) -> None:
    settings.UPLOAD_PART_SIZE = envois.PART
    team = make_team()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    browser = Client()
    browser.force_login(team.salarie, backend=BY_PASSWORD)
    annonce = envois.as_json(envois.an_annonce(CONTENT))
    declared = browser.post(
        reverse("preuves:envois", args=[team.candidature.nru]), json.dumps(annonce), content_type="application/json"
    ).json()
    line = Line(live_server.url, browser.cookies[django_settings.SESSION_COOKIE_NAME].value)

    def send(number: int, *, cut: bool = False) -> None:
        href = reverse("preuves:part", args=[team.candidature.nru, declared["envoi"], number])
        line.put(href, envois.parts_of(CONTENT)[number - 1], cut=cut)

    for number in (1, 2, 3, 4):
        send(number)
    for _ in range(2):
        send(5, cut=True)
    state = browser.get(reverse("preuves:envoi", args=[team.candidature.nru, declared["envoi"]])).json()
    for number in state["manquantes"]:
        send(number)
    settled = settle_envoi(envoi_id=Envoi.objects.get().pk, at=make.SUMMER)
    same = settled.piece is not None and settled.piece.sha256 == envois.sha256(CONTENT)
    again, parts = len(state["manquantes"]), len(envois.parts_of(CONTENT))

    got(
        f"après deux coupures : {again} parties sur {parts} envoyées de nouveau, fichier "
        f"{'identique' if same else 'différent'}"
    )


class Line:
    """A connection that may be cut in the middle of what it sends."""

    def __init__(self, url: str, session: str) -> None:
        self.host, self.port = str(urlsplit(url).hostname), urlsplit(url).port
        token = "a" * 32
        self.cookies = f"sessionid={session}; csrftoken={token}"
        self.token = token

    def put(self, href: str, content: bytes, *, cut: bool) -> None:
        head = (
            f"PUT {href} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nConnection: close\r\nCookie: {self.cookies}\r\n"
            f"X-CSRFToken: {self.token}\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        with closing(socket.create_connection((self.host, self.port), 10)) as connection:
            connection.sendall(head.encode() + (content[: len(content) // 2] if cut else content))
            if cut:
                return
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 204"), answer[:300]


pytestmark = pytest.mark.django_db(transaction=True)
