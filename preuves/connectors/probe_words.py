"""What a machine reads in a file: its text, by OCR when it is an image, and its signatures. Run by `probe_child`."""

import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from preuves.connectors.faults import Fault

LANGUAGES = "fra+eng"
MOST_PAGES, MOST_DRAWN, MOST_TEXT, MOST_SIGNATURES = 20, 2, 20_000, 10
FEWEST_LETTERS = 20
"""A PDF with less text than that is a photograph of a page, perhaps with its number."""

SMALL, LARGE = 2000, 4000
"""In pixels: characters of a small capture are enlarged, since OCR reads those of a printed page best."""


def image(file: str, tesseract: str, seconds: int) -> dict[str, Any]:
    """Read the words of an image.

    :raises Fault: when it does not open, or when nothing reads it
    """
    from PIL import Image, ImageOps, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    try:
        with Image.open(file) as opened:
            if opened.width * opened.height > LARGE * LARGE:
                raise Fault("silent")
            drawn = ImageOps.exif_transpose(opened).convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, RuntimeError):
        raise Fault("unreadable") from None
    return {"text": _recognised([drawn], tesseract, seconds), "ocr": True}


def document(file: str, tesseract: str, seconds: int) -> dict[str, Any]:
    """Read the text layer of a PDF, or the words of its first pages when it has none; and its signatures.

    :raises Fault: when it does not open; when it has no text layer and nothing reads images, with its signatures
    """
    import pypdfium2

    facts: dict[str, Any] = {"signatures": _signatures(file)}
    try:
        opened = pypdfium2.PdfDocument(file)
        text = "\n".join(_layers(opened))[:MOST_TEXT]
        if sum(map(str.isalnum, text)) >= FEWEST_LETTERS:
            return {**facts, "text": text, "ocr": False}
        drawn = [_drawn(opened[number]) for number in range(min(len(opened), MOST_DRAWN))]
    except pypdfium2.PdfiumError:
        raise Fault("unreadable") from None
    try:
        return {**facts, "text": _recognised(drawn, tesseract, seconds), "ocr": True}
    except Fault as fault:
        raise Fault(fault.code, **facts) from None


def _layers(opened: Any) -> Iterator[str]:
    for number in range(min(len(opened), MOST_PAGES)):
        page = opened[number]
        text = page.get_textpage()
        yield str(text.get_text_bounded())
        text.close()
        page.close()


def _drawn(page: Any) -> Any:
    """Draw a page at the size at which OCR reads best, whatever its own is."""
    width, height = page.get_size()
    return page.render(scale=min(3.0, LARGE / max(width, height, 1)), grayscale=True).to_pil()


def _recognised(images: list[Any], tesseract: str, seconds: int) -> str:
    """Give images to tesseract, which is given no file, no setting and no network address.

    :raises Fault: when there is no tesseract, when it fails, or when it takes too long
    """
    if not tesseract:
        raise Fault("no_ocr")
    return "\n".join(_words_of(image, tesseract, seconds) for image in images)[:MOST_TEXT]


def _words_of(image: Any, tesseract: str, seconds: int) -> str:
    scale = 2 if max(image.size) < SMALL else 1
    content = BytesIO()
    image.resize((image.width * scale, image.height * scale)).save(content, "PNG")
    try:
        done = subprocess.run(  # noqa: S603 -- fixed argv, no shell
            [tesseract, "stdin", "stdout", "-l", LANGUAGES],
            input=content.getvalue(),
            env={"OMP_THREAD_LIMIT": "1"},
            capture_output=True,
            timeout=max(1, seconds // MOST_DRAWN - 2),
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        raise Fault("silent") from None
    return done.stdout.decode(errors="replace")


def _signatures(file: str) -> list[dict[str, Any]] | None:
    """Check each signature of a PDF against the bytes that it signs; no certificate is trusted here.

    :return: None when the signatures cannot be read
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        with Path(file).open("rb") as content:
            opened = PdfFileReader(content, strict=False)
            # What checks a signature takes half a second to load: a signature is in a form, which few files have.
            if "/AcroForm" not in opened.root:
                return []
            return [_checked(signature) for signature in opened.embedded_signatures[:MOST_SIGNATURES]]
    except Exception:  # noqa: BLE001 -- a hostile PDF makes a reader raise anything, and its text is still read
        return None


def _checked(signature: Any) -> dict[str, Any]:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    trust_nobody = ValidationContext(trust_roots=[], allow_fetching=False)
    status = validate_pdf_signature(signature, trust_nobody, skip_diff=True)
    return {
        "signer": str(status.signing_cert.subject.native.get("common_name", ""))[:100],
        "holds": bool(status.intact and status.valid),
        "whole": status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
    }


WORDS = {"image": image, "pdf": document}
