"""The latest deposit of each preuve, and the verdict of the ANS on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat, JSONObject

from comptes.models.prepared import Prepared
from preuves.enums import Forme, Reception
from preuves.models import DossierDePreuves, Revision, RevisionPiece, VerdictDePreuve
from preuves.rules.sondes import reception_of, reception_of_envoi

from .envois import state_of_files
from .illisibles import FichierLu, found_in, read, said_of


@dataclass(frozen=True)
class DepositReturn:
    """The verdict of the ANS on one deposit."""

    reason: str
    given_at: datetime
    by: str


@dataclass(frozen=True)
class Depot:
    """The latest deposit for one preuve.

    :param state: state of the preuve
    :param by: who made the deposit
    :param empreinte: sha256 of the words of the REM that it answers to
    :param retour: None while the ANS has given no verdict on it
    """

    state: str
    number: int
    sha256: str
    forme: str
    deposited_at: datetime
    by: str
    empreinte: str
    retour: DepositReturn | None
    files: str = ""
    lus: tuple[FichierLu, ...] = ()

    @property
    def reception(self) -> Reception | None:
        """What keeps its files from being known to open; None when nothing does."""
        if self.files:
            return reception_of_envoi(self.files)
        return reception_of(file.state for file in self.lus) if self.forme == Forme.FILES else None

    @property
    def unreadable(self) -> str:
        """Say which of its files do not open, and why; empty when all may."""
        return said_of(self.lus)

    @property
    def forme_label(self) -> str:
        return str(Forme(self.forme).label)


def latest_depots(dossier: DossierDePreuves, code: str = "") -> dict[str, Depot]:
    """Return the latest deposit of every living preuve, by N°, in one query.

    :param code: of the one chapitre to read; all when empty
    """
    rows = _LATEST.ask(dossier=dossier.pk, code=code) if code else _ALL.ask(dossier=dossier.pk)
    return {
        numero: Depot(state, number, sha256, forme, at, by, empreinte, _retour(verdict), files, read(lus))
        for numero, state, number, sha256, forme, at, by, empreinte, verdict, files, lus in rows
    }


def _retour(verdict: dict[str, str] | None) -> DepositReturn | None:
    return DepositReturn(verdict["reason"], datetime.fromisoformat(verdict["at"]), verdict["by"]) if verdict else None


def _latest(revisions: QuerySet[Revision, Any]) -> QuerySet[Revision, Any]:
    """The latest of these revisions of each preuve, and the latest verdict on it."""
    verdicts = VerdictDePreuve.objects.filter(revision=OuterRef("pk")).order_by("-given_at", "-pk")
    last = verdicts.values(word=JSONObject(reason="reason", at="given_at", by=_name_of("given_by")))
    latest = revisions.order_by("preuve", "-number").distinct("preuve")
    lus = found_in(RevisionPiece.objects.filter(revision=OuterRef("pk")))
    with_verdicts = latest.annotate(
        by=_name_of("deposited_by"), verdict=Subquery(last[:1]), files=state_of_files(), lus=lus
    )
    columns = ("preuve__numero", "preuve__state", "number", "sha256", "forme", "deposited_at", "by", "empreinte")
    return with_verdicts.values_list(*columns, "verdict", "files", "lus")


_LATEST = Prepared(
    lambda dossier, code: _latest(
        Revision.objects.filter(preuve__chapitre__dossier=dossier, preuve__chapitre__code=code)
    ),
    dossier=BigIntegerField(),
    code=TextField(),
)
_ALL = Prepared(
    lambda dossier: _latest(Revision.objects.filter(preuve__chapitre__dossier=dossier)), dossier=BigIntegerField()
)


def _name_of(compte: str) -> Concat:
    return Concat(F(f"{compte}__first_name"), Value(" "), F(f"{compte}__last_name"))
