"""What is, seen from the floor that sees everybody."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from candidatures.catalogue.dispositifs import faults, open_codes
from candidatures.enums import ExigenceDEcheance
from candidatures.models import Candidature, Volet
from candidatures.queries.search import called
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

from .blocages import DossierComplet, moved_at
from .projections import Passed, expecting, sorted_by_turn


def attribution_of(complet: DossierComplet, *, standing: Standing | None = None, at: datetime) -> AttributionSituation:
    """What the last steps of a candidature follow from; no query."""
    return AttributionSituation(
        convention=complet.facts.convention,
        before_convention=blocages(complet.facts, seuil=Seuil.CONVENTION, at=at),
        before_college=blocages(complet.facts, seuil=Seuil.COLLEGE, at=at),
        examen=complet.examen,
        standing=standing,
        is_left=complet.facts.fin is not None and complet.facts.fin.is_left(at),
    )


def situation_of(complet: DossierComplet, *, late: frozenset[str], attribution: AttributionSituation) -> OverviewFacts:
    """Say where a candidature stands, from all that is known of it; no query.

    :param late: the codes of the échéances that it missed
    """
    missed = partial(_missed, complet.facts.echeances, late)
    return OverviewFacts(
        is_open=complet.facts.is_open,
        charte_accepted_at=complet.charte_accepted_at,
        volets=tuple(
            _volet(volet, complet.drafts.get(volet.volet.kind, (0, 0)), missed(ExigenceDEcheance.VOLETS_SOUMIS))
            for volet in complet.presented
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
    standings = [chapitre.standing for chapitre in concerned]
    never = [chapitre.code for chapitre in concerned if chapitre.first_submitted_at is None and not chapitre.is_settled]
    return PreuvesSituation(
        is_deposit_open=dossier.eligibilite_submitted,
        total=len(concerned),
        settled=settled,
        with_ans=standings.count(ChapitreState.SUBMITTED) + standings.count(ChapitreState.UNDER_REVIEW),
        returned=standings.count(ChapitreState.RETURNED),
        complete=sum(chapitre.is_complete_not_submitted for chapitre in concerned)
        if dossier.eligibilite_submitted
        else 0,
        missed=next(filter(None, map(missed, never)), ""),
    )


def _volet(presented: PresentedVolet, answered: tuple[int, int], missed: Missed) -> VoletSituation:
    """`answered` is how far a draft is."""
    volet, (done, asked) = presented.volet, answered
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
    passed: Passed,
) -> QuerySet[Candidature]:
    """The candidatures that the ANS reads, latest first.

    :param state: keep those with a volet in that state
    :param who: keep those in which each of these is waited for, of `QuiEstAttendu` and of `FileDeLANS`
    :param tri: another order, of `TriDesTours`
    :param text: words of the solution, of the éditeur or of the NRU, whatever their accents and case
    """
    candidatures: QuerySet[Candidature] = Candidature.objects.visible_to(compte)
    if faults():  # what is asked of these is not known until their file is mended
        candidatures = candidatures.filter(dispositif__in=open_codes())
    if dispositif:
        candidatures = candidatures.filter(dispositif=dispositif)
    if state:
        candidatures = candidatures.filter(pk__in=Volet.objects.filter(state=state).values("candidature"))
    for word in text.split():
        candidatures = candidatures.filter(pk__in=called(word))
    for expected in who:
        candidatures = expecting(candidatures, expected, passed=passed)
    return sorted_by_turn(candidatures, tri) if tri else candidatures.order_by("-opened_at", "pk")


def echeances_for_page(deadlines: Mapping[str, Deadline], *, at: datetime) -> list[dict[str, Any]]:
    """Échéances by code as a page shows them: code, label, instant, how near, how long is left, counted from when."""
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
