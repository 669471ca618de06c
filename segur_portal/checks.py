"""Django's system checks: catalogue files that are wrong (warnings), and settings that contradict each other."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks

from candidatures.catalogue.dispositifs import every_spec, faults_in_words
from candidatures.catalogue.specs import DispositifSpec
from guichets.catalogue import guichets
from guichets.catalogue.guichets import read_folder
from guichets.catalogue.reading import GuichetFileError
from preuves.catalogue.annotations import read_annotations
from preuves.catalogue.files import rem_files_of
from preuves.catalogue.profils import Profiler
from segur_portal.publisher import VARIABLES


@checks.register()
def every_dispositif_is_readable(**_: Any) -> list[checks.Warning]:
    """Warn of each dispositif whose file is wrong, with the reason: the portal starts with the others."""
    return [checks.Warning(sentence, id="segur_portal.W001") for sentence in faults_in_words()]


@checks.register()
def every_rem_is_readable(**_: Any) -> list[checks.Warning]:
    """Warn of each open dispositif that has no REM workbook, and of what is wrong in its annotations.

    Phase 1 needs no REM: the dispositif is open, and its preuves stay closed until a REM is imported.
    """
    return [checks.Warning(sentence, id="segur_portal.W002") for spec in every_spec() for sentence in _rem_faults(spec)]


def _rem_faults(spec: DispositifSpec) -> Iterator[str]:
    files = rem_files_of(spec.code)
    if files is None:
        yield (
            f"{spec.code}.toml\u00a0: aucun classeur {spec.code}.xlsx, ni dans catalogue/rem/, ni à côté. Ses preuves "
            "restent fermées tant que son REM n’est pas importé."
        )
        return
    annotations = read_annotations(files.annotations, Profiler(spec), files.annotations_name)
    yield from (
        f"{problem.file}, {problem.cell}\u00a0: {problem.sentence}"
        for problem in annotations.problems
        if problem.blocks
    )


@checks.register()
def every_desk_is_readable(**_: Any) -> list[checks.Error]:
    """Refuse to start when the file of a desk is wrong: every demande is read by it."""
    try:
        read_folder(guichets.FOLDER)
    except GuichetFileError as error:
        return [checks.Error(f"catalogue/guichets/{error}", id="segur_portal.E002")]
    return []


@checks.register()
def portal_names_who_runs_it(**_: Any) -> list[checks.Warning]:
    """Warn of each thing that the pages asked for by the law must say and that no setting gives: they say it lacks."""
    return [
        checks.Warning(
            f"{name}\u00a0: {meaning} manque. La page {page} affiche qu’il n’est pas encore publié.",
            id="segur_portal.W003",
        )
        for name, (meaning, page) in VARIABLES.items()
        if not settings.PUBLISHER[name]
    ]


@checks.register()
def files_can_open(**_: Any) -> list[checks.Warning]:
    """Warn that no file ever opens, since no antivirus is set and nobody decided to do without."""
    if settings.CLAMD_URL:
        return []
    told = (
        "CLAMD_URL\u00a0: aucun antivirus n’est indiqué, et aucun fichier déposé ne s’ouvre. Indiquez son adresse, ou "
        "«\u00a0none\u00a0»."
    )
    return [checks.Warning(told, id="segur_portal.W004")]


@checks.register()
def stamp_is_believed_for_longer_than_any_wait(**_: Any) -> list[checks.Error]:
    """Refuse to believe a proxy's stamp for less time than the proxy lets a request wait.

    A request that arrived before noon and waited would otherwise be read as late.
    """
    if settings.STAMP_BELIEVED_FOR > settings.PROXY_TIMEOUT:
        return []
    message = (
        "STAMP_BELIEVED_FOR must be longer than PROXY_TIMEOUT: a request that waited in time would be read as late."
    )
    return [checks.Error(message, id="segur_portal.E001")]
