"""The facts that the coordinated path of a candidature is drawn from."""

from candidatures.catalogue.dispositifs import spec_of
from referencement.enums import ExamenState
from referencement.rules.etapes import GrapheFacts

from .blocages import DossierComplet


def graphe_facts(complet: DossierComplet) -> GrapheFacts:
    """Return them from what was gathered already; no query. `complet` was read with its history."""
    required = {ligne.requise.key: ligne for ligne in complet.guichets.lignes if ligne.requise}
    examen = complet.examen
    is_attributed = examen is not None and examen.state == ExamenState.ATTRIBUTED
    return GrapheFacts(
        complet.facts,
        {key: ligne.facts for key, ligne in required.items()},
        prerequis=spec_of(complet.candidature.dispositif_id).chapitre_prerequis,
        attributed_at=examen.published_at if examen and is_attributed else None,
        reached={
            (key, passage.etape): passage.passed_at for key, ligne in required.items() for passage in ligne.passages
        },
    )
