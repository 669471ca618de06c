"""Where a candidature stands at the other desks: its required and followed demandes, and its gates."""

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
    """One demande, required or not, as the gates need it."""

    @property
    def guichet(self) -> GuichetSpec: ...
    @property
    def requise(self) -> DemandeRequise | None: ...
    @property
    def facts(self) -> DemandeFacts: ...


@dataclass(frozen=True)
class LigneDeDemande:
    """One demande as its panel shows it: required and declared, required and not declared, or declared beside.

    :param requise: None when nothing requires it
    :param demande: None while the éditeur has not declared it
    :param releves: the twelve latest, most recent first
    :param capture: the latest one, while it waits for the ANS or once it was refused
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
        """The colour of the badge of its stage."""
        return self.demande.etape.tone if self.demande else "neutral"

    @property
    def pieces(self) -> tuple[tuple[PieceSpec, EtatDePiece | None], ...]:
        """The pieces that the desk asks for, each with its state there, if the desk gave it."""
        asked = self.requise.pieces if self.requise else ()
        states = self.demande.pieces if self.demande else {}
        return tuple((piece, EtatDePiece(states[piece.code]) if piece.code in states else None) for piece in asked)

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
        """The latest relevés, each with the label of its stage, or the desk's own word when it is unknown here."""
        return tuple((releve, self._label_of(releve)) for releve in self.releves)

    @property
    def capture_label(self) -> str:
        return self._label_of(self.capture) if self.capture else ""

    def _label_of(self, releve: Releve | LatestCapture) -> str:
        return self.guichet.labels.get(releve.etape, releve.etape)

    @property
    def awaited(self) -> str:
        """What the owner must do."""
        return awaited_of(self.facts)

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents that the desk handed over, each with its number."""
        given = self.demande.documents if self.demande else {}
        labels = self.guichet.documents
        return tuple(f"{label} n°\u00a0{given[nature]}" for nature, label in labels.items() if nature in given)

    @property
    def failure_label(self) -> str:
        """Why the latest pull failed; empty when it did not."""
        failure = self.demande.failure if self.demande else ""
        return f"{self.guichet.why_nothing(Panne(failure))}." if failure else ""


@dataclass(frozen=True)
class DeskSituation:
    """What the panels and the gates of one candidature show."""

    candidature: Candidature
    architecture: Architecture
    requis: Requis
    lignes: tuple[LigneDeDemande, ...]
    gates: tuple[Gate, ...]

    def of(self, guichet: str) -> tuple[LigneDeDemande, ...]:
        return tuple(ligne for ligne in self.lignes if ligne.guichet.code == guichet)


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
    :param presented: its volets with the answers to `WITH_PREUVES`, if the caller already has them
    :param with_history: if false, only today's stages, in two queries
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
    """Build the facts of the gates; the demandes that are not required are left out."""
    code = spec.chapitre_prerequis
    chapitre = dossier.chapitre(code) if dossier and code else None
    standing = chapitre.facts.standing if chapitre else None
    return GateFacts(
        prerequis=standing if code else "",
        profils_known=bool(architecture.profils),
        demandes=tuple(ligne.facts for ligne in lignes if ligne.requise),
        approved_at=chapitre.row.concluded_at if chapitre and chapitre.row and standing == "approved" else None,
    )


def lignes_from(
    gathered: Gathered, followed: Sequence[DemandeAuGuichet], asked: Requis, at: datetime
) -> tuple[LigneDeDemande, ...]:
    """Return the required demandes, in the order in which an éditeur obtains them, then the other declared ones."""
    by_objet = {demande.objet: demande for demande in followed}
    lignes = [
        gathered.ligne(requise.label, requise.guichet, requise, by_objet.pop(requise.objet.key, None), at=at)
        for requise in asked.demandes
    ]
    beside = [gathered.ligne(demande.label, demande.spec, None, demande, at=at) for demande in by_objet.values()]
    return (*lignes, *beside)


def _anomalies(candidature: Any) -> QuerySet[Anomalie, Any]:
    living = Anomalie.objects.living().filter(demande__candidature=candidature)
    return living.select_related("demande", "acknowledged_by").order_by("demande", "-opened_at", "-pk")


_ANOMALIES = Prepared(_anomalies, candidature=BigIntegerField())


class Gathered:
    """What goes with the demandes: a constant number of queries, or none without their history."""

    def __init__(self, demandes: Sequence[Any], anomalies: Iterable[Anomalie], *, with_history: bool) -> None:
        self.captures = {demande.pk: read_latest(demande.latest) for demande in demandes}
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
    """The latest relevés of each demande, without their raw answer, joined with the person who confirmed a capture."""
    mine = Releve.objects.filter(demande=OuterRef("pk")).order_by("-seen_at", "-pk").values("pk")
    demandes = DemandeAuGuichet.objects.filter(pk__in=keys).annotate(latest=ArraySubquery(mine[:HISTORY]))
    wanted = [pk for latest in demandes.values_list("latest", flat=True) for pk in latest]
    releves = Releve.objects.filter(pk__in=wanted).defer("raw").select_related("confirmed_by")
    return releves.order_by("demande", "-seen_at", "-pk")


def _by_demande(rows: Iterable[Row]) -> dict[int, tuple[Row, ...]]:
    by_demande: dict[int, list[Row]] = {}
    for row in rows:
        by_demande.setdefault(row.demande_id, []).append(row)
    return {demande_id: tuple(group) for demande_id, group in by_demande.items()}


def is_known(guichet: GuichetSpec, numero: str, confirmed_at: datetime | None) -> bool:
    """Whether a declared demande can be followed; a number is needed only where the portal asks the desk."""
    return bool(numero or confirmed_at or not is_pulled(guichet.code))


def _is_overdue(demande: DemandeAuGuichet | None, today: date) -> bool:
    """Whether the desk must act, and did not answer by the day that it gave."""
    if demande is None or demande.retour_prevu is None:
        return False
    return demande.etape.attend == "guichet" and demande.retour_prevu < today
