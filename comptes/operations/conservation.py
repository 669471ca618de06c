"""What the retention erases, empties or makes anonymous. Run by the role that owns the tables."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from comptes import journal
from comptes.catalogue.conservation import categories
from comptes.enums import Act
from comptes.models import (
    Compte,
    Echec,
    EvenementDeSecurite,
    Identite,
    Inscription,
    Invitation,
    Notice,
    Rattachement,
    RetourIncompris,
)
from comptes.rules.refusals import Refused

from .agents import end_what_is_asked, is_asked_something
from .facteurs import untie
from .sessions import end_sessions

MONTH = timedelta(days=365.25 / 12)
NOBODY = "anonyme.invalid"


class CompteNotAnonymisable(Refused):
    """The account keeps its name."""


@transaction.atomic
def apply_retention(*, at: datetime, dry_run: bool = False) -> dict[str, int]:
    """Apply the retention, and return counts by category; a dry run only counts. Archives are never touched."""
    counts = {}
    for code, (due, settle) in _DUE.items():
        rows = due(at - categories()[code].months * MONTH)
        counts[code] = rows.count()
        if not dry_run:
            settle(rows, at)
    return counts


def _old_comptes(before: datetime) -> QuerySet[Compte]:
    """People whose every tie ended before then: their seats, their account at the agency, the refusal of a company.

    An expert who worked for an éditeur once stays while a reading is asked of them.
    """
    seats = Rattachement.objects.filter(compte=OuterRef("pk"))
    requests = Inscription.objects.filter(compte=OuterRef("pk"))
    tied = Exists(seats) | Exists(requests) | Q(closed_at__isnull=False)
    still = (
        Exists(seats.filter(Q(detached_at=None) | Q(detached_at__gte=before)))
        | Exists(requests.filter(Q(decided_at=None) | Q(decided_at__gte=before)))
        | Q(closed_at__gte=before)
        | (~Q(roles_ans=[]) & Q(closed_at=None))
        | is_asked_something()
    )
    return Compte.objects.filter(tied).exclude(still).exclude(email__endswith=f"@{NOBODY}").order_by("pk")


def _anonymise_comptes(rows: QuerySet[Compte], at: datetime) -> None:
    for compte_id in list(rows.values_list("pk", flat=True)):
        anonymise_compte(compte_id=compte_id, reason="durée de conservation atteinte", by=None, at=at)


def _old_invitations(before: datetime) -> QuerySet[Invitation]:
    lapsed = Invitation.objects.filter(accepted_at=None, expires_at__lt=before)
    return lapsed.exclude(email__endswith=f"@{NOBODY}").order_by("pk")


def _anonymise_invitations(rows: QuerySet[Invitation], at: datetime) -> None:
    for invitation in rows:
        invitation.email, invitation.token = f"invitation-{invitation.pk}@{NOBODY}", secrets.token_urlsafe(32)
        invitation.save(update_fields=["email", "token"])


def _old_notices(before: datetime) -> QuerySet[Notice]:
    has_text = ~Q(subject="") | ~Q(body="") | ~Q(last_error="")
    return Notice.objects.filter(has_text, posted_at__lt=before).order_by("pk")


def _empty_notices(rows: QuerySet[Notice], at: datetime) -> None:
    rows.order_by().update(subject="", body="", last_error="")


def _old_failures(before: datetime) -> QuerySet[Echec]:
    return Echec.objects.filter(last_at__lt=before).order_by("pk")


def _erase_failures(rows: QuerySet[Echec], at: datetime) -> None:
    rows.order_by().delete()


def _old_returns(before: datetime) -> QuerySet[RetourIncompris]:
    return RetourIncompris.objects.filter(received_at__lt=before).order_by("pk")


def _erase_returns(rows: QuerySet[RetourIncompris], at: datetime) -> None:
    rows.order_by().delete()


def _old_events(before: datetime) -> QuerySet[EvenementDeSecurite]:
    return EvenementDeSecurite.objects.filter(at__lt=before).order_by("pk")


def _erase_events(rows: QuerySet[EvenementDeSecurite], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL portail.retention = 'over'")
    rows.order_by().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL portail.retention = ''")


_DUE: dict[str, tuple[Callable[[datetime], QuerySet], Callable[..., None]]] = {  # type: ignore[type-arg]  # of each model
    "invitations": (_old_invitations, _anonymise_invitations),
    "avis": (_old_notices, _empty_notices),
    "echecs": (_old_failures, _erase_failures),
    "retours": (_old_returns, _erase_returns),
    "securite": (_old_events, _erase_events),
    # Last: it empties messages too, which must be counted under « avis » first, as in a dry run.
    "comptes": (_old_comptes, _anonymise_comptes),
}


@transaction.atomic
def anonymise_compte(*, compte_id: int, reason: str, by: Compte | None, at: datetime) -> Compte:
    """Make an account anonymous: its names, address, phone and messages go; its acts stay, under its number.

    What is archived and names the person (a convention, a decision) keeps its text: it proves an act of the State.
    What was asked of an expert by name ends, as when an account is closed.

    :raises CompteNotAnonymisable: with every reason
    """
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    reasons = []
    if compte.rattachements.current().exists():
        reasons.append("Cette personne est rattachée à un éditeur\u00a0: détachez-la d’abord.")
    if compte.inscriptions.filter(decided_at=None).exists():
        reasons.append("Cette personne a demandé l’inscription d’un éditeur\u00a0: répondez-lui d’abord.")
    if compte.is_ans and compte.closed_at is None:
        # Closing gives colleagues what the person holds.
        reasons.append("Cette personne a un rôle à l’agence\u00a0: fermez son compte d’abord.")
    if compte.email.endswith(f"@{NOBODY}"):
        reasons.append("Ce compte est déjà anonyme.")
    if reasons:
        raise CompteNotAnonymisable(*reasons)
    end_what_is_asked(compte=compte, by=by, at=at)
    was, nobody = compte.email, f"compte-{compte.pk}@{NOBODY}"
    compte.email, compte.first_name, compte.last_name = nobody, "Personne", f"anonymisée n° {compte.pk}"
    compte.phone, compte.roles_ans = "", []
    compte.is_active, compte.unreachable_at, compte.unreachable_reason = False, None, ""
    compte.set_unusable_password()
    compte.save()
    Identite.objects.filter(compte=compte).delete()
    untie(compte=compte)
    end_sessions(compte_id=compte.pk)
    Notice.objects.filter(Q(compte=compte) | Q(email=was)).update(email=nobody, subject="", body="", last_error="")
    for invitation in Invitation.objects.filter(Q(email=was) | Q(accepted_by=compte)).order_by("pk"):
        invitation.email = f"invitation-{invitation.pk}@{NOBODY}"
        invitation.save(update_fields=["email"])
    address, act = f"compte:{compte.pk}", Act.COMPTE_ANONYMISED
    journal.record(journal.PORTAIL, act, on=address, by=by, at=at, compte=compte.pk, motif=reason)
    return compte
