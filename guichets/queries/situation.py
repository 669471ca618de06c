"""Where a candidature stands at the other desks: what is required, what is followed, what waits for what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, OuterRef, QuerySet

from candidatures.catalogue.specs import DispositifSpec
from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet
from comptes.dates import PARIS
from comptes.models.prepared import Prepared
from guichets.catalogue.specs import GuichetSpec, PieceSpec
from guichets.enums import EtatDePiece, Owner, Panne
from guichets.models import Anomalie, DemandeAuGuichet, Passage, Releve, ReponseDeGuichet
from guichets.rules.architecture import Architecture, DemandeRequise, Requis, requis
from guichets.rules.cadence import is_to_reconfirm
from guichets.rules.gates import DemandeFacts, Gate, GateFacts, awaited_of, gates, owner_of
from preuves.queries.dossier import Dossier

from .ages import age_of, is_stale_at
from .architecture import architecture_of, spec_of_candidature
from .demandes import reached_at, refused_of, suivies_of
from .desks import is_pulled
from .latest_captures import LatestCapture, read_latest

HISTORY = 12
Row = TypeVar("Row", Releve, Passage, Anomalie, ReponseDeGuichet)


class AskedDemande(Protocol):
    """One demande, required or not, as the gates look at it."""

    @property
    def guichet(self) -> GuichetSpec: ...
    @property
    def requise(self) -> DemandeRequise | None: ...
    @property
    def facts(self) -> DemandeFacts: ...


@dataclass(frozen=True)
class LigneDeDemande:
    """One demande as its panel shows it: required and declared, required and not declared, or declared beside.

    :param requise: None when nothing asks for it
    :param demande: None while the éditeur did not declare it
    :param releves: the latest dozen, first
    :param capture: the latest, while it waits for the ANS or once it was refused
    """

    guichet: GuichetSpec
    label: str
    requise: DemandeRequise | None
    demande: DemandeAuGuichet | None
    releves: tuple[Releve, ...]
    capture: LatestCapture | None
    passages: tuple[Passage, ...]
    anomalies: tuple[Anomalie, ...]
    reponses: tuple[ReponseDeGuichet, ...]
    age: str
    is_stale: bool
    is_overdue: bool
    to_reconfirm: bool = False

    @property
    def etape_label(self) -> str:
        return self.demande.etape.label if self.demande else "À déclarer"

    @property
    def state(self) -> str:
        return self.demande.state if self.demande else "required"

    @property
    def tone(self) -> str:
        """The badge that its stage bears."""
        return self.demande.etape.tone if self.demande else "neutral"

    @property
    def pieces(self) -> tuple[tuple[PieceSpec, EtatDePiece | None], ...]:
        """What the desk asks for, each with where it stands there, once it said so."""
        asked = self.requise.pieces if self.requise else ()
        said = self.demande.pieces if self.demande else {}
        return tuple((one, EtatDePiece(said[one.code]) if one.code in said else None) for one in asked)

    @property
    def facts(self) -> DemandeFacts:
        demande = self.demande
        return DemandeFacts(
            label=self.label,
            guichet=self.guichet,
            etape=demande.state if demande else self.guichet.initial.code,
            recorded=demande is not None and is_known(self.guichet, demande.numero, demande.confirmed_at),
            confirmed_at=demande.confirmed_at if demande else None,
            is_third_party=bool(self.requise and self.requise.is_third_party),
            returned=demande.why_it_stands_back if demande else "",
            since=demande.moved_at if demande else None,
            is_pulled=is_pulled(self.guichet.code),
            waiting_since=self.capture.recorded_at if self.capture and self.capture.is_waiting else None,
            refused=refused_of(demande) if demande else None,
            reached_at=reached_at(demande) if demande else None,
        )

    @property
    def owner(self) -> Owner | None:
        """Who must act; nobody once it is granted."""
        return owner_of(self.facts)

    @property
    def history(self) -> tuple[tuple[Releve, str], ...]:
        """The latest relevés, each with its stage in French, or in the desk's own words when nobody knows them."""
        return tuple((one, self.said(one)) for one in self.releves)

    @property
    def capture_label(self) -> str:
        return self.said(self.capture) if self.capture else ""

    def said(self, releve: Releve | LatestCapture) -> str:
        return self.guichet.labels.get(releve.etape, releve.etape)

    @property
    def awaited(self) -> str:
        """What is awaited of them."""
        return awaited_of(self.facts)

    @property
    def documents(self) -> tuple[str, ...]:
        """What the desk handed over."""
        given = self.demande.documents if self.demande else {}
        return tuple(f"{label} n°\u00a0{given[one]}" for one, label in self.guichet.documents.items() if one in given)

    @property
    def failure_label(self) -> str:
        """Why the latest pull brought nothing; empty when it did bring something."""
        failure = self.demande.failure if self.demande else ""
        return f"{self.guichet.why_nothing(Panne(failure))}." if failure else ""


@dataclass(frozen=True)
class DeskSituation:
    """All that the panels and the gates of one candidature say."""

    candidature: Candidature
    architecture: Architecture
    requis: Requis
    lignes: tuple[LigneDeDemande, ...]
    gates: tuple[Gate, ...]

    def of(self, guichet: str) -> tuple[LigneDeDemande, ...]:
        return tuple(one for one in self.lignes if one.guichet.code == guichet)


def situation_of(
    candidature: Candidature,
    *,
    dossier: Dossier | None,
    at: datetime,
    presented: Sequence[PresentedVolet] | None = None,
    with_history: bool = True,
) -> DeskSituation:
    """Gather a situation in a constant number of queries.

    :param candidature: with its dispositif joined
    :param dossier: its preuves, from `preuves.queries.dossier_of`; None while the dispositif has no REM
    :param presented: its volets with the answers to `WITH_PREUVES`, for who has gathered them already
    :param with_history: else, in two queries, where each demande stands today, and nothing of its past
    """
    spec = spec_of_candidature(candidature)
    architecture = architecture_of(candidature, presented)
    asked = requis(architecture, spec)
    followed = suivies_of(candidature.pk)
    gathered = Gathered(followed, _ANOMALIES.ask(candidature=candidature.pk), with_history=with_history)
    lignes = lignes_from(gathered, followed, asked, at)
    return DeskSituation(
        candidature, architecture, asked, lignes, gates(gate_facts(architecture, lignes, spec, dossier))
    )


def gate_facts(
    architecture: Architecture, lignes: Iterable[AskedDemande], spec: DispositifSpec, dossier: Dossier | None
) -> GateFacts:
    """What the gates look at, from the demandes that are required and those that are not."""
    code = spec.chapitre_prerequis
    chapitre = dossier.chapitre(code) if dossier and code else None
    standing = chapitre.facts.standing if chapitre else None
    return GateFacts(
        prerequis=standing if code else "",
        profils_known=bool(architecture.profils),
        demandes=tuple(one.facts for one in lignes if one.requise),
        approved_at=chapitre.row.concluded_at if chapitre and chapitre.row and standing == "approved" else None,
    )


def lignes_from(
    gathered: Gathered, followed: Sequence[DemandeAuGuichet], asked: Requis, at: datetime
) -> tuple[LigneDeDemande, ...]:
    """Give what is required, in the order in which it is obtained, then what was declared beside."""
    by_objet = {one.objet: one for one in followed}
    lignes = [
        gathered.ligne(one.label, one.guichet, one, by_objet.pop(one.objet.key, None), at=at) for one in asked.demandes
    ]
    beside = [gathered.ligne(one.label, one.spec, None, one, at=at) for one in by_objet.values()]
    return (*lignes, *beside)


def _anomalies(candidature: Any) -> QuerySet[Anomalie, Any]:
    living = Anomalie.objects.living().filter(demande__candidature=candidature)
    return living.select_related("demande", "acknowledged_by").order_by("demande", "-opened_at", "-pk")


_ANOMALIES = Prepared(_anomalies, candidature=BigIntegerField())


class Gathered:
    """What goes with the demandes, in four queries whatever their number; in none, without their history."""

    def __init__(self, demandes: Sequence[Any], anomalies: Iterable[Anomalie], *, with_history: bool) -> None:
        self.captures = {one.pk: read_latest(one.latest) for one in demandes}
        keys = list(self.captures)
        self.anomalies = _by_demande(anomalies)
        self.releves: dict[int, tuple[Releve, ...]] = {}
        self.passages: dict[int, tuple[Passage, ...]] = {}
        self.reponses: dict[int, tuple[ReponseDeGuichet, ...]] = {}
        if with_history:
            self._read_history(keys)

    def _read_history(self, keys: Sequence[int]) -> None:
        self.releves = _by_demande(_latest_releves(keys))
        self.passages = _by_demande(Passage.objects.filter(demande__in=keys).order_by("demande", "number"))
        reponses = ReponseDeGuichet.objects.filter(demande__in=keys).select_related("revision")
        self.reponses = _by_demande(reponses.order_by("demande", "answered_at", "pk"))

    def ligne(
        self,
        label: str,
        guichet: GuichetSpec,
        requise: DemandeRequise | None,
        demande: DemandeAuGuichet | None,
        *,
        at: datetime,
    ) -> LigneDeDemande:
        key = demande.pk if demande else 0
        releves = self.releves.get(key, ())
        confirmed_at = demande.confirmed_at if demande else None
        return LigneDeDemande(
            guichet=guichet,
            label=label,
            requise=requise,
            demande=demande,
            releves=releves,
            capture=self.captures.get(key),
            passages=self.passages.get(key, ()),
            anomalies=self.anomalies.get(key, ()),
            reponses=self.reponses.get(key, ()),
            age=age_of(demande, at=at),
            is_stale=is_stale_at(demande, guichet, at=at),
            is_overdue=_is_overdue(demande, at.astimezone(PARIS).date()),
            to_reconfirm=bool(demande and demande.is_granted and is_to_reconfirm(confirmed_at, guichet.cadence, at=at)),
        )


def _latest_releves(keys: Sequence[int]) -> Iterable[Releve]:
    """The latest relevés of each demande, without their raw answer; of a capture, with who confirmed it."""
    mine = Releve.objects.filter(demande=OuterRef("pk")).order_by("-seen_at", "-pk").values("pk")
    demandes = DemandeAuGuichet.objects.filter(pk__in=keys).annotate(latest=ArraySubquery(mine[:HISTORY]))
    wanted = [pk for latest in demandes.values_list("latest", flat=True) for pk in latest]
    releves = Releve.objects.filter(pk__in=wanted).defer("raw").select_related("confirmed_by")
    return releves.order_by("demande", "-seen_at", "-pk")


def _by_demande(rows: Iterable[Row]) -> dict[int, tuple[Row, ...]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.demande_id, []).append(row)
    return {key: tuple(some) for key, some in found.items()}


def is_known(guichet: GuichetSpec, numero: str, confirmed_at: datetime | None) -> bool:
    """Whether a declared demande can be followed: a desk that nobody asks needs no number."""
    return bool(numero or confirmed_at or not is_pulled(guichet.code))


def _is_overdue(demande: DemandeAuGuichet | None, today: date) -> bool:
    """Whether the desk let pass the day that it had promised, for a demande of which something is awaited of it."""
    if demande is None or demande.retour_prevu is None:
        return False
    return demande.etape.attend == "guichet" and demande.retour_prevu < today
