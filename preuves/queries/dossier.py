"""What a candidature presents, what is due of it, and where each chapitre stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from candidatures.catalogue.champs import Value
from candidatures.enums import CandidatureState, VoletKind, VoletState
from candidatures.models import Candidature, Reponse
from candidatures.queries import PresentedVolet, presented_volets
from candidatures.rules.submission import references_of
from preuves.catalogue.equivalences import equivalences_of
from preuves.catalogue.rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec, empreinte
from preuves.enums import ChapitreState, Nature, PreuveState
from preuves.models import Chapitre, Contestation, DossierDePreuves, Preuve, Revision, VersionDuREM
from preuves.rules.completude import ChapitreFacts, DepositedPreuve
from preuves.rules.exigibilite import Attendue, Exigibilite, Presentation, Reference, exigibilites

from .rem import spec_of_version

PRESENTED = ("profils", "architecture", "references_vague_1", "references_vague_2", "version_technique")


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


def dossier_of(candidature: Candidature, presented: Sequence[PresentedVolet] | None = None) -> Dossier | None:
    """Gather a whole dossier in a constant number of queries; None while the dispositif has no REM.

    :param candidature: with its dispositif joined
    :param presented: its volets, for who has gathered them already
    """
    row = _row(candidature)
    version = row.version if row else latest_version(candidature.dispositif_id)
    if version is None:
        return None
    rem = rem_of(version)
    volets = presented_volets(candidature) if presented is None else presented
    answers = _presented_answers(volets)
    presentation = _presentation(candidature, row, answers, volets)
    found = exigibilites(rem.attendues, presentation)
    unadmitted = tuple(one.volet.get_kind_display() for one in volets if one.volet.state != VoletState.ADMITTED)
    return Dossier(
        candidature=candidature,
        row=row,
        rem=rem,
        presentation=presentation,
        exigibilites=found,
        chapitres=_chapitres(candidature, row, rem, found, unadmitted),
        unadmitted=unadmitted,
        eligibilite_submitted=any(
            one.volet.kind == VoletKind.ELIGIBILITE and one.version is not None for one in volets
        ),
        version_technique=answers.get("version_technique") or "",
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


def _row(candidature: Candidature) -> DossierDePreuves | None:
    return _rows().filter(candidature=candidature).first()


@cache
def _rows() -> QuerySet[DossierDePreuves]:
    """Every dossier with its version, and as `contested` the dispenses refused by the ANS; put together once."""
    said = Contestation.objects.filter(dossier=OuterRef("pk")).order_by("pk")
    words = said.values(word=JSONObject(numero="numero", reason="reason"))
    return DossierDePreuves.objects.select_related("version").annotate(contested=ArraySubquery(words))


def _presented_answers(volets: Iterable[PresentedVolet]) -> dict[str, Value]:
    """What was answered, as last handed to the ANS; before that, as it is being answered."""
    until = {one.volet.pk: one.volet.version if one.version is None else one.version for one in volets}
    rows = Reponse.objects.filter(volet__in=until, champ__in=PRESENTED).order_by("version", "pk")
    return {row.champ: row.value for row in rows if row.version <= until[row.volet_id]}


def _presentation(
    candidature: Candidature,
    row: DossierDePreuves | None,
    answers: Mapping[str, Value],
    volets: Iterable[PresentedVolet],
) -> Presentation:
    confirmed = frozenset().union(*(one.confirmed for one in volets))
    held = [one for one in references_of(answers) if one.identifiant in confirmed]
    contested = row.contested if row else ()  # type: ignore[attr-defined]
    return Presentation(
        profils=frozenset(answers.get("profils") or ()),
        architecture=frozenset(answers.get("architecture") or ()),
        references=tuple(
            Reference(one.identifiant, one.dispositif, frozenset(one.profils)) for one in held if one.dispositif
        ),
        equivalents=_equivalents(candidature, [one.identifiant for one in held if not one.dispositif]),
        contestations={one["numero"]: one["reason"] for one in contested},
    )


def _equivalents(candidature: Candidature, nrus: list[str]) -> dict[str, str]:
    """By N° preuve here, the NRU under which the same solution had its equivalent accepted."""
    tables = equivalences_of(candidature.dispositif_id)
    if not nrus or not tables:
        return {}
    accepted = Preuve.objects.filter(
        state=PreuveState.ACCEPTED,
        chapitre__dossier__candidature__nru__in=nrus,
        chapitre__dossier__candidature__produit=candidature.produit_id,
        chapitre__dossier__candidature__dispositif__in=tables,
    ).values_list("numero", "chapitre__dossier__candidature__nru", "chapitre__dossier__candidature__dispositif")
    return {
        tables[dispositif][numero]: nru
        for numero, nru, dispositif in accepted.order_by("pk")
        if numero in tables[dispositif]
    }


def _chapitres(
    candidature: Candidature,
    row: DossierDePreuves | None,
    rem: Rem,
    found: Mapping[str, Exigibilite],
    unadmitted: tuple[str, ...],
) -> tuple[ChapitreDuDossier, ...]:
    rows = {one.code: one for one in Chapitre.objects.filter(dossier=row).order_by("pk")} if row else {}
    deposited = _deposited(row) if row else {}
    expected: dict[str, list[Exigibilite]] = {}
    for one in rem.attendues:
        expected.setdefault(one.chapitre, []).append(found[one.numero])
    chapitres = []
    for spec in rem.spec.chapitres:
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


def _deposited(row: DossierDePreuves) -> dict[str, DepositedPreuve]:
    """Every living preuve of the dossier with its latest revision, in one query."""
    latest = (
        Revision.objects.filter(preuve__chapitre__dossier=row)
        .order_by("preuve", "-number")
        .distinct("preuve")
        .values_list("preuve__numero", "preuve__state", "number", "sha256")
    )
    return {numero: DepositedPreuve(state, number, sha256) for numero, state, number, sha256 in latest}
