"""Cancelling a demande: the volet is again as it was submitted."""

from datetime import datetime

from django.db import transaction

from candidatures.enums import Act, CandidatureState, DemandeKind
from candidatures.models import Demande, Reponse, Volet
from candidatures.queries.demandes import labels_of, last_admission
from candidatures.queries.volets import latest_reponses, reponses_at
from candidatures.rules import demandes as rules
from comptes.models import Compte

from .instruction import DemandeNotPossible
from .telling import record_on_volet, tell_the_team
from .volets import locked_volet


@transaction.atomic
def cancel_demande(*, demande_id: int, reason: str, by: Compte, at: datetime) -> Demande:
    """Cancel a demande that waits for an answer, with a reason; it stays visible, and the team is notified.

    The volet is submitted, or admitted, again. What was typed and not submitted is set aside: the answers are again
    those that the ANS has; the rest stays in their history.

    :raises DemandeNotPossible: with every reason
    """
    volet = locked_volet(volet_id=Demande.objects.values_list("volet", flat=True).get(pk=demande_id))
    demande = Demande.objects.get(pk=demande_id)
    is_open = volet.candidature.state == CandidatureState.OPEN
    if reasons := list(rules.obstacles_to_cancel(state=demande.state, candidature_open=is_open, reason=reason)):
        raise DemandeNotPossible(*reasons)
    demande.cancel(by=by, at=at, reason=reason.strip())
    demande.save()
    act = _give_back(volet, demande)
    volet.save()
    record_on_volet(volet=volet, act=act, by=by, at=at, numero=demande.number)
    if aside := _put_aside(volet, by=by, at=at):
        labels = labels_of(volet, aside)
        record_on_volet(volet=volet, act=Act.ANSWERS_PUT_ASIDE, by=by, at=at, champs=labels)
    tell_the_team(candidature=volet.candidature, kind="candidatures.demande_cancelled", on=demande.address, at=at)
    return demande


def _give_back(volet: Volet, demande: Demande) -> Act:
    """Bring the volet back to its state before the demande; the journal knows who had admitted it."""
    if demande.kind == DemandeKind.COMPLEMENT:
        volet.give_back()
        return Act.COMPLEMENT_CANCELLED
    admission = last_admission(volet)
    assert admission.by is not None, "Somebody of the ANS admitted it."
    volet.admit_again(by=admission.by, at=admission.at)
    return Act.REOPENING_CANCELLED


def _put_aside(volet: Volet, *, by: Compte, at: datetime) -> list[str]:
    """Write again the answers of the last submission where they changed since; return those champs."""
    submitted = reponses_at(volet, version=volet.soumissions.order_by("-number")[0].version)
    latest = latest_reponses(volet)
    changed = [code for code, row in latest.items() if code not in submitted or row.value != submitted[code].value]
    Reponse.objects.bulk_create(
        Reponse(
            volet=volet,
            champ=code,
            version=volet.version,
            value=submitted[code].value if code in submitted else None,
            answered_at=submitted[code].answered_at if code in submitted else at,
            answered_by=submitted[code].answered_by if code in submitted else by,
        )
        for code in changed
    )
    return changed
