"""What an instructeur reads: the chapitres that wait, and one chapitre as it was submitted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import JSONObject

from candidatures.enums import CandidatureState
from candidatures.permissions import instructs
from candidatures.rules.reservations import Claim
from comptes.models import Compte
from comptes.models.prepared import Prepared
from preuves.enums import ChapitreState, ExigibiliteKind, PreuveState
from preuves.models import BrouillonDAvis, Chapitre, Revision, SoumissionDeChapitre, VerdictDePreuve
from preuves.rules.instruction import DraftVerdict, ReviewFacts

from .chapitres import soumissions_standing
from .conclusions import Proposition, proposition_in
from .dossier import Attendu, ChapitreDuDossier, Dossier, dossier_of
from .lignes import title_of_preuve
from .secondes_lectures import LectureVue, lectures_among, soumissions_to_read


def submitted_revisions(chapitre: Chapitre) -> dict[str, Revision]:
    """Return the revisions of the last submission that counts, by N°; never those deposited since."""
    standing = soumissions_standing(chapitre)
    return _revisions_of(chapitre, standing[0]) if standing else {}


def _revisions_of(chapitre: Chapitre, soumission: SoumissionDeChapitre) -> dict[str, Revision]:
    wanted = soumission.revisions
    rows = _REVISIONS.ask(dossier=chapitre.dossier_id, wanted=list(wanted.values()))
    return _by_numero(rows, wanted)


def _by_numero(rows: Iterable[Any], wanted: Collection[str]) -> dict[str, Any]:
    revisions = {revision.preuve.numero: revision for revision in rows}
    return {numero: revisions[numero] for numero in wanted if numero in revisions}


def _submitted(dossier: Any, wanted: Any) -> QuerySet[Revision, Any]:
    revisions = Revision.objects.filter(preuve__chapitre__dossier=dossier, sha256__among=wanted)
    return revisions.select_related("preuve", "deposited_by").order_by("number", "pk")


_REVISIONS = Prepared(_submitted, dossier=BigIntegerField(), wanted=ArrayField(TextField()))


def _with_draft(dossier: Any, wanted: Any, by: Any) -> QuerySet[Revision, Any]:
    drafts = BrouillonDAvis.objects.filter(revision=OuterRef("pk"), by=by).order_by("pk")
    row = JSONObject(sha256="sha256", avis="avis", reason="reason")
    return _submitted(dossier, wanted).annotate(draft=Subquery(drafts.values(row=row)[:1]))


_WITH_DRAFT = Prepared(_with_draft, dossier=BigIntegerField(), wanted=ArrayField(TextField()), by=BigIntegerField())


def review_facts_of(chapitre: Chapitre, *, by: Compte) -> ReviewFacts:
    """Gather what the rules of instruction need, with the drafts of this person."""
    standing = soumissions_standing(chapitre)
    revisions = _revisions_with_drafts(chapitre, standing[0], by.pk) if standing else {}
    return _facts(chapitre, revisions)


def _revisions_with_drafts(chapitre: Chapitre, soumission: SoumissionDeChapitre, by: int) -> dict[str, Any]:
    """Return the revisions of a submission by N°, each with the `draft` of this person (pk), or None; one query."""
    wanted = soumission.revisions
    rows = _WITH_DRAFT.ask(dossier=chapitre.dossier_id, wanted=list(wanted.values()), by=by)
    return _by_numero(rows, wanted)


def _facts(chapitre: Chapitre, revisions: Mapping[str, Any]) -> ReviewFacts:
    """Gather the facts from revisions with drafts."""
    holder, until = chapitre.claimed_by_id, chapitre.claim_ends_at
    return ReviewFacts(
        state=chapitre.state,
        candidature_open=chapitre.dossier.candidature.state == CandidatureState.OPEN,
        claim=Claim(holder, until) if holder is not None and until is not None else None,
        submitted={numero: revision.sha256 for numero, revision in revisions.items()},
        states={numero: revision.preuve.state for numero, revision in revisions.items()},
        drafts={numero: DraftVerdict(**revision.draft) for numero, revision in revisions.items() if revision.draft},
    )


def missing_in(chapitre: Chapitre) -> tuple[str, ...]:
    """Return the N° that became due in a chapitre after its submission: a dispense contested, a profil added."""
    dossier = dossier_of(chapitre.dossier.candidature)
    known = dossier.chapitre(chapitre.code) if dossier else None
    standing = soumissions_standing(chapitre)
    return _missing(known, standing[0].revisions) if known and standing else ()


def _missing(chapitre: ChapitreDuDossier, handed_over: Collection[str]) -> tuple[str, ...]:
    """Return the due N° that nobody can have read: neither submitted, nor accepted earlier."""
    preuves = chapitre.facts.preuves
    return tuple(
        numero
        for numero in chapitre.facts.due
        if numero not in handed_over and not (numero in preuves and preuves[numero].state == PreuveState.ACCEPTED)
    )


@dataclass(frozen=True, slots=True)
class LigneDeListe:
    """One preuve in the list of a chapitre. Equal lines give equal HTML (`drawn_once`)."""

    drawn_once: ClassVar[bool] = True

    numero: str
    title: str
    nature: str
    state: str
    state_label: str
    is_new: bool


@dataclass(frozen=True)
class LigneDExamen:
    """One preuve of a chapitre as an instructeur reads it.

    :param revision: the one submitted; None when it is dispensed, or became due since
    :param is_asked: to be judged this round
    :param is_new: deposited since the last reading
    """

    attendu: Attendu
    revision: Revision | None
    draft: DraftVerdict | None
    is_asked: bool
    is_new: bool

    @property
    def numero(self) -> str:
        return self.attendu.preuve.numero

    @property
    def title(self) -> str:
        """What the exigence asks, in a few words."""
        return title_of_preuve(self.attendu)

    @property
    def in_list(self) -> LigneDeListe:
        return LigneDeListe(
            self.numero, self.title, self.attendu.nature_label, self.badge, self.badge_label, self.is_new
        )

    @property
    def badge(self) -> str:
        """The state that a badge shows: the draft first, since it is what is about to be said."""
        if self.draft and self.draft.avis:
            return self.draft.avis
        return self.revision.preuve.state if self.revision else str(self.attendu.exigibilite.kind.value)

    @property
    def badge_label(self) -> str:
        if self.revision:
            return (
                "À vérifier" if self.is_asked and self.badge == PreuveState.DEPOSITED else PreuveState(self.badge).label
            )
        return str(self.attendu.exigibilite.kind.label)


@dataclass(frozen=True)
class ChapitreReview:
    """A chapitre as it was submitted, with the drafts of this instructeur.

    :param missing: what became due since, and goes back to the éditeur with the rest
    :param proposition: a conclusion that another instructeur must confirm; its author's drafts are then shown
    :param lectures: the second readings asked of experts, latest first: only whoever instructs sees them
    """

    soumission: SoumissionDeChapitre
    lines: tuple[LigneDExamen, ...]
    facts: ReviewFacts
    missing: tuple[str, ...]
    lectures: tuple[LectureVue, ...]
    proposition: Proposition | None

    def line(self, numero: str) -> LigneDExamen:
        """Return the line of that N°; else the first that waits for an avis, else the first that was deposited."""
        named = [line for line in self.lines if line.numero == numero]
        waiting = [line for line in self.lines if line.is_asked and not (line.draft and line.draft.avis)]
        read = [line for line in self.lines if line.revision]
        return (named or waiting or read or list(self.lines))[0]

    def next_waiting(self, numero: str) -> str:
        """Return the N° after this one that waits for an avis, going round; empty when none does."""
        numeros = [line.numero for line in self.lines]
        place = numeros.index(numero) + 1 if numero in numeros else 0
        turn = (*self.lines[place:], *self.lines[:place])
        return next((line.numero for line in turn if line.is_asked and not (line.draft and line.draft.avis)), "")

    @property
    def read(self) -> tuple[LigneDExamen, ...]:
        """The lines that hold a deposit."""
        return tuple(line for line in self.lines if line.revision)

    @property
    def dispensed(self) -> tuple[LigneDExamen, ...]:
        return tuple(line for line in self.lines if not line.revision)


def examen_of(dossier: Dossier, chapitre: ChapitreDuDossier, *, by: Compte) -> ChapitreReview | None:
    """Gather a chapitre for its reader, in two queries; None while nothing was submitted."""
    row = chapitre.row
    standing = soumissions_to_read(row) if row else []
    if row is None or not standing:
        return None
    assert dossier.row is not None, "A chapitre that has a row is in a dossier that has one."
    row.dossier = dossier.row
    row.dossier.candidature = dossier.candidature
    if row.claimed_by_id == by.pk:
        row.claimed_by = by
    last, *former = standing
    proposition = proposition_in(last.proposed) if instructs(by) else None
    revisions = _revisions_with_drafts(row, last, proposition.author_id if proposition else by.pk)
    facts = _facts(row, revisions)
    before = set(former[0].revisions.values()) if former else None
    asked_now = frozenset(facts.asked if row.state == ChapitreState.UNDER_REVIEW else ())
    is_read_now = row.state in (ChapitreState.SUBMITTED, ChapitreState.UNDER_REVIEW)
    lines = []
    for exigibilite in chapitre.facts.exigibilites:
        attendu, revision = dossier.attendu(exigibilite.numero), revisions.get(exigibilite.numero)
        # What was handed over is read, even if the éditeur presents less since.
        if revision is None and exigibilite.kind is ExigibiliteKind.NOT_CONCERNED:
            continue
        assert attendu is not None, "A chapitre's facts come from the dossier's own REM."
        is_new = revision is not None and before is not None and is_read_now and revision.sha256 not in before
        asked = exigibilite.numero in asked_now
        lines.append(LigneDExamen(attendu, revision, facts.drafts.get(exigibilite.numero), asked, is_new))
    return ChapitreReview(
        last, tuple(lines), facts, _missing(chapitre, revisions), lectures_among(standing), proposition
    )


def former_verdicts(revision: Revision) -> list[VerdictDePreuve]:
    """Return every verdict on a preuve, latest first, with its revision."""
    return _VERDICTS.ask(preuve=revision.preuve_id)


_VERDICTS = Prepared(
    lambda preuve: (
        VerdictDePreuve.objects.filter(revision__preuve=preuve)
        .select_related("revision", "given_by")
        .order_by("-given_at", "-pk")
    ),
    preuve=BigIntegerField(),
)


def chapitres_held(compte: Compte) -> QuerySet[Chapitre]:
    """Return the chapitres that somebody is reading, with their candidature."""
    held = Chapitre.objects.filter(state=ChapitreState.UNDER_REVIEW, claimed_by=compte)
    return held.select_related("dossier__candidature").order_by("pk")
