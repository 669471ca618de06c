"""Photos as the ANS reads them: how many of each sort at each échéance, then the list of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from candidatures.enums import CandidatureState, GesteDeLot, LigneDeLotState
from candidatures.models import Candidature, Echeance, LigneDeLot
from candidatures.queries.candidatures import deadlines_of_many
from candidatures.queries.people import people_by_produit
from candidatures.rules.deadlines import Deadline
from comptes.dates import instant_in_words
from comptes.models.editeur import numbered
from referencement.enums import TriDePhoto
from referencement.models import PhotoDEcheance
from referencement.rules.photo import ForeclosureFacts, why_not_foreclosed

from .echeances import due_among

BADGES = {TriDePhoto.IN_TIME: "success", TriDePhoto.LATE: "late", TriDePhoto.TO_DECIDE: "attention"}
COLUMNS = (
    "pk",
    "candidature__nru",
    "candidature__produit__nom",
    "candidature__produit__editeur__raison_sociale",
    "candidature__state",
    "instant",
    "sort",
    "data__complets_non_soumis",
)


@dataclass(frozen=True)
class Album:
    """The photos of one échéance of a dispositif. `counts`: how many of each sort, in the order of the sorts."""

    dispositif: str
    echeance: str
    demarche: str
    nom: str
    objet: str
    counts: Mapping[str, int]

    @property
    def key(self) -> str:
        return f"{self.dispositif}/{self.echeance}"

    @property
    def lines(self) -> list[tuple[str, str, str, int]]:
        """Each sort: its code, its name, its badge and how many."""
        return [(sort.value, str(sort.label), BADGES[sort], self.counts.get(sort.value, 0)) for sort in TriDePhoto]


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """One photo of a list. `forgotten`: what was complete and not submitted."""

    id: int
    nru: str
    produit: str
    editeur: str
    state: str
    instant: datetime
    sort: str
    forgotten: list[str]

    @property
    def sort_label(self) -> str:
        return str(TriDePhoto(self.sort).label)

    @property
    def badge(self) -> str:
        return BADGES[TriDePhoto(self.sort)]

    @property
    def state_label(self) -> str:
        return str(CandidatureState(self.state).label)

    @property
    def is_open(self) -> bool:
        return self.state == CandidatureState.OPEN

    @property
    def may_be_foreclosed(self) -> bool:
        return self.is_open and self.sort != TriDePhoto.IN_TIME


def latest_photos() -> QuerySet[PhotoDEcheance]:
    """Return the latest photo of each candidature at each échéance."""
    later = PhotoDEcheance.objects.filter(
        candidature=OuterRef("candidature"), echeance=OuterRef("echeance"), instant__gt=OuterRef("instant")
    )
    return PhotoDEcheance.objects.exclude(Exists(later))


def albums() -> list[Album]:
    """Return every échéance that was photographed, the latest first, in two queries."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    rows = latest_photos().order_by("candidature__dispositif", "echeance", "sort")
    for dispositif, echeance, sort, count in rows.values_list("candidature__dispositif", "echeance", "sort").annotate(
        count=Count("pk")
    ):
        counts.setdefault((dispositif, echeance), {})[sort] = count
    wanted = Q(pk__in=[])
    for dispositif, echeance in counts:
        wanted |= Q(dispositif=dispositif, code=echeance)
    echeances = Echeance.objects.filter(wanted).select_related("dispositif").order_by("-at", "pk")
    return [
        Album(
            echeance.dispositif_id,
            echeance.code,
            str(echeance.dispositif),
            echeance.nom,
            echeance.objet,
            counts[echeance.dispositif_id, echeance.code],
        )
        for echeance in echeances
    ]


def passed_without_photo(photographed: Collection[Album], *, at: datetime) -> list[tuple[str, str]]:
    """Return a title and a text, in French, for each échéance that passed and has no photo yet."""
    keys = {album.key for album in photographed}
    passed = Echeance.objects.filter(at__lt=at).select_related("dispositif").order_by("-at", "pk")
    return [
        (
            f"{echeance.nom} dépassée ({echeance.dispositif})",
            (
                f"C’était le {instant_in_words(echeance.at)}. "
                "Le constat est établi au moins cinq minutes après, une fois terminé le délai laissé aux fichiers."
            ),
        )
        for echeance in passed
        if f"{echeance.dispositif_id}/{echeance.code}" not in keys
    ]


def photos_of(album: Album, *, sort: str = "", text: str = "") -> QuerySet[PhotoDEcheance]:
    """Return the photos of an échéance, in the order of their NRU.

    :param text: words of the solution, of the éditeur or of the NRU, whatever their accents and case
    """
    photos = latest_photos().filter(candidature__dispositif=album.dispositif, echeance=album.echeance)
    if sort:
        photos = photos.filter(sort=sort)
    of = "candidature__produit__editeur__"
    conditions = [
        Q(candidature__nru__icontains=word)
        | Q(candidature__produit__nom__unaccent__icontains=word)
        | Q(candidature__produit__editeur__raison_sociale__unaccent__icontains=word)
        | numbered(word, of=of)
        for word in text.split()
    ]
    if conditions:
        photos = photos.filter(Q(*conditions) | numbered(text, of=of))
    return photos.order_by("candidature__nru", "pk")


def photo_lines(photos: QuerySet[PhotoDEcheance]) -> list[PhotoLine]:
    """Read a page of photos in one query."""
    return [PhotoLine(*row) for row in photos.values_list(*COLUMNS)]


# -- the candidatures to foreclose ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToForeclose:
    """One photo that somebody chose, and what foreclosing its candidature would do.

    :param deadline: the échéance as it binds the candidature today
    :param team: the e-mail addresses of the people who would be told
    :param reason: why the candidature cannot be foreclosed, in French; empty when it can
    """

    photo: PhotoDEcheance
    candidature: Candidature
    deadline: Deadline
    team: list[str]
    reason: str


def to_foreclose(photo_ids: Collection[int], *, at: datetime) -> list[ToForeclose]:
    """Say of each photo that somebody chose what foreclosing would do, in the order of their NRU."""
    rows = PhotoDEcheance.objects.filter(pk__in=photo_ids).defer("data")
    joined = rows.select_related("candidature__produit__editeur", "candidature__dispositif")
    photos = list(joined.order_by("candidature__nru", "echeance", "pk"))
    latest = set(latest_photos().filter(pk__in=photo_ids).values_list("pk", flat=True))
    people = people_by_produit([photo.candidature.produit_id for photo in photos])
    deadlines = deadlines_of_many([photo.candidature for photo in photos])
    due = _still_due(photos, at)
    return [
        ToForeclose(
            photo=photo,
            candidature=photo.candidature,
            deadline=deadlines[photo.candidature_id][photo.echeance],
            team=[person.email for person in people[photo.candidature.produit_id]],
            reason=why_not_foreclosed(
                ForeclosureFacts(
                    state=photo.candidature.state,
                    sort=photo.sort,
                    deadline=deadlines[photo.candidature_id][photo.echeance],
                    is_latest=photo.pk in latest,
                    is_due=photo.pk in due,
                ),
                at=at,
            ),
        )
        for photo in photos
    ]


@dataclass(frozen=True, slots=True)
class Foreclosable:
    """The photo (pk) on which a candidature can be closed; None when there is none, with the reason in French."""

    photo: int | None
    reason: str


def foreclosable(candidature_ids: Collection[int], *, at: datetime) -> dict[int, Foreclosable]:
    """Say of each candidature (pk) on which photo it can be closed: that of the first échéance that it missed."""
    photos = latest_photos().filter(candidature__in=candidature_ids).exclude(sort=TriDePhoto.IN_TIME)
    answers = dict.fromkeys(candidature_ids, Foreclosable(None, "Aucun constat n’établit un retard."))
    lines = to_foreclose(photos.order_by("pk").values_list("pk", flat=True), at=at)
    for line in sorted(lines, key=lambda line: line.deadline.at, reverse=True):
        if not line.reason:
            answers[line.candidature.pk] = Foreclosable(line.photo.pk, "")
        elif answers[line.candidature.pk].photo is None:
            answers[line.candidature.pk] = Foreclosable(None, line.reason)
    return answers


@dataclass(frozen=True, slots=True)
class PreparedClosings:
    """The closings that were prepared and may still be decided. `lot`: the latest that holds one (pk); None without."""

    count: int
    lot: int | None


def prepared(*, at: datetime) -> PreparedClosings:
    """Return how many candidatures were prepared and can still be closed.

    A dérogation, or an éditeur who caught up, ends what was prepared: see `foreclosable`.
    """
    lines = LigneDeLot.objects.filter(lot__geste=GesteDeLot.PREPARE, state=LigneDeLotState.DONE)
    waiting = lines.filter(candidature__state=CandidatureState.OPEN).order_by("candidature")
    lots = dict(waiting.values_list("candidature").annotate(lot=Max("lot")))
    still = [pk for pk, verdict in foreclosable(lots, at=at).items() if verdict.photo] if lots else []
    return PreparedClosings(len(still), max((lots[pk] for pk in still), default=None))


def _still_due(photos: Collection[PhotoDEcheance], at: datetime) -> set[int]:
    """Return the photos (pk) whose échéance still asks for something today."""
    groups: dict[tuple[str, str], list[PhotoDEcheance]] = {}
    for photo in photos:
        groups.setdefault((photo.candidature.dispositif_id, photo.echeance), []).append(photo)
    still_due = set()
    for (dispositif, code), together in groups.items():
        echeance = Echeance.objects.get(dispositif=dispositif, code=code)
        due = due_among(echeance, {photo.candidature_id for photo in together}, at=at)
        still_due |= {photo.pk for photo in together if photo.candidature_id in due}
    return still_due
