"""Which preuves a candidature owes, and why (webinar, slides « Les preuves » and « Héritage et équivalence »)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from preuves.catalogue.rem import GENERAL
from preuves.enums import ExigibiliteKind, Force, Perimetre

Kind = ExigibiliteKind


@dataclass(frozen=True)
class Attendue:
    """What the rule needs to know of one expected preuve; the profils are codes of the dispositif, or `Général`."""

    numero: str
    chapitre: str
    perimetre: str
    profils: frozenset[str]
    profils_historiques: frozenset[str]
    sauf_profils: frozenset[str] = frozenset()
    force: str = Force.EXIGENCE.value


@dataclass(frozen=True)
class Reference:
    """An earlier référencement of the same solution, confirmed by the ANS. `dispositif`: MS1, MS2…"""

    identifiant: str
    dispositif: str
    profils: frozenset[str]


@dataclass(frozen=True)
class Equivalent:
    """A preuve of another candidature of the same solution, accepted there, that counts here.

    :param numero: its N° there
    :param dispositif: the name of the dispositif of that candidature
    :param since: since when it counts (aware): accepted there, its reference confirmed, its line published
    :param profils: it counts only if no other profil is presented; empty: always
    :param note: the note of the table
    """

    numero: str
    nru: str
    dispositif: str
    since: datetime
    profils: frozenset[str] = frozenset()
    note: str = ""

    @property
    def profils_in_order(self) -> list[str]:
        return sorted(self.profils)

    def holds_for(self, profils: Collection[str]) -> bool:
        """Whether it counts when these profils are presented: adding a profil may end it, never begin it."""
        return not self.profils or self.profils.issuperset(profils)


@dataclass(frozen=True)
class FallenEquivalent:
    """An équivalence that held until `at` (aware). `why`: the end of a French sentence."""

    equivalent: Equivalent
    at: datetime
    why: str


@dataclass(frozen=True)
class Unsettled:
    """An earlier référencement that dispenses from nothing: the ANS has not judged it yet, or has refused it.

    :param equivalents: the N° of the preuves that it would dispense from
    :param refused_at: when the ANS refused it; None while it has not judged
    """

    reference: Reference
    equivalents: frozenset[str] = frozenset()
    refused_at: datetime | None = None


@dataclass(frozen=True)
class ContestedDispense:
    """A dispense that an instructeur refused, why and when (aware)."""

    reason: str
    at: datetime


@dataclass(frozen=True)
class Presentation:
    """What a candidature presents, from which all that is due follows.

    :param profils: the profils of the métier that it chose, as codes of the dispositif
    :param architecture: the profils of architecture that it has (hébergement, mobile, boîtes…)
    :param references: vague 1 référencements that the ANS confirmed; several are allowed
    :param equivalents: by N° preuve, the equivalent that counts for it
    :param fallen: by N° preuve, the equivalent that counted for it and no longer does
    :param contestations: by N° preuve, why an instructeur refused its dispense
    :param unsettled: the earlier référencements that were declared, and that the ANS has not confirmed
    """

    profils: frozenset[str]
    architecture: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    equivalents: Mapping[str, Equivalent] = field(default_factory=dict)
    contestations: Mapping[str, ContestedDispense] = field(default_factory=dict)
    unsettled: tuple[Unsettled, ...] = ()
    fallen: Mapping[str, FallenEquivalent] = field(default_factory=dict)

    @property
    def has_a_history(self) -> bool:
        """Whether anything is known of it beside its profils."""
        return bool(self.references or self.equivalents or self.contestations or self.unsettled or self.fallen)

    def equivalent_of(self, numero: str) -> Equivalent | None:
        """Return the equivalent that counts for a preuve, with the profils that are presented."""
        equivalent = self.equivalents.get(numero)
        return equivalent if equivalent and equivalent.holds_for(self.profils) else None

    def fallen_of(self, numero: str) -> FallenEquivalent | None:
        """Return the equivalent that would count for a preuve with these profils, had it not fallen."""
        fallen = self.fallen.get(numero)
        return fallen if fallen and fallen.equivalent.holds_for(self.profils) else None


@dataclass(frozen=True)
class Exigibilite:
    """Whether one expected preuve is due, and why; `reason` is a French sentence.

    :param awaits: the identifier of the reference that would dispense from it once the ANS confirms it; else empty
    :param asked_at: when it was made due by another cause than the éditeur: a dispense contested, a reference
        refused, an équivalence fallen
    :param equivalent: what it is equivalent to; None when it is not
    :param fallen: the équivalence that dispensed from it, when it is due since that fell
    """

    numero: str
    chapitre: str
    kind: ExigibiliteKind
    reason: str
    awaits: str = ""
    asked_at: datetime | None = None
    equivalent: Equivalent | None = None
    fallen: FallenEquivalent | None = None

    @property
    def is_due(self) -> bool:
        return self.kind is Kind.REQUIRED

    @property
    def is_dispensed(self) -> bool:
        return self.kind in (Kind.INHERITED, Kind.EQUIVALENT)


def exigibilites(attendues: Iterable[Attendue], presentation: Presentation) -> dict[str, Exigibilite]:
    """Return, by N°, whether each expected preuve is due, and why. Adding a profil never takes one away."""
    return {attendue.numero: _exigibilite(attendue, presentation) for attendue in attendues}


def is_its_own(attendue: Attendue, presentation: Presentation) -> bool:
    """Whether what a candidature owes of this preuve may follow from more than its profils: from its own history."""
    numero = attendue.numero
    if numero in presentation.contestations or numero in presentation.equivalents or numero in presentation.fallen:
        return True
    if any(numero in unsettled.equivalents for unsettled in presentation.unsettled):
        return True
    inheritable = attendue.perimetre == Perimetre.VAGUE_1 and attendue.profils_historiques
    return bool(inheritable and (presentation.references or presentation.unsettled))


def _exigibilite(attendue: Attendue, presentation: Presentation) -> Exigibilite:
    if reason := _why_not_concerned(attendue, presentation):
        return Exigibilite(attendue.numero, attendue.chapitre, Kind.NOT_CONCERNED, reason)
    source = _heritage_of(attendue, presentation)
    equivalent = presentation.equivalent_of(attendue.numero)
    fallen = presentation.fallen_of(attendue.numero)
    contested = presentation.contestations.get(attendue.numero)
    if contested and (source or equivalent or fallen):
        why = f"Demandée par l’ANS, avec ce motif : {contested.reason}"
        return Exigibilite(attendue.numero, attendue.chapitre, Kind.REQUIRED, why, asked_at=contested.at)
    if source:
        return Exigibilite(attendue.numero, attendue.chapitre, Kind.INHERITED, source)
    if equivalent:
        reason = f"Équivalence avec la preuve {equivalent.numero}, acceptée sous le numéro {equivalent.nru}."
        return Exigibilite(attendue.numero, attendue.chapitre, Kind.EQUIVALENT, reason, equivalent=equivalent)
    if fallen:
        former = fallen.equivalent
        reason = f"L’équivalence avec la preuve {former.numero} de {former.nru} ne s’applique plus : {fallen.why}."
        return Exigibilite(attendue.numero, attendue.chapitre, Kind.REQUIRED, reason, asked_at=fallen.at, fallen=fallen)
    return _required(attendue, presentation)


def _required(attendue: Attendue, presentation: Presentation) -> Exigibilite:
    """Return a preuve that is due, with the reference that would dispense from it if the ANS confirmed it."""
    why = _why_required(attendue, presentation)
    hoped = () if attendue.numero in presentation.contestations else presentation.unsettled
    dispensing = [unsettled for unsettled in hoped if _would_dispense(unsettled, attendue)]
    for unsettled in dispensing:
        if unsettled.refused_at is None:
            awaits = unsettled.reference.identifiant
            why = f"{why} La référence {awaits}, que l’ANS n’a pas encore confirmée, peut la rendre inutile."
            return Exigibilite(attendue.numero, attendue.chapitre, Kind.REQUIRED, why, awaits=awaits)
    asked_at = max((unsettled.refused_at for unsettled in dispensing if unsettled.refused_at), default=None)
    return Exigibilite(attendue.numero, attendue.chapitre, Kind.REQUIRED, why, asked_at=asked_at)


def _would_dispense(unsettled: Unsettled, attendue: Attendue) -> bool:
    return attendue.numero in unsettled.equivalents or bool(_inherited_from(attendue, unsettled.reference))


def is_asked_of_everybody(attendue: Attendue) -> bool:
    """Whether it is due whatever a candidature presents, équivalences aside."""
    inheritable = attendue.perimetre == Perimetre.VAGUE_1 and attendue.profils_historiques
    return (
        attendue.force != Force.PRECONISATION
        and is_general(attendue.profils)
        and not attendue.sauf_profils
        and not inheritable
    )


def _why_not_concerned(attendue: Attendue, presentation: Presentation) -> str:
    """Say why this candidature is not asked for it; empty when it is."""
    if attendue.force == Force.PRECONISATION:
        return "C’est une préconisation\u00a0: aucune preuve n’est exigée."
    if not is_general(attendue.profils) and not attendue.profils & (presentation.profils | presentation.architecture):
        return f"Demandée seulement pour {_profils(attendue.profils)}."
    if attendue.sauf_profils and presentation.profils and presentation.profils <= attendue.sauf_profils:
        return f"Non demandée quand la solution présente seulement {_profils(attendue.sauf_profils)}."
    return ""


def _heritage_of(attendue: Attendue, presentation: Presentation) -> str:
    """Say in French from which confirmed reference it is inherited; empty when from none."""
    return next(
        (sentence for reference in presentation.references if (sentence := _inherited_from(attendue, reference))), ""
    )


def _inherited_from(attendue: Attendue, reference: Reference) -> str:
    """Say in French what makes it inherited from that reference; empty when nothing does."""
    if not reference.dispositif or attendue.perimetre != Perimetre.VAGUE_1 or not attendue.profils_historiques:
        return ""
    if is_general(attendue.profils_historiques):
        return (
            f"Reprise de la vague 1\u00a0: référence {reference.identifiant} ({reference.dispositif}, socle général)."
        )
    if shared := attendue.profils_historiques & reference.profils:
        known = f"{reference.dispositif}, {_profils(shared)}"
        return f"Reprise de la vague 1\u00a0: référence {reference.identifiant} ({known})."
    return ""


def _why_required(attendue: Attendue, presentation: Presentation) -> str:
    if is_general(attendue.profils):
        return "Demandée à toutes les solutions."
    return f"Demandée pour {_profils(attendue.profils & (presentation.profils | presentation.architecture))}."


def is_general(profils: Collection[str]) -> bool:
    return not profils or GENERAL in profils


def _profils(profils: Iterable[str]) -> str:
    named = sorted(profils)
    return f"le profil {named[0]}" if len(named) == 1 else f"les profils {', '.join(named[:-1])} et {named[-1]}"


@dataclass(frozen=True)
class ExigibiliteCount:
    """How many expected preuves there are of each sort."""

    required: int
    inherited: int
    equivalent: int
    not_concerned: int

    @property
    def asked(self) -> int:
        """All that concerns the solution, whether deposited, inherited or equivalent."""
        return self.required + self.inherited + self.equivalent


def count(exigibilites: Iterable[Exigibilite]) -> ExigibiliteCount:
    kinds = [exigibilite.kind for exigibilite in exigibilites]
    return ExigibiliteCount(*(kinds.count(kind) for kind in Kind))
