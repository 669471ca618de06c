"""What each role may do in phase 1. What a person may see is `visible_to`, on each queryset."""

from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet

from candidatures.enums import CandidatureState
from candidatures.models import AccesProduit, Candidature, Dispositif, Produit
from comptes import permissions
from comptes.enums import INSTRUCTING, Role, RoleANS
from comptes.models import Compte, Editeur, Rattachement
from comptes.models.prepared import Prepared


def manages_produits(compte: Compte, editeur: Editeur) -> bool:
    managed = Rattachement.objects.current().filter(role__in=[Role.MANDATAIRE, Role.REPRESENTANT])
    return managed.filter(compte=compte, editeur=editeur).exists()


def can_engage(compte: Compte, candidature: Candidature) -> bool:
    return permissions.can_engage(compte, candidature.produit.editeur)


def fills(compte: Compte, candidature: Candidature) -> bool:
    """Everyone of the éditeur's side who has the product may fill and submit; the ANS only reads."""
    return fills_what_it_sees(compte) and Produit.objects.visible_to(compte).filter(pk=candidature.produit_id).exists()


def fills_what_it_sees(compte: Compte) -> bool:
    """The same for somebody who sees the candidature: on the éditeur's side, only people who have the product do."""
    return not compte.is_ans


def instructs(compte: Compte) -> bool:
    return compte.has_role_ans(*INSTRUCTING)


def decides_on_echeances(compte: Compte) -> bool:
    """A responsable d'instruction moves échéances, grants dérogations and forecloses."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)


def moves_dates(compte: Compte, dispositif: Dispositif, *, at: datetime) -> bool:
    """An administrateur too moves the dates of a démarche that is not open yet: they bind no candidature."""
    return decides_on_echeances(compte) or (dispositif.opens_at > at and permissions.administers(compte))


def keeps_modeles(compte: Compte) -> bool:
    """A responsable d'instruction writes and retires modèles, which all instructeurs use."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)


def keeps_aide(compte: Compte) -> bool:
    """An administrateur of the portal writes and publishes the help centre."""
    return permissions.administers(compte)


def transfers(compte: Compte) -> bool:
    """Who proposes, or approves, that a solution pass to another company."""
    return compte.has_role_ans(RoleANS.ADMINISTRATEUR, RoleANS.RESPONSABLE_INSTRUCTION)


def people_with_access(produit: Produit) -> QuerySet[Compte]:
    """Everyone of the éditeur's side who may work on this product today."""
    people: QuerySet[Compte] = people_on(produit.pk, produit.editeur_id)
    return people


def everyone_with_access(produit: Produit) -> list[Compte]:
    """The same people, for a page that names them each time that it is read."""
    return _PEOPLE.ask(produit=produit.pk, editeur=produit.editeur_id)


def people_on(produit: Any, editeur: Any) -> QuerySet[Compte]:
    """Return the same people, from keys or from their places in a prepared query."""
    given = AccesProduit.objects.filter(produit=produit, ended_at=None).values("rattachement")
    seats = Rattachement.objects.current().filter(editeur=editeur)
    seats = seats.filter(Q(role__in=[Role.MANDATAIRE, Role.REPRESENTANT]) | Q(pk__in=given))
    return Compte.objects.filter(pk__in=seats.values("compte"), is_active=True).order_by("pk")


_PEOPLE = Prepared(people_on, produit=BigIntegerField(), editeur=BigIntegerField())


def writes_messages(compte: Compte, candidature: Candidature) -> bool:
    """Whether somebody who sees the candidature may write: not once withdrawn, but still once foreclosed."""
    return candidature.state != CandidatureState.WITHDRAWN and (not compte.is_ans or instructs(compte))
