"""Which files a person may read, and what a page needs to show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import (
    Exists,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    prefetch_related_objects,
)
from django.db.models.functions import JSONObject

from candidatures import permissions
from candidatures.catalogue.formats import BY_TYPE
from candidatures.models import Candidature, Piece
from candidatures.queries.echeances import pieces_of_derogations
from candidatures.queries.messages import pieces_of_messages
from candidatures.queries.volets import pieces_submitted
from comptes.models import Compte
from preuves.catalogue.natures import IMAGES, VIDEOS
from preuves.enums import AnalyseState, SondeState
from preuves.models import (
    Analyse,
    Apercu,
    Chapitre,
    CopieDeLecture,
    ImageDePage,
    Revision,
    RevisionPiece,
    Sonde,
    SoumissionDeChapitre,
)
from preuves.rules.fichiers import PDF
from preuves.rules.reperes import Repere, reperes_in
from preuves.rules.sondes import facts_in_words, sentence_of

SCAN_TONES: dict[str, str] = {
    AnalyseState.CLEAN: "success",
    AnalyseState.NOT_SCANNED: "attention",
    AnalyseState.INFECTED: "danger",
}

READING_TONES: dict[str, str] = {
    SondeState.READABLE: "success",
    SondeState.TO_COPY: "info",
    SondeState.UNREADABLE: "danger",
    SondeState.NOT_PROBED: "attention",
}

_readable: list[Callable[[Candidature], Q]] = []


def fichiers_visible_to(compte: Compte, candidature: Candidature) -> QuerySet[Piece]:
    """The files of a candidature that somebody who sees it may read.

    Its own side reads all of them. The ANS reads those of the volets and of the revisions that were submitted, and not
    taken back; what came with a message, or with a dérogation that the éditeur asks; and what a floor above registered.
    """
    if permissions.fills(compte, candidature):
        return candidature.pieces.all()
    if not compte.is_ans:
        return candidature.pieces.none()
    lines = RevisionPiece.objects.filter(piece=OuterRef("pk"), revision__in=revisions_submitted(candidature))
    submitted = Q(Exists(lines)) | Q(pk__in=pieces_submitted(candidature))
    readable = submitted | pieces_of_messages(candidature) | pieces_of_derogations(candidature)
    for pieces in _readable:
        readable |= pieces(candidature)
    return candidature.pieces.filter(readable)


def register_readable(pieces: Callable[[Candidature], Q]) -> None:
    """Let the ANS read the files that a floor above hands to it."""
    if pieces not in _readable:
        _readable.append(pieces)


def examiners_of(candidature: Any) -> Q:
    """Among comptes, those who hold a chapitre of that candidature, or concluded on one."""
    chapitres = Chapitre.objects.filter(dossier__candidature=candidature)
    return Q(pk__in=chapitres.values("claimed_by")) | Q(pk__in=chapitres.values("concluded_by"))


def revisions_submitted(candidature: Candidature) -> QuerySet[Revision]:
    """The revisions of a candidature that a submission holds, of those that were not taken back."""
    return handed_over().filter(preuve__chapitre__dossier__candidature=candidature)


def handed_over() -> QuerySet[Revision]:
    """The revisions of every candidature that the ANS may read."""
    return Revision.objects.filter(held_by_a_submission())


def held_by_a_submission(revision: str = "") -> Exists:
    """Whether the ANS may read a revision: a submission holds it, which was not taken back.

    :param revision: the way to it from the rows that are filtered, such as `revision__`
    """
    held = Func(
        F("revisions"),
        OuterRef(f"{revision}preuve__numero"),
        function="jsonb_extract_path_text",
        output_field=TextField(),
    )
    submissions = SoumissionDeChapitre.objects.annotate(held=held)
    here = {"chapitre": OuterRef(f"{revision}preuve__chapitre"), "held": OuterRef(f"{revision}sha256")}
    return Exists(submissions.filter(reprise=None, **here))


@dataclass(frozen=True)
class Viewing:
    """One file as `preuves/viewer.html` shows it.

    :param analyse: what the antivirus said; None while it said nothing, and the file is shut
    :param sonde: what was found when its content was opened; None before
    :param copie: what stands for it in a browser that cannot read it
    :param apercu: that a PDF was drawn; None before
    :param images: its pages, in order
    :param reperes: the moments of a video that somebody wrote down
    """

    piece: Piece
    analyse: Analyse | None
    sonde: Sonde | None
    copie: CopieDeLecture | None
    apercu: Apercu | None
    images: list[ImageDePage]
    reperes: list[Repere]

    @property
    def kind(self) -> str:
        """How it is shown: image, video, pdf, or file when it can only be downloaded."""
        content_type = self.piece.content_type
        return (
            "image"
            if content_type in IMAGES
            else "video"
            if content_type in VIDEOS
            else "pdf"
            if content_type == PDF
            else "file"
        )

    @property
    def opens(self) -> bool:
        return self.analyse is not None and self.analyse.opens

    @property
    def shown(self) -> str:
        """What stands in the viewer: the file, in its kind, or why it does not open."""
        if not self.analyse or not self.opens:
            return "refused" if self.analyse else "waiting"
        if self.sonde and self.sonde.state == SondeState.UNREADABLE:
            return "unreadable"
        return "converting" if _is_to_copy(self.sonde) and not self.has_copy else self.kind

    @property
    def template(self) -> str:
        return f"preuves/viewers/{self.shown}.html"

    @property
    def type_name(self) -> str:
        known = BY_TYPE.get(self.piece.content_type)
        return known.label if known else "Fichier"

    @property
    def scan(self) -> dict[str, str]:
        """What the antivirus said, as a badge."""
        if not self.analyse:
            label = "Antivirus non activé" if self.has_no_antivirus else "Analyse en cours"
            return {"state": "pending", "label": label}
        return {"state": SCAN_TONES[self.analyse.state], "label": self.analyse.get_state_display()}

    @property
    def has_copy(self) -> bool:
        return self.copie is not None and bool(self.copie.file)

    @property
    def reading(self) -> dict[str, str]:
        """Whether its content reads, as a badge."""
        if not self.sonde:
            return {"state": "pending", "label": "En cours de vérification"}
        label = "Conversion en cours" if self.shown == "converting" else self.sonde.get_state_display()
        return {"state": READING_TONES[self.sonde.state], "label": label}

    @property
    def verdict(self) -> dict[str, str]:
        """The badge that matters most: the antivirus's, unless the content was found not to read, or not looked at."""
        doubtful = self.sonde is not None and self.sonde.state in (SondeState.UNREADABLE, SondeState.NOT_PROBED)
        return self.reading if self.opens and doubtful else self.scan

    @property
    def why_unreadable(self) -> str:
        return sentence_of(self.sonde.fault, self.sonde.facts) if self.sonde else ""

    @property
    def seen(self) -> str:
        """What was seen in it: how long it is, how large, how many pages it has."""
        return facts_in_words(self.sonde.facts) if self.sonde and self.sonde.state != SondeState.UNREADABLE else ""

    @property
    def has_no_antivirus(self) -> bool:
        """Whether nothing will scan it, since no antivirus is set: it stays shut until one is."""
        return not settings.CLAMD_URL

    @property
    def is_not_scanned(self) -> bool:
        return self.analyse is not None and self.analyse.state == AnalyseState.NOT_SCANNED

    @property
    def is_not_probed(self) -> bool:
        return self.sonde is not None and self.sonde.state == SondeState.NOT_PROBED

    @property
    def pages_left(self) -> int:
        """How many pages of a PDF were not drawn."""
        return self.apercu.pages - self.apercu.drawn if self.apercu else 0


def for_viewing(pieces: Iterable[Piece], *, text: str = "") -> list[Viewing]:
    """Give what shows these files, in three queries; one more for the pages of PDFs, one for copies.

    :param text: what was written of them, where the moments of a video are looked for
    """
    pieces = list(pieces)
    prefetch_related_objects(pieces, "analyse", "apercu")
    sondes = Sonde.objects.in_bulk({piece.sha256 for piece in pieces}, field_name="sha256")
    return _viewings(pieces, sondes, text)


def lines_for_viewing(lines: Iterable[Any], *, text: str = "") -> list[Viewing]:
    """The same of the files that `lines_with_files` gave: no query; one for the pages of PDFs, one for copies."""
    lines = list(lines)
    sondes = {line.piece.sha256: Sonde(**line.sonde) for line in lines if line.sonde}
    return _viewings([line.piece for line in lines], sondes, text)


def _viewings(pieces: list[Piece], sondes: Mapping[str, Sonde], text: str) -> list[Viewing]:
    converted = [piece for piece in pieces if _is_to_copy(sondes.get(piece.sha256))]
    prefetch_related_objects(converted, "copie")
    drawn = [piece for piece in pieces if piece.content_type == PDF]
    prefetch_related_objects(drawn, Prefetch("images", ImageDePage.objects.order_by("number")))
    return [
        Viewing(
            piece=piece,
            analyse=getattr(piece, "analyse", None),
            sonde=sondes.get(piece.sha256),
            copie=getattr(piece, "copie", None) if piece in converted else None,
            apercu=getattr(piece, "apercu", None),
            images=list(piece.images.all()) if piece.content_type == PDF else [],
            reperes=reperes_in(text) if piece.content_type in VIDEOS else [],
        )
        for piece in pieces
    ]


def _is_to_copy(sonde: Sonde | None) -> bool:
    return sonde is not None and sonde.state == SondeState.TO_COPY


def lines_with_files() -> QuerySet[RevisionPiece]:
    """The files of revisions in their order, with what the antivirus said, whether they were drawn, and their sonde."""
    facts = JSONObject(state="state", fault="fault", facts="facts")
    sondes = Sonde.objects.filter(sha256=OuterRef("piece__sha256")).values(row=facts)[:1]
    lines = RevisionPiece.objects.select_related("piece__analyse", "piece__apercu")
    return lines.annotate(sonde=Subquery(sondes)).order_by("rank")


def opens(piece: Piece) -> bool:
    """Say whether the antivirus lets a file open; while it says nothing, it does not."""
    analyse = Analyse.objects.filter(piece=piece).first()
    return analyse is not None and analyse.opens


def is_evidence(piece: Piece) -> bool:
    """Say whether a preuve holds this file; else it is a pièce of a volet, or nothing holds it yet."""
    return RevisionPiece.objects.filter(piece=piece).exists()


def words_on(piece: Piece, *, read_by: Compte) -> str:
    """Return what was written on the deposits that hold this file, of those that this person reads."""
    revisions = Revision.objects.all()
    if read_by.is_ans:
        revisions = revisions_submitted(piece.candidature)
    comments = revisions.filter(lines__piece=piece).order_by("-deposited_at", "-pk").values_list("comment", flat=True)
    return "\n".join(comments)
