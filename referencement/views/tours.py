"""Whose turn it is, as a page says it: the banner with the next click, and a sentence for each side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst

from candidatures.enums import Camp
from candidatures.models import Candidature
from referencement.enums import Cote
from referencement.rules import tour as tour_rules
from referencement.rules.tour import Tour, TurnPart, order_for, whose

from .blocages import href_of

# What is read by whoever cannot engage the éditeur.
READ = {"charte:": "Lire la charte", "convention:": "Lire la convention"}
MISSED = "pas fait à temps. Ce qui est saisi reste enregistré, mais ne peut plus être soumis."

STILL_POSSIBLE = "Vous pouvez encore demander plus de temps à l’ANS."


def reader_of(*, fills: bool) -> Camp:
    return Camp.EDITEUR if fills else Camp.ANS


def banner(tour: Tour, found: Candidature, *, at: datetime, fills: bool, can_engage: bool) -> dict[str, Any] | None:
    """Say to this reader whose turn it is, theirs first, with the next click; nothing when nobody is waited for."""
    reader = reader_of(fills=fills)
    one = tour.first_for(reader)
    if one is None:
        return None
    text = one.sentence or f"{capfirst(one.objet.label)}."
    said: dict[str, Any] = {"text": text, "by_desk": one.cote is not Cote.EDITEUR}
    href = "" if fills and one.cote is Cote.ANS else href_of(one.address, one.owner, found, fills=fills)
    if one.is_missed(at):
        late = said | {"late": True, "title": f"La {one.echeance} est passée", "step": text, "text": MISSED}
        if not fills:
            return late | {"href": href, "link": "Consulter"}
        asking = reverse("referencement:derogation_ask", args=[found.nru])
        return late | {"text": f"{MISSED} {STILL_POSSIBLE}", "href": asking, "link": "Demander une dérogation"}
    mine = one.cote.value == reader.value
    title = whose(one.cote, one.owner, reader=reader)
    link = _link(one.address, mine=mine, fills=fills, can_engage=can_engage)
    return said | {"title": title} | ({"href": href, "link": link} if href else {})


def _link(address: str, *, mine: bool, fills: bool, can_engage: bool) -> str:
    if not mine:
        return "Consulter"
    if not fills:
        return "Examiner"
    return "Continuer" if can_engage else READ.get(address, "Continuer")


def exchanges_for_page(parts: Iterable[TurnPart], *, at: datetime, fills: bool) -> list[dict[str, Any]]:
    """What each side is waited for, said to this reader: what is theirs first."""
    reader = reader_of(fills=fills)
    by_cote = {one.cote: one for one in parts}
    found = [by_cote[cote] for cote in order_for(reader) if cote in by_cote]
    return [
        {"sentence": tour_rules.said(one, at=at, reader=reader), "is_mine": one.cote.value == reader.value}
        for one in found
    ]
