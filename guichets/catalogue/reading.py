"""Reads the file of a desk; whatever does not hold together is refused, with the sentence that says so."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from guichets.enums import Contrat, Portee, RoleDEtape, RoleEdcPsc

from .specs import CadenceSpec, EtapeSpec, GuichetSpec, PieceSpec

ARCHITECTURES = ("propre", "tiers")
SIDES = ("", "editeur", "guichet")
TONES = ("", "neutral", "info", "success", "danger", "attention")
KEYS = {"code", "nom", "article", "de", "a", "ordre", "couleur", "objet", "intitule", "portee", "identifiant"}
KEYS |= {"contrat", "nature", "forme", "apres", "constat-des", "repute-complet-des", "releves", "capture", "documents"}
KEYS |= {"etapes", "pieces", "matrice"}
ETAPE_KEYS = {"code", "nom", "role", "au-guichet", "laterale", "attend", "attendu", "ton", "retour-obligatoire"}
ETAPE_KEYS |= {"minutes", "vers"}
CAPTURED = {"logiciel", "nil", "etape", "date_etape", "retour_prevu"}
# Without these, a capture says nothing.
ALWAYS_CAPTURED = {"etape", "date_etape"}


class GuichetFileError(ValueError):
    """The file of a desk does not say what it must."""


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
    except ValueError as error:  # a portée or a contract that is none, or no TOML at all
        raise GuichetFileError(str(error)) from None
    _refuse_stages(spec)
    return spec


def _build(raw: dict[str, Any]) -> GuichetSpec:
    etapes = tuple(_etape(one) for one in raw["etapes"])
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


def _etape(one: dict[str, Any]) -> EtapeSpec:
    _refuse_unknown(f"The stage {one.get('code')!r}", one, ETAPE_KEYS)
    _known("attend", [one.get("attend", "")], SIDES)
    _known("ton", [one.get("ton", "")], TONES)
    role = RoleDEtape(one.get("role", ""))
    return EtapeSpec(
        code=one["code"],
        label=one["nom"],
        role=role,
        au_guichet=one.get("au-guichet", ""),
        is_lateral=one.get("laterale", False),
        attend=one.get("attend", ""),
        attendu=one.get("attendu", ""),
        tone=one.get("ton", "") or ("neutral" if role is RoleDEtape.DEPART else "info"),
        retour_obligatoire=one.get("retour-obligatoire", False),
        every=_minutes(one, "minutes"),
        vers=tuple(one.get("vers", ())),
    )


def _capture(fields: Collection[str], portee: Portee) -> frozenset[str]:
    """Read what a capture must show: always a stage and its date, and a NIL only where a component has one."""
    found = frozenset(_known("capture", fields, CAPTURED))
    if left_out := ALWAYS_CAPTURED - found:
        raise GuichetFileError(f"A capture must show its {min(left_out)}.")
    if "nil" in found and portee is not Portee.COMPOSANT:
        raise GuichetFileError("A capture shows a nil only where the desk decides of a component.")
    return found


def _cadence(raw: dict[str, Any], etapes: tuple[EtapeSpec, ...]) -> CadenceSpec:
    return CadenceSpec(
        every={one.code: one.every for one in etapes},
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
    asked = {(RoleEdcPsc(role), one): codes for role, row in raw["matrice"].items() for one, codes in row.items()}
    expected = {(role, one) for role in RoleEdcPsc for one in ARCHITECTURES}
    if asked.keys() != expected:
        raise GuichetFileError(f"The matrix must say each of {sorted(expected)}, and nothing else.")
    return {key: tuple(pieces[code] for code in codes) for key, codes in asked.items()}


def _refuse_stages(spec: GuichetSpec) -> None:
    """Refuse a life of a demande that does not hold together.

    :raises GuichetFileError: naming the first thing that is wrong
    """
    for problem in _problems(spec):
        raise GuichetFileError(problem)


def _problems(spec: GuichetSpec) -> Iterator[str]:
    codes = [one.code for one in spec.etapes]
    if len(set(codes)) != len(codes):
        yield "A stage is said twice."
    for start, end in ((one.code, code) for one in spec.etapes for code in one.vers):
        if end not in codes:
            yield f"{start} leads to {end!r}, which is no stage of {spec.code}."
    for named in {spec.constat_des, spec.repute_complet_des} - {"", *codes}:
        yield f"{named!r} is no stage of {spec.code}."
    yield from _problems_of_the_life(spec)
    if {bool(spec.nature), bool(spec.forme)} != {spec.portee is Portee.PREUVE}:
        yield f"{spec.code} says what is deposited (nature, forme) when it decides of preuves, and only then."


def _problems_of_the_life(spec: GuichetSpec) -> Iterator[str]:
    for role in (RoleDEtape.DEPART, RoleDEtape.ACCORD):
        if [one.role for one in spec.etapes].count(role) != 1:
            yield f"One stage of {spec.code}, and one alone, must have the role {role.value!r}."
    for one in spec.etapes:
        if spec.way(spec.initial.code, one.code) is None:
            yield f"Nothing leads to the stage {one.code!r} of {spec.code}."


def _refuse_unknown(where: str, table: dict[str, Any], known: Collection[str]) -> None:
    if unknown := table.keys() - set(known):
        raise GuichetFileError(f"{where} has no key {min(unknown)}.")


def _known(what: str, words: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    if unknown := [word for word in words if word not in known]:
        raise GuichetFileError(f"{unknown[0]!r} is not a {what}\u00a0: one of {', '.join(sorted(known))}.")
    return tuple(words)


def _minutes(table: dict[str, Any], key: str) -> timedelta:
    return timedelta(minutes=_positive(table, key))


def _positive(table: dict[str, Any], key: str) -> int:
    value = table[key]
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise GuichetFileError(f"{key} must be a positive whole number, and not {value!r}.")
    return value
