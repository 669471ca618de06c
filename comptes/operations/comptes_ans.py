from datetime import datetime

from django.db import transaction

from comptes import journal
from comptes.enums import Act, RoleANS, SecurityEvent
from comptes.models import Compte

from .droits import tell_of_rights
from .passwords import send_password_link


@transaction.atomic
def open_compte_without_role(*, email: str, first_name: str, last_name: str, by: Compte, at: datetime) -> Compte:
    """Give somebody an account that may do nothing by itself: a floor above entrusts something to it.

    A message leads them to their password.
    """
    compte = Compte.objects.create_user(email, None, first_name=first_name, last_name=last_name)
    journal.record(journal.PORTAIL, Act.COMPTE_OPENED, on=f"compte:{compte.pk}", by=by, at=at, compte=compte.pk)
    send_password_link(email=compte.email, at=at)
    return compte


@transaction.atomic
def open_compte_ans(
    *, email: str, first_name: str, last_name: str, roles: list[RoleANS], by: Compte | None, at: datetime
) -> Compte:
    """Give a person of the agency an account with these roles, or these roles to the account that they have."""
    known = Compte.objects.of_address(email).first()
    compte = known or Compte.objects.create_user(email, None, first_name=first_name, last_name=last_name)
    compte.roles_ans = [role.value for role in roles]
    compte.save(update_fields=["roles_ans"])
    entry = journal.record(
        journal.PORTAIL,
        Act.COMPTE_ANS_CHANGED if known else Act.COMPTE_ANS_OPENED,
        on=f"compte:{compte.pk}",
        by=by,
        at=at,
        compte=compte.pk,
        roles=[str(role.label) for role in roles],
    )
    roles_now = ", ".join(compte.roles_ans)
    journal.note_once_done(SecurityEvent.ROLE_CHANGED, compte=compte, by=by, about=f"ans:{roles_now}")
    if known:
        tell_of_rights(entries=[entry], to=compte)
    else:
        send_password_link(email=email, at=at)
    return compte
