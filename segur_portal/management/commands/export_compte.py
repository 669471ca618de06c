import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import ForeignKey, Model

from comptes.models import Compte
from segur_portal.management.commands.draw_states import FLOORS

SECRETS = {"password", "token", "hashed", "secret", "key"}


class Command(BaseCommand):
    help = "Write in JSON, on the standard output, all that the portal holds of one person (GDPR, art. 15)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        compte = Compte.objects.of_address(options["email"]).first()
        if compte is None:
            raise CommandError("Aucun compte n’a cette adresse.")
        held = {"Compte": [_row(compte)], **{name: rows for name, rows in _linked(compte) if rows}}
        self.stdout.write(json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))


def _linked(compte: Compte) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the rows that point at the account, by « Model.column »."""
    for floor in FLOORS:
        for model in apps.get_app_config(floor).get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, ForeignKey) and field.related_model is Compte:
                    rows = model._default_manager.filter(**{field.name: compte}).order_by("pk")
                    yield f"{model.__name__}.{field.name}", [_row(row) for row in rows.iterator()]


def _row(row: Model) -> dict[str, Any]:
    fields = [field for field in row._meta.concrete_fields if field.name not in SECRETS]
    return {field.name: _value(field.value_from_object(row)) for field in fields}


def _value(value: Any) -> Any:
    if isinstance(value, memoryview | bytes):
        return bytes(value).hex()
    return value if isinstance(value, dict | list | int | float | bool | None) else str(value)
