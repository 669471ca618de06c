"""What somebody asks of a list of preuves, which stands in its address."""

from typing import Any

from comptes.requests import PortalRequest
from comptes.rules import texts
from preuves.enums import Nature, Tri
from preuves.queries.beside import name_of_desk
from preuves.queries.lignes import Told
from preuves.rules.tri import Choix


def choix_of(request: PortalRequest) -> Choix:
    """Read what is asked; a word that is no choice asks nothing."""
    etat, nature = request.GET.get("etat", ""), request.GET.get("nature", "")
    return Choix(
        etat=etat if etat in Tri.values else "",
        nature=nature if nature in Nature.values else "",
        guichet=request.GET.get("guichet", "")[:20],
        text=texts.query(request.GET.get("q", "")),
    )


def choices_for_page(choix: Choix, lines: Told) -> dict[str, Any]:
    """Return what the bar above a list offers: each choice to which some preuve answers, with their count."""
    counted = [(tri, sum(tri.value in traits.etats for _, traits in lines)) for tri in Tri]
    natures = {traits.nature for _, traits in lines}
    guichets = {traits.guichet: name_of_desk(traits.guichet) for _, traits in lines}
    return {
        "choix": choix,
        "etats": [(tri.value, f"{tri.label} ({count})", tri.value == choix.etat) for tri, count in counted],
        "natures": [
            (nature.value, nature.label, nature.value == choix.nature) for nature in Nature if nature.value in natures
        ],
        "guichets": [
            (code, name, code == choix.guichet) for code, name in sorted(guichets.items(), key=lambda pair: pair[1])
        ],
    }
