"""Histories of real acts: banner, card, list, messagerie, projection and blocages never contradict each other."""

from collections.abc import Iterator
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis.stateful import invariant, run_state_machine_as_test

from candidatures.enums import Camp
from candidatures.models import Candidature
from comptes import clock, journal
from comptes.models import Compte
from referencement import queries
from referencement.enums import Cote, ObjetDAttente, Seuil
from referencement.rules import Tour, blocages, order_for, said
from tests.conftest import BY_PASSWORD
from tests.lengths import histories

from .histories import AT, Cast, a_cast
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
}


class Contradictions(College):
    """After each act, everything that says whose turn it is is read, and compared."""

    @invariant()
    def nothing_contradicts_anything(self) -> None:
        journal.run_followers()
        for parties in self.cast.dossiers:
            found = self.known(parties.candidature.pk)
            complet = queries.dossier_complet(found, at=self.at, with_history=False)
            tour = queries.tour_of(complet, at=self.at)

            assert queries.tours_of([found.pk], at=self.at) == {found.pk: tour}
            assert queries.projected_of([found.pk], at=self.at)[found.pk] == queries.projected_from(tour)
            self.agree_with_the_blocages(tour, complet)
            for reader, camp in ((parties.signatory, Camp.EDITEUR), (parties.responsable, Camp.ANS)):
                self.agree_as_they_are_read(tour, found, reader, camp)

    def known(self, pk: int) -> Candidature:
        return queries.with_exchanges(Candidature.objects.with_names().filter(pk=pk)).get()

    def agree_with_the_blocages(self, tour: Tour, complet: queries.DossierComplet) -> None:
        missing = blocages(complet.facts, seuil=Seuil.COLLEGE, at=self.at)
        asked = {(one.sentence, one.owner) for one in missing}
        assert {(one.sentence, one.owner) for one in tour.attentes if one.objet not in BESIDE} <= asked
        if complet.facts.fin is None and complet.facts.is_open:
            assert tour.attentes, "Somebody is waited for until it ends."

    def agree_as_they_are_read(self, tour: Tour, found: Candidature, reader: Compte, camp: Camp) -> None:
        by_cote = {one.cote: one for one in tour.parts()}
        sentences = [said(by_cote[cote], at=self.at, reader=camp) for cote in order_for(camp) if cote in by_cote]
        page = self.read(reader, reverse("referencement:candidature", args=[found.nru]))
        pages = [page, self.read(reader, reverse("referencement:messages", args=[found.nru]))]
        if camp is Camp.ANS:
            pages.append(self.read(reader, f"{reverse('referencement:instruction')}?q={found.nru}"))
        for answer in pages:
            if not (tour.is_over and answer is not page):
                assert [one for one in sentences if one not in unescape(answer.content.decode())] == []
        first, turn = tour.first_for(camp), page.context["turn"]
        if turn is not None:
            assert first is not None
            assert turn["title"].startswith("C’est à vous") is (first.cote.value == camp.value)

    def read(self, reader: Compte, address: str) -> Any:
        client = Client()
        client.force_login(reader, backend=BY_PASSWORD)
        with clock.travel(self.at):
            answer = client.get(address)
        assert answer.status_code == 200
        return answer


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with clock.travel(AT):
        yield a_cast()


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


def test_nothing_that_is_read_contradicts_anything(cast: Cast) -> None:
    run_state_machine_as_test(partial(Contradictions, cast), settings=histories(3, steps=6))
