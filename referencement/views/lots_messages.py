"""The message that an act on many candidatures would send to the first of them, to be read before it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from candidatures.enums import Camp, GesteDeLot
from candidatures.mails import message_of_demande, message_of_message
from candidatures.models import Candidature, Demande, Message, ModeleDeDemande, Volet
from candidatures.queries.volets import spec_of_volet
from candidatures.rules.demandes import due_at
from comptes.models import Compte
from comptes.notices import NoticeMail
from referencement.mails.relances import message_of_relance


def example_of(
    geste: GesteDeLot, candidature_id: int, params: Mapping[str, Any], *, by: Compte, at: datetime
) -> NoticeMail | None:
    """Write the message as its team would receive it; None for an act that sends nothing."""
    candidature = Candidature.objects.with_names().get(pk=candidature_id)
    match geste:
        case GesteDeLot.WRITE:
            return message_of_message(
                Message(candidature=candidature, author=by, camp=Camp.ANS, text=params["text"], sent_at=at)
            )
        case GesteDeLot.ASK:
            return message_of_demande(_demande(candidature, params, by=by, at=at))
        case GesteDeLot.REMIND:
            return message_of_relance(candidature, at=at)
        case _:
            return None


def _demande(candidature: Candidature, params: Mapping[str, Any], *, by: Compte, at: datetime) -> Demande:
    """Return the demande that the act would make; it is not saved."""
    modele = ModeleDeDemande.objects.get(pk=params["modele"])
    volet = Volet.objects.select_related("candidature__produit__editeur", "candidature__dispositif").get(
        candidature=candidature, kind=modele.kind
    )
    day = params["due_date"]
    return Demande(
        volet=volet,
        champs=[code for code in spec_of_volet(volet).by_code if code in modele.champs],
        text=modele.text,
        due_at=due_at(date.fromisoformat(day)) if day else None,
        asked_at=at,
        asked_by=by,
    )
