"""What a path would be made of with other profils, or before any candidature."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import VoletKind
from candidatures.models import Dispositif
from candidatures.queries.candidatures import deadlines_by_code
from guichets.rules.architecture import Architecture, requis
from preuves.queries.dossier import Rem, latest_version, rem_of
from preuves.queries.suppositions import simulate
from preuves.rules.exigibilite import Presentation
from referencement.rules.etapes import GrapheFacts
from referencement.rules.hypotheses import Asked, asked, typical, with_profils
from referencement.rules.previsions import Paths, paths_of

from .blocages import DossierComplet
from .durees import known_durees


def toggled(complet: DossierComplet, facts: GrapheFacts, profil: str) -> GrapheFacts:
    """Return the facts of a candidature with one more profil, or without one that it has; no query."""
    dossier, architecture = complet.dossier, complet.guichets.architecture
    if dossier is None:
        return facts
    spec, profils = spec_of(complet.candidature.dispositif_id), architecture.profils ^ {profil}
    before = _asks(dossier.rem, dossier.presentation, architecture, spec)
    presented = replace(dossier.presentation, profils=profils)
    return with_profils(facts, before, _asks(dossier.rem, presented, replace(architecture, profils=profils), spec))


def _asks(rem: Rem | None, presented: Presentation, architecture: Architecture, spec: DispositifSpec) -> Asked:
    labels = {chapitre.code: chapitre.label for chapitre in rem.spec.chapitres} if rem else {}
    return asked(labels, simulate(rem, presented) if rem else {}, requis(architecture, spec))


def typical_paths(spec: DispositifSpec, architecture: Architecture, *, at: datetime) -> tuple[GrapheFacts, Paths]:
    """Draw the path of any solution of that architecture, from its first day, in five queries.

    :param at: when it begins (aware)
    """
    version = latest_version(spec.code)
    presented = Presentation(profils=architecture.profils)
    asks = _asks(rem_of(version) if version else None, presented, architecture, spec)
    facts = typical(
        asks,
        {kind.value: str(kind.label) for kind in VoletKind},
        deadlines_by_code(Dispositif.objects.get(pk=spec.code)),
        prerequis=spec.chapitre_prerequis,
        to_answer=spec.delais.answer,
    )
    return facts, paths_of(facts, known_durees(spec.code)[0], {}, at=at)
