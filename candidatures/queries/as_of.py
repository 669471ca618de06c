"""The volets as they stood at an instant, rebuilt from dated rows and from the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Q, Subquery

from candidatures.catalogue.champs import Value
from candidatures.enums import Act, Verdict, VoletState
from candidatures.models import (
    AcceptationDeCharte,
    Candidature,
    Charte,
    Formulaire,
    Jugement,
    Reponse,
    Soumission,
    Volet,
)
from candidatures.rules.submission import VoletFacts, progress
from comptes.models import JournalEntry
from comptes.queries import acts_until

from .volets import Judged, PresentedVolet, spec_at

# Where each act brings a volet.
MOVES = {
    Act.VOLET_SUBMITTED: VoletState.SUBMITTED,
    Act.VOLET_ADMITTED: VoletState.ADMITTED,
    Act.COMPLEMENT_ASKED: VoletState.COMPLEMENT_REQUESTED,
    Act.VOLET_REOPENED: VoletState.COMPLEMENT_REQUESTED,
    Act.COMPLEMENT_CANCELLED: VoletState.SUBMITTED,
    Act.REOPENING_CANCELLED: VoletState.ADMITTED,
}


@dataclass(frozen=True)
class VoletThen:
    """A volet as it stood at an instant.

    :param presented: its volet is rebuilt in memory, to be read and never saved
    :param soumissions: those made until then, in order
    :param progress: how many required champs were answered, and how many were asked
    """

    presented: PresentedVolet
    soumissions: tuple[Soumission, ...]
    progress: tuple[int, int]

    @property
    def is_complete_not_submitted(self) -> bool:
        done, asked = self.progress
        return self.presented.volet.state == VoletState.DRAFT and done == asked


def volets_at(
    candidatures: Sequence[Candidature], *, champs: tuple[str, ...], at: datetime
) -> dict[int, list[VoletThen]]:
    """Return, by candidature, its volets as they stood at an instant, in a constant number of queries.

    :param champs: the codes of the answers to return, as `presented_volets` gives them
    """
    rows = list(Volet.objects.filter(candidature__in=candidatures).order_by("candidature", "kind"))
    named = {candidature.pk: candidature for candidature in candidatures}
    soumissions = _by_volet(Soumission.objects.filter(volet__in=rows, submitted_at__lte=at).order_by("volet", "number"))
    answers, judged, in_force = _answers(rows, at), _judged(rows, at), _in_force(at)
    acts = acts_until([candidature.chain for candidature in candidatures], [act.value for act in MOVES], at=at)
    volets: dict[int, list[VoletThen]] = {candidature.pk: [] for candidature in candidatures}
    for row in rows:
        row.candidature = named[row.candidature_id]
        made, given = soumissions.get(row.pk, ()), answers.get(row.pk, {})
        moves = acts.get(row.address, ())
        volet = _volet_at(row, moves, made)
        facts = VoletFacts(
            spec=spec_at(
                row.candidature.dispositif_id,
                row.kind,
                volet.formulaire or in_force.get((row.candidature.dispositif_id, row.kind), ""),
            ),
            state=volet.state,
            answers=given,
            charte_accepted=True,
            candidature_open=True,
            first_submitted_at=volet.first_submitted_at,
            editeur=row.candidature.produit.editeur.company,
        )
        handed_over = made[-1].version if made else None
        wanted = {code: value for code, value in given.items() if code in champs}
        presented = PresentedVolet(volet, handed_over, judged.get(row.pk, {}), wanted, asked_at=_asked_at(volet, moves))
        volets[row.candidature_id].append(VoletThen(presented, made, progress(facts)))
    return volets


def _in_force(at: datetime) -> dict[tuple[str, str], str]:
    """Return, by dispositif and volet, the version of the questions then, for those who had submitted nothing."""
    published = Formulaire.objects.filter(published_at__lte=at).order_by("dispositif", "kind", "-published_at", "-pk")
    rows = published.distinct("dispositif", "kind").values_list("dispositif", "kind", "version")
    return {(dispositif, kind): version for dispositif, kind, version in rows}


def chartes_accepted_at(candidatures: Sequence[Candidature], *, at: datetime) -> dict[int, datetime]:
    """Return, by candidature, when the charte in force at an instant was accepted; only for those where it was."""
    in_force = Charte.objects.filter(dispositif=OuterRef("candidature__dispositif"), published_at__lte=at)
    latest = Subquery(in_force.order_by("-published_at", "-pk").values("pk")[:1])
    rows = AcceptationDeCharte.objects.filter(candidature__in=candidatures, accepted_at__lte=at, charte=latest)
    return dict(rows.order_by("pk").values_list("candidature", "accepted_at"))


def _volet_at(row: Volet, acts: Sequence[JournalEntry], soumissions: Sequence[Soumission]) -> Volet:
    """Rebuild a volet as it stood; `acts` are those of the journal that had moved it."""
    state = MOVES[Act(acts[-1].act)] if acts else VoletState.DRAFT
    last = soumissions[-1] if soumissions else None
    admissions = [act.at for act in acts if act.act == Act.VOLET_ADMITTED]
    return Volet(
        pk=row.pk,
        candidature=row.candidature,
        kind=row.kind,
        formulaire=row.formulaire if soumissions else "",
        state=state,
        first_submitted_at=soumissions[0].submitted_at if soumissions else None,
        submitted_at=last.submitted_at if last else None,
        admitted_at=admissions[-1] if state == VoletState.ADMITTED else None,
    )


def _asked_at(volet: Volet, acts: Sequence[JournalEntry]) -> datetime | None:
    """Return when the demande that was then waiting had been made; None when there was none."""
    return acts[-1].at if volet.state == VoletState.COMPLEMENT_REQUESTED else None


def _answers(volets: Sequence[Volet], at: datetime) -> dict[int, dict[str, Value]]:
    """Return, by volet, the answers last submitted by then; before any submission, those that had been given."""
    handed_over = Soumission.objects.filter(volet=OuterRef("volet"), submitted_at__lte=at).order_by("-number")
    rows = Reponse.objects.filter(volet__in=volets).annotate(handed_over=Subquery(handed_over.values("version")[:1]))
    standing = rows.filter(Q(handed_over=None, answered_at__lte=at) | Q(version__lte=F("handed_over")))
    latest = standing.order_by("volet", "champ", "-version").distinct("volet", "champ")
    answers: dict[int, dict[str, Value]] = {}
    for volet, champ, value in latest.values_list("volet", "champ", "value"):
        answers.setdefault(volet, {})[champ] = value
    return answers


def _judged(volets: Sequence[Volet], at: datetime) -> dict[int, dict[str, Judged]]:
    """Return, by volet, the judgements of the ANS on earlier references by then; the last of each counts."""
    rows = Jugement.objects.filter(volet__in=volets, judged_at__lte=at)
    latest = rows.order_by("volet", "identifiant", "-judged_at", "-pk").distinct("volet", "identifiant")
    jugements: dict[int, dict[str, Judged]] = {}
    for volet, identifiant, verdict, on in latest.values_list("volet", "identifiant", "verdict", "judged_at"):
        jugements.setdefault(volet, {})[identifiant] = Judged(verdict == Verdict.CONFIRMED, on)
    return jugements


def _by_volet(rows: Iterable[Soumission]) -> dict[int, tuple[Soumission, ...]]:
    by_volet: dict[int, list[Soumission]] = {}
    for row in rows:
        by_volet.setdefault(row.volet_id, []).append(row)
    return {volet: tuple(soumissions) for volet, soumissions in by_volet.items()}
