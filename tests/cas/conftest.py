"""The public cases, one file for each family."""

from tests.cas.rows import got

__all__ = ["got"]
