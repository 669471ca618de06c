"""What the settings may not say together: Django refuses to start."""

from typing import Any

from django.conf import settings
from django.core import checks

from candidatures.catalogue.dispositifs import every_spec, faults
from candidatures.catalogue.faults import DispositifFileError
from referencement.catalogue.convention import convention_of


@checks.register()
def every_dispositif_is_readable(**_: Any) -> list[checks.Warning]:
    """Say which dispositif is not open, and why: the portal starts with the others."""
    said = list(faults().values())
    for spec in every_spec():
        try:
            convention_of(spec.code)
        except DispositifFileError as error:
            said.append(f"{spec.code}.toml: {error}")
    return [checks.Warning(one, id="segur_portal.W001") for one in said]


@checks.register()
def stamp_is_believed_for_longer_than_any_wait(**_: Any) -> list[checks.Error]:
    """Refuse to cut the stamp of a request that the proxy still lets wait: noon would be moved for it."""
    if settings.STAMP_BELIEVED_FOR > settings.PROXY_TIMEOUT:
        return []
    said = "STAMP_BELIEVED_FOR must be longer than PROXY_TIMEOUT: a request that waited in time would be read as late."
    return [checks.Error(said, id="segur_portal.E001")]
