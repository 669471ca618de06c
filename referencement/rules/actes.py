"""What the next acts of a path are called, and the form where each is done. Pure functions; see `graphe`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from guichets.enums import Owner
from referencement.enums import ObjetDAttente

from .etapes import Step

# The names of a step that an examen by the ANS puts before its label.
EXAMINED = "Examen\u00a0: "


class Preuves(NamedTuple):
    """What is left to do in a chapitre: the N° of the first preuve, how many, and whether the ANS returned them."""

    first: str
    left: int
    to_correct: bool


class Reponses(NamedTuple):
    """How far the draft of a volet is: how many answers, how many are asked, and the first champ without one."""

    done: int
    asked: int
    first: str


class Declaree(NamedTuple):
    """A demande that the éditeur declared: its row, and whether the portal asks its desk itself."""

    id: int
    is_pulled: bool
    is_followed: bool


@dataclass(frozen=True, slots=True)
class Portes:
    """What tells the form of each act of one candidature.

    :param volets: the drafts, by kind
    :param chapitres: those where something is to bring or to correct, by code
    :param demandes: those that are declared, by the key of the demande
    """

    volets: Mapping[str, Reponses] = field(default_factory=dict)
    chapitres: Mapping[str, Preuves] = field(default_factory=dict)
    demandes: Mapping[str, Declaree] = field(default_factory=dict)


class Place(NamedTuple):
    """The address of a form: its name, its parameters after the NRU, and the place on the page."""

    name: str
    keys: tuple[str | int, ...] = ()
    anchor: str = ""
    has_nru: bool = True


NOTHING_KNOWN = Portes()


def place_of(step: Step, portes: Portes = NOTHING_KNOWN) -> Place:
    """Return the form where whoever owns a step does it; every step has one."""
    if step.key.startswith("demande:"):
        return _at_a_desk(step, portes)
    if step.address.startswith("volet:"):
        return _of_volet(step, portes)
    if step.address.startswith("chapitre:"):
        return _of_chapitre(step, portes)
    if step.address == "college:":
        return Place("referencement:seances", has_nru=False)
    return Place("referencement:convention" if step.address == "convention:" else "candidatures:charte")


def _of_volet(step: Step, portes: Portes) -> Place:
    kind = step.address.partition(":")[2]
    if step.owner != Owner.EDITEUR:
        return Place("candidatures:volet_review", (kind,))
    if step.is_complete:
        return Place("candidatures:volet_submit", (kind,))
    draft = portes.volets.get(kind)
    return Place("candidatures:volet", (kind,), f"champ-{draft.first}" if draft and draft.first else "")


def _of_chapitre(step: Step, portes: Portes) -> Place:
    code = step.address.partition(":")[2]
    if step.owner != Owner.EDITEUR:
        return Place("preuves:examen", (code,))
    if step.is_complete:
        return Place("preuves:chapitre_submit", (code,))
    if preuves := portes.chapitres.get(code):
        return Place("preuves:preuve", (preuves.first,))
    return Place("preuves:chapitre", (code,))


def _at_a_desk(step: Step, portes: Portes) -> Place:
    """Return where the éditeur declares a demande, completes it, or shows what its desk displays."""
    key = key_of_demande(step)
    declaree = portes.demandes.get(key)
    if step.owner != Owner.EDITEUR:
        return Place("guichets:page")
    if declaree is None:
        return Place("guichets:declare", (key,))
    if not declaree.is_followed:
        return Place("guichets:demande", (declaree.id,))
    return Place("guichets:page", (), f"demande-{declaree.id}") if declaree.is_pulled else _capture(declaree)


def _capture(declaree: Declaree) -> Place:
    return Place("guichets:capture", (declaree.id,))


def key_of_demande(step: Step) -> str:
    """Return the key of the demande that a step is a stage of: `demande:{key}:{stage}`, where a key may hold colons."""
    return step.key.removeprefix("demande:").rpartition(":")[0]


# -- in words --------------------------------------------------------------------------------------------------------


def act_in_words(step: Step, portes: Portes = NOTHING_KNOWN) -> str:
    """Say what to do: « Soumettre le chapitre « Annuaire santé », complet »; at another desk, the stage to reach."""
    label = step.label.removeprefix(EXAMINED)
    if step.kind == "volet":
        return _volet_in_words(step, portes, label)
    if step.kind == "chapitre":
        return _chapitre_in_words(step, portes, label)
    if step.kind == "etape-editeur" and step.owner == Owner.EDITEUR:
        return f"Avancer au guichet\u00a0: {label}" if key_of_demande(step) in portes.demandes else label
    if step.fixed_at is not None:
        return "Examiner la candidature en séance du collège"
    return _WORDS.get(step.kind, "{label}").format(label=label)


_WORDS = {
    "charte": "Lire et accepter la charte",
    "signature": "Signer la convention",
    "examen-volet": "Se prononcer sur\u00a0: {label}",
    "examen-chapitre": "Examiner le chapitre «\u00a0{label}\u00a0»",
    "convention": "Préparer la convention",
    "college": "Inscrire la candidature à l’ordre du jour du collège",
}


def _volet_in_words(step: Step, portes: Portes, label: str) -> str:
    if step.objet is ObjetDAttente.COMPLEMENT:
        return f"Répondre à la demande de compléments\u00a0: {label}"
    if step.is_complete:
        return f"Relire et soumettre\u00a0: {label}"
    draft = portes.volets.get(step.address.partition(":")[2])
    counted = f" ({draft.done} réponse{'s' if draft.done > 1 else ''} sur {draft.asked})" if draft else ""
    return f"Remplir\u00a0: {label}{counted}"


def _chapitre_in_words(step: Step, portes: Portes, label: str) -> str:
    chapitre = f"le chapitre «\u00a0{label}\u00a0»"
    if step.is_complete:
        return f"Relire et soumettre {chapitre}"
    preuves = portes.chapitres.get(step.address.partition(":")[2])
    if step.objet is ObjetDAttente.CHAPITRE_TO_CORRECT or (preuves and preuves.to_correct):
        return f"Corriger {chapitre}{_counted(preuves)}"
    return f"Déposer les preuves pour {chapitre}{_counted(preuves)}"


def _counted(preuves: Preuves | None) -> str:
    return f"\u00a0: {preuves.left}\u00a0preuve{'s' if preuves.left > 1 else ''}" if preuves else ""


_LINKS = {
    "charte": "Lire et accepter la charte",
    "signature": "Signer la convention",
    "volet": "Remplir",
    "etape-editeur": "Déclarer",
    "examen-volet": "Examiner",
    "examen-chapitre": "Examiner",
    "convention": "Préparer",
}


def link_in_words(step: Step) -> str:
    """Say in a few words what the button of an act does."""
    if step.objet is ObjetDAttente.COMPLEMENT:
        return "Répondre"
    if step.is_complete:
        return "Soumettre"
    if step.kind == "chapitre":
        return "Corriger" if step.objet is ObjetDAttente.CHAPITRE_TO_CORRECT else "Déposer"
    return _LINKS.get(step.kind, "Ouvrir")
