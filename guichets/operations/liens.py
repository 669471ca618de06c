"""Follows the deposits that are demandes themselves, such as the permanent link of a Gazelle result."""

from datetime import datetime

from django.db import transaction

from guichets.catalogue.guichets import spec_of_guichet
from guichets.models import DemandeAuGuichet
from guichets.rules.objets import Objet
from preuves.models import Revision
from preuves.operations.locking import locked_candidature

from .fins import end

REPLACED = "remplacé par un autre dépôt"


@transaction.atomic
def follow_link(*, candidature_id: int, guichet: str, numero: str, at: datetime) -> DemandeAuGuichet | None:
    """Follow the latest deposit of a preuve at the desk that decides on it, and end the former demande.

    :param guichet: the code of the desk
    :param numero: the N° of the preuve
    :return: None when the desk does not decide on the latest deposit, or there is none
    """
    spec, objet = spec_of_guichet(guichet), Objet(guichet, preuve=numero)
    candidature = locked_candidature(candidature_id=candidature_id)
    deposits = Revision.objects.filter(preuve__chapitre__dossier__candidature=candidature_id, preuve__numero=numero)
    latest = deposits.select_related("deposited_by").order_by("-number").first()
    link = latest.value if latest and latest.forme == spec.forme else ""
    followed = DemandeAuGuichet.objects.followed().filter(candidature=candidature_id, objet=objet.key)
    for former in followed.locked().order_by("pk"):
        if former.numero == link:
            return former
        former.candidature = candidature
        end(demande=former, reason=REPLACED, by=latest.deposited_by if latest else former.recorded_by, at=at)
    if not latest or not link:
        return None
    return DemandeAuGuichet.objects.create(
        candidature_id=candidature_id,
        guichet_id=guichet,
        objet=objet.key,
        preuve=numero,
        state=spec.initial.code,
        numero=link,
        recorded_at=at,
        recorded_by=latest.deposited_by,
        next_pull_at=at,
    )
