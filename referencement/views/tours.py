"""Whose turn it is, as pages show it: a banner with the next link, and a sentence for each side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst

from candidatures.enums import Camp
from candidatures.models import Candidature
from referencement.enums import Cote
from referencement.rules.phrases import sentence_of, whose
from referencement.rules.tour import Tour, TurnPart, order_for

from .actes import Acte
from .blocages import href_of

# The labels of the link for whoever cannot engage the éditeur: they may only read.
READ = {"charte:": "Lire la charte", "convention:": "Lire la convention"}
MISSED = "La date limite est dépassée : {whose} saisies sont conservées, mais ne peuvent plus être soumises."

STILL_POSSIBLE = "Vous pouvez demander une dérogation à l’ANS."


def reader_of(*, fills: bool) -> Camp:
    return Camp.EDITEUR if fills else Camp.ANS


def banner(
    tour: Tour,
    candidature: Candidature,
    *,
    at: datetime,
    fills: bool,
    can_engage: bool,
    acts: Sequence[Acte] = (),
) -> dict[str, Any] | None:
    """Return the banner that says whose turn it is, the reader's own first, with the link to what comes next.

    None when nobody is waited for.

    :param acts: the next acts of the éditeur, when it reads: the first one is told, with its date and its form
    """
    reader = reader_of(fills=fills)
    attente = tour.first_for(reader)
    if attente is None:
        return None
    text = attente.sentence or f"{capfirst(attente.objet.label)}."
    shown: dict[str, Any] = {"text": text, "by_desk": attente.cote is not Cote.EDITEUR, "hint": ""}
    href = (
        "" if fills and attente.cote is Cote.ANS else href_of(attente.address, attente.owner, candidature, fills=fills)
    )
    if attente.is_missed(at):
        missed = f"{text} {MISSED.format(whose='vos' if fills else 'les')}"
        late = shown | {"late": True, "title": f"La {attente.echeance} est dépassée", "text": missed}
        if not fills:
            return late | {"href": href, "link": "Consulter"}
        asking = reverse("referencement:derogation_ask", args=[candidature.nru])
        return late | {"text": f"{missed} {STILL_POSSIBLE}", "href": asking, "link": "Demander une dérogation"}
    mine = attente.cote.value == reader.value
    if mine and acts and not acts[0].is_missed:
        first = acts[0]
        link = first.link if can_engage else READ.get(first.address, first.link)
        return {
            "title": whose(Cote.EDITEUR, attente.owner, reader=reader),
            "text": f"{first.label}.",
            "by_desk": False,
            "href": first.href,
            "link": link,
            "hint": first.hint,
            "when": f"{first.left} · {first.due}" if first.due else first.left,
            "tone": first.tone,
        }
    title = whose(attente.cote, attente.owner, reader=reader)
    link = _link(attente.address, mine=mine, fills=fills, can_engage=can_engage)
    return shown | {"title": title} | ({"href": href, "link": link} if href else {})


def _link(address: str, *, mine: bool, fills: bool, can_engage: bool) -> str:
    if not mine:
        return "Consulter"
    if not fills:
        return "Examiner"
    return "Continuer" if can_engage else READ.get(address, "Continuer")


def exchanges_for_page(parts: Iterable[TurnPart], *, at: datetime, fills: bool) -> list[dict[str, Any]]:
    """Return a sentence for each side that is waited for, the reader's own first."""
    reader = reader_of(fills=fills)
    by_cote = {part.cote: part for part in parts}
    ordered = [by_cote[cote] for cote in order_for(reader) if cote in by_cote]
    return [
        {"sentence": sentence_of(part, at=at, reader=reader), "is_mine": part.cote.value == reader.value}
        for part in ordered
    ]
