"""The second factor: an application that makes a code every thirty seconds, and codes on paper for the day without."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from comptes import journal, outbox, permissions
from comptes.enums import Act, SecurityEvent
from comptes.models import CodeDeSecours, Compte
from comptes.rules.facteurs import ALPHABET, CODES, ENROLLED, LENGTH, RESET, normalised_code, printed
from comptes.rules.refusals import Refused

from .droits import tell_who_vouches
from .sessions import end_sessions


class FacteurNotPossible(Refused):
    """The second factor was not changed."""


@transaction.atomic
def enrol_factor(*, compte_id: int, key: str, typed: str, machine: datetime, at: datetime) -> tuple[str, ...]:
    """Tie an application to an account, in place of a former one, once it gave a right code.

    :param key: the secret that the application was given, in hexadecimal
    :param machine: the machine's own instant, which a phone shares even when the portal's clock is moved
    :return: the recovery codes, as they are printed; they are shown once
    :raises FacteurNotPossible: when the code is not one of that secret
    """
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    TOTPDevice.objects.filter(user=compte).delete()
    device = TOTPDevice.objects.create(user=compte, name="application", key=key, confirmed=True)
    if not _is_right(device, normalised_code(typed), machine):
        raise FacteurNotPossible("Code incorrect. Attendez le suivant dans l’application, puis recommencez.")
    _tell(compte, ENROLLED, at=at)
    tell_who_vouches(compte=compte, at=at)
    return _new_codes(compte, at=at)


@transaction.atomic
def verify_factor(*, compte_id: int, typed: str, machine: datetime, at: datetime) -> bool:
    """Say whether this is a code of the person's application, or one of their recovery codes; each serves once."""
    Compte.objects.select_for_update(no_key=True).get(pk=compte_id)
    code = normalised_code(typed)
    if code.isascii() and code.isdigit():
        device = TOTPDevice.objects.filter(user_id=compte_id, confirmed=True).first()
        return device is not None and _is_right(device, code, machine)
    unused = CodeDeSecours.objects.filter(compte_id=compte_id, fingerprint=_fingerprint(compte_id, code), used_at=None)
    used = unused.update(used_at=at) == 1
    if used:
        _tell(Compte.objects.get(pk=compte_id), "recovered", at=at)
    return used


@transaction.atomic
def renew_codes(*, compte_id: int, at: datetime) -> tuple[str, ...]:
    """Make other recovery codes; the former ones open nothing any more.

    :raises FacteurNotPossible: without an application, codes would be a password on paper
    """
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    if not TOTPDevice.objects.filter(user=compte, confirmed=True).exists():
        raise FacteurNotPossible("Activez d’abord la seconde étape\u00a0: les codes de secours en font partie.")
    _tell(compte, "renewed", at=at)
    return _new_codes(compte, at=at)


@transaction.atomic
def remove_factor(*, compte_id: int, is_mandatory: bool, at: datetime) -> None:
    """Remove the application and its codes from the person's own account.

    :raises FacteurNotPossible: when it is mandatory for this person
    """
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    if is_mandatory:
        raise FacteurNotPossible(
            "La seconde étape est obligatoire à l’ANS\u00a0: vous pouvez seulement remplacer l’application."
        )
    untie(compte=compte)
    _tell(compte, "removed", at=at)


@transaction.atomic
def reset_factor(*, compte_id: int, by: Compte, at: datetime) -> Compte:
    """Untie the application of somebody who lost it: another person of the ANS does it, and the journal says so.

    :raises FacteurNotPossible: for oneself, or when `by` is no administrateur
    """
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    if not permissions.administers(by):
        raise FacteurNotPossible("Seul un administrateur peut réinitialiser la seconde étape d’une autre personne.")
    if by.pk == compte.pk:
        raise FacteurNotPossible(
            "Vous ne pouvez pas réinitialiser votre propre seconde étape\u00a0: demandez à un autre administrateur."
        )
    untie(compte=compte)
    end_sessions(compte_id=compte.pk)
    journal.record(journal.PORTAIL, Act.FACTOR_RESET, on=f"compte:{compte.pk}", by=by, at=at, compte=compte.pk)
    _tell(compte, RESET, at=at)
    return compte


def _is_right(device: TOTPDevice, code: str, machine: datetime) -> bool:
    """Whether a code is of this half-minute, or of its neighbours; once accepted, neither it nor a former one is."""
    if not (code.isascii() and code.isdigit() and len(code) == device.digits):
        return False
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = machine.timestamp()
    if not totp.verify(int(code), device.tolerance, device.last_t + 1):
        return False
    device.last_t = totp.t()
    device.save(update_fields=["last_t"])
    return True


def untie(*, compte: Compte) -> None:
    """Take from an account its application and its codes."""
    TOTPDevice.objects.filter(user=compte).delete()
    CodeDeSecours.objects.filter(compte=compte).delete()


def _new_codes(compte: Compte, *, at: datetime) -> tuple[str, ...]:
    CodeDeSecours.objects.filter(compte=compte).delete()
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(CODES)]
    CodeDeSecours.objects.bulk_create(
        CodeDeSecours(compte=compte, fingerprint=_fingerprint(compte.pk, code), made_at=at) for code in codes
    )
    return tuple(printed(code) for code in codes)


def _fingerprint(compte_id: int, code: str) -> str:
    """A code has fifty-four bits of chance: its keyed fingerprint is enough, no slow hash is needed."""
    return salted_hmac("comptes.codes_de_secours", f"{compte_id}:{code}", algorithm="sha256").hexdigest()


def _tell(compte: Compte, what: str, *, at: datetime) -> None:
    occurrence = f"{what} {at.isoformat()}"
    journal.note_once_done(SecurityEvent.FACTOR_CHANGED, compte=compte, about=what)
    outbox.post("comptes.factor_changed", on=f"compte:{compte.pk}", to=compte, occurrence=occurrence, at=at)
