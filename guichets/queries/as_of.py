"""The demandes at the other desks as the portal knew them at an instant, without what was read since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet
from comptes.models import JournalEntry
from comptes.queries import acts_until
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Act
from guichets.models import Capture, DemandeAuGuichet, Passage
from guichets.rules.architecture import DemandeRequise, requis
from guichets.rules.gates import DemandeFacts, Gate, gates
from preuves.queries.dossier import Dossier

from .architecture import architecture_of
from .demandes import by_desk
from .desks import is_pulled
from .situation import gate_facts, is_known

UNKNOWN = "à venir"
NUMBERED = (Act.DEMANDE_RECORDED, Act.DEMANDE_CORRECTED)


@dataclass(frozen=True)
class DemandeThen:
    """One demande as the portal knew it.

    :param requise: None when nothing required it
    :param is_declared: whether the éditeur had declared it; if not, its stage is the first
    :param numero: empty while it was not known
    :param since: when the portal learnt of that stage; None for the first
    :param waiting_since: when the capture that then waited for the ANS was recorded
    """

    guichet: GuichetSpec
    label: str
    requise: DemandeRequise | None
    etape: str
    is_declared: bool = True
    numero: str = ""
    since: datetime | None = None
    returned: str = ""
    first_confirmed_at: datetime | None = None
    waiting_since: datetime | None = None

    @property
    def facts(self) -> DemandeFacts:
        return DemandeFacts(
            label=self.label,
            guichet=self.guichet,
            etape=self.etape,
            recorded=self.is_declared and is_known(self.guichet, self.numero, self.first_confirmed_at),
            confirmed_at=self.first_confirmed_at,
            is_third_party=bool(self.requise and self.requise.is_third_party),
            returned=self.returned,
            since=self.since,
            is_pulled=is_pulled(self.guichet.code),
            waiting_since=self.waiting_since,
        )


@dataclass(frozen=True)
class DesksThen:
    """The required and declared demandes, in the order in which an éditeur obtains them, and the gates."""

    demandes: tuple[DemandeThen, ...]
    gates: tuple[Gate, ...]


def desks_at(
    candidatures: Sequence[Candidature],
    volets: Mapping[int, Sequence[PresentedVolet]],
    dossiers: Mapping[int, Dossier],
    *,
    at: datetime,
) -> dict[int, DesksThen]:
    """Return where each candidature stood at the other desks at an instant, in a constant number of queries.

    :param volets: by candidature, as they stood then, with the answers to `WITH_PREUVES`
    :param dossiers: by candidature, as they stood then; without those whose dispositif had no REM
    """
    followed = _followed(candidatures, at)
    passages = _passages([demande for demandes in followed.values() for demande in demandes], at)
    acts = acts_until([candidature.chain for candidature in candidatures], [act.value for act in NUMBERED], at=at)
    then = partial(_then, passages=passages, acts=acts, at=at)
    situations = {}
    for candidature in candidatures:
        pk = candidature.pk
        spec, architecture = spec_of(candidature.dispositif_id), architecture_of(candidature, volets[pk])
        by_objet = {demande.objet: demande for demande in followed[pk]}
        required = [
            then(requise.label, requise.guichet, requise, by_objet.pop(requise.objet.key, None))
            for requise in requis(architecture, spec).demandes
        ]
        beside = [then(demande.label, demande.spec, None, demande) for demande in by_objet.values()]
        demandes = (*required, *beside)
        situations[pk] = DesksThen(demandes, gates(gate_facts(architecture, demandes, spec, dossiers.get(pk))))
    return situations


def _followed(candidatures: Sequence[Candidature], at: datetime) -> dict[int, list[Any]]:
    """Return, by candidature, the demandes that were followed then, by desk, then by object.

    Each is annotated with `waiting_since`: when the capture that then waited for the ANS was recorded.
    """
    rows = DemandeAuGuichet.objects.filter(candidature__in=candidatures, recorded_at__lte=at)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=at))
    waiting = Capture.objects.filter(Q(decided_at=None) | Q(decided_at__gt=at), demande=OuterRef("pk"))
    waiting = waiting.filter(recorded_at__lte=at).order_by("-pk")
    followed: dict[int, list[Any]] = {candidature.pk: [] for candidature in candidatures}
    for row in by_desk(rows.annotate(waiting_since=Subquery(waiting.values("recorded_at")[:1]))):
        followed[row.candidature_id].append(row)
    return followed


def _passages(demandes: Sequence[DemandeAuGuichet], at: datetime) -> dict[int, Passage]:
    """Return, by demande, the last stage that the portal knew then."""
    rows = Passage.objects.filter(demande__in=[demande.pk for demande in demandes], passed_at__lte=at)
    return {passage.demande_id: passage for passage in rows.order_by("demande", "-number").distinct("demande")}


def _then(
    label: str,
    guichet: GuichetSpec,
    requise: DemandeRequise | None,
    demande: Any,
    *,
    passages: Mapping[int, Passage],
    acts: Mapping[str, Sequence[JournalEntry]],
    at: datetime,
) -> DemandeThen:
    if demande is None:
        return DemandeThen(guichet, label, requise, guichet.initial.code, is_declared=False)
    passage, first = passages.get(demande.pk), demande.first_confirmed_at
    return DemandeThen(
        guichet=guichet,
        label=label,
        requise=requise,
        etape=passage.etape if passage else guichet.initial.code,
        numero=_numero(demande, acts.get(demande.address, ())),
        since=passage.passed_at if passage else None,
        returned=passage.reason if passage else "",
        first_confirmed_at=first if first and first <= at else None,
        waiting_since=demande.waiting_since,
    )


def _numero(demande: DemandeAuGuichet, acts: Sequence[JournalEntry]) -> str:
    """Return the number last declared; a link has no such act, and its number never changes."""
    numeros = [act.params["numero"] for act in acts if "numero" in act.params]
    if not numeros:
        return demande.numero
    return "" if numeros[-1] == UNKNOWN else numeros[-1]
