"""Why a dossier that the collège has may not change, and what can be done about it."""

from typing import assert_never

from candidatures.enums import Freeze

WAY_OUT = "Pour le modifier, l’ANS doit d’abord le retirer de l’ordre du jour."
BEFORE = (
    "Ce dossier est à l’ordre du jour du collège\u00a0: ce qui est recevable ou validé ne peut plus être rouvert, y "
    "compris la liste des distributeurs."
)


def why_frozen(freeze: str) -> str:
    """Say in French why nothing may be opened again in a dossier that the collège has, and the way out; else empty."""
    match Freeze(freeze):
        case Freeze.FREE:
            return ""
        case Freeze.COLLEGE:
            return f"Ce dossier est à l’ordre du jour du collège\u00a0: vous ne pouvez rien y rouvrir. {WAY_OUT}"
        case Freeze.ATTRIBUTED:
            return "Le référencement est attribué. Pour changer ce dossier, présentez une nouvelle version technique."
        case never:
            assert_never(never)
