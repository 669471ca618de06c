"""The coordinated path in little, as other pages include it: `referencement/parcours_compact.html`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from candidatures.rules.deadlines import Deadline
from guichets.catalogue.guichets import every_guichet
from guichets.enums import Owner
from referencement.rules.apercu import Strip, apercu_of
from referencement.rules.etapes import SEGUR
from referencement.rules.graphe import Graphe, Planned

YOU = "vous"
# The signs of what is under way: to be done by the reader, or by somebody else.
MINE, THEIRS = "●", "…"


def desk_names() -> dict[str, str]:
    """Return the name of each desk that is shown, the portal's first, by its code in the graph."""
    return {SEGUR: "Guichet Ségur"} | {desk.code: desk.label for desk in every_guichet() if desk.is_shown}


def desk_colours() -> dict[str, str]:
    """Return the colour of each desk, as `data-guichet` names it, by its code in the graph."""
    return {SEGUR: SEGUR} | {desk.code: desk.couleur for desk in every_guichet() if desk.is_shown}


def apercu_shown(graph: Graphe, echeances: Iterable[Deadline], *, fills: bool) -> dict[str, Any]:
    """Return the `apercu` of `referencement/parcours_compact.html`; no query.

    :param graph: the path of a candidature; and `echeances`, those of the same candidature
    :param fills: whether the reader works for its éditeur
    """
    names, colours = desk_names(), desk_colours()
    reader = Owner.EDITEUR if fills else Owner.ANS
    drawn = apercu_of(graph, echeances, [code for code in names if code != SEGUR])
    return {
        "drawn": drawn,
        "strips": [
            {
                "strip": strip,
                "label": names[strip.lane],
                "colour": colours[strip.lane],
                "counted": _counted(strip),
                "mark": MINE if strip.now and strip.now[0].step.owner == reader else THEIRS,
                "now": f"{strip.now[0].step.label} ({who(strip.now[0], fills=fills)})" if strip.now else "",
            }
            for strip in drawn.strips
        ],
    }


def who(planned: Planned, *, fills: bool) -> str:
    """Say who does a step, inside a sentence: « vous », « l’ANS »."""
    return YOU if fills and planned.step.owner == Owner.EDITEUR else planned.step.owner.inside


def _counted(strip: Strip) -> str:
    if strip.done == strip.total:
        return "tout est fait"
    return f"{strip.done} étape{'s' if strip.done > 1 else ''} sur {strip.total}"
