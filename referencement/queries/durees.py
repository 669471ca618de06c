"""How long the steps of the path lasted: what is measured, and what was kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import DateTimeField, F, Max, Min, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Greatest

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import VoletKind
from candidatures.models import AcceptationDeCharte, Volet
from comptes.models.prepared import Prepared
from guichets.catalogue.guichets import spec_of_guichet
from guichets.models import Passage
from preuves.enums import ChapitreState
from preuves.models import Chapitre
from referencement.enums import ExamenState
from referencement.models import Convention, DureeObservee, Examen
from referencement.rules.durees import Duree, Observed, durees_of, observed
from referencement.rules.etapes import of_the_desk
from referencement.rules.file import WINDOW

# The latest cases that are measured: enough for a median, and few enough for a sweep.
MOST = 1000
CONCLUDED = (ChapitreState.RETURNED, ChapitreState.APPROVED)
# The beginning and the end of one case (aware).
Case = tuple[datetime, datetime]


def known_durees(dispositif: str) -> tuple[dict[str, Duree], dict[str, Observed]]:
    """Return how long each kind of step lasts in a dispositif, and what was observed of each; one query."""
    measures = {kind: Observed(*columns) for kind, *columns in _OBSERVED.ask(dispositif=dispositif)}
    return durees_of(spec_of(dispositif).durees, measures), measures


_OBSERVED = Prepared(
    lambda dispositif: (
        DureeObservee.objects.filter(dispositif=dispositif)
        .order_by("kind")
        .values_list("kind", "cases", "low", "median", "high", "recent")
    ),
    dispositif=TextField(),
)


def measured(dispositif: str, *, at: datetime) -> dict[str, Observed]:
    """Measure how long each kind of step has lasted; the kinds without a case are left out."""
    cases = {kind: list(read(dispositif)) for kind, read in CASES.items()} | _of_the_desks(dispositif)
    measures = {
        kind: observed([end - start for start, end in each], recent=sum(at - WINDOW < end <= at for _, end in each))
        for kind, each in cases.items()
    }
    return {kind: measure for kind, measure in measures.items() if measure}


def _latest(rows: QuerySet[Any, Any], start: str, end: str) -> Iterator[Case]:
    """Yield the cases that ended last."""
    known = rows.filter(**{f"{start}__isnull": False, f"{end}__isnull": False})
    yield from known.order_by(f"-{end}", "-pk").values_list(start, end)[:MOST]


def _chartes(dispositif: str) -> Iterator[Case]:
    accepted = AcceptationDeCharte.objects.filter(candidature__dispositif=dispositif)
    return _latest(accepted, "candidature__opened_at", "accepted_at")


def _accepted(candidature: str) -> Subquery:
    accepted = AcceptationDeCharte.objects.filter(candidature=OuterRef(candidature)).order_by().values("candidature")
    return Subquery(accepted.annotate(first=Min("accepted_at")).values("first"), output_field=DateTimeField())


def _volets(dispositif: str) -> Iterator[Case]:
    volets = Volet.objects.filter(candidature__dispositif=dispositif).annotate(start=_accepted("candidature"))
    return _latest(volets, "start", "first_submitted_at")


def _admissions(dispositif: str) -> Iterator[Case]:
    return _latest(Volet.objects.filter(candidature__dispositif=dispositif), "submitted_at", "admitted_at")


def _chapitres(dispositif: str) -> Iterator[Case]:
    eligibilite = Volet.objects.filter(
        candidature=OuterRef("dossier__candidature"), kind=VoletKind.ELIGIBILITE
    ).order_by("pk")
    chapitres = Chapitre.objects.filter(dispositif=dispositif)
    start = Subquery(eligibilite.values("first_submitted_at")[:1])
    return _latest(chapitres.annotate(start=start), "start", "first_submitted_at")


def _examens(dispositif: str) -> Iterator[Case]:
    """Yield the last examen of each chapitre: what the portal gives back by itself was read by nobody."""
    concluded = Chapitre.objects.filter(dispositif=dispositif, state__in=CONCLUDED, concluded_by__isnull=False)
    return _latest(concluded, "submitted_at", "concluded_at")


def _conventions(dispositif: str) -> Iterator[Case]:
    """Yield from the last chapitre that was approved to what was sent to be signed."""
    last = Chapitre.objects.filter(dossier__candidature=OuterRef("candidature"), state=ChapitreState.APPROVED)
    ends = last.order_by().values("dossier").annotate(last=Max("concluded_at")).values("last")
    conventions = Convention.objects.living().filter(candidature__dispositif=dispositif)
    return _latest(conventions.annotate(start=Subquery(ends, output_field=DateTimeField())), "start", "sent_at")


def _signatures(dispositif: str) -> Iterator[Case]:
    return _latest(Convention.objects.living().filter(candidature__dispositif=dispositif), "sent_at", "signed_at")


def _colleges(dispositif: str) -> Iterator[Case]:
    signed = Convention.objects.living().filter(candidature=OuterRef("candidature")).order_by("pk")
    examens = Examen.objects.filter(candidature__dispositif=dispositif, state=ExamenState.ATTRIBUTED)
    start = Greatest(Subquery(signed.values("signed_at")[:1]), F("candidature__opened_at"))
    return _latest(examens.annotate(start=start), "start", "published_at")


CASES: Mapping[str, Callable[[str], Iterator[Case]]] = {
    "charte": _chartes,
    "volet": _volets,
    "examen-volet": _admissions,
    "chapitre": _chapitres,
    "examen-chapitre": _examens,
    "convention": _conventions,
    "signature": _signatures,
    "college": _colleges,
}


def _of_the_desks(dispositif: str) -> dict[str, list[Case]]:
    """Return the stages that were both seen, one after the other, by the side that had to act."""
    rows = Passage.objects.filter(demande__candidature__dispositif=dispositif, seen=True)
    latest = rows.order_by("-passed_at", "-pk").values_list(
        "demande", "number", "demande__guichet", "etape", "passed_at"
    )
    cases: dict[str, list[Case]] = {"etape-editeur": [], "etape-guichet": []}
    for before, after in pairwise(sorted(latest[:MOST])):
        demande, number, guichet, etape, start = before
        if after[:2] == (demande, number + 1):
            by_desk = of_the_desk(spec_of_guichet(guichet), etape)
            cases["etape-guichet" if by_desk else "etape-editeur"].append((start, after[4]))
    return cases
