"""The public page where anybody checks that a document comes from the portal."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from candidatures.rules.accuse import is_of_an_accuse, read_numero
from comptes.requests import PortalRequest
from referencement.queries.verification import verified_by_file, verified_by_number
from referencement.rules.verification import is_sha256, numero_from, sha256_from

NOT_A_SHA256 = "Une empreinte compte 64 chiffres et lettres de a à f\u00a0: vérifiez qu’elle est recopiée en entier."
UNKNOWN_FILE = (
    "Aucun document émis par le portail n’a cette empreinte. Un fichier modifié, même d’un seul caractère, ou "
    "simplement enregistré de nouveau, n’a plus la même."
)
MISTYPED = "Ce numéro d’accusé n’existe pas\u00a0: un caractère manque, ou a été mal recopié."
UNKNOWN_NUMBER = "Aucun document public ne porte ce numéro. Vérifiez-le, ou vérifiez le fichier lui-même."


@require_safe
@cache_control(no_store=True)
@login_not_required
def page(request: PortalRequest) -> HttpResponse:
    """Check a document by its number, or by the sha256 of its file."""
    numero, sha256 = numero_from(request.GET.get("numero", "")), sha256_from(request.GET.get("empreinte", ""))
    document, refusal = None, ""
    if sha256 and not is_sha256(sha256):
        refusal = NOT_A_SHA256
    elif sha256:
        document = verified_by_file(sha256, at=request.at)
        refusal = "" if document else UNKNOWN_FILE
    elif numero:
        document = verified_by_number(numero, at=request.at)
        refusal = "" if document else _why_unknown(numero)
    context = {"document": document, "refusal": refusal, "numero": numero, "sha256": sha256}
    return render(request, "referencement/verifier.html", context)


def _why_unknown(numero: str) -> str:
    return MISTYPED if is_of_an_accuse(numero) and not read_numero(numero) else UNKNOWN_NUMBER
