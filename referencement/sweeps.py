"""Alarm clocks of phase 3: recall what is due, print what an absent broker left, cancel what no longer holds."""

import logging

from celery import shared_task

from comptes import clock
from referencement import effects
from referencement.connectors.prestataire import ProviderUnreachable
from referencement.enums import FichierStage, Prestataire
from referencement.models import Convention, Document, EvenementDeSignature, ProcedureDeSignature
from referencement.operations import photos as photos_operations
from referencement.operations import tours as tours_operations
from referencement.operations.autorisations import settle_autorisation
from referencement.operations.conventions import CANCELLABLE, cancel_if_stale
from referencement.operations.evenements import CLOSED, SIGNED, UNKNOWN, record_status, settle_event
from referencement.operations.rappels import recall_echeance
from referencement.queries.autorisations import candidatures_to_authorize
from referencement.queries.photos import candidatures_to_photograph, moments_to_photograph
from referencement.queries.rappels import chunks_to_recall, echeances_to_recall

logger = logging.getLogger(__name__)

# What no worker took before the next ring is handed out again then, and not twice: a queue that waits does not grow.
RING = 60
BATCH = 200
# How many candidatures are photographed in one transaction, and in one run.
CHUNK, MOST_PHOTOS = 50, 5000
# How many turns are looked at again in one transaction, and in one run.
TOURS, MOST_TOURS = 100, 5000


@shared_task
def post_reminders() -> int:
    """Recall each échéance that is near to those who can still do what it asks; run again, late or twice, no more."""
    at = clock.now()
    return sum(
        recall_echeance(echeance_id=echeance.pk, candidatures=chunk, at=at)
        for echeance in echeances_to_recall()
        for chunk in chunks_to_recall(echeance, at=at)
    )


@shared_task
def print_pending_documents() -> int:
    """Print the documents that were issued, and have no file yet."""
    pending = Document.objects.exclude(fichiers__stage=FichierStage.PRINTED).order_by("pk")
    ids = list(pending.values_list("pk", flat=True)[:BATCH])
    for document_id in ids:
        effects.print_document.apply_async((document_id,), expires=RING)
    return len(ids)


@shared_task
def settle_autorisations() -> int:
    """Issue the access to the CNDA's tests when the prerequisite chapitre is approved; end it when that one reopens."""
    waiting = candidatures_to_authorize(most=BATCH)
    for candidature_id in waiting:
        settle_autorisation(candidature_id=candidature_id, at=clock.now())
    return len(waiting)


@shared_task
def cancel_stale_conventions() -> int:
    """Cancel the conventions that quote what is no longer true."""
    ids = Convention.objects.filter(state__in=CANCELLABLE).order_by("pk").values_list("pk", flat=True)
    return sum(cancel_if_stale(convention_id=one, at=clock.now()) for one in ids.iterator())


@shared_task
def take_photos() -> int:
    """Take the photos of the échéances that passed; a run that stops leaves whole chunks, and the next one goes on."""
    at, taken = clock.now(), 0
    for moment in moments_to_photograph(at=at):
        left = candidatures_to_photograph(moment, most=MOST_PHOTOS - taken)
        for start in range(0, len(left), CHUNK):
            chunk = left[start : start + CHUNK]
            taken += len(photos_operations.take_photos(moment=moment, candidature_ids=chunk, at=at))
    return taken


@shared_task
def refresh_tours() -> int:
    """Keep true whose turn it is where no act moved it; what a run leaves, the next one takes."""
    looked_at = 0
    while found := tours_operations.refresh_tours(most=TOURS, at=clock.now()):
        looked_at += found
        if looked_at >= MOST_TOURS:
            break
    return looked_at


@shared_task
def handle_events() -> int:
    """Ask the provider about each procedure that an event named; what it does not answer waits for the next time."""
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
    """Ask the provider about every signature that is waited for: an event may have been lost, and an invitation too."""
    waiting = ProcedureDeSignature.objects.filter(provider=Prestataire.EXTERNAL, closed_at=None).order_by("pk")
    return sum(_ask_again(procedure_id) == SIGNED for procedure_id in waiting.values_list("pk", flat=True))


def _ask_again(procedure_id: int) -> str:
    """Take account of what the provider says now; empty when it does not answer."""
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
