"""A champ in which nobody typed anything is drawn once: what is kept is what the form would draw."""

from typing import Any

import pytest

from candidatures.catalogue.champs import Champ, ChampKind
from candidatures.catalogue.dispositifs import every_spec
from candidatures.catalogue.volets import CHOICES
from candidatures.forms.untouched import untouched
from candidatures.forms.volet import VoletForm
from comptes.rules.companies import Company

TYPED = "Une réponse que quelqu’un a saisie"
CHAMPS = [
    (spec, volet, champ) for spec in every_spec() for volet in spec.volets.values() for champ in volet.by_code.values()
]


def form_of(spec: Any, volet: Any, **initial: Any) -> VoletForm:
    choices = {**CHOICES, **{name: getattr(spec, name) for name in LISTS}}
    return VoletForm(spec=volet, choices=choices, unlocked=None, editeur=Company("FR", "732829320"), initial=initial)


LISTS = ("profils", "profils_architecture", "teleservices", "dispositifs_vague_1")


def answers(champ: Champ, form: VoletForm) -> list[Any]:
    """Return an answer of each kind that is drawn once."""
    if champ.kind is ChampKind.LIST:
        return [None, {"aucun": True, "lignes": []}]
    if champ.kind is ChampKind.YES_NO:
        return [None, True, False]
    if champ.kind in (ChampKind.CHOICE, ChampKind.CHOICES):
        codes = list(form.fields[champ.code].choices[champ.choices])  # type: ignore[attr-defined]  # of a ChampField
        return [None, codes[0] if champ.kind is ChampKind.CHOICE else codes[:2]]
    return [None, ""]


@pytest.mark.parametrize(("spec", "volet", "champ"), CHAMPS, ids=lambda value: getattr(value, "code", ""))
def test_what_is_kept_is_what_the_form_draws(spec: Any, volet: Any, champ: Champ) -> None:
    for answer in answers(champ, form_of(spec, volet)):
        bound: Any = form_of(spec, volet, **{champ.code: answer})[champ.code]

        assert bound.field.drawn_for_everybody(bound) == bound.draw()
        assert bound.as_field_group() is bound.field.drawn_for_everybody(bound)


@pytest.mark.parametrize(("spec", "volet", "champ"), CHAMPS, ids=lambda value: getattr(value, "code", ""))
def test_nothing_that_somebody_typed_is_kept(spec: Any, volet: Any, champ: Champ) -> None:
    typed: dict[ChampKind, Any] = {
        ChampKind.LIST: {"aucun": False, "lignes": [{champ.columns[0].code: TYPED}]} if champ.columns else None,
        ChampKind.COMPANY: {"pays": "FR", "identifiant": "732829320"},
        ChampKind.PIECE: {"piece": 1, "nom": TYPED},
    }
    chosen = champ.kind in (ChampKind.YES_NO, ChampKind.CHOICE, ChampKind.CHOICES)

    assert (
        chosen
        or untouched(champ, form_of(spec, volet).fields[champ.code].choices, typed.get(champ.kind, TYPED)) is None
    )


def test_a_field_that_is_refused_or_misses_an_answer_is_drawn() -> None:
    spec, volet, champ = next(line for line in CHAMPS if line[2].required and line[2].kind is ChampKind.TEXT)
    form = form_of(spec, volet)
    form.obstacles = {champ.code: ["Répondez à cette question."]}

    assert "Répondez à cette question." in form[champ.code].as_field_group()
    posted = VoletForm(
        {champ.code: TYPED},
        {},
        spec=volet,
        choices=form.fields[champ.code].choices,
        unlocked=None,
        editeur=Company("FR", "732829320"),
    )
    assert TYPED in posted[champ.code].as_field_group()


@pytest.mark.parametrize("answer", [None, {"aucun": True, "lignes": []}])
def test_lines_that_are_opened_are_drawn_open(answer: Any) -> None:
    """Whatever was kept: by a button that adds a line, or by a demande that opens the list again."""
    for spec, volet, champ in CHAMPS:
        if champ.kind is ChampKind.LIST:
            form_of(spec, volet, **{champ.code: answer})[champ.code].as_field_group()
            for opened in ("is_adding", "is_unfolded"):
                bound: Any = form_of(spec, volet, **{champ.code: answer})[champ.code]
                setattr(bound.field.widget, opened, True)
                assert '<details class="ps-line" open>' in bound.as_field_group()
