"""REM workbooks, valid or not: bytes as an administrateur would send them."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from comptes.models import Compte
from preuves.models import ImportDuREM
from preuves.operations.imports import send_workbook
from tests.factories import candidatures

HEADERS = (
    "Périmètre",
    "ID",
    "Chapitre",
    "Fonction",
    "Exigence",
    "Commentaire",
    "Profil",
    "N° scénario",
    "Scénario de conformité",
    "N° preuve",
    "Preuve",
    "Profil historique",
    "Criticité",
    "Ordre",
)


def a_row(**changes: Any) -> dict[str, Any]:
    """Return one row of the agency's own layout, by header; `preuve="X"` changes the column `Preuve`, and so on."""
    row = {
        "Périmètre": "Vague 2",
        "ID": "MAT.01",
        "Chapitre": "Prérequis",
        "Fonction": "Gouvernance",
        "Exigence": "Désigner les contacts.",
        "Commentaire": None,
        "Profil": "Général",
        "N° scénario": "MAT.01.01",
        "Scénario de conformité": "Démontrer.",
        "N° preuve": "MAT.01.01.01",
        "Preuve": "Vidéo du scénario.",
        "Profil historique": None,
        "Criticité": "Majeure",
        "Ordre": 1,
    }
    by_name = {
        "perimetre": "Périmètre",
        "id": "ID",
        "chapitre": "Chapitre",
        "fonction": "Fonction",
        "exigence": "Exigence",
        "commentaire": "Commentaire",
        "profil": "Profil",
        "numero_scenario": "N° scénario",
        "scenario": "Scénario de conformité",
        "numero": "N° preuve",
        "preuve": "Preuve",
        "profil_historique": "Profil historique",
        "criticite": "Criticité",
        "ordre": "Ordre",
    }
    return row | {by_name[name]: value for name, value in changes.items()}


def rows_of(*numbers: int) -> list[dict[str, Any]]:
    """Return the rows of one exigence with one preuve, for each number."""
    return [
        a_row(id=f"MAT.{n:02}", numero_scenario=f"MAT.{n:02}.01", numero=f"MAT.{n:02}.01.01", ordre=n) for n in numbers
    ]


def a_workbook(
    rows: Iterable[Mapping[str, Any]],
    headers: Iterable[str] = HEADERS,
    *,
    sheet: str = "Exigences",
    change: Callable[[Any], None] | None = None,
) -> io.BytesIO:
    """Return a workbook of these rows, each by header; `change` may damage the sheet before it is saved."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    headers = list(headers)
    page.append(headers)
    for row in rows:
        page.append([row.get(header) for header in headers])
    if change:
        change(page)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def repacked(file: io.BytesIO, changes: Mapping[str, bytes]) -> io.BytesIO:
    """Return the same archive with members replaced or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in changes:
                target.writestr(name, source.read(name))
        for name, content in changes.items():
            target.writestr(name, content)
    made.seek(0)
    return made


def a_sent_rem(
    by: Compte, rows: Iterable[Mapping[str, Any]], day: date = date(2026, 7, 1), annotations: str = ""
) -> ImportDuREM:
    """A workbook that was sent, to be previewed."""
    return send_workbook(
        dispositif_code="ms-dui-va2",
        workbook=SimpleUploadedFile("rem.xlsx", a_workbook(rows).getvalue()),
        annotations=annotations,
        date=day,
        by=by,
        at=candidatures.SUMMER,
    )


ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)
ODS_STYLES = (
    '<style:style style:name="tb" style:family="table-cell"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="rouge" style:family="table-cell">'
    '<style:text-properties fo:color="#ff0000"/></style:style>'
    '<style:style style:name="jaune" style:family="table-cell"><style:table-cell-properties '
    'fo:background-color="#ffff00"/></style:style>'
    '<style:style style:name="barre" style:family="text"><style:text-properties '
    'style:text-line-through-type="single"/></style:style>'
    '<style:style style:name="cachee" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
)


def an_ods(*tables: str, members: Mapping[str, bytes] | None = None) -> io.BytesIO:
    """An OpenDocument workbook of these tables, each written in XML (see `an_ods_table`)."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMES}>'
        f"<office:automatic-styles>{ODS_STYLES}</office:automatic-styles><office:body><office:spreadsheet>"
        f"{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        for name, added in (members or {}).items():
            archive.writestr(name, added)
    file.seek(0)
    return file


def an_ods_table(
    rows: Iterable[Mapping[str, Any]], headers: Iterable[str] = HEADERS, *, title: str = "Exigences", style: str = ""
) -> str:
    """A sheet of these rows, then the million empty ones that every tableur writes.

    A value that begins with `<table:` is the XML of its cell; `ligne`, in a row, are the attributes of that row.
    """
    headers = list(headers)
    lines = [("", headers), *((row.get("ligne", ""), [row.get(header) for header in headers]) for row in rows)]
    body = "".join(
        f"<table:table-row {about}>{''.join(map(an_ods_cell, cells))}</table:table-row>" for about, cells in lines
    )
    filler = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    return (
        f'<table:table table:name="{title}" table:style-name="{style}">'
        f'<table:table-column table:number-columns-repeated="{len(headers)}"/>{body}{filler}</table:table>'
    )


def an_ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if str(value).startswith("<table:"):
        return str(value)
    number = f'float" office:value="{value}' if isinstance(value, int | float) else "string"
    paragraph = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell office:value-type="{number}">{paragraph}</table:table-cell>'
