"""Files that come part by part: declared, sent, cut and taken up again, by a page or a program, in JSON."""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.http import require_http_methods, require_POST

from candidatures import permissions
from candidatures.models import Candidature
from candidatures.rules.formats import HEAD
from candidatures.views.access import find_candidature
from comptes.canonical import object_in
from comptes.requests import PortalRequest
from preuves.connectors.bucket import BucketAway
from preuves.enums import Nature
from preuves.models import Envoi
from preuves.operations.envois import (
    EnvoiNotAbandoned,
    EnvoiNotDeclared,
    abandon_envoi,
    declare_envoi,
    door_of_part,
    follow_envoi,
)
from preuves.operations.parties import PartieCut, PartieRefused, receive_parts
from preuves.queries.envois import missing_parts, seen_envoi
from preuves.rules.envois import Annonce

AWAY = "Le serveur de fichiers ne répond pas : l’envoi continuera automatiquement."
CUT = "La connexion a été coupée\u00a0: l’envoi reprendra de lui-même."
UNREADABLE = "L’envoi de ce fichier n’a pas pu commencer : rechargez la page, puis choisissez-le de nouveau."


@require_POST
def declare(request: PortalRequest, nru: str) -> JsonResponse:
    """Open the way to a file: `{"nature", "nom", "taille", "partie", "empreintes", "debut"}`, the last in base64."""
    candidature = _find(request, nru)
    try:
        nature, annonce = _read(request)
    except (ValueError, LookupError, TypeError, NotBase64):
        return _refusal(UNREADABLE)
    try:
        envoi = declare_envoi(
            candidature_id=candidature.pk, annonce=annonce, nature=nature, by=request.user, at=request.at
        )
    except EnvoiNotDeclared as refused:
        return _refusal(refused.sentence)
    except BucketAway:
        return _refusal(AWAY, status=503)
    return JsonResponse(_state(envoi))


def _read(request: PortalRequest) -> tuple[Nature, Annonce]:
    """Read what is declared; whatever is not as it should be is an error of Python's own."""
    if request.content_type != "application/json":
        raise ValueError(request.content_type)
    announced = object_in(request.body)
    head = b64decode(announced["debut"], validate=True)[:HEAD]
    parts = tuple(str(part) for part in announced["empreintes"])
    return Nature(announced["nature"]), Annonce(
        str(announced["nom"]), _whole(announced["taille"]), _whole(announced["partie"]), parts, head
    )


def _whole(number: object) -> int:
    if not isinstance(number, int):
        raise TypeError(number)
    return number


@require_http_methods(["GET", "POST", "DELETE"])
def envoi(request: PortalRequest, nru: str, envoi_id: int) -> HttpResponse:
    """Say where a file stands, and what of it has not come; a POST asks its bucket first; or forget it."""
    awaited = _find_envoi(request, nru, envoi_id)
    if request.method == "POST":
        try:
            awaited = follow_envoi(envoi_id=awaited.pk, at=request.at)
        except PartieRefused as refused:
            return _refusal(refused.sentence)
        except BucketAway:
            return _refusal(AWAY, status=503)
    if request.method != "DELETE":
        return JsonResponse(_state(awaited) | {"empreintes": awaited.parts, "partie": awaited.part_size})
    try:
        abandon_envoi(envoi_id=awaited.pk)
    except EnvoiNotAbandoned as refused:
        return _refusal(refused.sentence, status=409)
    return HttpResponse(status=204)


@require_http_methods(["POST", "PUT"])
def part(request: PortalRequest, nru: str, envoi_id: int, number: int) -> HttpResponse:
    """Take one part or several that follow each other: they are the body; a POST says where a bucket takes it."""
    awaited = _find_envoi(request, nru, envoi_id)
    if request.method == "POST":
        try:
            address, headers = door_of_part(envoi_id=awaited.pk, number=number)
        except PartieRefused as refused:
            return _refusal(refused.sentence)
        return JsonResponse({"adresse": address, "entetes": headers})
    announced = request.headers.get("Content-Length", "")
    length = int(announced) if announced.isascii() and announced.isdecimal() and len(announced) < 16 else 0
    try:
        receive_parts(envoi=awaited, first=number, length=length, content=request, at=request.at)
    except PartieRefused as refused:
        return _refusal(refused.sentence)
    except (PartieCut, UnreadablePostError):  # cut on its way: nobody hears the answer
        return _refusal(CUT, status=503)
    return HttpResponse(status=204)


def _find(request: PortalRequest, nru: str) -> Candidature:
    candidature = find_candidature(request, nru)
    if not permissions.fills(request.user, candidature):
        raise PermissionDenied("Seule l’équipe de l’éditeur dépose des fichiers.")
    return candidature


def _find_envoi(request: PortalRequest, nru: str, envoi_id: int) -> Envoi:
    if awaited := seen_envoi(nru, request.user, envoi_id=envoi_id):
        return awaited
    _find(request, nru)  # says why to whoever may read this candidature, and not fill it
    raise Http404


def _state(envoi: Envoi) -> dict[str, Any]:
    """How a page follows a file: `etat` is one of `EnvoiState`."""
    return {
        "envoi": envoi.pk,
        "nom": envoi.name,
        "taille": envoi.size,
        "etat": envoi.state.value,
        "phrase": envoi.refusal or envoi.state.label,
        "manquantes": missing_parts(envoi),
        "ailleurs": bool(envoi.upload_id),
        "secondes": settings.UPLOAD_REQUEST_SECONDS,
        "piece": envoi.piece_id,
    }


def _refusal(sentence: str, *, status: int = 422) -> JsonResponse:
    return JsonResponse({"erreur": sentence}, status=status)
