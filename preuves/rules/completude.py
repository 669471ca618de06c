"""The standing of a chapitre, what is missing in it, and why it cannot be submitted at that moment."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from candidatures.enums import Camp, ExigenceDEcheance
from candidatures.rules.deadlines import Deadline, answering
from candidatures.rules.exigences import asking
from candidatures.rules.submission import Obstacle
from preuves.enums import ChapitreState, EnvoiState, ExigibiliteKind, PreuveState
from preuves.rules.exigibilite import Exigibilite

OPEN_STATES = (ChapitreState.OPEN, ChapitreState.RETURNED)
COMPLETE = "complete"
# How a chapitre that has something due, or has not, is called; the badge that it bears has the same name.
STANDINGS = {
    **dict(ChapitreState.choices),
    COMPLETE: "Complet – à soumettre",
    "acquis": "Acquis",
    "sans_objet": "Non concerné",
}


@dataclass(frozen=True)
class DepositedPreuve:
    """The living preuve of one N°: its state, its latest revision, and whether that answers to today's words.

    :param unreadable: which of its files do not open, in French; empty when all may
    """

    state: str
    revision: int
    sha256: str
    files: str = ""
    unreadable: str = ""


# Who must act for each obstacle to go; nobody for what is over. What the ANS owes is none: see `expected_of_the_ans`.
OWNERS: Mapping[str, Camp | None] = {
    "candidature_closed": None,
    "volet": Camp.EDITEUR,
    "nothing_due": None,
    "state": None,
    "late": Camp.EDITEUR,
    "missing": Camp.EDITEUR,
    "to_correct": Camp.EDITEUR,
    "travelling": Camp.EDITEUR,
    "refused": Camp.EDITEUR,
    "unreadable": Camp.EDITEUR,
}


@dataclass(frozen=True)
class Unadmitted:
    """A volet that is not recevable.

    :param was_submitted: whether it was ever submitted
    :param is_with_the_ans: whether the ANS has it to read; else the éditeur has it
    """

    label: str
    was_submitted: bool
    is_with_the_ans: bool


@dataclass(frozen=True)
class ChapitreDeposits:
    """What the rules need of one chapitre.

    :param exigibilites: of every expected preuve of the chapitre, in order
    :param preuves: what was deposited, by N°
    :param unadmitted: the volets that are not recevables
    :param returned_at: when the ANS last sent it back, or opened it again; None when it never did
    """

    code: str
    state: str
    first_submitted_at: datetime | None
    exigibilites: tuple[Exigibilite, ...]
    preuves: Mapping[str, DepositedPreuve]
    candidature_open: bool = True
    unadmitted: tuple[Unadmitted, ...] = ()
    returned_at: datetime | None = None

    @cached_property
    def due(self) -> tuple[str, ...]:
        return tuple(exigibilite.numero for exigibilite in self.exigibilites if exigibilite.is_due)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The N° for which nothing was deposited, and that do not wait for the ANS to judge a reference."""
        awaited = self.awaited
        return tuple(numero for numero in self.due if numero not in self.preuves and numero not in awaited)

    @cached_property
    def awaited(self) -> Mapping[str, str]:
        """By N° for which nothing was deposited, the reference that would dispense from it once the ANS confirms it."""
        return {
            exigibilite.numero: exigibilite.awaits
            for exigibilite in self.exigibilites
            if exigibilite.is_due and exigibilite.awaits and exigibilite.numero not in self.preuves
        }

    @property
    def asked_at(self) -> datetime | None:
        """When the ANS, or a dispense that fell, last made something due; None when neither did.

        Before the first submission, it counts only if all that is due is due by that; after it, a return counts, and
        so does an équivalence that falls.
        """
        if self.first_submitted_at is not None:
            fallen = [exigibilite.fallen.at for exigibilite in self.exigibilites if exigibilite.fallen]
            return max((at for at in (self.returned_at, *fallen) if at), default=None)
        instants = [exigibilite.asked_at for exigibilite in self.exigibilites if exigibilite.is_due]
        return max((instant for instant in instants if instant), default=None) if all(instants) else None

    @cached_property
    def to_correct(self) -> tuple[str, ...]:
        """The N° that the ANS returned, and that were not deposited again."""
        returned = {numero for numero, preuve in self.preuves.items() if preuve.state == PreuveState.TO_CORRECT}
        return tuple(numero for numero in self.due if numero in returned)

    @cached_property
    def travelling(self) -> tuple[str, ...]:
        """The N° of which a declared file has not come whole."""
        return self._with_files(EnvoiState.TRAVELLING)

    @property
    def unverified(self) -> tuple[str, ...]:
        """The N° of which a declared file has not come, or is being verified: nobody examines them yet."""
        return self._with_files(EnvoiState.TRAVELLING, EnvoiState.ARRIVED)

    @cached_property
    def refused(self) -> tuple[str, ...]:
        """The N° of which a file was refused once it had come, and that were not deposited again."""
        return self._with_files(EnvoiState.REFUSED)

    def _with_files(self, *states: EnvoiState) -> tuple[str, ...]:
        return tuple(n for n in self.due if n in self.preuves and self.preuves[n].files in states)

    @cached_property
    def unreadable(self) -> Mapping[str, str]:
        """By N° that nobody judged yet, which of its files do not open, and why."""
        bad = {
            n: it.unreadable for n, it in self.preuves.items() if it.unreadable and it.state == PreuveState.DEPOSITED
        }
        return {numero: bad[numero] for numero in self.due if numero in bad}

    @property
    def answered(self) -> int:
        """How many due preuves are deposited and not to be corrected, or wait for the ANS to judge a reference.

        One of which a file was refused, or does not open, is to be deposited again.
        """
        return len(self.due) - len(self.missing) - len({*self.to_correct, *self.refused, *self.unreadable})

    @property
    def accepted(self) -> int:
        return sum(numero in self.preuves and self.preuves[numero].state == PreuveState.ACCEPTED for numero in self.due)

    def number_of(self, kind: ExigibiliteKind) -> int:
        return sum(exigibilite.kind is kind for exigibilite in self.exigibilites)

    @cached_property
    def standing(self) -> str:
        """Return the standing of a chapitre: `sans_objet`, `acquis`, or the state of its machine.

        A chapitre with nothing to deposit has no machine: everything is not concerned, or inherited or equivalent. One
        that was approved and is no longer complete (a profil was added) reads as returned.
        """
        if not self.due and self.state in OPEN_STATES:
            concerned = any(exigibilite.is_dispensed for exigibilite in self.exigibilites)
            return "acquis" if concerned else "sans_objet"
        if self.state == ChapitreState.APPROVED and self.accepted < len(self.due):
            return ChapitreState.RETURNED.value
        return self.state

    @property
    def shown(self) -> str:
        """Return the standing as people read it: a chapitre that is complete and not submitted is marked as such."""
        received = all(volet.was_submitted for volet in self.unadmitted)
        return COMPLETE if self.is_complete_not_submitted and self.candidature_open and received else self.standing

    @property
    def shown_label(self) -> str:
        return str(STANDINGS[self.shown])

    @property
    def is_settled(self) -> bool:
        """Whether nobody has anything left to do in it: approved, acquis or sans objet."""
        return self.standing in (ChapitreState.APPROVED, "acquis", "sans_objet")

    @property
    def is_complete_not_submitted(self) -> bool:
        """Whether everything is deposited and nothing submitted, which a team may overlook on the last evening."""
        return self.standing in OPEN_STATES and bool(self.due) and self.answered == len(self.due)


def obstacles_to_submit(
    facts: ChapitreDeposits,
    *,
    echeances: Mapping[str, Deadline],
    to_answer: timedelta,
    at: datetime,
    grace: timedelta = timedelta(0),
) -> tuple[Obstacle, ...]:
    """Say, one reason each, why this chapitre cannot be submitted at that moment.

    One échéance limits the first submission, another the answers to returns (webinar, « Les trois dates »). What the
    ANS has left to do is no obstacle: the chapitre is received, and examined once that is done.

    :param echeances: those of the candidature, by code
    :param to_answer: as in `binding`
    :param grace: how long after the échéance its files may still arrive; without any, all of them must be there
    """
    deadline = binding(facts, echeances=echeances, to_answer=to_answer)
    return (*_of_the_whole(facts), *_late(deadline, at), *_of_the_preuves(facts), *_of_the_files(facts, grace))


def expected_of_the_ans(facts: ChapitreDeposits) -> tuple[str, ...]:
    """Say in French what must be done before a chapitre that was received is examined."""
    return tuple(_expected(facts))


def said_of_unadmitted(volets: Iterable[Unadmitted]) -> Iterator[str]:
    """Say, for each volet that is not recevable, what must happen before the chapitres are examined."""
    for volet in volets:
        if volet.is_with_the_ans:
            yield f"L’ANS doit d’abord examiner le volet « {volet.label} », déjà soumis."
        elif volet.was_submitted:
            yield f"L’éditeur doit d’abord répondre à la demande de l’ANS sur le volet « {volet.label} »."


def _expected(facts: ChapitreDeposits) -> Iterator[str]:
    yield from said_of_unadmitted(facts.unadmitted)
    for identifiant in dict.fromkeys(facts.awaited.values()):
        numeros = ", ".join(numero for numero, awaited in facts.awaited.items() if awaited == identifiant)
        yield f"L’ANS doit d’abord confirmer ou refuser la référence {identifiant}, qui concerne : {numeros}."


def why_not_examined(facts: ChapitreDeposits) -> str:
    """Say why a chapitre that was received is not examined yet; empty when it can be."""
    if not facts.unadmitted and not facts.unverified:
        return ""
    files = f"Des fichiers sont en cours d’envoi ou de vérification : {', '.join(facts.unverified)}."
    expected = (*expected_of_the_ans(facts), *([files] if facts.unverified else []))
    return " ".join(("Ce chapitre est reçu, mais son examen ne peut pas encore commencer.", *expected))


def _of_the_files(facts: ChapitreDeposits, grace: timedelta) -> Iterator[Obstacle]:
    for numero in facts.refused:
        yield Obstacle("refused", f"Un fichier de la preuve {numero} est refusé\u00a0: déposez-la de nouveau.", numero)
    for numero in () if grace else facts.travelling:
        yield Obstacle("travelling", f"Un fichier de la preuve {numero} n’est pas encore reçu en entier.", numero)


def _of_the_whole(facts: ChapitreDeposits) -> Iterator[Obstacle]:
    if not facts.candidature_open:
        yield Obstacle("candidature_closed", "Cette candidature n’est plus ouverte.")
    for volet in facts.unadmitted:
        if not volet.was_submitted:
            sentence = f"Le volet « {volet.label} » n’est pas encore soumis à l’ANS."
            yield Obstacle("volet", sentence, volet.label)
    if facts.standing in ("acquis", "sans_objet"):
        yield Obstacle("nothing_due", "Aucune preuve à déposer dans ce chapitre : vous n’avez pas à le soumettre.")
    elif facts.state not in OPEN_STATES:
        yield Obstacle("state", "Ce chapitre est déjà soumis à l’ANS.")


def _late(deadline: Deadline, at: datetime) -> Iterator[Obstacle]:
    if not deadline.is_met(at):
        yield Obstacle("late", f"La date limite ({deadline.nom}) est dépassée depuis le {deadline.label}.")


def binding(facts: ChapitreDeposits, *, echeances: Mapping[str, Deadline], to_answer: timedelta) -> Deadline:
    """Return the échéance that limits the next submission of this chapitre: the first that asks for it.

    What the ANS asks for once an échéance is over falls under the next one that asks for it. After the last of them,
    the éditeur has until an échéance of the answers, and at least `to_answer` from the day on which it was asked.
    """
    answers = asking(echeances, ExigenceDEcheance.RETOURS_REPONDUS, facts.code)
    firsts = asking(echeances, ExigenceDEcheance.CHAPITRES_SOUMIS, facts.code)
    asked_at, mine = facts.asked_at, firsts if facts.first_submitted_at is None else answers
    for deadline in mine.values():
        if asked_at is None or deadline.is_met(asked_at):
            return deadline
    assert asked_at is not None  # a dispositif always asks for each chapitre, and for each answer
    late = answering(asked_at, to_answer)
    return next((deadline for deadline in answers.values() if late.at <= deadline.at), late)


def _of_the_preuves(facts: ChapitreDeposits) -> Iterator[Obstacle]:
    for numero in facts.missing:
        yield Obstacle("missing", f"La preuve {numero} n’est pas déposée.", numero)
    for numero in facts.to_correct:
        yield Obstacle("to_correct", f"La preuve {numero} est à corriger.", numero)
    for numero, why in facts.unreadable.items():
        yield Obstacle("unreadable", f"Un fichier de la preuve {numero} ne s’ouvre pas. {why}", numero)
