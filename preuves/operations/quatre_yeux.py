"""The second person of a conclusion, where the dispositif asks for one: they confirm it, or send it back."""

from datetime import datetime

from django.db import transaction

from candidatures.permissions import instructs
from comptes import outbox
from comptes.models import Compte
from comptes.rules import texts
from preuves.enums import Act
from preuves.models import Chapitre, ConclusionProposee
from preuves.queries.chapitres import who_moved_chapitre
from preuves.queries.conclusions import conclusions_of
from preuves.queries.instruction import missing_in, review_facts_of
from preuves.rules import instruction as rules

from .instruction import ReviewConflict, ReviewNotPossible, refuse_closed, settle_review
from .locking import locked_chapitre
from .propositions import record_conclusion

GONE = "La conclusion proposée n’est plus à confirmer."


@transaction.atomic
def confirm_conclusion(*, chapitre_id: int, seen_version: int, by: Compte, at: datetime) -> Chapitre:
    """Confirm the conclusion of another instructeur, which takes effect: the verdicts are theirs.

    :param seen_version: the chapitre's version that was read
    :raises ReviewConflict: when the chapitre has moved since
    :raises ReviewNotPossible: when there is nothing to confirm, or it is one's own
    """
    chapitre, proposal = _locked(chapitre_id, by)
    if chapitre.version != seen_version:
        raise ReviewConflict(who_moved_chapitre(chapitre))
    author = proposal.proposed_by
    if author == by:
        raise ReviewNotPossible("Vous avez proposé cette conclusion\u00a0: une autre personne la confirme.")
    facts = review_facts_of(chapitre, by=author)
    if rules.obstacles_to_conclude(facts) or proposal.returns != rules.goes_back(facts, missing=missing_in(chapitre)):
        raise ReviewConflict(f"{GONE} Les preuves à vérifier ont changé depuis\u00a0: renvoyez-la à {author}.")
    _answer(proposal, is_confirmed=True, reason="", by=by, at=at)
    record_conclusion(chapitre=chapitre, act=Act.CONCLUSION_CONFIRMED, by=by, at=at, compte=author.pk)
    _tell(proposal, at=at)
    return settle_review(chapitre=chapitre, facts=facts, read_by=author, by=by, at=at)


@transaction.atomic
def send_back_conclusion(*, chapitre_id: int, reason: str, by: Compte, at: datetime) -> Chapitre:
    """Send a conclusion back to whoever proposed it, with a reason; or take back one's own, without any.

    :raises ReviewNotPossible: when there is nothing to send back, or no reason
    """
    chapitre, proposal = _locked(chapitre_id, by)
    is_own, motif = proposal.proposed_by == by, texts.paragraph(reason)
    if not is_own and not motif:
        raise ReviewNotPossible("Indiquez pourquoi vous renvoyez cette conclusion.")
    _answer(proposal, is_confirmed=False, reason="" if is_own else motif, by=by, at=at)
    chapitre.note_proposal()
    chapitre.save()
    if is_own:
        record_conclusion(chapitre=chapitre, act=Act.CONCLUSION_WITHDRAWN, by=by, at=at)
    else:
        author = proposal.proposed_by_id
        record_conclusion(chapitre=chapitre, act=Act.CONCLUSION_SENT_BACK, by=by, at=at, compte=author, motif=motif)
        _tell(proposal, at=at)
    return chapitre


def _locked(chapitre_id: int, by: Compte) -> tuple[Chapitre, ConclusionProposee]:
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    refuse_closed(chapitre=chapitre)
    proposal = conclusions_of(chapitre).select_related("proposed_by").order_by("pk").first()
    if proposal is None:
        raise ReviewNotPossible(f"{GONE} {who_moved_chapitre(chapitre)}".strip())
    if not instructs(by):
        raise ReviewNotPossible("Seuls les instructeurs examinent un chapitre.")
    return chapitre, proposal


def _answer(proposal: ConclusionProposee, *, is_confirmed: bool, reason: str, by: Compte, at: datetime) -> None:
    proposal.is_confirmed, proposal.reason = is_confirmed, reason
    proposal.answered_by, proposal.answered_at = by, at
    proposal.save()


def _tell(proposal: ConclusionProposee, *, at: datetime) -> None:
    """Tell whoever proposed it what became of it."""
    address = f"conclusion:{proposal.pk}"
    outbox.post("preuves.conclusion_answered", on=address, to=proposal.proposed_by, at=at)
