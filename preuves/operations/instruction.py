"""The acts of the ANS on a submitted chapitre: taking it, judging each revision, returning or approving it whole."""

from datetime import datetime, timedelta

from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.operations.telling import tell_the_team
from candidatures.rules.reservations import CLAIM, Claim
from candidatures.rules.submission import Obstacle
from comptes import journal, outbox
from comptes.models import Compte
from comptes.rules.refusals import Obstructed, Refused
from preuves.enums import Act, Avis, ChapitreState
from preuves.models import BrouillonDAvis, Chapitre, VerdictDePreuve
from preuves.models.chapitre import WAITING
from preuves.queries.chapitres import soumissions_standing, who_contested_in, who_moved_chapitre
from preuves.queries.conclusions import asks_two_people, conclusions_of
from preuves.queries.dossier import dossier_of
from preuves.queries.instruction import missing_in, review_facts_of, submitted_revisions
from preuves.rules import instruction as rules
from preuves.rules.completude import why_not_examined

from .locking import locked_chapitre
from .motifs import count_uses
from .propositions import propose_conclusion
from .secondes_lectures import tell_experts_of_the_conclusion

INSTANT = timedelta(microseconds=1)


class ReviewNotPossible(Refused):
    """This instructeur cannot act on the chapitre now."""


class ReviewConflict(Refused):
    """The chapitre changed since it was read; the reason says who did what and when."""


class ReviewNotConcludable(Obstructed[Obstacle]):
    """The chapitre can be neither returned nor approved yet."""


@transaction.atomic
def claim_chapitre(*, chapitre_id: int, by: Compte, at: datetime) -> Chapitre:
    """Give a submitted chapitre to `by` for review, or give it to them once the former claim has ended.

    From the first claim on, the éditeur cannot cancel the submission. A claim lasts four hours (`CLAIM`), and
    each act of its owner renews it.

    :raises ReviewConflict: when another instructeur holds it, with their name and since when
    :raises ReviewNotPossible: when it is not to be read, or another act of the ANS must come first
    """
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    refuse_closed(chapitre=chapitre)
    until = at + CLAIM
    if chapitre.state == ChapitreState.SUBMITTED:
        _refuse_not_yet_examined(chapitre)
        chapitre.open_review(by=by, at=at, until=until)
    elif chapitre.state != ChapitreState.UNDER_REVIEW:
        raise ReviewNotPossible("Ce chapitre n’est pas à examiner.")
    elif chapitre.claimed_by_id == by.pk:
        chapitre.claim_ends_at = until
    elif _claim_of(chapitre).holds(at):
        raise ReviewConflict(who_moved_chapitre(chapitre))
    else:
        _change_hands(chapitre, by=by, at=at)
    chapitre.save()
    record_chapitre(chapitre=chapitre, act=Act.CHAPITRE_CLAIMED, by=by, at=at)
    return chapitre


@transaction.atomic
def release_chapitre(*, chapitre_id: int, by: Compte, at: datetime) -> Chapitre:
    """Leave a chapitre to other instructeurs; one's drafts stay, and stay private.

    :raises ReviewNotPossible: when `by` does not hold it
    """
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    _refuse_who_does_not_hold(chapitre, by)
    assert chapitre.claimed_at is not None
    chapitre.claim_ends_at = max(at, chapitre.claimed_at + INSTANT)
    chapitre.save()
    record_chapitre(chapitre=chapitre, act=Act.CHAPITRE_RELEASED, by=by, at=at)
    return chapitre


@transaction.atomic
def take_over_chapitre(*, chapitre_id: int, reason: str, by: Compte, at: datetime) -> Chapitre:
    """Take a chapitre over from another instructeur, who is notified.

    :raises ReviewNotPossible: without a reason while it is held, or when it is not being read
    """
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    refuse_closed(chapitre=chapitre)
    former = chapitre.claimed_by
    if chapitre.state != ChapitreState.UNDER_REVIEW or former is None:
        raise ReviewNotPossible("Ce chapitre n’est pas en cours d’examen.")
    if former == by:
        raise ReviewNotPossible("Vous examinez déjà ce chapitre.")
    if _claim_of(chapitre).holds(at) and not reason.strip():
        raise ReviewNotPossible("Indiquez pourquoi vous vous réattribuez l’examen.")
    _change_hands(chapitre, by=by, at=at)
    chapitre.save()
    motif = reason.strip() or "la réservation avait expiré"
    record_chapitre(chapitre=chapitre, act=Act.CHAPITRE_TAKEN_OVER, by=by, at=at, motif=motif)
    return chapitre


def _change_hands(chapitre: Chapitre, *, by: Compte, at: datetime) -> None:
    """Give a chapitre being read to another instructeur, and notify the former one."""
    former = chapitre.claimed_by
    assert former is not None, "A chapitre under review is held."
    chapitre.change_hands(by=by, at=at, until=at + CLAIM)
    tell_who_read(chapitre=chapitre, former=former, at=at)


@transaction.atomic
def save_draft(
    *, chapitre_id: int, numero: str, sha256: str, avis: str, reason: str, by: Compte, at: datetime
) -> BrouillonDAvis:
    """Keep an instructeur's draft on one revision; nobody else reads it. The four hours of the claim start again.

    :param sha256: of the revision that was on the page
    :param avis: empty while only the reason is being written
    :raises ReviewNotPossible: when `by` does not hold the chapitre, or the preuve is not to be read this round
    :raises ReviewConflict: when the revision is not the one that was submitted
    """
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    facts = _refuse_who_does_not_hold(chapitre, by)
    if numero not in facts.asked:
        raise ReviewNotPossible("Cette preuve n’est pas à vérifier dans cet examen.")
    if sha256 != facts.submitted[numero]:
        raise ReviewConflict(f"Le dépôt de la preuve {numero} n’est plus celui que vous avez lu.")
    revision = submitted_revisions(chapitre)[numero]
    draft, _ = BrouillonDAvis.objects.update_or_create(
        revision=revision,
        by=by,
        defaults={"sha256": sha256, "avis": avis, "reason": reason.strip(), "saved_at": at},
    )
    chapitre.claim_ends_at = at + CLAIM
    chapitre.save(update_fields=["claim_ends_at"])
    return draft


@transaction.atomic
def conclude_review(*, chapitre_id: int, seen_version: int, by: Compte, at: datetime) -> Chapitre:
    """Return the chapitre if anything is to be corrected, else approve it; every verdict is given in this one act.

    When the dispositif asks it of this chapitre, the conclusion is only proposed: another instructeur confirms it.

    :param seen_version: the chapitre's version that was read; if it changed since, nothing is decided
    :raises ReviewConflict: with who did what and when
    :raises ReviewNotPossible: when `by` does not hold it
    :raises ReviewNotConcludable: with every obstacle
    """
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    if chapitre.version != seen_version:
        raise ReviewConflict(_what_moved(chapitre, by))
    facts = _refuse_who_does_not_hold(chapitre, by)
    if obstacles := rules.obstacles_to_conclude(facts):
        raise ReviewNotConcludable(obstacles)
    if asks_two_people(chapitre):
        returns = rules.goes_back(facts, missing=missing_in(chapitre))
        return propose_conclusion(chapitre=chapitre, returns=returns, by=by, at=at)
    return settle_review(chapitre=chapitre, facts=facts, read_by=by, by=by, at=at)


def settle_review(
    *, chapitre: Chapitre, facts: rules.ReviewFacts, read_by: Compte, by: Compte, at: datetime
) -> Chapitre:
    """Give the verdicts, and return or approve the chapitre. No obstacle must be left.

    :param facts: with the drafts of `read_by`
    :param by: whoever concludes, or confirms the conclusion of `read_by`
    """
    _give_verdicts(chapitre, facts, by=read_by, at=at)
    count_uses(chapitre=chapitre, reasons=[facts.drafts[numero].reason for numero in facts.to_correct], at=at)
    missing = missing_in(chapitre)
    if returned := rules.goes_back(facts, missing=missing):
        chapitre.send_back(by=by, at=at)
        record_chapitre(
            chapitre=chapitre, act=Act.CHAPITRE_RETURNED, by=by, at=at, a_corriger=len(facts.to_correct) + len(missing)
        )
    else:
        chapitre.approve(by=by, at=at)
        record_chapitre(chapitre=chapitre, act=Act.CHAPITRE_APPROVED, by=by, at=at)
    chapitre.save()
    tell_experts_of_the_conclusion(chapitre=chapitre, at=at)
    tell_of_chapitre(
        chapitre=chapitre, kind="preuves.chapitre_returned" if returned else "preuves.chapitre_approved", at=at
    )
    return chapitre


def _what_moved(chapitre: Chapitre, by: Compte) -> str:
    """Say in French what happened to a chapitre since this instructeur read it."""
    mine = chapitre.state == ChapitreState.UNDER_REVIEW and chapitre.claimed_by_id == by.pk
    contested = who_contested_in(chapitre) if chapitre.state in WAITING else ""
    return contested if mine and contested else who_moved_chapitre(chapitre)


def _give_verdicts(chapitre: Chapitre, facts: rules.ReviewFacts, *, by: Compte, at: datetime) -> None:
    """Turn the drafts into verdicts, each tied to the sha256 that was read, and move the preuves."""
    soumission = soumissions_standing(chapitre)[0]
    revisions = submitted_revisions(chapitre)
    for numero in facts.asked:
        draft, revision = facts.drafts[numero], revisions[numero]
        VerdictDePreuve.objects.create(
            revision=revision,
            soumission=soumission,
            sha256=draft.sha256,
            avis=draft.avis,
            reason=draft.reason if draft.avis == Avis.TO_CORRECT else "",
            given_at=at,
            given_by=by,
        )
        if draft.avis == Avis.ACCEPTED:
            revision.preuve.accept()
        else:
            revision.preuve.return_for_correction()
        revision.preuve.save()
    BrouillonDAvis.objects.filter(revision__preuve__chapitre=chapitre).delete()


def refuse_closed(*, chapitre: Chapitre) -> None:
    """Refuse any act on a chapitre whose candidature is closed.

    :raises ReviewNotPossible: when it is closed
    """
    if chapitre.dossier.candidature.state != CandidatureState.OPEN:
        raise ReviewNotPossible("Cette candidature n’est plus ouverte.")


def _refuse_not_yet_examined(chapitre: Chapitre) -> None:
    dossier = dossier_of(chapitre.dossier.candidature, code=chapitre.code)
    known = dossier.chapitre(chapitre.code) if dossier else None
    if known and (reason := why_not_examined(known.facts)):
        raise ReviewNotPossible(reason)


def _refuse_who_does_not_hold(chapitre: Chapitre, by: Compte) -> rules.ReviewFacts:
    facts = review_facts_of(chapitre, by=by)
    if reason := rules.why_not_read(facts, by=by.pk):
        moved = who_moved_chapitre(chapitre)
        raise ReviewNotPossible(f"{reason} {moved}".strip())
    if asks_two_people(chapitre) and conclusions_of(chapitre).exists():
        raise ReviewNotPossible("Votre conclusion attend la confirmation d’une autre personne. Retirez-la d’abord.")
    return facts


def _claim_of(chapitre: Chapitre) -> Claim:
    assert chapitre.claimed_by_id is not None
    assert chapitre.claim_ends_at is not None
    return Claim(chapitre.claimed_by_id, chapitre.claim_ends_at)


def _address(chapitre: Chapitre) -> str:
    return f"chapitre:{chapitre.dossier.candidature.nru}/{chapitre.code}"


def record_chapitre(*, chapitre: Chapitre, act: Act, by: Compte, at: datetime, **params: str | int) -> None:
    """Write an act on a chapitre in its candidature's journal."""
    chain = chapitre.dossier.candidature.chain
    journal.record(chain, act, on=_address(chapitre), by=by, at=at, chapitre=chapitre.code, **params)


def tell_of_chapitre(*, chapitre: Chapitre, kind: str, at: datetime) -> None:
    """Notify the éditeur's team of an act on a chapitre."""
    candidature = chapitre.dossier.candidature
    tell_the_team(candidature=candidature, kind=kind, on=_address(chapitre), occurrence=str(chapitre.version), at=at)


def tell_who_read(*, chapitre: Chapitre, former: Compte, at: datetime) -> None:
    """Notify the instructeur who was reading a chapitre that a colleague now reads it."""
    occurrence = str(chapitre.version)
    outbox.post("preuves.review_taken_over", on=_address(chapitre), occurrence=occurrence, to=former, at=at)
