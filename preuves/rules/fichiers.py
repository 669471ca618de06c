"""Whether a candidature receives files for its preuves now."""

from candidatures.catalogue.formats import FORMATS

PDF = FORMATS["pdf"].content_type


def why_not_receivable(*, candidature_open: bool, eligibilite_submitted: bool) -> str:
    """Say why no file can be received for the preuves of a candidature now; empty when one can."""
    if not candidature_open:
        return "Cette candidature n’est plus ouverte."
    if not eligibilite_submitted:
        return "Soumettez d’abord le formulaire d’éligibilité : le dépôt s’ouvre ensuite."
    return ""
