"""Opens a file that may be hostile, in a process of its own, with no secret, little memory and little time.

    probe_child.py look PROBE FILE SECONDS     prints {"fault": "…", "facts": {…}}: no fault when it opens
    probe_child.py copy PROBE FILE SECONDS TO  writes what a browser shows of it in TO, and prints the same
    probe_child.py read PROBE FILE SECONDS OCR prints what is written in it; OCR: the path of tesseract, or empty

Run by `probe.py`, outside Django. What a fault is called in French: `preuves.rules.sondes`.
"""

import json
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from xml.parsers import expat

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from candidatures.catalogue.zipped import is_a_macro, tells_of_macros
from candidatures.rules import archives
from comptes.rules.signs import without_unseen
from preuves.connectors import probe_words
from preuves.connectors.faults import Fault

MEGABYTE = 1024 * 1024
MOST_MEMORY, MOST_WRITTEN = 1024 * MEGABYTE, 512 * MEGABYTE
MOST_PIXELS = 80_000_000
FEW_PAGES = 3
MAIN_PARTS = {"word/document.xml", "xl/workbook.xml", "ppt/presentation.xml", "content.xml"}
Answer = dict[str, Any]


def main(verb: str, probe: str, file: str, seconds: str, more: str = "") -> None:
    for limit, value in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, int(seconds)),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN if verb == "copy" else 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    # Too much memory is a verdict on the file, and not a failure of this process.
    try:
        answer: Answer = {"fault": "", "facts": done(verb, probe, file, int(seconds), more)}
    except Fault as fault:
        answer = {"fault": fault.code, "facts": fault.facts}
    except MemoryError:
        answer = {"fault": "huge", "facts": {}}
    sys.stdout.write(json.dumps(answer))


def done(verb: str, probe: str, file: str, seconds: int, more: str) -> Answer:
    """Do what is asked of a file, and return what was measured."""
    if verb == "copy":
        from preuves.connectors import probe_copies

        return probe_copies.COPIES[probe](file, more)
    return probe_words.WORDS[probe](file, more, seconds) if verb == "read" else PROBES[probe](file)


def video(file: str) -> Answer:
    from preuves.connectors import probe_video  # a library that no other kind of file needs, nor should load

    return probe_video.look(file)


def image(file: str) -> Answer:
    from PIL import Image, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # judged here, before anything is decoded
    try:
        with Image.open(file) as opened:
            facts = {"width": opened.width, "height": opened.height}
            if opened.width * opened.height > MOST_PIXELS:
                raise Fault("image_huge", **facts)
            opened.load()
            kind = opened.format
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, RuntimeError):
        raise Fault("image_broken") from None
    if kind == "HEIF":
        raise Fault("image_to_copy", **facts)
    return facts


def document(file: str) -> Answer:
    import pypdfium2
    from pypdfium2 import raw

    try:
        opened = pypdfium2.PdfDocument(file)
        pages = len(opened)
        texts = [_text_of(opened, number) for number in {0, pages // 2, pages - 1} if 0 <= number < pages]
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise Fault("pdf_locked" if locked else "pdf_broken") from None
    if not pages:
        raise Fault("pdf_broken")
    if raw.FPDF_GetFormType(opened.raw) == raw.FORMTYPE_XFA_FULL:
        raise Fault("pdf_xfa")
    if _is_a_portfolio(file, opened):
        raise Fault("pdf_portfolio")
    joined = opened.count_attachments()
    if joined and pages <= FEW_PAGES and not any(_has_content(opened, number) for number in range(pages)):
        raise Fault("pdf_joined", joined=joined)
    return {"pages": pages, "has_text": any(texts), "joined": joined}


def _has_content(opened: Any, number: int) -> bool:
    """Whether something is drawn on a page, whatever it is."""
    page = opened[number]
    try:
        return any(True for _ in page.get_objects(max_depth=1)) or _annotations_of(page) > 0
    finally:
        page.close()


def _annotations_of(page: Any) -> int:
    from pypdfium2 import raw

    return int(raw.FPDFPage_GetAnnotCount(page.raw))


def _is_a_portfolio(file: str, opened: Any) -> bool:
    """Whether a PDF only carries other files, behind a page that readers which cannot show them show instead."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    if not opened.count_attachments():
        return False
    try:
        with Path(file).open("rb") as content:
            return "/Collection" in PdfFileReader(content, strict=False).root
    except (PdfError, ValueError, LookupError, TypeError, OSError, RecursionError):
        return False


def _text_of(opened: Any, number: int) -> str:
    page = opened[number]
    text = page.get_textpage()
    letters = str(text.get_text_bounded()).strip()
    text.close()
    page.close()
    return letters


def archive(file: str) -> Answer:
    entries = _listed(file)
    _check_content(file)
    return {"entries": len(entries)}


def office(file: str) -> Answer:
    entries = _listed(file)
    if any(is_a_macro(entry.name) for entry in entries):
        raise Fault("office_macros")
    with Path(file).open("rb") as content:
        if archives.needs_a_key(content):
            raise Fault("office_locked")
    with zipfile.ZipFile(file) as opened:
        names = {entry.name for entry in entries}
        types = _beginning(opened, "[Content_Types].xml", names).lower()
        if tells_of_macros(types):
            raise Fault("office_macros")
        if b"template.main+xml" in types:
            raise Fault("office_template")
        for name in names:
            if name.lower().endswith(".rels") and (address := _asked_for(_beginning(opened, name, names))):
                raise Fault("office_outside", address=address)
    _check_content(file)
    if not all(_is_well_formed(file, name) for name in names & MAIN_PARTS):
        raise Fault("office_broken")
    return {"entries": len(entries)}


def _is_well_formed(file: str, name: str) -> bool:
    """Whether what a document is written in can be read to its end; no entity is ever fetched."""
    parser = expat.ParserCreate()
    try:
        with zipfile.ZipFile(file) as opened, opened.open(name) as part:
            parser.ParseFile(part)
    except expat.ExpatError:
        return False
    return True


# What Word or Excel asks for by itself, and runs or shows, when a document is opened: a link that somebody follows, a
# picture and the values of another workbook are asked for as well, and harm nobody.
_ASKED_FOR = re.compile(rb"/(?:attachedTemplate|oleObject|frame|subDocument)[\"']", re.IGNORECASE)
_OF_THE_WEB = re.compile(rb"Target\s*=\s*[\"']((?:https?|ftp|mhtml):[^\"'<>\s]{1,200})", re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")


def _asked_for(relations: bytes) -> str:
    """Return the address on the web from which a document takes a part of itself; empty when there is none."""
    for relation in _RELATION.findall(relations):
        if _ASKED_FOR.search(relation) and (address := _OF_THE_WEB.search(relation)):
            return address[1].decode("utf-8", "replace")
    return ""


def _beginning(opened: zipfile.ZipFile, name: str, names: Collection[str]) -> bytes:
    """Read the first megabyte of an entry; nothing when it is not there, or is damaged."""
    if name not in names:
        return b""
    try:
        with opened.open(name) as entry:
            return entry.read(MEGABYTE)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return b""


def _listed(file: str) -> tuple[archives.Entry, ...]:
    try:
        with Path(file).open("rb") as content:
            entries = archives.listed(content)
    except archives.Unlisted as reason:
        raise Fault("archive", sentence=str(reason)) from None
    if sentence := archives.fault_of(entries):
        raise Fault("archive", sentence=sentence)
    return entries


def _check_content(file: str) -> None:
    """Unzip everything, into nothing, to see that each entry is whole."""
    try:
        with zipfile.ZipFile(file) as opened:
            damaged = opened.testzip()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        damaged = "…"
    if damaged:
        raise Fault("archive", sentence=archives.UNREADABLE)


def text(file: str) -> Answer:
    content = Path(file).read_bytes()
    if b"\0" in content:
        raise Fault("text_broken")
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = content.decode("cp1252", errors="replace")
    if not without_unseen(decoded).strip():
        raise Fault("text_blank")
    return {"lines": decoded.count("\n") + 1}


PROBES: Mapping[str, Callable[[str], Answer]] = {
    "video": video,
    "image": image,
    "pdf": document,
    "archive": archive,
    "bureautique": office,
    "texte": text,
}


if __name__ == "__main__":
    main(*sys.argv[1:])
