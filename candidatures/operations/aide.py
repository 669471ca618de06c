"""Writing, publishing, withdrawing and loading the fiches of the help centre; counting the answers of its readers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from candidatures import permissions
from candidatures.catalogue.aide import FicheSpec
from candidatures.enums import Act, FicheKind
from candidatures.models import Dispositif, FicheDAide, VersionDeFiche, VoteDAide
from candidatures.queries.aide import SAID, said_by
from candidatures.rules import aide as rules
from comptes import journal
from comptes.dates import PARIS
from comptes.models import Compte
from comptes.operations.essais import charge
from comptes.rules.essais import Scope, TryCount
from comptes.rules.refusals import Misfilled, Refused


class FicheNotPossible(Refused):
    """The act on the fiche is refused."""


class FicheMisfilled(Misfilled):
    """What the fiche would say is refused."""


@transaction.atomic
def open_fiche(*, kind: FicheKind, code: str, values: Mapping[str, Any], by: Compte, at: datetime) -> VersionDeFiche:
    """Write the first version of a new fiche, as a draft.

    :raises FicheNotPossible: when `by` may not
    :raises FicheMisfilled: with what is wrong, by field
    """
    _refuse_others(by)
    faults = rules.faults_of(kind, values)
    if reason := rules.why_no_code(code):
        faults["code"] = reason
    elif FicheDAide.objects.filter(code=code).exists():
        faults["code"] = "Une fiche a déjà cette adresse."
    if faults:
        raise FicheMisfilled(faults)
    fiche = FicheDAide.objects.create(kind=kind, code=code)
    return _add(fiche, 1, values, by=by, at=at)


@transaction.atomic
def write_version(*, fiche_id: int, seen: int, values: Mapping[str, Any], by: Compte, at: datetime) -> VersionDeFiche:
    """Write the next version of a fiche, as a draft; what the public reads does not change.

    :param seen: the number of the latest version when the writer opened the page
    :raises FicheNotPossible: when `by` may not, somebody wrote in between, or nothing changed
    :raises FicheMisfilled: with what is wrong, by field
    """
    _refuse_others(by)
    fiche = FicheDAide.objects.select_for_update().get(pk=fiche_id)
    latest = fiche.versions.order_by("-numero")[0]
    if latest.numero != seen:
        raise FicheNotPossible(_who_wrote(latest))
    if faults := rules.faults_of(fiche.kind, values):
        raise FicheMisfilled(faults)
    if said_by(latest) == said_by(_made(fiche, values)):
        raise FicheNotPossible("Rien n’a changé\u00a0: aucune version n’est enregistrée.")
    return _add(fiche, latest.numero + 1, values, by=by, at=at)


def _who_wrote(latest: VersionDeFiche) -> str:
    who = latest.written_by.full_name if latest.written_by else "Le chargement des fichiers"
    return (
        f"{who} a enregistré entre-temps la version {latest.numero} de cette fiche. La vôtre n’est pas enregistrée"
        "\u00a0: elle reste affichée ci-dessous. Comparez-les, puis enregistrez de nouveau."
    )


@transaction.atomic
def publish_version(*, version_id: int, by: Compte, at: datetime) -> VersionDeFiche:
    """Show a version to the public, in place of the one that it reads.

    :raises FicheNotPossible: when `by` may not, or the version is not the latest, or it is public already
    """
    _refuse_others(by)
    version = VersionDeFiche.objects.select_related("fiche").get(pk=version_id)
    FicheDAide.objects.select_for_update().get(pk=version.fiche_id)
    version.refresh_from_db(fields=["published_at", "ended_at"])
    if version.numero != version.fiche.versions.order_by("-numero")[0].numero:
        raise FicheNotPossible("Une version plus récente existe\u00a0: publiez celle-là.")
    if version.is_public:
        raise FicheNotPossible("Cette version est déjà publiée.")
    _publish(version, by=by, at=at)
    _record(version, Act.AIDE_PUBLISHED, by=by, at=at)
    return version


@transaction.atomic
def withdraw_fiche(*, fiche_id: int, by: Compte, at: datetime) -> VersionDeFiche:
    """Take a fiche away from the public; its versions stay, and the latest can be published again.

    :raises FicheNotPossible: when `by` may not, or the public does not read it
    """
    _refuse_others(by)
    FicheDAide.objects.select_for_update().get(pk=fiche_id)
    version = VersionDeFiche.objects.current().select_related("fiche").filter(fiche=fiche_id).first()
    if version is None:
        raise FicheNotPossible("Cette fiche n’est pas publiée.")
    version.ended_at, version.ended_by = at, by
    version.save(update_fields=["ended_at", "ended_by"])
    _record(version, Act.AIDE_WITHDRAWN, by=by, at=at)
    return version


@transaction.atomic
def count_answer(*, fiche_id: int, helped: bool, place: str, at: datetime, machine: datetime) -> None:
    """Count an answer to « cette page vous a-t-elle aidé ? »; its author is not kept.

    :param place: of the client (`rules.essais.place_of`); beyond a few answers, it waits
    :param machine: the machine's own instant, by which it waits
    :raises comptes.operations.essais.TooManyTries: when it must wait
    """
    charge(counts=[TryCount(Scope.HELPED.value, place)], at=machine)
    day = at.astimezone(PARIS).date()
    VoteDAide.objects.bulk_create([VoteDAide(fiche_id=fiche_id, date=day)], ignore_conflicts=True)
    name = "yes" if helped else "no"
    VoteDAide.objects.filter(fiche=fiche_id, date=day).update(**{name: F(name) + 1})


# -- the files --------------------------------------------------------------------------------------------------------


@dataclass
class Loaded:
    """What a load did, by code: `kept` differ from their file because somebody changed them on screen."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)


@transaction.atomic
def load_aide(*, specs: Iterable[FicheSpec], at: datetime) -> Loaded:
    """Bring the help centre to what its files say; loaded again, they change nothing.

    A fiche that somebody wrote or withdrew on screen is left as it is, and reported. So is one that no file names any
    more. A fiche of a dispositif that is not loaded is left out.

    :raises FicheMisfilled: when a file says what nobody could type
    """
    loaded, named = Loaded(), set()
    new: list[tuple[FicheDAide, dict[str, Any]]] = []
    dispositifs = set(Dispositif.objects.values_list("code", flat=True))
    fiches = {fiche.code: fiche for fiche in FicheDAide.objects.select_for_update().order_by("pk")}
    latest, by_hand = _known_versions()
    for spec in specs:
        named.add(spec.code)
        values = _values(spec)
        if values.get("dispositif_id") and values["dispositif_id"] not in dispositifs:
            continue
        if spec.code in fiches:
            _load_fiche(spec, values, fiches, latest, by_hand, loaded, at)
        else:
            new.append((FicheDAide(kind=spec.kind, code=spec.code), values))
    _load_new(new, at)
    loaded.added = [fiche.code for fiche, _ in new]
    loaded.vanished = [code for code, fiche in fiches.items() if code not in named and fiche.pk not in by_hand]
    if loaded.added or loaded.changed:
        counted = {"ajoutees": len(loaded.added), "changees": len(loaded.changed)}
        journal.record(journal.PORTAIL, Act.AIDE_LOADED, on="aide:fichiers", by=None, at=at, **counted)
    return loaded


def _known_versions() -> tuple[dict[int, VersionDeFiche], set[int]]:
    """Return the latest version of each fiche, and the fiches on which somebody acted."""
    versions = list(VersionDeFiche.objects.order_by("numero", "pk"))
    acted = {version.fiche_id for version in versions if version.written_by_id or version.ended_by_id}
    return {version.fiche_id: version for version in versions}, acted


def _load_fiche(
    spec: FicheSpec,
    values: dict[str, Any],
    fiches: Mapping[str, FicheDAide],
    latest: Mapping[int, VersionDeFiche],
    by_hand: set[int],
    loaded: Loaded,
    at: datetime,
) -> None:
    fiche = fiches[spec.code]
    former = latest[fiche.pk]
    if said_by(former) == said_by(_made(fiche, values)):
        return
    if fiche.pk in by_hand:
        loaded.kept.append(spec.code)
        return
    _publish(_add(fiche, former.numero + 1, values, by=None, at=at), by=None, at=at)
    loaded.changed.append(spec.code)


def _load_new(new: list[tuple[FicheDAide, dict[str, Any]]], at: datetime) -> None:
    """Publish the first version of the fiches that only the files know."""
    FicheDAide.objects.bulk_create([fiche for fiche, _ in new])
    versions = [_made(fiche, values) for fiche, values in new]
    for version in versions:
        version.numero, version.written_at, version.published_at = 1, at, at
    VersionDeFiche.objects.bulk_create(versions)


def _values(spec: FicheSpec) -> dict[str, Any]:
    values = rules.normalised(spec.values)
    faults = rules.faults_of(spec.kind, values)
    strange = sorted(values.keys() - set(rules.FIELDS[spec.kind]))
    if reason := rules.why_no_code(spec.code):
        faults["code"] = reason
    if strange:
        faults[""] = f"Ces clés ne vont pas à cette sorte de fiche\u00a0: {', '.join(strange)}."
    if faults:
        raise FicheMisfilled({name: f"{spec.code}, {name}\u00a0: {sentence}" for name, sentence in faults.items()})
    values["dispositif_id"] = values.pop("dispositif", None)
    return values


# -- in common --------------------------------------------------------------------------------------------------------


def _made(fiche: FicheDAide, values: Mapping[str, Any]) -> VersionDeFiche:
    """Return a version that is not saved, with its texts as they would be kept."""
    version = VersionDeFiche(fiche=fiche, **{name: value for name, value in values.items() if name in SAID})
    for column in version._meta.concrete_fields:
        if column.attname in SAID:
            setattr(version, column.attname, column.to_python(getattr(version, column.attname)))
    return version


def _add(
    fiche: FicheDAide, numero: int, values: Mapping[str, Any], *, by: Compte | None, at: datetime
) -> VersionDeFiche:
    version = _made(fiche, values)
    version.numero, version.written_at, version.written_by = numero, at, by
    version.save()
    if by is not None:
        _record(version, Act.AIDE_WRITTEN, by=by, at=at)
    return version


def _publish(version: VersionDeFiche, *, by: Compte | None, at: datetime) -> None:
    public = VersionDeFiche.objects.current().filter(fiche=version.fiche_id).exclude(pk=version.pk)
    public.update(ended_at=at, ended_by=by)
    version.published_at, version.published_by = at, by
    version.ended_at, version.ended_by = None, None
    version.save(update_fields=["published_at", "published_by", "ended_at", "ended_by"])


def _record(version: VersionDeFiche, act: Act, *, by: Compte, at: datetime) -> None:
    on, title = f"aide:{version.fiche.code}", version.titre
    journal.record(journal.PORTAIL, act, on=on, by=by, at=at, fiche=title, version=version.numero)


def _refuse_others(by: Compte) -> None:
    if not permissions.keeps_aide(by):
        raise FicheNotPossible("Seul un administrateur du portail tient le centre d’aide.")
