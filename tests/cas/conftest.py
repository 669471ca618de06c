"""The public cases, one file for each family."""

from tests.candidatures.conftest import team
from tests.cas.rows import got

__all__ = ["got", "team"]
