from guichets.models import DemandeAuGuichet
from preuves.operations.locking import locked_candidature


def locked_demande(*, demande_id: int) -> DemandeAuGuichet:
    """Lock a candidature, then one of its demandes; the names of the candidature are joined.

    The candidature goes first, as in every act on its preuves, which a relevé may answer.
    """
    candidature_id = DemandeAuGuichet.objects.values_list("candidature", flat=True).get(pk=demande_id)
    candidature = locked_candidature(candidature_id=candidature_id)
    demande = DemandeAuGuichet.objects.locked().get(pk=demande_id)
    demande.candidature = candidature
    return demande
