from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Min, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import JSONObject

from candidatures.catalogue.dispositifs import open_codes
from candidatures.enums import CandidatureState, DeplacementState, DerogationState, ExigenceDEcheance
from candidatures.models import (
    AcceptationDeCharte,
    Candidature,
    Charte,
    DeplacementDEcheance,
    Derogation,
    Dispositif,
    Echeance,
    Volet,
)
from candidatures.rules.deadlines import Deadline, Move
from candidatures.rules.exigences import first_asking
from comptes.dates import instant_in_words
from comptes.models.prepared import IDS, Prepared


def charte_of(dispositif: Dispositif) -> Charte:
    """Return the charte in force, which is the latest published."""
    return dispositif.chartes.order_by("-published_at", "-pk")[0]


def acceptation_in_force(candidature: Candidature) -> AcceptationDeCharte | None:
    """Return the acceptance of the charte in force; None when it is not accepted."""
    latest = Charte.objects.filter(dispositif=candidature.dispositif_id).order_by("-published_at", "-pk").values("pk")
    return candidature.acceptations.filter(charte=Subquery(latest[:1])).order_by("pk").first()


def charte_accepted_at(candidature: str = "pk", dispositif: str = "dispositif") -> Subquery:
    """The annotation of when the charte in force was accepted.

    :param candidature: the name of the candidature in these rows
    :param dispositif: the name of its dispositif in these rows
    """
    latest = Charte.objects.filter(dispositif=OuterRef(OuterRef(dispositif))).order_by("-published_at", "-pk")
    accepted = AcceptationDeCharte.objects.filter(
        candidature=OuterRef(candidature), charte=Subquery(latest.values("pk")[:1])
    )
    return Subquery(accepted.values("accepted_at")[:1])


def charte_accepted(candidature: Candidature) -> bool:
    return acceptation_in_force(candidature) is not None


def deadline_of(volet: Volet) -> Deadline:
    """Return the échéance that limits the first submission of a volet, for its candidature."""
    deadlines = deadlines_of(volet.candidature)
    return deadlines[first_asking(deadlines, ExigenceDEcheance.VOLETS_SOUMIS, volet.kind)]


def deadlines_by_code(dispositif: Dispositif) -> dict[str, Deadline]:
    """Return every échéance of a dispositif in force today, by code."""
    return {row.code: _deadline(row) for row in _with_last_move(dispositif.echeances.order_by("at", "pk"))}


def opening_of(dispositif: str) -> tuple[datetime, datetime | None] | None:
    """Return when a dispositif (its code) opens, and its first échéance; None when it is not loaded."""
    dated = Dispositif.objects.filter(pk=dispositif).annotate(first=Min("echeances__at"))
    return dated.order_by("pk").values_list("opens_at", "first").first()


def deadlines_of(candidature: Candidature) -> dict[str, Deadline]:
    """Return every échéance of a candidature, by code, in one query, with the time that dérogations gave.

    Those of the next version of a solution that is référencée do not bind.
    """
    rows = _ECHEANCES.ask(candidature=candidature.pk, dispositif=candidature.dispositif_id)
    return {row.code: _for_candidature(candidature, _deadline(row), row.until) for row in rows}


def deadlines_of_many(candidatures: Iterable[Candidature]) -> dict[int, dict[str, Deadline]]:
    """Return the same for several candidatures, by pk, in two queries."""
    asked = {candidature.pk: candidature for candidature in candidatures}
    shared: dict[str, dict[str, Deadline]] = {}
    for row in _SHARED.ask(dispositifs=list({candidature.dispositif_id for candidature in asked.values()})):
        shared.setdefault(row.dispositif_id, {})[row.code] = _deadline(row)
    until = {(pk, code): at for pk, code, at in _GRANTED.ask(candidatures=list(asked))}
    return {
        pk: {
            code: _for_candidature(candidature, deadline, until.get((pk, code)))
            for code, deadline in shared.get(candidature.dispositif_id, {}).items()
        }
        for pk, candidature in asked.items()
    }


def _for_candidature(candidature: Candidature, deadline: Deadline, until: datetime | None) -> Deadline:
    """Return an échéance as it binds one candidature.

    :param until: the latest instant that a dérogation gave it
    """
    if until is not None and until > deadline.at:
        deadline = replace(deadline, at=until, label=instant_in_words(until), extended=True)
    return deadline if candidature.succeeds_id is None else replace(deadline, binds=False)


def _with_last_move(echeances: QuerySet[Echeance]) -> QuerySet[Any]:
    """Return échéances, each with the move that brought it where it is."""
    approved = DeplacementDEcheance.objects.filter(echeance=OuterRef("pk"), state=DeplacementState.APPROVED)
    last = approved.order_by("-decided_at", "-pk").values(
        told=JSONObject(from_at="from_at", to_at="to_at", at="decided_at", arrete="arrete", motive="motive")
    )
    return echeances.annotate(last_move=Subquery(last[:1]))


def _echeances(candidature: Any, dispositif: Any) -> QuerySet[Any]:
    """Return the échéances of a dispositif, each with the latest instant that a dérogation gave a candidature."""
    granted = Derogation.objects.filter(
        candidature=candidature, echeance=OuterRef("code"), state=DerogationState.GRANTED
    ).order_by("-to_at", "pk")
    rows = Echeance.objects.filter(dispositif=dispositif).order_by("at", "pk")
    echeances: QuerySet[Any, Any] = _with_last_move(rows).annotate(until=Subquery(granted.values("to_at")[:1]))
    return echeances


_ECHEANCES = Prepared(_echeances, candidature=BigIntegerField(), dispositif=TextField())


def _granted(candidatures: Any) -> QuerySet[Any, Any]:
    granted = Derogation.objects.filter(candidature__among=candidatures, state=DerogationState.GRANTED)
    return granted.order_by("to_at", "pk").values_list("candidature", "echeance", "to_at")


_GRANTED = Prepared(_granted, candidatures=IDS)
_SHARED = Prepared(
    lambda dispositifs: _with_last_move(Echeance.objects.filter(dispositif__among=dispositifs).order_by("at", "pk")),
    dispositifs=ArrayField(TextField()),
)


def _deadline(echeance: Any) -> Deadline:
    """Read an échéance whose last move is joined."""
    last_move = echeance.last_move
    instants = (
        {name: datetime.fromisoformat(last_move[name]) for name in ("from_at", "to_at", "at")} if last_move else {}
    )
    move = Move(**last_move | instants) if last_move else None
    return Deadline(
        echeance.nom,
        echeance.objet,
        echeance.at,
        instant_in_words(echeance.at),
        moved=move,
        exigences=echeance.exigences,
    )


def next_echeance(*, at: datetime) -> Echeance | None:
    """Return the first échéance to come, in any dispositif."""
    return Echeance.objects.select_related("dispositif").filter(at__gte=at).order_by("at", "pk").first()


def echeances_of_the_volets() -> QuerySet[Echeance]:
    """Return, for each dispositif, the first échéance that requires all of its volets."""
    asking = Echeance.objects.filter(exige__contains=[ExigenceDEcheance.VOLETS_SOUMIS], volets=[])
    firsts = asking.order_by("dispositif", "at", "pk").distinct("dispositif")
    return Echeance.objects.filter(pk__in=firsts.values("pk"))


def first_dates_past(*, at: datetime) -> QuerySet[Echeance]:
    """Return, for each open démarche, in order, the échéance of its volets when it is past."""
    past = echeances_of_the_volets().filter(at__lt=at, dispositif__in=open_codes(), dispositif__opens_at__lte=at)
    return past.select_related("dispositif").order_by("dispositif__opens_at", "pk")


def upcoming_dispositifs(*, at: datetime) -> QuerySet[Dispositif]:
    """Return the démarches that are not open yet."""
    return Dispositif.objects.filter(pk__in=open_codes(), opens_at__gt=at).order_by("opens_at", "pk")


def why_closed(candidature: Candidature) -> str:
    """Say in French who closed a candidature, when and why; empty when it is open."""
    match candidature.state:
        case CandidatureState.WITHDRAWN:
            on = instant_in_words(candidature.withdrawn_at)
            return f"Cette candidature a été retirée par {candidature.withdrawn_by} le {on}."
        case CandidatureState.FORECLOSED:
            missed = candidature.dispositif.echeances.get(code=candidature.foreclosure_echeance).nom
            by, on = candidature.foreclosed_by, instant_in_words(candidature.foreclosed_at)
            return (
                f"L’ANS a clos cette candidature pour dépôt hors délai (forclusion), le {on}. Auteur\u00a0: {by}. La "
                f"{missed} était dépassée. Motif\u00a0: {candidature.foreclosure_reason}"
            )
    return ""
