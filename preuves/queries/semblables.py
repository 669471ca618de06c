"""What the same éditeur brought elsewhere for the same preuve or exigence, with the last verdict of the ANS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Case,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import JSONObject

from candidatures.models import Candidature
from comptes.models.prepared import Prepared
from preuves.enums import Avis
from preuves.models import Preuve, VerdictDePreuve
from preuves.models.chapitre import WAITING

from .dossier import Attendu

MOST = 5


@dataclass(frozen=True)
class Semblable:
    """A preuve of another candidature of the same éditeur.

    :param is_same: whether it has the same N°; else it answers to the same exigence
    :param avis: the last verdict; empty while nobody gave one
    """

    nru: str
    solution: str
    chapitre: str
    numero: str
    is_same: bool
    avis: str
    given_at: datetime | None

    @property
    def state(self) -> str:
        return self.avis or "neutral"

    @property
    def label(self) -> str:
        return str(Avis(self.avis).label) if self.avis else "Pas encore vérifiée"


def semblables_of(candidature: Candidature, attendu: Attendu) -> list[Semblable]:
    """Return the preuves that the same éditeur handed to the ANS elsewhere, those of the same N° first; one query."""
    numeros = [preuve.numero for scenario in attendu.exigence.scenarios for preuve in scenario.preuves]
    rows = _SEMBLABLES.ask(
        candidature=candidature.pk,
        editeur=candidature.produit.editeur_id,
        numero=attendu.preuve.numero,
        numeros=numeros,
    )
    return [
        Semblable(
            nru,
            solution,
            code,
            numero,
            is_same=numero == attendu.preuve.numero,
            avis=verdict["avis"] if verdict else "",
            given_at=datetime.fromisoformat(verdict["given_at"]) if verdict else None,
        )
        for nru, solution, code, numero, verdict in rows
    ]


def _semblables(candidature: Any, editeur: Any, numero: Any, numeros: Any) -> QuerySet[Any, Any]:
    verdicts = VerdictDePreuve.objects.filter(revision__preuve=OuterRef("pk")).order_by("-given_at", "-pk")
    last = verdicts.values(row=JSONObject(avis="avis", given_at="given_at"))[:1]
    where = "chapitre__dossier__candidature"
    elsewhere = Preuve.objects.filter(**{f"{where}__produit__editeur": editeur}, numero__among=numeros)
    handed = elsewhere.exclude(**{where: candidature}).annotate(verdict=Subquery(last), nru=F(f"{where}__nru"))
    rank = Case(When(numero=numero, then=Value(0)), default=Value(1), output_field=IntegerField())
    seen = handed.filter(Q(verdict__isnull=False) | Q(chapitre__state__in=WAITING))
    return seen.order_by(rank, "-nru", "pk").values_list(
        "nru", f"{where}__produit__nom", "chapitre__code", "numero", "verdict"
    )[:MOST]


_SEMBLABLES = Prepared(
    _semblables,
    candidature=BigIntegerField(),
    editeur=BigIntegerField(),
    numero=TextField(),
    numeros=ArrayField(TextField()),
)
