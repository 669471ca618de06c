"""The acts of the ANS on a submitted volet: asking for compléments, reopening, judging references, admitting."""

from datetime import datetime

from django.db import transaction

from candidatures.enums import Act, CandidatureState, DemandeKind, DemandeState, Verdict, VoletState
from candidatures.models import Demande, Jugement, Volet
from candidatures.queries.demandes import labels_of
from candidatures.queries.volets import facts_of, jugements_of, spec_of_volet, who_moved
from candidatures.rules import demandes
from candidatures.rules import submission as rules
from candidatures.rules.freeze import why_frozen
from comptes.models import Compte
from comptes.rules.refusals import Obstructed, Refused

from .reservations import end_reservation, refuse_held_by_another, renew
from .telling import record_on_volet, tell_the_team
from .volets import Conflict, locked_volet


class DemandeNotPossible(Refused):
    """The demande, or the judgement, is refused."""


class VoletNotAdmissible(Obstructed[rules.Obstacle]):
    """The volet cannot be declared recevable."""


@transaction.atomic
def admit_volet(*, volet_id: int, seen_version: int, by: Compte, at: datetime) -> Volet:
    """Declare a submitted volet recevable.

    :param seen_version: the volet's version that was read; if it changed since, nothing is decided
    :raises Conflict: with who did what and when
    :raises VoletNotAdmissible: with every obstacle
    """
    volet = _read(volet_id, seen_version, VoletState.SUBMITTED, by=by, at=at)
    judged = frozenset(jugements_of(volet))
    if obstacles := rules.obstacles_to_admit(facts_of(volet), judged=judged):
        raise VoletNotAdmissible(obstacles)
    volet.admit(by=by, at=at)
    volet.save()
    end_reservation(volet=volet)
    for demande in volet.demandes.filter(state=DemandeState.ANSWERED).order_by("number"):
        demande.close(at=at)
        demande.save()
    record_on_volet(volet=volet, act=Act.VOLET_ADMITTED, by=by, at=at)
    tell_the_team(
        candidature=volet.candidature,
        kind="candidatures.volet_admitted",
        on=volet.address,
        occurrence=str(volet.version),
        at=at,
    )
    return volet


@transaction.atomic
def ask_complement(
    *,
    volet_id: int,
    champs: list[str],
    text: str,
    seen_version: int,
    due_at: datetime | None = None,
    by: Compte,
    at: datetime,
) -> Demande:
    """Ask the éditeur to complete the named champs of a submitted volet; only these accept answers again.

    :param due_at: until when an answer is expected; it is shown, and nothing happens by itself afterwards
    :raises Conflict: when the volet changed since it was read
    :raises DemandeNotPossible: without a champ or a text, for a day that is over, or once the collège has the dossier
    """
    volet = _read(volet_id, seen_version, VoletState.SUBMITTED, by=by, at=at)
    _refuse_frozen(volet)
    volet.request_complement()
    return _open_again(volet, DemandeKind.COMPLEMENT, Act.COMPLEMENT_ASKED, champs, text, due_at, by=by, at=at)


@transaction.atomic
def reopen_volet(
    *,
    volet_id: int,
    champs: list[str],
    text: str,
    seen_version: int,
    due_at: datetime | None = None,
    by: Compte,
    at: datetime,
) -> Demande:
    """Open the named champs of an admitted volet again, at the éditeur's request (to add a distributeur, for instance).

    :param due_at: as in `ask_complement`
    :raises Conflict: when the volet changed since it was read
    :raises DemandeNotPossible: without a champ or a text, for a day that is over, or once the collège has the dossier
    """
    volet = _read(volet_id, seen_version, VoletState.ADMITTED, by=by, at=at)
    _refuse_frozen(volet)
    volet.reopen()
    return _open_again(volet, DemandeKind.REOPENING, Act.VOLET_REOPENED, champs, text, due_at, by=by, at=at)


@transaction.atomic
def judge_reference(
    *, volet_id: int, identifiant: str, verdict: Verdict, reason: str, by: Compte, at: datetime
) -> Jugement:
    """Confirm or refuse one earlier reference that the éditeur declared; the latest judgement counts.

    :raises Conflict: when a colleague reads the volet
    :raises DemandeNotPossible: when it is not declared, or refused without a reason, or the volet is not being read
    """
    volet = locked_volet(volet_id=volet_id)
    if volet.state != VoletState.SUBMITTED or volet.candidature.state != CandidatureState.OPEN:
        raise DemandeNotPossible("Ce volet n’est pas en cours d’examen.")
    refuse_held_by_another(volet=volet, by=by, at=at)
    declared = {reference.identifiant: reference for reference in rules.references_of(facts_of(volet).answers)}
    if identifiant not in declared:
        raise DemandeNotPossible("Cette référence n’est pas déclarée par l’éditeur.")
    if verdict == Verdict.REFUSED and not reason:
        raise DemandeNotPossible("Indiquez le motif du refus.")
    jugement = Jugement.objects.create(
        volet=volet,
        champ=declared[identifiant].champ,
        identifiant=identifiant,
        verdict=verdict,
        reason=reason,
        judged_at=at,
        judged_by=by,
    )
    renew(volet=volet, by=by, at=at)
    verdict_params = {"reference": identifiant, "verdict": Verdict(verdict).label.lower()}
    record_on_volet(volet=volet, act=Act.REFERENCE_JUDGED, by=by, at=at, **verdict_params)
    return jugement


def _refuse_frozen(volet: Volet) -> None:
    if reason := why_frozen(volet.candidature.gel):
        raise DemandeNotPossible(reason)


def _read(volet_id: int, seen_version: int, state: VoletState, *, by: Compte, at: datetime) -> Volet:
    """Lock a volet, which must not have changed since it was read, nor be read by a colleague."""
    volet = locked_volet(volet_id=volet_id)
    is_open = volet.candidature.state == CandidatureState.OPEN
    if not is_open or volet.state != state or volet.version != seen_version:
        raise Conflict(who_moved(volet))
    refuse_held_by_another(volet=volet, by=by, at=at)
    return volet


def _open_again(
    volet: Volet,
    kind: DemandeKind,
    act: Act,
    champs: list[str],
    text: str,
    due_at: datetime | None,
    *,
    by: Compte,
    at: datetime,
) -> Demande:
    """Open the named champs of a volet that was just moved, write the journal, and notify the éditeur's team."""
    known = [code for code in spec_of_volet(volet).by_code if code in champs]
    if reasons := list(demandes.obstacles_to_ask(champs=known, text=text, due_at=due_at, at=at)):
        raise DemandeNotPossible(*reasons)
    volet.save()
    end_reservation(volet=volet)
    demande = Demande.objects.create(
        volet=volet,
        number=volet.demandes.count() + 1,
        kind=kind,
        champs=known,
        text=text.strip(),
        due_at=due_at,
        asked_at=at,
        asked_by=by,
    )
    record_on_volet(volet=volet, act=act, by=by, at=at, champs=labels_of(volet, demande.champs))
    tell_the_team(candidature=volet.candidature, kind="candidatures.complement_asked", on=demande.address, at=at)
    return demande
