"""The dispositif that a list of the ANS is narrowed to, by `?dispositif=` of its address."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.http import urlencode

from candidatures.catalogue.dispositifs import specs_in_order


@dataclass(frozen=True)
class WantedDispositif:
    """The dispositif that a person asks a list for.

    :param code: empty for every dispositif
    :param options: code, title, and whether it is chosen, of each open dispositif; for `dispositif_filter.html`
    """

    code: str
    options: tuple[tuple[str, str, bool], ...]

    @property
    def query(self) -> str:
        """What the next pages of the list add to their address."""
        return urlencode({"dispositif": self.code}) if self.code else ""


def wanted_dispositif(request: HttpRequest) -> WantedDispositif:
    """Read the dispositif that the address names; one that is not open is ignored."""
    specs = specs_in_order()
    code = next((spec.code for spec in specs if spec.code == request.GET.get("dispositif")), "")
    return WantedDispositif(code, tuple((spec.code, spec.titre, spec.code == code) for spec in specs))
