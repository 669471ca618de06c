"""What the settings may not say together: Django refuses to start."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks

from candidatures.catalogue.dispositifs import every_spec, faults_in_words
from candidatures.catalogue.specs import DispositifSpec
from preuves.catalogue.annotations import read_annotations
from preuves.catalogue.files import rem_files_of
from preuves.catalogue.profils import Profiler


@checks.register()
def every_dispositif_is_readable(**_: Any) -> list[checks.Warning]:
    """Say which dispositif is not open, and why: the portal starts with the others."""
    return [checks.Warning(sentence, id="segur_portal.W001") for sentence in faults_in_words()]


@checks.register()
def every_rem_is_readable(**_: Any) -> list[checks.Warning]:
    """Say which dispositif that is open has no workbook, and what is wrong in its annotations.

    Phase 1 asks for no REM: the dispositif is open, and its preuves wait for one to be imported.
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
    said = read_annotations(files.annotations, Profiler(spec), files.annotations_name)
    yield from (f"{one.file}, {one.cell}\u00a0: {one.sentence}" for one in said.problems if one.blocks)


@checks.register()
def stamp_is_believed_for_longer_than_any_wait(**_: Any) -> list[checks.Error]:
    """Refuse to cut the stamp of a request that the proxy still lets wait: noon would be moved for it."""
    if settings.STAMP_BELIEVED_FOR > settings.PROXY_TIMEOUT:
        return []
    said = "STAMP_BELIEVED_FOR must be longer than PROXY_TIMEOUT: a request that waited in time would be read as late."
    return [checks.Error(said, id="segur_portal.E001")]
