from datetime import datetime

from django.db import connection, transaction

from candidatures import permissions
from candidatures.catalogue.dispositifs import open_codes
from candidatures.enums import Act, CandidatureState, VoletKind
from candidatures.models import AcceptationDeCharte, Candidature, Dispositif, Produit, Volet
from candidatures.queries.candidatures import charte_of
from candidatures.rules import nru
from comptes import journal
from comptes.dates import PARIS, instant_in_words
from comptes.models import Compte
from comptes.rules.refusals import Refused

from .telling import tell_the_team


class CandidatureNotPossible(Refused):
    """The product cannot be attached to this dispositif."""


class CharteNotAcceptable(Refused):
    """This person cannot accept this charte."""


@transaction.atomic
def open_candidature(
    *, produit_id: int, dispositif_code: str, by: Compte, at: datetime, succeeds: Candidature | None = None
) -> Candidature:
    """Attach a product to a démarche: make the candidature, its NRU and its empty volets.

    :param succeeds: the candidature of the former version of the same product, already checked by the caller
    :raises CandidatureNotPossible: before the opening, when already attached, or when `by` does not manage the products
    """
    produit = Produit.objects.locked().select_related("editeur").get(pk=produit_id)
    dispositif = Dispositif.objects.get(pk=dispositif_code)
    if not permissions.manages_produits(by, produit.editeur):
        raise CandidatureNotPossible(
            "Seuls les mandataires et les représentants peuvent rattacher un produit à une démarche."
        )
    if dispositif.pk not in open_codes():
        raise CandidatureNotPossible("Cette démarche n’est pas ouverte.")
    if at < dispositif.opens_at:
        raise CandidatureNotPossible(f"Cette démarche ouvre le {instant_in_words(dispositif.opens_at)}.")
    living = produit.candidatures.filter(dispositif=dispositif).exclude(state=CandidatureState.WITHDRAWN)
    if living.filter(succeeds=succeeds).exists():
        raise CandidatureNotPossible("Ce produit est déjà rattaché à cette démarche.")
    candidature = Candidature.objects.create(
        nru=nru.make_nru(dispositif.prefixe_nru, year=at.astimezone(PARIS).year, number=_next_number()),
        produit=produit,
        dispositif=dispositif,
        succeeds=succeeds,
        opened_at=at,
        opened_by=by,
    )
    Volet.objects.bulk_create(Volet(candidature=candidature, kind=kind) for kind in VoletKind)
    journal.record(
        candidature.chain,
        Act.CANDIDATURE_OPENED,
        on=candidature.chain,
        by=by,
        at=at,
        produit=produit.pk,
        dispositif=str(dispositif),
        nru=candidature.nru,
    )
    return candidature


@transaction.atomic
def accept_charte(*, candidature_id: int, charte_id: int, by: Compte, at: datetime) -> AcceptationDeCharte:
    """Accept the charte in the éditeur's name; accepting it again changes nothing.

    :param charte_id: the charte that was read; if another was published meanwhile, nothing is accepted
    :raises CharteNotAcceptable: with the reason
    """
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    charte = charte_of(candidature.dispositif)
    if not permissions.can_engage(by, candidature):
        raise CharteNotAcceptable(
            "Seule une personne qui peut engager l’éditeur peut accepter la charte : un mandataire, ou un "
            "représentant qui en a reçu le pouvoir."
        )
    if candidature.state != CandidatureState.OPEN:
        raise CharteNotAcceptable("Cette candidature n’est plus ouverte.")
    if charte.pk != charte_id:
        raise CharteNotAcceptable("Le texte de la charte a changé depuis votre lecture. Relisez-le.")
    acceptation, created = AcceptationDeCharte.objects.get_or_create(
        candidature=candidature, charte=charte, defaults={"accepted_by": by, "accepted_at": at}
    )
    if created:
        journal.record(
            candidature.chain,
            Act.CHARTE_ACCEPTED,
            on=f"charte:{charte.dispositif_id}/{charte.version}",
            by=by,
            at=at,
            version=charte.version,
            sha256=charte.sha256,
        )
    return acceptation


@transaction.atomic
def withdraw_candidature(*, candidature_id: int, by: Compte, at: datetime) -> Candidature:
    """Withdraw a candidature for good: its number is never used again; its product may be attached anew.

    :raises CandidatureNotPossible: when `by` cannot engage the éditeur, or when it is no longer open
    """
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    if not permissions.can_engage(by, candidature):
        raise CandidatureNotPossible("Seule une personne qui peut engager l’éditeur peut retirer une candidature.")
    if candidature.state != CandidatureState.OPEN:
        raise CandidatureNotPossible("Cette candidature n’est plus ouverte.")
    candidature.withdraw(by=by, at=at)
    candidature.save()
    journal.record(candidature.chain, Act.CANDIDATURE_WITHDRAWN, on=candidature.chain, by=by, at=at)
    tell_the_team(candidature=candidature, kind="candidatures.withdrawn", on=candidature.chain, at=at)
    return candidature


def _next_number() -> int:
    """Take the next number of the sequence, which never goes back even on a rollback: an NRU is never used twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('candidatures_nru')")
        return int(cursor.fetchone()[0])
