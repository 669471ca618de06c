"""What a new REM would change in each dossier that moves to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from candidatures.models import Candidature
from preuves.catalogue.rem import RemSpec
from preuves.enums import PreuveState
from preuves.models import DossierDePreuves, Preuve, VersionDuREM
from preuves.rules.adoption import adoption
from preuves.rules.exigibilite import Presentation, exigibilites

from .dossier import Rem, attendues_of, rem_of
from .presentations import presentations_of, rows


@dataclass(frozen=True)
class Impact:
    """What a new REM would change in one dossier.

    :param added: how many preuves become due
    :param dropped: how many are no longer due
    :param kept: how many accepted preuves stay accepted
    :param fallen: how many accepted preuves must be read again
    """

    candidature: Candidature
    version: VersionDuREM
    added: int
    dropped: int
    kept: int
    fallen: int


def dossiers_of(dispositif: str) -> QuerySet[DossierDePreuves]:
    """Return every dossier of a dispositif, in the order of their NRU."""
    dossiers = rows().select_related("candidature__produit__editeur").filter(candidature__dispositif=dispositif)
    return dossiers.order_by("candidature__nru", "pk")


def impact_of(dossiers: Sequence[DossierDePreuves], spec: RemSpec) -> list[Impact]:
    """Return what a REM would change in each of these dossiers, in a constant number of queries.

    :param dossiers: some of `dossiers_of`
    """
    presentations = presentations_of(dossiers)
    accepted: dict[int, set[str]] = {dossier.pk: set() for dossier in dossiers}
    preuves = Preuve.objects.filter(chapitre__dossier__in=dossiers, state=PreuveState.ACCEPTED).order_by("pk")
    for dossier, numero in preuves.values_list("chapitre__dossier", "numero"):
        accepted[dossier].add(numero)
    rems = {dossier.version_id: rem_of(dossier.version) for dossier in dossiers}
    passages = {version: _Passage(rem, spec) for version, rem in rems.items()}
    return [
        passages[dossier.version_id].impact(dossier, presentations[dossier.pk], accepted[dossier.pk])
        for dossier in dossiers
    ]


class _Passage:
    """The move from one published version to the REM that was read; shared by the dossiers of that version."""

    def __init__(self, before: Rem, spec: RemSpec) -> None:
        self.before = before.attendues
        self.after = attendues_of(spec)
        self.reasons = adoption(before.spec, spec).reasons.keys()

    def impact(self, dossier: DossierDePreuves, presentation: Presentation, accepted: set[str]) -> Impact:
        due = {numero for numero, exigibilite in exigibilites(self.before, presentation).items() if exigibilite.is_due}
        then = exigibilites(self.after, presentation)
        will_be_due = {numero for numero, exigibilite in then.items() if exigibilite.is_due}
        count = Counter(numero in self.reasons for numero in accepted & then.keys())
        return Impact(
            candidature=dossier.candidature,
            version=dossier.version,
            added=len(will_be_due - due),
            dropped=len(due - will_be_due),
            kept=count[False],
            fallen=count[True],
        )
