"""What the settings may not say together: Django refuses to start."""

from typing import Any

from django.conf import settings
from django.core import checks

from candidatures.catalogue.dispositifs import faults_in_words


@checks.register()
def every_dispositif_is_readable(**_: Any) -> list[checks.Warning]:
    """Say which dispositif is not open, and why: the portal starts with the others."""
    return [checks.Warning(sentence, id="segur_portal.W001") for sentence in faults_in_words()]


@checks.register()
def stamp_is_believed_for_longer_than_any_wait(**_: Any) -> list[checks.Error]:
    """Refuse to cut the stamp of a request that the proxy still lets wait: noon would be moved for it."""
    if settings.STAMP_BELIEVED_FOR > settings.PROXY_TIMEOUT:
        return []
    said = "STAMP_BELIEVED_FOR must be longer than PROXY_TIMEOUT: a request that waited in time would be read as late."
    return [checks.Error(said, id="segur_portal.E001")]
