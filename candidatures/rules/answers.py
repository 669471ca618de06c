"""What may be answered to a champ. Pure functions: typed text in, JSON value or French reason out."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from candidatures.catalogue.champs import Champ, ChampKind, Value
from comptes.catalogue.countries import FRANCE, country_of
from comptes.rules import texts
from comptes.rules.addresses import postal_code
from comptes.rules.companies import read_company
from comptes.rules.emails import address
from comptes.rules.phones import phone

_KINDS = {ChampKind.PARAGRAPH: texts.paragraph, ChampKind.IDENTIFIER: texts.identifier}
# Who reads a text and may refuse it; a postal code says by itself what is too long in it.
_READERS: Mapping[ChampKind, Callable[[str], str]] = {
    ChampKind.EMAIL: address,
    ChampKind.PHONE: phone,
    ChampKind.POSTAL_CODE: postal_code,
    ChampKind.SIREN: lambda number: read_company(FRANCE, number)[0].identifier,
}
LONGEST_READ = 400
# The champ that each deposited preuve repeats; see `catalogue.coherence`.
VERSION_TECHNIQUE = "version_technique"
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]*")


class NotAnAnswer(ValueError):
    """What was typed cannot be an answer; the message is the French reason, for the person who typed it."""


def answer(champ: Champ, typed: Any, *, choices: Mapping[str, Mapping[str, str]]) -> Value:
    """Return the JSON value of what was typed, None when nothing was.

    :param choices: the dispositif's lists, by the name a champ gives them (`profils`…): label by code
    :raises NotAnAnswer: with the French reason
    """
    match champ.kind:
        case ChampKind.LIST:
            return _list(champ, typed, choices)
        case ChampKind.CHOICES:
            return _choices(champ, typed or [], choices[champ.choices])
        case ChampKind.CHOICE:
            return _choice(typed, choices[champ.choices])
        case ChampKind.PIECE:
            return typed
        case ChampKind.COMPANY:
            return _company(typed)
        case ChampKind.YES_NO:
            return {"oui": True, "non": False}.get(typed) if typed else None
    return _text(champ, typed)


def _text(champ: Champ, typed: Any) -> str | None:
    text = _kind(champ)(str(typed or ""))
    if not text:
        return None
    # What a reader makes of it is what counts; beyond that it reads nothing, but for a postal code, which has no other
    # limit than its own.
    if champ.kind in _READERS and (len(text) <= LONGEST_READ or champ.kind is ChampKind.POSTAL_CODE):
        text = _of(_READERS[champ.kind], text)
    if len(text) > champ.max_length and champ.kind is not ChampKind.POSTAL_CODE:
        raise NotAnAnswer(f"Ce texte compte {len(text)} caractères, pour {champ.max_length} au maximum.")
    match champ.kind:
        case ChampKind.IDENTIFIER:
            return _identifier(text)
        case ChampKind.DATE:
            return _date(text)
    return text


def _kind(champ: Champ) -> Callable[[str], str]:
    """The kind of text that a champ asks for."""
    return texts.version if champ.code == VERSION_TECHNIQUE else _KINDS.get(champ.kind, texts.line)


def _of(kind: Callable[[str], str], text: str) -> str:
    try:
        return kind(text)
    except texts.NotAText as reason:
        raise NotAnAnswer(str(reason)) from None


def _company(typed: Mapping[str, str] | None) -> Value:
    """Read a company; its country alone is kept, until its number is typed."""
    if not typed:
        return None
    country, number = typed["pays"], typed["identifiant"]
    if not number and (known := country_of(country)):
        return {"pays": known, "identifiant": ""}
    try:
        company, _ = read_company(country, number)
    except texts.NotAText as reason:
        raise NotAnAnswer(str(reason)) from None
    return {"pays": company.country, "identifiant": company.identifier}


def _identifier(text: str) -> str:
    if not _IDENTIFIER.fullmatch(text):
        raise NotAnAnswer(
            "Un identifiant ne contient que des lettres, des chiffres, des espaces, des points et les signes _, / et -."
        )
    return text


def _date(text: str) -> str:
    """Accept a day as browsers send it (2026-09-30) and as people write it (30/09/2026); keep the former."""
    if written := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        text = f"{written[3]}-{written[2]:0>2}-{written[1]:0>2}"
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise NotAnAnswer("Cette date n’existe pas : écrivez-la comme 30/09/2026.") from None


def _choice(typed: Any, possible: Mapping[str, str]) -> str | None:
    if not typed:
        return None
    if typed not in possible:
        raise NotAnAnswer("Ce choix n’est pas dans la liste.")
    return str(typed)


def _choices(champ: Champ, typed: list[Any], possible: Mapping[str, str]) -> list[str] | None:
    if any(code not in possible for code in typed):
        raise NotAnAnswer("Un de ces choix n’est pas dans la liste.")
    return [code for code in possible if code in typed] or None


def _list(champ: Champ, typed: Any, choices: Mapping[str, Mapping[str, str]]) -> Value:
    if not typed:
        return None
    if typed.get("aucun"):
        if typed.get("lignes"):
            raise NotAnAnswer("Vous avez coché « aucun » et rempli une ligne. Gardez l’un ou l’autre.")
        return {"aucun": True}
    lines = [_line(champ, number, line, choices) for number, line in enumerate(typed.get("lignes", []), start=1)]
    lines = [line for line in lines if any(value is not None for value in line.values())]
    return {"lignes": lines} if lines else None


def _line(champ: Champ, number: int, typed: Mapping[str, Any], choices: Mapping[str, Mapping[str, str]]) -> Value:
    values = {}
    for column in champ.columns:
        try:
            values[column.code] = answer(column, typed.get(column.code), choices=choices)
        except NotAnAnswer as reason:
            raise NotAnAnswer(f"Ligne {number}, « {column.label} » : {reason}") from None
    return values
