"""What is, seen from the floor that sees everybody."""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from candidatures.enums import CandidatureState
from candidatures.models import Candidature, Dispositif, Echeance, Volet
from candidatures.queries import (
    DATE_1,
    DATE_2,
    acceptation_in_force,
    deadlines_by_code,
    presented_volets,
    volets_with_facts,
)
from candidatures.rules.submission import VoletFacts, progress
from comptes.models import Compte, SortName
from guichets.queries import WITH_PREUVES
from guichets.queries import Situation as DeskSituation
from guichets.queries import situation_of as situation_at_the_desks
from preuves.enums import ChapitreState
from preuves.queries import Dossier, dossier_of
from referencement.rules import PreuvesSituation, Situation, VoletSituation


def situation_of(candidature: Candidature, *, late: frozenset[str], at: datetime) -> tuple[Situation, DeskSituation]:
    """Gather where a candidature stands, here and at the other desks, in a constant number of queries.

    :param late: the codes of the échéances that are over
    """
    acceptation = acceptation_in_force(candidature)
    presented = presented_volets(candidature, champs=WITH_PREUVES)
    volets = volets_with_facts(candidature, [one.volet for one in presented], charte_accepted=acceptation is not None)
    dossier = dossier_of(candidature, presented)
    here = Situation(
        is_open=candidature.state == CandidatureState.OPEN,
        is_late=DATE_1 in late,
        charte_accepted_at=acceptation.accepted_at if acceptation else None,
        volets=tuple(_volet(volet, facts) for volet, facts in volets),
        preuves=_preuves(dossier, is_late=DATE_2 in late),
    )
    desks = situation_at_the_desks(candidature, dossier=dossier, at=at, presented=presented, with_history=False)
    return here, desks


def _preuves(dossier: Dossier | None, *, is_late: bool) -> PreuvesSituation | None:
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


def dates_1() -> dict[str, datetime]:
    """The Date 1 of each dispositif, by its code; the earliest first."""
    return dict(Echeance.objects.filter(code=DATE_1).order_by("at", "pk").values_list("dispositif", "at"))


def in_progress(*, at: datetime, text: str = "", dates: Mapping[str, datetime] | None = None) -> QuerySet[Candidature]:
    """The solutions « en cours de référencement »: from Date 1 on, both volets handed over in time, and still open.

    :param text: words of the solution or of the éditeur, whatever their accents and case
    :param dates: of `dates_1`, for who has asked already; told as values, PostgreSQL knows how many rows to expect
    """
    known = dates_1() if dates is None else dates
    over = [Q(dispositif=code, handed_over_at__lte=date) for code, date in known.items() if date <= at]
    if not over:
        return Candidature.objects.none()
    found = Candidature.objects.with_names().filter(reduce(or_, over), state=CandidatureState.OPEN)
    for word in text.split():
        found = found.filter(
            Q(produit__nom__unaccent__icontains=word) | Q(produit__editeur__raison_sociale__unaccent__icontains=word)
        )
    return found.order_by(SortName("produit__nom"), "pk")


def public_list_opens(dates: Mapping[str, datetime], *, at: datetime) -> datetime | None:
    """When the list will begin to fill, if no Date 1 has passed yet; None once one has."""
    first = min(dates.values(), default=at)
    return first if at < first else None
