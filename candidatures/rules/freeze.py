"""Why a dossier that the collège has may not change, and what can be done about it."""

from typing import assert_never

from candidatures.enums import Freeze

WAY_OUT = "Pour le modifier, l’ANS le retire d’abord de l’ordre du jour."
BEFORE = (
    "Dès l’inscription de ce dossier à l’ordre du jour du collège, ce qui est recevable ou validé ne se rouvre plus, "
    "la liste des distributeurs comprise\u00a0: il faut d’abord le retirer de l’ordre du jour."
)


def why_frozen(freeze: str) -> str:
    """Say in French why nothing may be opened again in a dossier that the collège has, and the way out; else empty."""
    match Freeze(freeze):
        case Freeze.FREE:
            return ""
        case Freeze.COLLEGE:
            return f"Ce dossier est à l’ordre du jour du collège\u00a0: rien ne s’y rouvre. {WAY_OUT}"
        case Freeze.ATTRIBUTED:
            return "Le référencement est attribué\u00a0: seule une nouvelle version technique change ce dossier."
        case never:
            assert_never(never)
