"""The periodic tasks of phase 3. Each may run late, or twice, without doing anything twice."""

import logging

from celery import shared_task

from candidatures.catalogue.dispositifs import open_codes
from comptes import clock
from referencement import effects
from referencement.connectors.prestataire import ProviderUnreachable
from referencement.enums import FichierStage, Prestataire
from referencement.models import Convention, Document, EvenementDeSignature, ProcedureDeSignature
from referencement.operations import photos as photos_operations
from referencement.operations import pilotage as pilotage_operations
from referencement.operations import tours as tours_operations
from referencement.operations.autorisations import settle_autorisation
from referencement.operations.conventions import CANCELLABLE, cancel_if_stale
from referencement.operations.durees import measure_durations as measure_of
from referencement.operations.evenements import CLOSED, SIGNED, UNKNOWN, record_status, settle_event
from referencement.operations.rappels import recall_echeance
from referencement.queries.autorisations import candidatures_to_authorize
from referencement.queries.photos import candidatures_to_photograph, moments_to_photograph
from referencement.queries.rappels import chunks_to_recall, echeances_to_recall

logger = logging.getLogger(__name__)

# Seconds after which a queued print expires: the next run queues it again, so that the queue does not grow.
RING = 60
BATCH = 200
# The greatest number of candidatures photographed in one transaction, and in one run.
CHUNK, MOST_PHOTOS = 50, 5000
# The greatest number of turns written again in one transaction, and in one run.
TOURS, MOST_TOURS = 100, 5000
# The greatest number of candidatures whose risks are computed in one run.
MOST_RISQUES = 500


@shared_task
def post_reminders() -> int:
    """Post the reminders of the échéances that are near, each once; return how many."""
    at = clock.now()
    return sum(
        recall_echeance(echeance_id=echeance.pk, candidatures=chunk, at=at)
        for echeance in echeances_to_recall()
        for chunk in chunks_to_recall(echeance, at=at)
    )


@shared_task
def print_pending_documents() -> int:
    """Queue the printing of the documents that have no file yet; return how many."""
    pending = Document.objects.exclude(fichiers__stage=FichierStage.PRINTED).order_by("pk")
    ids = list(pending.values_list("pk", flat=True)[:BATCH])
    for document_id in ids:
        effects.print_document.apply_async((document_id,), expires=RING)
    return len(ids)


@shared_task
def settle_autorisations() -> int:
    """Issue or end the autorisations that no longer match their prerequisite chapitre; return how many were checked."""
    waiting = candidatures_to_authorize(most=BATCH)
    for candidature_id in waiting:
        settle_autorisation(candidature_id=candidature_id, at=clock.now())
    return len(waiting)


@shared_task
def cancel_stale_conventions() -> int:
    """Cancel the conventions whose quotes are no longer true; return how many."""
    ids = Convention.objects.filter(state__in=CANCELLABLE).order_by("pk").values_list("pk", flat=True)
    return sum(cancel_if_stale(convention_id=convention_id, at=clock.now()) for convention_id in ids.iterator())


@shared_task
def take_photos() -> int:
    """Photograph the candidatures at the échéances that have passed; return how many.

    Each chunk is a transaction: if a run stops, the next one goes on from there.
    """
    at, taken = clock.now(), 0
    for moment in moments_to_photograph(at=at):
        left = candidatures_to_photograph(moment, most=MOST_PHOTOS - taken)
        for start in range(0, len(left), CHUNK):
            chunk = left[start : start + CHUNK]
            taken += len(photos_operations.take_photos(moment=moment, candidature_ids=chunk, at=at))
    return taken


@shared_task
def refresh_tours() -> int:
    """Write again the turns that time has made wrong, up to `MOST_TOURS`, and sum their counts; return how many."""
    looked_at = 0
    while projected := tours_operations.refresh_tours(most=TOURS, at=clock.now()):
        looked_at += projected
        if looked_at >= MOST_TOURS:
            break
    tours_operations.fold_counts()
    return looked_at


@shared_task
def measure_durations() -> int:
    """Measure how long the steps of the path have lasted in each dispositif; return how many dispositifs."""
    codes = sorted(open_codes())
    for code in codes:
        measure_of(dispositif=code, at=clock.now())
    return len(codes)


@shared_task
def compute_risques() -> int:
    """Compute again what échéances risk, where it was computed long ago, up to `MOST_RISQUES`; return how many."""
    at = clock.now()
    pilotage_operations.forget_risques()
    stale = pilotage_operations.stale_risques(most=MOST_RISQUES, at=at)
    for candidature_id in stale:
        pilotage_operations.compute_risques(candidature_id=candidature_id, at=at)
    return len(stale)


@shared_task
def measure_pilotage() -> int:
    """Count what each dispositif has done lately, for those who steer; return how many dispositifs."""
    codes = sorted(open_codes())
    for code in codes:
        pilotage_operations.measure_pilotage(dispositif=code, at=clock.now())
    return len(codes)


@shared_task
def handle_events() -> int:
    """Ask the provider about each procedure that an event named; return how many events are settled.

    Those about which it does not answer wait for the next run.
    """
    waiting = EvenementDeSignature.objects.filter(handled_at=None).order_by("received_at", "pk")[:BATCH]
    return sum(_handle(evenement) for evenement in waiting)


def _handle(evenement: EvenementDeSignature) -> int:
    outcome = UNKNOWN
    if evenement.procedure_id:
        outcome = _ask_again(evenement.procedure_id)
    if outcome:
        settle_event(evenement_id=evenement.pk, outcome=outcome, at=clock.now())
    return int(bool(outcome))


@shared_task
def reconcile_signatures() -> int:
    """Ask the provider about every open procedure, since an event or an invitation may have been lost.

    :return: how many signatures were found
    """
    waiting = ProcedureDeSignature.objects.filter(provider=Prestataire.EXTERNAL, closed_at=None).order_by("pk")
    return sum(_ask_again(procedure_id) == SIGNED for procedure_id in waiting.values_list("pk", flat=True))


def _ask_again(procedure_id: int) -> str:
    """Ask the provider about one procedure, and return what followed, in French; "" when it does not answer."""
    procedure = ProcedureDeSignature.objects.get(pk=procedure_id)
    if procedure.closed_at or procedure.provider != Prestataire.EXTERNAL:
        return CLOSED
    try:
        status = effects.provider().fetch(procedure.reference)
    except ProviderUnreachable as failure:
        logger.warning("Procedure %s is not known: %s", procedure_id, failure)
        return ""
    if status.state == "unknown":
        effects.invite.delay(procedure_id)
    return record_status(procedure_id=procedure_id, status=status, at=clock.now())
