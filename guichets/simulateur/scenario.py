"""What the simulated desks say, and when: a TOML file, read and checked. Its instants are in Paris time."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from comptes.dates import PARIS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVER_AFTER = datetime(9999, 1, 1, tzinfo=UTC)


class ScenarioFileError(ValueError):
    """The file is wrong; the sentence says where."""


class Fault(StrEnum):
    """What a desk may do instead of answering well."""

    SLOW = "slow"  # waits `secondes` before it answers
    DRIP = "drip"  # begins at once, then one byte every `secondes`
    ERROR_500 = "error_500"
    THROTTLED = "throttled"  # 429, Retry-After: `secondes`
    CUT = "cut"  # hangs up in the middle of the body
    NOT_JSON = "not_json"
    OTHER_SCHEMA = "other_schema"  # valid JSON, of a version that nobody knows
    OTHER_ID = "other_id"
    BACKWARDS = "backwards"  # the stage before the one reached
    UNKNOWN_STATUS = "unknown_status"
    FUTURE_DATE = "future_date"
    TOO_LARGE = "too_large"
    REDIRECT = "redirect"  # 302 to `vers`


@dataclass(frozen=True)
class SimulatedFault:
    """A fault between two instants; for the first `times` questions only, unless it is 0."""

    fault: Fault
    since: datetime = EPOCH
    until: datetime = EVER_AFTER
    times: int = 0
    seconds: float = 0
    to: str = ""


@dataclass(frozen=True)
class SimulatedEtape:
    """What the desk says from an instant on, by field of the contract."""

    since: datetime
    says: Mapping[str, Any]


@dataclass(frozen=True)
class SimulatedDemande:
    """One demande; before its first stage, the desk knows nothing of it."""

    numero: str
    identity: Mapping[str, Any]
    etapes: tuple[SimulatedEtape, ...]
    pannes: tuple[SimulatedFault, ...] = ()


@dataclass(frozen=True)
class Desk:
    """One desk.

    :param token: the bearer token that the portal must send; empty when the desk asks for none
    """

    token: str
    demandes: Mapping[str, SimulatedDemande]


Scenario = Mapping[str, Desk]


@dataclass(frozen=True)
class Form:
    """The keys of a demande of this desk: its identity, and what each of its stages must or may say."""

    identity: frozenset[str]
    required: frozenset[str]
    optional: frozenset[str] = frozenset()


FORMS: Mapping[str, Form] = {
    "cnda": Form(
        frozenset({"nil", "logiciel", "teleservice"}),
        frozenset({"etape"}),
        frozenset({"date_etape", "retour_prevu", "attestation", "lettre"}),
    ),
    "edc_psc": Form(
        frozenset({"role", "logiciel"}), frozenset({"etape"}), frozenset({"date_etape", "pieces", "habilitation"})
    ),
    "gazelle": Form(frozenset({"oid"}), frozenset({"resultat"}), frozenset({"date"})),
}


def read_scenario(text: str) -> Scenario:
    """Read every desk from the text of the file.

    :raises ScenarioFileError: naming the desk, the demande and what is wrong there
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioFileError(str(error)) from None
    return {name: _read_desk(name, table) for name, table in raw.items()}


def _read_desk(name: str, table: dict[str, Any]) -> Desk:
    if name not in FORMS:
        raise ScenarioFileError(f"No desk is called {name}.")
    _refuse_keys("the desk", table, {"jeton", "demandes"})
    demandes = {}
    for numero, demande in table.get("demandes", {}).items():
        try:
            demandes[numero] = _read_demande(FORMS[name], numero, demande)
        except (TypeError, ValueError) as error:
            raise ScenarioFileError(f"{name}, {numero}: {error}") from None
    return Desk(table.get("jeton", ""), demandes)


def _read_demande(form: Form, numero: str, table: dict[str, Any]) -> SimulatedDemande:
    _refuse_keys("the demande", table, {*form.identity, "etapes", "pannes"}, {*form.identity, "etapes"})
    etapes = tuple(_read_etape(form, etape) for etape in table["etapes"])
    if not etapes or [etape.since for etape in etapes] != sorted({etape.since for etape in etapes}):
        raise ScenarioFileError("its stages must follow one another.")
    pannes = tuple(_read_panne(panne) for panne in table.get("pannes", ()))
    return SimulatedDemande(numero, {key: table[key] for key in form.identity}, etapes, pannes)


def _read_etape(form: Form, table: dict[str, Any]) -> SimulatedEtape:
    _refuse_keys("a stage", table, {"depuis", *form.required, *form.optional}, {"depuis", *form.required})
    says = {key: value.isoformat() if isinstance(value, date) else value for key, value in table.items()}
    return SimulatedEtape(_instant(table["depuis"]), {key: value for key, value in says.items() if key != "depuis"})


def _read_panne(table: dict[str, Any]) -> SimulatedFault:
    _refuse_keys("a fault", table, {"panne", "de", "a", "fois", "secondes", "vers"}, {"panne"})
    return SimulatedFault(
        fault=Fault(table["panne"]),
        since=_instant(table.get("de", EPOCH)),
        until=_instant(table.get("a", EVER_AFTER)),
        times=table.get("fois", 0),
        seconds=table.get("secondes", 1),
        to=table.get("vers", ""),
    )


def _refuse_keys(where: str, table: dict[str, Any], known: Collection[str], required: Collection[str] = ()) -> None:
    if unknown := table.keys() - set(known):
        raise ScenarioFileError(f"{where} has no key {min(unknown)}.")
    if missing := set(required) - table.keys():
        raise ScenarioFileError(f"{where} lacks {min(missing)}.")


def _instant(value: Any) -> datetime:
    """Read a day as its midnight, and a time without offset as Paris time."""
    if not isinstance(value, date):
        raise ScenarioFileError(f"{value} is not an instant.")
    instant = value if isinstance(value, datetime) else datetime.combine(value, time.min)
    return instant if instant.tzinfo else instant.replace(tzinfo=PARIS)
