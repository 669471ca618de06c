"""Charts and risks, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from candidatures.rules.deadlines import Deadline
from guichets.enums import Owner
from referencement.rules.etapes import Step
from referencement.rules.graphe import Etat, Graphe, Planned
from referencement.rules.graphique import FOOT, HEIGHT, LEFT, TOP, WIDTH, graphique
from referencement.rules.risques import risques_of

AT = datetime(2026, 9, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)
DATE_1 = Deadline("Date 1", "Dépôt", AT + 30 * DAY, "le 1er octobre")


def planned(key: str, owner: Owner, ends: int, *after: str, etat: Etat = Etat.TODO, due: bool = False) -> Planned:
    step = Step(key, "volet", "segur", 1, key, owner, etat is Etat.DONE, after, key, deadline=DATE_1 if due else None)
    return Planned(step, etat, AT, AT + ends * DAY, None)


def a_graph(*steps: Planned) -> Graphe:
    return Graphe({each.step.key: each for each in steps}, AT)


@pytest.mark.parametrize(("ends", "slack"), [(20, 10), (30, 0), (40, -10)])
def test_margin_is_what_is_left_once_the_last_step_is_done(ends: int, slack: int) -> None:
    graph = a_graph(
        planned("charte", Owner.EDITEUR, 3, etat=Etat.CURRENT),
        planned("volet", Owner.EDITEUR, ends, "charte", due=True),
    )

    risque = risques_of(graph, {"date-1": DATE_1})["date-1"]
    assert risque.slack == slack * DAY
    # What can be done today holds it up: the charte, not the volet that waits for it.
    assert (risque.reason, risque.owner) == ("charte", Owner.EDITEUR.value)


def test_nothing_left_has_no_margin_and_what_does_not_bind_is_left_out() -> None:
    graph = a_graph(planned("volet", Owner.EDITEUR, 3, etat=Etat.DONE, due=True))
    free = Deadline("Date 2", "Preuves", AT, "hier", binds=False)

    risques = risques_of(graph, {"date-1": DATE_1, "date-2": free})
    assert list(risques) == ["date-1"]
    assert (risques["date-1"].slack, risques["date-1"].reason) == (None, "")


def test_bars_stay_inside_the_chart_and_grow_with_their_number() -> None:
    chart = graphique(["a", "b", "c"], {"received": [0, 3, 47], "approved": [1, 2, 13]})

    assert chart is not None
    floor = HEIGHT - FOOT
    for bar in chart.bars:
        assert bar.x >= LEFT
        assert bar.x + bar.width <= WIDTH
        assert bar.y >= TOP
        assert bar.y + bar.height == pytest.approx(floor, abs=0.2)
    received = [bar.height for bar in chart.bars if bar.serie == "received"]
    assert received == sorted(received)
    assert received[0] == 0
    assert [line.label for line in chart.lines] == ["0", "20", "40", "60"]


def test_chart_of_nothing_is_no_chart() -> None:
    assert graphique(["a"], {"received": [0]}) is None
    assert graphique([], {"received": []}) is None
