"""What each nature of preuve accepts, among the formats of the one list."""

from collections.abc import Mapping
from dataclasses import dataclass

from candidatures.catalogue.formats import Door, types_of
from preuves.enums import Forme, Nature

VIDEOS, IMAGES, PDF = types_of("video"), types_of("image"), types_of("pdf")
SHOWN_IMAGES = ("image/png", "image/jpeg", "image/webp")
"""The images that every browser shows; another is converted first."""


NO_FILE = Door(())


@dataclass(frozen=True)
class NatureSpec:
    """What one nature of preuve accepts.

    :param forme: what a revision holds, unless it is « non applicable »
    :param door: the files accepted, when it holds files
    :param under_a_year: whether the evidence must be less than one year old at its deposit
    :param is_read: whether a machine reads what is written in its files, to help who verifies them
    """

    forme: Forme
    door: Door = NO_FILE
    under_a_year: bool = False
    is_read: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        return self.door.types

    @property
    def accepts(self) -> str:
        return self.door.accepted


PDF_OR_IMAGE = Door(("pdf", "image"))

NATURES: Mapping[Nature, NatureSpec] = {
    Nature.VIDEO: NatureSpec(Forme.FILES, Door(("video",))),
    Nature.CAPTURE: NatureSpec(Forme.FILES, PDF_OR_IMAGE),
    Nature.DOCUMENT: NatureSpec(Forme.FILES, Door(("pdf", "bureautique", "texte", "image"))),
    Nature.ATTESTATION: NatureSpec(Forme.FILES, PDF_OR_IMAGE),
    Nature.ENGAGEMENT: NatureSpec(Forme.FILES, PDF_OR_IMAGE),
    Nature.CNDA: NatureSpec(Forme.FILES, PDF_OR_IMAGE, is_read=True),
    Nature.EDC_PSC: NatureSpec(Forme.FILES, PDF_OR_IMAGE, is_read=True),
    Nature.ARCHIVE_XDM: NatureSpec(Forme.FILES, Door(("zip",), is_xdm=True)),
    Nature.GAZELLE: NatureSpec(Forme.LINK),
    Nature.MOTCO2: NatureSpec(Forme.NUMBER),
    # Webinar, « Les preuves » : formulaire daté de moins d'un an au dépôt.
    Nature.PENTEST: NatureSpec(Forme.FILES, Door(("pdf",)), under_a_year=True, is_read=True),
    Nature.TEXTE: NatureSpec(Forme.TEXT),
}
