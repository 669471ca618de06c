"""What would change with other profils, or with the next version of the REM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from preuves.enums import PreuveState
from preuves.models import VersionDuREM
from preuves.rules.adoption import adoption
from preuves.rules.exigibilite import Exigibilite, ExigibiliteCount, Presentation, count, exigibilites

from .dossier import Dossier, Rem, rem_of


def simulate(rem: Rem, presentation: Presentation) -> Mapping[str, Exigibilite]:
    """Return what would be due if the candidature presented this."""
    return exigibilites(rem.attendues, presentation)


def count_by_chapitre(rem: Rem, exigibilites: Mapping[str, Exigibilite]) -> list[tuple[str, ExigibiliteCount]]:
    """Return how many preuves of each sort each chapitre has, leaving out those where nothing concerns the solution."""
    by_chapitre: dict[str, list[Exigibilite]] = {}
    for exigibilite in exigibilites.values():
        by_chapitre.setdefault(exigibilite.chapitre, []).append(exigibilite)
    counts = [(spec.label, count(by_chapitre.get(spec.code, ()))) for spec in rem.spec.chapitres]
    return [(label, number) for label, number in counts if number.asked]


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
    """Return what moving to that version asks again, what it spares, and how many verdicts hold."""
    after = rem_of(version)
    then = exigibilites(after.attendues, dossier.presentation)
    due = {numero for numero, exigibilite in dossier.exigibilites.items() if exigibilite.is_due}
    will_be_due = {numero for numero, exigibilite in then.items() if exigibilite.is_due}
    reasons = adoption(dossier.rem.spec, after.spec).reasons
    deposited = dossier.chapitres[0].facts.preuves if dossier.chapitres else {}
    accepted = {numero for numero, depot in deposited.items() if depot.state == PreuveState.ACCEPTED}

    def change(numero: str, rem: Rem, sentence: str) -> Change:
        return Change(numero, rem.by_numero[numero][-1].texte, sentence)

    return Changes(
        added=tuple(change(numero, after, then[numero].reason) for numero in then if numero in will_be_due - due),
        removed=tuple(
            change(numero, dossier.rem, then[numero].reason if numero in then else "Retirée du référentiel.")
            for numero in dossier.exigibilites
            if numero in due - will_be_due
        ),
        fallen=tuple(
            change(numero, after, reasons[numero]) for numero in then if numero in reasons and numero in accepted
        ),
        changed=tuple(
            change(numero, after, reasons[numero])
            for numero in then
            if numero in reasons and numero in due and numero not in accepted
        ),
        kept=len(accepted - reasons.keys()),
    )
