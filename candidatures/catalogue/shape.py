"""Checks a dispositif's file against `dispositif.schema.json`, the schema that editors use too.

It knows the keywords of JSON Schema that this schema uses, and refuses others. Pure functions.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from candidatures.catalogue.places import Path

SCHEMA = FilePath(__file__).resolve().parents[2] / "catalogue" / "dispositifs" / "dispositif.schema.json"
Shape = Mapping[str, Any]
Fault = tuple[Path, str]

_TYPES: Mapping[str, tuple[type, str]] = {
    "string": (str, "un texte"),
    "boolean": (bool, "true ou false"),
    "integer": (int, "un nombre entier"),
    "array": (list, "une liste"),
    "object": (dict, "une table"),
}


@cache
def schema() -> Shape:
    """Return the schema of a dispositif's file."""
    read: Shape = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return read


def plain(value: Any) -> Any:
    """Convert what TOML read to JSON values: an instant becomes its text."""
    match value:
        case dict():
            return {key: plain(held) for key, held in value.items()}
        case list():
            return [plain(held) for held in value]
        case datetime():
            return value.isoformat()
        case str() | bool() | int():
            return value
        case _:  # a day, an hour, a decimal number: no key has one
            return {"": str(value)}


def faults_of_shape(value: Any, shape: Shape | None = None, path: Path = ()) -> Iterator[Fault]:
    """List what does not have the shape of the schema, each with its path, even when the key is missing.

    :param value: as `plain` gives it
    """
    shape = schema() if shape is None else shape
    if "$ref" in shape:
        shape = schema()["$defs"][shape["$ref"].removeprefix("#/$defs/")]
    if not _is_of_type(value, shape):
        yield path, f"il faut {_types_in_words(shape)}\u00a0: {shape['description']}."
        return
    for word, asked in shape.items():
        yield from _CHECKS[word](value, asked, shape, path)


def _is_of_type(value: Any, shape: Shape) -> bool:
    return any(type(value) is _TYPES[name][0] for name in _type_names(shape)) if "type" in shape else True


def _type_names(shape: Shape) -> list[str]:
    return [shape["type"]] if isinstance(shape["type"], str) else list(shape["type"])


def _types_in_words(shape: Shape) -> str:
    return " ou ".join(_TYPES[name][1] for name in _type_names(shape))


def _required(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    for key in asked:
        if key not in value:
            yield (*path, key), f"cette clé manque\u00a0: {_description(shape['properties'][key])}."


def _properties(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    for key, held in value.items():
        if key in asked:
            yield from faults_of_shape(held, asked[key], (*path, key))


def _additional_properties(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    known = shape.get("properties", {})
    for key, held in value.items():
        if key in known:
            continue
        if asked is False:
            yield (*path, key), f"cette clé n’existe pas ici{_suggestion(key, known)}."
        else:
            yield from faults_of_shape(held, asked, (*path, key))


def _suggestion(key: str, known: Mapping[str, Any]) -> str:
    return "".join(f"\u00a0; peut-être «\u00a0{near}\u00a0»" for near in get_close_matches(key, known, n=1))


def _property_names(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    for key in value:
        if not re.search(asked["pattern"], key):
            yield (*path, key), f"cette clé n’est pas {asked['description']}."


def _items(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    for index, held in enumerate(value):
        yield from faults_of_shape(held, asked, (*path, index))


def _enum(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    if value not in asked:
        yield path, f"{_quoted(value)} n’est pas l’un de {', '.join(asked)}."


def _pattern(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    if not re.search(asked, value):
        fault = "ce texte est vide" if not value.strip() else f"{_quoted(value)} ne convient pas"
        yield path, f"{fault}\u00a0: il faut {shape['description']}."


def _least(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    if (len(value) if isinstance(value, (list, dict)) else value) < asked:
        yield path, f"il en faut au moins {asked}\u00a0: {shape['description']}."


def _unique(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    for index, held in enumerate(value):
        if held in value[:index]:
            yield (*path, index), f"{_quoted(held)} est déjà écrit."


def _most(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    if value > asked:
        yield path, f"{value} dépasse {asked}\u00a0: {shape['description']}."


def _longest(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    if len(value) > asked:
        yield path, f"ce texte a {len(value)} signes, et {asked} au plus conviennent."


def _nothing(value: Any, asked: Any, shape: Shape, path: Path) -> Iterator[Fault]:
    return iter(())


def _quoted(value: Any) -> str:
    return f"«\u00a0{value}\u00a0»"


def _description(shape: Shape) -> str:
    if "$ref" in shape:
        return _description(schema()["$defs"][shape["$ref"].removeprefix("#/$defs/")])
    description: str = shape["description"]
    return description


_CHECKS: Mapping[str, Callable[[Any, Any, Shape, Path], Iterator[Fault]]] = {
    **dict.fromkeys(("$schema", "$defs", "title", "description", "type"), _nothing),
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "items": _items,
    "enum": _enum,
    "pattern": _pattern,
    **dict.fromkeys(("minimum", "minItems", "minProperties"), _least),
    "uniqueItems": _unique,
    "maximum": _most,
    "maxLength": _longest,
}
