"""Alarm clocks: take up what an absent broker or antivirus left, remove what a dead process left, tidy up the rest."""

import logging
from datetime import timedelta
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from candidatures.models import Piece
from candidatures.models.piece import PrivateStorage
from comptes import clock
from comptes.dates import PARIS
from comptes.models import Compte
from preuves import effects
from preuves.connectors.arrivals import ENDING
from preuves.connectors.bucket import BucketAway
from preuves.connectors.clamd import Clamd, ScanFailed
from preuves.enums import AnalyseState
from preuves.models import Envoi, ExportDeDossier, FichierAttendu, PartieRecue, SecondeLecture
from preuves.operations.attentes import settle_soumission
from preuves.operations.dossiers import reopen_after_new_profils
from preuves.operations.envois import abandon_envoi, follow_envoi
from preuves.operations.envois import settle_envoi as verify_arrived
from preuves.operations.equivalences import tell_of_equivalences
from preuves.operations.exports import remove_export
from preuves.operations.illisibles import hand_back_unreadable, tell_of_unreadable
from preuves.operations.parties import PartieRefused
from preuves.operations.secondes_lectures import remind_expert
from preuves.queries.chapitres import candidatures_presented_anew
from preuves.queries.echecs import given_up
from preuves.queries.envois import soumissions_to_settle
from preuves.queries.equivalences_dites import candidatures_to_tell
from preuves.queries.illisibles import revisions_to_tell_of
from preuves.queries.imports import large_to_read
from preuves.queries.lectures import ocr, pieces_to_read
from preuves.queries.sondes import (
    chapitres_with_unreadable,
    pieces_not_probed,
    pieces_to_copy,
    pieces_to_probe_again,
)
from preuves.queries.stored import orphans
from preuves.rules.fichiers import PDF
from preuves.rules.secondes_lectures import SOON

logger = logging.getLogger(__name__)

# What no worker took before the next ring is handed out again then, and not twice: a queue that waits does not grow.
RING = 60
BATCH = 200
AGAIN = 50  # scanned again in ten minutes: a new file does not wait behind all the old ones
# No upload lasts so long: a proxy would have cut it.
OLD = timedelta(hours=6)
FORGOTTEN = timedelta(days=7)
LONGEST_COPY = timedelta(minutes=40)  # then the worker that made the copy of a dossier was killed


@shared_task
def take_up_pieces() -> int:
    """Scan and draw the pièces that still wait for it."""
    waiting = Piece.objects.order_by("pk").values_list("pk", flat=True)
    unscanned = waiting.filter(analyse=None).exclude(pk__in=given_up(effects.scan_piece.name))[:BATCH]
    drawable = waiting.filter(content_type=PDF, apercu=None)
    undrawn = drawable.exclude(pk__in=given_up(effects.draw_pages.name))[:BATCH]
    for piece_id in unscanned:
        effects.scan_piece.apply_async((piece_id,), expires=RING)
    for piece_id in undrawn:
        effects.draw_pages.apply_async((piece_id,), expires=RING)
    return len(unscanned) + len(undrawn)


@shared_task
def take_up_imports() -> int:
    """Read the large workbooks that wait for it, or that must be read again."""
    waiting = large_to_read()[:BATCH]
    for import_id in waiting:
        effects.read_import.apply_async((import_id,), expires=RING)
    return len(waiting)


@shared_task
def take_up_exports() -> int:
    """Make the copies of dossiers that no worker made, and remove those whose time is over."""
    now = clock.now()
    lost = Q(begun_at=None, asked_at__lt=now - timedelta(seconds=RING)) | Q(begun_at__lt=now - LONGEST_COPY)
    waiting = ExportDeDossier.objects.filter(lost, ready_at=None, failed_at=None)
    left = list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH])
    for export_id in left:
        effects.make_export.apply_async((export_id,), expires=RING)
    over = ExportDeDossier.objects.filter(until__lte=now).exclude(file="")
    for export_id in over.order_by("pk").values_list("pk", flat=True)[:BATCH]:
        remove_export(export_id=export_id, at=now)
    return len(left)


@shared_task
def scan_again() -> int:
    """Have scanned again, the oldest first, what was clean or not scanned with other signatures than today's."""
    if settings.CLAMD_URL in ("", effects.UNSCANNED):
        return 0
    try:
        today = Clamd(settings.CLAMD_URL).version()[:100]
    except ScanFailed:
        return 0
    older = Piece.objects.filter(analyse__state__in=[AnalyseState.CLEAN, AnalyseState.NOT_SCANNED])
    older = older.exclude(analyse__signatures=today).exclude(pk__in=given_up(effects.scan_again.name))
    waiting = older.order_by("analyse__analysed_at", "pk").values_list("pk", flat=True)[:AGAIN]
    for piece_id in waiting:
        effects.scan_again.apply_async((piece_id,), expires=600)
    return len(waiting)


@shared_task
def settle_envoi(envoi_id: int) -> None:
    """Verify a file that has arrived whole."""
    verify_arrived(envoi_id=envoi_id, at=clock.now())


@shared_task
def take_up_envois() -> int:
    """Verify the files that arrived, and that no worker took."""
    arrived = Envoi.objects.filter(arrived_at__isnull=False, settled_at=None)
    tried = arrived.exclude(pk__in=given_up(settle_envoi.name))
    waiting = tried.order_by("pk").values_list("pk", flat=True)[:BATCH]
    for envoi_id in waiting:
        settle_envoi.apply_async((envoi_id,), expires=RING)
    return len(waiting)


@shared_task
def follow_envois() -> int:
    """Ask the bucket of the files that a deposit awaits: a browser may have died after the last part."""
    awaited = Envoi.objects.filter(Exists(FichierAttendu.objects.filter(envoi=OuterRef("pk"))), arrived_at=None)
    travelling = awaited.exclude(upload_id="").order_by("pk").values_list("pk", flat=True)[:BATCH]
    for envoi_id in travelling:
        try:
            follow_envoi(envoi_id=envoi_id, at=clock.now())
        except (PartieRefused, Envoi.DoesNotExist):
            logger.info("Envoi %s was abandoned meanwhile.", envoi_id)
        except BucketAway as failure:
            logger.warning("The bucket does not answer; the next ring will ask again: %s", failure)
            break
    return len(travelling)


@shared_task
def take_up_probes() -> int:
    """Open the contents that still wait for it, and convert those that a browser does not show."""
    now = clock.now()
    again = pieces_to_probe_again(on=settings.PROBES, at=now).order_by("pk").values_list("pk", flat=True)[:BATCH]
    waiting = pieces_not_probed().order_by("pk").values_list("pk", flat=True)[:BATCH]
    to_copy = pieces_to_copy(at=now).order_by("pk").values_list("pk", flat=True)[:BATCH]
    for piece_id in [*waiting, *again]:
        effects.probe_piece.apply_async((piece_id,), expires=RING)
    for piece_id in to_copy:
        effects.copy_piece.apply_async((piece_id,), expires=RING)
    return len(waiting) + len(again) + len(to_copy)


@shared_task
def take_up_readings() -> int:
    """Read the contents that still wait for it."""
    to_read = pieces_to_read(probes=settings.PROBES, has_ocr=bool(ocr()), at=clock.now())
    waiting = to_read.order_by("pk").values_list("pk", flat=True)[:BATCH]
    for piece_id in waiting:
        effects.read_piece.apply_async((piece_id,), expires=RING)
    return len(waiting)


@shared_task
def settle_soumissions() -> int:
    """Look at the submissions that await files: those whose time is over fall."""
    believed = timedelta(seconds=settings.STAMP_BELIEVED_FOR if settings.TRUSTED_PROXIES else 0)
    waiting = soumissions_to_settle(most=BATCH)
    for soumission_id in waiting:
        settle_soumission(soumission_id=soumission_id, at=clock.now(), believed=believed)
    return len(waiting)


@shared_task
def return_unreadable() -> int:
    """Give back the submitted chapitres, not read yet, of which a file was found not to open; count them."""
    waiting = chapitres_with_unreadable().order_by("pk").values_list("pk", flat=True)
    return sum(bool(hand_back_unreadable(chapitre_id=pk, at=clock.now())) for pk in waiting)


@shared_task
def tell_of_unreadable_files() -> int:
    """Tell whoever holds a chapitre that a file of it was found not to open; count these deposits."""
    waiting = list(revisions_to_tell_of().order_by("pk").values_list("pk", flat=True)[:BATCH])
    for revision_id in waiting:
        tell_of_unreadable(revision_id=revision_id, at=clock.now())
    return len(waiting)


@shared_task
def remove_leftovers() -> int:
    """Remove what an upload that was killed left in the folder of arrivals, and the files that no envoi awaits."""
    folder, removed = Path(settings.ARRIVALS_ROOT), 0
    limit = (clock.machine_now() - OLD).timestamp()
    awaited = set(Envoi.objects.filter(settled_at=None).order_by().values_list("stored_as", flat=True))
    for file in [*folder.glob("*.part"), *folder.glob(f"*{ENDING}")]:
        if file.stat().st_mtime < limit and file.name not in awaited:
            file.unlink(missing_ok=True)
            removed += 1
    return removed


@shared_task
def forget_envois() -> int:
    """Forget the files that were declared, and that nobody deposited nor went on sending for a week."""
    limit = clock.now() - FORGOTTEN
    late = Envoi.objects.filter(arrived_at=None, declared_at__lt=limit, awaited=None)
    idle = late.exclude(Exists(PartieRecue.objects.filter(envoi=OuterRef("pk"), received_at__gte=limit)))
    forgotten = list(idle.order_by("pk").values_list("pk", flat=True)[:BATCH])
    for envoi_id in forgotten:
        abandon_envoi(envoi_id=envoi_id)
    return len(forgotten)


@shared_task
def remove_orphans() -> int:
    """Remove the stored files that no row names, once they are old: nothing will ever name them."""
    names = orphans(at=clock.machine_now())
    for name in names:
        PrivateStorage().delete(name)
    if names:
        logger.warning("%s files that no row named were removed.", len(names))
    return len(names)


@shared_task
def reopen_chapitres() -> int:
    """Open again the approved chapitres that an éligibilité handed over since makes incomplete."""
    reopened = 0
    for candidature_id, compte_id in candidatures_presented_anew():
        by = Compte.objects.get(pk=compte_id)
        reopened += len(reopen_after_new_profils(candidature_id=candidature_id, by=by, at=clock.now()))
    return reopened


@shared_task
def follow_equivalences() -> int:
    """Tell each team which équivalences now hold for it, and which do not any more; count these teams."""
    return sum(bool(tell_of_equivalences(candidature_id=pk, at=clock.now())) for pk in candidatures_to_tell())


@shared_task
def remind_experts() -> int:
    """Remind the experts of the second readings whose day comes, or is past; count these readings."""
    now = clock.now()
    due = SecondeLecture.objects.live().filter(before__lte=(now + SOON).astimezone(PARIS).date())
    waiting = list(due.order_by("pk").values_list("pk", flat=True))
    for lecture_id in waiting:
        remind_expert(lecture_id=lecture_id, at=now)
    return len(waiting)
