"""The candidatures as the lists and the overview show them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from candidatures.catalogue.dispositifs import faults, open_codes
from candidatures.enums import ExigenceDEcheance
from candidatures.models import Candidature, Volet
from candidatures.queries.search import holding
from candidatures.queries.volets import PresentedVolet
from candidatures.rules.deadlines import Deadline
from candidatures.rules.exigences import first_asking
from comptes.models import Compte
from preuves.enums import ChapitreState
from preuves.queries.dossier import Dossier
from referencement.enums import Seuil
from referencement.rules.attribution import AttributionSituation
from referencement.rules.blocages import blocages
from referencement.rules.parcours import OverviewFacts, PreuvesSituation, VoletSituation
from referencement.rules.publication import Standing

from .blocages import DossierComplet, Draft, moved_at
from .projections import Passed, expecting, sorted_by_turn
from .vues import Part, in_part

# The order of their opening, the first one first; the list usually begins with the latest.
OPENED = "ouverture"


def attribution_of(complet: DossierComplet, *, standing: Standing | None = None, at: datetime) -> AttributionSituation:
    """Gather what the last steps of a candidature are derived from; no query."""
    return AttributionSituation(
        convention=complet.facts.convention,
        before_convention=blocages(complet.facts, seuil=Seuil.CONVENTION, at=at),
        before_college=blocages(complet.facts, seuil=Seuil.COLLEGE, at=at),
        examen=complet.examen,
        standing=standing,
        is_left=complet.facts.fin is not None and complet.facts.fin.is_left(at),
    )


def situation_of(complet: DossierComplet, *, late: frozenset[str], attribution: AttributionSituation) -> OverviewFacts:
    """Gather where a candidature stands, from all that is known of it; no query.

    :param late: the codes of the échéances that the candidature missed
    """
    missed = partial(_missed, complet.facts.echeances, late)
    return OverviewFacts(
        is_open=complet.facts.is_open,
        charte_accepted_at=complet.charte_accepted_at,
        volets=tuple(
            _volet(row, complet.drafts.get(row.volet.kind), missed(ExigenceDEcheance.VOLETS_SOUMIS))
            for row in complet.presented
        ),
        preuves=_preuves(complet.dossier, missed(ExigenceDEcheance.CHAPITRES_SOUMIS)),
        attribution=attribution,
    )


# The name of the échéance that the first submission of a volet, or of a chapitre, missed; empty when it missed none.
Missed = Callable[[str], str]


def _missed(echeances: Mapping[str, Deadline], late: frozenset[str], kind: ExigenceDEcheance) -> Missed:
    def missed(code: str) -> str:
        first = first_asking(echeances, kind, code)
        return echeances[first].nom if first in late else ""

    return missed


def _preuves(dossier: Dossier | None, missed: Missed) -> PreuvesSituation | None:
    if dossier is None:
        return None
    concerned = [chapitre.facts for chapitre in dossier.chapitres if chapitre.facts.standing != "sans_objet"]
    settled = sum(chapitre.is_settled for chapitre in concerned)
    complete = sum(chapitre.is_complete_not_submitted for chapitre in concerned)
    standings = [chapitre.standing for chapitre in concerned]
    never_submitted = [
        chapitre.code for chapitre in concerned if chapitre.first_submitted_at is None and not chapitre.is_settled
    ]
    return PreuvesSituation(
        is_deposit_open=dossier.eligibilite_submitted,
        total=len(concerned),
        settled=settled,
        with_ans=standings.count(ChapitreState.SUBMITTED) + standings.count(ChapitreState.UNDER_REVIEW),
        returned=standings.count(ChapitreState.RETURNED),
        complete=complete if dossier.eligibilite_submitted else 0,
        missed=next(filter(None, map(missed, never_submitted)), ""),
    )


def _volet(presented: PresentedVolet, draft: Draft | None, missed: Missed) -> VoletSituation:
    """:param draft: how far it is; None for a volet that is no draft"""
    volet, (done, asked) = presented.volet, (draft.done, draft.asked) if draft else (0, 0)
    label = volet.get_kind_display()
    return VoletSituation(volet.kind, label, volet.state, done, asked, moved_at(presented), missed(volet.kind))


def dossiers(
    compte: Compte,
    *,
    dispositif: str = "",
    state: str = "",
    text: str = "",
    who: Iterable[str] = (),
    tri: str = "",
    part: Part | None = None,
    passed: Passed,
) -> QuerySet[Candidature]:
    """Return the candidatures that this person of the ANS sees, latest first.

    :param state: keeps those with a volet in that state
    :param who: values of `QuiEstAttendu` and `FileDeLANS`; keeps the candidatures that match each of them
    :param tri: a value of `TriDesTours`, for another order; after a dash, turned round
    :param part: one tab of the list, for its reader, and who follows what
    :param passed: the turns that the clock changed since they were kept (`passed_tours`)
    """
    candidatures: QuerySet[Candidature] = Candidature.objects.visible_to(compte)
    if faults():  # a dispositif whose file is faulty asks for nothing that is known
        candidatures = candidatures.filter(dispositif__in=open_codes())
    if dispositif:
        candidatures = candidatures.filter(dispositif=dispositif)
    if state:
        candidatures = candidatures.filter(pk__in=Volet.objects.filter(state=state).values("candidature"))
    candidatures = candidatures.filter(holding(text))
    for expected in who:
        candidatures = expecting(candidatures, expected, passed=passed)
    if part is not None:
        candidatures = in_part(candidatures, part, passed=passed)
    if tri.removeprefix("-") == OPENED:
        return candidatures.order_by("opened_at", "pk")
    return sorted_by_turn(candidatures, tri) if tri else candidatures.order_by("-opened_at", "pk")


def echeances_for_page(deadlines: Mapping[str, Deadline], *, at: datetime) -> list[dict[str, Any]]:
    """Return the échéances as a page shows them.

    `state` says how near it is, `remaining` how long is left; `now` is where the countdown starts, None without one.
    """
    return [
        {
            "code": code,
            "label": f"{deadline.nom} – {deadline.objet}",
            "at": deadline.at,
            "state": deadline.state(at),
            "remaining": deadline.remaining(at),
            "extended": deadline.extended,
            "now": at if deadline.counts_down(at) else None,
        }
        for code, deadline in deadlines.items()
    ]
