"""What anybody may read: the solutions « en cours de référencement », and those that are référencées."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import DateTimeField, Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce

from candidatures.catalogue.dispositifs import profils_of, specs_in_order
from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import CandidatureState, VoletKind
from candidatures.models import Candidature, Dispositif, Reponse, Soumission
from candidatures.queries.candidatures import echeances_of_the_volets
from candidatures.queries.echeances import in_time_by_derogation
from candidatures.queries.search import Shape, asked_row_by_row, holding, in_places, of_editeurs_called, read
from comptes.dates import PARIS
from comptes.models.prepared import IDS, PlannedEachTime, Prepared
from comptes.queries.pages import SOUGHT, LongPage, counted_keys, page_among, page_of
from referencement.enums import ExamenState, Publication
from referencement.models import Examen, Referencement
from referencement.rules.publication import PUBLICATIONS, Solution, Wanted

from .fins import ASKED_OF_EACH_ROW, Decided, refusals
from .kept import kept
from .standings import effective, event, standing_from, standing_so

PER_PAGE = 25
LAST_KEPT = 400
NOTHING = Wanted()
STATES = {publication: state for state, publication in PUBLICATIONS.items()}


def dates_1() -> dict[str, datetime]:
    """Return the instant of Date 1, the échéance of the volets, by code of dispositif; the earliest first."""
    return {code: date for code, date, _ in _DATES_1.ask()}


def demarches(*, at: datetime) -> tuple[dict[str, datetime], list[DispositifSpec]]:
    """Return `dates_1`, and the dispositifs that the public list may be filtered by, in one query.

    These are loaded and already open; the earliest of the files first.
    """
    rows = list(_DATES_1.ask())
    opened = {code for code, _, opens_at in rows if opens_at <= at}
    return {code: date for code, date, _ in rows}, [spec for spec in specs_in_order() if spec.code in opened]


_DATES_1 = Prepared(
    lambda: echeances_of_the_volets().order_by("at", "pk").values_list("dispositif", "at", "dispositif__opens_at")
)


def lists_to_open(
    specs: Sequence[DispositifSpec], dates: Mapping[str, datetime], *, at: datetime
) -> list[tuple[DispositifSpec, datetime]]:
    """Return the dispositifs that show nothing yet, since their Date 1 has not passed, each with that instant."""
    return [(spec, dates[spec.code]) for spec in specs if at < dates[spec.code]]


def published(
    wanted: Wanted = NOTHING, *, at: datetime, dates: Mapping[str, datetime] | None = None
) -> QuerySet[Candidature]:
    """Return the candidatures that the public list shows, by name of the solution.

    A solution is « en cours de référencement » from Date 1 on, when both volets were handed over in time (Date 1, or
    the date of its dérogation) and the candidature still goes on. One that was withdrawn, foreclosed or refused leaves
    the list, which does not say why. No Date 1 binds the new version of a solution that is référencée.

    What the collège attributed stays in the list, with what it is at that instant: référencée, suspendue, retirée,
    renoncée or remplacée.

    :param dates: what `dates_1` answers, when the caller has it already. They are passed to PostgreSQL as values and
        not as a subquery, so that it knows how many rows to expect
    """
    known = dates_1() if dates is None else dates
    candidatures = _with_attribution().filter(_shown(wanted.state, known, over(known, at=at), at))
    if wanted.dispositif:
        candidatures = candidatures.filter(dispositif=wanted.dispositif)
    if wanted.profil:
        candidatures = candidatures.alias(profils=_profils()).filter(Q(("profils__contains", [wanted.profil])))
    if wanted.editeur.strip():
        candidatures = candidatures.filter(pk__in=of_editeurs_called(wanted.editeur))
    return _in_order(candidatures.filter(holding(wanted.text)))


def _in_order(candidatures: QuerySet[Candidature]) -> QuerySet[Candidature]:
    return candidatures.order_by("noms", "pk")


class _Search(NamedTuple):
    """What tells apart the SQL of two searches, beside the values that are looked for.

    :param passed: the codes of the dispositifs whose Date 1 has passed
    :param shape: the shape of the text, and whether it may be a number
    """

    state: str
    is_of_one: bool
    passed: tuple[str, ...]
    shape: tuple[Shape, bool]


def _found(wanted: Wanted, *, at: datetime, dates: Mapping[str, datetime]) -> list[int]:
    """Return the `counted_keys` of what `published` gives for a text."""
    text, passed = read(wanted.text), tuple(over(dates, at=at))
    search = _written(_Search(wanted.state, bool(wanted.dispositif), passed, text.shape))
    instants = {f"date_{rank}": dates[code] for rank, code in enumerate(passed)}
    return search.ask(at=at, dispositif=wanted.dispositif, **instants, **text.values)


@lru_cache(maxsize=128)
def _written(search: _Search) -> Prepared:
    """Write the SQL of a search once: it takes Django longer than PostgreSQL takes to answer."""
    shape, has_number = search.shape
    text, fields = in_places(shape, has_number=has_number)
    names = {code: f"date_{rank}" for rank, code in enumerate(search.passed)}

    def make(at: Any, dispositif: Any, **places: Any) -> QuerySet[Any, Any]:
        dates = {code: places[name] for code, name in names.items()}
        shown = _shown(search.state, dates, search.passed, at, by=ASKED_OF_EACH_ROW)
        candidatures = Candidature.objects.filter(asked_row_by_row(shown))
        if search.is_of_one:
            candidatures = candidatures.filter(dispositif=dispositif)
        return counted_keys(_in_order(candidatures.filter(holding(text))), most=SOUGHT)

    instants = {name: DateTimeField() for name in ("at", *names.values())}
    return PlannedEachTime(make, dispositif=TextField(), **instants, **fields)


def _with_attribution() -> QuerySet[Candidature]:
    attributed = Q(examens__state=ExamenState.ATTRIBUTED)
    return Candidature.objects.alias(attribue=FilteredRelation("examens", condition=attributed))


_REFUSED = Q(Exists(refusals().filter(candidature=OuterRef("pk"))))
_JOINED = Decided(Q(attribue__isnull=False), Q(attribue=None), _REFUSED)


def _shown(state: str, dates: Mapping[str, Any], passed: Sequence[str], at: Any, *, by: Decided = _JOINED) -> Q:
    """Keep what the list shows in that state, or in any. The instants may be those of a prepared query.

    :param passed: the codes of the dispositifs whose Date 1 has passed
    """
    if state in STATES:
        return by.referenced & Q(pk__in=standing_so(STATES[Publication(state)], at=at))
    in_each = [Q(dispositif=code, handed_over_at__lte=dates[code]) for code in passed]
    in_time = reduce(or_, in_each, Q(succeeds__isnull=False, handed_over_at__isnull=False))
    if passed:
        in_time |= Q(dispositif__in=passed, handed_over_at__lte=at, pk__in=in_time_by_derogation())
    in_progress = Q(in_time, ~by.refused, by.not_referenced, state=CandidatureState.OPEN)
    return in_progress if state == Publication.IN_PROGRESS else by.referenced | in_progress


def _profils() -> Subquery:
    """Return the codes of the profils that a candidature presents, as last handed to the ANS."""
    handed = Soumission.objects.filter(volet=OuterRef("volet")).order_by("-number").values("version")[:1]
    answers = Reponse.objects.filter(
        volet__candidature=OuterRef("pk"),
        volet__kind=VoletKind.ELIGIBILITE,
        champ="profils",
        version__lte=Subquery(handed),
    )
    return Subquery(answers.order_by("-version").values("value")[:1])


@dataclass(frozen=True)
class PublicPage:
    """One page of the public list: its lines, and where it lies."""

    lines: Sequence[Solution]
    page: LongPage


def public_page(wanted: Wanted, *, number: int, at: datetime, dates: Mapping[str, datetime]) -> PublicPage:
    """Read a page of the public list; a number too small or too large gives the first or the last page.

    The page is kept until the next act, or the next day in Paris, when decisions take effect. A search by typed words
    is not kept: there are too many different ones.
    """

    def make() -> PublicPage:
        def rows() -> QuerySet[Candidature]:
            return published(wanted, at=at, dates=dates)

        if wanted.text and not wanted.editeur and not wanted.profil:
            keys = _found(wanted, at=at, dates=dates)
            page = page_among(keys, number, per_page=PER_PAGE, most=SOUGHT, rows=rows)
        else:
            page = page_of(rows(), number, per_page=PER_PAGE, is_searched=bool(wanted.text))
        return PublicPage(solutions_of(page.keys, at=at), page)

    if wanted.editeur or wanted.text or number > LAST_KEPT:
        return make()
    return kept("page", wanted.as_query(), number, over(dates, at=at), today(at), make=make)


def every_solution(wanted: Wanted = NOTHING, *, at: datetime, dates: Mapping[str, datetime]) -> list[Solution]:
    """Return the whole public list, filtered but not cut into pages."""
    return solutions_of(list(published(wanted, at=at, dates=dates).values_list("pk", flat=True)), at=at)


def latest_referenced(number: int, *, dispositif: str = "", at: datetime) -> list[Solution]:
    """Return the solutions whose référencement was attributed or changed last, the latest first."""
    asked = Referencement.objects.filter(candidature__dispositif=dispositif) if dispositif else Referencement.objects
    moved = asked.annotate(moved_at=Coalesce(Subquery(effective(at).values("effect_at")[:1]), "opened_at"))
    latest = moved.order_by("-moved_at", "-pk").values_list("candidature", flat=True)[:number]
    return solutions_of(list(latest), at=at)


def today(at: datetime) -> str:
    """Return the civil day in Paris, in ISO 8601: what is decided for a day takes effect as that day begins."""
    return at.astimezone(PARIS).date().isoformat()


def over(dates: Mapping[str, datetime], *, at: datetime) -> list[str]:
    """Return the codes of the dispositifs whose Date 1 has passed: the list changes then, without an act."""
    return [code for code, date in dates.items() if date <= at]


def solutions_of(keys: Sequence[int], *, at: datetime) -> list[Solution]:
    """Read these candidatures (pk) as lines of the public list, in that order, in one query.

    A solution that is référencée is named as its convention quotes it, even when the product was renamed since.
    """
    solutions = {row[0]: _solution(row[1:]) for row in _ROWS.ask(keys=list(keys), at=at)}
    return [solutions[key] for key in keys]


def _rows(keys: Any, at: Any) -> QuerySet[Candidature, Any]:
    attributed = Examen.objects.filter(candidature=OuterRef("pk"), state=ExamenState.ATTRIBUTED)
    rows = _with_attribution().filter(Q(("pk__among", keys))).order_by("pk")
    return rows.values_list(
        "pk",
        "nru",
        "dispositif",
        "dispositif__nom",
        "dispositif__vague",
        "handed_over_at",
        "produit__nom",
        "produit__editeur__raison_sociale",
        "attribue__published_at",
        Subquery(attributed.values("convention__data__cite")[:1]),
        _profils(),
        event(at),
    )


_ROWS = Prepared(_rows, keys=IDS, at=DateTimeField())


def _solution(row: Sequence[Any]) -> Solution:
    """Read one candidature from the columns of `_rows` but the pk."""
    nru, dispositif, demarche, vague, handed_over_at, produit, raison_sociale, published_at, cited, codes, event = row
    name = str(Dispositif(nom=demarche, vague=vague))
    if cited is None or published_at is None:
        profils = profils_of(dispositif)
        return Solution(
            nru="",
            nom=produit,
            editeur=raison_sociale,
            dispositif=dispositif,
            demarche=name,
            profils=tuple(profils.get(code, code) for code in codes or ()),
            version="",
            state=Publication.IN_PROGRESS,
            since=handed_over_at,
        )
    solution, standing = cited["solution"], standing_from(event, published_at)
    return Solution(
        nru=nru,
        nom=solution["nom"],
        editeur=cited["editeur"]["raison_sociale"],
        dispositif=dispositif,
        demarche=name,
        profils=tuple(solution["profils"]),
        version=solution["version_technique"],
        state=standing.state,
        since=standing.since,
        referenced_at=published_at,
        successor=standing.successor,
    )
