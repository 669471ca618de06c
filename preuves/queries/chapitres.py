from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Prefetch, QuerySet, Subquery

from candidatures.enums import VoletKind
from candidatures.models import Candidature, Piece, Soumission
from comptes.dates import instant_in_words
from comptes.models import Compte
from comptes.models.prepared import Prepared
from preuves.enums import AnalyseState, ChapitreState
from preuves.models import (
    AttenteDeFichiers,
    AvisTombe,
    Chapitre,
    Contestation,
    Revision,
    SoumissionDeChapitre,
    VerdictDePreuve,
)

from .dossier import rem_of
from .fichiers import lines_with_files
from .indices import lines_noticed

MOST_REUSABLE = 30


def soumissions_standing(chapitre: Chapitre) -> list[SoumissionDeChapitre]:
    """Return the submissions of a chapitre that were not taken back, latest first."""
    soumissions: list[SoumissionDeChapitre] = _STANDING.ask(chapitre=chapitre.pk)
    for soumission in soumissions:
        soumission.chapitre = chapitre
    return soumissions


_STANDING = Prepared(
    lambda chapitre: (
        SoumissionDeChapitre.objects.filter(chapitre=chapitre, reprise=None)
        .select_related("submitted_by")
        .order_by("-number")
    ),
    chapitre=BigIntegerField(),
)


def who_deposited(revision: Revision) -> str:
    """Say in French who made a deposit, and when."""
    return f"{revision.deposited_by} a déposé cette preuve le {instant_in_words(revision.deposited_at)}."


def who_moved_chapitre(chapitre: Chapitre, fallen: AttenteDeFichiers | None = None) -> str:
    """Say in French who last moved the chapitre, and when; empty while nobody did.

    :param fallen: what `last_attente` returned for it, when the caller knows that it fell: one query less
    """
    match chapitre.state:
        case ChapitreState.SUBMITTED:
            return f"Ce chapitre a été soumis par {chapitre.submitted_by} le {instant_in_words(chapitre.submitted_at)}."
        case ChapitreState.UNDER_REVIEW:
            since = instant_in_words(chapitre.claimed_at)
            return f"Ce chapitre est examiné par {chapitre.claimed_by} depuis le {since}."
        case ChapitreState.RETURNED if chapitre.concluded_by_id is None and (
            attente := fallen or last_attente(chapitre)
        ):
            return attente.reason
        case ChapitreState.RETURNED if chapitre.concluded_by_id is None:
            opened_at = instant_in_words(chapitre.concluded_at)
            return (
                f"Ce chapitre est rouvert depuis le {opened_at}\u00a0: une équivalence ne s’applique plus, "
                "ou un fichier ne s’ouvre pas."
            )
        case ChapitreState.RETURNED:
            return (
                f"Ce chapitre a été retourné par {chapitre.concluded_by} le {instant_in_words(chapitre.concluded_at)}."
            )
        case ChapitreState.APPROVED:
            return f"Ce chapitre a été validé par {chapitre.concluded_by} le {instant_in_words(chapitre.concluded_at)}."
    return ""


def last_attente(chapitre: Chapitre) -> AttenteDeFichiers | None:
    """Return what became of the latest submission, when it fell or came back for its files."""
    attente: AttenteDeFichiers | None = _LAST_ATTENTE.first(chapitre=chapitre.pk)
    return attente


def _last_attente(chapitre: Any) -> QuerySet[AttenteDeFichiers]:
    last = SoumissionDeChapitre.objects.filter(chapitre=chapitre).order_by("-number").values("pk")[:1]
    fallen = AttenteDeFichiers.objects.filter(soumission__in=last, fell_at__isnull=False)
    return fallen.select_related("soumission").order_by("pk")[:1]


_LAST_ATTENTE = Prepared(_last_attente, chapitre=BigIntegerField())


def who_contested_in(chapitre: Chapitre) -> str:
    """Say in French which dispense was last contested in a chapitre since its submission; empty when none was."""
    since = Contestation.objects.filter(dossier=chapitre.dossier_id, contested_at__gte=chapitre.submitted_at)
    here = rem_of(chapitre.dossier.version).by_numero
    for contestation in since.select_related("contested_by").order_by("-contested_at", "-pk"):
        if contestation.numero in here and here[contestation.numero][0].code == chapitre.code:
            who, when = contestation.contested_by, instant_in_words(contestation.contested_at)
            return f"{who} a demandé la preuve {contestation.numero} le {when}."
    return ""


def history_of(candidature: Candidature, numero: str, *, read_by: Compte) -> list[Revision]:
    """Return every revision of one preuve, latest first, with its pièces, its verdicts, and why each verdict fell."""
    verdicts = VerdictDePreuve.objects.select_related("given_by").order_by("given_at", "pk")
    return list(
        Revision.objects.filter(preuve__chapitre__dossier__candidature=candidature, preuve__numero=numero)
        .select_related("preuve", "deposited_by")
        .prefetch_related(
            Prefetch("lines", lines_noticed(lines_with_files(), read_by=read_by)),
            Prefetch("verdicts", verdicts),
            Prefetch("verdicts__chutes", AvisTombe.objects.select_related("version").order_by("fallen_at", "pk")),
        )
        .order_by("-number")
    )


def pieces_reusable(candidature: Candidature, types: Sequence[str]) -> list[Piece]:
    """Return the files of the candidature that another preuve may use too: the latest thirty of these types."""
    pieces = candidature.pieces.filter(content_type__in=types).exclude(analyse__state=AnalyseState.INFECTED)
    return list(pieces.order_by("-deposited_at", "-pk")[:MOST_REUSABLE])


def candidatures_presented_anew() -> list[tuple[int, int]]:
    """Return the candidatures whose éligibilité was submitted again since a chapitre was approved.

    :return: pairs of pks, the candidature and whoever submitted it
    """
    latest = Soumission.objects.filter(
        volet__candidature=OuterRef("dossier__candidature"), volet__kind=VoletKind.ELIGIBILITE
    ).order_by("-number")
    approved = Chapitre.objects.filter(state=ChapitreState.APPROVED).annotate(
        presented_at=Subquery(latest.values("submitted_at")[:1]),
        presented_by=Subquery(latest.values("submitted_by")[:1]),
    )
    passed = approved.filter(concluded_at__lt=F("presented_at")).order_by("dossier__candidature")
    return list(passed.values_list("dossier__candidature", "presented_by").distinct())
