"""The outcome of every sign-in, by password or provider: one of these two functions is called."""

import logging
from typing import cast

from django.contrib import auth
from django.http import HttpRequest

from comptes import journal
from comptes.enums import SecurityEvent
from comptes.models import Compte
from comptes.operations.comptes import note_visit
from comptes.requests import PortalRequest

BACKEND = "comptes.requests.PortalBackend"
logger = logging.getLogger(__name__)


def let_in(request: HttpRequest, compte: Compte, *, door: str) -> None:
    """Sign somebody in.

    :param door: how they proved who they are: `password` or `openid`
    """
    auth.login(request, compte, backend=BACKEND)
    note_visit(compte_id=compte.pk, at=cast("PortalRequest", request).at)
    logger.info("compte %s came in by %s", compte.pk, door)


def turn_away(request: HttpRequest, *, door: str, reason: str, compte: Compte | None = None, email: str = "") -> None:
    """Note that somebody did not come in.

    :param reason: what they are told
    :param compte: the account that they tried to enter, when it is known
    :param email: the address that they typed
    """
    kind = SecurityEvent.PROVIDER_REFUSED if door == "openid" else SecurityEvent.SIGN_IN_FAILED
    journal.note(kind, compte=compte, email=email, about=reason)
    logger.warning("nobody came in by %s (compte %s): %s", door, compte.pk if compte else "unknown", reason)
