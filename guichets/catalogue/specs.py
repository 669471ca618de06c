"""What the portal knows of a desk, read from its file: plain data, used everywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

from guichets.enums import AnomalieKind, Contrat, Owner, Panne, Portee, RoleDEtape, RoleEdcPsc


@dataclass(frozen=True)
class PieceSpec:
    code: str
    label: str


@dataclass(frozen=True)
class EtapeSpec:
    """One stage of a demande.

    :param au_guichet: the desk's own word for it, when it has another; empty otherwise
    :param is_lateral: shown only while a demande stands there
    :param attend: who must act then: `editeur`, `guichet`, or nobody
    :param attendu: what they must do, in French
    :param tone: the colour of its badge
    :param retour_obligatoire: whether a capture of that stage must show when the desk will answer
    :param every: the delay from one pull to the next
    :param vers: the stages that may follow it, forwards
    """

    code: str
    label: str
    role: RoleDEtape
    au_guichet: str
    is_lateral: bool
    attend: str
    attendu: str
    tone: str
    retour_obligatoire: bool
    every: timedelta
    vers: tuple[str, ...]

    @property
    def full_label(self) -> str:
        """Our label, and the desk's own word if it differs: « Pré-examen (« En cours / actif » au guichet) »."""
        return f"{self.label} («\u00a0{self.au_guichet}\u00a0» au guichet)" if self.au_guichet else self.label

    @property
    def is_decided(self) -> bool:
        return self.role in (RoleDEtape.ACCORD, RoleDEtape.REFUS)


@dataclass(frozen=True)
class CadenceSpec:
    """How often one desk is asked.

    :param every: the delay from one pull to the next, by stage
    :param stale_after: what is known is shown as old when no consistent answer came for that long
    :param reconfirm_after: a grant that nothing confirmed for that long is asked again; it stays a grant
    :param budget: how many pulls may be under way at once, renewed each minute
    :param lease: a pull that brought nothing for that long is counted as lost
    :param near: an échéance is near when it is that far or less; the intervals are then divided
    """

    every: Mapping[str, timedelta]
    stale_after: timedelta
    reconfirm_after: timedelta
    budget: int
    lease: timedelta
    near: timedelta
    divisor: int
    floor: timedelta


@dataclass(frozen=True)
class GuichetSpec:
    """One desk, whose decisions the portal shows.

    :param article: « Le CNDA »; `de` is « du CNDA » and `a` « au CNDA »
    :param objet: what the desk is for, in a sentence
    :param intitule: what a demande there is called: « Homologation CNDA »
    :param portee: what it decides on
    :param identifiant: what the desk identifies a demande by: « numéro », « lien »
    :param contrat: the HTTP contract to ask it with; None when it cannot be asked
    :param nature: the nature of the preuves whose deposit is itself the demande; `forme` is the form of that deposit
    :param etapes: in the order of a demande's life
    :param apres: the desks whose grants it waits for
    :param constat_des: the stage from which it answers the preuves that name it; empty when it answers none
    :param repute_complet_des: the stage from which a dossier is complete; empty when it does not matter
    :param documents: the labels of the documents that it hands over with its decision, by nature
    :param capture: the fields that a capture of its pages must show
    :param pieces: the pieces that it asks for, by role and by who owns the proxy (`propre`, `tiers`)
    """

    code: str
    label: str
    article: str
    de: str
    a: str
    rank: int
    couleur: str
    objet: str
    intitule: str
    portee: Portee
    identifiant: str
    contrat: Contrat | None
    nature: str
    forme: str
    etapes: tuple[EtapeSpec, ...] = field(repr=False)
    cadence: CadenceSpec = field(repr=False)
    apres: tuple[str, ...]
    constat_des: str
    repute_complet_des: str
    documents: Mapping[str, str]
    capture: frozenset[str]
    pieces: Mapping[tuple[RoleEdcPsc, str], tuple[PieceSpec, ...]]

    @cached_property
    def by_code(self) -> Mapping[str, EtapeSpec]:
        return {etape.code: etape for etape in self.etapes}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        return {etape.code: etape.label for etape in self.etapes}

    @cached_property
    def initial(self) -> EtapeSpec:
        return next(etape for etape in self.etapes if etape.role is RoleDEtape.DEPART)

    @cached_property
    def accord(self) -> EtapeSpec:
        return next(etape for etape in self.etapes if etape.role is RoleDEtape.ACCORD)

    @cached_property
    def returns(self) -> frozenset[tuple[str, str]]:
        """The moves backwards: from each stage, to those that no move forwards leads to."""
        pairs = {(start.code, end.code) for start in self.etapes for end in self.etapes if start is not end}
        return frozenset(pair for pair in pairs if self.way(*pair) is None)

    @property
    def owner(self) -> Owner:
        return Owner(self.code, self.article, self.de, self.a)

    @property
    def is_shown(self) -> bool:
        """Whether the desk has its own panel; one that decides on preuves is shown beside each preuve instead."""
        return self.portee is not Portee.PREUVE

    @property
    def article_inside(self) -> str:
        """Its name inside a sentence: « le CNDA »."""
        return self.article if self.article == self.label else self.article[0].lower() + self.article[1:]

    def etape(self, code: str) -> EtapeSpec:
        """Return a stage; a stage that is no longer in the file, and that old rows name, is shown by its code."""
        return self.by_code.get(code) or replace(
            self.initial, code=code, label=code, role=RoleDEtape.PASSAGE, au_guichet="", attend="", attendu="", vers=()
        )

    def why_nothing(self, panne: Panne) -> str:
        """Say why a pull brought nothing, in the words of this desk: « Gazelle ne connaît pas ce lien »."""
        return f"{self.article} ne connaît pas ce {self.identifiant}" if panne is Panne.UNKNOWN else str(panne.label)

    def nature_of(self, anomalie: AnomalieKind) -> str:
        """Name an anomaly in the words of this desk: « Lien inconnu de Gazelle »."""
        unknown = anomalie is AnomalieKind.UNKNOWN_NUMBER
        return f"{self.identifiant.capitalize()} inconnu {self.de}" if unknown else str(anomalie.label)

    def is_granted(self, etape: str) -> bool:
        return etape in self.by_code and self.by_code[etape].role is RoleDEtape.ACCORD

    def is_refused(self, etape: str) -> bool:
        return etape in self.by_code and self.by_code[etape].role is RoleDEtape.REFUS

    def is_at_least(self, etape: str, threshold: str) -> bool:
        """Say whether a stage is the threshold or comes after it; never true of a refusal."""
        return not self.is_refused(etape) and self.way(threshold, etape) is not None

    def way(self, start: str, end: str) -> tuple[str, ...] | None:
        """Return the stages of the shortest way forwards, without the start; None when there is none."""
        ways: list[tuple[str, ...]] = [(start,)]
        known = {start}
        while ways:
            path = ways.pop(0)
            if path[-1] == end:
                return path[1:]
            after = self.by_code[path[-1]].vers if path[-1] in self.by_code else ()
            ways += [(*path, code) for code in after if code not in known]
            known.update(after)
        return None
