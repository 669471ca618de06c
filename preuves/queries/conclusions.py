"""The conclusions that another instructeur must confirm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Referent, ReferentDeChapitre
from candidatures.queries.referents import equipe, instructeurs
from candidatures.rules.referents import who_acts
from comptes.enums import RoleANS
from comptes.models import Compte
from preuves.models import Chapitre, ConclusionProposee

PROPOSED = JSONObject(
    version="version",
    returns="returns",
    proposed_at="proposed_at",
    author="proposed_by",
    first="proposed_by__first_name",
    last="proposed_by__last_name",
)


@dataclass(frozen=True)
class Proposition:
    """A conclusion that waits for another instructeur, as the review screen shows it."""

    author_id: int
    author: str
    returns: bool
    proposed_at: datetime


def asks_two_people(chapitre: Chapitre) -> bool:
    """Whether the dispositif asks that another instructeur confirm the conclusion of this chapitre."""
    return chapitre.code in spec_of(chapitre.dossier.candidature.dispositif_id).quatre_yeux


def two_people_are_asked(dispositifs: Iterable[str]) -> bool:
    """Whether one of these dispositifs has a chapitre whose conclusion somebody else confirms."""
    return any(spec_of(code).quatre_yeux for code in dispositifs)


def conclusions_of(chapitre: Chapitre) -> QuerySet[ConclusionProposee]:
    """Return the conclusion of a chapitre that another instructeur may confirm, or none."""
    return ConclusionProposee.objects.live().filter(soumission__chapitre=chapitre)


def conclusions_to_confirm(compte: Any) -> QuerySet[ConclusionProposee]:
    """Return, in no order, the conclusions that others than this person (pk) proposed."""
    return ConclusionProposee.objects.live().exclude(proposed_by=compte).order_by()


def proposition_in(row: Mapping[str, Any] | None) -> Proposition | None:
    """Read a row of `PROPOSED`, if there is one."""
    return (
        None
        if row is None
        else Proposition(
            author_id=row["author"],
            author=f"{row['first']} {row['last']}",
            returns=row["returns"],
            proposed_at=datetime.fromisoformat(row["proposed_at"]),
        )
    )


def who_confirms(chapitre: Chapitre, *, but: Compte, at: datetime) -> list[Compte]:
    """Return whom a proposed conclusion is told to: the référents of the chapitre and of the candidature.

    Whoever stands in for an absent one is told instead. Without anybody, the responsables d'instruction. Never whoever
    proposed it.
    """
    candidature, away = chapitre.dossier.candidature, equipe(at=at).away
    of_the_type = ReferentDeChapitre.objects.filter(dispositif=candidature.dispositif_id, code=chapitre.code)
    of_the_candidature = Referent.objects.filter(candidature=candidature)
    referents = of_the_type.values_list("compte", flat=True).union(of_the_candidature.values_list("compte", flat=True))
    others = instructeurs().exclude(pk=but.pk)
    named = others.filter(pk__in=[who_acts(compte, away) for compte in referents])
    return list(named) or list(others.filter(roles_ans__contains=[RoleANS.RESPONSABLE_INSTRUCTION.value]))
