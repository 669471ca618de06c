"""A list of a volet is saved whole, as the spreadsheet that was sent back gives it."""

from datetime import datetime

from django.db import transaction

from candidatures.catalogue.champs import Champ, Value
from candidatures.operations.volets import Conflict, save_answers
from candidatures.queries.read import ReadVolet
from comptes.models import Compte


@transaction.atomic
def save_list(*, read: ReadVolet, champ: Champ, value: Value, by: Compte, at: datetime) -> None:
    """Save the answer to a list, or nothing.

    :param read: the volet as the spreadsheet was compared with it
    :raises VoletNotOpen: when the volet takes no answer
    :raises Conflict: when somebody changed the list meanwhile, or the ANS did not open it
    """
    seen = read.volet.version
    saved = save_answers(volet_id=read.volet.pk, answers={champ.code: value}, seen_version=seen, by=by, at=at)
    if row := saved.conflicts.get(champ.code):
        raise Conflict(f"{row.answered_by} a modifié cette liste entre-temps. Téléchargez-la de nouveau.")
    if saved.locked:
        raise Conflict(f"L’ANS n’a pas rouvert «\u00a0{champ.label}\u00a0».")
