"""What a simulated desk answers to a question, at an instant. What goes wrong on the wire itself is in `server`."""

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
SAID: Mapping[str, Mapping[str, Any]] = {
    "cnda": {"schema": "cnda-demande/1", "retour_prevu": None, "attestation": None, "lettre": None},
    "edc_psc": {"schema": "edc-habilitation/1", "pieces": {}, "habilitation": None},
    "gazelle": {"schema": "gazelle-resultat/1"},
}
# What a contract names its key, its stage and its day.
NAMES = {
    "cnda": ("numero", "etape", "date_etape"),
    "edc_psc": ("nru", "etape", "date_etape"),
    "gazelle": ("lien", "resultat", "date"),
}
FUTURE = timedelta(days=30)


@dataclass(frozen=True)
class Question:
    """What was asked: the target as it came, and the token borne."""

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
    said = {"type": "about:blank", "title": TITLES[status], "status": status}
    said |= {"detail": detail} if detail else {}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimulatedAnswer(status, _json(said), PROBLEM, named)


@dataclass(frozen=True)
class Found:
    """The demande that a question is about, with its desk's name."""

    desk: str
    demande: SimulatedDemande


def find(scenario: Scenario, question: Question) -> Found | SimulatedAnswer:
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
    return _found(name, desk, numero)


def _found(name: str, desk: Desk, numero: str) -> Found | SimulatedAnswer:
    demande = desk.demandes.get(numero)
    return Found(name, demande) if demande else problem(404, "Numéro inconnu.")


def _numero(desk: str, path: str, query: str) -> str | None:
    if desk == "gazelle":
        liens = [value for key, value in parse_qsl(query) if key == "lien"]
        return liens[0] if path == "v1/resultats" and len(liens) == 1 else None
    resource = {"cnda": "v1/demandes/", "edc_psc": "v1/habilitations/"}[desk]
    numero = path.removeprefix(resource)
    return unquote(numero) if path.startswith(resource) and numero and "/" not in numero else None


def say(found: Found, panne: SimulatedFault | None, at: datetime) -> SimulatedAnswer:
    """Answer about a demande, well or with what a fault makes of the content."""
    reached = [one for one in found.demande.etapes if one.since <= at]
    if not reached:
        return problem(404, "Numéro inconnu.")
    said = _document(found, reached[-1])
    if panne is None:
        return SimulatedAnswer(200, _json(said))
    return _broken(panne, said) or SimulatedAnswer(200, _json(_spoilt(found, said, reached, panne.fault, at)))


def _broken(panne: SimulatedFault, said: dict[str, Any]) -> SimulatedAnswer | None:
    """Answer in none of the contract's forms for a 200; None when the fault lies elsewhere."""
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
            return SimulatedAnswer(200, _json(said | {"logiciel": "A" * 100_000}))
    return None


def _document(found: Found, etape: SimulatedEtape) -> dict[str, Any]:
    key, _, day = NAMES[found.desk]
    demande = found.demande
    said = {**SAID[found.desk], key: demande.numero, **demande.identity, day: _day(etape.since), **etape.says}
    if "pieces" in said:
        said["pieces"] = [{"nature": nature, "etat": etat} for nature, etat in said["pieces"].items()]
    return said


def _spoilt(
    found: Found, said: dict[str, Any], reached: list[SimulatedEtape], fault: Fault, at: datetime
) -> dict[str, Any]:
    """Say something wrong in the right form, or something right in the wrong one."""
    key, stage, day = NAMES[found.desk]
    match fault:
        case Fault.OTHER_SCHEMA:
            return {"schema": said["schema"].replace("/1", "/2"), "etat": {"code": said[stage], "date": said[day]}}
        case Fault.OTHER_ID:
            return said | {key: f"{said[key]}0"}
        case Fault.BACKWARDS:
            return said | {stage: reached[-2 if len(reached) > 1 else -1].says[stage]}
        case Fault.UNKNOWN_STATUS:
            return said | {stage: "suspendue"}
        case Fault.FUTURE_DATE:
            return said | {day: _day(at + FUTURE)}
    return said


def _day(instant: datetime) -> str:
    return instant.astimezone(PARIS).date().isoformat()


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
