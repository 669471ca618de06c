"""The coordinated path in little: a strip for each desk, in agreement with the graph."""

from django.template.loader import render_to_string
from hypothesis import given

from referencement.rules.apercu import apercu_of
from referencement.rules.etapes import GrapheFacts
from referencement.rules.graphe import Etat
from referencement.views.apercu import apercu_shown
from tests.lengths import examples
from tests.referencement.test_graphe import EDC, a_demande, any_facts, drawn, some_facts

DESKS = ["edc_psc", "cnda"]


@given(any_facts())
@examples(40)
def test_each_strip_counts_the_steps_of_its_desk(facts: GrapheFacts) -> None:
    graph = drawn(facts)
    apercu = apercu_of(graph, facts.dossier.echeances.values(), DESKS)

    planned = graph.planned.values()
    assert {strip.lane: (strip.done, strip.total) for strip in apercu.strips} == {
        lane: (sum(each.etat is Etat.DONE for each in planned if each.step.lane == lane), count)
        for lane in ("segur", *DESKS)
        if (count := sum(each.step.lane == lane for each in planned))
    }
    for strip in apercu.strips:
        ends = [part.x for part in strip.parts]
        assert ends == sorted(ends)
        assert all(part.width > 0 for part in strip.parts)


def test_words_beside_the_strips_say_whose_turn_it_is() -> None:
    facts = some_facts(demandes={"proxy": a_demande(guichet=EDC)})
    shown = apercu_shown(drawn(facts), facts.dossier.echeances.values(), fills=True)
    page = render_to_string("referencement/parcours_compact.html", {"apercu": shown, "href": "/parcours/"})

    assert [(line["label"], line["counted"], line["mark"], line["now"]) for line in shown["strips"]] == [
        ("Guichet Ségur", "7 étapes sur 12", "●", "INS (vous)"),
        ("EDC PSC", "0 étape sur 4", "●", "Demande edc_psc\u00a0: à déclarer (vous)"),
    ]
    read_by_the_ans = apercu_shown(drawn(facts), facts.dossier.echeances.values(), fills=False)
    assert [line["mark"] for line in read_by_the_ans["strips"]] == ["…", "…"]
    assert "▲ Date 2\u00a0: 1er\u00a0octobre 2027" in page.replace("&nbsp;", "\u00a0")
    assert 'href="/parcours/"' in page
