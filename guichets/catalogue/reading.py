"""Reads the file of a desk, and refuses one that is incomplete or contradictory, saying what is wrong."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from guichets.enums import Contrat, Portee, RoleDEtape, RoleEdcPsc

from .specs import CadenceSpec, EtapeSpec, GuichetSpec, PieceSpec

ARCHITECTURES = ("propre", "tiers")
SIDES = ("", "editeur", "guichet")
# Those of `static/styles/controls.css`; a desk without a colour of its own takes the first.
COLOURS = ("segur", "cnda", "edc")
TONES = ("", "neutral", "info", "success", "danger", "attention")
KEYS = {"code", "nom", "article", "de", "a", "ordre", "couleur", "objet", "intitule", "portee", "identifiant"}
KEYS |= {"contrat", "nature", "forme", "apres", "constat-des", "repute-complet-des", "releves", "capture", "documents"}
KEYS |= {"etapes", "pieces", "matrice"}
ETAPE_KEYS = {"code", "nom", "role", "au-guichet", "laterale", "attend", "attendu", "ton", "retour-obligatoire"}
ETAPE_KEYS |= {"minutes", "vers"}
CAPTURED = {"logiciel", "nil", "etape", "date_etape", "retour_prevu"}
# A capture always shows these.
ALWAYS_CAPTURED = {"etape", "date_etape"}


class GuichetFileError(ValueError):
    """The file of a desk is incomplete or wrong."""


def read_guichet(text: str) -> GuichetSpec:
    """Read a desk from the text of its TOML file.

    :raises GuichetFileError: naming what is missing, unknown or contradictory
    """
    try:
        raw = tomllib.loads(text)
        _refuse_unknown("This desk", raw, KEYS)
        spec = _build(raw)
    except KeyError as missing:
        raise GuichetFileError(f"The key {missing} is missing.") from None
    except GuichetFileError:
        raise
    except ValueError as error:  # an unknown portée or contract, or invalid TOML
        raise GuichetFileError(str(error)) from None
    _refuse_stages(spec)
    return spec


def _build(raw: dict[str, Any]) -> GuichetSpec:
    etapes = tuple(_etape(table) for table in raw["etapes"])
    _known("couleur", [raw["couleur"]], COLOURS)
    return GuichetSpec(
        code=raw["code"],
        label=raw["nom"],
        article=raw["article"],
        de=raw["de"],
        a=raw["a"],
        rank=raw["ordre"],
        couleur=raw["couleur"],
        objet=raw["objet"],
        intitule=raw["intitule"],
        portee=Portee(raw["portee"]),
        identifiant=raw["identifiant"],
        contrat=Contrat(raw["contrat"]) if "contrat" in raw else None,
        nature=raw.get("nature", ""),
        forme=raw.get("forme", ""),
        etapes=etapes,
        cadence=_cadence(raw["releves"], etapes),
        apres=tuple(raw.get("apres", ())),
        constat_des=raw.get("constat-des", ""),
        repute_complet_des=raw.get("repute-complet-des", ""),
        documents=dict(raw.get("documents", {})),
        capture=_capture(raw["capture"]["obligatoires"], Portee(raw["portee"])),
        pieces=_pieces(raw),
    )


def _etape(table: dict[str, Any]) -> EtapeSpec:
    _refuse_unknown(f"The stage {table.get('code')!r}", table, ETAPE_KEYS)
    _known("attend", [table.get("attend", "")], SIDES)
    _known("ton", [table.get("ton", "")], TONES)
    role = RoleDEtape(table.get("role", ""))
    return EtapeSpec(
        code=table["code"],
        label=table["nom"],
        role=role,
        au_guichet=table.get("au-guichet", ""),
        is_lateral=table.get("laterale", False),
        attend=table.get("attend", ""),
        attendu=table.get("attendu", ""),
        tone=table.get("ton", "") or ("neutral" if role is RoleDEtape.DEPART else "info"),
        retour_obligatoire=table.get("retour-obligatoire", False),
        every=_minutes(table, "minutes"),
        vers=tuple(table.get("vers", ())),
    )


def _capture(fields: Collection[str], portee: Portee) -> frozenset[str]:
    """Read which fields a capture must show: always a stage and its date, and a NIL only for a component."""
    required = frozenset(_known("capture", fields, CAPTURED))
    if missing := ALWAYS_CAPTURED - required:
        raise GuichetFileError(f"A capture must show its {min(missing)}.")
    if "nil" in required and portee is not Portee.COMPOSANT:
        raise GuichetFileError("A capture shows a nil only where the desk decides of a component.")
    return required


def _cadence(raw: dict[str, Any], etapes: tuple[EtapeSpec, ...]) -> CadenceSpec:
    return CadenceSpec(
        every={etape.code: etape.every for etape in etapes},
        stale_after=_minutes(raw, "perime-minutes"),
        reconfirm_after=timedelta(days=_positive(raw, "reconfirmer-jours")),
        budget=_positive(raw, "budget-par-minute"),
        lease=_minutes(raw, "bail-minutes"),
        near=timedelta(days=_positive(raw, "proche-jours")),
        divisor=_positive(raw, "diviseur"),
        floor=_minutes(raw, "plancher-minutes"),
    )


def _pieces(raw: dict[str, Any]) -> Mapping[tuple[RoleEdcPsc, str], tuple[PieceSpec, ...]]:
    if "matrice" not in raw:
        return {}
    pieces = {code: PieceSpec(code, label) for code, label in raw["pieces"].items()}
    asked = {
        (RoleEdcPsc(role), architecture): codes
        for role, row in raw["matrice"].items()
        for architecture, codes in row.items()
    }
    expected = {(role, architecture) for role in RoleEdcPsc for architecture in ARCHITECTURES}
    if asked.keys() != expected:
        raise GuichetFileError(f"The matrix must say each of {sorted(expected)}, and nothing else.")
    return {key: tuple(pieces[code] for code in codes) for key, codes in asked.items()}


def _refuse_stages(spec: GuichetSpec) -> None:
    """Refuse stages and moves that contradict each other.

    :raises GuichetFileError: naming the first thing that is wrong
    """
    for problem in _problems(spec):
        raise GuichetFileError(problem)


def _problems(spec: GuichetSpec) -> Iterator[str]:
    codes = [etape.code for etape in spec.etapes]
    if len(set(codes)) != len(codes):
        yield "A stage is said twice."
    for start, end in ((etape.code, code) for etape in spec.etapes for code in etape.vers):
        if end not in codes:
            yield f"{start} leads to {end!r}, which is no stage of {spec.code}."
    for code in {spec.constat_des, spec.repute_complet_des} - {"", *codes}:
        yield f"{code!r} is no stage of {spec.code}."
    yield from _problems_of_roles_and_ways(spec)
    if {bool(spec.nature), bool(spec.forme)} != {spec.portee is Portee.PREUVE}:
        yield f"{spec.code} says what is deposited (nature, forme) when it decides of preuves, and only then."


def _problems_of_roles_and_ways(spec: GuichetSpec) -> Iterator[str]:
    for role in (RoleDEtape.DEPART, RoleDEtape.ACCORD):
        if [etape.role for etape in spec.etapes].count(role) != 1:
            yield f"One stage of {spec.code}, and one alone, must have the role {role.value!r}."
    for etape in spec.etapes:
        if spec.way(spec.initial.code, etape.code) is None:
            yield f"Nothing leads to the stage {etape.code!r} of {spec.code}."


def _refuse_unknown(where: str, table: dict[str, Any], known: Collection[str]) -> None:
    if unknown := table.keys() - set(known):
        raise GuichetFileError(f"{where} has no key {min(unknown)}.")


def _known(what: str, values: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    if unknown := [value for value in values if value not in known]:
        raise GuichetFileError(f"{unknown[0]!r} is not a {what}\u00a0: one of {', '.join(sorted(known))}.")
    return tuple(values)


def _minutes(table: dict[str, Any], key: str) -> timedelta:
    return timedelta(minutes=_positive(table, key))


def _positive(table: dict[str, Any], key: str) -> int:
    value = table[key]
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise GuichetFileError(f"{key} must be a positive whole number, and not {value!r}.")
    return value
