"""The other candidatures of the same product: what their preuves give here, or would give, by the tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from preuves.rules.exigibilite import Equivalent, Exigibilite

from .equivalences import links_of
from .tables import Span, tables_to


@dataclass(frozen=True)
class Autre:
    """Another candidature of the same product.

    :param equivalents: by N° preuve here, what is accepted there and would count here if the reference were confirmed
    :param spans: the lines of the table in force, whether or not the preuve is accepted there
    """

    nru: str
    dispositif: str
    equivalents: Mapping[str, Equivalent]
    spans: Sequence[Span]


def others_of(candidature: Candidature) -> list[Autre]:
    """Return the open candidatures of the same product to other dispositifs, in the order of their NRU.

    One query when there is none.
    """
    rows = Candidature.objects.filter(produit=candidature.produit_id, state=CandidatureState.OPEN)
    others = list(rows.exclude(dispositif=candidature.dispositif_id).select_related("dispositif").order_by("nru", "pk"))
    if not others:
        return []
    tables = tables_to([candidature.dispositif_id])
    links = links_of([candidature], {candidature.pk: [other.nru for other in others]}, tables=tables)[candidature.pk]
    return [
        Autre(
            nru=other.nru,
            dispositif=other.dispositif.nom,
            equivalents={
                link.numero: link.equivalent
                for link in links
                if link.equivalent.nru == other.nru and link.until is None
            },
            spans=_standing(tables.get((other.dispositif_id, candidature.dispositif_id), {}).values()),
        )
        for other in others
    ]


def _standing(lines: Iterable[Sequence[Span]]) -> list[Span]:
    return [span for spans in lines for span in spans if span.until is None]


def hoped_from(
    others: Iterable[Autre], chosen: Collection[str], exigibilites: Mapping[str, Exigibilite], profils: Collection[str]
) -> int:
    """Return how many due preuves would be equivalent once all that the tables name is accepted there.

    :param chosen: the NRU to suppose
    :param profils: the profils to suppose
    """
    named = {
        span.cible
        for other in others
        if other.nru in chosen
        for span in other.spans
        if not span.profils or span.profils.issuperset(profils)
    }
    return sum(numero in exigibilites and exigibilites[numero].is_due for numero in named)
