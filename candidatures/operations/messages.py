"""Somebody writes in a candidature's thread, and says up to where they have read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from candidatures import permissions
from candidatures.catalogue.formats import JOINED
from candidatures.enums import Act, Camp
from candidatures.models import Candidature, LectureDeMessages, Message, MessagePiece
from candidatures.queries.abonnes import Examiners, subscribers
from candidatures.queries.uploads import content_type_of
from candidatures.rules import messages as rules
from candidatures.rules.pieces import NotAPiece, tidy_name
from comptes import journal, outbox
from comptes.models import Compte
from comptes.rules import texts
from comptes.rules.refusals import Refused

from .pieces import keep_piece, put_away

POSTED = "candidatures.message_posted"


class MessageNotPosted(Refused):
    """The message was not sent."""


class FormAlreadySent(MessageNotPosted):
    """A page that was kept, by the way back, is sent a second time with other words."""


def post_message(
    *,
    candidature_id: int,
    text: str,
    mentions: Sequence[str] = (),
    uploads: Sequence[UploadedFile[bytes]] = (),
    corrects_id: int | None = None,
    token: str,
    examiners: Examiners | None = None,
    by: Compte,
    at: datetime,
) -> Message:
    """Write one message, with its files, and tell both sides; the same form posted again is the same message.

    :param mentions: addresses that exist, which who calls has looked up
    :param examiners: as in `queries.abonnes.subscribers`
    :raises FormAlreadySent: when that form carried another message: this one would be lost
    :raises MessageNotPosted: with every reason; no file is kept
    """
    faulty = bool(faults_of_uploads(uploads=uploads))
    with put_away(candidature_id=candidature_id, uploads=() if faulty else uploads):
        return _post(
            candidature_id=candidature_id,
            text=text,
            mentions=mentions,
            uploads=uploads,
            corrects_id=corrects_id,
            token=token,
            examiners=examiners,
            by=by,
            at=at,
        )


@transaction.atomic
def _post(
    *,
    candidature_id: int,
    text: str,
    mentions: Sequence[str],
    uploads: Sequence[UploadedFile[bytes]],
    corrects_id: int | None,
    token: str,
    examiners: Examiners | None,
    by: Compte,
    at: datetime,
) -> Message:
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    text = texts.paragraph(text)
    if posted := Message.objects.filter(author=by, token=token).first():
        if (posted.candidature_id, posted.text, posted.corrects_id) != (candidature.pk, text, corrects_id):
            raise FormAlreadySent(
                "Ce formulaire a déjà envoyé un autre message. Votre message n’a pas été envoyé. Envoyez-le maintenant."
            )
        return posted
    former = Message.objects.filter(pk=corrects_id, candidature=candidature).first() if corrects_id else None
    own = None if corrects_id is None else former is not None and former.author_id == by.pk
    corrected = former is not None and former.corrections.exists()
    draft = rules.DraftMessage(text, len(uploads), len(mentions), corrects_own=own, is_corrected=corrected)
    sees = Candidature.objects.visible_to(by).filter(pk=candidature.pk).exists()
    may_write = sees and permissions.writes_messages(by, candidature)
    reasons = [*rules.obstacles_to_post(draft, may_write=may_write), *faults_of_uploads(uploads=uploads)]
    if reasons:
        raise MessageNotPosted(*reasons)
    message = Message.objects.create(
        candidature=candidature,
        author=by,
        camp=Camp.ANS if by.is_ans else Camp.EDITEUR,
        text=text,
        mentions=list(mentions),
        corrects=former,
        token=token,
        sent_at=at,
    )
    for rank, upload in enumerate(uploads):
        piece = keep_piece(
            candidature=candidature, upload=upload, by=by, at=at, content_type=type_of_upload(upload=upload)
        )
        MessagePiece.objects.create(message=message, piece=piece, rank=rank)
    journal.record(candidature.chain, Act.MESSAGE_POSTED, on=message.address, by=by, at=at, message=message.pk)
    readers = readers_of(candidature=candidature, but=by, at=at, examiners=examiners)
    outbox.post_to_all(POSTED, readers, on=message.address, at=at)
    return message


@transaction.atomic
def mark_messages_read(*, candidature_id: int, upto: int, by: Compte, at: datetime) -> None:
    """Note that somebody read a thread up to that message (pk); never back."""
    last = Message.objects.filter(candidature=candidature_id, pk__lte=upto).order_by("-pk").first()
    if last is None:
        return
    columns = {"upto": last, "read_at": at}
    row, first = LectureDeMessages.objects.select_for_update().get_or_create(
        candidature_id=candidature_id, compte=by, defaults=columns
    )
    if not first and row.upto_id < last.pk:
        row.upto, row.read_at = last, at
        row.save(update_fields=["upto", "read_at"])


def readers_of(
    *, candidature: Candidature, but: Compte, at: datetime, examiners: Examiners | None = None
) -> list[Compte]:
    """Everyone who is told of a message: the éditeur's side, and who subscribed to it at the ANS."""
    team = permissions.everyone_with_access(candidature.produit)
    agents = subscribers(candidature, POSTED, at=at, examiners=examiners)
    return [compte for compte in (*team, *agents) if compte.pk != but.pk]


def faults_of_uploads(*, uploads: Sequence[UploadedFile[bytes]]) -> list[str]:
    """Say of each file that cannot be received why, in French."""
    reasons = []
    for upload in uploads:
        try:
            type_of_upload(upload=upload)
        except NotAPiece as refused:
            reasons.append(f"{tidy_name(upload.name or '')}\u00a0: {refused}")
    return reasons


def type_of_upload(*, upload: UploadedFile[bytes]) -> str:
    """Return the content type of a file that is joined to what somebody writes.

    :raises NotAPiece: with the French reason
    """
    return content_type_of(upload=upload, door=JOINED)
