"""The demandes and the gates of several candidatures at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet
from guichets.rules.architecture import requis
from guichets.rules.gates import Gate, gates
from preuves.queries.dossier import Dossier

from .architecture import architecture_of, spec_of_candidature
from .demandes import suivies_of_many
from .situation import Gathered, LigneDeDemande, gate_facts, lignes_from


@dataclass(frozen=True, slots=True)
class Desks:
    """What one candidature asks of the other desks: its demandes, in the order of `lignes_from`, and its gates."""

    lignes: tuple[LigneDeDemande, ...]
    gates: tuple[Gate, ...]


def desks_of_many(
    candidatures: Iterable[Candidature],
    *,
    dossiers: Mapping[int, Dossier],
    presented: Mapping[int, Sequence[PresentedVolet]],
    at: datetime,
) -> dict[int, Desks]:
    """The demandes and the gates of several candidatures, the same as `situation_of` gives for one, in one query.

    :param dossiers: their preuves, by candidature; without those whose dispositif has no REM
    :param presented: their volets, by candidature, with the answers to `WITH_PREUVES`
    """
    by_pk = {candidature.pk: candidature for candidature in candidatures}
    followed = suivies_of_many(by_pk)
    gathered = Gathered([demande for demandes in followed.values() for demande in demandes], (), with_history=False)
    desks = {}
    for pk, candidature in by_pk.items():
        spec, architecture = spec_of_candidature(candidature), architecture_of(candidature, presented[pk])
        lignes = lignes_from(gathered, followed[pk], requis(architecture, spec), at)
        desks[pk] = Desks(lignes, gates(gate_facts(architecture, lignes, spec, dossiers.get(pk))))
    return desks
