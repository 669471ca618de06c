"""The preuves of one chapitre, line by line, as the éditeur reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat, JSONObject

from preuves.enums import Forme, PreuveState
from preuves.models import Revision, VerdictDePreuve

from .dossier import Attendu, ChapitreDuDossier, Dossier


@dataclass(frozen=True)
class Depot:
    """The latest deposit for one preuve.

    :param by: who made it
    :param empreinte: of the words of the REM that it answered to
    """

    number: int
    forme: str
    deposited_at: datetime
    by: str
    empreinte: str

    @property
    def forme_label(self) -> str:
        return str(Forme(self.forme).label)


@dataclass(frozen=True)
class Retour:
    """What the ANS said of that very deposit."""

    reason: str
    given_at: datetime
    by: str


@dataclass(frozen=True)
class LigneDePreuve:
    """One expected preuve of a chapitre.

    :param state: of the preuve; empty before the first deposit
    :param depot: None before
    :param retour: None while the ANS has said nothing of that deposit
    """

    attendu: Attendu
    state: str
    depot: Depot | None
    retour: Retour | None

    @property
    def words_changed(self) -> bool:
        """Whether the words of the REM changed since the deposit."""
        return self.depot is not None and self.depot.empreinte != self.attendu.empreinte

    @property
    def badge(self) -> str:
        return self.state or "required"

    @property
    def badge_label(self) -> str:
        return str(PreuveState(self.state).label) if self.state else "À déposer"

    @property
    def is_contested(self) -> bool:
        """Whether it is due because the ANS refused its dispense."""
        return self.attendu.exigibilite.is_due and self.attendu.exigibilite.reason.startswith("Dispense")


def lines_of_chapitre(dossier: Dossier, chapitre: ChapitreDuDossier) -> list[LigneDePreuve]:
    """Give every expected preuve of a chapitre with its latest deposit and what was said of it, in one query."""
    found = {one["preuve__numero"]: one for one in _latest().filter(preuve__chapitre=chapitre.row)}
    return [_ligne(dossier, one.numero, found.get(one.numero)) for one in chapitre.facts.exigibilites]


def _ligne(dossier: Dossier, numero: str, found: dict[str, Any] | None) -> LigneDePreuve:
    attendu = dossier.attendu(numero)
    assert attendu is not None, "A chapitre's facts come from the dossier's own REM."
    if found is None:
        return LigneDePreuve(attendu, "", None, None)
    depot = Depot(found["number"], found["forme"], found["deposited_at"], found["by"], found["empreinte"])
    return LigneDePreuve(attendu, found["preuve__state"], depot, _retour(found["said"]))


def _retour(said: dict[str, str] | None) -> Retour | None:
    return Retour(said["reason"], datetime.fromisoformat(said["at"]), said["by"]) if said else None


@cache
def _latest() -> QuerySet[Revision, Any]:
    """The latest revision of each preuve, and the latest verdict on it; put together once."""
    verdicts = VerdictDePreuve.objects.filter(revision=OuterRef("pk")).order_by("-given_at", "-pk")
    said = verdicts.values(word=JSONObject(reason="reason", at="given_at", by=_name_of("given_by")))
    latest = Revision.objects.order_by("preuve", "-number").distinct("preuve")
    return latest.annotate(by=_name_of("deposited_by"), said=Subquery(said[:1])).values(
        "preuve__numero", "preuve__state", "number", "forme", "deposited_at", "empreinte", "by", "said"
    )


def _name_of(compte: str) -> Concat:
    return Concat(F(f"{compte}__first_name"), Value(" "), F(f"{compte}__last_name"))
