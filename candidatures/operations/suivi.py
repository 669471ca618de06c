"""What the ANS writes about a candidature for itself: étiquettes and notes; and the views that people keep of lists."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction

from candidatures.enums import Act
from candidatures.models import (
    Candidature,
    CandidatureSuivie,
    Etiquette,
    EtiquetteDeCandidature,
    NoteInterne,
    VueEnregistree,
)
from candidatures.queries.referents import instructeurs
from comptes import journal, outbox
from comptes.models import Compte
from comptes.rules import texts
from comptes.rules.refusals import Refused

from .referents import refuse_who_does_not_instruct


class SuiviNotPossible(Refused):
    """Nothing was written."""


@transaction.atomic
def put_etiquette(*, candidature_id: int, nom: str, by: Compte, at: datetime) -> EtiquetteDeCandidature:
    """Put an étiquette on a candidature; it is created the first time. Twice is once.

    :raises SuiviNotPossible: without a name
    """
    refuse_who_does_not_instruct(by=by)
    written = texts.line(nom)
    if not written:
        raise SuiviNotPossible("Indiquez l’étiquette.")
    if len(written) > 40:
        raise SuiviNotPossible("Une étiquette compte 40 caractères au plus.")
    candidature = Candidature.objects.locked().get(pk=candidature_id)
    etiquette = _etiquette(written, by=by, at=at)
    pose, is_new = EtiquetteDeCandidature.objects.get_or_create(
        candidature=candidature, etiquette=etiquette, defaults={"put_at": at, "put_by": by}
    )
    if is_new:
        _record(Act.ETIQUETTE_PUT, candidature, by=by, at=at, etiquette=etiquette.nom)
    return pose


def _etiquette(nom: str, *, by: Compte, at: datetime) -> Etiquette:
    """Return the étiquette of this name, whatever its case; two people may create it at once."""
    try:
        with transaction.atomic():
            known = Etiquette.objects.filter(nom__iexact=nom).first()
            return known or Etiquette.objects.create(nom=nom, created_at=at, created_by=by)
    except IntegrityError:
        return Etiquette.objects.get(nom__iexact=nom)


@transaction.atomic
def remove_etiquette(*, pose_id: int, by: Compte, at: datetime) -> None:
    """Take an étiquette off a candidature; nothing happens when somebody did it already."""
    refuse_who_does_not_instruct(by=by)
    held = EtiquetteDeCandidature.objects.select_for_update(no_key=True, of=("self",))
    pose = held.select_related("etiquette", "candidature").filter(pk=pose_id).first()
    if pose is not None:
        _record(Act.ETIQUETTE_REMOVED, pose.candidature, by=by, at=at, etiquette=pose.etiquette.nom)
        pose.delete()


@transaction.atomic
def write_note(
    *, candidature_id: int, text: str, mentions: Collection[int] = (), by: Compte, at: datetime
) -> NoteInterne:
    """Write a note that the ANS alone reads; those who are mentioned see it in their day, and are told.

    :raises SuiviNotPossible: without a text, or when somebody mentioned does not instruct
    """
    refuse_who_does_not_instruct(by=by)
    written = texts.paragraph(text)
    known = set(instructeurs().filter(pk__in=mentions).values_list("pk", flat=True))
    reasons = [] if written else ["Écrivez la note."]
    if set(mentions) - known:
        reasons.append("Une personne mentionnée n’instruit pas, ou n’instruit plus.")
    if reasons:
        raise SuiviNotPossible(*reasons)
    candidature = Candidature.objects.get(pk=candidature_id)
    note = NoteInterne.objects.create(
        candidature=candidature, text=written, mentions=sorted(known), written_at=at, written_by=by
    )
    _record(Act.NOTE_WRITTEN, candidature, by=by, at=at)
    mentioned = [compte for compte in instructeurs().filter(pk__in=known) if compte.pk != by.pk]
    outbox.post_to_all("candidatures.note_mention", mentioned, on=f"note:{note.pk}", at=at)
    return note


@transaction.atomic
def follow_candidature(*, candidature_id: int, follows: bool, by: Compte, at: datetime) -> None:
    """Follow a candidature, to be told of what one subscribed to; or follow it no more. Twice is once.

    :raises ReferentNotPossible: when `by` does not instruct
    """
    refuse_who_does_not_instruct(by=by)
    if follows:
        CandidatureSuivie.objects.get_or_create(candidature_id=candidature_id, compte=by, defaults={"since_at": at})
    else:
        CandidatureSuivie.objects.filter(candidature=candidature_id, compte=by).delete()


def _record(act: Act, candidature: Candidature, *, by: Compte, at: datetime, **params: str) -> None:
    """Write it in the portal's chain: that of the candidature is read by the éditeur."""
    on = f"candidature:{candidature.nru}"
    journal.record(journal.PORTAIL, act, on=on, by=by, at=at, nru=candidature.nru, **params)


@transaction.atomic
def keep_vue(*, liste: str, nom: str, query: str, is_shared: bool, by: Compte, at: datetime) -> VueEnregistree:
    """Keep the filters and the order of a list under a name.

    :raises SuiviNotPossible: without a name, or when this person has a view of that name
    """
    written = texts.line(nom)
    if not written or len(written) > 60:
        raise SuiviNotPossible("Indiquez le nom de la vue, en 60 caractères au plus.")
    vue = VueEnregistree(liste=liste, nom=written, query=query[:1000], is_shared=is_shared, kept_at=at, owner=by)
    try:
        with transaction.atomic():
            vue.save()
    except IntegrityError:
        raise SuiviNotPossible("Vous avez déjà une vue de ce nom.") from None
    journal.record(journal.PORTAIL, Act.VUE_KEPT, on=f"vue:{vue.pk}", by=by, at=at, vue=written)
    return vue


@transaction.atomic
def drop_vue(*, vue_id: int, by: Compte, at: datetime) -> None:
    """Drop one of one's own views, or a shared one of a closed account; nothing happens to any other."""
    mine = VueEnregistree.objects.dropped_by(by.pk)
    vue = mine.select_for_update(no_key=True, of=("self",)).filter(pk=vue_id).first()
    if vue is not None:
        journal.record(journal.PORTAIL, Act.VUE_DROPPED, on=f"vue:{vue.pk}", by=by, at=at, vue=vue.nom)
        vue.delete()
