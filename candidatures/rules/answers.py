"""What may be answered to a champ. Pure functions: typed text in, JSON value or French reason out."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from candidatures.catalogue.champs import Champ, ChampKind, Value
from comptes.rules.siren import normalise_siren

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
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
        case ChampKind.YES_NO:
            return {"oui": True, "non": False}.get(typed) if typed else None
    return _text(champ, typed)


def _text(champ: Champ, typed: Any) -> str | None:
    text = tidy(str(typed or ""), lines=champ.kind is ChampKind.PARAGRAPH)
    if not text:
        return None
    if len(text) > champ.max_length:
        raise NotAnAnswer(f"Ce texte compte {len(text)} caractères ; {champ.max_length} au plus sont possibles.")
    match champ.kind:
        case ChampKind.EMAIL:
            return _email(text)
        case ChampKind.PHONE:
            return _phone(text)
        case ChampKind.SIREN:
            return _siren(text)
        case ChampKind.IDENTIFIER:
            return _identifier(text)
        case ChampKind.DATE:
            return _date(text)
    return text


def tidy(text: str, *, lines: bool = False) -> str:
    """Put the text in composed Unicode form, without outer spaces.

    :param lines: whether line ends may stay
    :raises NotAnAnswer: when it holds characters that nobody can see
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    allowed = "\n\t" if lines else ""
    if any(
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") and character not in allowed for character in text
    ):
        raise NotAnAnswer("Ce texte contient des caractères invisibles : retapez-le au lieu de le coller.")
    return text


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise NotAnAnswer("Cette adresse e-mail n’est pas complète : il faut un nom, @ et un domaine.")
    return text.lower()


def _phone(text: str) -> str:
    digits = re.sub(r"[\s.()-]", "", text)
    if not re.fullmatch(r"0[1-9][0-9]{8}|\+[1-9][0-9]{6,14}", digits):
        raise NotAnAnswer("Un numéro de téléphone compte dix chiffres, ou commence par + et l’indicatif du pays.")
    return digits


def _siren(text: str) -> str:
    try:
        return normalise_siren(text)
    except ValueError as reason:
        raise NotAnAnswer(str(reason)) from None


def _identifier(text: str) -> str:
    text = " ".join(text.split())
    if not _IDENTIFIER.fullmatch(text):
        raise NotAnAnswer("Un identifiant ne contient que des lettres, des chiffres, des espaces et les signes . _ / -")
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
        raise NotAnAnswer("Ce choix n’est pas proposé.")
    return str(typed)


def _choices(champ: Champ, typed: list[Any], possible: Mapping[str, str]) -> list[str] | None:
    if any(code not in possible for code in typed):
        raise NotAnAnswer("Un de ces choix n’est pas proposé.")
    return [code for code in possible if code in typed] or None


def _list(champ: Champ, typed: Any, choices: Mapping[str, Mapping[str, str]]) -> Value:
    if not typed:
        return None
    if typed.get("aucun"):
        if typed.get("lignes"):
            raise NotAnAnswer("Vous déclarez qu’il n’y en a pas, et une ligne est remplie : gardez l’un ou l’autre.")
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
