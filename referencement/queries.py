"""What is, seen from the floor that sees everybody."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from candidatures.models import Candidature, Dispositif, Volet
from candidatures.queries import charte_accepted, deadlines_of, facts_of
from candidatures.rules.submission import progress
from comptes.models import Compte
from referencement.rules import Situation, VoletSituation


def situation_of(candidature: Candidature) -> Situation:
    """Gather where a candidature stands: a constant number of queries for each of its volets."""
    return Situation(
        charte_accepted=charte_accepted(candidature),
        volets=tuple(_volet(candidature, volet) for volet in candidature.volets.order_by("kind")),
    )


def _volet(candidature: Candidature, volet: Volet) -> VoletSituation:
    volet.candidature = candidature
    done, asked = progress(facts_of(volet))
    return VoletSituation(volet.kind, volet.get_kind_display(), volet.state, volet.version, done, asked)


def dossiers(compte: Compte, *, state: str = "", text: str = "") -> QuerySet[Candidature]:
    """The candidatures that the ANS reads; those that wait for it come first, oldest submission first.

    :param state: keep those with a volet in that state
    :param text: words of the solution, of the éditeur or of the NRU, whatever their accents and case
    """
    found = Candidature.objects.visible_to(compte).with_names()
    if state:
        found = found.filter(volets__state=state)
    for word in text.split():
        found = found.filter(
            Q(nru__icontains=word)
            | Q(produit__nom__unaccent__icontains=word)
            | Q(produit__editeur__raison_sociale__unaccent__icontains=word)
        )
    volets = Prefetch("volets", queryset=Volet.objects.order_by("kind"))
    return found.distinct().prefetch_related(volets).order_by("-opened_at", "pk")


def echeances_for_page(dispositif: Dispositif, *, at: datetime) -> list[dict[str, Any]]:
    """The échéances of a dispositif as a page shows them: label, instant, how near, and how long is left."""
    return [
        {
            "label": f"{deadline.nom} – {deadline.objet}",
            "at": deadline.at,
            "state": deadline.state(at),
            "remaining": deadline.remaining(at),
        }
        for deadline in deadlines_of(dispositif)
    ]
