"""The sentences of the cast are true at each moment, and what the cast deposits is known of the simulated desks."""

import re

import pytest

from comptes.enums import RoleANS
from guichets.management.commands.simulate_guichets import FOLDER
from guichets.simulateur.scenario import read_scenario
from preuves.enums import Forme, Nature
from segur_portal.demo.cast import ELODIE, HELENE, KARIM, PERSONAS
from segur_portal.demo.clock_bar import day_and_hour
from segur_portal.demo.moments import MOMENTS
from segur_portal.demo.pieces import a_value
from segur_portal.demo.replay import names, replay
from tests.preuves.test_reading import ANNOTATED, preuves, the_demonstration

# What is only true for a time: it is said of a moment, not of somebody.
PASSING = re.compile(r"volet|soumis|attend|complet|recevable|complément|signée?\b|manque")


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.key)
def test_what_is_said_of_somebody_is_true_at_every_moment(persona):
    assert not PASSING.search(persona.can)


@pytest.mark.parametrize("moment", MOMENTS, ids=names())
def test_each_moment_says_what_waits_for_those_whose_dossier_moves(moment):
    assert {KARIM, ELODIE} <= moment.waiting.keys()


def test_two_responsables_answer_for_the_instruction():
    responsables = [persona for persona in PERSONAS if persona.role_ans == RoleANS.RESPONSABLE_INSTRUCTION]

    assert HELENE in responsables
    assert len(responsables) == 2


@pytest.mark.parametrize("nil", ["NIL-20417", "NIL-20533", "NIL-20601"])
def test_gazelle_knows_every_link_that_the_cast_deposits(nil):
    known = read_scenario((FOLDER / "demonstration.toml").read_text(encoding="utf-8"))["gazelle"].demandes
    asked = [
        preuve.numero
        for preuve in preuves(the_demonstration(ANNOTATED.read_text(encoding="utf-8")))
        if preuve.nature == Nature.GAZELLE
    ]

    links = [a_value(Forme.LINK, numero, nil=nil) for numero in asked]

    assert len(set(links)) == len(asked) == 10
    assert [link for link in links if link not in known] == []


@pytest.mark.parametrize("moment", MOMENTS[1:2], ids=names()[1:2])
def test_page_of_the_cast_dates_what_waits(demo, client, moment):
    replay(moment.name)

    page = client.get("/demo/personnages/").content.decode()

    assert page.count(f"{day_and_hour(moment.at).capitalize()}&nbsp;:") == len(moment.waiting)
