"""Reading the help centre: what the public reads, and what the administrateur has to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import Sum

from candidatures.catalogue.aide import synonyms
from candidatures.catalogue.dispositifs import open_codes, specs_in_order
from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import FicheKind, Parcours, RessourceKind
from candidatures.models import FicheDAide, VersionDeFiche, VoteDAide
from candidatures.rules import aide as rules
from candidatures.rules import balisage
from candidatures.rules.aide_search import Document, Results, search

# What a version says: the fields that are compared when a file is loaded, or a form is sent.
SAID = (
    "dispositif_id",
    *(field for field in dict.fromkeys(sum(rules.FIELDS.values(), ())) if field != "dispositif"),
)


def said_by(version: VersionDeFiche) -> dict[str, Any]:
    return {name: getattr(version, name) for name in SAID}


@dataclass(frozen=True)
class Aide:
    """What the public reads, of one démarche or of all, in order."""

    versions: Sequence[VersionDeFiche]

    @property
    def codes(self) -> dict[str, str]:
        """The kind of each fiche, by its code: where a link within the help may lead."""
        return {version.fiche.code: version.fiche.kind for version in self.versions}

    def of_kind(self, kind: FicheKind) -> list[VersionDeFiche]:
        return [version for version in self.versions if version.fiche.kind == kind]

    def pages_of(self, parcours: Parcours) -> list[VersionDeFiche]:
        return [version for version in self.of_kind(FicheKind.PAGE) if version.parcours == parcours]

    def page(self, code: str) -> VersionDeFiche | None:
        return next((version for version in self.of_kind(FicheKind.PAGE) if version.fiche.code == code), None)

    def shown_at(self, ici: str) -> list[VersionDeFiche]:
        """Return what helps on one page of the portal: the pages, way by way, then the contacts, then the rest."""
        ways = ["", *Parcours.values]
        shown = [version for version in self.versions if ici in version.ici]
        return sorted(shown, key=lambda version: (_KINDS.index(version.fiche.kind), ways.index(version.parcours)))

    def ressources(self) -> list[tuple[str, list[VersionDeFiche]]]:
        """Return the ressources under the name of their nature."""
        known = self.of_kind(FicheKind.RESSOURCE)
        groups = [(nature.label, [row for row in known if row.nature == nature]) for nature in RessourceKind]
        return [(label, rows) for label, rows in groups if rows]

    def sessions(self, *, today: date) -> tuple[list[VersionDeFiche], list[VersionDeFiche], list[VersionDeFiche]]:
        """Return the sessions to come, what comes back every week, and the past sessions, the latest first."""
        known = self.of_kind(FicheKind.SESSION)
        weekly = [row for row in known if row.weekday is not None]
        dated = sorted((row for row in known if row.date is not None), key=lambda row: (row.date, row.ordre, row.pk))
        past = [row for row in dated if rules.is_over(row, today=today)]
        return [row for row in dated if row not in past], weekly, past[::-1]

    def matching(self, query: str) -> Results[VersionDeFiche]:
        return search(query, [Document(version, _texts(version)) for version in self.versions], synonyms())


def demarches_matching(query: str) -> Sequence[DispositifSpec]:
    """Return the open démarches whose profils, or whose structures, a search names: « EHPAD »."""
    documents = [
        Document(
            spec,
            {
                "titre": f"{spec.titre} {spec.couloir}",
                "mots": " ".join(chain(spec.profils, spec.profils.values(), *spec.structures.values())),
                "resume": spec.concerne,
            },
        )
        for spec in specs_in_order()
    ]
    results = search(query, documents, synonyms())
    return () if results.is_partial else results.subjects


_KINDS = (FicheKind.PAGE, FicheKind.CONTACT, FicheKind.RESSOURCE, FicheKind.SESSION)


def _texts(version: VersionDeFiche) -> Mapping[str, str]:
    extra = f"{version.mots} {version.question} {version.guichet}"
    return {
        "titre": version.titre,
        "mots": extra,
        "resume": f"{version.resume} {balisage.plain_text(version.ou_trouver)} {version.horaires}",
        "corps": balisage.plain_text(version.corps),
    }


def public_aide(demarche: str | None = None) -> Aide:
    """Return what the public reads: of one open démarche, or of all of them."""
    codes = open_codes()
    wanted = [demarche] if demarche in codes else codes
    rows = VersionDeFiche.objects.current().of_dispositifs(wanted).select_related("fiche", "dispositif")
    return Aide(list(rows.order_by("ordre", "titre", "pk")))


@dataclass(frozen=True)
class Kept:
    """A fiche as the administrateur sees it.

    :param latest: the version that would be published
    :param public: the version that the public reads, if any
    """

    latest: VersionDeFiche
    public: VersionDeFiche | None
    missing: tuple[str, ...]
    to_review: bool
    soon: bool
    votes: tuple[int, int] = (0, 0)

    @property
    def fiche(self) -> FicheDAide:
        return self.latest.fiche

    @property
    def is_draft(self) -> bool:
        return self.public != self.latest

    @property
    def changed_on_screen(self) -> bool:
        return self.latest.written_by_id is not None


def every_kept(*, today: date, portal: Collection[str]) -> list[Kept]:
    """Return every fiche, in the order of its kind and of its pages.

    :param portal: the names of the pages of the portal that a text may link to
    """
    versions = list(VersionDeFiche.objects.select_related("fiche", "dispositif").order_by("fiche", "numero"))
    latest = {version.fiche_id: version for version in versions}
    public = {version.fiche_id: version for version in versions if version.is_public}
    codes = {version.fiche.code for version in public.values()}
    votes = _votes()
    kept = [
        kept_of(version, public.get(key), codes, portal, today=today, votes=votes.get(key, (0, 0)))
        for key, version in latest.items()
    ]
    return sorted(kept, key=_order)


def kept_of(
    latest: VersionDeFiche,
    public: VersionDeFiche | None,
    codes: Collection[str],
    portal: Collection[str],
    *,
    today: date,
    votes: tuple[int, int] = (0, 0),
) -> Kept:
    """Return one fiche with what it lacks; a draft is judged as it would be published."""
    dead = dead_links(f"{latest.corps}\n\n{latest.ou_trouver}", codes, portal)
    missing = rules.missing_of(latest.fiche.kind, latest, today=today, dead=dead)
    return Kept(
        latest,
        public,
        tuple(missing),
        rules.is_to_review(latest.review_date, today=today),
        rules.is_soon_to_review(latest.review_date, today=today),
        votes,
    )


def dead_links(corps: str, codes: Collection[str], portal: Collection[str]) -> tuple[str, ...]:
    """Return the links within a text that lead to no public fiche nor page."""
    known = {*(f"aide:{code}" for code in codes), *(f"portail:{name}" for name in portal)}
    return tuple(link for link in balisage.links_within(corps) if link not in known)


def _order(kept: Kept) -> tuple[int, str, int, str]:
    parcours = [choice.value for choice in Parcours]
    place = parcours.index(kept.latest.parcours) if kept.latest.parcours else 0
    return _KINDS.index(kept.fiche.kind), f"{place:02}{kept.latest.nature}", kept.latest.ordre, kept.fiche.code


def _votes() -> dict[int, tuple[int, int]]:
    rows = VoteDAide.objects.order_by("fiche").values_list("fiche").annotate(Sum("yes"), Sum("no"))
    return {key: (yes, no) for key, yes, no in rows}


def votes_of(fiche: FicheDAide) -> tuple[int, int]:
    counted = VoteDAide.objects.filter(fiche=fiche).aggregate(yes=Sum("yes"), no=Sum("no"))
    return counted["yes"] or 0, counted["no"] or 0


def history_of(fiche: FicheDAide) -> list[VersionDeFiche]:
    """Return every version of a fiche, the latest first."""
    rows = fiche.versions.select_related("fiche", "dispositif", "written_by", "published_by", "ended_by")
    return list(rows.order_by("-numero"))


def counts(kept: Iterable[Kept]) -> Counter[str]:
    """Count what there is to do, by filter of the page that lists the fiches."""
    counted: Counter[str] = Counter()
    for row in kept:
        counted.update(name for name, holds in FILTERS.items() if holds(row))
    return counted


# What the page that lists the fiches may keep of them.
FILTERS: Mapping[str, Callable[[Kept], bool]] = {
    "a-revoir": lambda kept: kept.to_review,
    "manquent": lambda kept: bool(kept.missing) and kept.public is not None,
    "brouillons": lambda kept: kept.is_draft,
    "ecran": lambda kept: kept.changed_on_screen,
}
