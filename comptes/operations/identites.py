"""Tying accounts to what an identity provider says of people."""

from datetime import datetime

from django.db import transaction

from comptes import journal, outbox
from comptes.enums import Act
from comptes.models import Compte, Identite
from comptes.rules.identity import ProvenPerson
from comptes.rules.refusals import Refused

from .droits import tell_who_vouches


class IdentiteNotPossible(Refused):
    """The identity cannot be tied to that account."""


@transaction.atomic
def link_identity(
    *, compte_id: int, person: ProvenPerson, provider: str, opens: bool = False, at: datetime
) -> Identite:
    """Tie an account to its person's identity at a provider: from then on they sign in with it.

    :param provider: the provider's name, as people read it
    :param opens: the account is being opened with it; otherwise the person is notified
    :raises IdentiteNotPossible: when one of the two is already tied to another
    """
    compte = Compte.objects.select_for_update(no_key=True).get(pk=compte_id)
    known = Identite.objects.filter(issuer=person.issuer, subject=person.subject).select_related("compte").first()
    if known and known.compte_id == compte.pk:
        return known
    if known:
        raise IdentiteNotPossible("Cette identité est déjà reliée à un autre compte du portail.")
    if compte.identites.filter(issuer=person.issuer).exists():
        raise IdentiteNotPossible("Votre compte est déjà relié à une autre identité de ce fournisseur.")
    identite = Identite.objects.create(compte=compte, issuer=person.issuer, subject=person.subject, linked_at=at)
    journal.record(
        journal.PORTAIL,
        Act.IDENTITE_LINKED,
        on=f"compte:{compte.pk}",
        by=compte,
        at=at,
        compte=compte.pk,
        fournisseur=provider,
    )
    if not opens:
        occurrence = f"linked {at.isoformat()}"
        outbox.post("comptes.factor_changed", on=f"compte:{compte.pk}", to=compte, occurrence=occurrence, at=at)
        tell_who_vouches(compte=compte, at=at)
    return identite
