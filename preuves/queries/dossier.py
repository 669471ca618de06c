"""What a candidature presents, what is due of it, and where each chapitre stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import QuerySet

from candidatures.enums import CandidatureState, VoletKind, VoletState
from candidatures.models import Candidature
from candidatures.queries import PresentedVolet, presented_volets
from preuves.catalogue.rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec, empreinte
from preuves.enums import ChapitreState, Nature
from preuves.models import Chapitre, DossierDePreuves, Revision, VersionDuREM
from preuves.rules.completude import ChapitreFacts, DepositedPreuve
from preuves.rules.exigibilite import Attendue, Exigibilite, Presentation, exigibilites

from .presentations import Presented, answers_of, presentations_from, rows
from .rem import spec_of_version


@dataclass(frozen=True)
class Rem:
    """A published version as the pages read it: its texts, and what the rule of exigibilité needs."""

    version: VersionDuREM
    spec: RemSpec
    attendues: tuple[Attendue, ...]
    by_numero: Mapping[str, tuple[ChapitreSpec, ExigenceSpec, ScenarioSpec, PreuveSpec]]


@dataclass(frozen=True)
class Attendu:
    """One expected preuve where it stands in the REM, and whether it is due of this candidature."""

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
    :param unadmitted: the volets that are not recevables, by name
    :param eligibilite_submitted: whether the deposit is open
    """

    candidature: Candidature
    row: DossierDePreuves | None
    rem: Rem
    presentation: Presentation
    exigibilites: Mapping[str, Exigibilite]
    chapitres: tuple[ChapitreDuDossier, ...]
    unadmitted: tuple[str, ...]
    eligibilite_submitted: bool
    version_technique: str

    def chapitre(self, code: str) -> ChapitreDuDossier | None:
        return next((one for one in self.chapitres if one.spec.code == code), None)

    def attendu(self, numero: str) -> Attendu | None:
        found = self.rem.by_numero.get(numero)
        return Attendu(*found, self.exigibilites[numero]) if found else None


@dataclass(frozen=True)
class ChapitreDuDossier:
    """One chapitre: its text, its row (None before the first deposit of the dossier) and where it stands."""

    spec: ChapitreSpec
    row: Chapitre | None
    facts: ChapitreFacts


def dossier_of(
    candidature: Candidature, presented: Sequence[PresentedVolet] | None = None, *, code: str = ""
) -> Dossier | None:
    """Gather a whole dossier in a constant number of queries; None while the dispositif has no REM.

    :param candidature: with its dispositif joined
    :param presented: its volets, for who has gathered them already
    :param code: of the one chapitre that is looked at, for who shows no other: it alone is gathered
    """
    row = rows().filter(candidature=candidature).first()
    version = row.version if row else latest_version(candidature.dispositif_id)
    if version is None:
        return None
    rem = rem_of(version)
    volets = presented_volets(candidature) if presented is None else presented
    answers = answers_of(volets)
    presentation = presentations_from([Presented(candidature, row, volets)], answers)[candidature.pk]
    found = exigibilites(rem.attendues, presentation)
    unadmitted = tuple(one.volet.get_kind_display() for one in volets if one.volet.state != VoletState.ADMITTED)
    return Dossier(
        candidature=candidature,
        row=row,
        rem=rem,
        presentation=presentation,
        exigibilites=found,
        chapitres=_chapitres(candidature, row, rem, found, unadmitted, code),
        unadmitted=unadmitted,
        eligibilite_submitted=any(
            one.volet.kind == VoletKind.ELIGIBILITE and one.version is not None for one in volets
        ),
        version_technique=answers.get(candidature.pk, {}).get("version_technique") or "",
    )


def latest_version(dispositif: str) -> VersionDuREM | None:
    return VersionDuREM.objects.filter(dispositif=dispositif).order_by("-date", "-pk").first()


def newer_version(dossier: Dossier) -> VersionDuREM | None:
    """The latest published version, when the dossier answers to another one."""
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
    candidature: Candidature,
    row: DossierDePreuves | None,
    rem: Rem,
    found: Mapping[str, Exigibilite],
    unadmitted: tuple[str, ...],
    code: str,
) -> tuple[ChapitreDuDossier, ...]:
    rows = {one.code: one for one in _rows(row, code)} if row else {}
    deposited = _deposited(row, code) if row else {}
    expected: dict[str, list[Exigibilite]] = {}
    for one in rem.attendues:
        expected.setdefault(one.chapitre, []).append(found[one.numero])
    chapitres = []
    for spec in rem.spec.chapitres:
        if code not in ("", spec.code):
            continue
        chapitre = rows.get(spec.code)
        facts = ChapitreFacts(
            code=spec.code,
            state=chapitre.state if chapitre else ChapitreState.OPEN.value,
            first_submitted_at=chapitre.first_submitted_at if chapitre else None,
            exigibilites=tuple(expected.get(spec.code, ())),
            preuves=deposited,
            candidature_open=candidature.state == CandidatureState.OPEN,
            unadmitted=unadmitted,
        )
        chapitres.append(ChapitreDuDossier(spec, chapitre, facts))
    return tuple(chapitres)


def _rows(row: DossierDePreuves, code: str) -> QuerySet[Chapitre]:
    chapitres = Chapitre.objects.filter(dossier=row).order_by("pk")
    return chapitres.filter(code=code) if code else chapitres


def _deposited(row: DossierDePreuves, code: str) -> dict[str, DepositedPreuve]:
    """Every living preuve of the dossier, or of one chapitre of it, with its latest revision, in one query."""
    living = Revision.objects.filter(preuve__chapitre__dossier=row)
    latest = (
        (living.filter(preuve__chapitre__code=code) if code else living)
        .order_by("preuve", "-number")
        .distinct("preuve")
        .values_list("preuve__numero", "preuve__state", "number", "sha256")
    )
    return {numero: DepositedPreuve(state, number, sha256) for numero, state, number, sha256 in latest}
