"""The address where a provider of signatures posts its events. They are only kept: `handle_events` asks it later."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comptes.requests import PortalRequest
from referencement.connectors.prestataire import read_event
from referencement.operations.evenements import receive_event

LARGEST = 64 * 1024


@csrf_exempt
@login_not_required
@require_POST
def receive(request: PortalRequest) -> HttpResponse:
    """Keep an event; answer 202 even if it is known already, so that the provider stops sending it.

    404 when events are not configured, 403 for a wrong token, 400 for a body that is not an event.
    """
    token = settings.SIGNATURE["event_token"]
    if not token:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return HttpResponse(status=403)
    try:
        event = read_event(request.body if len(request.body) <= LARGEST else b"")
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    payload = {"id": event.event_id, "reference": event.reference}
    receive_event(event_id=event.event_id, reference=event.reference, payload=payload, at=request.at)
    return HttpResponse(status=202)
