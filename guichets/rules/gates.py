"""What waits for what between the desks: whether each gate is open, and if not, why, who must act, and the source.

A gate depends on the last consistent answer of each desk. A failed pull, an anomaly or an old answer move no demande,
so they neither open nor close a gate. A capture counts like an answer once the ANS has confirmed it, and not before.
No gate prevents the submission of a chapitre.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from comptes.dates import day_in_words
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import GateCode, Owner

# The section of the webinar of 26 May 2026 that describes each gate.
SECTIONS = {
    GateCode.TESTS_CNDA: "«\u00a0Comment récupérer les preuves\u00a0?\u00a0», condition 2",
    GateCode.HOMOLOGATIONS: "«\u00a0Comment récupérer les preuves\u00a0?\u00a0», condition 1",
    GateCode.REPUTE_COMPLET: "«\u00a0Les éléments CNDA attendus dans le guichet de référencement Convergence\u00a0»",
    GateCode.COLLEGE: "phase 3 (convention et collège)",
}
DONE = ("approved", "acquis", "sans_objet")
WITH_THE_ANS = ("submitted", "under_review")


@dataclass(frozen=True)
class RefusedCapture:
    """A capture that the ANS refused: `recorded_at`, and `at` when it was refused (aware)."""

    recorded_at: datetime
    at: datetime


@dataclass(frozen=True)
class DemandeFacts:
    """One required demande, as its desk last described it.

    :param recorded: whether the éditeur declared it here, with what is needed to follow it
    :param etape: the stage of the last consistent answer; the first stage before any answer
    :param confirmed_at: when that answer came; None before any
    :param is_third_party: whether another éditeur acts for it
    :param returned: why it is at this stage again, once its desk went back
    :param since: when it came to this stage; None at the first
    :param is_pulled: whether the portal asks its desk; if not, the stage comes from captures
    :param waiting_since: when the capture that waits for the ANS was recorded; None when none waits
    :param refused: the latest capture that the ANS refused, even if another was recorded since
    :param reached_at: when it first reached the stage of a dossier réputé complet; None when unknown
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
    """The facts that the gates depend on.

    :param prerequis: the state of the prerequisite chapitre; empty when the dispositif has none, None without a REM
    :param profils_known: whether the profils are chosen; until then, nobody knows what is required
    :param demandes: the required ones only
    :param approved_at: when the ANS approved the prerequisite chapitre (aware); None before
    """

    prerequis: str | None
    profils_known: bool
    demandes: tuple[DemandeFacts, ...]
    approved_at: datetime | None = None


@dataclass(frozen=True)
class Reason:
    """One thing that keeps a gate shut, who must act, and since when, if known.

    :param refused: the latest refused capture of that demande, which has to be recorded again, or was
    """

    sentence: str
    owner: Owner
    since: datetime | None = None
    refused: RefusedCapture | None = None


@dataclass(frozen=True)
class DemandeArrival:
    """When a demande reached the stage that a gate asks for, and its latest refused capture, if any."""

    at: datetime
    refused: RefusedCapture | None = None


@dataclass(frozen=True)
class Gate:
    """One gate.

    :param reasons: what keeps it shut; empty when it is open
    :param section: the section of the webinar
    :param as_of: when the oldest answer that it depends on came; None when one never came
    :param arrivals: when each demande that it waits for got there, where a row says it; empty while it is shut
    :param note: a sentence about the dated document of the ANS that opened it, if there is one
    """

    code: GateCode
    reasons: tuple[Reason, ...]
    section: str
    as_of: datetime | None = None
    arrivals: tuple[DemandeArrival, ...] = ()
    note: str = ""

    @property
    def reached_at(self) -> datetime | None:
        """When the last of the demandes that it waits for got there; None when unknown."""
        return max((arrival.at for arrival in self.arrivals), default=None)

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


UNKNOWN = "aucune réponse du guichet pour le moment"
UNSEEN = "aucun état vérifié, déposez une capture de l’espace du guichet"
UNKNOWN_PROFILS = Reason("Les profils de la solution ne sont pas encore choisis.", Owner.EDITEUR)


def gates(facts: GateFacts) -> tuple[Gate, ...]:
    """Derive every gate, in the order in which they open."""
    return (_tests_cnda(facts), _homologations(facts), _repute_complet(facts), _college(facts))


def _tests_cnda(facts: GateFacts) -> Gate:
    code, reasons = GateCode.TESTS_CNDA, tuple(_of_the_prerequis(facts.prerequis))
    return Gate(code, reasons, SECTIONS[code], note=_autorisation(facts))


def _autorisation(facts: GateFacts) -> str:
    """Quote the authorisation issued by the approval; a chapitre acquis or sans objet issues none."""
    if facts.prerequis != "approved" or facts.approved_at is None:
        return ""
    day = day_in_words(facts.approved_at)
    return f"Autorisation délivrée le {day}, à la validation du chapitre des prérequis de maturité technique."


def _of_the_prerequis(standing: str | None) -> Iterable[Reason]:
    if standing is None:
        yield Reason("Le chapitre des prérequis de maturité technique n’est pas encore publié.", Owner.ANS)
    elif standing in WITH_THE_ANS:
        yield Reason("Le chapitre des prérequis de maturité technique est soumis : l’ANS l’examine.", Owner.ANS)
    elif standing and standing not in DONE:
        yield Reason("Le chapitre des prérequis de maturité technique n’est pas validé.", Owner.EDITEUR)


def _homologations(facts: GateFacts) -> Gate:
    """The gate of the desks that wait for another one; a solution exempt from that other one waits for nothing."""
    awaited = {code for demande in facts.demandes for code in demande.guichet.apres}
    earlier = [demande for demande in facts.demandes if demande.guichet.code in awaited]
    return _gate(GateCode.HOMOLOGATIONS, facts, _ungranted(earlier), earlier)


def _repute_complet(facts: GateFacts) -> Gate:
    counted = [demande for demande in facts.demandes if demande.guichet.repute_complet_des]
    late = [demande for demande in counted if not _is_far_enough(demande)]
    reasons = [replace(_why_not(demande, _lack(demande)), refused=demande.refused) for demande in late]
    arrivals = tuple(DemandeArrival(demande.reached_at, demande.refused) for demande in counted if demande.reached_at)
    gate = _gate(GateCode.REPUTE_COMPLET, facts, reasons, counted)
    return replace(gate, arrivals=arrivals if gate.is_open else ())


def _lack(demande: DemandeFacts) -> str:
    threshold = demande.guichet.by_code[demande.guichet.repute_complet_des].label
    return f"n’en est pas à l’étape « {threshold} »"


def _college(facts: GateFacts) -> Gate:
    """The gate of the collège: every demande is granted. The chapitres and the convention are checked elsewhere."""
    return _gate(GateCode.COLLEGE, facts, _ungranted(facts.demandes), facts.demandes)


def _gate(code: GateCode, facts: GateFacts, reasons: Iterable[Reason], read: Iterable[DemandeFacts]) -> Gate:
    shown = tuple(reasons) if facts.profils_known else (UNKNOWN_PROFILS,)
    instants = [demande.confirmed_at for demande in read]
    known = [instant for instant in instants if instant is not None]
    return Gate(code, shown, SECTIONS[code], min(known) if known and len(known) == len(instants) else None)


def _ungranted(demandes: Iterable[DemandeFacts]) -> list[Reason]:
    return [_why_not(demande, "n’est pas accordée") for demande in demandes if not demande.is_granted]


def _is_far_enough(demande: DemandeFacts) -> bool:
    return demande.recorded and demande.guichet.is_at_least(demande.etape, demande.guichet.repute_complet_des)


def _why_not(demande: DemandeFacts, lack: str) -> Reason:
    if not demande.recorded:
        with_number = f" avec son {demande.guichet.identifiant}" if demande.is_pulled else ""
        return Reason(f"{demande.label} : la demande n’est pas déclarée ici{with_number}.", Owner.EDITEUR)
    if demande.waiting_since:
        day = day_in_words(demande.waiting_since)
        sentence = f"{demande.label} : une capture du {day} doit être confirmée par l’ANS."
        return Reason(sentence, Owner.ANS, demande.waiting_since)
    if demande.confirmed_at is None:
        sentence = f"{demande.label} : {UNKNOWN if demande.is_pulled else UNSEEN}."
        return Reason(sentence, owner_of(demande) or Owner.EDITEUR)
    if demande.guichet.is_refused(demande.etape):
        return Reason(f"{demande.label} : refusée. Faites une nouvelle demande.", Owner.EDITEUR)
    stage = demande.guichet.etape(demande.etape).label.lower()
    sentence = f"{demande.label} : {lack} (étape : {stage})."
    return Reason(f"{sentence} {demande.returned}".rstrip(), owner_of(demande) or Owner.EDITEUR, demande.since)


def owner_of(demande: DemandeFacts) -> Owner | None:
    """Say who must act for a demande: the ANS while a capture waits, its desk, or the éditeur; None once granted."""
    if not demande.recorded:
        return Owner.EDITEUR
    if demande.waiting_since and not demande.is_granted:
        return Owner.ANS
    match demande.guichet.etape(demande.etape).attend:
        case "guichet":
            return demande.guichet.owner
        case "editeur":
            return Owner.EDITEUR
    return None


def awaited_of(demande: DemandeFacts) -> str:
    """Say in French what the owner of a demande must do; empty once it is granted."""
    if not demande.recorded:
        with_number = f", avec son {demande.guichet.identifiant}" if demande.is_pulled else ""
        return f"déclarer ici la demande{with_number}"
    if demande.waiting_since and not demande.is_granted:
        return "confirmer la capture"
    return f"{demande.guichet.etape(demande.etape).attendu}{_then_a_capture(demande)}"


def _then_a_capture(demande: DemandeFacts) -> str:
    """Say that a capture must follow, where the portal does not ask the desk itself."""
    if demande.is_pulled or demande.is_granted or demande.guichet.is_refused(demande.etape):
        return ""
    is_theirs = owner_of(demande) is Owner.EDITEUR
    return ", puis déposer une capture de son espace" if is_theirs else ", puis déposer une nouvelle capture"
