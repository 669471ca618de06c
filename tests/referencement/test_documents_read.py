"""What is printed, as it is read aloud: tags, titles, alternatives and order; and as it is set on the page."""

from collections.abc import Iterator
from ctypes import c_ushort
from io import BytesIO
from itertools import pairwise
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from candidatures.documents.accuse import TITRE, render_accuse
from candidatures.documents.accuse import VERSION as ACCUSE
from comptes.canonical import fingerprint
from referencement.documents.printing import VERSION, render
from referencement.enums import DocumentKind
from referencement.templatetags.rapports import tally

from .conftest import PRINTS
from .test_documents import AT, KINDS, RAPPORT

AGENCY = "Agence du numérique en santé (ANS)"
ACCUSE_DATA: dict[str, Any] = {
    "numero": "AR-EPRA-2VP6-VTKC-WREC",
    "nru": "DUI-2026-00001-A",
    "dispositif": "Dossier usager informatisé (DUI), vague 2",
    "solution": "Sirocco",
    "editeur": {"raison_sociale": "Sirocco Logiciels", "siren": "552008443"},
    "objet": "Formulaire d’éligibilité",
    "soumission": 2,
    "soumis_par": "Lucie Marchand",
    "recu": {"paris": "", "utc": "2026-10-01T09:59:59.900000+00:00"},
    "empreinte": "ab" * 32,
    "depots": [
        {
            "intitule": "Attestation d’un autre nom",
            "precision": "",
            "sha256": "",
            "fichiers": [{"nom": "attestation.pdf", "octets": 123_456, "sha256": "cd" * 32}],
        }
    ],
    "entreprises": [{"titre": "Distributeur", "raison_sociale": "Ouest Distribution", "siren": "552008443"}],
    "journal": {"chaine": 1, "longueur": 42, "empreinte": "ef" * 32},
    "adresse": "https://portail.example/verifier/?numero=AR-EPRA-2VP6-VTKC-WREC",
}
DATA: dict[str, Any] = {**{kind.value: data for kind, data in KINDS.items()}, "accuse": ACCUSE_DATA}
TITLES = {**{kind.value: str(kind.label) for kind in DocumentKind}, "accuse": TITRE}


def printed(kind: str) -> bytes:
    if kind == "accuse":
        return render_accuse(ACCUSE_DATA, version=ACCUSE, at=AT)
    return render(kind, DATA[kind], version=VERSION, at=AT)


def elements(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Yield every element of the structure, in the order in which it is read."""

    def below(element: Any) -> Iterator[pikepdf.Dictionary]:
        yield element
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/StructElem":
                yield from below(kid)

    for root in pdf.Root.StructTreeRoot.K:
        yield from below(root)


def read_aloud(content: bytes) -> str:
    """Return the text of a document in the order of its structure, as a screen reader says it."""
    document = pypdfium2.PdfDocument(content)
    try:
        texts = {number: texts_of(document[number]) for number in range(len(document))}
    finally:
        document.close()
    pieces = []
    with pikepdf.open(BytesIO(content)) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        for element in elements(pdf):
            kids = element.get("/K", [])
            marks = [kid for kid in (kids if isinstance(kids, pikepdf.Array) else [kids]) if isinstance(kid, int)]
            pieces.extend(texts[pages[element.Pg.objgen]].get(mark, "") for mark in marks)
    return " ".join("".join(pieces).split())


def texts_of(page: pypdfium2.PdfPage) -> dict[int, str]:
    """Return the text of each marked content of a page."""
    texts: dict[int, str] = {}
    textpage = page.get_textpage()
    for piece in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        mark = pdfium.FPDFPageObj_GetMarkedContentID(piece.raw)
        length = pdfium.FPDFTextObj_GetText(piece.raw, textpage.raw, None, 0)
        buffer = (c_ushort * (length // 2))()
        pdfium.FPDFTextObj_GetText(piece.raw, textpage.raw, buffer, length)
        texts[mark] = texts.get(mark, "") + bytes(buffer).decode("utf-16-le").rstrip("\0")
    return texts


def lines_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [line for page in document for line in page.get_textpage().get_text_bounded().splitlines()]
    finally:
        document.close()


@PRINTS
@pytest.mark.parametrize("kind", DATA)
def test_document_says_its_title_its_language_and_that_it_is_tagged(kind: str) -> None:
    with pikepdf.open(BytesIO(printed(kind))) as pdf:
        assert str(pdf.docinfo.Title) == f"{TITLES[kind]} {DATA[kind]['numero']}"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "fr"


@PRINTS
@pytest.mark.parametrize("kind", DATA)
def test_document_has_one_title_then_headings_that_skip_no_level(kind: str) -> None:
    with pikepdf.open(BytesIO(printed(kind))) as pdf:
        levels = [
            int(str(element.S)[2:]) for element in elements(pdf) if str(element.S) in ("/H1", "/H2", "/H3", "/H4")
        ]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(level <= before + 1 for before, level in pairwise(levels))


@PRINTS
@pytest.mark.parametrize("kind", DATA)
def test_each_table_has_headers_and_each_image_its_alternative(kind: str) -> None:
    with pikepdf.open(BytesIO(printed(kind))) as pdf:
        every = list(elements(pdf))
        tables = [element for element in every if element.S == "/Table"]
        figures = [str(element.get("/Alt", "")) for element in every if element.S == "/Figure"]
        cells = [element for element in every if element.S in ("/TD", "/TH")]
        orphans = [cell for cell in cells if cell.S == "/TD" and "/Headers" not in cell.get("/A", {})]

    assert tables
    assert orphans == []
    address = DATA[kind].get("adresse")
    assert figures == ([f"Code à lire avec un téléphone\u00a0: il mène à {address}"] if address else [])


@PRINTS
@pytest.mark.parametrize("kind", DATA)
def test_document_is_read_from_the_agency_to_the_annex(kind: str) -> None:
    # A line that ends leaves no space where it ended.
    aloud = "".join(read_aloud(printed(kind)).split())

    # What an official paper says, in this order: who, which, what it is, then the fingerprints.
    wanted = [AGENCY, str(DATA[kind]["numero"]), TITLES[kind], "Vérifier ce", fingerprint(DATA[kind])]
    places = [aloud.find("".join(text.split())) for text in wanted]
    assert -1 not in places, f"{wanted[places.index(-1)]!r} is not in {aloud!r}"
    assert places == sorted(places)
    assert aloud.count(fingerprint(DATA[kind])) == 1


@PRINTS
@pytest.mark.parametrize("kind", DATA)
def test_no_line_ends_or_begins_with_a_lone_quotation_mark(kind: str) -> None:
    lines = [line.strip(" \u00a0\r\n") for line in lines_of(printed(kind))]

    assert [line for line in lines if line.endswith("«") or line.startswith(("»", ":", ";", "!", "?"))] == []


@PRINTS
@pytest.mark.parametrize("kind", DATA)
def test_instants_are_said_in_words_and_sizes_in_french(kind: str) -> None:
    text = " ".join(lines_of(printed(kind))).replace("\u00a0", " ")

    assert "/2027" not in text
    assert "/2026" not in text
    assert "Établi le 16 novembre 2027" in text
    assert "Kio" not in text
    if kind == "accuse":
        assert "1er octobre 2026 à 11 h 59 min 59 s (heure de Paris, UTC+2)" in text
        assert "attestation.pdf (121 Ko)" in text


@PRINTS
def test_attestation_is_one_page() -> None:
    document = pypdfium2.PdfDocument(printed("attestation"))
    try:
        assert len(document) == 1
    finally:
        document.close()


@PRINTS
def test_an_earlier_version_still_says_instants_in_figures() -> None:
    text = " ".join(lines_of(render("attestation", DATA["attestation"], version="3", at=AT)))

    assert "16/11/2027" in text
    assert "16 novembre" not in text.replace("\u00a0", " ")


@PRINTS
def test_rapport_counts_its_preuves_before_it_lists_them() -> None:
    aloud = read_aloud(printed("rapport")).replace("\u00a0", " ")

    assert aloud.index("2 preuves dans 1 chapitre : 1 acceptée, 1 sans vérification.") < aloud.index("INS.01.01.01")
    assert aloud.index("Annexe") < aloud.index(RAPPORT["chapitres"][0]["exigences"][0]["preuves"][0]["sha256"])


def test_verdicts_agree_with_how_many_there_are() -> None:
    preuves = [{"verdict": "Acceptée"}, {"verdict": "Acceptée"}, {"verdict": "À corriger"}, {"verdict": None}, {}]

    counted = tally([{"label": "INS", "constat": "Validé.", "exigences": [{"preuves": preuves}]}])

    assert counted["verdicts"] == [("acceptées", 2), ("sans vérification", 2), ("à corriger", 1)]
