"""What each nature of preuve accepts. Sizes and formats are ours: the regulation does not say them (domain page)."""

from collections.abc import Mapping
from dataclasses import dataclass

from preuves.enums import Forme, Nature

MEGABYTE = 1024 * 1024
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "video/mp4": ("mp4", "m4v"),
    "video/webm": ("webm",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "application/zip": ("zip",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "text/plain": ("txt",),
    "text/csv": ("csv",),
}
TYPE_NAMES: Mapping[str, str] = {
    "video/mp4": "Vidéo MP4",
    "video/webm": "Vidéo WebM",
    "image/png": "Image PNG",
    "image/jpeg": "Image JPEG",
    "image/webp": "Image WebP",
    "application/pdf": "PDF",
    "application/zip": "Archive ZIP",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Document Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Tableau Excel",
    "application/vnd.oasis.opendocument.text": "Document OpenDocument",
    "application/vnd.oasis.opendocument.spreadsheet": "Tableau OpenDocument",
    "text/plain": "Texte",
    "text/csv": "Tableau CSV",
}
LARGEST: Mapping[str, int] = {
    "video": 500 * MEGABYTE,
    "application/pdf": 50 * MEGABYTE,
    "image": 20 * MEGABYTE,
    "application/zip": 200 * MEGABYTE,
}
LARGEST_OTHER = 20 * MEGABYTE

VIDEOS = ("video/mp4", "video/webm")
IMAGES = ("image/png", "image/jpeg", "image/webp")
PDF = ("application/pdf",)
WRITTEN = (
    *PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "text/plain",
    "text/csv",
)


@dataclass(frozen=True)
class NatureSpec:
    """What one nature asks for.

    :param forme: what a revision of it holds, when it is not « non applicable »
    :param types: content types accepted, when it holds files
    :param accepts: the same, in French words
    :param under_a_year: whether the evidence must be less than one year old at its deposit
    """

    forme: Forme
    types: tuple[str, ...] = ()
    accepts: str = ""
    under_a_year: bool = False


NATURES: Mapping[Nature, NatureSpec] = {
    Nature.VIDEO: NatureSpec(Forme.FILES, VIDEOS, "des vidéos MP4 ou WebM"),
    Nature.CAPTURE: NatureSpec(Forme.FILES, (*IMAGES, *PDF), "des images (PNG, JPEG, WebP) ou des PDF"),
    Nature.DOCUMENT: NatureSpec(Forme.FILES, (*WRITTEN, *IMAGES), "des PDF, des textes, des tableaux ou des images"),
    Nature.ATTESTATION: NatureSpec(Forme.FILES, (*PDF, *IMAGES), "un PDF ou une image"),
    Nature.ENGAGEMENT: NatureSpec(Forme.FILES, (*PDF, *IMAGES), "un PDF ou une image"),
    Nature.CNDA: NatureSpec(Forme.FILES, (*PDF, *IMAGES), "un PDF ou une image"),
    Nature.EDC_PSC: NatureSpec(Forme.FILES, (*PDF, *IMAGES), "un PDF ou une image"),
    Nature.ARCHIVE_XDM: NatureSpec(Forme.FILES, ("application/zip",), "une archive ZIP"),
    Nature.GAZELLE: NatureSpec(Forme.LINK),
    Nature.MOTCO2: NatureSpec(Forme.NUMBER),
    # Webinar, « Les preuves » : formulaire daté de moins d'un an au dépôt.
    Nature.PENTEST: NatureSpec(Forme.FILES, PDF, "un PDF", under_a_year=True),
    Nature.TEXTE: NatureSpec(Forme.TEXT),
}


def largest(content_type: str) -> int:
    """Return the size limit, in bytes, of a content type."""
    return LARGEST.get(content_type) or LARGEST.get(content_type.partition("/")[0]) or LARGEST_OTHER
