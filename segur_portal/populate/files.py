"""A few small real files in the private storage, which every pièce that is made shares."""

import io
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image, ImageDraw

FOLDER = "populate"
VIDEO = Path(__file__).resolve().parents[1] / "demo" / "files" / "scenario.webm"
PAGES = 2
SIZE = (620, 877)


@dataclass(frozen=True)
class Stored:
    """One file of the storage. `pages` are the names of the images of its pages, for a PDF."""

    name: str
    file: str
    content_type: str
    size: int
    sha256: str
    pages: tuple[str, ...] = ()


def store_files() -> dict[str, Stored]:
    """Store the files that are not there yet; return them by content type."""
    pages = [_page(f"Page {number}") for number in range(1, PAGES + 1)]
    drawn = tuple(_store(f"page-{number}.png", _png(page)) for number, page in enumerate(pages, start=1))
    made = {
        "application/pdf": ("attestation.pdf", _pdf(pages), drawn),
        "image/png": ("ecran.png", _png(_page("Copie d’écran")), ()),
        "video/webm": (VIDEO.name, VIDEO.read_bytes(), ()),
        "application/zip": ("archive.zip", _zip(), ()),
        "text/csv": ("indicateurs.csv", b"mois;usagers\n2026-09;412\n", ()),
    }
    return {
        kind: Stored(name, _store(name, content), kind, len(content), sha256(content).hexdigest(), images)
        for kind, (name, content, images) in made.items()
    }


def _store(name: str, content: bytes) -> str:
    path = f"{FOLDER}/{name}"
    storage = storages["pieces"]
    return path if storage.exists(path) else storage.save(path, ContentFile(content))


def _page(title: str) -> Image.Image:
    page = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(page)
    draw.text((60, 60), title, fill="black", font_size=28)
    for line in range(24):
        draw.rectangle((60, 130 + 28 * line, 560 - 37 * (line % 5), 140 + 28 * line), fill="#c9d2de")
    return page


def _png(page: Image.Image) -> bytes:
    content = io.BytesIO()
    page.save(content, "PNG")
    return content.getvalue()


def _pdf(pages: list[Image.Image]) -> bytes:
    content = io.BytesIO()
    # Without these two Pillow writes the machine's instant, and the same seed would not give the same file.
    pages[0].save(content, "PDF", save_all=True, append_images=pages[1:], creationDate=None, modDate=None)
    return content.getvalue()


def _zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("IHE_XDM/SUBSET01/METADATA.XML"), "<ProvideAndRegister/>")
    return content.getvalue()
