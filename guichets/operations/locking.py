from guichets.enums import Guichet
from guichets.models import DemandeAuGuichet, Habilitation, Homologation, LienGazelle, Suivie
from preuves.operations import locked_candidature


def locked_demande(*, demande_id: int) -> Suivie:
    """Lock a candidature, then one of its demandes; the names of the candidature are joined.

    The candidature goes first, as in every act on its preuves, which a relevé may answer.
    """
    row = DemandeAuGuichet.objects.values_list("candidature", "guichet").get(pk=demande_id)
    candidature = locked_candidature(candidature_id=row[0])
    both = ("self", "demandeauguichet_ptr")
    demande: Suivie
    match row[1]:
        case Guichet.CNDA:
            demande = Homologation.objects.select_for_update(no_key=True, of=both).get(pk=demande_id)
        case Guichet.EDC_PSC:
            demande = Habilitation.objects.select_for_update(no_key=True, of=both).get(pk=demande_id)
        case _:
            demande = LienGazelle.objects.select_for_update(no_key=True, of=both).get(pk=demande_id)
    demande.candidature = candidature
    return demande
