"""The paths of a candidature, drawn from what steps have lasted and from its places in the ANS's queue."""

from __future__ import annotations

from datetime import datetime

from referencement.rules.etapes import GrapheFacts
from referencement.rules.previsions import Paths, paths_of

from .blocages import DossierComplet
from .durees import known_durees
from .file import places_of


def paths_of_candidature(complet: DossierComplet, facts: GrapheFacts, *, at: datetime) -> Paths:
    """Draw the paths of a candidature; one query, and one more when the ANS has chapitres to read.

    :param facts: what `graphe_facts` returned for it
    """
    candidature = complet.candidature
    durees, observed = known_durees(candidature.dispositif_id)
    chapitres = complet.dossier.chapitres if complet.dossier else ()
    waiting = [chapitre.row for chapitre in chapitres if chapitre.row]
    return paths_of(facts, durees, places_of(candidature, waiting, durees, observed, at=at), at=at)
