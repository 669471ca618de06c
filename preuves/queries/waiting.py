"""The chapitres that wait for the ANS, as its list shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, TextField, Value

from candidatures.enums import VoletState
from candidatures.models import Volet
from candidatures.queries.referents import Equipe, Mien
from candidatures.queries.search import holding
from candidatures.rules.reservations import Claim
from comptes.models.prepared import IDS, Prepared
from comptes.queries.pages import COUNTED, counted_keys
from comptes.rules import ages
from comptes.rules.ages import Age
from preuves.enums import ChapitreState, VueDesChapitres
from preuves.models import Chapitre, DossierDePreuves, VersionDuREM

from .conclusions import conclusions_to_confirm
from .dossier import rem_of

COLUMNS = (
    "pk",
    "dossier__candidature__nru",
    "code",
    "dossier__version",
    "dossier__candidature__produit__nom",
    "dossier__candidature__produit__editeur__raison_sociale",
    "submitted_at",
    "state",
    "claimed_by",
    "claim_ends_at",
    "claimed_by__first_name",
    "claimed_by__last_name",
    "dispositif",
    "referent",
)

# A chapitre that was received is examined once both volets are recevables.
UNREAD = Exists(Volet.objects.filter(candidature=OuterRef("dossier__candidature")).exclude(state=VoletState.ADMITTED))
LATER = "Reçu, après le dossier administratif"


Types = Mapping[tuple[str, str], int]
"""The référent (pk) of each chapitre that has one, by dispositif and code."""


def chapitres_to_read(
    *, text: str = "", dispositif: str = "", code: str = "", turned: bool = False
) -> QuerySet[Chapitre]:
    """Return the chapitres that wait for the ANS, or that it reads; the oldest submission first.

    :param text: words of the solution, of the éditeur or of the NRU, in any case and with or without accents
    :param turned: the latest submission first
    """
    waiting: QuerySet[Chapitre] = Chapitre.objects.waiting()
    if dispositif:
        waiting = waiting.filter(dispositif=dispositif)
    if code:
        waiting = waiting.filter(code=code)
    waiting = waiting.filter(holding(text, candidature="dossier__candidature__"))
    return waiting.order_by("-submitted_at", "-pk") if turned else waiting.order_by("submitted_at", "pk")


def in_view(chapitres: QuerySet[Chapitre], vue: str, *, mien: Mien, types: Types) -> QuerySet[Chapitre]:
    """Keep the chapitres of one tab: a value of `VueDesChapitres`."""
    match VueDesChapitres(vue):
        case VueDesChapitres.EVERY:
            return chapitres
        case VueDesChapitres.READING:
            return chapitres.filter(state=ChapitreState.UNDER_REVIEW, claimed_by=mien.compte)
        case VueDesChapitres.TO_CONFIRM:
            return chapitres.filter(pk__in=conclusions_to_confirm(mien.compte).values("soumission__chapitre"))
        case VueDesChapitres.UNFOLLOWED:
            return chapitres.filter(state=ChapitreState.SUBMITTED, referent=None).exclude(_of(types.keys()))
    own = _of(key for key, compte in types.items() if compte in mien.comptes)
    followed = Q(referent__in=mien.comptes) & ~_of(types.keys())
    free = Q(state=ChapitreState.SUBMITTED) & (own | followed)
    held = Q(state=ChapitreState.UNDER_REVIEW, claimed_by__in=mien.comptes)
    return chapitres.filter(held | free)


def _of(keys: Iterable[tuple[str, str]]) -> Q:
    """Keep the chapitres of these types, each a dispositif and a code; none when there is none."""
    codes: dict[str, list[str]] = {}
    for dispositif, code in keys:
        codes.setdefault(dispositif, []).append(code)
    kept = Q(pk__in=[])
    for dispositif, named in codes.items():
        kept |= Q(dispositif=dispositif, code__in=named)
    return kept


def counted(*, mien: Mien, types: Types, two_people: bool) -> dict[str, int | None]:
    """Count the tabs that are one person's, up to the most that a list counts, in two queries.

    :param two_people: whether somebody may have a conclusion to confirm
    """
    own = frozenset(key for key, compte in types.items() if compte in mien.comptes)
    tabs = [VueDesChapitres.READING.value, *([VueDesChapitres.TO_CONFIRM.value] if two_people else [])]
    held = Counter(tab for tab, _ in (_IN_HAND if two_people else _READING).ask(compte=mien.compte))
    return {
        VueDesChapitres.MINE.value: len(_counted_of(own, frozenset(types)).ask(comptes=list(mien.comptes))),
        **{tab: held[tab] for tab in tabs},
    }


Keys = frozenset[tuple[str, str]]


def _held_by(comptes: Any) -> QuerySet[Chapitre]:
    """Return the chapitres that some people read, in no order."""
    read = Chapitre.objects.waiting().filter(state=ChapitreState.UNDER_REVIEW, claimed_by__among=comptes)
    return read.order_by()


def _read_by(compte: Any) -> QuerySet[Any, Any]:
    """Return the chapitres (pk) that somebody reads, each after the name of its tab."""
    reads = Chapitre.objects.waiting().filter(state=ChapitreState.UNDER_REVIEW, claimed_by=compte).order_by()
    named = reads.annotate(tab=Value(VueDesChapitres.READING.value, TextField()))
    return named.values_list("tab", "pk")[: COUNTED + 1]


def _in_hand(compte: Any) -> QuerySet[Any, Any]:
    """Return the same, and the chapitres whose conclusion somebody may confirm."""
    waits = conclusions_to_confirm(compte).annotate(tab=Value(VueDesChapitres.TO_CONFIRM.value, TextField()))
    return _read_by(compte).union(waits.values_list("tab", "soumission__chapitre")[: COUNTED + 1], all=True)


_READING = Prepared(_read_by, compte=BigIntegerField())
_IN_HAND = Prepared(_in_hand, compte=BigIntegerField())


@lru_cache(maxsize=256)
def _counted_of(own: Keys, every: Keys) -> Prepared:
    """Write the query of what `in_view` keeps for some people: an index serves each of its parts, and none their `OR`.

    :param own: the types of chapitres of which they are the référents
    :param every: those that have a référent
    """

    def make(comptes: Any) -> QuerySet[Chapitre, Any]:
        free = Chapitre.objects.waiting().filter(state=ChapitreState.SUBMITTED).order_by()
        followed = free.filter(~_of(every), referent__among=comptes)
        parts = [_held_by(comptes), followed, *([free.filter(_of(own))] if own else [])]
        first, *others = (counted_keys(part, most=COUNTED) for part in parts)
        return first.union(*others)[: COUNTED + 1]

    return Prepared(make, comptes=IDS)


Labels = Mapping[tuple[int, str], str]


@dataclass(frozen=True)
class Filters:
    """The values that filter the list.

    :param labels: of each chapitre of the REM versions in use, by the version's pk and the chapitre's code
    :param dispositifs: the name of each, by code
    :param versions: the code of the dispositif of each version, by the version's pk
    """

    labels: Labels
    dispositifs: Mapping[str, str]
    versions: Mapping[int, str]

    def codes(self, dispositif: str) -> dict[str, str]:
        """The label of each chapitre by its code, as the latest version of the dispositif has it, or of any."""
        return {
            code: label
            for (version, code), label in self.labels.items()
            if not dispositif or self.versions[version] == dispositif
        }


@dataclass(frozen=True)
class ChapitreType:
    """One chapitre of a dispositif, whatever the candidature."""

    dispositif: str
    code: str
    label: str
    demarche: str


def types_of(filters: Filters) -> dict[tuple[str, str], ChapitreType]:
    """Return the chapitres of the REM in use, by dispositif and code."""
    return {
        (dispositif, code): ChapitreType(dispositif, code, label, demarche)
        for dispositif, demarche in filters.dispositifs.items()
        for code, label in filters.codes(dispositif).items()
    }


def filters_to_read() -> Filters:
    """Gather the filters from the versions in use, in one query."""
    versions = _IN_USE.ask()
    return Filters(
        labels={
            (version.pk, chapitre.code): chapitre.label
            for version in versions
            for chapitre in rem_of(version).spec.chapitres
        },
        dispositifs={version.dispositif_id: str(version.dispositif) for version in versions},
        versions={version.pk: version.dispositif_id for version in versions},
    )


def _in_use() -> QuerySet[VersionDuREM]:
    answered = DossierDePreuves.objects.filter(version=OuterRef("pk"))
    return VersionDuREM.objects.filter(Exists(answered)).select_related("dispositif").order_by("date", "pk")


_IN_USE = Prepared(_in_use)


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One chapitre that waits for the ANS, as the list shows it. Equal lines give equal HTML (`drawn_once`)."""

    drawn_once: ClassVar[bool] = True

    nru: str
    code: str
    label: str
    produit: str
    editeur: str
    submitted_at: datetime
    since: Age | None
    state: str
    state_label: str
    holder: str
    referent: str


_LINES = Prepared(
    lambda chapitres: (
        Chapitre.objects.filter(pk__among=chapitres)
        .annotate(waits=UNREAD)
        .order_by("submitted_at", "pk")
        .values_list(*COLUMNS, "waits")
    ),
    chapitres=IDS,
)


def waiting_lines(
    keys: Sequence[int], *, labels: Labels, types: Types, equipe: Equipe, at: datetime
) -> list[WaitingLine]:
    """Read these chapitres (pk), in that order, in one query.

    :param equipe: the names of the people who may be référents
    """
    lines = {
        pk: WaitingLine(
            nru=nru,
            code=code,
            label=labels.get((version, code), code),
            produit=produit,
            editeur=editeur,
            submitted_at=submitted_at,
            since=ages.waiting(submitted_at, at=at),
            state=state,
            state_label=LATER if waits and state == ChapitreState.SUBMITTED else str(ChapitreState(state).label),
            holder=f"{first} {last}" if holder and until and Claim(holder, until).holds(at) else "",
            referent=equipe.names.get(types.get((dispositif, code), follower), ""),
        )
        for (
            pk,
            nru,
            code,
            version,
            produit,
            editeur,
            submitted_at,
            state,
            holder,
            until,
            first,
            last,
            dispositif,
            follower,
            waits,
        ) in _LINES.ask(chapitres=list(keys))
    }
    return [lines[key] for key in keys if key in lines]
