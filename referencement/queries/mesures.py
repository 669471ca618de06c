"""What a sweep counts of a dispositif: its échéances, the flow of each week, second rounds, load per person, desks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from candidatures.enums import CandidatureState
from candidatures.models import Candidature, Referent
from comptes.dates import PARIS
from comptes.models import Compte
from guichets.queries.sante import SanteDeGuichet, sante_of_guichets
from preuves.enums import Avis, ChapitreState
from preuves.models import Chapitre, PreuveAttendue, SoumissionDeChapitre, VerdictDePreuve
from preuves.queries.dossier import latest_version, rem_of
from preuves.queries.waiting import chapitres_to_read
from referencement.models import Referencement

from .risques import counted_by_echeance

WEEKS = 12
LATELY = timedelta(days=28)
MOST = 15


@dataclass(frozen=True)
class Semaine:
    """The chapitres of one week, which begins on that Monday: received, returned, approved."""

    monday: str
    received: int = 0
    returned: int = 0
    approved: int = 0


@dataclass(frozen=True)
class Retour:
    """An exigence and how many preuves of it were returned at least once; `rounds`: all the returns."""

    exigence: str
    preuves: int
    rounds: int


@dataclass(frozen=True)
class Charge:
    """What one person of the agency follows, holds, and has concluded lately."""

    compte: int
    nom: str
    held: int
    concluded: int
    oldest: str = ""
    followed: int = 0


@dataclass(frozen=True)
class Dernier:
    """The last chapitre of one code that waits: its rank in the queue, and when it was submitted."""

    rank: int
    submitted_at: str


@dataclass(frozen=True)
class Verifications:
    """One desk over the hour before the count: the demandes that were asked about, those that failed, those overdue."""

    label: str
    successes: int
    failures: int
    due: int
    last_at: str = ""


@dataclass(frozen=True)
class Mesures:
    """All that is counted of a dispositif.

    :param echeances: by code, the counts of `EcheanceMenacee`
    :param guichets: the desks that are asked, whatever the dispositif
    :param chapitres: the labels of the chapitres of its REM, by code
    :param derniers: by code, the last chapitre that waits
    :param states: how many candidatures are in each state
    :param referenced: how many référencements were attributed
    """

    semaines: list[Semaine] = field(default_factory=list)
    retours: list[Retour] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    chapitres: dict[str, str] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    referenced: int = 0
    editeurs: int = 0
    echeances: dict[str, dict[str, int]] = field(default_factory=dict)
    guichets: list[Verifications] = field(default_factory=list)
    derniers: dict[str, Dernier] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Mesures:
        return cls(
            semaines=[Semaine(**row) for row in kept["semaines"]],
            retours=[Retour(**row) for row in kept["retours"]],
            charges=[Charge(**row) for row in kept["charges"]],
            echeances=kept.get("echeances", {}),
            guichets=[Verifications(**row) for row in kept.get("guichets", [])],
            derniers={code: Dernier(**row) for code, row in kept.get("derniers", {}).items()},
            **{name: kept[name] for name in ("chapitres", "states", "referenced", "editeurs")},
        )


def counted(dispositif: str, *, at: datetime) -> Mesures:
    """Count all of it."""
    candidatures = Candidature.objects.filter(dispositif=dispositif)
    version = latest_version(dispositif)
    return Mesures(
        semaines=_semaines(dispositif, at=at),
        retours=_retours(dispositif),
        charges=_charges(dispositif, at=at),
        chapitres={chapitre.code: chapitre.label for chapitre in rem_of(version).spec.chapitres} if version else {},
        states=dict(candidatures.order_by("state").values_list("state").annotate(count=Count("pk"))),
        referenced=Referencement.objects.filter(candidature__dispositif=dispositif).count(),
        editeurs=candidatures.aggregate(count=Count("produit__editeur", distinct=True))["count"],
        echeances=counted_by_echeance(dispositif),
        guichets=[_verifications(sante) for sante in sante_of_guichets(at=at)],
        derniers=_derniers(dispositif),
    )


def _derniers(dispositif: str) -> dict[str, Dernier]:
    waiting = chapitres_to_read(dispositif=dispositif).order_by("submitted_at", "pk")
    rows = waiting.values_list("code", "submitted_at").iterator()
    return {code: Dernier(rank, since.isoformat()) for rank, (code, since) in enumerate(rows, start=1) if since}


def _verifications(sante: SanteDeGuichet) -> Verifications:
    last = sante.last_success_at.isoformat() if sante.last_success_at else ""
    return Verifications(sante.label, sante.successes, sante.failures, sante.due, last)


def monday_of(at: datetime) -> date:
    day = at.astimezone(PARIS).date()
    return day - timedelta(days=day.weekday())


def _semaines(dispositif: str, *, at: datetime) -> list[Semaine]:
    """Return the last weeks, the one under way included, the oldest first."""
    mondays = [monday_of(at) - timedelta(weeks=count) for count in reversed(range(WEEKS))]
    since = at - timedelta(weeks=WEEKS)
    ours = Q(chapitre__dispositif=dispositif)
    received = SoumissionDeChapitre.objects.filter(ours, submitted_at__gte=since, reprise=None)
    concluded = Chapitre.objects.filter(dispositif=dispositif, concluded_at__gte=since)
    by = {
        "received": _by_week(received.order_by("pk").values_list("submitted_at", flat=True)),
        "returned": _by_week(_concluded_at(concluded, ChapitreState.RETURNED)),
        "approved": _by_week(_concluded_at(concluded, ChapitreState.APPROVED)),
    }
    return [Semaine(monday.isoformat(), **{name: counts[monday] for name, counts in by.items()}) for monday in mondays]


def _concluded_at(concluded: Any, state: ChapitreState) -> Iterable[datetime]:
    by_people = concluded.filter(state=state, concluded_by__isnull=False).order_by("pk")
    instants: Iterable[datetime] = by_people.values_list("concluded_at", flat=True)
    return instants


def _by_week(instants: Iterable[datetime]) -> Counter[date]:
    return Counter(monday_of(instant) for instant in instants)


def _retours(dispositif: str) -> list[Retour]:
    """Return the exigences whose preuves were returned the most: their words are misunderstood."""
    version = latest_version(dispositif)
    if version is None:
        return []
    returned = VerdictDePreuve.objects.filter(avis=Avis.TO_CORRECT, revision__preuve__chapitre__dispositif=dispositif)
    rows = returned.order_by("revision__preuve__numero").values_list("revision__preuve__numero")
    exigences = dict(
        PreuveAttendue.objects.filter(version=version)
        .order_by("pk")
        .values_list("numero", "scenario__exigence__identifiant")
    )
    preuves: Counter[str] = Counter()
    rounds: Counter[str] = Counter()
    for numero, count, distinct in rows.annotate(count=Count("pk"), distinct=Count("revision__preuve", distinct=True)):
        exigence = exigences.get(numero, numero)
        preuves[exigence] += distinct
        rounds[exigence] += count
    return [Retour(exigence, preuves[exigence], count) for exigence, count in rounds.most_common(MOST)]


def _charges(dispositif: str, *, at: datetime) -> list[Charge]:
    """Return what each person follows and holds today, and concluded lately; who follows the most first."""
    held = chapitres_to_read(dispositif=dispositif).filter(claimed_by__isnull=False)
    oldest: dict[int, datetime] = {}
    counts: Counter[int] = Counter()
    rows: Any = held.values_list("claimed_by", "submitted_at")
    for compte, submitted_at in rows:
        counts[compte] += 1
        oldest[compte] = min(oldest.get(compte, submitted_at), submitted_at)
    concluded = Chapitre.objects.filter(
        dispositif=dispositif, concluded_at__gte=at - LATELY, concluded_by__isnull=False
    )
    done = dict(concluded.order_by("concluded_by").values_list("concluded_by").annotate(count=Count("pk")))
    referents = Referent.objects.filter(candidature__dispositif=dispositif, candidature__state=CandidatureState.OPEN)
    followed = dict(referents.order_by("compte").values_list("compte").annotate(count=Count("pk")))
    people = Compte.objects.filter(pk__in=counts.keys() | done.keys() | followed.keys()).order_by(
        "last_name", "first_name", "pk"
    )
    charges = [
        Charge(
            compte.pk,
            compte.full_name,
            counts[compte.pk],
            done.get(compte.pk, 0),
            oldest[compte.pk].isoformat() if compte.pk in oldest else "",
            followed.get(compte.pk, 0),
        )
        for compte in people
    ]
    return sorted(charges, key=lambda charge: (-charge.followed, -charge.held))
