"""Files at every door: what each is, and what is said of one that is not taken."""

from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser

from candidatures.catalogue.formats import ATTESTATION, BY_TYPE, JOINED, Door
from candidatures.queries.uploads import content_type_of
from candidatures.rules.pieces import NotAPiece, tidy_name
from preuves.catalogue.natures import NATURES
from preuves.connectors import probe
from preuves.enums import Nature
from preuves.rules.sondes import facts_in_words, sentence_of, state_of
from tests.cas.fichiers import inputs
from tests.cas.rows import cases

VIDEO, CAPTURE, DOCUMENT, XDM = (
    NATURES[nature].door for nature in (Nature.VIDEO, Nature.CAPTURE, Nature.DOCUMENT, Nature.ARCHIVE_XDM)
)
MADE = inputs()


def answer(door: Door, name: str) -> str:
    """What a door answers to a file: what it took it for, or the sentence of its refusal, without what it takes."""
    try:
        return BY_TYPE[content_type_of(upload=SimpleUploadedFile(name, MADE[name]), door=door)].label
    except NotAPiece as reason:
        return str(reason).partition(" Ici se déposent")[0].replace("\u00a0", " ")


LOCKED_ZIP = (
    "Cette archive est protégée par un mot de passe. Déposez-la sans protection, pour que l’ANS puisse la lire."
)
NOT_XDM = "Cette archive n’est pas une IHE_XDM : il y manque"
BOTH = "INDEX.HTM et IHE_XDM/…/METADATA.XML, à partir de sa racine."


def verdict(name: str, door: Door) -> str:
    """What is said of a file once it was opened, by the process that opens it; the door has taken it."""
    content = MADE[name]
    kind = BY_TYPE[content_type_of(upload=SimpleUploadedFile(name, content), door=door)]
    with NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        finding = probe.look(kind.probe, Path(file.name))
    sentence = sentence_of(finding.fault, finding.facts) or facts_in_words(finding.facts)
    return f"{state_of(finding.fault).value} : {sentence}".replace("\u00a0", " ")


EXPORT = "Exportez-la de nouveau en MP4 (H.264), et regardez-la avant de la déposer."


@cases(
    19,
    "K2",
    {
        "hevc.mp4": "to_copy : Cette vidéo est en H.265 (HEVC), que les navigateurs ne lisent pas : exportez-la en MP4 "
        "(H.264).",
        "mpeg4part2.mp4": "to_copy : Cette vidéo est en MPEG-4 partie 2 (DivX), que les navigateurs ne lisent pas : "
        "exportez-la en MP4 (H.264).",
        "h264.mp4": "readable : 2 s, 320 × 240 pixels",
        "frag.mp4": "readable : 2 s, 320 × 240 pixels",
        "ok.webm": "readable : 2 s, 320 × 240 pixels",
    },
)
def test_video_that_browsers_do_not_play(given, got):
    got(verdict(given, VIDEO))


@cases(
    20,
    "K2",
    {
        "cut.mp4": f"unreadable : Cette vidéo ne s’ouvre pas : elle est coupée ou abîmée. {EXPORT}",
        "zero_tail.mp4": f"unreadable : Cette vidéo ne s’ouvre pas : elle est coupée ou abîmée. {EXPORT}",
        "audio_isom.mp4": "unreadable : Ce fichier n’a que du son, sans image. Filmez l’écran, et exportez la vidéo en "
        "MP4 (H.264).",
    },
)
def test_video_that_nobody_can_open(given, got):
    got(verdict(given, VIDEO))


@cases(20, "K2", {"audio_only.mp4": "Ce fichier est un enregistrement sonore, sans image."})
def test_sound_under_the_name_of_a_video(given, got):
    got(answer(VIDEO, given).partition(" Filmez")[0])


@cases(
    21,
    "K2",
    {
        "encrypted.zip": LOCKED_ZIP,
        "empty.zip": "Cette archive est vide : compressez de nouveau son dossier.",
        "not_xdm.zip": f"{NOT_XDM} {BOTH}",
        "nested.zip": "Cette archive n’en contient qu’une autre, « preuve/IHE_XDM.zip » : déposez celle-ci.",
        "slip.zip": "Cette archive range un fichier hors d’elle-même (« ../../etc/x ») : "
        "compressez de nouveau son dossier.",
        "bomb.zip": (
            "Une fois décompressée, cette archive serait trop volumineuse. Retirez les fichiers les plus lourds."
        ),
        "cut.zip": "Cette archive est endommagée ou incomplète. Compressez de nouveau son dossier.",
        "zip64.zip": f"{NOT_XDM} INDEX.HTM, à partir de sa racine.",
        "prefix.zip": "Ce fichier est un programme.",
        "IHE_XDM.zip": "Archive ZIP",
        "trail.zip": "Archive ZIP",
        "accents.zip": "Archive ZIP",
    },
)
def test_archive(given, got):
    got(answer(XDM, given))


@cases(22, "K2", {"docx_named.pdf": "renommez-le en « .docx »", "a.xlsx": "un tableau Excel"})
def test_package_under_another_name(given, got):
    sentence = answer(JOINED if given.endswith("pdf") else XDM, given)
    expected = {"docx_named.pdf": "renommez-le en « .docx »", "a.xlsx": "un tableau Excel"}[given]

    got(expected if expected in sentence else sentence)


@cases(
    23,
    "K8",
    {
        "bom.pdf": "PDF",
        "junk_before.pdf": "PDF",
        "http_header.pdf": "PDF",
        "owner_only_256.pdf": "PDF",
        "zeros.pdf": "PDF",
    },
)
def test_pdf_with_something_before_or_a_password_of_its_owner(given, got):
    got(answer(ATTESTATION, given))


@cases(
    23,
    "K2",
    {
        "cut.pdf": "unreadable : Ce PDF ne s’ouvre pas : il est coupé ou abîmé. Exportez-le de nouveau.",
        "zeros.pdf": "unreadable : Ce PDF ne s’ouvre pas : il est coupé ou abîmé. Exportez-le de nouveau.",
        "ok.pdf": "readable : une page, sans texte qui puisse être cherché",
        "junk_before.pdf": "readable : une page, sans texte qui puisse être cherché",
    },
)
def test_pdf_that_nobody_can_open(given, got):
    got(verdict(given, CAPTURE))


LOCKED_PDF = "Ce PDF est protégé par un mot de passe. Déposez-le sans protection, pour que l’ANS puisse le lire."


@cases(24, "K8", {"capture": LOCKED_PDF, "document": LOCKED_PDF, "attestation": LOCKED_PDF, "message": LOCKED_PDF})
def test_pdf_with_a_password_at_every_door(given, got):
    doors = {"capture": CAPTURE, "document": DOCUMENT, "attestation": ATTESTATION, "message": JOINED}

    got(answer(doors[given], "user_pw.pdf"))


@cases(
    25,
    "K8",
    {
        "a.odt": ["Document OpenDocument"],
        "a.odp": ["Présentation OpenDocument"],
        "a.pptx": ["Présentation PowerPoint"],
        "a.webp": ["Image WebP"],
        "notes_latin1.txt": ["Texte"],
        "notes_bom.csv": ["Tableau CSV"],
        "h264.mp4": ["Ce fichier est une vidéo MP4."],
    },
)
def test_same_file_at_two_doors(given, got):
    got(sorted({answer(DOCUMENT, given), answer(JOINED, given)}))


@cases(
    26,
    "K9",
    {
        "Enregistrement de l’écran 2027-03-01 à 10.12.33.mov": "Ce fichier est une vidéo QuickTime (.mov).",
        "renamed_mov.mp4": "Ce fichier est une vidéo QuickTime (.mov).",
        "obs.mkv": "Ce fichier est une vidéo Matroska (.mkv).",
        "renamed_mkv.mp4": "Ce fichier est une vidéo Matroska (.mkv).",
        "x.avi": "Ce fichier est une vidéo AVI.",
        "x.wmv": "Ce fichier est une vidéo Windows Media (.wmv).",
        "x.ts": "Ce fichier est une vidéo MPEG.",
    },
)
def test_video_of_another_kind_is_named_with_the_way_out(given, got):
    sentence = answer(VIDEO, given)

    got(sentence.partition(". ")[0] + "." if "en MP4 (H.264)." in sentence else sentence)


@cases(
    27,
    "K9",
    {
        "photo.jfif": "Image JPEG",
        "a.jpe": "Image JPEG",
        "a.JPEG": "Image JPEG",
        "cmyk.jpg": "Image JPEG",
        "heic.heic": "Photo HEIC",
        "x.gif": "Ce fichier est une image GIF. Enregistrez-la en PNG ; si elle est animée, filmez l’écran en MP4.",
        "a.avif": "Ce fichier est une image AVIF. Enregistrez-la en PNG ou en JPEG.",
        "png_named.jpg": "Ce fichier est nommé « .jpg », mais c’est une image PNG : renommez-le en « .png ».",
    },
)
def test_image(given, got):
    got(answer(CAPTURE, given))


@cases(
    27,
    "K2",
    {
        "photo.heic": "to_copy : Cette image n’a pas pu être convertie pour la lecture : "
        "enregistrez-la en JPEG ou en PNG.",
        "heic.heic": "unreadable : Cette image ne s’ouvre pas : elle est coupée ou abîmée. "
        "Enregistrez-la de nouveau en PNG.",
    },
)
def test_photo_of_a_telephone(given, got):
    got(verdict(given, CAPTURE))


@cases(28, "", {"OK.PDF": "PDF"})
def test_capitals(given, got):
    got(answer(ATTESTATION, given))


@cases(
    29,
    "K9",
    {
        "message.er7": "Ce fichier est un message HL7 (.er7). "
        "Déposez-le dans une archive ZIP, ou montrez-le dans un PDF.",
        "attestation.xml": "Ce fichier est un document XML (un CDA, par exemple). "
        "Déposez-le dans une archive ZIP, ou montrez-le dans un PDF.",
        "data.json": "Ce fichier est un document JSON. Déposez-le dans une archive ZIP, ou montrez-le dans un PDF.",
        "message.eml": "Ce fichier est un message électronique (.eml). "
        "Imprimez-le en PDF depuis votre messagerie, et déposez ce PDF avec ses pièces jointes.",
        "mail.msg": "Ce fichier est un message d’Outlook (.msg). "
        "Dans Outlook, imprimez-le en PDF, et déposez ce PDF avec ses pièces jointes.",
        "password.docx": "Ce fichier est un document Office protégé par un mot de passe. "
        "Enregistrez-le sans mot de passe : l’ANS doit pouvoir le lire.",
        "old.doc": "Ce fichier est un document d’une ancienne version de Word (.doc). "
        "Enregistrez-le en .docx ou en PDF.",
        "macro.docm": "Ce fichier est un document Office avec des macros. "
        "Enregistrez-le sans elles, en .docx, .xlsx ou .pptx.",
        "p7m.p7m": "Ce fichier est un document signé dans une enveloppe (.p7m). "
        "Sortez-en le document, ou signez-le en PDF (PAdES).",
    },
)
def test_document_of_another_kind_is_named_with_the_way_out(given, got):
    got(answer(DOCUMENT, given))


@cases(
    31,
    "K8",
    {
        "preuve\u00a0finale.pdf": "preuve finale.pdf",
        "preuve\tfinale.pdf": "preuve finale.pdf",
        "a%22b.pdf": 'a"b.pdf',
        ".pdf": "fichier.pdf",
    },
)
def test_name_of_a_file_that_a_form_sends(given, got):
    part = f'--x\r\nContent-Disposition: form-data; name="f"; filename="{given}"\r\n\r\n%PDF-\r\n--x--\r\n'.encode()
    meta = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(len(part))}
    _, files = MultiPartParser(meta, BytesIO(part), [MemoryFileUploadHandler()], "utf-8").parse()

    got(tidy_name(files["f"].name))


@cases(52, "", {"250pages.pdf": "readable : 250 pages, sans texte qui puisse être cherché"})
def test_pdf_of_many_pages(given, got):
    got(verdict(given, CAPTURE))


@cases(
    54,
    "K2",
    {
        "bombe.png": "unreadable : Cette image mesure 30000 × 30000 pixels : réduisez-la sous 8 000 pixels de côté.",
        "a.png": "readable : 640 × 480 pixels",
        "cmyk.jpg": "readable : 640 × 480 pixels",
    },
)
def test_image_by_its_size_once_drawn(given, got):
    got(verdict(given, CAPTURE))


@cases(30, "", {"compte rendu e\u0301.pdf": "compte rendu é.pdf", "facture\u202efdp.exe.pdf": "facturefdp.exe.pdf"})
def test_name_in_any_alphabet(given, got):
    got(tidy_name(given))
