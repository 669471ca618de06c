"""The first arrival of somebody by the identity provider: they join their company, open it, or ask for it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from comptes import journal, outbox, queries
from comptes.enums import Act, InscriptionState, Role
from comptes.models import Compte, Editeur, Inscription, Invitation, Rattachement
from comptes.rules.companies import Company
from comptes.rules.identity import ProvenPerson, way_in, why_no_way_in
from comptes.rules.refusals import Refused

from .editeurs import FIELDS
from .identites import link_identity
from .invitations import accept_invitation

_REGISTERED = "Cette entreprise est déjà inscrite au portail. Demandez à l’un de ses mandataires de vous inviter."


class ArrivalNotPossible(Refused):
    """No éditeur was opened."""


def why_not_arrive(person: ProvenPerson, *, provider: str) -> str:
    """Say why somebody who is not known cannot come in; empty when they can."""
    return why_no_way_in(
        person,
        is_registered=queries.editeur_of(person.company) is not None,
        has_account=Compte.objects.of_address(person.email).exists(),
        provider=provider,
    )


@transaction.atomic
def join_editeur(*, person: ProvenPerson, names: tuple[str, str], provider: str, at: datetime) -> Rattachement:
    """Open the account of somebody whose company is here, at the place that their claims say.

    :raises ArrivalNotPossible: when their claims do not say so, or no longer
    """
    editeur = queries.editeur_of(person.company)
    if editeur is None or way_in(person, is_registered=True) != "join":
        raise ArrivalNotPossible("Votre entreprise n’est pas inscrite au portail sous cet identifiant.")
    mandataires = [seat.compte for seat in queries.mandataires_of(editeur)]
    compte = _open_compte(person, names, provider=provider, at=at)
    seat = _take_seat(compte, editeur, Role(person.role), at=at)
    for mandataire in mandataires:
        outbox.post("comptes.arrived", on=f"rattachement:{seat.pk}", to=mandataire, at=at)
    return seat


@transaction.atomic
def open_editeur(
    *, person: ProvenPerson, names: tuple[str, str], values: Mapping[str, str], provider: str, at: datetime
) -> Rattachement:
    """Register the company of a mandataire whose claims prove it, and give them their seat in it.

    :param values: what the portal knows of a company, among `FIELDS`
    :raises ArrivalNotPossible: when their claims do not prove it, or it is here already
    """
    if person.company is None or way_in(person, is_registered=False) != "open":
        raise ArrivalNotPossible(
            "Votre identité professionnelle ne prouve pas que vous pouvez engager cette entreprise."
        )
    compte = _open_compte(person, names, provider=provider, at=at)
    return _register(compte, person.company, values, by=compte, at=at)


@transaction.atomic
def ask_inscription(
    *,
    person: ProvenPerson,
    names: tuple[str, str],
    company: Company,
    values: Mapping[str, str],
    qualite: str,
    provider: str,
    at: datetime,
) -> Inscription:
    """Open the account of somebody whose company nobody registered, without any seat, and ask an administrateur.

    :raises ArrivalNotPossible: when they have another way in, or their company is here already
    """
    if person.company not in (None, company):
        raise ArrivalNotPossible(f"Votre identité professionnelle désigne une autre entreprise ({person.company}).")
    if queries.editeur_of(company) or way_in(person, is_registered=False) != "ask":
        raise ArrivalNotPossible(_REGISTERED)
    compte = _open_compte(person, names, provider=provider, at=at)
    return _ask(compte, company, values, qualite, claimed=person.company.key if person.company else "", at=at)


@transaction.atomic
def ask_again(
    *, compte_id: int, company: Company, values: Mapping[str, str], qualite: str, at: datetime
) -> Inscription:
    """Ask again to register the same person's company, after a refusal.

    :raises ArrivalNotPossible: when no refusal is the latest answer, or the company is here already
    """
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    latest = queries.inscriptions_of(compte).first()
    if latest is None or latest.state != InscriptionState.REFUSED:
        raise ArrivalNotPossible("Vous ne pouvez renvoyer une demande qu’après un refus. La vôtre n’est pas refusée.")
    if latest.claimed not in ("", company.key):
        claimed = Company(*latest.claimed.split(maxsplit=1))
        raise ArrivalNotPossible(f"Votre identité professionnelle désigne une autre entreprise ({claimed}).")
    if queries.editeur_of(company):
        raise ArrivalNotPossible(_REGISTERED)
    return _ask(compte, company, values, qualite, claimed=latest.claimed, at=at)


def _ask(
    compte: Compte, company: Company, values: Mapping[str, str], qualite: str, *, claimed: str, at: datetime
) -> Inscription:
    asked = {field: values[field] for field in FIELDS}
    inscription = Inscription.objects.create(
        compte=compte,
        country=company.country,
        identifier=company.identifier,
        claimed=claimed,
        qualite=qualite,
        asked_at=at,
        **asked,
    )
    _journal(inscription, Act.INSCRIPTION_ASKED, by=compte, at=at)
    for administrateur in queries.administrateurs():
        outbox.post("comptes.inscription_asked", on=f"inscription:{inscription.pk}", to=administrateur, at=at)
    return inscription


@transaction.atomic
def accept_invitation_as(
    *, token: str, person: ProvenPerson, names: tuple[str, str], provider: str, at: datetime
) -> Rattachement:
    """Take the seat that an invitation offers, with an account that this identity opens from then on.

    The link came by the address that was invited: that address is the account's, whatever the provider says of it.

    :raises ArrivalNotPossible: when the identity is already somebody's, or another company's
    :raises InvitationNotOpen: when it cannot be taken
    """
    editeur = Invitation.objects.select_related("editeur").get(token=token).editeur
    if person.company not in (None, editeur.company):
        raise ArrivalNotPossible(
            f"Votre identité professionnelle désigne une autre entreprise ({person.company}) que celle qui vous invite."
        )
    if queries.who_is(person):
        raise ArrivalNotPossible("Cette identité a déjà un compte\u00a0: connectez-vous avec elle.")
    seat = accept_invitation(token=token, names=names, at=at)
    link_identity(compte_id=seat.compte_id, person=person, provider=provider, opens=True, at=at)
    return seat


@transaction.atomic
def accept_inscription(*, inscription_id: int, by: Compte, at: datetime) -> Rattachement:
    """Enter the company that somebody asked for, and give them its first seat, of mandataire.

    :raises ArrivalNotPossible: when it was decided, or the company is here already
    """
    inscription = _pending(inscription_id)
    values = {field: getattr(inscription, field) for field in FIELDS}
    seat = _register(inscription.compte, inscription.company, values, by=by, at=at)
    _decide(inscription, InscriptionState.ACCEPTED, Act.INSCRIPTION_ACCEPTED, by=by, at=at)
    return seat


@transaction.atomic
def refuse_inscription(*, inscription_id: int, motif: str, by: Compte, at: datetime) -> Inscription:
    """Refuse the request, with a reason that its author reads.

    :raises ArrivalNotPossible: when it was decided, or no reason is given
    """
    if not motif.strip():
        raise ArrivalNotPossible("Indiquez le motif\u00a0: la personne le lira.")
    inscription = _pending(inscription_id)
    inscription.motif = motif.strip()
    _decide(inscription, InscriptionState.REFUSED, Act.INSCRIPTION_REFUSED, by=by, at=at)
    return inscription


def _open_compte(person: ProvenPerson, names: tuple[str, str], *, provider: str, at: datetime) -> Compte:
    """Open an account without password; the address must belong to nobody, up to the instant of writing."""
    if reason := why_not_arrive(person, provider=provider):
        raise ArrivalNotPossible(reason)
    if queries.who_is(person):
        raise ArrivalNotPossible("Cette identité a déjà un compte\u00a0: connectez-vous.")
    try:
        with transaction.atomic():
            compte = Compte.objects.create_user(person.email, None, first_name=names[0], last_name=names[1])
            link_identity(compte_id=compte.pk, person=person, provider=provider, opens=True, at=at)
    except IntegrityError:
        raise ArrivalNotPossible("Votre compte vient d’être créé\u00a0: connectez-vous.") from None
    return compte


def _register(
    requester: Compte, company: Company, values: Mapping[str, str], *, by: Compte, at: datetime
) -> Rattachement:
    given = {field: values[field] for field in FIELDS} | {"registered_at": at}
    editeur, created = Editeur.objects.get_or_create(
        country=company.country, identifier=company.identifier, defaults=given
    )
    if not created:
        raise ArrivalNotPossible(
            f"Cette entreprise ({company}) est déjà inscrite au portail\u00a0: ses mandataires invitent leur équipe."
        )
    chain = journal.chain_of_editeur(editeur.pk)
    journal.record(chain, Act.EDITEUR_REGISTERED, on=f"editeur:{editeur.pk}", by=by, at=at, editeur=editeur.pk)
    return _take_seat(requester, editeur, Role.MANDATAIRE, at=at)


def _take_seat(compte: Compte, editeur: Editeur, role: Role, *, at: datetime) -> Rattachement:
    seat = Rattachement.objects.create(
        compte=compte, editeur=editeur, role=role, may_engage=role == Role.MANDATAIRE, attached_at=at
    )
    journal.record(
        journal.chain_of_editeur(editeur.pk),
        Act.RATTACHEMENT_OPENED,
        on=f"rattachement:{seat.pk}",
        by=compte,
        at=at,
        compte=compte.pk,
        role=str(role.label),
    )
    return seat


def _pending(inscription_id: int) -> Inscription:
    inscription = Inscription.objects.select_for_update(of=("self",)).select_related("compte").get(pk=inscription_id)
    if not inscription.is_pending:
        raise ArrivalNotPossible("Cette demande a déjà été décidée.")
    return inscription


def _decide(inscription: Inscription, state: InscriptionState, act: Act, *, by: Compte, at: datetime) -> None:
    inscription.state, inscription.decided_at, inscription.decided_by = state, at, by
    inscription.save(update_fields=["state", "decided_at", "decided_by", "motif"])
    _journal(inscription, act, by=by, at=at)
    outbox.post("comptes.inscription_decided", on=f"inscription:{inscription.pk}", to=inscription.compte, at=at)


def _journal(inscription: Inscription, act: Act, *, by: Compte, at: datetime) -> None:
    address = f"inscription:{inscription.pk}"
    journal.record(
        journal.PORTAIL, act, on=address, by=by, at=at, compte=inscription.compte_id, inscription=inscription.pk
    )
