"""Reads a PDF that may be hostile, in a process of its own, with no secret, little memory and little time.

    pdf_child.py look FILE            prints {"pages": 12} or {"fault": "password" | "broken"}
    pdf_child.py draw FILE FOLDER     the same, after having written FOLDER/0001.webp, 0002.webp…

Run by `pdf.py`, outside Django.
"""

import json
import resource
import sys
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

WIDEST, TALLEST, MOST_PAGES = 1400, 2400, 200
MEGABYTE = 1024 * 1024
MOST_MEMORY, MOST_WRITTEN = 1024 * MEGABYTE, 20 * MEGABYTE
NEEDS_A_KEY = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)


def main(verb: str, file: str, seconds: str, folder: str = "") -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(json.dumps(answer(verb, Path(file), Path(folder))))


def answer(verb: str, file: Path, folder: Path) -> dict[str, object]:
    try:
        document = pypdfium2.PdfDocument(file)
        document.init_forms()  # so that the fields filled in a form are drawn too
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        return {"fault": "password" if error.err_code in NEEDS_A_KEY else "broken"}
    for number in range(min(pages, MOST_PAGES) if verb == "draw" else 0):
        draw(document, number, folder)
    return {"pages": pages}


def draw(document: pypdfium2.PdfDocument, number: int, folder: Path) -> None:
    """Write one page; a page that cannot be drawn is skipped."""
    try:
        page = document[number]
        width, height = page.get_size()
        scale = min(WIDEST / max(width, 1), TALLEST / max(height, 1))
        image = page.render(scale=scale).to_pil().convert("RGB")
        page.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        return
    # Renamed once complete: the process may be stopped in the middle of a page.
    part = folder / f"{number + 1:04}.part"
    image.save(part, "WEBP", quality=82, method=2)
    part.rename(folder / f"{number + 1:04}.webp")


if __name__ == "__main__":
    main(*sys.argv[1:])
