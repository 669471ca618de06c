"""Why a volet cannot be submitted to the ANS, or admitted, at that moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from candidatures.catalogue.champs import Champ, ChampKind, Value, VoletSpec, is_asked, is_whole
from candidatures.rules.deadlines import Deadline
from candidatures.rules.members import faults_of_lines
from comptes.canonical import fingerprint
from comptes.rules.companies import Company

FILLABLE = ("draft", "complement_requested")


@dataclass(frozen=True)
class Obstacle:
    """One reason; `champ` is the code of the champ beside which it is shown, empty when it concerns the whole volet."""

    code: str
    sentence: str
    champ: str = ""


@dataclass(frozen=True)
class VoletFacts:
    """What the rules need to know of a volet. Answers are by champ code; a missing answer is absent or None.

    `unlocked` are the champs that a demande of the ANS has opened again; a draft is open whole. `editeur` is the
    company that files.
    """

    spec: VoletSpec
    state: str
    answers: Mapping[str, Value]
    charte_accepted: bool
    candidature_open: bool
    first_submitted_at: datetime | None
    unlocked: frozenset[str] = frozenset()
    editeur: Company | None = None


def obstacles_to_submit(
    facts: VoletFacts, *, deadline: Deadline, at: datetime, read: frozenset[str] = frozenset()
) -> tuple[Obstacle, ...]:
    """Say, one reason each, why this volet cannot be submitted to the ANS at that moment.

    Date 1 limits the first submission only (webinar: « soumis au moins une fois »).

    :param read: the champs whose warning was read and accepted
    """
    return (*_of_the_whole(facts, deadline, at), *_missing(facts), *_unread(facts, read))


def warnings_before_submitting(facts: VoletFacts) -> tuple[Obstacle, ...]:
    """List what may be missing now but will be required later; each is read one by one before submitting."""
    return tuple(
        Obstacle("advised", f"« {champ.label} » n’est pas renseigné. {champ.advised}", champ.code)
        for champ in facts.spec.by_code.values()
        if champ.advised and is_asked(champ, facts.answers) and facts.answers.get(champ.code) is None
    )


def _of_the_whole(facts: VoletFacts, deadline: Deadline, at: datetime) -> Iterator[Obstacle]:
    if not facts.candidature_open:
        yield Obstacle("candidature_closed", "Cette candidature n’est plus ouverte.")
    if not facts.charte_accepted:
        yield Obstacle("charte", "La charte de référencement n’est pas encore acceptée.")
    if facts.state not in FILLABLE:
        yield Obstacle("state", "Ce volet est déjà soumis à l’ANS.")
    if facts.first_submitted_at is None and not deadline.is_met(at):
        yield Obstacle("late", f"La date limite ({deadline.nom}) est passée : c’était le {deadline.label}.")


def _unread(facts: VoletFacts, read: frozenset[str]) -> Iterator[Obstacle]:
    for warning in warnings_before_submitting(facts):
        if warning.champ not in read:
            yield Obstacle("unread", f"Avertissement à lire : {warning.sentence}", warning.champ)


def _missing(facts: VoletFacts) -> Iterator[Obstacle]:
    for champ in facts.spec.by_code.values():
        if is_asked(champ, facts.answers):
            yield from _missing_in(facts, champ)


def _missing_in(facts: VoletFacts, champ: Champ) -> Iterator[Obstacle]:
    value = facts.answers.get(champ.code)
    if _is_missing(champ, value):
        yield Obstacle("missing", f"« {champ.label} » n’est pas renseigné.", champ.code)
    elif champ.kind is ChampKind.LIST and value is not None and not _was_handed_over(facts, champ):
        for fault in faults_of_lines(champ, value, editeur=facts.editeur):
            yield Obstacle("fault", f"« {champ.label} » : {fault}", champ.code)
        for number, line in enumerate(value.get("lignes", []), start=1):
            for column in champ.columns:
                if _is_missing(column, line.get(column.code)):
                    sentence = f"« {champ.label} », ligne {number} : « {column.label} » n’est pas renseigné."
                    yield Obstacle("missing", sentence, champ.code)


def _is_missing(champ: Champ, value: Value) -> bool:
    """Whether an answer must be given or completed: what is optional is answered whole, or not at all."""
    return not is_whole(champ, value) and (champ.required or value is not None)


def _was_handed_over(facts: VoletFacts, champ: Champ) -> bool:
    """Whether a list is closed, as the ANS received it: columns that were added since cannot be completed now."""
    return facts.state == "complement_requested" and champ.code not in facts.unlocked


def progress(facts: VoletFacts) -> tuple[int, int]:
    """Return how many required champs are answered, and how many are asked."""
    asked = [champ for champ in facts.spec.by_code.values() if champ.required and is_asked(champ, facts.answers)]
    done = [champ for champ in asked if not any(_missing_in(facts, champ))]
    return len(done), len(asked)


def missing_champs(facts: VoletFacts) -> tuple[str, ...]:
    """Return the codes of the champs that still lack an answer, in order, each once."""
    return tuple(dict.fromkeys(obstacle.champ for obstacle in _missing(facts)))


def first_missing(facts: VoletFacts) -> str:
    """Return the code of the first champ that still lacks an answer; empty when none does."""
    return next(iter(missing_champs(facts)), "")


def why_not_fillable(facts: VoletFacts) -> str:
    """Say why no answer can be written to this volet now; empty when one can."""
    if not facts.candidature_open:
        return "Cette candidature n’est plus ouverte."
    if not facts.charte_accepted:
        return "La charte de référencement doit d’abord être acceptée."
    if facts.state not in FILLABLE:
        return "Ce volet est soumis à l’ANS : ses réponses ne peuvent plus changer."
    return ""


def is_unlocked(facts: VoletFacts, code: str) -> bool:
    """Whether this champ takes an answer: all of them in a draft, only the named ones after a demande of the ANS."""
    return not why_not_fillable(facts) and (facts.state == "draft" or code in facts.unlocked)


def obstacles_to_admit(facts: VoletFacts, *, judged: frozenset[str]) -> tuple[Obstacle, ...]:
    """Say why the ANS cannot admit this volet yet: each earlier reference must first be confirmed or refused.

    :param judged: the identifiers of the references that the ANS has judged
    """
    return tuple(
        Obstacle("reference", f"La référence {reference.identifiant} n’est ni confirmée ni refusée.", reference.champ)
        for reference in references_of(facts.answers)
        if reference.identifiant not in judged
    )


@dataclass(frozen=True)
class DeclaredReference:
    """An earlier référencement that the éditeur declares: preuves may be inherited from it, once it is confirmed."""

    champ: str
    identifiant: str
    dispositif: str
    profils: tuple[str, ...]


def references_of(answers: Mapping[str, Value]) -> tuple[DeclaredReference, ...]:
    """Return the earlier references declared, vague 1 then vague 2, in the order of the éditeur."""
    vague_1 = (answers.get("references_vague_1") or {}).get("lignes", [])
    vague_2 = (answers.get("references_vague_2") or {}).get("lignes", [])
    return (
        *(
            DeclaredReference(
                "references_vague_1",
                line["identifiant"],
                line.get("dispositif") or "",
                tuple(line.get("profils") or ()),
            )
            for line in vague_1
            if line.get("identifiant")
        ),
        *(DeclaredReference("references_vague_2", line["nru"], "", ()) for line in vague_2 if line.get("nru")),
    )


def fingerprint_of_answers(answers: Mapping[str, Value]) -> str:
    """Compute the sha256 of a volet's answers, in canonical JSON, without the missing ones."""
    return fingerprint({code: value for code, value in answers.items() if value is not None})
