"""What the provider says of somebody, and the lies that the tests ask it to tell."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from oauth2_provider.oauth2_validators import OAuth2Validator


def people() -> list[dict[str, Any]]:
    return json.loads(settings.PEOPLE.read_text())


def lies() -> dict[str, Any]:
    return json.loads(settings.LIES.read_text()) if settings.LIES and settings.LIES.exists() else {}


def ailing(get_response):
    """Answer nothing but the status that the tests ask for."""

    def middleware(request):
        status = lies().get("status")
        return HttpResponse(status=status) if status else get_response(request)

    return middleware


class Validator(OAuth2Validator):
    oidc_claim_scope = None  # every claim, whatever the scopes

    def get_additional_claims(self, request):
        subject = request.user.get_username()
        claimant = next(person for person in people() if person["sub"] == subject)
        return {"sub": subject, **claimant["claims"]}

    def get_id_token_dictionary(self, token, token_handler, request):
        claims, expires = super().get_id_token_dictionary(token, token_handler, request)
        return {**claims, **lies().get("claims", {})}, expires

    def finalize_id_token(self, id_token, token, token_handler, request):
        token_text = super().finalize_id_token(id_token, token, token_handler, request)
        if "payload" in lies():  # another body under the same signature
            header, _, signature = token_text.split(".")
            token_text = ".".join((header, lies()["payload"], signature))
        return token_text
