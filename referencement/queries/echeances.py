"""Of which candidatures an échéance still asks something: by what the database can prove, then by looking at the rest.

The answer is that of `rules.due` for each of them. What one query proves is not looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from candidatures.enums import CandidatureState, Verdict, VoletState
from candidatures.models import Candidature, Dispositif, Jugement, Volet
from candidatures.queries import DATE_1, DATE_2, DATE_3
from preuves.enums import ChapitreState
from preuves.models import Chapitre
from preuves.queries import chapitres_asked_of_everybody
from referencement.rules import Blocage, due

from .blocages import dossier_complet
from .fins import not_refused

Bound = QuerySet[Candidature, Any]
Verdicts = dict[int, str]
CHUNK = 2000
DUE, UNSURE = "due", "unsure"


def due_of(candidature: Candidature, code: str, *, at: datetime) -> tuple[Blocage, ...]:
    """What an échéance still asks of one candidature, with its product, éditeur and dispositif joined."""
    return due(dossier_complet(candidature, at=at, with_history=False).facts, code, at=at)


def due_candidatures(dispositif: Dispositif, code: str, *, at: datetime) -> Iterator[int]:
    """The pk of every candidature of which an échéance still asks something, in order; constant memory."""
    every, last = Candidature.objects.filter(dispositif=dispositif).order_by("pk"), 0
    while chunk := list(every.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield from sorted(due_among(dispositif, code, chunk, at=at))
        last = chunk[-1]


def due_among(dispositif: Dispositif, code: str, candidatures: Collection[int], *, at: datetime) -> set[int]:
    """Those of these candidatures (pk) of which an échéance still asks something."""
    bound = Candidature.objects.filter(
        dispositif=dispositif,
        dispositif__echeances__code=code,
        state=CandidatureState.OPEN,
        succeeds=None,
        pk__in=candidatures,
    )
    found = _VERDICTS[code](not_refused(bound), dispositif) if code in _VERDICTS else {}
    unsure = [pk for pk, verdict in found.items() if verdict == UNSURE]
    looked_at = Candidature.objects.with_names().filter(pk__in=unsure).order_by("pk").iterator(chunk_size=CHUNK)
    return {
        *(pk for pk, verdict in found.items() if verdict == DUE),
        *(one.pk for one in looked_at if due_of(one, code, at=at)),
    }


def _date_1(bound: Bound, dispositif: Dispositif) -> Verdicts:
    """A volet that is still a draft was never submitted: nothing else is asked."""
    drafts = Volet.objects.filter(candidature=OuterRef("pk"), state=VoletState.DRAFT)
    return dict.fromkeys(bound.filter(Exists(drafts)).order_by("pk").values_list("pk", flat=True), DUE)


def _date_2(bound: Bound, dispositif: Dispositif) -> Verdicts:
    """A chapitre in which everybody owes something is due until it was submitted."""
    verdict = _due_when(dispositif, _some_never_submitted)
    return dict(bound.annotate(verdict=verdict).order_by("pk").values_list("pk", "verdict"))


def _date_3(bound: Bound, dispositif: Dispositif) -> Verdicts:
    """A chapitre in which everybody owes something is due when it was returned; one approved may not be whole now.

    One that was returned after the Date of everybody may have more time: it is looked at.
    """
    read = _chapitres(state__in=[ChapitreState.RETURNED, ChapitreState.APPROVED])
    found = bound.filter(Exists(read)).annotate(verdict=_due_when(dispositif, _some_returned_by(dispositif)))
    return dict(found.order_by("pk").values_list("pk", "verdict"))


_VERDICTS: Mapping[str, Callable[[Bound, Dispositif], Verdicts]] = {DATE_1: _date_1, DATE_2: _date_2, DATE_3: _date_3}


def _due_when(dispositif: Dispositif, proves: Callable[[frozenset[str]], Q]) -> Case:
    """Due where the chapitres of everybody, in the version that is answered, prove it; not known elsewhere."""
    asked = chapitres_asked_of_everybody(dispositif.pk)
    whens = (
        When(_answers_to(version) & ~Q(_holds_an_equivalent()) & proves(codes), then=Value(DUE))
        for version, codes in asked.items()
        if codes
    )
    return Case(*whens, default=Value(UNSURE))


def _answers_to(version: int | None) -> Q:
    return Q(dossier_de_preuves__version=version) if version else Q(dossier_de_preuves=None)


def _holds_an_equivalent() -> Exists:
    """Whether the ANS ever confirmed that another candidature is of the same solution: its preuves may count here."""
    confirmed = Jugement.objects.filter(volet__candidature=OuterRef("pk"), verdict=Verdict.CONFIRMED)
    return Exists(confirmed.filter(identifiant__in=Candidature.objects.values("nru")))


def _some_never_submitted(codes: frozenset[str]) -> Q:
    submitted = (
        _chapitres(code__in=codes, first_submitted_at__isnull=False).values("dossier").annotate(count=Count("pk"))
    )
    return Q(LessThan(Coalesce(Subquery(submitted.values("count")), 0), len(codes)))


def _some_returned_by(dispositif: Dispositif) -> Callable[[frozenset[str]], Q]:
    noon = Subquery(dispositif.echeances.filter(code=DATE_3).order_by("pk").values("at")[:1])

    def proves(codes: frozenset[str]) -> Q:
        returned = _chapitres(code__in=codes, state=ChapitreState.RETURNED)
        return Q(Exists(returned.filter(concluded_at__lte=noon)))

    return proves


def _chapitres(**words: Any) -> QuerySet[Chapitre]:
    return Chapitre.objects.filter(dossier__candidature=OuterRef("pk"), **words)
