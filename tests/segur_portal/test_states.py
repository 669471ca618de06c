"""What each state looks like: green, with its tick, says yes and nothing else."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import TextChoices

from guichets.catalogue.guichets import every_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import RoleDEtape
from preuves.rules.completude import STANDINGS

FLOORS = ("comptes", "candidatures", "preuves", "guichets", "referencement")
STATIC = Path(settings.BASE_DIR) / "static"
GREEN = "--ps-success-ground"
# Every state that is green, by the words that people read beside it: whoever adds one says that it is a yes.
YES = {
    "Accordée",
    "Acceptée",
    "Accordé",
    "Attribution",
    "En vigueur",
    "Fait",
    "Recevable",
    "Référencement attribué",
    "Signé par l’éditeur et par l’ANS",
    "Signée par l’éditeur et par l’ANS",
    "Validé",
}
NO = re.compile(
    r"\b(non|pas|sans|refus\w*|rejet\w*|échou\w*|défavorable|à (?:corriger|compléter|soumettre|préparer)|en attente"
    r"|en retard|annulé\w*|abandonn\w*|retir\w*|forclos\w*|suspend\w*|close?|expir\w*|reporté\w*|manqu\w*)\b",
    re.IGNORECASE,
)


def colours() -> dict[str, str]:
    """The ground of each state, from the one place that says it."""
    colours = {}
    tokens = (STATIC / "styles" / "tokens.css").read_text()
    for selectors, body in re.findall(r"((?:\[data-state[^{]+))\{([^}]+)\}", tokens):
        if ground := re.search(r"--state-ground: var\((--[\w-]+)\)", body):
            colours |= dict.fromkeys(re.findall(r'data-state="([\w-]+)"', selectors), ground[1])
    return colours


def ticked() -> set[str]:
    """The states whose icon is the tick."""
    icons = dict(re.findall(r'<symbol id="state-(\w+)"[^>]*>(.*?)</symbol>', (STATIC / "icons.svg").read_text()))
    return {name for name, drawing in icons.items() if drawing == icons["success"]}


def labels() -> Iterator[tuple[str, str]]:
    """Every state of every machine, and every other closed list, with the words that people read."""
    for floor in FLOORS:
        for member in vars(import_module(f"{floor}.enums")).values():
            if isinstance(member, type) and issubclass(member, TextChoices):
                yield from ((str(value), str(label)) for value, label in member.choices)
    yield from ((value, str(label)) for value, label in STANDINGS.items())


def green() -> set[str]:
    return {state for state, ground in colours().items() if ground == GREEN}


def test_every_green_state_says_yes() -> None:
    green_labels = {label for value, label in labels() if value in green()}

    assert green_labels == YES
    assert [label for label in green_labels if NO.search(label)] == []


def test_what_says_no_is_never_green() -> None:
    assert [label for value, label in labels() if NO.search(label) and value in green()] == []


def test_tick_and_green_go_together() -> None:
    assert ticked() == green()


@pytest.mark.parametrize("guichet", every_guichet(), ids=lambda spec: spec.code)
def test_only_what_a_desk_grants_is_green(guichet: GuichetSpec) -> None:
    assert [
        etape.code for etape in guichet.etapes if (etape.tone == "success") != (etape.role is RoleDEtape.ACCORD)
    ] == []


def test_complete_and_not_submitted_is_amber() -> None:
    assert STANDINGS["complete"] == "Complet – à soumettre"
    assert colours()["complete"] == colours()["attention"] == "--ps-attention-ground"
