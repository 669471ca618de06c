"""The ready reasons that whoever instructs keeps for the whole team, and the count of their uses."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F

from candidatures import permissions
from comptes import journal
from comptes.dates import instant_in_words
from comptes.models import Compte
from comptes.rules import texts
from comptes.rules.figures import whole
from comptes.rules.refusals import Refused
from preuves.catalogue.motifs import MOTIFS
from preuves.enums import Act
from preuves.models import Chapitre, MotifPret
from preuves.queries.motifs import motifs_in
from preuves.rules import motifs as rules
from preuves.rules.motifs import Place


class MotifNotKept(Refused):
    """The ready reason is neither written, changed nor retired."""


@transaction.atomic
def write_motif(*, text: str, place: Place, by: Compte, at: datetime) -> MotifPret:
    """Propose a ready reason to the whole team.

    :raises MotifNotKept: with every reason
    """
    written = _refuse_what_is_not_written(text, by)
    motif = _keep(written, place, by=by, at=at)
    _record(Act.MOTIF_WRITTEN, motif, by=by, at=at, portee=place.label)
    return motif


@transaction.atomic
def change_motif(*, key: str, text: str, place: Place, by: Compte, at: datetime) -> MotifPret:
    """Write a ready reason again: the former text is retired, and kept; its uses go on being counted.

    :raises MotifNotKept: with every reason, or when somebody changed or retired it meanwhile
    """
    written = _refuse_what_is_not_written(text, by)
    former = _retired(key, by=by, at=at)
    motif = _keep(written, place, by=by, at=at, former=former)
    _record(Act.MOTIF_CHANGED, motif, by=by, at=at, ancien=former.pk, portee=place.label)
    return motif


@transaction.atomic
def retire_motif(*, key: str, by: Compte, at: datetime) -> MotifPret:
    """Stop proposing a ready reason; the verdicts that say it do not change.

    :raises MotifNotKept: when `by` may not, or when somebody changed or retired it meanwhile
    """
    _refuse_who_does_not_instruct(by)
    motif = _retired(key, by=by, at=at)
    _record(Act.MOTIF_RETIRED, motif, by=by, at=at)
    return motif


def count_uses(*, chapitre: Chapitre, reasons: Collection[str], at: datetime) -> None:
    """Count the ready reasons that the verdicts of a chapitre say, in the transaction that gives them."""
    if not reasons:
        return
    proposed = motifs_in(chapitre.dossier.candidature.dispositif_id, chapitre.code)
    times_by_motif = {motif.key: rules.times_said(reasons, motif.text) for motif in proposed}
    rows = [(_row_of(key, at=at).pk, times) for key, times in times_by_motif.items() if times]
    for pk, times in sorted(rows):  # in one order, since two people may conclude at once
        MotifPret.objects.filter(pk=pk).update(uses=F("uses") + times, used_at=at)


def _row_of(key: str, *, at: datetime) -> MotifPret:
    """Return the row of a ready reason; that of a sentence of the catalogue is written the first time.

    :raises MotifNotKept: when there is none
    """
    if key not in MOTIFS:
        row = MotifPret.objects.filter(pk=whole(key) or 0).order_by("pk").first()
        if row is None:
            raise MotifNotKept("Ce motif prêt n’existe pas.")
        return row
    row, _ = MotifPret.objects.get_or_create(code=key, defaults={"text": MOTIFS[key], "written_at": at})
    return row


def _retired(key: str, *, by: Compte, at: datetime) -> MotifPret:
    row = _row_of(key, at=at)
    motif = MotifPret.objects.select_for_update(no_key=True, of=("self",)).select_related("retired_by").get(pk=row.pk)
    if motif.retired_at is not None:
        when = instant_in_words(motif.retired_at)
        raise MotifNotKept(f"{motif.retired_by} a changé ou retiré ce motif le {when}.")
    motif.retired_at, motif.retired_by = at, by
    motif.save(update_fields=["retired_at", "retired_by"])
    return motif


def _keep(text: str, place: Place, *, by: Compte, at: datetime, former: MotifPret | None = None) -> MotifPret:
    same = MotifPret.objects.current().filter(
        dispositif=place.dispositif or None, chapitre=place.chapitre, nature=place.nature, text=text
    )
    if same.exists():
        raise MotifNotKept("Ce motif prêt existe déjà pour ce chapitre et cette nature.")
    return MotifPret.objects.create(
        dispositif_id=place.dispositif or None,
        chapitre=place.chapitre,
        nature=place.nature,
        text=text,
        uses=former.uses if former else 0,
        used_at=former.used_at if former else None,
        written_at=at,
        written_by=by,
    )


def _refuse_what_is_not_written(text: str, by: Compte) -> str:
    _refuse_who_does_not_instruct(by)
    written = texts.paragraph(text)
    if reasons := rules.why_not_written(written):
        raise MotifNotKept(*reasons)
    return written


def _refuse_who_does_not_instruct(by: Compte) -> None:
    if not permissions.instructs(by):
        raise MotifNotKept("Seuls les instructeurs écrivent les motifs prêts.")


def _record(act: Act, motif: MotifPret, *, by: Compte, at: datetime, **params: str | int) -> None:
    journal.record(journal.PORTAIL, act, on=f"motif:{motif.pk}", by=by, at=at, numero=motif.pk, **params)
