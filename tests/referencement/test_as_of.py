"""What is rebuilt as of an instant is what was true at it, whatever anybody did since: Hypothesis orders the acts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from candidatures.enums import Verdict, VoletKind
from candidatures.models import Candidature, Volet
from candidatures.operations import demandes as demandes_operations
from candidatures.operations import volets as volets_operations
from candidatures.operations.candidatures import CharteNotAcceptable
from candidatures.operations.instruction import (
    DemandeNotPossible,
    VoletNotAdmissible,
    admit_volet,
    ask_complement,
    judge_reference,
    reopen_volet,
)
from candidatures.operations.volets import Conflict, VoletNotOpen, VoletNotSubmittable, save_answers
from guichets.models import DemandeAuGuichet
from guichets.operations.demandes import DemandeNotRecordable, correct_demande, end_demande, record_demande
from preuves.catalogue.rem import ExigenceSpec, RemSpec
from preuves.enums import Avis, ChapitreState
from preuves.models import Chapitre, VersionDuREM
from preuves.operations import chapitres as chapitres_operations
from preuves.operations import depots as depots_operations
from preuves.operations.chapitres import ChapitreNotSubmittable, ChapitreNotTakenBack, take_back_chapitre
from preuves.operations.depots import DepositConflict, DepositNotPossible
from preuves.operations.dossiers import VersionNotAdoptable, move_to_version
from preuves.operations.instruction import (
    ReviewConflict,
    ReviewNotConcludable,
    ReviewNotPossible,
    claim_chapitre,
    conclude_review,
    save_draft,
)
from preuves.operations.rem import publish_rem
from preuves.operations.reouvertures import contest_dispense, reopen_chapitre
from preuves.queries.chapitres import history_of
from preuves.queries.instruction import review_facts_of
from referencement.queries.as_of import candidatures_at
from referencement.queries.blocages import dossier_complet
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.guichets import EtapeCNDA
from tests.lengths import histories

AT = datetime(2027, 9, 1, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
REFUSALS = (
    CharteNotAcceptable,
    Conflict,
    DemandeNotPossible,
    VoletNotAdmissible,
    VoletNotOpen,
    VoletNotSubmittable,
    DemandeNotRecordable,
    ChapitreNotSubmittable,
    ChapitreNotTakenBack,
    DepositConflict,
    DepositNotPossible,
    ReviewConflict,
    ReviewNotConcludable,
    ReviewNotPossible,
    VersionNotAdoptable,
)
A_KIND = some.sampled_from(VoletKind)
A_CODE = some.sampled_from(["MAT", "INS"])
A_NUMERO = some.sampled_from(["MAT.01.01.01", "MAT.01.01.02", "INS.01.01.01", "INS/va1.02.01.01"])
A_TELESERVICE = some.sampled_from(["INSI", "DMP"])
Known = dict[str, Any]


def known_today(candidature: Candidature, at: datetime) -> Known:
    complet = dossier_complet(candidature, at=at)
    lines = [
        (ligne.label, ligne.state, ligne.demande.numero if ligne.demande else "") for ligne in complet.guichets.lignes
    ]
    return compared(complet.facts, complet.dossier, lines)


def known_then(candidature: Candidature, at: datetime) -> Known:
    (then,) = candidatures_at([candidature], at=at)
    lines = [
        (demande.label, demande.etape if demande.is_declared else "required", demande.numero)
        for demande in then.desks.demandes
    ]
    return compared(then.facts, then.dossier.dossier if then.dossier else None, lines)


def compared(facts: Any, dossier: Any, lines: list[tuple[str, str, str]]) -> Known:
    gates = {code: replace(gate, as_of=None) for code, gate in facts.gates.items()}
    chapitres = tuple(replace(chapitre, moved_at=None) for chapitre in facts.chapitres or ())
    return {
        "facts": replace(facts, gates=gates, chapitres=chapitres, convention=None),
        "presentation": dossier.presentation,
        "rem": dossier.rem.version,
        "chapitres": [chapitre.facts for chapitre in dossier.chapitres],
        "lines": lines,
    }


def changed(spec: RemSpec) -> RemSpec:
    """The same REM, in which the words of the first exigence are others."""
    first, *others = spec.chapitres
    exigences: tuple[ExigenceSpec, ...] = first.exigences
    other = replace(exigences[0], texte=f"{exigences[0].texte}<p>Et encore.</p>")
    return RemSpec((replace(first, exigences=(other, *exigences[1:])), *others))


@dataclass
class World:
    team: Team
    spec: RemSpec


class Histories(RuleBasedStateMachine):
    """One candidature from its first answer on; `seen`: what was true after each act."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.team, self.spec = world.team, world.spec
        self.at, self.days = AT, 0
        self.seen: list[tuple[datetime, Known]] = []
        self.history = transaction.atomic()
        self.history.__enter__()

    def teardown(self) -> None:
        try:
            for instant, known in self.seen:
                assert known_then(self.candidature, instant) == known
        finally:
            transaction.set_rollback(True)
            self.history.__exit__(None, None, None)

    @property
    def candidature(self) -> Candidature:
        return Candidature.objects.with_names().get(pk=self.team.candidature.pk)

    def attempt(self, act: Callable[..., Any], **kwargs: Any) -> Any:
        """Do something a minute later, and look; a refusal, by its name, is an answer too."""
        self.at += MINUTE
        try:
            with transaction.atomic():
                outcome = act(**kwargs, at=self.at)
        except REFUSALS:
            outcome = None
        self.seen.append((self.at, known_today(self.candidature, self.at)))
        return outcome

    # -- the dossier administratif -----------------------------------------------------------------------------------

    @initialize(begun=some.sampled_from([0, 1, 2, 2, 2]))
    def begin(self, begun: int) -> None:
        """Most histories begin with a dossier administratif that is recevable."""
        for kind in [VoletKind.ELIGIBILITE, VoletKind.ADMINISTRATIF][:begun]:
            make.a_submitted_volet(self.candidature, self.team.mandataire, make.SUMMER, kind)
            if kind == VoletKind.ADMINISTRATIF:
                make.confirm_reference(self.volet(kind), self.team.instructeur)
            make.admit(self.volet(kind), self.team.instructeur)

    def volet(self, kind: VoletKind) -> Volet:
        return make.the_volet(self.team.candidature, kind)

    @rule(kind=A_KIND, profils=some.sampled_from([["PA", "PDS"], ["AHI"], ["PH"]]), whole=some.booleans())
    def answer(self, kind: VoletKind, profils: list[str], whole: bool) -> None:
        answers = make.ANSWERS[kind] | ({"profils": profils} if kind == VoletKind.ELIGIBILITE else {})
        kept = answers if whole else dict(list(answers.items())[:4])
        volet, by = self.volet(kind), self.team.mandataire
        self.attempt(save_answers, volet_id=volet.pk, answers=kept, seen_version=volet.version, by=by)

    @rule(kind=A_KIND)
    def submit_volet(self, kind: VoletKind) -> None:
        self.attempt(volets_operations.submit_volet, volet_id=self.volet(kind).pk, by=self.team.mandataire)

    @rule(kind=A_KIND)
    def admit(self, kind: VoletKind) -> None:
        arguments = {"seen_version": self.volet(kind).version, "by": self.team.instructeur}
        self.attempt(admit_volet, volet_id=self.volet(kind).pk, **arguments)

    @rule(kind=A_KIND, again=some.booleans())
    def open_again(self, kind: VoletKind, again: bool) -> None:
        volet, act = self.volet(kind), reopen_volet if again else ask_complement
        champs = ["profils"] if kind == VoletKind.ELIGIBILITE else ["version_technique"]
        arguments = {"champs": champs, "text": "Précisez.", "seen_version": volet.version, "by": self.team.instructeur}
        self.attempt(act, volet_id=volet.pk, **arguments)

    @rule(kind=A_KIND)
    def cancel_demande(self, kind: VoletKind) -> None:
        demande = self.volet(kind).demandes.order_by("-number").first()
        if demande:
            arguments = {"reason": "Inutile.", "by": self.team.instructeur}
            self.attempt(demandes_operations.cancel_demande, demande_id=demande.pk, **arguments)

    @rule(verdict=some.sampled_from(Verdict))
    def judge(self, verdict: Verdict) -> None:
        volet = self.volet(VoletKind.ADMINISTRATIF)
        arguments = {"identifiant": "W-123", "verdict": verdict, "reason": "Vu.", "by": self.team.instructeur}
        self.attempt(judge_reference, volet_id=volet.pk, **arguments)

    # -- the preuves -------------------------------------------------------------------------------------------------

    def chapitre(self, code: str) -> Chapitre | None:
        chapitres = Chapitre.objects.filter(dossier__candidature=self.team.candidature, code=code)
        return chapitres.select_related("dossier__version").first()

    @rule(code=A_CODE)
    def complete(self, code: str) -> None:
        for numero in prove.due_in(self.candidature, code):
            self.deposit(numero)

    @rule(numero=A_NUMERO)
    def deposit(self, numero: str) -> None:
        seen = len(history_of(self.candidature, numero, read_by=self.team.mandataire))
        arguments = {"contenu": prove.not_applicable(), "seen": seen, "by": self.team.mandataire}
        self.attempt(depots_operations.deposit, candidature_id=self.team.candidature.pk, numero=numero, **arguments)

    @rule(code=A_CODE)
    def submit_chapitre(self, code: str) -> None:
        arguments = {"candidature_id": self.team.candidature.pk, "code": code, "by": self.team.mandataire}
        self.attempt(chapitres_operations.submit_chapitre, **arguments)

    @rule(code=A_CODE)
    def take_back(self, code: str) -> None:
        arguments = {"candidature_id": self.team.candidature.pk, "code": code, "by": self.team.mandataire}
        self.attempt(take_back_chapitre, **arguments)

    @rule(code=A_CODE)
    def claim(self, code: str) -> None:
        if chapitre := self.chapitre(code):
            self.attempt(claim_chapitre, chapitre_id=chapitre.pk, by=self.team.instructeur)

    @rule(code=A_CODE, avis=some.sampled_from(Avis))
    def review(self, code: str, avis: Avis) -> None:
        """Read the whole chapitre, and say the same of all that is asked."""
        self.claim(code)
        chapitre, by = self.chapitre(code), self.team.instructeur
        if chapitre is None or chapitre.state != ChapitreState.UNDER_REVIEW:
            return
        facts = review_facts_of(chapitre, by=by)
        for numero in facts.asked:
            arguments = {"sha256": facts.submitted[numero], "avis": avis, "reason": "À revoir.", "by": by}
            self.attempt(save_draft, chapitre_id=chapitre.pk, numero=numero, **arguments)
        chapitre.refresh_from_db()
        self.attempt(conclude_review, chapitre_id=chapitre.pk, seen_version=chapitre.version, by=by)

    @rule(code=A_CODE)
    def reopen(self, code: str) -> None:
        if chapitre := self.chapitre(code):
            arguments = {"reason": "Une erreur.", "seen_version": chapitre.version, "by": self.team.instructeur}
            self.attempt(reopen_chapitre, chapitre_id=chapitre.pk, **arguments)

    @rule()
    def contest(self) -> None:
        arguments = {"numero": "INS/va1.02.01.01", "reason": "Elle ne vaut plus.", "by": self.team.instructeur}
        self.attempt(contest_dispense, candidature_id=self.team.candidature.pk, **arguments)

    @rule()
    def follow_a_new_rem(self) -> None:
        self.days += 1
        self.spec = changed(self.spec)
        self.attempt(
            publish_rem,
            dispositif_code=prove.DUI,
            spec=self.spec,
            date=date(2027, 1, 1) + timedelta(days=self.days),
            by=None,
        )
        version = VersionDuREM.objects.order_by("-date")[0]
        arguments = {"version_id": version.pk, "by": self.team.mandataire}
        self.attempt(move_to_version, candidature_id=self.team.candidature.pk, **arguments)

    # -- the desks ---------------------------------------------------------------------------------------------------

    def demande(self, teleservice: str) -> DemandeAuGuichet | None:
        followed = DemandeAuGuichet.objects.filter(candidature=self.team.candidature, ended_at=None)
        return followed.filter(teleservice=teleservice).order_by("-pk").first()

    @rule(teleservice=A_TELESERVICE, numbered=some.booleans())
    def declare(self, teleservice: str, numbered: bool) -> None:
        declaration = desks.cnda(teleservice, **({} if numbered else {"numero": ""}))
        arguments = {"declaration": declaration, "by": self.team.mandataire}
        self.attempt(record_demande, candidature_id=self.team.candidature.pk, **arguments)

    @rule(teleservice=A_TELESERVICE, numero=some.sampled_from(["", "CNDA-1", "CNDA-2"]))
    def correct(self, teleservice: str, numero: str) -> None:
        if demande := self.demande(teleservice):
            arguments = {"numero": numero, "nil": "NIL-1", "logiciel": "", "seen_version": demande.version}
            self.attempt(correct_demande, demande_id=demande.pk, **arguments, by=self.team.mandataire)

    @rule(teleservice=A_TELESERVICE, etape=some.sampled_from(EtapeCNDA))
    def desk_answers(self, teleservice: str, etape: EtapeCNDA) -> None:
        demande = self.demande(teleservice)
        if demande and demande.numero:
            self.attempt(partial(desks.a_releve, demande, etape))

    @rule(teleservice=A_TELESERVICE)
    def give_up(self, teleservice: str) -> None:
        if demande := self.demande(teleservice):
            arguments = {"reason": "Par erreur.", "by": self.team.mandataire}
            self.attempt(end_demande, demande_id=demande.pk, **arguments)


BRIEFLY = histories(3, steps=20)


def test_any_history_is_rebuilt_as_it_was(db: None) -> None:
    spec = prove.a_rem_spec()
    prove.a_rem(spec)
    world = World(make_team(), spec)

    run_state_machine_as_test(lambda: Histories(world), settings=BRIEFLY)
