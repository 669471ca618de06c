"""An independent reading of the contracts of `guichets/contrats/`, by libraries that are not ours."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from guichets.enums import Contrat

FOLDER = Path(settings.BASE_DIR) / "guichets" / "contrats"
HTTP_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@cache
def contract(guichet: Contrat) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{guichet.value}.yaml").read_text(encoding="utf-8"))


def operation(guichet: Contrat) -> tuple[str, dict[str, Any]]:
    """Return the path and the operation of a contract, which has only one."""
    ((path, methods),) = contract(guichet)["paths"].items()
    assert methods.keys() & HTTP_METHODS == {"get"}
    return path, methods["get"]


def response(guichet: Contrat, status: int) -> dict[str, Any]:
    """Return the response of a contract for a status; that of 5XX when the status has none."""
    responses = operation(guichet)[1]["responses"]
    return resolved(guichet, responses.get(str(status)) or responses[f"{status // 100}XX"])


def examples(guichet: Contrat) -> list[dict[str, Any]]:
    content = response(guichet, 200)["content"]["application/json"]
    return [example["value"] for example in content["examples"].values()]


def why_not(guichet: Contrat, status: int, media_type: str, body: Any) -> list[str]:
    """List how an answer breaks the contract."""
    content = response(guichet, status)["content"]
    if media_type not in content:
        return [f"{media_type} is not a type of {status}"]
    return faults(guichet, content[media_type]["schema"], body)


def faults(guichet: Contrat, schema: dict[str, Any], value: Any) -> list[str]:
    matches = _validator(guichet).evolve(schema=_absolute(schema)).iter_errors(value)
    return [f"{error.json_path}: {error.message[:200]}" for error in matches]


def parameter(guichet: Contrat, place: str) -> dict[str, Any]:
    matches = [resolved(guichet, parameter) for parameter in operation(guichet)[1]["parameters"]]
    (only,) = [parameter for parameter in matches if parameter["in"] == place]
    return only


def resolved(guichet: Contrat, schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    matches: Any = contract(guichet)
    for step in schema["$ref"].removeprefix("#/").split("/"):
        matches = matches[step]
    return matches


@cache
def _validator(guichet: Contrat) -> Draft202012Validator:
    whole = Resource(contents=contract(guichet), specification=DRAFT202012)
    return Draft202012Validator(
        {}, registry=Registry().with_resource("contract:", whole), format_checker=FormatChecker(["date", "date-time"])
    )


def _absolute(schema: Any) -> Any:
    """Make the references of a schema, taken out of its document, point at that document."""
    if isinstance(schema, dict):
        return {key: f"contract:{value}" if key == "$ref" else _absolute(value) for key, value in schema.items()}
    return [_absolute(item) for item in schema] if isinstance(schema, list) else schema
