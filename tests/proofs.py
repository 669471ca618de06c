"""Strong proofs of identity for tests that sign: a second factor."""

from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from comptes import clock
from comptes.models import Compte
from comptes.views import factor

KEY = "aa" * 20


def tie_a_factor(compte: Compte) -> None:
    TOTPDevice.objects.create(user=compte, name="application", key=KEY, confirmed=True)


def code_now() -> str:
    """Return the code that an application linked by `tie_a_factor` shows."""
    totp = TOTP(bytes.fromhex(KEY))
    totp.time = clock.machine_now().timestamp()
    return f"{totp.token():06}"


def prove_strongly(browser: Client) -> None:
    """Put a session in the state where its person has just typed a code of their application."""
    session = browser.session
    tie_a_factor(Compte.objects.get(pk=session["_auth_user_id"]))
    session[factor.PROVED] = clock.machine_now().isoformat()
    session.save()
