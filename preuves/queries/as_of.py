"""The dossiers de preuves as they stood at an instant, rebuilt from dated rows and the journal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet
from comptes.dates import day_in_figures
from comptes.models import JournalEntry
from comptes.queries import acts_until
from preuves.enums import Act, Avis, ChapitreState, PreuveState
from preuves.models import (
    AvisTombe,
    Chapitre,
    Contestation,
    DossierDePreuves,
    FichierAttendu,
    Revision,
    SoumissionDeChapitre,
    VerdictDePreuve,
    VersionDuREM,
)
from preuves.rules.completude import DepositedPreuve

from .dossier import Dossier, assembled, rem_of
from .presentations import Presented, presentations_from

# Where each act brings a chapitre; one that is taken back goes where it was before its submission.
MOVES = {
    Act.CHAPITRE_SUBMITTED: ChapitreState.SUBMITTED,
    Act.CHAPITRE_TAKEN_BACK: None,
    Act.CHAPITRE_FELL: None,
    Act.CHAPITRE_CAME_BACK: ChapitreState.RETURNED,
    Act.CHAPITRE_CLAIMED: ChapitreState.UNDER_REVIEW,
    Act.CHAPITRE_TAKEN_OVER: ChapitreState.UNDER_REVIEW,
    Act.CHAPITRE_RELEASED: ChapitreState.UNDER_REVIEW,
    Act.CHAPITRE_HANDED_OVER: ChapitreState.UNDER_REVIEW,
    Act.CHAPITRE_RETURNED: ChapitreState.RETURNED,
    Act.CHAPITRE_APPROVED: ChapitreState.APPROVED,
    Act.CHAPITRE_REOPENED: ChapitreState.RETURNED,
}
PINS = (Act.DOSSIER_OPENED, Act.DOSSIER_MOVED)
CONCLUDED = (ChapitreState.RETURNED, ChapitreState.APPROVED)
Versions = Mapping[str, Sequence[VersionDuREM]]


@dataclass(frozen=True)
class RevisionThen:
    """The latest deposit for one preuve by then, and the state in which that preuve was."""

    numero: str
    number: int
    sha256: str
    deposited_at: datetime
    state: str


@dataclass(frozen=True)
class DossierThen:
    """A dossier as it stood at an instant.

    :param dossier: its rows are rebuilt in memory, to be read and never saved
    :param soumissions: by chapitre, those that counted then: made, and not taken back
    :param revisions: by N°, in the order of the N°
    """

    dossier: Dossier
    soumissions: Mapping[str, tuple[SoumissionDeChapitre, ...]]
    revisions: Mapping[str, RevisionThen]


def dossiers_at(
    candidatures: Sequence[Candidature], volets: Mapping[int, Sequence[PresentedVolet]], *, at: datetime
) -> dict[int, DossierThen]:
    """Return, by candidature, its dossier as it stood at an instant, in a constant number of queries.

    Candidatures whose dispositif had no REM then are left out.

    :param volets: as they stood then, with the answers to `PRESENTED`
    """
    rows = {
        dossier.candidature_id: dossier
        for dossier in DossierDePreuves.objects.filter(candidature__in=candidatures, opened_at__lte=at)
        .select_related("version")
        .order_by("pk")
    }
    acts = acts_until(
        [candidature.chain for candidature in candidatures], [act.value for act in (*MOVES, *PINS)], at=at
    )
    versions = _versions({candidature.dispositif_id for candidature in candidatures})
    contested = _contested(rows.values(), at)
    presentations = presentations_from(
        [
            Presented(candidature, volets[candidature.pk], contested.get(candidature.pk, ()))
            for candidature in candidatures
        ],
        at=at,
    )
    soumissions, fallen = _soumissions(rows.values(), _late(candidatures, at), at)
    chapitres = _chapitres(rows.values())
    revisions = _revisions(rows.values(), at)
    dossiers = {}
    for candidature in candidatures:
        row = rows.get(candidature.pk)
        version = _version(
            candidature, row, versions[candidature.dispositif_id], acts.get(f"dossier:{candidature.nru}", ()), at
        )
        if version is None:
            continue
        made = soumissions.get(candidature.pk, {})
        standing = {
            chapitre.code: _then(
                chapitre,
                [
                    act
                    for act in acts.get(f"chapitre:{candidature.nru}/{chapitre.code}", ())
                    if act.act != Act.CHAPITRE_SUBMITTED or (chapitre.pk, act.params["numero"]) not in fallen
                ],
                made,
            )
            for chapitre in chapitres.get(candidature.pk, ())
        }
        deposited = revisions.get(candidature.pk, {})
        preuves = {numero: DepositedPreuve(it.state, it.number, it.sha256) for numero, it in deposited.items()}
        dossier = assembled(
            candidature, row, rem_of(version), presentations[candidature.pk], volets[candidature.pk], standing, preuves
        )
        dossiers[candidature.pk] = DossierThen(dossier, made, deposited)
    return dossiers


def _versions(dispositifs: Collection[str]) -> dict[str, list[VersionDuREM]]:
    """Return the versions of the REM by dispositif, the latest first."""
    versions: dict[str, list[VersionDuREM]] = {dispositif: [] for dispositif in dispositifs}
    for version in VersionDuREM.objects.standing().filter(dispositif__in=dispositifs).order_by("-date", "-pk"):
        versions[version.dispositif_id].append(version)
    return versions


def _version(
    candidature: Candidature,
    row: DossierDePreuves | None,
    versions: Sequence[VersionDuREM],
    acts: Sequence[JournalEntry],
    at: datetime,
) -> VersionDuREM | None:
    """Return the version of a dossier then; before the dossier was opened, the latest published."""
    if row is None:
        return next((version for version in versions if version.published_at <= at), None)
    if row.pinned_at <= at:
        return row.version
    held = acts[-1].params["date"]
    return next(version for version in versions if day_in_figures(version.date) == held)


def _contested(dossiers: Collection[DossierDePreuves], at: datetime) -> dict[int, list[dict[str, str]]]:
    contested: dict[int, list[dict[str, str]]] = {}
    rows = Contestation.objects.filter(dossier__in=dossiers, contested_at__lte=at).order_by("pk")
    for candidature, numero, reason, on in rows.values_list("dossier__candidature", "numero", "reason", "contested_at"):
        contested.setdefault(candidature, []).append({"numero": numero, "reason": reason, "at": on.isoformat()})
    return contested


def _chapitres(dossiers: Collection[DossierDePreuves]) -> dict[int, list[Chapitre]]:
    chapitres: dict[int, list[Chapitre]] = {}
    candidature_of = {dossier.pk: dossier.candidature_id for dossier in dossiers}
    for chapitre in Chapitre.objects.filter(dossier__in=dossiers).order_by("pk"):
        chapitres.setdefault(candidature_of[chapitre.dossier_id], []).append(chapitre)
    return chapitres


def _late(candidatures: Sequence[Candidature], at: datetime) -> set[str]:
    """The sha256 of the revisions whose files had not all arrived by an instant and the grace of the dispositif."""
    grace = {candidature.pk: spec_of(candidature.dispositif_id).fichiers.grace for candidature in candidatures}
    awaited = FichierAttendu.objects.filter(envoi__candidature__in=candidatures)
    rows = awaited.order_by("pk").values_list("revision__sha256", "envoi__arrived_at", "envoi__candidature")
    return {sha256 for sha256, arrived_at, pk in rows if arrived_at is None or arrived_at > at + grace[pk]}


def _soumissions(
    dossiers: Collection[DossierDePreuves], late: Collection[str], at: datetime
) -> tuple[dict[int, dict[str, tuple[SoumissionDeChapitre, ...]]], set[tuple[int, int]]]:
    """By candidature and chapitre, what was submitted by then and was not taken back by then.

    What awaited files that did not arrive in time was never submitted: it comes apart, by chapitre and number.
    """
    fallen: set[tuple[int, int]] = set()
    made = SoumissionDeChapitre.objects.filter(chapitre__dossier__in=dossiers, submitted_at__lte=at)
    standing = made.filter(Q(reprise=None) | Q(reprise__taken_back_at__gt=at)).select_related("chapitre__dossier")
    soumissions: dict[int, dict[str, tuple[SoumissionDeChapitre, ...]]] = {}
    for soumission in standing.order_by("chapitre", "number"):
        if not set(soumission.revisions.values()).isdisjoint(late):
            fallen.add((soumission.chapitre_id, soumission.number))
            continue
        mine = soumissions.setdefault(soumission.chapitre.dossier.candidature_id, {})
        mine[soumission.chapitre.code] = (*mine.get(soumission.chapitre.code, ()), soumission)
    return soumissions, fallen


def _then(
    row: Chapitre, acts: Sequence[JournalEntry], soumissions: Mapping[str, tuple[SoumissionDeChapitre, ...]]
) -> Chapitre:
    """Rebuild a chapitre as it stood; `acts` are those of the journal that had moved it."""
    made = soumissions.get(row.code, ())
    state = MOVES[Act(acts[-1].act)] if acts else ChapitreState.OPEN
    concluded = [act.at for act in acts if MOVES[Act(act.act)] in CONCLUDED]
    return Chapitre(
        pk=row.pk,
        dossier_id=row.dossier_id,
        code=row.code,
        state=state or (ChapitreState.RETURNED if made else ChapitreState.OPEN),
        first_submitted_at=made[0].submitted_at if made else None,
        submitted_at=made[-1].submitted_at if made else None,
        claimed_at=acts[-1].at if state == ChapitreState.UNDER_REVIEW else None,
        concluded_at=concluded[-1] if concluded else None,
    )


def _revisions(dossiers: Collection[DossierDePreuves], at: datetime) -> dict[int, dict[str, RevisionThen]]:
    """Return, by candidature and N°, the latest deposit at that instant, with the verdict of the ANS on it."""
    rows: QuerySet[Revision, Any] = _latest(at).filter(preuve__chapitre__dossier__in=dossiers)
    columns = ("preuve__chapitre__dossier__candidature", "preuve__numero", "number", "sha256", "deposited_at")
    revisions: dict[int, dict[str, RevisionThen]] = {}
    for candidature, numero, number, sha256, deposited_at, verdict in rows.values_list(*columns, "verdict"):
        revision = RevisionThen(numero, number, sha256, deposited_at, _state(verdict))
        revisions.setdefault(candidature, {})[numero] = revision
    return {candidature: dict(sorted(by_numero.items())) for candidature, by_numero in revisions.items()}


def _latest(at: datetime) -> QuerySet[Revision, Any]:
    """Return the latest revision of each preuve at an instant, and the latest verdict on it by then."""
    fallen = Exists(AvisTombe.objects.filter(verdict=OuterRef("pk"), fallen_at__lte=at))
    verdicts = VerdictDePreuve.objects.filter(revision=OuterRef("pk"), given_at__lte=at).order_by("-given_at", "-pk")
    last = verdicts.values(word=JSONObject(avis="avis", fallen=fallen))[:1]
    then = Revision.objects.filter(deposited_at__lte=at)
    return then.annotate(verdict=Subquery(last)).order_by("preuve", "-number").distinct("preuve")


def _state(verdict: Mapping[str, Any] | None) -> str:
    if verdict is None or verdict["fallen"]:
        return PreuveState.DEPOSITED.value
    return PreuveState.ACCEPTED.value if verdict["avis"] == Avis.ACCEPTED else PreuveState.TO_CORRECT.value
