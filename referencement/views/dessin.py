"""What the template of the picture of the coordinated path is given: places, words and links, computed once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from candidatures.rules.deadlines import Deadline
from guichets.enums import Owner
from referencement.rules.echelle import Mark
from referencement.rules.etapes import SEGUR
from referencement.rules.graphe import Etat, Graphe
from referencement.rules.image import BAR, TODAY, WHOLE, WORDS, Bar, Dated, Frame, Image, Row, image_of
from referencement.rules.lignes import Ligne, overview

from .apercu import YOU, desk_colours, desk_names
from .lignes import DONE, Href, RowTexts, Sayer

STRUCK = 36  # how near of today the words of a month are struck by its line, in pixels
LETTER = 6.6  # the width of a letter in a bar, in pixels
TITLE = "Le parcours\u00a0: les étapes dans le temps, par guichet"


def drawn(
    graph: Graphe,
    lignes: Iterable[Ligne],
    echeances: Iterable[Deadline],
    *,
    fills: bool,
    href: Href = lambda ligne: "",
    title: str = TITLE,
    now: str = TODAY,
    frame: Frame = WHOLE,
    beside: Graphe | None = None,
) -> dict[str, Any]:
    """Return the `drawn` of `referencement/parcours_image.html`; no query.

    :param lignes: the rows to draw
    :param fills: whether the reader works for the éditeur
    :param href: gives the page where a row leads
    :param now: how the instant of the graph is called
    :param beside: the path of the picture that stands beside this one, on the same axis of time
    """
    names, colours = desk_names(), desk_colours()
    shown = list(lignes)
    desks = [code for code in names if code != SEGUR]
    image = image_of(graph, shown, echeances, desks, now=now, frame=frame, beside=beside)
    sayer = Sayer(graph, (*overview(graph), *shown), fills=fills, href=href)
    lanes: list[dict[str, Any]] = [
        {
            "lane": lane,
            "label": names[lane.code],
            "label_y": lane.y + 23,
            "colour": colours[lane.code],
            "rows": [_row(row, sayer.say(row.ligne), fills=fills) for row in lane.rows],
        }
        for lane in image.lanes
    ]
    return {
        "image": image,
        "title": title,
        "lanes": lanes,
        "rows": [line["texts"] for lane in lanes for line in lane["rows"]],
        "months": [_month(month, image.today) for month in image.months],
        "echeances": [_echeance(dated, graph.at, now) for dated in image.echeances],
        "pill_x": image.today.x - 48 if image.today else 0,
        "lane_width": image.width - 1,
        "touch_width": image.width - 18,
    }


def _row(row: Row, texts: RowTexts, *, fills: bool) -> dict[str, Any]:
    lines = [
        {
            "css": "ps-path-label",
            "y": row.words_y + number * WORDS,
            "text": f"{texts.mark} {line}" if not number else line,
        }
        for number, line in enumerate(row.lines)
    ]
    lines.append({"css": "ps-path-small", "y": row.words_y + len(row.lines) * WORDS - 1, "text": texts.note})
    return {
        "row": row,
        "texts": texts,
        "height": row.foot - row.y,
        "lines": lines,
        "bars": [{"bar": bar, "word": _in(bar, fills=fills), "word_y": bar.y + BAR / 2 + 4.5} for bar in row.bars],
    }


def _in(bar: Bar, *, fills: bool) -> str:
    """Return who acts, as written in a bar; nothing in one that is too short: the words of its row say it."""
    word = _short(bar.owner, fills=fills)
    labels = (f"{DONE} {word}" if bar.etat is Etat.DONE else word, DONE if bar.etat is Etat.DONE else "")
    return next((each for each in labels if each and len(each) * LETTER + 8 <= bar.width), "")


def _short(owner: Owner, *, fills: bool) -> str:
    if owner == Owner.EDITEUR:
        return YOU.capitalize() if fills else "Éditeur"
    return owner.label.removeprefix("L’").removeprefix("La ").removeprefix("Le ")


def _month(month: Mark, today: Mark | None) -> dict[str, Any]:
    """Return a month and where its words stand: beside the line of today when it would strike them."""
    if today is None or abs(month.x - today.x) >= STRUCK:
        return {"mark": month, "x": month.x, "anchor": "middle"}
    is_after = month.x >= today.x
    return {"mark": month, "x": today.x + (6 if is_after else -6), "anchor": "start" if is_after else "end"}


def _echeance(dated: Dated, at: datetime, now: str) -> dict[str, Any]:
    deadline = dated.mark.deadline
    left = _left(deadline, at, now) if deadline else ""
    return {"dated": dated, "day_y": dated.y + 17, "line_y": dated.y - 14, "when": f"{dated.mark.day}, {left}"}


def _left(deadline: Deadline, at: datetime, now: str) -> str:
    """Say how many days are left from today; or from another day, which is not when this is read."""
    days = (deadline.at - at).days
    counted = f"{days}\u00a0jour{'s' if days > 1 else ''}"
    if not deadline.is_met(at):
        return "passée"
    if now != TODAY:
        return f"{counted} après le {now.lower()}"
    return f"dans {counted}" if days else "aujourd’hui"


def rows_by_date(rows: Iterable[RowTexts], image: Image, at: datetime) -> list[dict[str, Any]]:
    """Return the rows as they begin or were done, with today and the échéances among them: for a telephone.

    What begins today is under way, and stands before; what begins with the first day of a path stands after it.
    """
    falling: list[tuple[datetime, int, dict[str, Any]]] = [(row.at, 1, {"texts": row}) for row in rows]
    now = image.today.label if image.today else TODAY
    falling.append((at, 2 if now == TODAY else 0, {"now": now}))
    falling += [(dated.mark.deadline.at, 0, {"mark": dated.mark}) for dated in image.echeances if dated.mark.deadline]
    return [shown for _, _, shown in sorted(falling, key=lambda each: each[:2])]
