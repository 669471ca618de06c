"""What waits for what between the desks, of several candidatures at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet
from guichets.rules.architecture import requis
from guichets.rules.gates import Gate, gates
from preuves.queries.dossier import Dossier

from .architecture import architecture_of, spec_of_candidature
from .demandes import suivies_of_many
from .situation import Gathered, gate_facts, lignes_from


def gates_of_many(
    candidatures: Iterable[Candidature],
    *,
    dossiers: Mapping[int, Dossier],
    presented: Mapping[int, Sequence[PresentedVolet]],
    at: datetime,
) -> dict[int, tuple[Gate, ...]]:
    """What waits for what in several candidatures, as `situation_of` says it of one, in one query.

    :param dossiers: their preuves, by candidature; none of those whose dispositif has no REM
    :param presented: their volets with the answers to `WITH_PREUVES`
    """
    asked = list(candidatures)
    followed = suivies_of_many([one.pk for one in asked])
    gathered = Gathered([one for some in followed.values() for one in some], (), with_history=False)
    found = {}
    for one in asked:
        spec, architecture = spec_of_candidature(one), architecture_of(one, presented[one.pk])
        lignes = lignes_from(gathered, followed[one.pk], requis(architecture, spec), at)
        found[one.pk] = gates(gate_facts(architecture, lignes, spec, dossiers.get(one.pk)))
    return found
