"""The help centre as its files give it, and a page of help."""

from typing import Any

from candidatures.catalogue.aide import every_fiche
from candidatures.operations.aide import load_aide
from tests.factories import candidatures as make


def the_help() -> None:
    make.a_dispositif()
    load_aide(specs=every_fiche(), at=make.OPENING)


def a_page(**changes: Any) -> dict[str, Any]:
    """What a page of help says."""
    values = {"titre": "Titre d’essai", "resume": "Une phrase.", "parcours": "faq", "corps": "Un mot.", "ordre": 5}
    return values | changes
