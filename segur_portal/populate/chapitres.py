"""One chapitre while it is being made: each method is one act, as the operation of that name writes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from candidatures.enums import VoletKind
from preuves.enums import Act, Avis, ChapitreState, Forme, PreuveState
from preuves.models import (
    BrouillonDAvis,
    Chapitre,
    Preuve,
    Revision,
    RevisionPiece,
    SoumissionDeChapitre,
    VerdictDePreuve,
)
from preuves.rules import completude, depots

from . import words
from .dossiers import Candidate
from .pieces import Kept
from .world import World

CLAIM = timedelta(hours=4)
LINK = "https://interop.referencement.esante.gouv.fr/evs/report.seam?oid=1.3.6.1.4.1.12559.11."


@dataclass(frozen=True)
class Expected:
    """One preuve that is due: what it takes, and the words it answers to."""

    numero: str
    forme: Forme
    types: tuple[str, ...]
    empreinte: str


@dataclass
class _Preuve:
    id: int
    expected: Expected
    state: PreuveState = PreuveState.DEPOSITED
    number: int = 0
    revision: int = 0
    sha256: str = ""


class ChapitreStory:
    """A chapitre of a dossier, from its opening to wherever `live` carries it."""

    def __init__(
        self,
        world: World,
        made: Candidate,
        dossier: int,
        code: str,
        expected: list[Expected],
        pieces: dict[str, list[Kept]],
        window: tuple[datetime, datetime],
    ) -> None:
        self.world, self.made, self.code, self.expected, self.pieces = world, made, code, expected, pieces
        self.start, self.end = window
        self.id = world.tables[Chapitre].reserve()
        self.row: dict[str, Any] = {"dossier_id": dossier, "code": code, "version": 0}
        self.row["state"] = ChapitreState.OPEN.value
        self.preuves: dict[str, _Preuve] = {}
        self.soumission = 0
        self.soumissions = 0
        self.instructeur = world.dice.choice(world.instructeurs)

    def live(self, progress: float) -> None:
        """Carry the chapitre as far as its progress goes: nothing below 0, approved above 0.6."""
        if progress <= 0:
            return
        count = len(self.expected)
        self.deposit(self.expected if progress > 0.15 else self.expected[: self.world.dice.randint(0, count - 1)], 0)
        if progress <= 0.2:
            return
        self.submit(0.4)
        if progress <= 0.35:
            return
        if progress <= 0.42:
            self.claim(None)
            self.draft()
        else:
            self._be_read(progress)

    def _be_read(self, progress: float) -> None:
        self.claim(0.45)
        returned = [one for one in self.preuves.values() if self.world.luck(0.15)]
        if progress > 0.6 and not self.world.luck(0.4):
            self.conclude([], 0.5)
            return
        self.conclude(returned or list(self.preuves.values())[:1], 0.5)
        if progress <= 0.48:
            return
        corrected = [one.expected for one in self.preuves.values() if one.state is PreuveState.TO_CORRECT]
        self.deposit(corrected if progress > 0.52 else corrected[1:], 0.6)
        if progress > 0.55:
            self.submit(0.7)
        if progress > 0.6:
            self.claim(0.8)
            self.conclude([], 0.9)

    def at(self, part: float) -> datetime:
        return self.start + timedelta(seconds=int((self.end - self.start).total_seconds() * part))

    def deposit(self, expected: list[Expected], part: float) -> None:
        """Deposit a revision for each of these, between that part of the window and a tenth later."""
        by = self.world.dice.choice(self.made.team.people[1:])
        first, last = self.at(part), self.at(part + 0.1)
        for rank, one in enumerate(expected):
            self._deposit(one, by, first + (last - first) * rank / len(expected))

    def _deposit(self, one: Expected, by: int, at: datetime) -> None:
        tables, at = self.world.tables, at.replace(microsecond=0)
        preuve = self.preuves.setdefault(one.numero, _Preuve(0, one))
        preuve.id = preuve.id or tables[Preuve].reserve()
        contenu, pieces = self._content(one, at)
        preuve.number += 1
        preuve.state = PreuveState.DEPOSITED
        preuve.sha256 = depots.fingerprint_of_deposit(
            contenu, numero=one.numero, empreinte=one.empreinte, pieces=[piece.sha256 for piece in pieces]
        )
        preuve.revision = tables[Revision].add(
            preuve_id=preuve.id,
            number=preuve.number,
            forme=contenu.forme.value,
            value=contenu.value,
            comment=contenu.comment,
            evidence_date=contenu.evidence_date,
            version_technique=contenu.version_technique,
            sha256=preuve.sha256,
            empreinte=one.empreinte,
            deposited_at=at,
            deposited_by_id=by,
        )
        for rank, piece in enumerate(pieces, start=1):
            tables[RevisionPiece].add(revision_id=preuve.revision, piece_id=piece.id, rank=rank)
        self.row["version"] += 1
        self.made.chain.tell(
            Act.PREUVE_DEPOSITED,
            on=f"preuve:{self.made.nru}/{one.numero}",
            by=by,
            at=at,
            preuve=one.numero,
            numero=preuve.number,
            sha256=preuve.sha256,
        )

    def _content(self, one: Expected, at: datetime) -> tuple[depots.Contenu, list[Kept]]:
        dice = self.world.dice
        if self.world.luck(0.04):
            return depots.Contenu(Forme.NOT_APPLICABLE, words.NOT_APPLICABLE), []
        files: list[Kept] = []
        if one.forme is Forme.FILES:
            kinds = [kind for kind in one.types if kind in self.pieces]
            found = self.pieces[dice.choice(kinds)]
            files = dice.sample(found, min(len(found), dice.choice((1, 1, 2))))
        contenu = depots.Contenu(
            one.forme,
            value=_value(one.forme, dice.randint(1, 999_999)),
            piece_ids=tuple(piece.id for piece in files),
            comment="Voir la deuxième page." if self.world.luck(0.2) else "",
            evidence_date=(at - timedelta(days=dice.randint(1, 90))).date(),
            version_technique=self.made.answers[VoletKind.ADMINISTRATIF]["version_technique"],
        )
        return contenu, files

    def submit(self, part: float) -> None:
        at, by = self.at(part), self.made.team.people[0]
        revisions = {one.numero: self.preuves[one.numero].sha256 for one in self.expected}
        self.soumissions += 1
        self.row["version"] += 1
        self.row.setdefault("first_submitted_at", at)
        self.row |= {"state": ChapitreState.SUBMITTED.value, "submitted_at": at, "submitted_by_id": by}
        sha256 = completude.fingerprint_of_submission(revisions)
        self.soumission = self.world.tables[SoumissionDeChapitre].add(
            chapitre_id=self.id,
            number=self.soumissions,
            revisions=revisions,
            sha256=sha256,
            submitted_at=at,
            submitted_by_id=by,
        )
        self.tell(Act.CHAPITRE_SUBMITTED, by=by, at=at, numero=self.soumissions, sha256=sha256)

    def claim(self, part: float | None) -> None:
        """Be taken by an instructeur; without a part of the window, a moment ago."""
        recently = self.world.at - self.world.dice.random() * CLAIM * 1.2
        at = max(recently.replace(microsecond=0), self.row["submitted_at"]) if part is None else self.at(part)
        self.row["version"] += 1
        self.row |= {
            "state": ChapitreState.UNDER_REVIEW.value,
            "claimed_at": at,
            "claimed_by_id": self.instructeur,
            "claim_ends_at": at + CLAIM,
        }
        self.tell(Act.CHAPITRE_CLAIMED, by=self.instructeur, at=at)

    def draft(self) -> None:
        """Begin to judge: a third of the preuves have a brouillon."""
        for preuve in list(self.preuves.values())[::3]:
            self.world.tables[BrouillonDAvis].add(
                revision_id=preuve.revision,
                sha256=preuve.sha256,
                by_id=self.instructeur,
                avis=Avis.ACCEPTED.value,
                saved_at=self.row["claimed_at"],
            )

    def conclude(self, returned: list[_Preuve], part: float) -> None:
        """Answer on all that was handed over and is not accepted yet, then return or approve the chapitre."""
        at, by = self.at(part), self.instructeur
        for preuve in self.preuves.values():
            if preuve.state is PreuveState.DEPOSITED:
                self._judge(preuve, at, to_correct=preuve in returned)
        state = ChapitreState.RETURNED if returned else ChapitreState.APPROVED
        self.row["version"] += 1
        self.row |= {"state": state.value, "concluded_at": at, "concluded_by_id": by}
        self.row |= {"claimed_at": None, "claimed_by_id": None, "claim_ends_at": None}
        if returned:
            self.tell(Act.CHAPITRE_RETURNED, by=by, at=at, a_corriger=len(returned))
        else:
            self.tell(Act.CHAPITRE_APPROVED, by=by, at=at)

    def _judge(self, preuve: _Preuve, at: datetime, *, to_correct: bool) -> None:
        preuve.state = PreuveState.TO_CORRECT if to_correct else PreuveState.ACCEPTED
        self.world.tables[VerdictDePreuve].add(
            revision_id=preuve.revision,
            soumission_id=self.soumission,
            sha256=preuve.sha256,
            avis=(Avis.TO_CORRECT if to_correct else Avis.ACCEPTED).value,
            reason=self.world.dice.choice(words.TO_CORRECT) if to_correct else "",
            given_at=at,
            given_by_id=self.instructeur,
        )

    def write(self) -> None:
        """Write the chapitre and its preuves as they now stand."""
        self.world.tables[Chapitre].add(id=self.id, **self.row)
        for numero, preuve in self.preuves.items():
            self.world.tables[Preuve].add(id=preuve.id, chapitre_id=self.id, numero=numero, state=preuve.state.value)

    def tell(self, act: Act, *, by: int, at: datetime, **params: Any) -> None:
        on = f"chapitre:{self.made.nru}/{self.code}"
        self.made.chain.tell(act, on=on, by=by, at=at, chapitre=self.code, **params)


def _value(forme: Forme, number: int) -> str:
    match forme:
        case Forme.LINK:
            return f"{LINK}{number}"
        case Forme.NUMBER:
            return str(number)
        case Forme.TEXT:
            return words.ANSWERED
    return ""
