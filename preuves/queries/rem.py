"""Reads a published version of the REM back into the frozen data from which it was published."""

from collections import defaultdict

from preuves.catalogue.rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec
from preuves.models import ChapitreDuREM, Exigence, PreuveAttendue, Scenario, VersionDuREM


def spec_of_version(version: VersionDuREM) -> RemSpec:
    """Read a whole version, in four queries."""
    preuves: dict[int, list[PreuveSpec]] = defaultdict(list)
    for preuve in PreuveAttendue.objects.filter(version=version).order_by("rank", "pk"):
        preuves[preuve.scenario_id].append(
            PreuveSpec(
                preuve.numero,
                preuve.texte,
                preuve.nature,
                preuve.guichet,
                preuve.constat,
                tuple(preuve.sauf_profils),
            )
        )
    scenarios: dict[int, list[ScenarioSpec]] = defaultdict(list)
    for scenario in Scenario.objects.filter(exigence__chapitre__version=version).order_by("rank", "pk"):
        scenarios[scenario.exigence_id].append(
            ScenarioSpec(scenario.numero, scenario.texte, tuple(preuves[scenario.pk]))
        )
    exigences: dict[int, list[ExigenceSpec]] = defaultdict(list)
    for exigence in Exigence.objects.filter(chapitre__version=version).order_by("rank", "pk"):
        exigences[exigence.chapitre_id].append(_exigence(exigence, tuple(scenarios[exigence.pk])))
    chapitres = ChapitreDuREM.objects.filter(version=version).order_by("rank", "pk")
    return RemSpec(
        tuple(ChapitreSpec(chapitre.code, chapitre.label, tuple(exigences[chapitre.pk])) for chapitre in chapitres)
    )


def _exigence(exigence: Exigence, scenarios: tuple[ScenarioSpec, ...]) -> ExigenceSpec:
    return ExigenceSpec(
        identifiant=exigence.identifiant,
        fonction=exigence.fonction,
        texte=exigence.texte,
        commentaire=exigence.commentaire,
        perimetre=exigence.perimetre,
        profils=tuple(exigence.profils),
        profils_historiques=tuple(exigence.profils_historiques),
        criticite=exigence.criticite,
        force=exigence.force,
        scenarios=scenarios,
    )
