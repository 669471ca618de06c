"""Publishing a version of the REM: once and for all, whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from candidatures.models import Dispositif
from comptes import journal
from comptes.dates import day_in_figures
from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves.catalogue.annotations import NOTHING, Annotation
from preuves.catalogue.rem import RemSpec, empreinte
from preuves.catalogue.unseen import Warned
from preuves.enums import Act
from preuves.models import (
    AnnotationDePreuve,
    ChapitreDuREM,
    Exigence,
    PreuveAttendue,
    Scenario,
    VersionDuREM,
)
from preuves.models.rem import VersionPubliee
from preuves.queries.annotations import known_with
from preuves.queries.dossier import latest_version


class RemNotPublishable(Refused):
    """This version, of a REM or of a table of équivalences, cannot be published."""


@transaction.atomic
def publish_rem(
    *,
    dispositif_code: str,
    spec: RemSpec,
    annotations: Mapping[str, Annotation] | None = None,
    confirmed: Sequence[Warned] = (),
    date: date,
    by: Compte | None,
    at: datetime,
) -> tuple[VersionDuREM, bool]:
    """Publish a version of a dispositif's REM; publishing the content of the latest one again changes nothing.

    :param annotations: by N° preuve, what holds besides its text; what is not known yet is kept with the version
    :param confirmed: the warnings of the workbook that the person who publishes confirmed
    :param date: the civil day that names the version
    :param by: None when the operator publishes it from a terminal
    :return: the version, and whether it is new
    :raises RemNotPublishable: when a later version exists, or that day already has another content
    """
    dispositif = Dispositif.objects.select_for_update(no_key=True).get(code=dispositif_code)
    latest = latest_version(dispositif.code)
    if latest and latest.sha256 == spec.sha256:
        return latest, False
    refuse_a_day_that_is_over(latest=latest, date=date)
    known = known_with(latest)
    refuse_the_day_of_a_withdrawn_one(versions=dispositif.versions_du_rem.all(), date=date)
    version = VersionDuREM.objects.create(
        dispositif=dispositif, date=date, sha256=spec.sha256, published_at=at, published_by=by
    )
    _write(version, spec)
    _keep(version, known.annotations, annotations or {})
    journal.record(
        journal.PORTAIL,
        Act.REM_PUBLISHED,
        on=f"rem:{dispositif.code}/{date.isoformat()}",
        by=by,
        at=at,
        dispositif=dispositif.code,
        date=day_in_figures(date),
        sha256=spec.sha256,
    )
    keep_confirmed(on=f"rem:{dispositif.code}/{date.isoformat()}", confirmed=confirmed, by=by, at=at)
    return version, True


def keep_confirmed(*, on: str, confirmed: Sequence[Warned], by: Compte | None, at: datetime) -> None:
    """Write in the journal what was confirmed of a workbook before it was published, if anything."""
    if confirmed:
        sentences = " ".join(f"{warned.sentence} ({warned.cells})" for warned in confirmed)
        keys = ", ".join(warned.key for warned in confirmed)
        journal.record(
            journal.PORTAIL, Act.WORKBOOK_CONFIRMED, on=on, by=by, at=at, avertissements=sentences, cles=keys
        )


def refuse_a_day_that_is_over(*, latest: VersionPubliee | None, date: date) -> None:
    """Refuse a version when another one has a later date, or the same.

    :raises RemNotPublishable: with its name
    """
    if latest and latest.date >= date:
        raise RemNotPublishable(
            f"La version du {day_in_figures(latest.date)} est déjà publiée avec un autre contenu\u00a0: "
            "donnez à celle-ci une date plus récente."
        )


def refuse_the_day_of_a_withdrawn_one(*, versions: QuerySet[Any], date: date) -> None:
    """Refuse the day of a version that was withdrawn: it stays in the history under that day.

    :param versions: all those of the dispositif, or of the pair
    :raises RemNotPublishable: with its name
    """
    if versions.filter(date=date).exists():
        raise RemNotPublishable(
            f"La version du {day_in_figures(date)} a été retirée\u00a0: donnez une autre date à celle-ci."
        )


def _write(version: VersionDuREM, spec: RemSpec) -> None:
    """Write every row, one statement for each table."""
    chapitres = ChapitreDuREM.objects.bulk_create(
        ChapitreDuREM(version=version, code=spec_of_chapitre.code, label=spec_of_chapitre.label, rank=rank)
        for rank, spec_of_chapitre in enumerate(spec.chapitres, start=1)
    )
    chapitre_of = {chapitre.code: chapitre for chapitre in chapitres}
    exigences = Exigence.objects.bulk_create(
        Exigence(
            chapitre=chapitre_of[chapitre.code],
            identifiant=spec_of_exigence.identifiant,
            fonction=spec_of_exigence.fonction,
            texte=spec_of_exigence.texte,
            commentaire=spec_of_exigence.commentaire,
            perimetre=spec_of_exigence.perimetre,
            profils=list(spec_of_exigence.profils),
            profils_historiques=list(spec_of_exigence.profils_historiques),
            criticite=spec_of_exigence.criticite,
            force=spec_of_exigence.force,
            rank=rank,
        )
        for rank, (chapitre, spec_of_exigence) in enumerate(spec.exigences(), start=1)
    )
    held = [
        (row, scenario)
        for row, (_, spec_of_exigence) in zip(exigences, spec.exigences(), strict=True)
        for scenario in spec_of_exigence.scenarios
    ]
    scenarios = Scenario.objects.bulk_create(
        Scenario(exigence=row, numero=spec_of_scenario.numero, texte=spec_of_scenario.texte, rank=rank)
        for rank, (row, spec_of_scenario) in enumerate(held, start=1)
    )
    scenario_of = {row.numero: row for row in scenarios}
    PreuveAttendue.objects.bulk_create(
        PreuveAttendue(
            scenario=scenario_of[scenario.numero],
            version=version,
            numero=spec_of_preuve.numero,
            texte=spec_of_preuve.texte,
            nature=spec_of_preuve.nature,
            guichet=spec_of_preuve.guichet,
            constat=spec_of_preuve.constat,
            sauf_profils=list(spec_of_preuve.sauf_profils),
            empreinte=empreinte(exigence, scenario, spec_of_preuve),
            rank=rank,
        )
        for rank, (_, exigence, scenario, spec_of_preuve) in enumerate(spec.preuves(), start=1)
    )


def _keep(version: VersionDuREM, known: Mapping[str, Annotation], annotations: Mapping[str, Annotation]) -> None:
    """Keep the annotations that are new or changed; earlier rows stay as they were written."""
    AnnotationDePreuve.objects.bulk_create(
        AnnotationDePreuve(
            version=version,
            numero=numero,
            content={what: value for what, value in asdict(annotation).items() if value is not None},
        )
        for numero, annotation in annotations.items()
        if annotation not in (NOTHING, known.get(numero))
    )
