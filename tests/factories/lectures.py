"""Files in which a machine sees something: the page of a desk as an image, and PDF that are signed or not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

import pypdfium2
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from weasyprint import HTML

from referencement.connectors.seal import self_signed

STYLE = "<style>@page { size: A4 landscape } body { font-family: 'Liberation Sans', sans-serif }</style>"
DESK_PAGE = {
    "Logiciel": "Sirocco Résidence",
    "Téléservice": "INSi",
    "Étape": "Pré-examen",
    "Statut": "En cours / actif",
    "Depuis le": "12/10/2026",
    "Date de retour prévue": "20 novembre 2026",
}


def a_pdf_of_words(html: str) -> bytes:
    written: bytes = HTML(string=STYLE + html).write_pdf()
    return written


@cache
def a_desk_page(**changes: str) -> bytes:
    """A PNG of a desk's page, as somebody captures it."""
    rows = "".join(f"<p>{name} : {value}</p>" for name, value in (DESK_PAGE | changes).items())
    content = BytesIO()
    with pypdfium2.PdfDocument(a_pdf_of_words(f"<h1>Espace éditeur</h1>{rows}")) as document:
        document[0].render(scale=1.3).to_pil().save(content, "PNG")
    return content.getvalue()


@cache
def a_form(
    markup: str = "<h1>Formulaire de test d’intrusion</h1><p>Fait le 12 mars 2026 par la société Bise.</p>",
) -> bytes:
    return a_pdf_of_words(markup)


@cache
def a_signed_form() -> bytes:
    seal = self_signed(name="Société Bise", password="bise", at=datetime(2026, 1, 1, tzinfo=UTC))
    signer = SimpleSigner.load_pkcs12_data(seal, [], b"bise")
    assert signer is not None
    out = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(a_form()))
    sealer = PdfSigner(PdfSignatureMetadata(field_name="Signature"), signer)
    # The library runs an event loop of its own, which a thread that runs one already (a browser's) would refuse.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(sealer.sign_pdf, writer, output=out).result()
    return out.getvalue()


def altered(signed: bytes) -> bytes:
    """The same file, one byte of what was signed changed: its title in the metadata, or its header's comment."""
    at = signed.index(b"%", 8) + 1
    return signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]


def completed(signed: bytes) -> bytes:
    """The same file, with something added after what was signed."""
    out = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.update_root()
    writer.write(out)
    return out.getvalue()
