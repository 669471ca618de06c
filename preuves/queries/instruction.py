"""What an instructeur reads: the chapitres that wait, and one chapitre as it was handed over."""

from __future__ import annotations

from candidatures.enums import CandidatureState
from comptes.models import Compte
from preuves.models import BrouillonDAvis, Chapitre, Revision
from preuves.rules.instruction import Claim, Draft, ReviewFacts

from .chapitres import soumissions_standing
from .dossier import dossier_of


def submitted_revisions(chapitre: Chapitre) -> dict[str, Revision]:
    """The revisions of the last submission that stands, by N°; never those deposited since."""
    standing = soumissions_standing(chapitre)
    if not standing:
        return {}
    wanted = standing[0].revisions
    rows = Revision.objects.filter(preuve__chapitre__dossier=chapitre.dossier_id, sha256__in=wanted.values())
    found = {one.preuve.numero: one for one in rows.select_related("preuve", "deposited_by").order_by("number")}
    return {numero: found[numero] for numero in wanted if numero in found}


def review_facts_of(chapitre: Chapitre, *, by: Compte) -> ReviewFacts:
    """Gather what the rules of instruction need, with the drafts of this person."""
    revisions = submitted_revisions(chapitre)
    drafts = BrouillonDAvis.objects.filter(revision__in=revisions.values(), by=by).select_related("revision__preuve")
    held = chapitre.claimed_by_id is not None and chapitre.claim_ends_at is not None
    return ReviewFacts(
        state=chapitre.state,
        candidature_open=chapitre.dossier.candidature.state == CandidatureState.OPEN,
        claim=Claim(chapitre.claimed_by_id, chapitre.claim_ends_at) if held else None,  # type: ignore[arg-type]
        submitted={numero: one.sha256 for numero, one in revisions.items()},
        states={numero: one.preuve.state for numero, one in revisions.items()},
        drafts={one.revision.preuve.numero: Draft(one.sha256, one.avis, one.reason) for one in drafts.order_by("pk")},
    )


def missing_in(chapitre: Chapitre) -> tuple[str, ...]:
    """The N° that became due in a chapitre after it was handed over: a dispense contested, a profil added."""
    dossier = dossier_of(chapitre.dossier.candidature)
    found = dossier.chapitre(chapitre.code) if dossier else None
    return found.facts.missing if found else ()
