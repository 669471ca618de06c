"""The formats of files, and what each door (each place where files are sent) accepts, from `catalogue/formats.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "catalogue" / "formats.toml"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Mark:
    """Bytes at one place of a file, or up to `within` bytes further."""

    at: int
    content: bytes
    within: int = 0

    def is_in(self, head: bytes) -> bool:
        return head.find(self.content, self.at, self.at + self.within + len(self.content)) >= 0


@dataclass(frozen=True)
class Format:
    """One format, as the file describes it.

    :param name: in French, with its article
    :param signs: any of these identifies it; each is made of marks that must all be present
    :param beginnings: how a text of this format may begin, in lower case
    :param holds: the entry that identifies it among ZIP files
    :param probe: how it is opened once it has arrived; empty when no door accepts it
    :param largest: in bytes
    :param starts: how the name of such a file begins
    :param way_out: what to do when it is refused, in French; it leads to one of the formats named in `towards`
    """

    code: str
    name: str
    endings: tuple[str, ...]
    label: str = ""
    short: str = ""
    group: str = ""
    content_type: str = ""
    signs: tuple[tuple[Mark, ...], ...] = ()
    beginnings: tuple[str, ...] | None = None
    holds: str = ""
    starts: tuple[str, ...] = ()
    probe: str = ""
    largest: int = 0
    way_out: str = ""
    towards: tuple[str, ...] = ()

    @property
    def is_told_by_its_name(self) -> bool:
        return bool(self.starts)

    @property
    def is_text(self) -> bool:
        return self.beginnings is not None

    def weight_in(self, head: bytes) -> int:
        """Say how many bytes of this format's longest sign stand in a file; 0 when none does."""
        told = (sign for sign in self.signs if all(mark.is_in(head) for mark in sign))
        return max((sum(len(mark.content) for mark in sign) for sign in told), default=0)


def _read() -> tuple[Mapping[str, str], Mapping[str, Format]]:
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return raw["groupes"], {code: _format(code, entry) for code, entry in raw["formats"].items()}


def _format(code: str, entry: Mapping[str, Any]) -> Format:
    return Format(
        code=code,
        name=entry["nom"],
        endings=tuple(entry["endings"]),
        label=entry.get("libelle", ""),
        short=entry.get("court", ""),
        group=entry.get("groupe", ""),
        content_type=entry.get("type", ""),
        signs=tuple(
            tuple(Mark(mark[0], mark[1].encode("latin-1"), *mark[2:]) for mark in sign)
            for sign in entry.get("signes", ())
        ),
        beginnings=tuple(entry["debut"]) if "debut" in entry else None,
        holds=entry.get("contient", ""),
        starts=tuple(entry.get("debuts-de-nom", ())),
        probe=entry.get("sonde", ""),
        largest=entry.get("mo", 0) * MEGABYTE,
        way_out=entry.get("sortie", ""),
        towards=tuple(entry.get("vers", ())),
    )


GROUPS, FORMATS = _read()
BY_TYPE: Mapping[str, Format] = {known.content_type: known for known in FORMATS.values() if known.content_type}


def types_of(*groups: str) -> tuple[str, ...]:
    """Return the content types of some groups, in the order of the list."""
    return tuple(known.content_type for known in FORMATS.values() if known.group in groups)


@dataclass(frozen=True)
class Door:
    """The formats that one place of the portal accepts.

    :param groups: of formats
    :param at_most: in bytes, when this door has another limit than each format's own
    :param is_xdm: whether an archive must be an IHE_XDM
    :param only: the codes of the formats accepted among those of the groups; all of them when empty
    :param called: how what is accepted is called, in French, when not by its groups
    """

    groups: tuple[str, ...]
    at_most: int = 0
    is_xdm: bool = False
    only: tuple[str, ...] = ()
    called: str = ""
    formats: tuple[Format, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        in_groups = (known for known in FORMATS.values() if known.group in self.groups)
        taken = tuple(known for known in in_groups if not self.only or known.code in self.only)
        object.__setattr__(self, "formats", taken)

    @cached_property
    def types(self) -> tuple[str, ...]:
        return tuple(known.content_type for known in self.formats)

    @cached_property
    def endings(self) -> str:
        """The `accept` attribute of an input: `.pdf,.png`."""
        return ",".join(f".{ending}" for known in self.formats for ending in known.endings)

    @cached_property
    def accepted(self) -> str:
        """The formats accepted, in French: « des images (PNG, JPEG) ou des PDF »."""
        groups = [self.called] if self.called else [_words_of(group) for group in GROUPS if group in self.groups]
        return groups[0] if len(groups) == 1 else f"{', '.join(groups[:-1])} ou {groups[-1]}"

    @property
    def largest(self) -> int:
        """The size of the largest file accepted, in bytes; 0 when none is."""
        return max((self.largest_of(known) for known in self.formats), default=0)

    def largest_of(self, known: Format) -> int:
        return self.at_most or known.largest

    @cached_property
    def sizes(self) -> str:
        """How large a file may be, in French: « 20 Mo », « 20 à 50 Mo selon le type »."""
        sizes = sorted({self.largest_of(known) // MEGABYTE for known in self.formats})
        if len(sizes) == 1:
            return f"{sizes[0]}\u00a0Mo"
        return f"{sizes[0]} à {sizes[-1]}\u00a0Mo selon le type"


def _words_of(group: str) -> str:
    shorts = dict.fromkeys(known.short for known in FORMATS.values() if known.group == group)
    return GROUPS[group] if GROUPS[group].endswith(" PDF") else f"{GROUPS[group]} ({', '.join(shorts)})"


ATTESTATION = Door(("pdf", "image"), at_most=20 * MEGABYTE)
"""An attestation of a volet, and the capture of a desk's space."""

JOINED = Door(("pdf", "image", "bureautique", "texte", "zip"), at_most=20 * MEGABYTE)
"""What is joined to a message, or to a demande de dérogation."""

WORKBOOK = Door(
    ("bureautique",),
    at_most=50 * MEGABYTE,
    only=("xlsx", "ods"),
    called="des classeurs (Excel, OpenDocument)",
)
"""A workbook of the agency that is imported."""

CLASSEUR = Door(("bureautique",), at_most=5 * MEGABYTE, only=WORKBOOK.only, called=WORKBOOK.called)
"""The workbook of a dossier, filled in and sent back."""

TABLEAU = Door(
    ("bureautique", "texte"),
    at_most=CLASSEUR.at_most,
    only=(*CLASSEUR.only, "csv"),
    called="des tableaux (Excel, OpenDocument, CSV)",
)
"""The spreadsheet of a list of a volet, filled in and sent back."""

ANNOTATIONS = Door(("annotations",))
"""What is known of the preuves of a REM, besides its workbook."""
