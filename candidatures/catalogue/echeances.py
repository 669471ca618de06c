"""What an échéance asks, in the file of a dispositif: `exige`, and the only chapitres or volets of which it asks it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from candidatures.catalogue.faults import DispositifFileError
from candidatures.catalogue.specs import Exigences
from candidatures.enums import ExigenceDEcheance, VoletKind

_CODE = re.compile(r"[a-z0-9-]{1,20}")
# Without an échéance that asks these of everything, the first submissions and the answers would be bound by none.
_ALWAYS_ASKED = (
    ExigenceDEcheance.VOLETS_SOUMIS,
    ExigenceDEcheance.CHAPITRES_SOUMIS,
    ExigenceDEcheance.RETOURS_REPONDUS,
)


def exigences_of(code: str, raw: Mapping[str, Any]) -> Exigences:
    """Read what the échéance of that code asks.

    :raises DispositifFileError: naming the key that is wrong, `echeances.date-2.exige`, and what it may be
    """
    place = f"echeances.{code}"
    if not _CODE.fullmatch(code):
        raise DispositifFileError(f"{place}: a code has 1 to 20 small letters, digits and hyphens.")
    kinds = _list(raw, "exige", place, among=ExigenceDEcheance.values)
    if not kinds:
        raise DispositifFileError(f"{place}.exige must name at least one of {', '.join(ExigenceDEcheance.values)}.")
    found = Exigences(
        tuple(ExigenceDEcheance(kind) for kind in kinds),
        chapitres=_list(raw, "chapitres", place),
        volets=_list(raw, "volets", place, among=VoletKind.values),
    )
    for key, only in (("chapitres", found.chapitres), ("volets", found.volets)):
        if only and not any(found.only(kind) == only for kind in found.kinds):
            raise DispositifFileError(f"{place}.{key}: exige asks nothing of {key}.")
    return found


def _list(raw: Mapping[str, Any], key: str, place: str, *, among: Collection[str] = ()) -> tuple[str, ...]:
    """Read a list of codes; none when the key is not there.

    :param among: the codes that exist; empty where another file says which do
    """
    codes = raw.get(key, [])
    if not isinstance(codes, list) or not all(isinstance(code, str) and code for code in codes):
        raise DispositifFileError(f"{place}.{key} must be a list of codes.")
    if key in raw and not codes:
        raise DispositifFileError(f"{place}.{key} is empty: take the key out, or name something.")
    if unknown := [code for code in codes if among and code not in among]:
        raise DispositifFileError(f"{place}.{key}: {', '.join(unknown)} is not one of {', '.join(among)}.")
    if len(set(codes)) < len(codes):
        raise DispositifFileError(f"{place}.{key} names the same thing twice.")
    return tuple(codes)


def refuse_what_nothing_binds(asked: Iterable[Exigences]) -> None:
    """Refuse a dispositif in which no échéance asks, of everything, what the acts of an éditeur wait for.

    :raises DispositifFileError: naming what is never asked
    """
    every = list(asked)
    for kind in _ALWAYS_ASKED:
        if not any(exigences.ask(kind) for exigences in every):
            raise DispositifFileError(f"echeances: none asks {kind.value} of everything, and one at least must.")
