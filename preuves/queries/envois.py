"""The files that were declared: where each stands, and how much a candidature holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature, Piece
from candidatures.permissions import fills_what_it_sees
from candidatures.queries.seen import Seen
from comptes.models import Compte
from comptes.models.prepared import Prepared
from preuves.catalogue.natures import NATURES
from preuves.enums import ChapitreState, EnvoiState, Nature
from preuves.models import AttenteDeFichiers, Envoi, FichierAttendu, PartieRecue, Revision, SoumissionDeChapitre
from preuves.rules.envois import in_gigabytes

SUBMITTED = ChapitreState.SUBMITTED
_ENVOI = Seen(
    lambda _, envoi: Envoi.objects.filter(pk=envoi).order_by("pk"), candidature="candidature__", envoi=BigIntegerField()
)


_LOCKED = Prepared(
    lambda envoi: Envoi.objects.select_for_update(no_key=True).filter(pk=envoi).order_by("pk"), envoi=BigIntegerField()
)
_RECEIVED = Prepared(
    lambda envoi: PartieRecue.objects.filter(envoi=envoi).order_by().values("envoi").annotate(here=Count("pk")),
    envoi=BigIntegerField(),
)


def locked_envoi(*, envoi_id: int) -> Envoi | None:
    """Return an envoi, locked; None when it was abandoned."""
    envoi: Envoi | None = _LOCKED.first(envoi=envoi_id)
    return envoi


def count_received(envoi: Envoi) -> int:
    """How many of its parts have come."""
    counted = _RECEIVED.first(envoi=envoi.pk)
    return int(counted["here"]) if counted else 0


def seen_envoi(nru: str, reader: Compte, *, envoi_id: int) -> Envoi | None:
    """Return an envoi to somebody who fills its candidature, in one query: each part of a file asks it."""
    if not fills_what_it_sees(reader) or envoi_id > BigIntegerField.MAX_BIGINT:
        return None
    envoi: Envoi | None = _ENVOI.first(nru, reader, envoi=envoi_id)
    return envoi


def bytes_held(candidature: Candidature) -> int:
    """How many bytes the files of a candidature weigh, with those that were declared and are not there yet."""
    kept = _total_size(Piece.objects.filter(candidature=OuterRef("pk")))
    coming = _total_size(Envoi.objects.filter(candidature=OuterRef("pk"), settled_at=None))
    asked = Candidature.objects.filter(pk=candidature.pk).order_by("pk").values_list(kept + coming, flat=True)
    return int(asked.get())


def _total_size(files: QuerySet[Piece] | QuerySet[Envoi]) -> Coalesce:
    totals = files.order_by().values("candidature").annotate(total=Sum("size")).values("total")
    return Coalesce(Subquery(totals, output_field=BigIntegerField()), 0)


@dataclass(frozen=True)
class Progress:
    """A declared file as pages show it.

    :param received: how many of its bytes have come
    :param is_named: whether the form that is shown again names it
    """

    envoi: Envoi
    received: int
    is_named: bool = False

    @property
    def state(self) -> EnvoiState:
        return self.envoi.state

    @property
    def is_coming(self) -> bool:
        return self.state == EnvoiState.TRAVELLING

    @property
    def label(self) -> str:
        """Where it stands, in words."""
        if self.envoi.refusal:
            return self.envoi.refusal
        return f"{self.percent}\u00a0% reçus" if self.is_coming else self.state.label

    @property
    def percent(self) -> int:
        return 100 * self.received // self.envoi.size


def state_of_files() -> Case:
    """For each revision, the worst `EnvoiState` of the files that it awaits; empty when all are there."""
    awaited = FichierAttendu.objects.filter(revision=OuterRef("pk"))
    return Case(
        When(Exists(awaited.exclude(envoi__refusal="")), then=Value(EnvoiState.REFUSED.value)),
        When(Exists(awaited.filter(envoi__arrived_at=None)), then=Value(EnvoiState.TRAVELLING.value)),
        When(Exists(awaited.filter(envoi__settled_at=None)), then=Value(EnvoiState.ARRIVED.value)),
        default=Value(""),
        output_field=CharField(),
    )


def envois_of(soumission: SoumissionDeChapitre) -> list[Envoi]:
    """The files that travelled when their chapitre was submitted."""
    revisions = Revision.objects.filter(
        preuve__chapitre=soumission.chapitre_id, sha256__in=soumission.revisions.values()
    )
    return list(Envoi.objects.filter(awaited__revision__in=revisions).distinct().order_by("pk"))


def soumissions_to_settle(*, of: Envoi | None = None, most: int = 200) -> list[int]:
    """The pks of the submissions that still await files, or may hold one that was refused once it had come.

    :param of: the envoi of which something is known now; None for whatever waits
    """
    in_chapitre = FichierAttendu.objects.filter(revision__preuve__chapitre=OuterRef("soumission__chapitre"))
    refused = Exists(in_chapitre.exclude(envoi__refusal=""))
    waiting = AttenteDeFichiers.objects.filter(
        Q(complete_at=None) | Q(refused), fell_at=None, soumission__reprise=None, soumission__chapitre__state=SUBMITTED
    )
    if of is not None:
        waiting = waiting.filter(Exists(in_chapitre.filter(envoi=of)))
    return list(waiting.order_by("soumission").values_list("soumission", flat=True)[:most])


def said_of_the_quota(candidature: Candidature) -> str:
    """Say, before anything is sent, how much room is left, once a tenth of it is taken; empty before."""
    quota = spec_of(candidature.dispositif_id).fichiers.quota
    held = bytes_held(candidature)
    if held * 10 < quota:
        return ""
    left = in_gigabytes(max(0, quota - held))
    return f"Il reste {left} sur les {in_gigabytes(quota)} autorisés pour cette candidature."


@dataclass(frozen=True)
class EnvoisOfAPreuve:
    """The declared files that the page of a preuve shows.

    :param awaited: those that the latest deposit holds, and that are not files yet
    :param in_hand: those that no deposit holds yet
    :param by_revision: by revision (pk), those that it awaits
    """

    awaited: list[Progress] = field(default_factory=list)
    in_hand: list[Progress] = field(default_factory=list)
    by_revision: Mapping[int, list[Envoi]] = field(default_factory=dict)


def envois_to_show(
    candidature: Candidature, nature: str, history: Sequence[Revision], *, declared: Collection[int]
) -> EnvoisOfAPreuve:
    """Gather the declared files of the page of a preuve, in one query; none when its nature takes no file.

    :param history: its revisions, latest first
    :param declared: those that the form which is shown again names, whatever they have become
    """
    if not NATURES[Nature(nature)].types:
        return EnvoisOfAPreuve()
    holders = FichierAttendu.objects.filter(envoi=OuterRef("pk")).order_by("revision").values("revision")
    of_history = Exists(FichierAttendu.objects.filter(envoi=OuterRef("pk"), revision__in=history))
    mine = candidature.envois.filter(nature=nature).annotate(held_by=ArraySubquery(holders))
    unheld = Q(held_by=[]) & (Q(settled_at=None) | Q(pk__in=declared))
    shown = progress_of(mine.filter(Q(of_history, piece=None) | unheld))
    held_by = {progress.envoi.pk: vars(progress.envoi)["held_by"] for progress in shown}
    by_revision = {
        revision.pk: [progress.envoi for progress in shown if revision.pk in held_by[progress.envoi.pk]]
        for revision in history
    }
    latest = by_revision[history[0].pk] if history else []
    return EnvoisOfAPreuve(
        [progress for progress in shown if progress.envoi in latest],
        [
            replace(progress, is_named=progress.envoi.pk in declared)
            for progress in shown
            if not held_by[progress.envoi.pk]
        ],
        by_revision,
    )


def missing_parts(envoi: Envoi) -> list[int]:
    """The numbers of the parts that have not come, in order."""
    if envoi.arrived_at is not None:
        return []
    here = set(envoi.received.values_list("number", flat=True))
    return [number for number in range(1, len(envoi.parts) + 1) if number not in here]


def progress_of(envois: QuerySet[Envoi]) -> list[Progress]:
    """Say how far each of these has come, in one query."""
    counted = envois.annotate(here=Count("received")).order_by("pk")
    return [Progress(envoi, min(envoi.size, envoi.here * envoi.part_size)) for envoi in counted]
