"""The files that the cast deposits: small and valid, made here, with invented data."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from preuves.catalogue.natures import NATURES
from preuves.enums import Forme, Nature

VIDEO = Path(__file__).with_name("files") / "scenario.webm"
FONT = "DejaVuSans.ttf"
NIGHT, PAPER, INK, LINE = "#12305c", "#f5f7fb", "#182135", "#d6dde8"
# The simulated Gazelle knows these results: `guichets/simulateur/demonstration.toml`.
GAZELLE = "https://interop.referencement.esante.gouv.fr/gazelle/result?oid=1.3.6.1.4.1.12559.11.36.4.{nil}.{number}"


def a_file(nature: Nature, numero: str) -> SimpleUploadedFile:
    """Return a file of the kind that a nature of preuve accepts, named after the preuve."""
    ending, content = _content(nature, numero)
    return SimpleUploadedFile(f"{numero.replace('/', '-')}.{ending}", content)


@lru_cache(maxsize=512)
def _content(nature: Nature, numero: str) -> tuple[str, bytes]:
    """Make the file, once for all the solutions that deposit it: drawing is the slowest part of the story."""
    types = NATURES[nature].types
    if "video/webm" in types:
        return "webm", VIDEO.read_bytes()
    if nature is Nature.CAPTURE:
        return "png", _written(_screen(numero), "PNG")
    if "application/zip" in types:
        return "zip", _archive()
    return "pdf", _document(nature, numero)


def a_value(forme: Forme, numero: str, *, nil: str) -> str:
    """Return the value of a preuve that is not a file; always the same for one N° of one solution.

    :param nil: the solution's NIL, such as `NIL-20417`: two solutions never have the result of the same test
    """
    number = sum(ord(letter) * place for place, letter in enumerate(numero, start=1))
    match forme:
        case Forme.LINK:
            return GAZELLE.format(nil=nil.removeprefix("NIL-"), number=number)
        case Forme.NUMBER:
            return str(480_000 + number)
    return "La disposition est décrite dans la documentation de la solution."


def a_space(desk: str, rows: Mapping[str, str]) -> SimpleUploadedFile:
    """Return a screenshot of a desk's space that shows one demande."""
    image = Image.new("RGB", (1280, 720), PAPER)
    _write_rows(image, f"{desk}, espace personnel (démonstration)", rows)
    return SimpleUploadedFile("espace-personnel.png", _written(image, "PNG"), content_type="image/png")


def a_letter(desk: str, rows: Mapping[str, str]) -> SimpleUploadedFile:
    """Return the one-page letter by which a desk grants a demande."""
    image = Image.new("RGB", (910, 1286), "white")
    _write_rows(image, f"{desk}, décision (démonstration)", rows)
    content = BytesIO()
    image.save(content, "PDF", resolution=110)
    return SimpleUploadedFile("decision.pdf", content.getvalue(), content_type="application/pdf")


def _write_rows(image: Image.Image, title: str, rows: Mapping[str, str]) -> None:
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, image.width, 64), fill=NIGHT)
    _say(draw, (48, 20), title, 24, fill="white")
    for row, (label, value) in enumerate(rows.items()):
        top = 110 + row * 96
        _say(draw, (48, top), label, 18, fill=INK)
        _say(draw, (48, top + 30), value, 26, fill=INK)


def _screen(numero: str) -> Image.Image:
    """Draw a screen of the demonstration's solution at one step of a scénario."""
    image = Image.new("RGB", (1280, 720), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 1280, 64), fill=NIGHT)
    _say(draw, (32, 20), "Solution de démonstration", 24, fill="white")
    _say(draw, (32, 96), f"Étape du scénario {numero}", 32, fill=INK)
    for row, label in enumerate(("Nom de naissance", "Premier prénom", "Date de naissance", "Lieu de naissance")):
        top = 170 + row * 96
        _say(draw, (48, top), label, 18, fill=INK)
        draw.rounded_rectangle((48, top + 28, 640, top + 72), 6, fill="white", outline=LINE)
        _say(draw, (64, top + 38), "Donnée fictive", 18, fill=INK)
    draw.rounded_rectangle((48, 600, 300, 650), 6, fill="#1b4f9c")
    _say(draw, (84, 612), "Enregistrer", 22, fill="white")
    return image


def _document(nature: Nature, numero: str) -> bytes:
    """Write a document of two pages."""
    pages = [_page(nature.label, numero, page) for page in (1, 2)]
    content = BytesIO()
    pages[0].save(content, "PDF", resolution=110, save_all=True, append_images=pages[1:])
    return content.getvalue()


def _page(title: str, numero: str, number: int) -> Image.Image:
    image = Image.new("RGB", (910, 1286), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 910, 14), fill=NIGHT)
    _say(draw, (80, 90), title, 36, fill=NIGHT)
    _say(draw, (80, 150), f"Preuve {numero}, page {number} sur 2", 20, fill=INK)
    for row in range(22):
        draw.rounded_rectangle((80, 230 + row * 40, 780 - (row * 97) % 260, 244 + row * 40), 5, fill="#e9eef6")
    _say(draw, (80, 1190), "Document de démonstration, données fictives.", 16, fill=INK)
    return image


def _archive() -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("INDEX.HTM", "<html><body>Archive de démonstration</body></html>")
        archive.writestr("IHE_XDM/SUBSET01/METADATA.XML", "<rim/>")
    return content.getvalue()


def _say(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, *, fill: str) -> None:
    """Draw a line of text. Without DejaVu Sans, its accents are dropped: Pillow's own font has none."""
    font = _accented(size)
    if font is None:
        decomposed = unicodedata.normalize("NFD", text)
        text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    draw.text(at, text, fill=fill, font=font or ImageFont.load_default(size))


@lru_cache
def _accented(size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(FONT, size)
    except OSError:
        return None


def _written(image: Image.Image, kind: str) -> bytes:
    content = BytesIO()
    image.save(content, kind)
    return content.getvalue()


def evidence_date_of(on: date) -> date:
    """Return the day on which the evidence was made: eleven days before its deposit."""
    return date.fromordinal(on.toordinal() - 11)
