from datetime import datetime
from typing import Any

from django.db import transaction

from comptes import journal
from comptes.enums import Act, Role
from comptes.models import Compte, Editeur
from comptes.rules.companies import Company
from comptes.rules.refusals import Refused

from .invitations import invite

FIELDS = ("raison_sociale", "adresse", "code_postal", "commune", "pays")


class EditeurNotPossible(Refused):
    """The éditeur cannot be entered."""


@transaction.atomic
def register_editeur(
    *,
    raison_sociale: str,
    company: Company,
    adresse: str,
    code_postal: str,
    commune: str,
    pays: str = "France",
    mandataire: str,
    by: Compte,
    at: datetime,
) -> Editeur:
    """Enter an éditeur in the portal and invite its first mandataire.

    :param company: read by `rules.companies`
    :param mandataire: the e-mail address to invite
    :raises EditeurNotPossible: when an éditeur is already there under this number
    """
    given: dict[str, Any] = {
        "raison_sociale": raison_sociale,
        "adresse": adresse,
        "code_postal": code_postal,
        "commune": commune,
    }
    given |= {"pays": pays, "registered_at": at}
    editeur, created = Editeur.objects.get_or_create(
        country=company.country, identifier=company.identifier, defaults=given
    )
    if not created:
        raise EditeurNotPossible(f"Un éditeur est déjà inscrit sous ce numéro ({company}).")
    chain = journal.chain_of_editeur(editeur.pk)
    journal.record(chain, Act.EDITEUR_REGISTERED, on=f"editeur:{editeur.pk}", by=by, at=at, editeur=editeur.pk)
    invite(editeur_id=editeur.pk, email=mandataire, role=Role.MANDATAIRE, may_engage=True, by=by, at=at)
    return editeur


@transaction.atomic
def correct_editeur(*, editeur_id: int, values: dict[str, str], by: Compte, at: datetime) -> Editeur:
    """Correct what the portal knows of an éditeur; its number never changes.

    :param values: new values by field, among `FIELDS`; those that change nothing are left out
    """
    editeur = Editeur.objects.locked().get(pk=editeur_id)
    changed = [field for field in FIELDS if field in values and getattr(editeur, field) != values[field]]
    if not changed:
        return editeur
    for field in changed:
        setattr(editeur, field, values[field])
    editeur.save(update_fields=changed)
    labels = [str(field.verbose_name) for field in Editeur._meta.fields if field.name in changed]
    chain = journal.chain_of_editeur(editeur.pk)
    journal.record(chain, Act.EDITEUR_CORRECTED, on=f"editeur:{editeur.pk}", by=by, at=at, champs=labels)
    return editeur
