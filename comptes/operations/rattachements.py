from datetime import datetime

from django.db import transaction

from comptes import journal, outbox, permissions
from comptes.enums import Act, Role, SecurityEvent
from comptes.models import Compte, Editeur, JournalEntry, Rattachement
from comptes.rules import rattachements as rules
from comptes.rules.refusals import Refused

from .droits import tell_of_rights
from .notifications import withdraw_notifications


class RattachementNotChangeable(Refused):
    """The rattachement was not changed."""


@transaction.atomic
def change_role(*, rattachement_id: int, role: Role, may_engage: bool, by: Compte, at: datetime) -> Rattachement:
    """Give a person of the éditeur another role, or give and take the power to engage it.

    :raises RattachementNotChangeable: with every reason
    """
    rattachement = _locked(rattachement_id)
    wanted = rules.Seat(role, may_engage or role == Role.MANDATAIRE)
    if reasons := _obstacles(rattachement, by=by, wanted=wanted):
        raise RattachementNotChangeable(*reasons)
    before = rules.Seat(rattachement.role, rattachement.may_engage)
    rattachement.role, rattachement.may_engage = wanted.role, wanted.may_engage
    rattachement.save(update_fields=["role", "may_engage"])
    entries = []
    if before.role != wanted.role:
        label = rattachement.get_role_display()
        entries.append(_record(rattachement, Act.RATTACHEMENT_CHANGED, by=by, at=at, role=label))
    if rules.can_engage(before) != rules.can_engage(wanted):
        act = Act.RATTACHEMENT_DELEGATED if wanted.may_engage else Act.RATTACHEMENT_UNDELEGATED
        entries.append(_record(rattachement, act, by=by, at=at))
    if entries:
        tell_of_rights(entries=entries, to=rattachement.compte)
    return rattachement


@transaction.atomic
def detach(*, rattachement_id: int, by: Compte, at: datetime) -> Rattachement:
    """End a person's tie to the éditeur; the row stays, as its history.

    :raises RattachementNotChangeable: with every reason
    """
    rattachement = _locked(rattachement_id)
    if reasons := why_not_detach(rattachement, by=by):
        raise RattachementNotChangeable(*reasons)
    rattachement.detached_at = at
    rattachement.save(update_fields=["detached_at"])
    _record(rattachement, Act.RATTACHEMENT_CLOSED, by=by, at=at)
    withdraw_notifications(compte_id=rattachement.compte_id, editeur_id=rattachement.editeur_id)
    outbox.post("comptes.detached", on=f"rattachement:{rattachement.pk}", to=rattachement.compte, at=at)
    return rattachement


def _locked(rattachement_id: int) -> Rattachement:
    """Lock the éditeur first: two mandataires who leave at once must not both be "not the last"."""
    rattachement = Rattachement.objects.select_related("compte").get(pk=rattachement_id)
    Editeur.objects.locked().get(pk=rattachement.editeur_id)
    rattachement.refresh_from_db(fields=["role", "may_engage", "detached_at"])
    return rattachement


def why_not_detach(rattachement: Rattachement, *, by: Compte) -> tuple[str, ...]:
    """Say why this tie cannot be ended by this person, one sentence each; empty when it can."""
    return _obstacles(rattachement, by=by, wanted=None)


def _obstacles(rattachement: Rattachement, *, by: Compte, wanted: rules.Seat | None) -> tuple[str, ...]:
    if rattachement.detached_at:
        return ("Cette personne n’est plus rattachée à cet éditeur.",)
    mandataires = rattachement.editeur.rattachements.current().filter(role=Role.MANDATAIRE)
    managers = rattachement.editeur.rattachements.current().filter(role__in=[Role.MANDATAIRE, Role.REPRESENTANT])
    reachable = managers.filter(compte__unreachable_at=None, compte__is_active=True).exclude(pk=rattachement.pk)
    others = rules.Others(mandataires.exclude(pk=rattachement.pk).count(), reachable.count())
    seat = rules.Seat(rattachement.role, rattachement.may_engage)
    acting = permissions.acting_seat(by, rattachement.editeur)
    if wanted is None:
        is_self = by.pk == rattachement.compte_id
        return rules.obstacles_to_detach(acting, seat, is_self=is_self, others=others)
    return rules.obstacles_to_change(acting, seat, wanted, others=others)


def _record(rattachement: Rattachement, act: Act, *, by: Compte, at: datetime, **params: str) -> JournalEntry:
    address = f"rattachement:{rattachement.pk}"
    journal.note_once_done(SecurityEvent.ROLE_CHANGED, compte=rattachement.compte, by=by, about=address)
    return journal.record(
        journal.chain_of_editeur(rattachement.editeur_id),
        act,
        on=address,
        by=by,
        at=at,
        compte=rattachement.compte_id,
        **params,
    )
