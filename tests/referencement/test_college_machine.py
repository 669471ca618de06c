"""Whatever is done, in whatever order, nothing is attributed that misses something; what is published stays so."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from candidatures.enums import CandidatureState, VoletKind, VoletState
from comptes.canonical import fingerprint
from comptes.dates import PARIS
from referencement.enums import ConventionState, Decision, DocumentKind, ExamenState, SeanceState
from referencement.models import Document, Examen, Referencement, SeanceDuCollege
from referencement.models.college import PUBLISHED
from referencement.operations import convocations
from referencement.rules.blocages import SIGNED
from tests.factories import candidatures as make
from tests.factories.guichets import EtapeCNDA
from tests.ground import standing
from tests.lengths import histories

from .conftest import PRINTS
from .histories import A_DOSSIER, HOUR, OVER, TELESERVICES, Cast, Histories, a_cast

pytestmark = PRINTS

OF_AN_ATTRIBUTION = (DocumentKind.ATTESTATION, DocumentKind.RAPPORT)
TROUBLES = (
    "convention cancelled",
    "another convention signed",
    "demande given up",
    "volet corrected",
    "members gone",
    "desk takes back",
)
# What cannot happen any more once the dossier is on the agenda.
FROZEN = ("convention cancelled", "another convention signed", "demande given up", "volet corrected")
BRIEFLY = histories(5, steps=20)


cast = standing(a_cast)


class College(Histories):
    """Some of the way to an attribution, then anything."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        self.published: dict[int, Any] = {}

    @initialize(quorum=some.integers(1, 2), ready=some.integers(2, 4), waiting=some.integers(0, 6))
    def begin(self, quorum: int, ready: int, waiting: int) -> None:
        """Plan a séance, and go some of the way with each dossier."""
        self.plan(quorum)
        for dossier in [0] * ready + [1] * waiting:
            self.go_on(dossier)

    @rule(dossier=A_DOSSIER)
    def go_on(self, dossier: int) -> None:
        """Do what comes next, if anything: by chance alone few histories would go far."""
        if not self._is_open(dossier):
            return
        seance, examen, convention = self.seance, self.examen(dossier), self.convention(dossier)
        stage, state = convention.state if convention else "", examen.state if examen else ""
        waited = [teleservice for teleservice in TELESERVICES if not self._is_granted(dossier, teleservice)]
        volet = make.the_volet(self.candidature(dossier), VoletKind.ELIGIBILITE)
        steps: list[tuple[bool, Callable[[], None]]] = [
            (seance.state in OVER, lambda: self.plan(2)),
            (seance.state == SeanceState.PLANNED and not self._is_its_day(), self._wait_for_its_day),
            (seance.membres.filter(is_present=True).count() < 3, lambda: self.gather(set())),
            (volet.state == VoletState.SUBMITTED, lambda: self.admit(dossier)),
            (bool(waited), lambda: self._ask_the_desk(dossier, waited[0])),
            (stage == "", lambda: self.prepare(dossier)),
            (stage == ConventionState.DRAFTED, lambda: self.send(dossier)),
            (stage == ConventionState.SENT, lambda: self.sign(dossier, for_the_agency=False)),
            (state in ("", ExamenState.CANCELLED, *PUBLISHED), lambda: self.put_on_the_agenda(dossier, despite=False)),
            (state == ExamenState.LISTED, lambda: self._decide_by_all(dossier, Decision.ATTRIBUTED)),
            (self._is_listed(1 - dossier), lambda: self._decide_by_all(1 - dossier, Decision.POSTPONED)),
            (True, lambda: self.close(0)),
        ]
        next(step for is_due, step in steps if is_due)()

    @rule(dossier=A_DOSSIER, trouble=some.sampled_from(TROUBLES), closes=some.sampled_from([True, True, False]))
    @precondition(lambda self: Examen.objects.filter(state=ExamenState.DECIDED).exists())
    def trouble_what_is_decided(self, dossier: int, trouble: str, closes: bool) -> None:
        """Something happens between a decision and the closing that publishes it."""
        acts: dict[str, Callable[[], None]] = {
            "convention cancelled": lambda: self.cancel(dossier),
            "another convention signed": lambda: self._sign_another(dossier),
            "demande given up": lambda: self.give_up(dossier, "DMP"),
            "volet corrected": lambda: self.change_what_is_quoted(dossier, "NIE-2"),
            "members gone": lambda: self.gather({0, 1}),
            "desk takes back": lambda: self.desk_answers(dossier, "DMP", EtapeCNDA.PRE_EXAMEN, times=2),
        }
        acts[trouble]()
        if closes:
            self.close(0)

    def _sign_another(self, dossier: int) -> None:
        self.cancel(dossier)
        self.prepare(dossier)
        self.send(dossier)
        self.sign(dossier, for_the_agency=False)

    def _is_open(self, dossier: int) -> bool:
        """Whether the dossier may still be attributed."""
        examen, candidature = self.examen(dossier), self.candidature(dossier)
        is_attributed = examen is not None and examen.state == ExamenState.ATTRIBUTED
        return candidature.state == CandidatureState.OPEN and not is_attributed

    def _is_its_day(self) -> bool:
        return self.seance.held_at.astimezone(PARIS).date() == self.at.astimezone(PARIS).date()

    def _wait_for_its_day(self) -> None:
        """Come to it; one whose day went by unopened is moved first."""
        seance = self.seance
        if self.at > seance.held_at:
            arguments = {"to": self.at + HOUR, "reason": "Personne n’est venu.", "seen_version": seance.version}
            self.attempt(convocations.move_seance, seance_id=seance.pk, **arguments, by=self.cast.secretaire)
        self.at = max(self.at, self.seance.held_at)

    def _is_listed(self, dossier: int) -> bool:
        examen = self.examen(dossier)
        return examen is not None and examen.state == ExamenState.LISTED

    def _decide_by_all(self, dossier: int, decision: Decision) -> None:
        self.advise(dossier, 0)
        self.decide(dossier, decision, [])

    def _is_granted(self, dossier: int, teleservice: str) -> bool:
        demande = self.demande(dossier, teleservice)
        return demande is not None and demande.state == EtapeCNDA.GRANTED

    def _ask_the_desk(self, dossier: int, teleservice: str) -> None:
        self.declare_again(dossier, teleservice)
        self.desk_answers(dossier, teleservice, EtapeCNDA.GRANTED)

    # -- what must stay true after every step ------------------------------------------------------------------------

    @invariant()
    def attributed_missed_nothing(self) -> None:
        for examen in _attributed():
            assert examen.situation is not None
            assert examen.sha256 == fingerprint(examen.situation)
            assert (examen.blocages, examen.situation["manque"], self.missed[examen.pk]) == ([], [], [])

    @invariant()
    def attributed_had_every_grant(self) -> None:
        """By the bare answers of the desk, whatever the portal believed."""
        assert {word for examen in _attributed() for word in self.last_words[examen.pk]} <= {EtapeCNDA.GRANTED}

    @invariant()
    def attributed_rests_on_a_convention_that_the_editeur_signed(self) -> None:
        for examen in _attributed():
            convention, situation = examen.convention, examen.situation
            assert convention is not None
            assert situation is not None
            assert convention.candidature_id == examen.candidature_id
            assert (convention.state in SIGNED, convention.signed_at is not None) == (True, True)
            assert convention.sha256 == situation["convention"]["sha256"]
            assert convention.data["cite"] == situation["cite"]

    @invariant()
    def attributed_alone_have_a_referencement(self) -> None:
        opened = Referencement.objects.order_by("examen").values_list("examen", "candidature__state")
        assert list(opened) == [(examen.pk, CandidatureState.OPEN) for examen in _attributed()]

    @invariant()
    def published_never_changes(self) -> None:
        rows = Examen.objects.filter(state__in=PUBLISHED).order_by("pk").values()
        now: dict[int, Any] = {row["id"]: row for row in rows}
        assert {pk: now.get(pk) for pk in self.published} == self.published
        self.published = now

    @invariant()
    def seances_were_held_as_they_say(self) -> None:
        """To come when planned or moved, opened on their day with their quorum; those over said how they ended."""
        for seance in SeanceDuCollege.objects.order_by("pk"):
            assert seance.held_at > seance.planned_at
            for report in seance.reports.order_by("pk"):
                assert (report.to_at > report.moved_at, report.to_at != report.from_at, bool(report.reason)) == (
                    True,
                ) * 3
            if seance.opened_at:
                assert seance.opened_at.astimezone(PARIS).date() == seance.held_at.astimezone(PARIS).date()
            if seance.state == SeanceState.CANCELLED:
                assert bool(seance.cancel_reason)
                states = set(seance.examens.values_list("state", flat=True))
                assert states <= {ExamenState.CANCELLED}
            ranks = list(seance.examens.order_by("rank").values_list("rank", flat=True))
            assert ranks == list(range(1, len(ranks) + 1))

    @invariant()
    def decided_against_everybody_says_why(self) -> None:
        for examen in Examen.objects.filter(published_at__isnull=False).prefetch_related("avis__membre"):
            given = {advice.avis for advice in examen.avis.all() if advice.avis and advice.membre.is_present} - {
                "abstention"
            }
            contrary = {"attributed": {"unfavourable"}, "not_attributed": {"favourable"}}.get(examen.state)
            assert examen.against or given != contrary

    @invariant()
    def attributed_alone_have_an_attestation_and_a_rapport(self) -> None:
        issued = Document.objects.filter(kind__in=OF_AN_ATTRIBUTION).order_by("pk").values_list("examen", "kind")
        assert sorted(issued) == sorted(
            (examen.pk, kind.value) for examen in _attributed() for kind in OF_AN_ATTRIBUTION
        )


def _attributed() -> list[Examen]:
    examens = Examen.objects.filter(state=ExamenState.ATTRIBUTED)
    return list(examens.select_related("convention").order_by("pk"))


def test_no_history_attributes_what_misses_something(cast: Cast) -> None:
    run_state_machine_as_test(lambda: College(cast), settings=BRIEFLY)


def invariants(college: College) -> None:
    college.attributed_missed_nothing()
    college.attributed_rests_on_a_convention_that_the_editeur_signed()
    college.attributed_alone_have_a_referencement()
    college.published_never_changes()
    college.attributed_alone_have_an_attestation_and_a_rapport()
    college.seances_were_held_as_they_say()
    college.decided_against_everybody_says_why()


@pytest.fixture
def college(cast: Cast) -> Iterator[College]:
    """A history told by hand."""
    college = College(cast)
    yield college
    college.teardown()


def test_natural_steps_lead_to_both_attributions(college: College) -> None:
    """What the histories above turn around: they would find nothing if nothing could be attributed."""
    college.begin(quorum=2, ready=5, waiting=9)
    invariants(college)

    assert [college.missed[examen.pk] for examen in _attributed()] == [[], []]


@pytest.mark.parametrize("trouble", [trouble for trouble in TROUBLES if trouble not in FROZEN])
def test_trouble_between_a_decision_and_the_closing_keeps_it_from_being_published(
    college: College, trouble: str
) -> None:
    """The shortest histories that end badly; the others turn around these."""
    college.begin(quorum=2, ready=3, waiting=0)
    pending = [examen.decision for examen in Examen.objects.filter(state=ExamenState.DECIDED)]
    college.trouble_what_is_decided(dossier=0, trouble=trouble, closes=True)
    invariants(college)

    assert (pending, _attributed()) == ([Decision.ATTRIBUTED], [])


@pytest.mark.parametrize("trouble", FROZEN)
def test_what_is_frozen_is_published_as_it_was_decided(college: College, trouble: str) -> None:
    college.begin(quorum=2, ready=3, waiting=0)
    college.trouble_what_is_decided(dossier=0, trouble=trouble, closes=True)
    invariants(college)

    assert [examen.state for examen in _attributed()] == [ExamenState.ATTRIBUTED]
