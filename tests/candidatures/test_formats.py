"""The one list of formats, and what is said at a door, without a database."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from candidatures.catalogue.formats import (
    ANNOTATIONS,
    ATTESTATION,
    BY_TYPE,
    FORMATS,
    GROUPS,
    JOINED,
    MEGABYTE,
    WORKBOOK,
    Door,
)
from candidatures.management.commands.write_formats import FILE, text
from candidatures.rules.formats import HEAD, as_data, ending_of, in_archive, recognised, refusal
from preuves.catalogue.natures import NATURES
from preuves.enums import Nature

VIDEO = Door(("video",))
OF_AN_IMPORT = (WORKBOOK, ANNOTATIONS)
DOORS = (ATTESTATION, JOINED, *OF_AN_IMPORT, *(spec.door for spec in NATURES.values() if spec.door.formats))
ZIP = b"PK\x03\x04" + bytes(26) + b"a"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100)
FTYP = b"\0\0\0\x18ftyp"


HEADS = [
    ("a.mp4", FTYP + b"isom", "mp4"),
    ("a.m4v", FTYP + b"M4V ", "mp4"),
    ("a.mp4", FTYP + b"dash", "mp4"),
    ("a.mp4", FTYP + b"qt  ", "mov"),
    ("a.mov", b"\0\0\0\x08wide", "mov"),
    ("a.mp4", FTYP + b"M4A ", "audio"),
    ("a.webm", b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "webm"),
    ("a.webm", b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "mkv"),
    ("a.jfif", b"\xff\xd8\xff\xe0" + bytes(24), "jpeg"),
    ("a.avi", b"RIFF....AVI LIST", "avi"),
    ("a.webp", b"RIFF....WEBPVP8 ", "webp"),
    ("a.ts", (b"G" + bytes(187)) * 3, "mpeg"),
    ("a.pdf", b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n\xe2", "pdf"),
    ("a.pdf", bytes(1019) + b"%PDF-1.4", "pdf"),
    ("a.pdf", bytes(1020) + b"%PDF-1.4", None),
    ("a.docx", ZIP, "docx"),
    ("a.zip", ZIP, "zip"),
    ("a.jar", ZIP, "programme"),
    ("a.vsdx", ZIP, "visio"),
    ("a.xlsb", ZIP, "xlsb"),
    ("a.oxps", ZIP, "xps"),
    ("a.xyz", ZIP, "zip"),
    ("a.zip", b"PK\x07\x08" + ZIP, "zip"),
    ("a.zip", ZIP[:30] + b"mimetypeapplication/epub+zip", "epub"),
    ("a.zip", ZIP[:30] + b"mimetypeapplication/vnd.oasis.opendocument.graphics", "odg"),
    *(
        (f"a.{ending}", FTYP + brand + bytes(4) + b"mif1heic", "heic")
        for ending in ("heic", "mp4", "jpg")
        for brand in (
            b"heic",
            b"heix",
            b"heim",
            b"heis",
            b"hevc",
            b"hevx",
            b"hevm",
            b"hevs",
            b"mif1",
            b"miaf",
            b"????",
        )
    ),
    ("a.heic", FTYP + b"mif1" + bytes(4) + b"avifmif1", "avif"),
    ("a.pdf", b"%FDF-1.2", "fdf"),
    ("a.lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(60), "raccourci"),
    ("a.pdf", b"[InternetShortcut]\r\nURL=x", "raccourci"),
    ("a.webloc", b"bplist00" + bytes(9), "raccourci"),
    ("a.docm", ZIP, "macros"),
    ("a.zip", ZIP[:30] + b"mimetypeapplication/vnd.oasis.opendocument.text", "odt"),
    ("a.docx", OLE, "verrouille"),
    ("a.doc", OLE, "doc"),
    ("a.db", OLE, "ole"),
    ("a.p7m", b"0\x82\x10\0\x06\x09*\x86H\x86\xf7\r\x01\x07\x02", "signature"),
    ("a.txt", b"MZ, c'est nous.", "txt"),
    ("a.txt", b"MZ\x90\0", "programme"),
    ("a.txt", b"<html>", "txt"),
    ("a.pdf", b"\xef\xbb\xbf \n<HTML>", "html"),
    ("a.pdf", b"Bonjour", "txt"),
    ("a.er7", b"MSH|^~\\&|", "hl7"),
    ("a.txt", "à".encode("utf-16"), "utf16"),
    ("a.m4a", FTYP + b"isom", "audio"),
    ("a.mp3", b"\xff\xf3\x40\xc4" + bytes(40), "audio"),
    ("a.mp4", b"\xff\xf1\x50\x80" + bytes(40), "audio"),
    ("a.amr", b"#!AMR\n" + bytes(40), "audio"),
    ("a.aiff", b"FORM\0\0\0\0AIFF" + bytes(40), "audio"),
    ("a.swf", b"CWS\x06" + bytes(40), "flv"),
    ("a.rm", b".RMF\0\0\0\x12" + bytes(40), "realmedia"),
    ("a.camproj", b"<Project_Data/>", "montage"),
    ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\n", "sous-titres"),
    ("a.jxl", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(40), "jxl"),
    ("a.ico", b"\0\0\1\0\1\0" + bytes(40), "icone"),
    ("a.emf", b"\1\0\0\0" + bytes(36) + b" EMF", "metafichier"),
    ("a.dcm", bytes(128) + b"DICM" + bytes(40), "dicom"),
    ("IM0001", bytes(128) + b"DICM" + bytes(40), "dicom"),
    ("a.xcf", b"gimp xcf v011\0", "dessin"),
    ("a.drawio", b"<mxfile host='app'>", "dessin"),
    ("a.dotx", ZIP, "modele"),
    ("a.fodt", b"<?xml version='1.0'?>", "plat"),
    ("a.one", b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d" + bytes(40), "onenote"),
    ("a.gsheet", b'{"url": "https://docs.example"}', "raccourci"),
    ("a.ics", b"BEGIN:VCALENDAR\r\n", "agenda"),
    ("a.mbox", b"From a@b Mon\r\n", "boite"),
    ("a.pem", b"-----BEGIN CERTIFICATE-----\n", "cle"),
    ("a.mdb", b"\0\1\0\0Standard Jet DB\0", "base"),
    ("a.sqlite", b"SQLite format 3\0" + bytes(40), "base"),
    ("a.cab", b"MSCF\0\0\0\0" + bytes(40), "archive"),
    ("a.py", b"print(1)", "programme"),
    ("a.bin", b"\xca\xfe\xba\xbe" + bytes(40), "programme"),
    ("~$rapport.docx", b"\x05Jean" + bytes(150), "temporaire"),
    (".~lock.a.odt#", b",jean,pc,01.01.2026", "temporaire"),
    ("a.pdf.crdownload", b"%PDF-1.4\n", "temporaire"),
    ("a.ogv", b"OggS" + bytes(24) + b"\x80theora", "ogv"),
    ("a.ogg", b"OggS" + bytes(24) + b"\x80theora", "ogv"),
    ("a.ogg", b"OggS" + bytes(24) + b"\x01vorbis", "audio"),
    ("a.mxf", b"\x06\x0e+4\x02\x05\x01\x01" + bytes(40), "mxf"),
    ("a.h264", b"\0\0\0\x01g" + bytes(40), "flux"),
    ("a.tif", b"II+\0" + bytes(40), "tiff"),
    ("a.j2k", b"\xff\x4f\xff\x51" + bytes(40), "jp2"),
    ("a.tga", b"\0\0\2\0" + bytes(40), "image-rare"),
    ("a.cur", b"\0\0\2\0" + bytes(40), "icone"),
    ("a.dds", b"DDS |\0\0\0" + bytes(40), "image-rare"),
    ("a.xls", b"\x09\x08\x10\0\0\5" + bytes(40), "xls"),
    ("a.xls", b"\x09\0\4\0" + bytes(40), "xls"),
    ("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(40), "winmail"),
    ("a.wpd", b"\xffWPC" + bytes(40), "traitement"),
    ("a.msi", OLE, "programme"),
    ("a.xmind", ZIP, "dessin"),
    ("a.ott", ZIP[:30] + b"mimetypeapplication/vnd.oasis.opendocument.text-template", "modele-odf"),
    ("a.odt", ZIP[:30] + b"mimetypeapplication/vnd.oasis.opendocument.text-template", "modele-odf"),
    ("a.odm", ZIP[:30] + b"mimetypeapplication/vnd.oasis.opendocument.text-master", "odf"),
    ("a.odb", ZIP[:30] + b"mimetypeapplication/vnd.oasis.opendocument.base", "odf"),
    ("a.sxw", ZIP[:30] + b"mimetypeapplication/vnd.sun.xml.writer", "odf"),
    ("a.asice", ZIP[:30] + b"mimetypeapplication/vnd.etsi.asic-e+zip", "signature"),
    ("a.lzh", b"\x20\x20-lh5-" + bytes(40), "archive"),
    ("a.rpm", b"\xed\xab\xee\xdb" + bytes(40), "programme"),
    ("a.bin", bytes(64), None),
    ("a.txt", b"", None),
]


@pytest.mark.parametrize(("name", "head", "code"), HEADS)
def test_first_bytes_tell_the_format(name: str, head: bytes, code: str | None) -> None:
    actual = recognised(name, head)

    assert (actual.code if actual else None) == code


@pytest.mark.parametrize(
    ("code", "entries", "told"),
    [
        ("docx", ["[Content_Types].xml", "WORD/Document.xml"], "docx"),
        ("docx", ["a.txt"], "zip"),
        ("docx", ["word/document2.xml"], "docx"),
        ("zip", ["word/document.xml"], "docx"),
        ("xlsx", ["xl/workbook.xml", "XL/VBAPROJECT.BIN"], "macros"),
        ("odt", ["content.xml", "Basic/Standard/Module1.xml"], "macros"),
        ("odt", ["content.xml"], "odt"),
        ("odt", ["content.xml", "Basic/script-lc.xml", "Basic/Standard/script-lb.xml"], "odt"),
        ("odt", ["content.xml", "Scripts/python/a.py"], "macros"),
        ("xlsx", ["xl/workbook.bin"], "xlsb"),
        ("xlsb", ["xl/workbook.bin"], "xlsb"),
        ("xlsx", ["xl/workbook.xml", "xl/macrosheets/sheet1.xml"], "macros"),
        ("docx", ["Index/Document.iwa"], "iwork"),
        ("iwork", ["Index.zip"], "iwork"),
        ("docx", ["visio/document.xml"], "visio"),
        ("docx", ["word\\document.xml"], "docx"),
        ("macros", ["word/document.xml", "word/vbaProject.bin"], "macros"),
        ("docx", ["word/document.xml", "word/embeddings/Classeur.xlsm"], "macros"),
        ("zip", ["annexes/Classeur.xlsm"], "zip"),
        ("zip", ["IHE_XDM/a.xml"], "zip"),
    ],
)
def test_what_a_zip_holds_tells_it_better(code: str, entries: list[str], told: str) -> None:
    assert in_archive(FORMATS[code], entries).code == told


SEEN = "Ce fichier est une vidéo QuickTime (.mov)."
DAMAGED = (
    "Ce fichier est nommé « .{} », mais son contenu n’est pas {} : il est endommagé, ou d’un autre type. "
    "Exportez-le de nouveau."
)
TAKEN = "Ici se déposent {}."
UNFINISHED = "Attendez la fin du téléchargement, ou fermez ce document, puis déposez-le."
WAY_OUT = "Ouvrez-la dans QuickTime ou iMovie, et exportez-la en MP4 (H.264)."


@pytest.mark.parametrize(
    ("name", "code", "door", "sentence"),
    [
        ("a.mp4", "mp4", VIDEO, ""),
        ("a.mov", "mov", VIDEO, f"{SEEN} {WAY_OUT} Ici se déposent des vidéos (MP4, WebM)."),
        ("a.mov", "mov", ATTESTATION, f"{SEEN} Ici se déposent des images (PNG, JPEG, WebP, HEIC) ou des PDF."),
        ("a.jpg", "png", JOINED, "Ce fichier est nommé « .jpg », mais c’est une image PNG : renommez-le en « .png »."),
        ("a.docx", "zip", JOINED, f"{DAMAGED.format('docx', 'un document Word')}"),
        ("a.odt", "zip", JOINED, f"{DAMAGED.format('odt', 'un document OpenDocument')}"),
        (
            "a.pdf",
            "zip",
            JOINED,
            "Ce fichier est nommé « .pdf », mais c’est une archive ZIP : renommez-le en « .zip ».",
        ),
        ("a.pdf", "txt", JOINED, f"{DAMAGED.format('pdf', 'un PDF')}"),
        ("a.png", "csv", JOINED, f"{DAMAGED.format('png', 'une image PNG')}"),
        ("a.csv", "txt", JOINED, "Ce fichier est nommé « .csv », mais c’est un texte : renommez-le en « .txt »."),
        (
            "a.odt",
            "zip",
            NATURES[Nature.DOCUMENT].door,
            f"{DAMAGED.format('odt', 'un document OpenDocument')} {TAKEN.format(NATURES[Nature.DOCUMENT].accepts)}",
        ),
        (
            "a.pdf.part",
            "temporaire",
            ATTESTATION,
            (
                "Ce fichier est une copie temporaire, et non le document lui-même. "
                f"{UNFINISHED} {TAKEN.format(ATTESTATION.accepted)}"
            ),
        ),
        ("a", "png", JOINED, "Ce fichier n’a pas d’extension, mais c’est une image PNG : renommez-le en « .png »."),
    ],
)
def test_a_door_says_what_it_saw_and_the_way_out(name: str, code: str, door: Door, sentence: str) -> None:
    answer = refusal(door, name=name, size=10, actual=FORMATS[code])

    assert answer.replace("\u00a0", " ") == sentence


def test_what_nobody_knows_is_said_by_its_name() -> None:
    assert "mais son contenu n’est pas un PDF" in refusal(ATTESTATION, name="a.pdf", size=9, actual=None)
    assert "n’est pas reconnu" in refusal(ATTESTATION, name="a.dat", size=9, actual=None)
    assert refusal(ATTESTATION, name="a.pdf", size=0, actual=None) == "Ce fichier est vide."


@pytest.mark.parametrize("door", DOORS)
def test_each_format_is_taken_up_to_its_size(door: Door) -> None:
    for known in door.formats:
        name, largest = f"a.{known.endings[0]}", door.largest_of(known)

        assert refusal(door, name=name, size=largest, actual=known) == ""
        assert refusal(door, name=name, size=largest + 1, actual=known) == (
            f"Ce fichier dépasse {largest // MEGABYTE}\u00a0Mo."
        )


@given(
    name=st.sampled_from([f"a.{ending}" for known in FORMATS.values() for ending in known.endings] + ["a", "a.xyz"]),
    head=st.one_of(
        st.binary(max_size=600),
        st.sampled_from(
            [
                b"".join(mark.content.rjust(mark.at, b"\0") for mark in sign)
                for known in FORMATS.values()
                for sign in known.signs
            ]
        ),
    ),
)
def test_every_door_answers_alike(name: str, head: bytes) -> None:
    """Two doors that take the same format say the same of a file; those that do not name it alike."""
    actual, sentences = recognised(name, head), []
    for door in DOORS:
        sentence = refusal(door, name=name, size=max(1, len(head)), actual=actual)
        sentences.append(
            sentence if actual in door.formats else sentence.partition(" Ici se ")[0].replace(_way_out(actual), "")
        )
        assert actual not in door.formats or actual is None or (ending_of(name) in actual.endings) == (sentence == "")
    taken = {sentence for sentence, door in zip(sentences, DOORS, strict=True) if actual in door.formats}
    named = {sentence for sentence, door in zip(sentences, DOORS, strict=True) if actual not in door.formats}

    assert (len(taken) <= 1, len(named) <= 1) == (True, True)


def _way_out(actual: object) -> str:
    return f" {getattr(actual, 'way_out', '')}".rstrip() or "\0"


def test_list_is_coherent() -> None:
    taken = [known for known in FORMATS.values() if known.group]

    assert {known.group for known in taken} == set(GROUPS)
    assert all(known.content_type and known.probe and known.largest and known.label for known in taken)
    assert len(BY_TYPE) == len(taken)
    assert all(known.signs or known.is_text or known.is_told_by_its_name for known in FORMATS.values())
    assert all(FORMATS[code].group for known in FORMATS.values() for code in known.towards)
    assert all(known.way_out for known in FORMATS.values() if known.towards)
    assert max(known.largest for known in taken) == settings.LARGEST_UPLOAD
    marks = [mark for known in FORMATS.values() for sign in known.signs for mark in sign]
    assert all(mark.at + mark.within + len(mark.content) <= HEAD for mark in marks)


def test_pages_read_the_list_as_it_is() -> None:
    assert Path(settings.BASE_DIR) / "static" / "formats.json" == FILE
    assert FILE.read_text() == text(), "Run `script/manage write_formats`."
    assert json.loads(text()) == json.loads(json.dumps(as_data()))
