"""Somebody of the éditeur asks for a copy of a whole dossier, or its state: an effect makes it, kept for some days."""

from datetime import datetime

from django.db import IntegrityError, transaction

from candidatures.models import Candidature
from candidatures.models.piece import PrivateStorage
from candidatures.operations.telling import after_commit
from comptes import journal
from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves import effects
from preuves.enums import Act, FormeDExport
from preuves.models import ExportDeDossier


class ExportNotPossible(Refused):
    """No copy is begun; the reason is in French."""


@transaction.atomic
def ask_export(
    *, candidature_id: int, forme: FormeDExport = FormeDExport.COPIE, by: Compte, at: datetime
) -> ExportDeDossier:
    """Ask for a copy of a dossier, or for its state.

    :raises ExportNotPossible: while another one is being made for the same person
    """
    candidature = Candidature.objects.get(pk=candidature_id)
    try:
        with transaction.atomic():
            export = ExportDeDossier.objects.create(candidature=candidature, forme=forme, asked_at=at, asked_by=by)
    except IntegrityError:
        raise ExportNotPossible(
            "Un fichier est déjà en préparation pour vous\u00a0: attendez qu’il soit prêt."
        ) from None
    address = f"candidature:{candidature.nru}"
    act = Act.DOSSIER_COPIED if forme == FormeDExport.COPIE else Act.DOSSIER_PRINTED
    journal.record(candidature.chain, act, on=address, by=by, at=at)
    after_commit(effect=effects.make_export, key=export.pk)
    return export


def remove_export(*, export_id: int, at: datetime) -> None:
    """Remove a copy whose time is over; the row stays, to say that it was asked for."""
    with transaction.atomic():
        export = ExportDeDossier.objects.select_for_update(no_key=True).get(pk=export_id)
        if not export.file or export.until is None or at < export.until:
            return
        name = str(export.file.name)
        export.file = ""
        export.save(update_fields=["file"])
    PrivateStorage().delete(name)
