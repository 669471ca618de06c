"""The tables of équivalences: sending, publishing and discarding one; telling each team what they change for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F

from candidatures.models import Candidature, Dispositif
from candidatures.operations.telling import tell_the_team
from comptes import journal
from comptes.dates import day_in_figures
from comptes.models import Compte
from preuves.catalogue.equivalences import TableSpec
from preuves.catalogue.unseen import Warned
from preuves.enums import Act
from preuves.models import Chapitre, Equivalence, EquivalenceDite, ImportDEquivalences, VersionDEquivalences
from preuves.models.chapitre import WAITING
from preuves.queries.dossier import Dossier, dossier_of
from preuves.queries.equivalences_dites import ToTell, to_tell_of
from preuves.queries.imports_equivalences import reading_of
from preuves.queries.tables import latest_table

from .dossiers import reopen_what_lacks
from .imports import (
    discard,
    keep_published,
    keep_workbook,
    locked_pending,
    refuse_what_was_not_confirmed,
    refuse_what_was_not_previewed,
    refuse_who_sent_it,
)
from .locking import locked_candidature
from .rem import keep_confirmed, refuse_a_day_that_is_over, refuse_the_day_of_a_withdrawn_one


def send_equivalences(
    *, source: str, cible: str, workbook: UploadedFile[bytes], date: date, by: Compte, at: datetime
) -> ImportDEquivalences:
    """Keep a workbook of équivalences to be previewed; a constraint requires two different dispositifs."""
    sent = ImportDEquivalences(
        source=Dispositif.objects.get(code=source),
        cible=Dispositif.objects.get(code=cible),
        date=date,
        sent_at=at,
        sent_by=by,
    )
    return keep_workbook(sent=sent, workbook=workbook, folder="equivalences")


@transaction.atomic
def publish_equivalences_import(
    *, import_id: int, seen: str, latest_id: int, confirmed: Collection[str] = (), by: Compte, at: datetime
) -> VersionDEquivalences:
    """Publish what was previewed, and nothing else; whoever sent the workbook leaves that to somebody else.

    :param seen: the sha256 of the content that the preview showed
    :param latest_id: the version that the preview compared it with, 0 for none
    :param confirmed: the keys of the warnings that were ticked
    :raises ImportClosed: once published or discarded
    :raises RemNotPublishable: when something blocks, is not confirmed, changes nothing, or is not what was previewed
    """
    sent = locked_pending(model=ImportDEquivalences, import_id=import_id)
    lock_dispositifs(codes=(sent.source_id, sent.cible_id))
    reading = reading_of(sent)
    latest = latest_table(sent.source_id, sent.cible_id)
    refuse_what_was_not_previewed(reading=reading, latest=latest, seen=seen, latest_id=latest_id)
    refuse_what_was_not_confirmed(reading=reading, confirmed=confirmed)
    refuse_who_sent_it(sent=sent, by=by)
    version, is_new = publish_equivalences(
        source=sent.source_id,
        cible=sent.cible_id,
        spec=reading.spec,
        confirmed=reading.warned,
        date=sent.date,
        by=by,
        at=at,
    )
    sent.published = version
    keep_published(sent=sent, is_new=is_new)
    return version


@transaction.atomic
def publish_equivalences(
    *,
    source: str,
    cible: str,
    spec: TableSpec,
    confirmed: Sequence[Warned] = (),
    date: date,
    by: Compte | None,
    at: datetime,
) -> tuple[VersionDEquivalences, bool]:
    """Publish a whole table; publishing the content of the latest one again changes nothing.

    :param confirmed: what the eye does not see in the workbook, and that the person who publishes confirmed
    :param date: the civil day that names the version
    :param by: None when the operator publishes it from a terminal
    :return: the version, and whether it is new
    :raises Dispositif.DoesNotExist: when one of the two is not loaded
    :raises RemNotPublishable: when a later version exists, or that day already has another content
    """
    lock_dispositifs(codes=(source, cible))
    latest = latest_table(source, cible)
    if latest and latest.sha256 == spec.sha256:
        return latest, False
    refuse_a_day_that_is_over(latest=latest, date=date)
    of_the_pair = VersionDEquivalences.objects.filter(source=source, cible=cible)
    refuse_the_day_of_a_withdrawn_one(versions=of_the_pair, date=date)
    version = VersionDEquivalences.objects.create(
        source_id=source, cible_id=cible, date=date, sha256=spec.sha256, published_at=at, published_by=by
    )
    Equivalence.objects.bulk_create(
        Equivalence(
            version=version,
            source=line.source,
            cible=line.cible,
            profils=list(line.profils),
            note=line.note,
            rank=rank,
        )
        for rank, line in enumerate(spec.lines, start=1)
    )
    journal.record(
        journal.PORTAIL,
        Act.EQUIVALENCES_PUBLISHED,
        on=f"equivalences:{source}/{cible}/{date.isoformat()}",
        by=by,
        at=at,
        source=source,
        cible=cible,
        date=day_in_figures(date),
        sha256=spec.sha256,
    )
    keep_confirmed(on=f"equivalences:{source}/{cible}/{date.isoformat()}", confirmed=confirmed, by=by, at=at)
    return version, True


def lock_dispositifs(*, codes: Collection[str]) -> None:
    """Lock both dispositifs, always in the same order, so that no REM and no table is published meanwhile."""
    for code in sorted(codes):
        Dispositif.objects.select_for_update(no_key=True).get(code=code)


@transaction.atomic
def discard_equivalences_import(*, import_id: int, by: Compte, at: datetime) -> ImportDEquivalences:
    """Discard a workbook: it stays in the history, and can never be published.

    :raises ImportClosed: once published or discarded
    """
    sent = locked_pending(model=ImportDEquivalences, import_id=import_id)
    discard(sent=sent, by=by, at=at)
    journal.record(
        journal.PORTAIL,
        Act.EQUIVALENCES_IMPORT_DISCARDED,
        on=f"import_d_equivalences:{sent.pk}",
        by=by,
        at=at,
        numero=sent.pk,
        date=day_in_figures(sent.date),
        source=sent.source_id,
        cible=sent.cible_id,
    )
    return sent


# -- what a team is told ----------------------------------------------------------------------------------------------


@transaction.atomic
def tell_of_equivalences(*, candidature_id: int, at: datetime) -> ToTell:
    """Notify a team, once, of the équivalences that now hold and of those that ended; open again what is then missing.

    An approved chapitre opens again; one that is being read gets a new version, so that its instructeur reads it again.
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    to_tell = to_tell_of([candidature])[candidature.pk]
    dossier = dossier_of(candidature) if to_tell else None
    if dossier is None:
        return ToTell({}, {})
    if to_tell.ended:
        _end(candidature, dossier, to_tell.ended, at=at)
    if to_tell.granted:
        _grant(candidature, dossier, to_tell, at=at)
    return to_tell


def _grant(candidature: Candidature, dossier: Dossier, to_tell: ToTell, *, at: datetime) -> None:
    EquivalenceDite.objects.bulk_create(
        EquivalenceDite(
            candidature=candidature, numero=numero, nru=equivalent.nru, numero_source=equivalent.numero, told_at=at
        )
        for numero, equivalent in to_tell.granted.items()
    )
    dispensed = [numero for numero in to_tell.granted if _is_equivalent(dossier, numero)]
    if dispensed:
        _record(candidature, Act.EQUIVALENCES_GRANTED, dispensed, at=at)
        _tell(candidature, "preuves.equivalences_granted", at=at)


def _end(candidature: Candidature, dossier: Dossier, ended: Mapping[str, str], *, at: datetime) -> None:
    rows = list(EquivalenceDite.objects.filter(candidature=candidature, ended_at=None, numero__in=ended).order_by("pk"))
    for row in rows:
        row.ended_at, row.reason = at, ended[row.numero]
    EquivalenceDite.objects.bulk_update(rows, ["ended_at", "reason"])
    due = [row.numero for row in rows if row.numero in dossier.exigibilites and dossier.exigibilites[row.numero].is_due]
    for reason in dict.fromkeys(ended[numero] for numero in due):
        ended_together = [numero for numero in due if ended[numero] == reason]
        _record(candidature, Act.EQUIVALENCES_ENDED, ended_together, at=at, motif=reason)
    if due:
        _show_to_the_reader(dossier, due)
        reopen_what_lacks(candidature=candidature, by=None, at=at, reason="une équivalence ne s’applique plus")
        _tell(candidature, "preuves.equivalences_ended", at=at)


def _is_equivalent(dossier: Dossier, numero: str) -> bool:
    exigibilite = dossier.exigibilites.get(numero)
    return exigibilite is not None and exigibilite.equivalent is not None


def _show_to_the_reader(dossier: Dossier, numeros: Collection[str]) -> None:
    """Increment the version of the chapitres being read: nobody then approves one without seeing what it now asks."""
    codes = {dossier.exigibilites[numero].chapitre for numero in numeros}
    if dossier.row:
        held = Chapitre.objects.filter(dossier=dossier.row, code__in=codes, state__in=WAITING)
        held.update(version=F("version") + 1)


def _record(candidature: Candidature, act: Act, numeros: Collection[str], *, at: datetime, **params: str) -> None:
    on = f"dossier:{candidature.nru}"
    journal.record(candidature.chain, act, on=on, by=None, at=at, preuves=", ".join(sorted(numeros)), **params)


def _tell(candidature: Candidature, kind: str, *, at: datetime) -> None:
    on, occurrence = f"dossier:{candidature.nru}", at.isoformat()
    tell_the_team(candidature=candidature, kind=kind, on=on, occurrence=occurrence, at=at)
