"""Small files of every kind, made here, and the PDF with a password that people send."""

from datetime import date
from io import BytesIO
from itertools import count
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pypdfium2
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from weasyprint import HTML

from candidatures.models import Candidature, Piece
from comptes.models import Compte
from preuves.enums import AnalyseState, Forme, Nature
from preuves.models import (
    Analyse,
    Chapitre,
    DossierDePreuves,
    Preuve,
    RepriseDeChapitre,
    Revision,
    RevisionPiece,
    SoumissionDeChapitre,
    VersionDuREM,
)
from preuves.operations.fichiers import receive_piece
from tests.factories.candidatures import SUMMER

_numbers = count(1)

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + bytes(range(256)) * 8
WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + bytes(500)


def an_image(kind: str, width: int = 40, height: int = 30) -> bytes:
    content = BytesIO()
    Image.new("RGB", (width, height), "#12305c").save(content, kind)
    return content.getvalue()


def a_zip_of(entries: dict[str, bytes], *, first: str = "") -> bytes:
    """Return a zip; `first` is the content of an uncompressed `mimetype` that comes before the rest.

    Always the same bytes, since some are parameters of tests, which every process of pytest must name alike.
    """
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        if first:
            archive.writestr(ZipInfo("mimetype"), first, compress_type=0)
        for name, data in entries.items():
            archive.writestr(ZipInfo(name), data, compress_type=ZIP_DEFLATED)
    return content.getvalue()


PNG, JPEG, WEBP = an_image("PNG"), an_image("JPEG"), an_image("WEBP")
ZIP = a_zip_of({"IHE_XDM/SUBSET01/METADATA.XML": b"<x/>", "INDEX.HTM": b"<html>", "README.TXT": b"IHE XDM"})
DOCX = a_zip_of({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
DOCM = a_zip_of({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>", "word/vbaProject.bin": b"x"})
XLSX = a_zip_of({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})
XLSM = a_zip_of({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x"})
ODT = a_zip_of({"content.xml": b"<x/>"}, first="application/vnd.oasis.opendocument.text")
ODS = a_zip_of({"content.xml": b"<x/>"}, first="application/vnd.oasis.opendocument.spreadsheet")


def a_pdf_of(pages: int, size: tuple[int, int] = (595, 842)) -> bytes:
    """A PDF that has that many empty pages.

    :param size: width and height of each, in points
    """
    content = BytesIO()
    with pypdfium2.PdfDocument.new() as document:
        for _ in range(pages):
            document.new_page(*size).close()
        document.save(content)
    return content.getvalue()


def a_written_pdf(title: str, *, pages: int) -> bytes:
    """Return a PDF with a title and lines on each page."""
    line = "<p>Le champ est vérifié, le résultat est conforme, la personne qui a fait l’essai signe ici.</p>"
    body = f"<h1>{title}</h1>{line * 12}"
    written: bytes = HTML(string="<hr style='page-break-after: always; border: 0'>".join([body] * pages)).write_pdf()
    return written


def a_video() -> bytes:
    """Four seconds that a browser plays."""
    return Path(__file__).with_name("video.webm").read_bytes()


PDF = a_pdf_of(1)
# It opens with the password « secret », and not without.
LOCKED_PDF = (
    b"%PDF-1.3\n"
    b"%\xe2\xe3\xcf\xd3\n"
    b"1 0 obj\n"
    b"<<\n"
    b"/Producer <83d50a938a>\n"
    b">>\n"
    b"endobj\n"
    b"2 0 obj\n"
    b"<<\n"
    b"/Type /Pages\n"
    b"/Count 1\n"
    b"/Kids [ 4 0 R ]\n"
    b">>\n"
    b"endobj\n"
    b"3 0 obj\n"
    b"<<\n"
    b"/Type /Catalog\n"
    b"/Pages 2 0 R\n"
    b">>\n"
    b"endobj\n"
    b"4 0 obj\n"
    b"<<\n"
    b"/Type /Page\n"
    b"/Resources <<\n"
    b">>\n"
    b"/MediaBox [ 0.0 0.0 200 200 ]\n"
    b"/Parent 2 0 R\n"
    b">>\n"
    b"endobj\n"
    b"5 0 obj\n"
    b"<<\n"
    b"/V 1\n"
    b"/R 2\n"
    b"/Length 40\n"
    b"/P 4294967292\n"
    b"/Filter /Standard\n"
    b"/O <e5a8d2687bd9d0cff946b7ac55f51081dcf0d116554c4bfcb0a5e446f69ea48a>\n"
    b"/U <555b758c599d8fed38f9fc625ad75eff71d77e3ad7b53f6b87fa5a14d3e590eb>\n"
    b">>\n"
    b"endobj\n"
    b"xref\n"
    b"0 6\n"
    b"0000000000 65535 f \n"
    b"0000000015 00000 n \n"
    b"0000000059 00000 n \n"
    b"0000000118 00000 n \n"
    b"0000000167 00000 n \n"
    b"0000000261 00000 n \n"
    b"trailer\n"
    b"<<\n"
    b"/Size 6\n"
    b"/Root 3 0 R\n"
    b"/Info 1 0 R\n"
    b"/ID [ <81803893b4cab364369040523151b840> <81803893b4cab364369040523151b840> ]\n"
    b"/Encrypt 5 0 R\n"
    b">>\n"
    b"startxref\n"
    b"475\n"
    b"%%EOF\n"
)


def an_upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def a_scanned_piece(
    candidature: Candidature,
    by: Compte,
    name: str = "capture.png",
    content: bytes = PNG,
    *,
    nature: Nature = Nature.CAPTURE,
    state: str = AnalyseState.CLEAN,
) -> Piece:
    """A file received for the preuves, with this result of the antivirus; none when empty."""
    piece = receive_piece(
        candidature_id=candidature.pk, upload=an_upload(name, content), nature=nature, by=by, at=SUMMER
    )
    if state:
        detail = "Eicar-Signature" if state == AnalyseState.INFECTED else ""
        analysis = {"state": state, "detail": detail, "analysed_at": SUMMER}
        Analyse.objects.get_or_create(piece=piece, defaults=analysis)
    return piece


def a_revision_with(
    *pieces: Piece, by: Compte, submitted: bool, taken_back: bool = False, comment: str = ""
) -> Revision:
    """A deposit of these files in a chapitre of its own, submitted or not."""
    candidature, number = pieces[0].candidature, next(_numbers)
    dossier = DossierDePreuves.objects.filter(candidature=candidature).first() or a_bare_dossier(candidature)
    chapitre = Chapitre.objects.create(dossier=dossier, code=f"C{number}")
    preuve = Preuve.objects.create(chapitre=chapitre, numero=f"P.{number}")
    sha256 = f"{number:064}"
    revision = Revision.objects.create(
        preuve=preuve,
        number=1,
        forme=Forme.FILES,
        comment=comment,
        sha256=sha256,
        empreinte=sha256,
        deposited_at=SUMMER,
        deposited_by=by,
    )
    RevisionPiece.objects.bulk_create(
        RevisionPiece(revision=revision, piece=piece, rank=rank) for rank, piece in enumerate(pieces)
    )
    if submitted:
        soumission = SoumissionDeChapitre.objects.create(
            chapitre=chapitre,
            number=1,
            revisions={preuve.numero: sha256},
            sha256=sha256,
            submitted_at=SUMMER,
            submitted_by=by,
        )
        if taken_back:
            RepriseDeChapitre.objects.create(soumission=soumission, taken_back_at=SUMMER, taken_back_by=by)
    return revision


def a_bare_dossier(candidature: Candidature) -> DossierDePreuves:
    """A dossier on an empty REM, older than any other."""
    version, _ = VersionDuREM.objects.get_or_create(
        dispositif=candidature.dispositif,
        date=date(2000, 1, 1),
        defaults={"sha256": "0" * 64, "published_at": SUMMER},
    )
    return DossierDePreuves.objects.create(candidature=candidature, version=version, opened_at=SUMMER, pinned_at=SUMMER)
