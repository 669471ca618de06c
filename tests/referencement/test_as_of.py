"""What is rebuilt as of an instant is what was true at it, whatever anybody did since: Hypothesis orders the acts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from candidatures import operations as of_candidatures
from candidatures.enums import Verdict, VoletKind
from candidatures.models import Candidature, Volet
from guichets import operations as of_guichets
from guichets.models import DemandeAuGuichet
from preuves import operations as of_preuves
from preuves import queries as phase_2
from preuves.catalogue.rem import ExigenceSpec, RemSpec
from preuves.enums import Avis, ChapitreState
from preuves.models import Chapitre, VersionDuREM
from referencement import queries
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.guichets import EtapeCNDA
from tests.lengths import histories

AT = datetime(2027, 9, 1, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
REFUSALS = (
    of_candidatures.CharteNotAcceptable,
    of_candidatures.Conflict,
    of_candidatures.DemandeNotPossible,
    of_candidatures.VoletNotAdmissible,
    of_candidatures.VoletNotOpen,
    of_candidatures.VoletNotSubmittable,
    of_guichets.DemandeNotRecordable,
    of_preuves.ChapitreNotSubmittable,
    of_preuves.ChapitreNotTakenBack,
    of_preuves.DepositConflict,
    of_preuves.DepositNotPossible,
    of_preuves.ReviewConflict,
    of_preuves.ReviewNotConcludable,
    of_preuves.ReviewNotPossible,
    of_preuves.VersionNotAdoptable,
)
A_KIND = some.sampled_from(VoletKind)
A_CODE = some.sampled_from(["MAT", "INS"])
A_NUMERO = some.sampled_from(["MAT.01.01.01", "MAT.01.01.02", "INS.01.01.01", "INS/va1.02.01.01"])
A_TELESERVICE = some.sampled_from(["INSI", "DMP"])
Known = dict[str, Any]


def known_today(candidature: Candidature, at: datetime) -> Known:
    complet = queries.dossier_complet(candidature, at=at)
    lines = [(one.label, one.state, one.demande.numero if one.demande else "") for one in complet.guichets.lignes]
    return compared(complet.facts, complet.dossier, lines)


def known_then(candidature: Candidature, at: datetime) -> Known:
    (then,) = queries.candidatures_at([candidature], at=at)
    lines = [(one.label, one.etape if one.is_declared else "required", one.numero) for one in then.desks.demandes]
    return compared(then.facts, then.dossier.dossier if then.dossier else None, lines)


def compared(facts: Any, dossier: Any, lines: list[tuple[str, str, str]]) -> Known:
    gates = {code: replace(gate, as_of=None) for code, gate in facts.gates.items()}
    chapitres = tuple(replace(one, moved_at=None) for one in facts.chapitres or ())
    return {
        "facts": replace(facts, gates=gates, chapitres=chapitres, convention=None),
        "presentation": dossier.presentation,
        "rem": dossier.rem.version,
        "chapitres": [one.facts for one in dossier.chapitres],
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

    def attempt(self, act: Callable[..., Any], **words: Any) -> Any:
        """Do something a minute later, and look; a refusal, by its name, is an answer too."""
        self.at += MINUTE
        try:
            with transaction.atomic():
                found = act(**words, at=self.at)
        except REFUSALS:
            found = None
        self.seen.append((self.at, known_today(self.candidature, self.at)))
        return found

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
        self.attempt(of_candidatures.save_answers, volet_id=volet.pk, answers=kept, seen_version=volet.version, by=by)

    @rule(kind=A_KIND)
    def submit_volet(self, kind: VoletKind) -> None:
        self.attempt(of_candidatures.submit_volet, volet_id=self.volet(kind).pk, by=self.team.mandataire)

    @rule(kind=A_KIND)
    def admit(self, kind: VoletKind) -> None:
        words = {"seen_version": self.volet(kind).version, "by": self.team.instructeur}
        self.attempt(of_candidatures.admit_volet, volet_id=self.volet(kind).pk, **words)

    @rule(kind=A_KIND, again=some.booleans())
    def open_again(self, kind: VoletKind, again: bool) -> None:
        volet, act = self.volet(kind), of_candidatures.reopen_volet if again else of_candidatures.ask_complement
        champs = ["profils"] if kind == VoletKind.ELIGIBILITE else ["version_technique"]
        words = {"champs": champs, "text": "Précisez.", "seen_version": volet.version, "by": self.team.instructeur}
        self.attempt(act, volet_id=volet.pk, **words)

    @rule(kind=A_KIND)
    def cancel_demande(self, kind: VoletKind) -> None:
        demande = self.volet(kind).demandes.order_by("-number").first()
        if demande:
            words = {"reason": "Inutile.", "by": self.team.instructeur}
            self.attempt(of_candidatures.cancel_demande, demande_id=demande.pk, **words)

    @rule(verdict=some.sampled_from(Verdict))
    def judge(self, verdict: Verdict) -> None:
        volet = self.volet(VoletKind.ADMINISTRATIF)
        words = {"identifiant": "W-123", "verdict": verdict, "reason": "Vu.", "by": self.team.instructeur}
        self.attempt(of_candidatures.judge_reference, volet_id=volet.pk, **words)

    # -- the preuves -------------------------------------------------------------------------------------------------

    def chapitre(self, code: str) -> Chapitre | None:
        found = Chapitre.objects.filter(dossier__candidature=self.team.candidature, code=code)
        return found.select_related("dossier__version").first()

    @rule(code=A_CODE)
    def complete(self, code: str) -> None:
        for numero in prove.due_in(self.candidature, code):
            self.deposit(numero)

    @rule(numero=A_NUMERO)
    def deposit(self, numero: str) -> None:
        seen = len(phase_2.history_of(self.candidature, numero))
        words = {"contenu": prove.not_applicable(), "seen": seen, "by": self.team.mandataire}
        self.attempt(of_preuves.deposit, candidature_id=self.team.candidature.pk, numero=numero, **words)

    @rule(code=A_CODE)
    def submit_chapitre(self, code: str) -> None:
        words = {"candidature_id": self.team.candidature.pk, "code": code, "by": self.team.mandataire}
        self.attempt(of_preuves.submit_chapitre, **words)

    @rule(code=A_CODE)
    def take_back(self, code: str) -> None:
        words = {"candidature_id": self.team.candidature.pk, "code": code, "by": self.team.mandataire}
        self.attempt(of_preuves.take_back_chapitre, **words)

    @rule(code=A_CODE)
    def claim(self, code: str) -> None:
        if chapitre := self.chapitre(code):
            self.attempt(of_preuves.claim_chapitre, chapitre_id=chapitre.pk, by=self.team.instructeur)

    @rule(code=A_CODE, avis=some.sampled_from(Avis))
    def review(self, code: str, avis: Avis) -> None:
        """Read the whole chapitre, and say the same of all that is asked."""
        self.claim(code)
        chapitre, by = self.chapitre(code), self.team.instructeur
        if chapitre is None or chapitre.state != ChapitreState.UNDER_REVIEW:
            return
        facts = phase_2.review_facts_of(chapitre, by=by)
        for numero in facts.asked:
            words = {"sha256": facts.submitted[numero], "avis": avis, "reason": "À revoir.", "by": by}
            self.attempt(of_preuves.save_draft, chapitre_id=chapitre.pk, numero=numero, **words)
        chapitre.refresh_from_db()
        self.attempt(of_preuves.conclude_review, chapitre_id=chapitre.pk, seen_version=chapitre.version, by=by)

    @rule(code=A_CODE)
    def reopen(self, code: str) -> None:
        if chapitre := self.chapitre(code):
            words = {"reason": "Une erreur.", "seen_version": chapitre.version, "by": self.team.instructeur}
            self.attempt(of_preuves.reopen_chapitre, chapitre_id=chapitre.pk, **words)

    @rule()
    def contest(self) -> None:
        words = {"numero": "INS/va1.02.01.01", "reason": "Elle ne vaut plus.", "by": self.team.instructeur}
        self.attempt(of_preuves.contest_dispense, candidature_id=self.team.candidature.pk, **words)

    @rule()
    def follow_a_new_rem(self) -> None:
        self.days += 1
        self.spec = changed(self.spec)
        self.attempt(
            of_preuves.publish_rem,
            dispositif_code=prove.DUI,
            spec=self.spec,
            date=date(2027, 1, 1) + timedelta(days=self.days),
            by=None,
        )
        version = VersionDuREM.objects.order_by("-date")[0]
        words = {"version_id": version.pk, "by": self.team.mandataire}
        self.attempt(of_preuves.move_to_version, candidature_id=self.team.candidature.pk, **words)

    # -- the desks ---------------------------------------------------------------------------------------------------

    def demande(self, teleservice: str) -> DemandeAuGuichet | None:
        followed = DemandeAuGuichet.objects.filter(candidature=self.team.candidature, ended_at=None)
        return followed.filter(teleservice=teleservice).order_by("-pk").first()

    @rule(teleservice=A_TELESERVICE, numbered=some.booleans())
    def declare(self, teleservice: str, numbered: bool) -> None:
        declaration = desks.cnda(teleservice, **({} if numbered else {"numero": ""}))
        words = {"declaration": declaration, "by": self.team.mandataire}
        self.attempt(of_guichets.record_demande, candidature_id=self.team.candidature.pk, **words)

    @rule(teleservice=A_TELESERVICE, numero=some.sampled_from(["", "CNDA-1", "CNDA-2"]))
    def correct(self, teleservice: str, numero: str) -> None:
        if demande := self.demande(teleservice):
            words = {"numero": numero, "nil": "NIL-1", "logiciel": "", "seen_version": demande.version}
            self.attempt(of_guichets.correct_demande, demande_id=demande.pk, **words, by=self.team.mandataire)

    @rule(teleservice=A_TELESERVICE, etape=some.sampled_from(EtapeCNDA))
    def desk_answers(self, teleservice: str, etape: EtapeCNDA) -> None:
        demande = self.demande(teleservice)
        if demande and demande.numero:
            self.attempt(partial(desks.a_releve, demande, etape))

    @rule(teleservice=A_TELESERVICE)
    def give_up(self, teleservice: str) -> None:
        if demande := self.demande(teleservice):
            words = {"reason": "Par erreur.", "by": self.team.mandataire}
            self.attempt(of_guichets.end_demande, demande_id=demande.pk, **words)


BRIEFLY = histories(3, steps=20)


def test_any_history_is_rebuilt_as_it_was(db: None) -> None:
    spec = prove.a_rem_spec()
    prove.a_rem(spec)
    world = World(make_team(), spec)

    run_state_machine_as_test(lambda: Histories(world), settings=BRIEFLY)
