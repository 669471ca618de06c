"""Reads the answers of the desks, as `guichets/contrats/` defines them; refuses any other.

This code does not load the contracts: the tests compare it with them on thousands of answers.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NoReturn
from urllib.parse import quote

from guichets.enums import Contrat, Panne

from .errors import DeskUnreachable
from .snapshot import Snapshot

Check = Callable[[Any], bool]

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}")
_LINK = re.compile(r"https://[!-~]{4,992}")
_CODE = re.compile(r"[A-Z0-9_]{1,20}")
_OID = re.compile(r"(?=.{3,200}\Z)[0-9]+(?:\.[0-9]+)+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LINE = re.compile(r"[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]+")


def _matches(pattern: re.Pattern[str]) -> Check:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _line(longest: int) -> Check:
    return lambda value: isinstance(value, str) and len(value) <= longest and _LINE.fullmatch(value) is not None


def _one_of(*values: str) -> Check:
    return lambda value: isinstance(value, str) and value in values


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_pieces(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 20 and all(_is_piece(piece) for piece in value)


def _is_piece(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _PIECE.keys() and all(_PIECE[key](value[key]) for key in _PIECE)


_PIECE: Mapping[str, Check] = {
    "nature": _one_of("documentaires", "bas_psc", "outil_conformite", "intrusion"),
    "etat": _one_of("expected", "received", "accepted", "to_complete"),
}
_identifier = _matches(_IDENTIFIER)
_FIELDS: Mapping[Contrat, Mapping[str, Check]] = {
    Contrat.CNDA: {
        "schema": _one_of("cnda-demande/1"),
        "numero": _identifier,
        "nil": _identifier,
        "logiciel": _line(200),
        "teleservice": _matches(_CODE),
        "etape": _line(100),
        "date_etape": _is_day,
        "retour_prevu": _or_null(_is_day),
        "attestation": _or_null(_identifier),
        "lettre": _or_null(_identifier),
    },
    Contrat.EDC_PSC: {
        "schema": _one_of("edc-habilitation/1"),
        "nru": _identifier,
        "role": _one_of("utilisateur", "proxy"),
        "logiciel": _line(200),
        "etape": _line(100),
        "date_etape": _is_day,
        "pieces": _is_pieces,
        "habilitation": _or_null(_identifier),
    },
    Contrat.GAZELLE: {
        "schema": _one_of("gazelle-resultat/1"),
        "lien": _matches(_LINK),
        "oid": _matches(_OID),
        "resultat": _line(100),
        "date": _is_day,
    },
}
_KEY: Mapping[Contrat, str] = {Contrat.CNDA: "numero", Contrat.EDC_PSC: "nru", Contrat.GAZELLE: "lien"}
_DOCUMENTS = ("attestation", "lettre", "habilitation", "oid")


def path_of(contrat: Contrat, numero: str) -> str:
    """Return the path and query, under the desk's URL, that ask about one demande.

    :param numero: for a Gazelle result, its permanent link: it is only a key, the portal never opens it
    :raises DeskUnreachable: UNKNOWN, when it does not have the form of the desk's numbers
    """
    if not _FIELDS[contrat][_KEY[contrat]](numero):
        raise DeskUnreachable(Panne.UNKNOWN, "Cet identifiant n’a pas la forme de ceux du guichet.", ours=True)
    quoted = quote(numero, safe="")
    match contrat:
        case Contrat.CNDA:
            return f"/v1/demandes/{quoted}"
        case Contrat.EDC_PSC:
            return f"/v1/habilitations/{quoted}"
        case Contrat.GAZELLE:
            return f"/v1/resultats?lien={quoted}"


def snapshot_of(contrat: Contrat, numero: str, raw: bytes, *, at: datetime) -> Snapshot:
    """Read the answer about one demande.

    :param at: when the desk was asked; kept in the snapshot
    :raises DeskUnreachable: NOT_JSON, OTHER_SCHEMA or OTHER_ID
    """
    answer = object_of(raw)
    fields = _FIELDS[contrat]
    if not fields["schema"](answer.get("schema")):
        _refuse("le schéma annoncé n’est pas celui du contrat")
    if answer.keys() != fields.keys():
        _refuse(f"champs en plus ou en moins, dont «\u00a0{_printable(min(answer.keys() ^ fields.keys()))}\u00a0»")
    if wrong := [name for name, check in fields.items() if not check(answer[name])]:
        _refuse(f"valeur refusée, champ «\u00a0{wrong[0]}\u00a0»")
    if answer[_KEY[contrat]] != numero:
        raise DeskUnreachable(Panne.OTHER_ID, f"La réponse concerne {_printable(answer[_KEY[contrat]])}.")
    back = answer.get("retour_prevu")
    return Snapshot(
        numero=numero,
        etape=answer.get("etape") or answer["resultat"],
        date_etape=date.fromisoformat(answer.get("date_etape") or answer["date"]),
        fetched_at=at,
        schema=answer["schema"],
        sha256=hashlib.sha256(raw).hexdigest(),
        raw=raw,
        retour_prevu=date.fromisoformat(back) if back else None,
        nil=answer.get("nil", ""),
        logiciel=answer.get("logiciel", ""),
        teleservice=answer.get("teleservice", ""),
        role=answer.get("role", ""),
        documents=tuple((name, answer[name]) for name in _DOCUMENTS if answer.get(name)),
        pieces=tuple((piece["nature"], piece["etat"]) for piece in answer.get("pieces", ())),
    )


def object_of(raw: bytes) -> dict[str, Any]:
    """Read a JSON object strictly: UTF-8, no NaN, no name twice.

    :raises DeskUnreachable: NOT_JSON, or OTHER_SCHEMA when the JSON is not an object or names a field twice
    """
    try:
        content = json.loads(raw.decode(), parse_constant=_no_constant, object_pairs_hook=_no_name_twice)
    except (ValueError, RecursionError):
        raise DeskUnreachable(Panne.NOT_JSON, "La réponse n’est pas du JSON.") from None
    if not isinstance(content, dict):
        _refuse("la réponse n’est pas un objet JSON")
    return content


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        _refuse("un champ est présent deux fois")
    return read


def _refuse(why: str) -> NoReturn:
    raise DeskUnreachable(Panne.OTHER_SCHEMA, f"{why[0].upper()}{why[1:]}.")


def _printable(text: str) -> str:
    """Make text from a desk safe to quote: at most 60 characters, all printable."""
    return "".join(character if character.isprintable() else "·" for character in text[:60])
