"""Histories of real acts: banner, card, list, messagerie, projection and blocages never contradict each other."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import strategies as some
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from candidatures.enums import UNDECIDED, Camp, EtatDeDate
from candidatures.models import Candidature, Derogation
from candidatures.operations.derogations import refuse_derogation
from candidatures.operations.requetes import ask_derogation, propose_refusal, withdraw_derogation
from comptes import clock, journal
from comptes.dates import PARIS
from comptes.models import Compte
from referencement.enums import (
    Cote,
    FinKind,
    MesureKind,
    MesureState,
    ObjetDAttente,
    ReexamenGround,
    ReexamenState,
    Seuil,
)
from referencement.models import Mesure, Reexamen, Referencement
from referencement.operations.mesures import answer_mesure, decide_mesure, propose_mesure
from referencement.operations.reexamens import grant_reexamen, refuse_reexamen, request_reexamen
from referencement.queries.blocages import DossierComplet, dossier_complet
from referencement.queries.echeances import due_of
from referencement.queries.fins import fins_of
from referencement.queries.instruction import tache_of
from referencement.queries.projections import projected_from, projected_of
from referencement.queries.tours import tour_of, tours_of, with_exchanges
from referencement.rules.blocages import blocages
from referencement.rules.dates import dates_of
from referencement.rules.phrases import sentence_of
from referencement.rules.tour import Tour, order_for
from tests.conftest import BY_PASSWORD
from tests.ground import standing
from tests.lengths import histories

from .acts import assert_pages_agree
from .histories import A_DOSSIER, AT, HOUR, MINUTE, Cast, a_cast
from .test_college_machine import College

OWNED = {Cote.EDITEUR: "editeur", Cote.ANS: "ans"}
# What waits for somebody, and that no threshold asks for.
BESIDE = {
    ObjetDAttente.MESSAGE,
    ObjetDAttente.DEROGATION,
    ObjetDAttente.REFERENCES,
    ObjetDAttente.DEMANDE_OVERDUE,
    ObjetDAttente.AGENDA,
    ObjetDAttente.SEANCE,
    ObjetDAttente.CONVENTION_TO_COUNTERSIGN,
    ObjetDAttente.MESURE_TO_ANSWER,
    ObjetDAttente.MESURE_TO_DECIDE,
    ObjetDAttente.REEXAMEN,
}
DONE = (EtatDeDate.MET, EtatDeDate.IN_HAND, EtatDeDate.WITHOUT_OBJECT)


class Contradictions(College):
    """After each act, everything that says whose turn it is is read, and compared."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        self.browsers: dict[tuple[int, datetime], Client] = {}

    def browser(self, reader: int) -> Client:
        """Return a browser where somebody (pk) signed in, at the instant that the history has come to."""
        kept = self.browsers.get((reader, self.at))
        if kept is None:
            kept = self.browsers[reader, self.at] = Client()
            kept.force_login(Compte.objects.get(pk=reader), backend=BY_PASSWORD)
        return kept

    @rule(dossier=A_DOSSIER, echeance=some.sampled_from(["date-2", "date-3"]))
    def ask_for_more_time(self, dossier: int, echeance: str) -> None:
        arguments = {"candidature_id": self.candidature(dossier).pk, "echeance": echeance, "wished": None}
        by = self.cast.dossiers[dossier].signatory
        self.attempt(ask_derogation, **arguments, motive="Un sinistre.", by=by)

    @rule(dossier=A_DOSSIER, act=some.sampled_from(["propose", "refuse", "withdraw"]))
    def answer_about_more_time(self, dossier: int, act: str) -> None:
        parties = self.cast.dossiers[dossier]
        derogation = (
            Derogation.objects.filter(candidature=parties.candidature, state__in=UNDECIDED).order_by("pk").first()
        )
        if derogation is None:
            return
        arguments = {"derogation_id": derogation.pk, "reason": "Rien ne le justifie."}
        if act == "propose":
            self.attempt(propose_refusal, **arguments, by=parties.team.instructeur)
        elif act == "refuse":
            self.attempt(refuse_derogation, **arguments, by=parties.responsable)
        else:
            self.attempt(withdraw_derogation, derogation_id=derogation.pk, by=parties.signatory)

    @rule(dossier=A_DOSSIER, kind=some.sampled_from(MesureKind))
    def propose_a_mesure(self, dossier: int, kind: MesureKind) -> None:
        parties = self.cast.dossiers[dossier]
        arguments = {"candidature_id": parties.candidature.pk, "kind": kind, "reasons": "Un défaut."}
        if Referencement.objects.filter(candidature=parties.candidature).exists():
            self.attempt(propose_mesure, **arguments, by=parties.team.instructeur)

    @rule(dossier=A_DOSSIER, days=some.sampled_from([0, 60]), answers=some.booleans())
    def hear_then_decide(self, dossier: int, days: int, answers: bool) -> None:
        """The éditeur answers or lets its delay go by; then it is decided, if it may be."""
        parties = self.cast.dossiers[dossier]
        mesures = Mesure.objects.filter(referencement__candidature=parties.candidature, state=MesureState.PROPOSED)
        if mesure := mesures.first():
            if answers:
                self.attempt(answer_mesure, mesure_id=mesure.pk, answer="Non.", by=parties.signatory)
            self.at += days * 24 * HOUR
            self.nothing_contradicts_anything()
            arguments = {"reasons": "Le défaut demeure.", "effect": (self.at + MINUTE).astimezone(PARIS).date()}
            self.attempt(decide_mesure, mesure_id=mesure.pk, **arguments, by=parties.responsable)

    @rule(dossier=A_DOSSIER)
    def propose_a_new_examen(self, dossier: int) -> None:
        parties = self.cast.dossiers[dossier]
        arguments = {"candidature_id": parties.candidature.pk, "ground": ReexamenGround.CORRECTED, "reason": "Corrigé."}
        self.attempt(request_reexamen, **arguments, by=parties.team.instructeur)

    @rule(dossier=A_DOSSIER, is_granted=some.booleans())
    def decide_of_a_new_examen(self, dossier: int, is_granted: bool) -> None:
        parties = self.cast.dossiers[dossier]
        reexamen = Reexamen.objects.filter(
            examen__candidature=parties.candidature, state=ReexamenState.REQUESTED
        ).first()
        if reexamen and is_granted:
            self.attempt(grant_reexamen, reexamen_id=reexamen.pk, by=parties.responsable)
        elif reexamen:
            self.attempt(refuse_reexamen, reexamen_id=reexamen.pk, reason="Non.", by=parties.responsable)

    @invariant()
    def nothing_contradicts_anything(self) -> None:
        journal.run_followers()
        for parties in self.cast.dossiers:
            candidature = self.known(parties.candidature.pk)
            complet = dossier_complet(candidature, at=self.at, with_history=False)
            tour = tour_of(complet, at=self.at)

            assert tours_of([candidature.pk], at=self.at) == {candidature.pk: tour}
            assert projected_of([candidature.pk], at=self.at)[candidature.pk] == projected_from(tour)
            self.agree_with_the_blocages(tour, complet)
            self.agree_with_what_was_asked_of_the_ans(tour, complet)
            self.agree_with_the_reminders(complet)
            for reader, camp in ((parties.signatory, Camp.EDITEUR), (parties.responsable, Camp.ANS)):
                self.agree_as_they_are_read(tour, candidature, reader, camp)
            self.agree_about_the_next_acts(candidature, parties.signatory)

        self.agree_with_the_export()

    def agree_with_what_was_asked_of_the_ans(self, tour: Tour, complet: DossierComplet) -> None:
        """What nobody decided is somebody's turn, whatever the machine that it stands in; of what is withdrawn, not."""
        candidature, fin = complet.candidature, complet.facts.fin
        if fin and fin.kind == FinKind.WITHDRAWN:
            return
        asked = {
            ObjetDAttente.DEROGATION: Derogation.objects.filter(candidature=candidature, state__in=UNDECIDED),
            ObjetDAttente.REEXAMEN: Reexamen.objects.filter(
                examen__candidature=candidature, state=ReexamenState.REQUESTED
            ),
        }
        objets = {attente.objet for attente in tour.attentes}
        assert {objet for objet, rows in asked.items() if rows.exists()} == objets & asked.keys()
        mesures = Mesure.objects.filter(referencement__candidature=candidature, state=MesureState.PROPOSED)
        assert mesures.exists() is bool(objets & {ObjetDAttente.MESURE_TO_ANSWER, ObjetDAttente.MESURE_TO_DECIDE})

    def agree_with_the_reminders(self, complet: DossierComplet) -> None:
        """A mail recalls nothing of a Date that pages say is done."""
        for code, date in dates_of(complet.facts, at=self.at).items():
            recalled = due_of(complet.candidature, code, at=self.at)
            assert not (recalled and (date.etat in DONE or date.is_ended)), (code, date)

    def agree_with_the_export(self) -> None:
        """What is public names those whose page says that they are référencées, and no other."""
        with clock.travel(self.at):
            rows = json.loads(Client().get(reverse("referencement:solutions_json")).content)["solutions"]
        named = {row["nru"] for row in rows}
        candidatures = {dossier.candidature.nru: dossier.candidature.pk for dossier in self.cast.dossiers}
        fins = fins_of(candidatures.values())
        for nru, pk in candidatures.items():
            assert (nru in named) is (pk in fins and fins[pk].kind == FinKind.REFERENCED)

    def known(self, pk: int) -> Candidature:
        return with_exchanges(Candidature.objects.with_names().filter(pk=pk)).get()

    def agree_with_the_blocages(self, tour: Tour, complet: DossierComplet) -> None:
        missing = blocages(complet.facts, seuil=Seuil.COLLEGE, at=self.at)
        asked = {(blocage.sentence, blocage.owner) for blocage in missing}
        assert {(attente.sentence, attente.owner) for attente in tour.attentes if attente.objet not in BESIDE} <= asked
        if complet.facts.fin is None and complet.facts.is_open:
            assert tour.attentes, "Somebody is waited for until it ends."

    def agree_as_they_are_read(self, tour: Tour, candidature: Candidature, reader: Compte, camp: Camp) -> None:
        by_cote = {part.cote: part for part in tour.parts()}
        sentences = [sentence_of(by_cote[cote], at=self.at, reader=camp) for cote in order_for(camp) if cote in by_cote]
        page = self.read(reader, reverse("referencement:candidature", args=[candidature.nru]))
        pages = [page, self.read(reader, reverse("referencement:messages", args=[candidature.nru]))]
        if camp is Camp.ANS and not tour.is_over and (task := tache_of(tour.parts(), "")):
            listed = self.read(reader, f"{reverse('referencement:instruction')}?q={candidature.nru}")
            assert task.text in unescape(listed.content.decode())
        for answer in pages:
            if not (tour.is_over and answer is not page):
                assert [sentence for sentence in sentences if sentence not in unescape(answer.content.decode())] == []
        first, turn = tour.first_for(camp), page.context["turn"]
        if turn is not None:
            assert first is not None
            assert turn["title"].startswith("C’est à vous") is (first.cote.value == camp.value)

    def agree_about_the_next_acts(self, candidature: Candidature, reader: Compte) -> None:
        """The start page, the candidature and the picture name the same acts, which lead to the same forms."""
        assert_pages_agree(partial(self.read, reader), candidature.nru)

    def read(self, reader: Compte, address: str) -> Any:
        with clock.travel(self.at):
            answer = self.browser(reader.pk).get(address)
        assert answer.status_code == 200
        return answer


team_of_the_college = standing(a_cast)


@pytest.fixture
def cast(team_of_the_college: Cast) -> Iterator[Cast]:
    with clock.travel(AT):
        yield team_of_the_college


@pytest.mark.long("tests/referencement/test_never_contradict.py::test_nothing_that_is_read_contradicts_anything")
def test_nothing_contradicts_anything_on_the_way_to_the_college_and_after(cast: Cast) -> None:
    """A history told by hand: both dossiers go step by step to their attribution."""
    machine = Contradictions(cast)
    try:
        machine.plan(2)
        for dossier in (0, 0, 0, 1, 1, 0, 1, 0, 0):
            machine.go_on(dossier)
            machine.nothing_contradicts_anything()
    finally:
        machine.teardown()


@pytest.mark.long("tests/referencement/test_never_contradict.py::test_nothing_that_is_read_contradicts_anything")
def test_nothing_contradicts_anything_in_what_the_ans_is_asked_of_what_ended(cast: Cast) -> None:
    """A mesure that is answered and one that is not, dérogations in each of their states, a new examen."""
    machine = Contradictions(cast)
    try:
        machine.plan(2)
        for act in ("propose", "refuse", "withdraw"):
            machine.ask_for_more_time(1, "date-3")
            machine.nothing_contradicts_anything()
            machine.answer_about_more_time(1, act)
            machine.nothing_contradicts_anything()
        for _ in range(9):
            machine.go_on(0)
        machine.propose_a_mesure(0, MesureKind.SUSPENSION)
        machine.nothing_contradicts_anything()
        machine.hear_then_decide(0, 60, answers=False)
        machine.nothing_contradicts_anything()
        machine.propose_a_mesure(0, MesureKind.RETRAIT)
        machine.hear_then_decide(0, 0, answers=True)
        machine.nothing_contradicts_anything()
    finally:
        machine.teardown()


def test_nothing_that_is_read_contradicts_anything(cast: Cast) -> None:
    run_state_machine_as_test(partial(Contradictions, cast), settings=histories(1, steps=8))
