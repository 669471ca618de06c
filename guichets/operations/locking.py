from guichets.models import DemandeAuGuichet
from preuves.operations.locking import locked_candidature


def locked_demande(*, demande_id: int) -> DemandeAuGuichet:
    """Lock a candidature, then one of its demandes; the names of the candidature are joined.

    The candidature comes first, as in the acts on its preuves: a relevé may answer a preuve.
    """
    candidature_id = DemandeAuGuichet.objects.values_list("candidature", flat=True).get(pk=demande_id)
    candidature = locked_candidature(candidature_id=candidature_id)
    demande = DemandeAuGuichet.objects.locked().get(pk=demande_id)
    demande.candidature = candidature
    return demande
