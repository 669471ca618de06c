"""A séance before it is held: calling its members, moving its date, naming its secrétaire, cancelling it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from candidatures.operations.telling import tell_the_team
from comptes import journal, outbox
from comptes.dates import instant_in_words
from comptes.models import Compte
from referencement.enums import Act
from referencement.models import Convocation, Examen, ReportDeSeance, SeanceDuCollege
from referencement.queries import seances as seances_queries
from referencement.rules import seances as rules

from .examens import SeanceConflict, SeanceNotPossible, hold_still, locked_seance, mark_moved, record_examen

CALLED = "referencement.seance_called"
MOVED = "referencement.seance_moved"
CANCELLED = "referencement.seance_cancelled"
ENTRUSTED = "referencement.seance_entrusted"
EXAMEN_MOVED = "referencement.examen_moved"
EXAMEN_CANCELLED = "referencement.examen_cancelled"


@transaction.atomic
def send_agenda(*, seance_id: int, by: Compte, at: datetime) -> Convocation:
    """Send the agenda to the members: a first time, and again each time that it has changed.

    :raises SeanceNotPossible: when the séance is over, or the agenda empty or unchanged since it was last sent
    """
    seance = locked_seance(seance_id=seance_id)
    facts, agenda = (
        seances_queries.seance_facts(seance),
        seances_queries.agenda_to_send(seances_queries.agenda_of(seance)),
    )
    if facts.state in rules.OVER:
        raise SeanceNotPossible(rules.sentence_when_over(facts))
    last = seances_queries.last_convocation(seance)
    if not agenda and (last is None or not last.agenda):
        raise SeanceNotPossible("L’ordre du jour est vide\u00a0: inscrivez-y des dossiers avant de l’envoyer.")
    if last is not None and last.agenda == agenda:
        raise SeanceNotPossible("Cet ordre du jour est déjà envoyé aux membres\u00a0: il n’a pas changé depuis.")
    sent = call_membres(seance=seance, agenda=agenda, by=by, at=at)
    record_seance(seance=seance, act=Act.AGENDA_SENT, by=by, at=at, number=sent.number)
    return sent


def call_membres(*, seance: SeanceDuCollege, agenda: list[dict[str, Any]], by: Compte, at: datetime) -> Convocation:
    """Write a convocation with the agenda as it stands, and notify each member."""
    sent = Convocation.objects.create(
        seance=seance, number=seance.convocations.count() + 1, agenda=agenda, sent_at=at, sent_by=by
    )
    _tell_membres(seance, CALLED, occurrence=str(sent.number), at=at)
    return sent


@transaction.atomic
def move_seance(
    *, seance_id: int, to: datetime, reason: str, seen_version: int, by: Compte, at: datetime
) -> ReportDeSeance:
    """Move a planned séance to another instant.

    Its members are told the new date and the reason; the éditeurs of its dossiers, the new date alone.

    :raises SeanceConflict: when the séance changed since the page was read
    :raises SeanceNotPossible: with every reason
    """
    seance = _locked_as_seen(seance_id, seen_version)
    if obstacles := rules.obstacles_to_move(seances_queries.seance_facts(seance), to=to, reason=reason, at=at):
        raise SeanceNotPossible(*obstacles)
    former, motif = seance.held_at, reason.strip()
    report = ReportDeSeance.objects.create(
        seance=seance, from_at=former, to_at=to, reason=motif, moved_at=at, moved_by=by
    )
    record_seance(seance=seance, act=Act.SEANCE_MOVED, by=by, at=at, to=instant_in_words(to), motif=motif)
    seance.move(to=to)
    seance.save()
    _tell_membres(seance, MOVED, occurrence=str(report.pk), at=at)
    for examen in seances_queries.agenda_of(seance):
        dates = {"date": instant_in_words(former), "to": instant_in_words(to)}
        record_examen(examen=examen, act=Act.EXAMEN_MOVED, by=by, at=at, **dates)
        _tell_editeur(examen, EXAMEN_MOVED, occurrence=str(report.pk), at=at)
    return report


@transaction.atomic
def cancel_seance(*, seance_id: int, reason: str, seen_version: int, by: Compte, at: datetime) -> SeanceDuCollege:
    """Cancel a séance that is not closed: nothing is published, and its dossiers may be listed at another séance.

    :raises SeanceConflict: when the séance changed since the page was read
    :raises SeanceNotPossible: with every reason
    """
    seance = _locked_as_seen(seance_id, seen_version)
    if obstacles := rules.obstacles_to_cancel(seances_queries.seance_facts(seance), reason=reason):
        raise SeanceNotPossible(*obstacles)
    hold_still(seance=seance)
    seance.cancel(reason=reason.strip(), by=by, at=at)
    seance.save()
    record_seance(seance=seance, act=Act.SEANCE_CANCELLED, by=by, at=at, motif=seance.cancel_reason)
    _tell_membres(seance, CANCELLED, at=at)
    for examen in seances_queries.agenda_of(seance):
        examen.cancel()
        examen.save()
        record_examen(examen=examen, act=Act.EXAMEN_CANCELLED, by=by, at=at, date=instant_in_words(seance.held_at))
        _tell_editeur(examen, EXAMEN_CANCELLED, at=at)
    return seance


@transaction.atomic
def entrust_seance(*, seance_id: int, compte_id: int, by: Compte, at: datetime) -> SeanceDuCollege:
    """Name the secrétaire of one séance: a secrétaire of the collège or an administrateur.

    :raises SeanceNotPossible: when that person is neither, is its secrétaire already, or when the séance is over
    """
    seance = locked_seance(seance_id=seance_id)
    facts = seances_queries.seance_facts(seance)
    if facts.state in rules.OVER:
        raise SeanceNotPossible(rules.sentence_when_over(facts))
    compte = seances_queries.possible_secretaires().filter(pk=compte_id).first()
    if compte is None:
        raise SeanceNotPossible("Choisissez un secrétaire du collège ou un administrateur.")
    if compte.pk == seance.secretaire_id:
        raise SeanceNotPossible(f"{compte.full_name} est déjà secrétaire de cette séance.")
    seance.secretaire = compte
    seance.save(update_fields=["secretaire"])
    mark_moved(seance=seance)
    record_seance(seance=seance, act=Act.SEANCE_SECRETAIRE, by=by, at=at, compte=compte.pk)
    if compte.pk != by.pk:
        outbox.post(ENTRUSTED, on=_address(seance), to=compte, occurrence=str(seance.version), at=at)
    return seance


def record_seance(*, seance: SeanceDuCollege, act: Act, by: Compte, at: datetime, **params: str | int) -> None:
    """Write an act on a séance in the portal's chain, with the date of the séance."""
    dated_params = {"date": instant_in_words(seance.held_at)} | params
    journal.record(journal.PORTAIL, act, on=_address(seance), by=by, at=at, **dated_params)


def _locked_as_seen(seance_id: int, seen_version: int) -> SeanceDuCollege:
    seance = locked_seance(seance_id=seance_id)
    if seance.version != seen_version:
        raise SeanceConflict
    return seance


def _tell_membres(seance: SeanceDuCollege, kind: str, *, at: datetime, occurrence: str = "") -> None:
    membres: Sequence[Any] = seances_queries.membres_of(seance)
    for membre in membres:
        outbox.post(kind, on=_address(seance), to=membre.compte, occurrence=occurrence, at=at)


def _tell_editeur(examen: Examen, kind: str, *, at: datetime, occurrence: str = "") -> None:
    address = f"examen:{examen.seance_id}/{examen.candidature.nru}"
    tell_the_team(candidature=examen.candidature, kind=kind, on=address, occurrence=occurrence, at=at)


def _address(seance: SeanceDuCollege) -> str:
    return f"seance:{seance.pk}"
