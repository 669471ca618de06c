"""Candidatures and their dossier administratif: from the one just opened to the one whose two volets are admitted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from candidatures.enums import Act, CandidatureState, DemandeKind, DemandeState, Verdict, VoletKind, VoletState
from candidatures.models import (
    AcceptationDeCharte,
    Candidature,
    Demande,
    Jugement,
    Reponse,
    Soumission,
    Volet,
)
from candidatures.queries import PARIS
from candidatures.rules.nru import make_nru
from candidatures.rules.submission import fingerprint_of_answers, references_of

from . import words
from .answers import administratif, eligibilite
from .chains import Chain
from .people import Team
from .world import World

# What becomes of a candidature, and how often.
FATES = {"opened": 4, "filling": 8, "complete": 4, "submitted": 10, "complement": 6, "admitted": 66, "withdrawn": 2}
# When the ANS asks, the éditeur answers and the ANS admits: parts of the time since the submission.
READING = ((0, 0.1), (0.1, 0.2), (0.2, 0.3))
HANDED_OVER = ("submitted", "complement", "admitted")


@dataclass
class Candidate:
    """A candidature that was made, as its preuves need it; `admitted_at` is None unless both volets are."""

    id: int
    nru: str
    team: Team
    chain: Chain
    answers: dict[VoletKind, dict[str, Any]]
    confirmed: set[str] = field(default_factory=set)
    admitted_at: datetime | None = None


def add_candidature(world: World, team: Team, produit: tuple[int, str], opened_at: datetime) -> Candidate:
    """Make a candidature and its two volets, according to a fate that the dice choose."""
    by = team.people[0]
    fate = "admitted" if world.finished else world.dice.choices(list(FATES), list(FATES.values()))[0]
    nru = make_nru(world.spec.prefixe_nru, year=opened_at.astimezone(PARIS).year, number=next(world.nru))
    made = Candidate(world.tables[Candidature].reserve(), nru, team, Chain(f"candidature:{nru}"), {})
    demarche = f"{world.spec.nom}, vague {world.spec.vague}"
    opened = {"produit": produit[0], "dispositif": demarche, "nru": nru}
    made.chain.tell(Act.CANDIDATURE_OPENED, on=made.chain.name, by=by, at=opened_at, **opened)
    row: dict[str, Any] = {"state": CandidatureState.OPEN.value}
    if fate == "withdrawn":
        row = _withdraw(made, by, world.instant(opened_at, world.at))
    world.tables[Candidature].add(
        id=made.id,
        nru=nru,
        produit_id=produit[0],
        dispositif_id=world.spec.code,
        opened_at=opened_at,
        opened_by_id=by,
        handed_over_at=_live(world, made, produit[1], fate, opened_at),
        **row,
    )
    return made


def _withdraw(made: Candidate, by: int, at: datetime) -> dict[str, Any]:
    made.chain.tell(Act.CANDIDATURE_WITHDRAWN, on=made.chain.name, by=by, at=at)
    return {"state": CandidatureState.WITHDRAWN.value, "withdrawn_at": at, "withdrawn_by_id": by}


def _live(world: World, made: Candidate, solution: str, fate: str, opened_at: datetime) -> datetime | None:
    """Accept the charte and fill the volets; return when the last of them was first handed over."""
    accepted_at = None if fate == "withdrawn" else _accept_charte(world, made, opened_at)
    made.answers = {
        VoletKind.ADMINISTRATIF: administratif(world, made.team, solution),
        VoletKind.ELIGIBILITE: eligibilite(world, made.id),
    }
    volets = [_Volet(world, made, kind) for kind in VoletKind]
    admitted = [volet.live(fate, accepted_at) for volet in volets]
    if all(admitted):
        made.admitted_at = max(one for one in admitted if one)
    if fate not in HANDED_OVER:
        return None
    return max(volet.row["first_submitted_at"] for volet in volets)


def _accept_charte(world: World, made: Candidate, opened_at: datetime) -> datetime:
    at, by, charte = world.instant(opened_at, world.until_date_1, 0, 0.1), made.team.people[0], world.charte
    world.tables[AcceptationDeCharte].add(
        candidature_id=made.id, charte_id=charte.pk, accepted_by_id=by, accepted_at=at
    )
    said = {"version": charte.version, "sha256": charte.sha256}
    on = f"charte:{charte.dispositif_id}/{charte.version}"
    made.chain.tell(Act.CHARTE_ACCEPTED, on=on, by=by, at=at, **said)
    return at


class _Volet:
    """One volet while it is being made: each method is one act, as the operation of that name writes it."""

    def __init__(self, world: World, made: Candidate, kind: VoletKind) -> None:
        self.world, self.made, self.kind = world, made, kind
        self.spec = world.spec.volets[kind.value]
        self.id = world.tables[Volet].reserve()
        self.row: dict[str, Any] = {"state": VoletState.DRAFT.value, "version": 0}
        self.answers: dict[str, Any] = {}
        self.instructeur = world.dice.choice(world.instructeurs)
        self.soumissions = 0
        self.demande: dict[str, Any] = {}

    def live(self, fate: str, charte_at: datetime | None) -> datetime | None:
        """Carry the volet as far as its candidature's fate goes; return when it was admitted."""
        if charte_at and fate != "opened":
            self._live(fate, charte_at)
        self.world.tables[Volet].add(id=self.id, candidature_id=self.made.id, kind=self.kind.value, **self.row)
        if self.demande:
            self.world.tables[Demande].add(**self.demande)
        return self.row.get("admitted_at")

    def _live(self, fate: str, charte_at: datetime) -> None:
        world = self.world
        last = world.until_date_1
        handed_over_at = world.instant(charte_at, last, 0.3, 1)
        codes = list(self.made.answers[self.kind])
        cut = world.dice.randint(2, len(codes) - 2)
        self.save(codes[:cut], world.instant(charte_at, handed_over_at, 0, 0.5))
        if fate == "filling":
            return
        self.save(codes[cut:], world.instant(charte_at, handed_over_at, 0.5, 1))
        if fate in HANDED_OVER:
            self.submit(handed_over_at)
            self._be_read(fate, handed_over_at)

    def _be_read(self, fate: str, since: datetime) -> None:
        """Be answered by the ANS. « submitted » : the candidature administrative alone may be admitted."""
        world = self.world
        asked_at, answered_at, read_at = (world.instant(since, world.at, *part) for part in READING)
        eligibilite = self.kind is VoletKind.ELIGIBILITE
        if fate == "complement" and eligibilite:
            self.ask(asked_at)
        elif fate == "admitted" or not eligibilite:
            if eligibilite and world.luck(0.1):
                self.ask(asked_at)
                self.answer(answered_at)
            if fate == "admitted" or world.luck(0.5):
                self.admit(read_at)

    def save(self, codes: list[str], at: datetime) -> None:
        self.row["version"] += 1
        by = self.made.team.people[2]
        for code in codes:
            value = self.answers[code] = self.made.answers[self.kind][code]
            self.world.tables[Reponse].add(
                volet_id=self.id,
                champ=code,
                version=self.row["version"],
                value=value,
                answered_at=at,
                answered_by_id=by,
            )
        self.tell(Act.VOLET_SAVED, by=by, at=at, champs=[self.spec.by_code[code].label for code in codes])

    def submit(self, at: datetime) -> None:
        by = self.made.team.people[0]
        self.soumissions += 1
        self.row["version"] += 1
        self.row.setdefault("first_submitted_at", at)
        self.row.setdefault("formulaire", self.spec.version)
        self.row |= {"state": VoletState.SUBMITTED.value, "submitted_at": at, "submitted_by_id": by}
        sha256 = fingerprint_of_answers(self.answers)
        self.world.tables[Soumission].add(
            volet_id=self.id,
            number=self.soumissions,
            version=self.row["version"],
            sha256=sha256,
            submitted_at=at,
            submitted_by_id=by,
        )
        self.tell(Act.VOLET_SUBMITTED, by=by, at=at, numero=self.soumissions, sha256=sha256)

    def ask(self, at: datetime) -> None:
        self.row["version"] += 1
        self.row["state"] = VoletState.COMPLEMENT_REQUESTED.value
        self.demande = {
            "volet_id": self.id,
            "number": 1,
            "state": DemandeState.ASKED.value,
            "kind": DemandeKind.COMPLEMENT.value,
            "champs": ["distributeurs"],
            "text": self.world.dice.choice(words.COMPLEMENTS),
            "asked_at": at,
            "asked_by_id": self.instructeur,
        }
        self.tell(Act.COMPLEMENT_ASKED, by=self.instructeur, at=at, champs=["«\u00a0Distributeurs\u00a0»"])

    def answer(self, at: datetime) -> None:
        siren = self.made.team.words["siren"]
        self.made.answers[self.kind]["distributeurs"] = {
            "lignes": [{"raison_sociale": f"{self.made.team.words['raison_sociale']} Distribution", "siren": siren}]
        }
        self.save(["distributeurs"], at)
        self.submit(at)
        self.demande |= {"answered_at": self.row["submitted_at"], "answered_by_id": self.row["submitted_by_id"]}
        self.demande["state"] = DemandeState.ANSWERED.value

    def admit(self, at: datetime) -> None:
        for one in references_of(self.answers):
            self.judge(one.champ, one.identifiant, at)
        self.row["version"] += 1
        if self.demande:
            self.demande |= {"state": DemandeState.CLOSED.value, "closed_at": at}
        self.row |= {"state": VoletState.ADMITTED.value, "admitted_at": at, "admitted_by_id": self.instructeur}
        self.tell(Act.VOLET_ADMITTED, by=self.instructeur, at=at)

    def judge(self, champ: str, identifiant: str, at: datetime) -> None:
        verdict = Verdict.REFUSED if self.world.luck(0.15) else Verdict.CONFIRMED
        if verdict is Verdict.CONFIRMED:
            self.made.confirmed.add(identifiant)
        self.world.tables[Jugement].add(
            volet_id=self.id,
            champ=champ,
            identifiant=identifiant,
            verdict=verdict.value,
            reason="" if verdict is Verdict.CONFIRMED else "Ce référencement est celui d’une autre solution.",
            judged_at=at,
            judged_by_id=self.instructeur,
        )
        said = {"reference": identifiant, "verdict": str(verdict.label).lower()}
        self.tell(Act.REFERENCE_JUDGED, by=self.instructeur, at=at, **said)

    def tell(self, act: Act, *, by: int, at: datetime, **params: Any) -> None:
        on = f"volet:{self.made.nru}/{self.kind.value}"
        self.made.chain.tell(act, on=on, by=by, at=at, volet=str(self.kind.label), **params)
