"""What would be: with other profils, or with the next version of the REM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from preuves.enums import PreuveState
from preuves.models import VersionDuREM
from preuves.rules.adoption import adoption
from preuves.rules.exigibilite import Exigibilite, ExigibiliteCount, Presentation, count, exigibilites

from .dossier import Dossier, Rem, rem_of


def simulate(rem: Rem, presentation: Presentation) -> Mapping[str, Exigibilite]:
    """Say what would be due if the candidature presented that."""
    return exigibilites(rem.attendues, presentation)


def count_by_chapitre(rem: Rem, found: Mapping[str, Exigibilite]) -> list[tuple[str, ExigibiliteCount]]:
    """How many preuves of each sort, chapitre by chapitre; those where nothing concerns the solution are left out."""
    by_chapitre: dict[str, list[Exigibilite]] = {}
    for one in found.values():
        by_chapitre.setdefault(one.chapitre, []).append(one)
    counts = [(spec.label, count(by_chapitre.get(spec.code, ()))) for spec in rem.spec.chapitres]
    return [(label, one) for label, one in counts if one.asked]


@dataclass(frozen=True)
class Change:
    """What one preuve becomes with the next version of the REM, in a French sentence."""

    numero: str
    texte: str
    sentence: str


@dataclass(frozen=True)
class Changes:
    """What the next version of the REM changes for one dossier, in the order of the REM."""

    added: tuple[Change, ...]
    removed: tuple[Change, ...]
    fallen: tuple[Change, ...]
    changed: tuple[Change, ...]
    kept: int


def changes_for(dossier: Dossier, version: VersionDuREM) -> Changes:
    """Say what passing to that version asks again, what it spares, and how many verdicts hold."""
    after = rem_of(version)
    found = exigibilites(after.attendues, dossier.presentation)
    due = {numero for numero, one in dossier.exigibilites.items() if one.is_due}
    will_be_due = {numero for numero, one in found.items() if one.is_due}
    reasons = adoption(dossier.rem.spec, after.spec).reasons
    deposited = dossier.chapitres[0].facts.preuves if dossier.chapitres else {}
    accepted = {numero for numero, one in deposited.items() if one.state == PreuveState.ACCEPTED}

    def change(numero: str, rem: Rem, sentence: str) -> Change:
        return Change(numero, rem.by_numero[numero][-1].texte, sentence)

    return Changes(
        added=tuple(change(one, after, found[one].reason) for one in found if one in will_be_due - due),
        removed=tuple(
            change(one, dossier.rem, found[one].reason if one in found else "Retirée du REM.")
            for one in dossier.exigibilites
            if one in due - will_be_due
        ),
        fallen=tuple(change(one, after, reasons[one]) for one in found if one in reasons and one in accepted),
        changed=tuple(
            change(one, after, reasons[one]) for one in found if one in reasons and one in due and one not in accepted
        ),
        kept=len(accepted - reasons.keys()),
    )
