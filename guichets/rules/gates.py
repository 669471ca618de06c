"""What waits for what between the desks: each gate is derived, and says why it is shut, who must act, and the source.

A gate looks at what the desks themselves last said consistently. A pull that fails, an answer that is an anomaly or
information that grows old move no demande, so they neither open nor close a gate; a capture of a desk's space counts
like its answer once the ANS has confirmed it, and not before. No gate refuses the submission of a chapitre.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from comptes.dates import day_in_figures
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import GateCode, Owner

# The sections of the webinar of 26 May 2026 in which each gate is said.
SECTIONS = {
    GateCode.TESTS_CNDA: "Comment récupérer les preuves ? – Condition 2",
    GateCode.HOMOLOGATIONS: "Comment récupérer les preuves ? – Condition 1",
    GateCode.REPUTE_COMPLET: "Les éléments CNDA attendus dans le guichet de référencement Convergence",
    GateCode.COLLEGE: "Zoom sur la phase 3 du parcours de référencement",
}
DONE = ("approved", "acquis", "sans_objet")
WITH_THE_ANS = ("submitted", "under_review")


@dataclass(frozen=True)
class RefusedCapture:
    """A capture that the ANS refused: when it was recorded, and when it was refused (aware)."""

    recorded_at: datetime
    at: datetime


@dataclass(frozen=True)
class DemandeFacts:
    """One demande that is required, as the desk last said it.

    :param recorded: whether the éditeur declared it here at all, under a number
    :param etape: what the desk last said and could be followed; the first stage before it ever answered
    :param confirmed_at: when it said so; None before
    :param is_third_party: whether another éditeur acts for it
    :param returned: why it is at this stage again, once its desk went back; `since`, when it came there
    :param is_pulled: whether the portal asks its desk; else what is known of it comes from captures
    :param waiting_since: when the capture that the ANS has to confirm was recorded; None when none waits
    :param refused: the latest capture that the ANS refused, even if another was recorded since
    :param reached_at: when it first was as far as a dossier réputé complet asks; None when no row says it
    """

    label: str
    guichet: GuichetSpec
    etape: str
    recorded: bool = True
    confirmed_at: datetime | None = None
    is_third_party: bool = False
    returned: str = ""
    since: datetime | None = None
    is_pulled: bool = True
    waiting_since: datetime | None = None
    refused: RefusedCapture | None = None
    reached_at: datetime | None = None

    @property
    def is_granted(self) -> bool:
        return self.recorded and self.guichet.is_granted(self.etape)


@dataclass(frozen=True)
class GateFacts:
    """What the gates look at.

    :param prerequis: where the prerequisite chapitre stands; empty when the dispositif has none, None without a REM
    :param profils_known: whether the profils are chosen: before that, what is required is not known
    :param demandes: those required; none of a desk that does not concern the solution
    :param approved_at: when the ANS approved the prerequisite chapitre (aware); None while it did not
    """

    prerequis: str | None
    profils_known: bool
    demandes: tuple[DemandeFacts, ...]
    approved_at: datetime | None = None


@dataclass(frozen=True)
class Reason:
    """One thing that keeps a gate shut, who must act, and since when it is so, where somebody knows.

    :param refused: a capture that was to be recorded again, or is
    """

    sentence: str
    owner: Owner
    since: datetime | None = None
    refused: RefusedCapture | None = None


@dataclass(frozen=True)
class DemandeArrival:
    """When a demande was far enough, and the capture of it that was refused before, if one was."""

    at: datetime
    refused: RefusedCapture | None = None


@dataclass(frozen=True)
class Gate:
    """One gate.

    :param reasons: what keeps it shut; none when it is open
    :param section: of the webinar
    :param as_of: how old the oldest of what it looked at is; None when some of it was never read
    :param arrivals: when each thing it waits for came there, where a row says it; none while it is shut
    :param note: what opened it, in a sentence, where a dated document of the ANS did
    """

    code: GateCode
    reasons: tuple[Reason, ...]
    section: str
    as_of: datetime | None = None
    arrivals: tuple[DemandeArrival, ...] = ()
    note: str = ""

    @property
    def reached_at(self) -> datetime | None:
        """When the last of what it waits for came there; None when nothing says it."""
        return max((one.at for one in self.arrivals), default=None)

    @property
    def is_open(self) -> bool:
        return not self.reasons

    @property
    def owner(self) -> Owner | None:
        """Who must act first; nobody when it is open."""
        return self.reasons[0].owner if self.reasons else None

    @property
    def label(self) -> str:
        return str(self.code.label)


UNKNOWN = "le guichet n’en a encore rien dit au portail"
UNSEEN = "rien n’est encore constaté, déposez une capture de l’espace du guichet"
UNKNOWN_PROFILS = Reason("Les profils de la solution ne sont pas encore choisis.", Owner.EDITEUR)


def gates(facts: GateFacts) -> tuple[Gate, ...]:
    """Derive every gate, in the order in which they open."""
    return (_tests_cnda(facts), _homologations(facts), _repute_complet(facts), _college(facts))


def _tests_cnda(facts: GateFacts) -> Gate:
    code, reasons = GateCode.TESTS_CNDA, tuple(_of_the_prerequis(facts.prerequis))
    return Gate(code, reasons, SECTIONS[code], note=_autorisation(facts))


def _autorisation(facts: GateFacts) -> str:
    """Quote the authorisation that the approval issues; a chapitre acquis, or that nothing asks for, issues none."""
    if facts.prerequis != "approved" or facts.approved_at is None:
        return ""
    day = f"{day_in_figures(facts.approved_at)}"
    return f"Autorisation délivrée le {day}, à la validation du chapitre des prérequis de maturité technique."


def _of_the_prerequis(standing: str | None) -> Iterable[Reason]:
    if standing is None:
        yield Reason("Le chapitre des prérequis de maturité technique n’est pas encore publié.", Owner.ANS)
    elif standing in WITH_THE_ANS:
        yield Reason("Le chapitre des prérequis de maturité technique est entre les mains de l’ANS.", Owner.ANS)
    elif standing and standing not in DONE:
        yield Reason("Le chapitre des prérequis de maturité technique n’est pas validé.", Owner.EDITEUR)


def _homologations(facts: GateFacts) -> Gate:
    """What a desk waits for at another; nothing for who is exempt of that other one."""
    awaited = {code for one in facts.demandes for code in one.guichet.apres}
    before = [one for one in facts.demandes if one.guichet.code in awaited]
    return _gate(GateCode.HOMOLOGATIONS, facts, _ungranted(before), before)


def _repute_complet(facts: GateFacts) -> Gate:
    counted = [one for one in facts.demandes if one.guichet.repute_complet_des]
    behind = [one for one in counted if not _is_far_enough(one)]
    reasons = [replace(_why_not(one, _lack(one)), refused=one.refused) for one in behind]
    arrivals = tuple(DemandeArrival(one.reached_at, one.refused) for one in counted if one.reached_at)
    gate = _gate(GateCode.REPUTE_COMPLET, facts, reasons, counted)
    return replace(gate, arrivals=arrivals if gate.is_open else ())


def _lack(one: DemandeFacts) -> str:
    threshold = one.guichet.by_code[one.guichet.repute_complet_des].label
    return f"n’en est pas à l’étape « {threshold} »"


def _college(facts: GateFacts) -> Gate:
    """What the desks must have granted; chapitres and convention are the collège's other conditions."""
    return _gate(GateCode.COLLEGE, facts, _ungranted(facts.demandes), facts.demandes)


def _gate(code: GateCode, facts: GateFacts, reasons: Iterable[Reason], read: Iterable[DemandeFacts]) -> Gate:
    found = tuple(reasons) if facts.profils_known else (UNKNOWN_PROFILS,)
    instants = [one.confirmed_at for one in read]
    known = [one for one in instants if one is not None]
    return Gate(code, found, SECTIONS[code], min(known) if known and len(known) == len(instants) else None)


def _ungranted(demandes: Iterable[DemandeFacts]) -> list[Reason]:
    return [_why_not(one, "n’est pas accordée") for one in demandes if not one.is_granted]


def _is_far_enough(one: DemandeFacts) -> bool:
    return one.recorded and one.guichet.is_at_least(one.etape, one.guichet.repute_complet_des)


def _why_not(one: DemandeFacts, lack: str) -> Reason:
    if not one.recorded:
        with_number = f" avec son {one.guichet.identifiant}" if one.is_pulled else ""
        return Reason(f"{one.label} : la demande n’est pas déclarée ici{with_number}.", Owner.EDITEUR)
    if one.waiting_since:
        day = f"{day_in_figures(one.waiting_since)}"
        return Reason(f"{one.label} : une capture du {day} attend que l’ANS la confirme.", Owner.ANS, one.waiting_since)
    if one.confirmed_at is None:
        return Reason(f"{one.label} : {UNKNOWN if one.is_pulled else UNSEEN}.", owner_of(one) or Owner.EDITEUR)
    if one.guichet.is_refused(one.etape):
        return Reason(f"{one.label} : refusée ; une nouvelle demande est attendue.", Owner.EDITEUR)
    stage = one.guichet.etape(one.etape).label.lower()
    sentence = f"{one.label} : {lack} (étape : {stage})."
    return Reason(f"{sentence} {one.returned}".rstrip(), owner_of(one) or Owner.EDITEUR, one.since)


def owner_of(one: DemandeFacts) -> Owner | None:
    """Say who must act for a demande: the ANS while a capture waits, its desk, or the éditeur; nobody once granted."""
    if not one.recorded:
        return Owner.EDITEUR
    if one.waiting_since and not one.is_granted:
        return Owner.ANS
    match one.guichet.etape(one.etape).attend:
        case "guichet":
            return one.guichet.owner
        case "editeur":
            return Owner.EDITEUR
    return None


def awaited_of(one: DemandeFacts) -> str:
    """Say what is awaited of who must act; nothing once it is granted."""
    if not one.recorded:
        with_number = f", avec son {one.guichet.identifiant}" if one.is_pulled else ""
        return f"déclarer ici la demande{with_number}"
    if one.waiting_since and not one.is_granted:
        return "confirmer la capture"
    return f"{one.guichet.etape(one.etape).attendu}{_said_by_a_capture(one)}"


def _said_by_a_capture(one: DemandeFacts) -> str:
    """What who waits does next, where the portal does not ask the desk."""
    if one.is_pulled or one.is_granted or one.guichet.is_refused(one.etape):
        return ""
    is_theirs = owner_of(one) is Owner.EDITEUR
    return ", puis déposer une capture de son espace" if is_theirs else ", qu’une nouvelle capture montrera"
