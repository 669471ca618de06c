"""The dossier de preuves of a candidature: what it presents, what is due, and where each chapitre stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from django.db.models import BigIntegerField, TextField

from candidatures.enums import CandidatureState, VoletKind, VoletState
from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet, presented_volets
from comptes.models.prepared import Prepared
from preuves.catalogue.rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec, empreinte
from preuves.enums import ChapitreState, Nature
from preuves.models import Chapitre, DossierDePreuves, VersionDuREM
from preuves.rules.completude import ChapitreDeposits, DepositedPreuve, Unadmitted
from preuves.rules.exigibilite import (
    Attendue,
    Exigibilite,
    Presentation,
    exigibilites,
    is_its_own,
)

from .deposited import deposited
from .depots import Depot, latest_depots
from .presentations import PRESENTED, Contested, Presented, answers_of, chapitres_with_dossier, presentations_from, rows
from .rem import spec_of_version


@dataclass(frozen=True)
class Rem:
    """A published version as pages read it: its texts, and what the rule of exigibilité needs."""

    version: VersionDuREM
    spec: RemSpec
    attendues: tuple[Attendue, ...]
    by_numero: Mapping[str, tuple[ChapitreSpec, ExigenceSpec, ScenarioSpec, PreuveSpec]]


@dataclass(frozen=True)
class Attendu:
    """One expected preuve in its place in the REM, and whether it is due for this candidature."""

    chapitre: ChapitreSpec
    exigence: ExigenceSpec
    scenario: ScenarioSpec
    preuve: PreuveSpec
    exigibilite: Exigibilite

    @property
    def nature_label(self) -> str:
        return str(Nature(self.preuve.nature).label)

    @property
    def empreinte(self) -> str:
        return empreinte(self.exigence, self.scenario, self.preuve)


@dataclass(frozen=True)
class Dossier:
    """A candidature's preuves: what it presents, what is due, and its chapitres, in the order of the REM.

    :param row: None while nothing was deposited: the version is then the latest published
    :param unadmitted: the volets that are not recevables
    :param eligibilite_submitted: whether deposits are open
    :param depots: by N°, those of the one chapitre that was asked for, or of all when details were
    """

    candidature: Candidature
    row: DossierDePreuves | None
    rem: Rem
    presentation: Presentation
    exigibilites: Mapping[str, Exigibilite]
    chapitres: tuple[ChapitreDuDossier, ...]
    unadmitted: tuple[Unadmitted, ...]
    eligibilite_submitted: bool
    version_technique: str
    depots: Mapping[str, Depot]

    def chapitre(self, code: str) -> ChapitreDuDossier | None:
        return next((chapitre for chapitre in self.chapitres if chapitre.spec.code == code), None)

    def attendu(self, numero: str) -> Attendu | None:
        line = self.rem.by_numero.get(numero)
        return Attendu(*line, self.exigibilites[numero]) if line else None


@dataclass(frozen=True)
class ChapitreDuDossier:
    """One chapitre: its text, its row (None before the first deposit of the dossier) and where it stands."""

    spec: ChapitreSpec
    row: Chapitre | None
    facts: ChapitreDeposits


class Shared(NamedTuple):
    """The facts that all the chapitres of a dossier share."""

    preuves: Mapping[str, DepositedPreuve]
    candidature_open: bool
    unadmitted: tuple[Unadmitted, ...]


def dossier_of(
    candidature: Candidature,
    presented: Sequence[PresentedVolet] | None = None,
    *,
    code: str = "",
    detailed: bool = False,
) -> Dossier | None:
    """Gather a whole dossier in a constant number of queries; None while the dispositif has no REM.

    :param candidature: with its dispositif joined
    :param presented: its volets with the answers to `PRESENTED`, when the caller has them already
    :param code: of the one chapitre to gather; all when empty
    :param detailed: whether the latest deposits of all chapitres are gathered, as they are for one
    """
    row, contested, chapitres = _rows(candidature, code)
    version = row.version if row else latest_version(candidature.dispositif_id)
    if version is None:
        return None
    rem = rem_of(version)
    volets = presented_volets(candidature, champs=PRESENTED) if presented is None else presented
    presentation = presentations_from([Presented(candidature, volets, contested)])[candidature.pk]
    depots = latest_depots(row, code) if row and (code or detailed) else {}
    preuves = _as_facts(depots) if code or detailed else deposited(row)
    dossier = assembled(candidature, row, rem, presentation, volets, chapitres, preuves, code=code)
    return replace(dossier, depots=depots)


def assembled(
    candidature: Candidature,
    row: DossierDePreuves | None,
    rem: Rem,
    presentation: Presentation,
    volets: Sequence[PresentedVolet],
    chapitres: Mapping[str, Chapitre],
    preuves: Mapping[str, DepositedPreuve],
    *,
    code: str = "",
) -> Dossier:
    """Build a dossier from rows already read; no query.

    :param chapitres: the rows, by code
    :param preuves: what was deposited, by N°
    """
    due = due_of(rem, presentation)
    unadmitted = tuple(
        Unadmitted(
            volet.volet.get_kind_display(),
            was_submitted=volet.volet.first_submitted_at is not None,
            is_with_the_ans=volet.volet.state == VoletState.SUBMITTED,
        )
        for volet in volets
        if volet.volet.state != VoletState.ADMITTED
    )
    return Dossier(
        candidature=candidature,
        row=row,
        rem=rem,
        presentation=presentation,
        exigibilites=due,
        chapitres=_chapitres(
            [chapitre for chapitre in rem.spec.chapitres if code in ("", chapitre.code)],
            chapitres,
            due,
            Shared(
                preuves=preuves,
                candidature_open=candidature.state == CandidatureState.OPEN,
                unadmitted=unadmitted,
            ),
        ),
        unadmitted=unadmitted,
        eligibilite_submitted=any(
            volet.volet.kind == VoletKind.ELIGIBILITE and volet.version is not None for volet in volets
        ),
        version_technique=str(answers_of(volets).get("version_technique") or ""),
        depots={},
    )


def due_of(rem: Rem, presentation: Presentation) -> Mapping[str, Exigibilite]:
    """Return what `exigibilites` does. What follows from the profils alone is derived once for all who present them."""
    alike = _due_alike(rem.version.pk, rem.version.sha256, presentation.profils, presentation.architecture)
    if not presentation.has_a_history:
        return alike
    own = [attendue for attendue in rem.attendues if is_its_own(attendue, presentation)]
    return {**alike, **exigibilites(own, presentation)} if own else alike


@lru_cache(maxsize=256)
def _due_alike(
    version_id: int, sha256: str, profils: frozenset[str], architecture: frozenset[str]
) -> Mapping[str, Exigibilite]:
    due = exigibilites(_read_once(version_id, sha256).attendues, Presentation(profils, architecture))
    return MappingProxyType(due)


def latest_version(dispositif: str) -> VersionDuREM | None:
    return VersionDuREM.objects.standing().filter(dispositif=dispositif).order_by("-date", "-pk").first()


def newer_version(dossier: Dossier) -> VersionDuREM | None:
    """Return the latest published version, when the dossier is on another one."""
    latest = latest_version(dossier.candidature.dispositif_id)
    return latest if dossier.row and latest and latest != dossier.rem.version else None


def rem_of(version: VersionDuREM) -> Rem:
    """Read a published version; it never changes, so each process reads it once."""
    return replace(_read_once(version.pk, version.sha256), version=version)


@lru_cache(maxsize=16)
def _read_once(version_id: int, sha256: str) -> Rem:
    version = VersionDuREM.objects.get(pk=version_id, sha256=sha256)
    spec = spec_of_version(version)
    return Rem(version, spec, attendues_of(spec), {line[-1].numero: line for line in spec.preuves()})


def attendues_of(spec: RemSpec) -> tuple[Attendue, ...]:
    return tuple(
        Attendue(
            numero=preuve.numero,
            chapitre=chapitre.code,
            perimetre=exigence.perimetre,
            profils=frozenset(exigence.profils),
            profils_historiques=frozenset(exigence.profils_historiques),
            sauf_profils=frozenset(preuve.sauf_profils),
            force=exigence.force,
        )
        for chapitre, exigence, _, preuve in spec.preuves()
    )


def _chapitres(
    specs: Iterable[ChapitreSpec], rows: Mapping[str, Chapitre], exigibilites: Mapping[str, Exigibilite], shared: Shared
) -> tuple[ChapitreDuDossier, ...]:
    expected: dict[str, list[Exigibilite]] = {}
    for exigibilite in exigibilites.values():
        expected.setdefault(exigibilite.chapitre, []).append(exigibilite)
    return tuple(
        ChapitreDuDossier(spec, row, _facts(spec.code, row, tuple(expected.get(spec.code, ())), shared))
        for spec in specs
        for row in [rows.get(spec.code)]
    )


def _facts(code: str, row: Chapitre | None, expected: tuple[Exigibilite, ...], shared: Shared) -> ChapitreDeposits:
    return ChapitreDeposits(
        code=code,
        state=row.state if row else ChapitreState.OPEN.value,
        first_submitted_at=row.first_submitted_at if row else None,
        exigibilites=expected,
        preuves=shared.preuves,
        candidature_open=shared.candidature_open,
        unadmitted=shared.unadmitted,
        returned_at=row.concluded_at if row else None,
    )


def _rows(candidature: Candidature, code: str) -> tuple[DossierDePreuves | None, Contested, dict[str, Chapitre]]:
    """Return the dossier, what was contested in it, and its chapitres by code; in one query for one chapitre."""
    mine = _CHAPITRE.first(candidature=candidature.pk, code=code) if code else None
    if mine:
        return mine.dossier, mine.contested, {code: mine}
    row = _ROW.first(candidature=candidature.pk)
    if row is None:
        return None, (), {}
    chapitres = _CHAPITRES.ask(dossier=row.pk) if not code else ()
    return row, row.contested, {chapitre.code: chapitre for chapitre in chapitres}


_CHAPITRE = Prepared(
    lambda candidature, code: chapitres_with_dossier().filter(dossier__candidature=candidature, code=code)[:1],
    candidature=BigIntegerField(),
    code=TextField(),
)
_CHAPITRES = Prepared(
    lambda dossier: Chapitre.objects.filter(dossier=dossier).order_by("pk"), dossier=BigIntegerField()
)
_ROW = Prepared(
    lambda candidature: rows().filter(candidature=candidature).order_by("pk")[:1], candidature=BigIntegerField()
)


def _as_facts(depots: Mapping[str, Depot]) -> dict[str, DepositedPreuve]:
    return {
        numero: DepositedPreuve(depot.state, depot.number, depot.sha256, depot.files, depot.unreadable)
        for numero, depot in depots.items()
    }
