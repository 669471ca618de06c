"""The permanent links that answer preuves: the portal follows them by itself, as they are deposited."""

from datetime import datetime

from django.db import transaction

from guichets.enums import Guichet
from guichets.models import LienGazelle
from preuves.enums import Forme
from preuves.models import Revision
from preuves.operations import locked_candidature

from .anomalies import keep_anomalies

REPLACED = "remplacé par un autre dépôt"


@transaction.atomic
def follow_link(*, candidature_id: int, numero: str, at: datetime) -> LienGazelle | None:
    """Follow the permanent link that a preuve now holds; the one before it is not asked any more.

    :param numero: the N° of the preuve
    :return: None when its latest deposit is no link
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    deposits = Revision.objects.filter(preuve__chapitre__dossier__candidature=candidature_id, preuve__numero=numero)
    latest = deposits.select_related("deposited_by").order_by("-number").first()
    link = latest.value if latest and latest.forme == Forme.LINK else ""
    followed = LienGazelle.objects.filter(candidature=candidature_id, preuve=numero, ended_at=None)
    for former in followed.select_for_update(no_key=True, of=("self", "demandeauguichet_ptr")).order_by("pk"):
        if former.numero == link:
            return former
        former.ended_at, former.ended_by, former.ended_reason = at, former.recorded_by, REPLACED
        former.pull_id = former.next_pull_at = None
        former.save()
        former.candidature = candidature
        keep_anomalies(demande=former, found=[], releve=None, at=at)
    if not latest or not link:
        return None
    return LienGazelle.objects.create(
        candidature_id=candidature_id,
        guichet=Guichet.GAZELLE,
        objet=f"gazelle:{numero}",
        numero=link,
        preuve=numero,
        recorded_at=at,
        recorded_by=latest.deposited_by,
        next_pull_at=at,
    )
