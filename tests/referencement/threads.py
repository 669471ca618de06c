"""Helpers that write in a candidature's thread."""

from typing import Any

from django.urls import reverse

from candidatures.models import Message
from candidatures.operations.messages import post_message
from comptes.models import Compte
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make


def post(team: Team, by: Compte, text: str = "Bonjour.", token: str = "", **more: Any) -> Message:
    token = token or f"jeton-{Message.objects.count()}-{by.pk}"
    return post_message(
        candidature_id=team.candidature.pk, text=text, token=token, by=by, at=more.pop("at", make.SUMMER), **more
    )


def address(team: Team, name: str = "messages") -> str:
    return reverse(f"referencement:{name}", args=[team.candidature.nru])


def typed(client: Any, team: Team, **changes: Any) -> dict[str, Any]:
    form = client.get(address(team)).context["form"]
    return {"token": form["token"].value(), "text": "Bonjour.", "about": ""} | changes
