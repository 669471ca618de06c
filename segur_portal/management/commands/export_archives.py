import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers import serialize
from django.db import connection, transaction
from django.db.models import FileField, Model

from comptes import clock
from comptes.catalogue.conservation import Category, Fate, categories
from segur_portal.management.commands.draw_states import FLOORS

MANIFEST = "manifeste.json"


class Command(BaseCommand):
    help = "Write the public archives in an empty folder: rows in JSON, files, and a manifest with the sha256 of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CommandError("The folder is not empty.")
        kept: list[dict[str, Any]] = []
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for category in categories().values():
                if category.fate is Fate.ARCHIVE:
                    kept += _export(category, folder)
        manifest = {"at": clock.now().isoformat(), "files": kept}
        (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")
        self.stdout.write(f"{len(kept)} files and their manifest in {folder}.")


def _export(category: Category, folder: Path) -> Iterator[dict[str, Any]]:
    for model in _models_of(category):
        rows = model._default_manager.order_by("pk")
        name = f"{category.code}/{model.__name__}.json"
        yield _keep(folder, name, [serialize("json", rows).encode()], category, rows=rows.count())
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                for row in rows.iterator():
                    if stored := getattr(row, field.name):
                        with stored.open("rb") as file:
                            yield _keep(folder, f"{category.code}/fichiers/{stored.name}", file.chunks(), category)


def _models_of(category: Category) -> list[type[Model]]:
    known = {model.__name__: model for floor in FLOORS for model in apps.get_app_config(floor).get_models()}
    return [known[name] for name in category.columns]


def _keep(folder: Path, name: str, parts: Any, category: Category, *, rows: int | None = None) -> dict[str, Any]:
    path, sha256, size = folder / name, hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for part in parts:
            file.write(part)
            sha256.update(part)
            size += len(part)
    entry = {"path": name, "category": category.label, "months": category.months, "size": size}
    return {**entry, "sha256": sha256.hexdigest(), **({} if rows is None else {"rows": rows})}
