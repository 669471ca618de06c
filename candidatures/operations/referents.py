"""Giving candidatures and chapitres to people of the ANS, and noting who is absent. The éditeur is told nothing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from candidatures import permissions
from candidatures.enums import Act
from candidatures.models import Absence, Candidature, Dispositif, Referent, ReferentDeChapitre
from candidatures.queries.referents import instructeurs
from candidatures.rules import referents as rules
from comptes import journal
from comptes.dates import day_in_figures, instant_in_words
from comptes.models import Compte
from comptes.rules.refusals import Refused

NOBODY = "Seules les personnes qui instruisent attribuent les candidatures et notent les absences."


class ReferentNotPossible(Refused):
    """Nothing was given: this person may not, or the other one does not instruct."""


class ReferentMoved(Refused):
    """Somebody else gave it meanwhile; the reason says who, to whom and when."""


@transaction.atomic
def assign_referent(
    *, candidature_id: int, compte_id: int | None, seen: int | None, by: Compte, at: datetime
) -> Referent | None:
    """Give a candidature to somebody who instructs; to nobody when `compte_id` is None.

    :param seen: the référent (pk) that was on the page; None when there was nobody
    :raises ReferentMoved: when it is somebody else's since
    :raises ReferentNotPossible: when `by`, or the person named, does not instruct
    """
    refuse_who_does_not_instruct(by=by)
    candidature = Candidature.objects.locked().get(pk=candidature_id)
    former = Referent.objects.select_related("compte", "assigned_by").filter(candidature=candidature).first()
    held_by = former.compte_id if former else None
    if held_by == compte_id:
        return former
    if held_by != seen:
        raise ReferentMoved(_who_moved(candidature, former))
    if compte_id is None:
        assert former is not None, "It is not nobody's already."
        former.delete()
        _record(Act.REFERENT_REMOVED, candidature, compte_id=held_by, by=by, at=at)
        return None
    return _give(candidature, instructeur(compte_id=compte_id), by=by, at=at)


@transaction.atomic
def give_candidature(*, candidature_id: int, to: Compte, by: Compte, at: datetime) -> Referent:
    """Give a candidature to a colleague, whoever follows it; `by` may be an administrateur who closes an account."""
    return _give(Candidature.objects.locked().get(pk=candidature_id), to, by=by, at=at)


def _give(candidature: Candidature, person: Compte, *, by: Compte, at: datetime) -> Referent:
    values = {"compte": person, "assigned_at": at, "assigned_by": by}
    referent, _ = Referent.objects.update_or_create(candidature=candidature, defaults=values)
    _record(Act.REFERENT_ASSIGNED, candidature, compte_id=person.pk, by=by, at=at)
    return referent


def _who_moved(candidature: Candidature, former: Referent | None) -> str:
    if former is None:
        return f"La candidature {candidature.nru} n’a plus de référent\u00a0: une autre personne vient de la libérer."
    when = instant_in_words(former.assigned_at)
    giver, holder = former.assigned_by.full_name, former.compte.full_name
    return f"{giver} a attribué la candidature {candidature.nru} à {holder} ({when})."


def _record(act: Act, candidature: Candidature, *, compte_id: int | None, by: Compte, at: datetime) -> None:
    """Write it in the portal's chain: that of the candidature is read by the éditeur."""
    on = f"candidature:{candidature.nru}"
    journal.record(journal.PORTAIL, act, on=on, by=by, at=at, compte=compte_id or 0, nru=candidature.nru)


@transaction.atomic
def entrust_chapitre(
    *, dispositif_code: str, code: str, compte_id: int | None, by: Compte, at: datetime
) -> ReferentDeChapitre | None:
    """Make somebody the référent of a chapitre in every candidature of a dispositif; nobody when `compte_id` is None.

    :raises ReferentNotPossible: when `by`, or the person named, does not instruct
    """
    refuse_who_does_not_instruct(by=by)
    dispositif = Dispositif.objects.select_for_update(no_key=True).get(pk=dispositif_code)
    former = ReferentDeChapitre.objects.filter(dispositif=dispositif, code=code).first()
    if (former.compte_id if former else None) == compte_id:
        return former
    if compte_id is None:
        assert former is not None, "It is not nobody's already."
        former.delete()
        _record_chapitre(Act.CHAPITRE_LEFT, dispositif, code, by=by, at=at)
        return None
    return _give_chapitre(dispositif, code, instructeur(compte_id=compte_id), by=by, at=at)


@transaction.atomic
def give_chapitre(*, dispositif_code: str, code: str, to: Compte, by: Compte, at: datetime) -> ReferentDeChapitre:
    """Give a chapitre to a colleague, in every candidature; `by` may be an administrateur who closes an account."""
    dispositif = Dispositif.objects.select_for_update(no_key=True).get(pk=dispositif_code)
    return _give_chapitre(dispositif, code, to, by=by, at=at)


def _give_chapitre(
    dispositif: Dispositif, code: str, person: Compte, *, by: Compte, at: datetime
) -> ReferentDeChapitre:
    values = {"compte": person, "assigned_at": at, "assigned_by": by}
    row, _ = ReferentDeChapitre.objects.update_or_create(dispositif=dispositif, code=code, defaults=values)
    _record_chapitre(Act.CHAPITRE_ENTRUSTED, dispositif, code, by=by, at=at, compte=person.pk)
    return row


def _record_chapitre(act: Act, dispositif: Dispositif, code: str, *, by: Compte, at: datetime, **params: int) -> None:
    on, named = f"chapitre-type:{dispositif.pk}/{code}", {"chapitre": code, "demarche": str(dispositif)}
    journal.record(journal.PORTAIL, act, on=on, by=by, at=at, **named, **params)


@transaction.atomic
def note_absence(
    *, compte_id: int, from_date: date, until_date: date, stand_in_id: int | None, by: Compte, at: datetime
) -> Absence:
    """Note the days when somebody who instructs is absent, and who stands in.

    :raises ReferentNotPossible: with every reason
    """
    refuse_who_does_not_instruct(by=by)
    person = instructeur(compte_id=compte_id, lock=True)
    stand_in = instructeur(compte_id=stand_in_id) if stand_in_id else None
    reasons = rules.obstacles_to_absence(
        from_date=from_date,
        until_date=until_date,
        stand_in=stand_in_id,
        compte=compte_id,
        others=person.absences.order_by("pk").values_list("from_date", "until_date"),
    )
    if reasons:
        raise ReferentNotPossible(*reasons)
    absence = Absence.objects.create(
        compte=person, stand_in=stand_in, from_date=from_date, until_date=until_date, noted_at=at, noted_by=by
    )
    _record_stand_in(absence, by=by, at=at)
    return absence


@transaction.atomic
def change_stand_in(*, absence_id: int, to: Compte | None, by: Compte, at: datetime) -> None:
    """Have somebody else, or nobody, stand in; `by` may be an administrateur who closes an account."""
    absence = Absence.objects.select_for_update(no_key=True).get(pk=absence_id)
    absence.stand_in = to
    absence.save(update_fields=["stand_in"])
    _record_stand_in(absence, by=by, at=at)


def _record_stand_in(absence: Absence, *, by: Compte, at: datetime) -> None:
    stands_in = absence.stand_in.full_name if absence.stand_in else "personne"
    _record_absence(Act.ABSENCE_NOTED, absence, by=by, at=at, remplacant=stands_in)


@transaction.atomic
def remove_absence(*, absence_id: int, by: Compte, at: datetime) -> None:
    """Take back an absence; nothing happens when somebody took it back already.

    :raises ReferentNotPossible: when `by` does not instruct
    """
    refuse_who_does_not_instruct(by=by)
    absence = Absence.objects.select_for_update(no_key=True).filter(pk=absence_id).first()
    if absence is not None:
        _record_absence(Act.ABSENCE_REMOVED, absence, by=by, at=at)
        absence.delete()


def _record_absence(act: Act, absence: Absence, *, by: Compte, at: datetime, **params: str) -> None:
    journal.record(
        journal.PORTAIL,
        act,
        on=f"compte:{absence.compte_id}",
        by=by,
        at=at,
        compte=absence.compte_id,
        du=day_in_figures(absence.from_date),
        au=day_in_figures(absence.until_date),
        **params,
    )


def refuse_who_does_not_instruct(*, by: Compte) -> None:
    """:raises ReferentNotPossible: when `by` does not instruct"""
    if not permissions.instructs(by):
        raise ReferentNotPossible(NOBODY)


def instructeur(*, compte_id: int, lock: bool = False) -> Compte:
    """Return somebody who instructs.

    :raises ReferentNotPossible: when that person does not, or no longer does
    """
    people = instructeurs().filter(pk=compte_id)
    person = (people.select_for_update(no_key=True) if lock else people).first()
    if person is None:
        raise ReferentNotPossible("Cette personne n’instruit pas, ou n’instruit plus.")
    return person
