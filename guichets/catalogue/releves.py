"""How often each desk is asked: `catalogue/guichets/releves.toml`, read and checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from guichets.enums import EtapeCNDA, EtapeEDC, Guichet, ResultatGazelle

FILE = Path(__file__).resolve().parents[2] / "catalogue" / "guichets" / "releves.toml"
ETAPES: Mapping[Guichet, tuple[str, ...]] = {
    Guichet.CNDA: tuple(EtapeCNDA.values),
    Guichet.EDC_PSC: tuple(EtapeEDC.values),
    Guichet.GAZELLE: tuple(ResultatGazelle.values),
}


class RelevesFileError(ValueError):
    """The file of the cadences does not say what it must."""


@dataclass(frozen=True)
class CadenceSpec:
    """How often one desk is asked.

    :param every: from one pull to the next, by stage
    :param stale_after: without a consistent answer for so long, what is known is said to be old
    :param budget: how many pulls may be under way at once, renewed each minute
    :param lease: a pull that brought nothing for so long is taken as lost
    :param near: an échéance is near when it is that far or less; the intervals are then divided
    """

    every: Mapping[str, timedelta]
    stale_after: timedelta
    budget: int
    lease: timedelta
    near: timedelta
    divisor: int
    floor: timedelta


def cadence_of(guichet: Guichet) -> CadenceSpec:
    return _cadences()[guichet]


@cache
def _cadences() -> Mapping[Guichet, CadenceSpec]:
    return read_cadences(FILE.read_text(encoding="utf-8"))


def read_cadences(text: str) -> Mapping[Guichet, CadenceSpec]:
    """Read every cadence from the text of the TOML file.

    :raises RelevesFileError: naming what is missing, unknown or not a positive number
    """
    try:
        raw = tomllib.loads(text)
        return {guichet: _build(raw["cadence"], raw[guichet.value], ETAPES[guichet]) for guichet in ETAPES}
    except KeyError as missing:
        raise RelevesFileError(f"The key {missing} is missing.") from None
    except tomllib.TOMLDecodeError as error:
        raise RelevesFileError(str(error)) from None


def _build(common: dict[str, Any], desk: dict[str, Any], etapes: tuple[str, ...]) -> CadenceSpec:
    if set(desk["minutes"]) != set(etapes):
        raise RelevesFileError(f"The stages must be {', '.join(etapes)}.")
    return CadenceSpec(
        every={etape: _minutes(desk["minutes"], etape) for etape in etapes},
        stale_after=_minutes(desk, "perime"),
        budget=_positive(desk, "budget_par_minute"),
        lease=_minutes(common, "bail"),
        near=timedelta(days=_positive(common, "proche_jours")),
        divisor=_positive(common, "diviseur"),
        floor=_minutes(common, "plancher"),
    )


def _minutes(table: dict[str, Any], key: str) -> timedelta:
    return timedelta(minutes=_positive(table, key))


def _positive(table: dict[str, Any], key: str) -> int:
    value = table[key]
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise RelevesFileError(f"{key} must be a positive whole number, and not {value!r}.")
    return value
