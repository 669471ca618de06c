"""What the settings may not say together: Django refuses to start."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register()
def stamp_is_believed_for_longer_than_any_wait(**_: Any) -> list[Error]:
    """Refuse to cut the stamp of a request that the proxy still lets wait: noon would be moved for it."""
    if settings.STAMP_BELIEVED_FOR > settings.PROXY_TIMEOUT:
        return []
    said = "STAMP_BELIEVED_FOR must be longer than PROXY_TIMEOUT: a request that waited in time would be read as late."
    return [Error(said, id="segur_portal.E001")]
