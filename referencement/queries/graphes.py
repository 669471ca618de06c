"""The facts that the coordinated path of a candidature is drawn from."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature
from guichets.models import Passage
from guichets.queries.situation import LigneDeDemande
from referencement.enums import ExamenState
from referencement.rules.attribution import ON_THE_AGENDA, LatestExamen
from referencement.rules.etapes import GrapheFacts
from referencement.rules.facts import DossierFacts

from .blocages import DossierComplet


def graphe_facts(complet: DossierComplet) -> GrapheFacts:
    """Return them from what was gathered already, and from when each stage was reached, in one query."""
    required = _required(complet.guichets.lignes)
    keys = {ligne.demande.pk: key for key, ligne in required.items() if ligne.demande}
    passages = Passage.objects.filter(demande__in=keys).order_by("demande", "number")
    reached = {
        (keys[demande], etape): at for demande, etape, at in passages.values_list("demande", "etape", "passed_at")
    }
    return graphe_facts_from(
        complet.candidature,
        complet.facts,
        complet.guichets.lignes,
        examen=complet.examen,
        charte_accepted_at=complet.charte_accepted_at,
        reached=reached,
    )


def graphe_facts_from(
    candidature: Candidature,
    facts: DossierFacts,
    lignes: Iterable[LigneDeDemande],
    *,
    examen: LatestExamen | None,
    charte_accepted_at: datetime | None,
    reached: Mapping[tuple[str, str], datetime] | None = None,
) -> GrapheFacts:
    """Return them from what was read of one candidature among several; no query.

    :param reached: as in `GrapheFacts`; without it, what is done has no date, and what is to do is the same
    """
    is_attributed = examen is not None and examen.state == ExamenState.ATTRIBUTED
    return GrapheFacts(
        facts,
        {key: ligne.facts for key, ligne in _required(lignes).items()},
        prerequis=spec_of(candidature.dispositif_id).chapitre_prerequis,
        attributed_at=examen.published_at if examen and is_attributed else None,
        charte_accepted_at=charte_accepted_at,
        reached=reached or {},
        seance_at=examen.held_at if examen and examen.state in ON_THE_AGENDA else None,
    )


def _required(lignes: Iterable[LigneDeDemande]) -> dict[str, LigneDeDemande]:
    return {ligne.requise.key: ligne for ligne in lignes if ligne.requise}
