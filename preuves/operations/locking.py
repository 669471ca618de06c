from candidatures.models import Candidature
from preuves.models import Chapitre


def locked_candidature(*, candidature_id: int) -> Candidature:
    """Lock a candidature, so that the acts on its preuves come one at a time, and it is not withdrawn meanwhile."""
    return Candidature.objects.locked().with_names().get(pk=candidature_id)


def locked_chapitre(*, chapitre_id: int) -> Chapitre:
    """Lock the candidature, then its chapitre, in the order that every operation keeps; names are joined."""
    candidature_id = Chapitre.objects.values_list("dossier__candidature", flat=True).get(pk=chapitre_id)
    candidature = locked_candidature(candidature_id=candidature_id)
    chapitre = Chapitre.objects.locked().select_related("dossier__version").get(pk=chapitre_id)
    chapitre.dossier.candidature = candidature
    return chapitre
