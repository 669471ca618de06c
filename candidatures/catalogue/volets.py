"""The volets of the dossier administratif, by their kind."""

from collections.abc import Mapping

from candidatures.catalogue.administratif import ADMINISTRATIF
from candidatures.catalogue.champs import NUMERO, Champ, VoletSpec
from candidatures.catalogue.eligibilite import ELIGIBILITE

# The lists that are the same for every dispositif; the others (profils, téléservices…) are in its file.
CHOICES: Mapping[str, Mapping[str, str]] = {
    "proxy": {"propre": "Notre propre proxy", "tiers": "Le proxy d’un autre éditeur"},
    "appartenance": {"groupement": "membre du groupement", "tiers": "un éditeur tiers"},
    "arret": {"maintenance": "de maintenance", "commercialisation": "de commercialisation"},
}

VOLETS: Mapping[str, VoletSpec] = {spec.kind: spec for spec in (ADMINISTRATIF, ELIGIBILITE)}
# The numbers that are kept with a product, before it is a candidate to anything.
NUMEROS: Mapping[str, Champ] = {
    code: champ for spec in VOLETS.values() for code, champ in spec.by_code.items() if champ.prefill == NUMERO
}
