"""The files that were declared: where each stands, and how much a candidature holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
    prefetch_related_objects,
)

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature, Piece
from preuves.catalogue.natures import NATURES
from preuves.enums import ChapitreState, EnvoiState, Nature
from preuves.models import AttenteDeFichiers, Envoi, FichierAttendu, Revision, SoumissionDeChapitre
from preuves.rules.envois import in_gigabytes

SUBMITTED = ChapitreState.SUBMITTED


def bytes_held(candidature: Candidature) -> int:
    """How much the files of a candidature weigh, with those that were declared and are not there yet."""
    kept = Piece.objects.filter(candidature=candidature).aggregate(total=Sum("size"))["total"] or 0
    coming = candidature.envois.filter(settled_at=None).aggregate(total=Sum("size"))["total"] or 0
    return int(kept + coming)


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
    def said(self) -> str:
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
    return f"Il reste {left} sur les {in_gigabytes(quota)} que cette candidature peut garder."


@dataclass(frozen=True)
class EnvoisOfAPreuve:
    """The declared files that the page of a preuve shows.

    :param awaited: those that the latest deposit holds, and that are not files yet
    :param in_hand: those that no deposit holds yet
    """

    awaited: list[Progress]
    in_hand: list[Progress]


def envois_to_show(
    candidature: Candidature, nature: str, history: Sequence[Revision], *, declared: Collection[int]
) -> EnvoisOfAPreuve:
    """Gather the declared files of the page of a preuve, in two queries; none when its nature takes no file.

    :param history: its revisions, latest first; each is given its `awaited`, those that are not files yet
    :param declared: those that the form which is shown again names, whatever they have become
    """
    coming = FichierAttendu.objects.filter(envoi__piece=None).select_related("envoi").order_by("rank")
    if not NATURES[Nature(nature)].types:
        return EnvoisOfAPreuve([], [])
    prefetch_related_objects(history, Prefetch("awaited", coming))
    latest = history[0].pk if history else None
    awaited = Exists(FichierAttendu.objects.filter(envoi=OuterRef("pk"), revision=latest))
    held = Exists(FichierAttendu.objects.filter(envoi=OuterRef("pk")))
    mine = candidature.envois.filter(nature=nature).annotate(awaited_here=awaited, is_held=held)
    unsettled = Q(settled_at=None)
    wanted = mine.filter(
        Q(awaited_here=True) & ~Q(settled_at__isnull=False, refusal="")
        | Q(is_held=False) & (unsettled | Q(pk__in=declared))
    )
    shown = progress_of(wanted)
    return EnvoisOfAPreuve(
        [one for one in shown if vars(one.envoi)["awaited_here"]],
        [replace(one, is_named=one.envoi.pk in declared) for one in shown if not vars(one.envoi)["awaited_here"]],
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
