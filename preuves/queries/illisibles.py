"""Which files of a deposit do not open: their content does not read, or the antivirus put them in quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Concat, JSONObject

from candidatures.enums import CandidatureState
from comptes.models import Notice
from preuves.enums import AnalyseState, ChapitreState, PreuveState, SondeState
from preuves.models import Analyse, Revision, RevisionPiece, Sonde
from preuves.rules.sondes import QUARANTINE, sentence_of

HANDED_BACK, TO_THE_EDITEUR, TO_THE_READER = (
    "preuves.chapitre_unreadable",
    "preuves.file_unreadable",
    "preuves.file_shut",
)
"""The notices about a file that does not open: the chapitre goes back; or whoever holds it is told."""
ANTIVIRUS = "antivirus"
WITH_THE_EDITEUR = (ChapitreState.OPEN, ChapitreState.RETURNED)


@dataclass(frozen=True)
class FichierLu:
    """One file of a deposit, and what was found when it was opened.

    :param state: None while it was not opened
    :param why: why it does not open, and what to do; empty when it does
    """

    name: str
    state: str | None
    why: str


def in_quarantine() -> Exists:
    """Among lines of revisions, those of which the antivirus shut the file."""
    return Exists(Analyse.objects.filter(piece=OuterRef("piece"), state=AnalyseState.INFECTED))


def does_not_open() -> Q:
    """Among lines of revisions, those of which the file does not open."""
    unreadable = Sonde.objects.filter(sha256=OuterRef("piece__sha256"), state=SondeState.UNREADABLE)
    return Q(Exists(unreadable)) | Q(in_quarantine())


def found_in(lines: QuerySet[RevisionPiece]) -> ArraySubquery:
    """Of each of these lines, in order, what `read` reads."""
    sonde = Sonde.objects.filter(sha256=OuterRef("piece__sha256")).values(
        word=JSONObject(state="state", fault="fault", facts="facts")
    )
    word = JSONObject(name="piece__name", sonde=Subquery(sonde), quarantine=in_quarantine())
    return ArraySubquery(lines.order_by("rank").values(word=word))


def read(files: Iterable[Mapping[str, Any]]) -> tuple[FichierLu, ...]:
    """Return the files of a deposit as `found_in` gave them."""
    return tuple(_read(file["name"], file["sonde"], quarantine=file["quarantine"]) for file in files)


def _read(name: str, sonde: Mapping[str, Any] | None, *, quarantine: bool) -> FichierLu:
    if quarantine:
        return FichierLu(name, SondeState.UNREADABLE, QUARANTINE)
    if sonde is None:
        return FichierLu(name, None, "")
    return FichierLu(name, sonde["state"], sentence_of(sonde["fault"], sonde["facts"]))


def said_of(files: Iterable[FichierLu]) -> str:
    """Say which of these files do not open, and why; empty when all may."""
    bad = [file for file in files if file.state == SondeState.UNREADABLE]
    return " ".join(f"«\u00a0{file.name}\u00a0»\u00a0: {file.why}" for file in bad)


def revisions_to_tell_of() -> QuerySet[Revision]:
    """The latest deposits that hold a file which does not open, of which nobody was told, with their `occurrence`.

    Those of a submitted chapitre that nobody reads are not among them: it goes back, and its team is told.
    """
    lines = RevisionPiece.objects.filter(revision=OuterRef("pk"))
    why = Case(When(Exists(lines.filter(in_quarantine())), then=Value(ANTIVIRUS)), default=Value("lecture"))
    nru = F("preuve__chapitre__dossier__candidature__nru")
    occurrence = Concat(Cast("number", CharField()), Value("/"), why, output_field=CharField())
    told = Notice.objects.filter(
        kind__in=(TO_THE_EDITEUR, TO_THE_READER), address=OuterRef("address"), occurrence=OuterRef("occurrence")
    )
    given_back = Notice.objects.filter(
        kind=HANDED_BACK, address=OuterRef("of_the_chapitre"), posted_at__gte=OuterRef("deposited_at")
    )
    later = Revision.objects.filter(preuve=OuterRef("preuve"), number__gt=OuterRef("number"))
    bad = Revision.objects.filter(
        Exists(lines.filter(does_not_open())),
        ~Exists(later),
        preuve__state=PreuveState.DEPOSITED,
        preuve__chapitre__state__in=(*WITH_THE_EDITEUR, ChapitreState.UNDER_REVIEW),
        preuve__chapitre__dossier__candidature__state=CandidatureState.OPEN,
    )
    known = bad.annotate(
        occurrence=occurrence,
        address=Concat(Value("preuve:"), nru, Value("/"), F("preuve__numero"), output_field=CharField()),
        of_the_chapitre=Concat(
            Value("chapitre:"), nru, Value("/"), F("preuve__chapitre__code"), output_field=CharField()
        ),
    )
    return known.filter(~Exists(told), ~Exists(given_back))
