"""What a simulated desk answers to a question, at an instant. Network faults are in `server`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from comptes.dates import PARIS

from .scenario import Desk, Fault, Scenario, SimulatedDemande, SimulatedEtape, SimulatedFault

PREFIXES = {"cnda": "cnda", "edc-psc": "edc_psc", "gazelle": "gazelle"}
JSON, PROBLEM = "application/json", "application/problem+json"
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "cnda": {"schema": "cnda-demande/1", "retour_prevu": None, "attestation": None, "lettre": None},
    "edc_psc": {"schema": "edc-habilitation/1", "pieces": {}, "habilitation": None},
    "gazelle": {"schema": "gazelle-resultat/1"},
}
# The names that each contract gives to its key, its stage and its day.
NAMES = {
    "cnda": ("numero", "etape", "date_etape"),
    "edc_psc": ("nru", "etape", "date_etape"),
    "gazelle": ("lien", "resultat", "date"),
}
FUTURE = timedelta(days=30)


@dataclass(frozen=True)
class Question:
    """What was asked: the target as it came, and the bearer token."""

    target: str
    token: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class SimulatedAnswer:
    status: int
    body: bytes
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def problem(status: int, detail: str = "", **headers: str) -> SimulatedAnswer:
    content = {"type": "about:blank", "title": TITLES[status], "status": status}
    content |= {"detail": detail} if detail else {}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimulatedAnswer(status, _json(content), PROBLEM, named)


@dataclass(frozen=True)
class Target:
    """The demande that a question is about, with its desk's name."""

    desk: str
    demande: SimulatedDemande


def find(scenario: Scenario, question: Question) -> Target | SimulatedAnswer:
    """Find what is asked about, or answer why not."""
    parts = urlsplit(question.target)
    prefix, _, path = parts.path.lstrip("/").partition("/")
    name = PREFIXES.get(prefix, "")
    if name not in scenario:
        return problem(404, "Aucun guichet à cette adresse.")
    desk = scenario[name]
    if desk.token and question.token != desk.token:
        return problem(401, "Jeton absent ou refusé.", WWW_Authenticate="Bearer")
    numero = _numero(name, path, parts.query)
    if numero is None:
        return problem(400, "Chemin ou paramètre illisible.")
    return _target_of(name, desk, numero)


def _target_of(name: str, desk: Desk, numero: str) -> Target | SimulatedAnswer:
    demande = desk.demandes.get(numero)
    return Target(name, demande) if demande else problem(404, "Numéro inconnu.")


def _numero(desk: str, path: str, query: str) -> str | None:
    if desk == "gazelle":
        liens = [value for key, value in parse_qsl(query) if key == "lien"]
        return liens[0] if path == "v1/resultats" and len(liens) == 1 else None
    resource = {"cnda": "v1/demandes/", "edc_psc": "v1/habilitations/"}[desk]
    numero = path.removeprefix(resource)
    return unquote(numero) if path.startswith(resource) and numero and "/" not in numero else None


def say(target: Target, panne: SimulatedFault | None, at: datetime) -> SimulatedAnswer:
    """Answer about a demande, correctly or with a fault in the content."""
    reached = [etape for etape in target.demande.etapes if etape.since <= at]
    if not reached:
        return problem(404, "Numéro inconnu.")
    content = _document(target, reached[-1])
    if panne is None:
        return SimulatedAnswer(200, _json(content))
    return _broken(panne, content) or SimulatedAnswer(200, _json(_spoilt(target, content, reached, panne.fault, at)))


def _broken(panne: SimulatedFault, content: dict[str, Any]) -> SimulatedAnswer | None:
    """Give an answer that is no valid 200 of the contract; None when the fault is of another kind."""
    match panne.fault:
        case Fault.ERROR_500:
            return problem(500)
        case Fault.THROTTLED:
            return problem(429, Retry_After=str(round(panne.seconds)))
        case Fault.REDIRECT:
            return SimulatedAnswer(302, b"", headers={"Location": panne.to})
        case Fault.NOT_JSON:
            return SimulatedAnswer(
                200, "<!doctype html><title>Maintenance</title><p>De retour bientôt.".encode(), "text/html"
            )
        case Fault.TOO_LARGE:
            return SimulatedAnswer(200, _json(content | {"logiciel": "A" * 100_000}))
    return None


def _document(target: Target, etape: SimulatedEtape) -> dict[str, Any]:
    key, _, day = NAMES[target.desk]
    demande = target.demande
    content = {**DEFAULTS[target.desk], key: demande.numero, **demande.identity, day: _day(etape.since), **etape.says}
    if "pieces" in content:
        content["pieces"] = [{"nature": nature, "etat": etat} for nature, etat in content["pieces"].items()]
    return content


def _spoilt(
    target: Target, content: dict[str, Any], reached: list[SimulatedEtape], fault: Fault, at: datetime
) -> dict[str, Any]:
    """Return a wrong content in the right form, or a right content in the wrong form."""
    key, stage, day = NAMES[target.desk]
    match fault:
        case Fault.OTHER_SCHEMA:
            return {
                "schema": content["schema"].replace("/1", "/2"),
                "etat": {"code": content[stage], "date": content[day]},
            }
        case Fault.OTHER_ID:
            return content | {key: f"{content[key]}0"}
        case Fault.BACKWARDS:
            return content | {stage: reached[-2 if len(reached) > 1 else -1].says[stage]}
        case Fault.UNKNOWN_STATUS:
            return content | {stage: "suspendue"}
        case Fault.FUTURE_DATE:
            return content | {day: _day(at + FUTURE)}
    return content


def _day(instant: datetime) -> str:
    return instant.astimezone(PARIS).date().isoformat()


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
