"""Files as people send them: small ones kept here, and others made of them."""

import struct
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.factories.fichiers import a_pdf_of, a_zip_of, an_image
from tests.factories.videos import a_photo


def a_png_that_claims(width: int, height: int) -> bytes:
    """A small PNG whose header says that it is larger than it is; a reader that believes it takes all memory."""
    content = an_image("PNG")
    header = content[12:16] + struct.pack(">II", width, height) + content[24:29]
    return content[:12] + header + struct.pack(">I", zlib.crc32(header)) + content[33:]


FICHIERS = Path(__file__).parent


@cache
def inputs() -> Mapping[str, bytes]:
    """Every file by the name that it is sent under; some are sent under several names."""
    kept = {file.name: file.read_bytes() for file in sorted(FICHIERS.iterdir()) if file.suffix not in (".py", "")}
    renamed = {
        "a.jpe": kept["photo.jfif"],
        "a.JPEG": kept["photo.jfif"],
        "OK.PDF": kept["ok.pdf"],
        "Enregistrement de l’écran 2027-03-01 à 10.12.33.mov": kept["enregistrement.mov"],
        "renamed_mkv.mp4": kept["obs.mkv"],
        "png_named.jpg": kept["a.png"],
        "webp_named.png": kept["a.webp"],
        "old.doc": kept["mail.msg"],
        "old.xls": kept["mail.msg"],
        "password.docx": kept["mail.msg"],
        "p7m.p7m": b"0\x82\x10\x00\x06\x09*\x86H\x86\xf7\r\x01\x07\x02" + bytes(90),
        "message.er7": b"MSH|^~\\&|A|B|C|D|20270301||ADT^A01|1|P|2.5\r",
        "bom.pdf": b"\xef\xbb\xbf" + kept["ok.pdf"],
        "junk_before.pdf": b"\r\n\r\n" + kept["ok.pdf"],
        "http_header.pdf": b"HTTP/1.1 200 OK\r\n\r\n" + kept["ok.pdf"],
        "vide.txt": b"",
        "sans-extension": kept["ok.pdf"],
        "inconnu.dat": bytes(100),
        "photo.heic": a_photo(),
        "250pages.pdf": a_pdf_of(250),
        "bombe.png": a_png_that_claims(30_000, 30_000),
        "bomb.zip": a_zip_of({"a.bin": bytes(50_000_000)}),
    }
    return {**kept, **renamed}
