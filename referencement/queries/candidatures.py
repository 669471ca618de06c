"""What is, seen from the floor that sees everybody."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from candidatures.enums import CandidatureState
from candidatures.models import Candidature, Dispositif, Volet
from candidatures.queries import (
    DATE_1,
    DATE_2,
    PresentedVolet,
    acceptation_in_force,
    deadlines_by_code,
    presented_volets,
    volets_with_facts,
)
from candidatures.rules.submission import VoletFacts, progress
from comptes.models import Compte
from preuves.enums import ChapitreState
from preuves.queries import PRESENTED, dossier_of
from referencement.rules import PreuvesSituation, Situation, VoletSituation


def situation_of(candidature: Candidature, *, late: frozenset[str]) -> Situation:
    """Gather where a candidature stands, in a constant number of queries.

    :param late: the codes of the échéances that are over
    """
    acceptation = acceptation_in_force(candidature)
    presented = presented_volets(candidature, champs=PRESENTED)
    volets = volets_with_facts(candidature, [one.volet for one in presented], charte_accepted=acceptation is not None)
    return Situation(
        is_open=candidature.state == CandidatureState.OPEN,
        is_late=DATE_1 in late,
        charte_accepted_at=acceptation.accepted_at if acceptation else None,
        volets=tuple(_volet(volet, facts) for volet, facts in volets),
        preuves=_preuves(candidature, presented, is_late=DATE_2 in late),
    )


def _preuves(candidature: Candidature, presented: list[PresentedVolet], *, is_late: bool) -> PreuvesSituation | None:
    dossier = dossier_of(candidature, presented)
    if dossier is None:
        return None
    concerned = [one.facts for one in dossier.chapitres if one.facts.standing != "sans_objet"]
    settled = sum(one.is_settled for one in concerned)
    standings = [one.standing for one in concerned]
    never = any(one.first_submitted_at is None and not one.is_settled for one in concerned)
    return PreuvesSituation(
        is_deposit_open=dossier.eligibilite_submitted,
        total=len(concerned),
        settled=settled,
        with_ans=standings.count(ChapitreState.SUBMITTED) + standings.count(ChapitreState.UNDER_REVIEW),
        returned=standings.count(ChapitreState.RETURNED),
        complete=sum(one.is_complete_not_submitted for one in concerned) if dossier.eligibilite_submitted else 0,
        is_late=is_late and never,
    )


def _volet(volet: Volet, facts: VoletFacts) -> VoletSituation:
    done, asked = progress(facts)
    moved_at = volet.admitted_at or volet.submitted_at
    return VoletSituation(volet.kind, volet.get_kind_display(), volet.state, done, asked, moved_at)


def dossiers(compte: Compte, *, state: str = "", text: str = "") -> QuerySet[Candidature]:
    """The candidatures that the ANS reads, latest first.

    :param state: keep those with a volet in that state
    :param text: words of the solution, of the éditeur or of the NRU, whatever their accents and case
    """
    found = Candidature.objects.visible_to(compte)
    if state:
        found = found.filter(pk__in=Volet.objects.filter(state=state).values("candidature"))
    for word in text.split():
        found = found.filter(
            Q(nru__icontains=word)
            | Q(produit__nom__unaccent__icontains=word)
            | Q(produit__editeur__raison_sociale__unaccent__icontains=word)
        )
    return found.order_by("-opened_at", "pk")


def echeances_for_page(dispositif: Dispositif, *, at: datetime) -> list[dict[str, Any]]:
    """The échéances of a dispositif as a page shows them: code, label, instant, how near, and how long is left."""
    return [
        {
            "code": code,
            "label": f"{deadline.nom} – {deadline.objet}",
            "at": deadline.at,
            "state": deadline.state(at),
            "remaining": deadline.remaining(at),
        }
        for code, deadline in deadlines_by_code(dispositif).items()
    ]
