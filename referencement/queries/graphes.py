"""The facts that the coordinated path of a candidature is drawn from."""

from candidatures.catalogue.dispositifs import spec_of
from guichets.models import Passage
from referencement.enums import ExamenState
from referencement.rules.etapes import GrapheFacts

from .blocages import DossierComplet


def graphe_facts(complet: DossierComplet) -> GrapheFacts:
    """Return them from what was gathered already, and from when each stage was reached, in one query."""
    required = {ligne.requise.key: ligne for ligne in complet.guichets.lignes if ligne.requise}
    keys = {ligne.demande.pk: key for key, ligne in required.items() if ligne.demande}
    passages = Passage.objects.filter(demande__in=keys).order_by("demande", "number")
    examen = complet.examen
    is_attributed = examen is not None and examen.state == ExamenState.ATTRIBUTED
    return GrapheFacts(
        complet.facts,
        {key: ligne.facts for key, ligne in required.items()},
        prerequis=spec_of(complet.candidature.dispositif_id).chapitre_prerequis,
        attributed_at=examen.published_at if examen and is_attributed else None,
        charte_accepted_at=complet.charte_accepted_at,
        reached={
            (keys[demande], etape): at for demande, etape, at in passages.values_list("demande", "etape", "passed_at")
        },
    )
