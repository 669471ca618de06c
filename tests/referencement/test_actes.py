"""Where each next act of a path leads, and what it is called: no kind of step is without a form."""

from dataclasses import replace
from itertools import product

import pytest
from django.urls import resolve

from candidatures.catalogue.dispositifs import specs_in_order
from guichets.catalogue.guichets import every_owner
from guichets.enums import Owner
from referencement.enums import ObjetDAttente
from referencement.rules.actes import (
    Declaree,
    Portes,
    Preuves,
    Reponses,
    act_in_words,
    key_of_demande,
    link_in_words,
    place_of,
)
from referencement.rules.etapes import Step
from referencement.views.actes import href_of_act

NRU = "DUI-2026-00042-B"
KEY = "cnda:/dmp"
FULL = Portes(
    volets={"eligibilite": Reponses(3, 22, "nil")},
    chapitres={"INS": Preuves("SC.INS/CONF.01", 2, True)},
    demandes={KEY: Declaree(12, is_pulled=False, is_followed=True)},
)
ADDRESSES = {
    "charte": "charte:",
    "volet": "volet:eligibilite",
    "examen-volet": "volet:eligibilite",
    "chapitre": "chapitre:INS",
    "examen-chapitre": "chapitre:INS",
    "etape-guichet": "guichets:",
    "etape-editeur": "guichets:",
    "convention": "convention:",
    "signature": "convention:",
    "college": "college:",
}


def a_step(kind: str, owner: Owner = Owner.EDITEUR, **more: object) -> Step:
    key = f"demande:{KEY}:dossier_depose" if kind.startswith("etape-") else kind
    step = Step(key, kind, "segur", 1, "Annuaire santé", owner, is_done=False, after=(), address=ADDRESSES[kind])
    return replace(step, **more)  # type: ignore[arg-type]


KINDS = sorted({kind for spec in specs_in_order() for kind in spec.durees})


def test_every_kind_of_step_is_known_here() -> None:
    """A kind that a dispositif gives a duration to is one that this page leads somewhere."""
    assert sorted(ADDRESSES) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_step_has_its_form(kind: str) -> None:
    """Whoever owns it, whatever is known: an address of the portal, a sentence and a word for the button."""
    objets = (None, *ObjetDAttente)
    for owner, complete, portes, objet in product(every_owner(), (False, True), (Portes(), FULL), objets):
        step = a_step(kind, owner, is_complete=complete, objet=objet)
        path, _, anchor = href_of_act(step, NRU, portes).partition("#")
        assert resolve(path).url_name
        assert " " not in anchor
        assert act_in_words(step, portes)
        assert link_in_words(step)


def test_act_leads_to_the_very_form() -> None:
    """Not to the list that holds it: the champ, the preuve, the declaration."""
    assert href_of_act(a_step("volet"), NRU, FULL) == f"/candidatures/{NRU}/eligibilite/#champ-nil"
    assert href_of_act(a_step("chapitre"), NRU, FULL) == f"/candidatures/{NRU}/preuve/SC.INS/CONF.01/"
    declared = href_of_act(a_step("etape-editeur"), NRU, FULL)
    assert declared == f"/candidatures/{NRU}/guichets/12/capture/"
    assert href_of_act(a_step("etape-editeur"), NRU, Portes()) == f"/candidatures/{NRU}/guichets/declarer/{KEY}/"
    unfollowed = Portes(demandes={KEY: Declaree(12, is_pulled=True, is_followed=False)})
    assert href_of_act(a_step("etape-editeur"), NRU, unfollowed) == f"/candidatures/{NRU}/guichets/12/"


@pytest.mark.parametrize("kind", ["volet", "chapitre"])
def test_what_is_complete_leads_to_its_submission(kind: str) -> None:
    step = a_step(kind, is_complete=True)

    assert href_of_act(step, NRU, FULL).endswith("/soumettre/")
    assert act_in_words(step, FULL).startswith("Relire et soumettre")
    assert link_in_words(step) == "Soumettre"


def test_words_count_what_is_left() -> None:
    assert act_in_words(a_step("volet"), FULL) == "Remplir\u00a0: Annuaire santé (3 réponses sur 22)"
    correct = act_in_words(a_step("chapitre", objet=ObjetDAttente.CHAPITRE_TO_CORRECT), FULL)
    assert correct == "Corriger le chapitre «\u00a0Annuaire santé\u00a0»\u00a0: 2\u00a0preuves"


def test_key_of_a_demande_may_hold_colons() -> None:
    step = a_step("etape-editeur")

    assert key_of_demande(step) == KEY
    assert place_of(step).keys == (KEY,)
