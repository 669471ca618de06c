"""Whose turn it is, said in French to whoever reads it."""

from __future__ import annotations

from datetime import datetime, timedelta

from candidatures.enums import Camp
from candidatures.rules.deadlines import spell
from guichets.enums import Owner
from referencement.enums import Cote, ObjetDAttente

from .tour import REFUSED_LATE, TurnPart

# What is said of several things of one kind.
SEVERAL = {
    ObjetDAttente.VOLET_TO_SUBMIT: "{} volets sont à soumettre",
    ObjetDAttente.COMPLEMENT: "{} demandes de l’ANS attendent une réponse",
    ObjetDAttente.CHAPITRE_TO_SUBMIT: "{} chapitres sont à soumettre",
    ObjetDAttente.CHAPITRE_TO_CORRECT: "{} chapitres sont à corriger",
    ObjetDAttente.DEMARCHE: "{} démarches sont à faire aux autres guichets",
    ObjetDAttente.VOLET_TO_READ: "{} volets soumis sont à lire",
    ObjetDAttente.DEMANDE_OVERDUE: "{} demandes sont sans réponse après la date indiquée",
    ObjetDAttente.CHAPITRE_TO_READ: "{} chapitres soumis sont à examiner",
    ObjetDAttente.CAPTURE: "{} états affichés par les autres guichets sont à confirmer",
}


def how_long(since: datetime, at: datetime) -> str:
    """Say in French how long ago something began; in whole days after the first one: nobody counts its hours.

    Never negative: a request may have arrived just before what it reads was written.
    """
    elapsed = max(at - since, timedelta(0))
    return spell(timedelta(days=elapsed.days) or elapsed)


def whose(cote: Cote, owner: Owner, *, reader: Camp) -> str:
    """Say to a reader whose turn it is: « C’est à vous », « C’est au tour de l’ANS », « On attend le CNDA »."""
    if cote.value == reader.value:
        return "C’est à vous"
    if cote is Cote.GUICHET:
        return f"On attend {owner.inside}"
    return f"C’est au tour {owner.of}"


def sentence_of(part: TurnPart, *, at: datetime, reader: Camp) -> str:
    """Say in French, to a reader, what is waited for on one side."""
    task = _task(part, is_own=part.cote.value == reader.value == Camp.EDITEUR)
    if part.objet in REFUSED_LATE and part.due_at is not None and part.due_at < at:
        return f"{part.echeance} dépassée\u00a0: {task}"
    since = f" depuis {how_long(part.since, at)}" if part.since else ""
    return f"{whose(part.cote, part.owner, reader=reader)}{since}\u00a0: {task}"


def _task(part: TurnPart, *, is_own: bool) -> str:
    """Say how many, when all is of one kind; else the first thing, and how many others.

    An éditeur reads how many only: what it does first is told by the next acts of its path, in their order.
    """
    others = part.count - 1
    if others and part.objets == (part.objet,) and part.objet in SEVERAL:
        return SEVERAL[part.objet].format(part.count)
    label = str(part.objet.label)
    if not others:
        return label
    if is_own:
        return f"{part.count} actions"
    noun = "demande" if part.objet is ObjetDAttente.GUICHET else "action"
    return f"{label}, et {others} autre{'s' if others > 1 else ''} {noun}{'s' if others > 1 else ''}"
