import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from candidatures.rules.formats import as_data

FILE = Path(__file__).resolve().parents[3] / "static" / "formats.json"


class Command(BaseCommand):
    help = "Write static/formats.json, the list of the formats as the pages read it, from catalogue/formats.toml."

    def handle(self, *args: Any, **options: Any) -> None:
        FILE.write_text(text(), encoding="utf-8")


def text() -> str:
    return json.dumps(as_data(), ensure_ascii=True, separators=(",", ":")) + "\n"
