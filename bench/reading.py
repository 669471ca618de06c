"""Reads the pages of the desks through the portal's own views: the éditeur's panel, and the board of the ANS."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from comptes import clock
from guichets.queries.situation import situation_of
from preuves.queries.dossier import dossier_of

PANEL = re.compile(r'<article class="ps-demande-desk">.*?</article>', re.DOTALL)
ROW = re.compile(r'<th scope="row"[^>]* title="(.*?)">', re.DOTALL)
ALERT = re.compile(r'<p class="ps-alert-title">(.*?)</p>\s*<p>(.*?)</p>', re.DOTALL)
FRESHNESS = re.compile(r'<p class="ps-small ps-muted">(.*?)</p>', re.DOTALL)
CURRENT = re.compile(r'<li data-state="current"[^>]*>(.*?)</li>', re.DOTALL)
HEALTH = re.compile(r'<th scope="row"[^>]*>(.*?)</th>.*?<td data-label="Échecs"[^>]*>(.*?)</td>', re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """What the pages show of a demande.

    :param ans: what is new on the board since the last reading
    :param kept: the last good stage, with its age
    """

    editeur: str
    ans: str
    kept: str


class Reader:
    """Reads the pages as an éditeur and as the ANS; what the board shows already at `at` is not new.

    :param team: a team of the tests' factories
    """

    def __init__(self, team: Any, at: datetime) -> None:
        self.candidature = team.candidature
        self.editeur, self.ans = _signed_in(team.salarie), _signed_in(team.instructeur)
        self.board: tuple[set[str], dict[str, str]] = (set(), {})
        self._news(at)

    def read(self, label: str, at: datetime) -> Shown:
        page = _get(self.editeur, reverse("guichets:page", args=[self.candidature.nru]), at)
        panel = next(panel for panel in PANEL.findall(page) if f"<h3>{label}</h3>" in unescape(panel))
        freshness = _text_of(FRESHNESS.findall(panel)[0])
        age, _, failure = freshness.partition(". ")
        alerts = [f"{_text_of(title)} : {_text_of(text)}" for title, text in ALERT.findall(panel)]
        kept = f"{_text_of(CURRENT.findall(panel)[0])}, {age[:1].lower()}{age[1:]}".rstrip(".")
        return Shown(". ".join(filter(None, [failure.rstrip("."), *alerts])), self._news(at), kept)

    def _news(self, at: datetime) -> str:
        """Return what is new for the ANS: new anomalies in their list, or a higher count of failures on the board."""
        page = _get(self.ans, reverse("guichets:board"), at)
        cards = {_text_of(title) for title in ROW.findall(_get(self.ans, reverse("guichets:anomalies"), at))}
        health = {_text_of(desk): _text_of(count) for desk, count in HEALTH.findall(page)}
        former_cards, former_health = self.board
        self.board = (cards, health)
        counted = [f"{desk}, Échecs : {count}" for desk, count in health.items() if former_health.get(desk) != count]
        return "; ".join([*(cards - former_cards), *counted])

    def gates(self, at: datetime) -> list[tuple[str, bool, list[str]]]:
        situation = situation_of(self.candidature, dossier=dossier_of(self.candidature), at=at)
        return [(gate.label, gate.is_open, [reason.sentence for reason in gate.reasons]) for gate in situation.gates]


def _signed_in(compte: Any) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(compte, backend="comptes.requests.PortalBackend")
    return client


def _get(client: Client, address: str, at: datetime) -> str:
    with clock.travel(at):
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}.")
    return answer.content.decode()


def _text_of(html: str) -> str:
    """Return the text of some HTML, with its no-break spaces."""
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()
