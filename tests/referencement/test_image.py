"""The picture of the coordinated path agrees with the graph, the blocages and the turn, and nothing crosses words."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from candidatures.catalogue.specs import DUREES
from comptes.dates import day_in_words
from guichets.enums import Owner
from referencement.documents.dessin import as_pdf, as_png, standalone
from referencement.enums import Cote, Seuil
from referencement.rules.blocages import blocages
from referencement.rules.durees import durees_of
from referencement.rules.etapes import COLLEGE, GrapheFacts
from referencement.rules.graphe import Etat, Graphe, graphe
from referencement.rules.image import BAR, HALF, RIGHT, SMALL, WHOLE, WORDS, Image, image_of
from referencement.rules.lignes import PHASES, Ligne, of_phase, overview
from referencement.rules.previsions import paths_of
from referencement.rules.tour import TourFacts, tour
from referencement.views.dessin import drawn, rows_by_date
from tests.factories.histories import DAY, DMP, HISTORIES, INSI, History, a_demande, third_party_proxy
from tests.factories.histories import facts as facts_of
from tests.lengths import examples
from tests.referencement.test_graphe import AT, any_facts
from tests.referencement.test_graphe import drawn as graph_of

DESKS = ["edc_psc", "cnda"]
# The mean width of a letter, in pixels, in the widest of the usual fonts.
LETTERS = {"ps-path-label": 8.1, "ps-path-small": 6.4}
COTES = {Owner.EDITEUR: Cote.EDITEUR, Owner.ANS: Cote.ANS}


def image(graph: Graphe, facts: GrapheFacts, phase: int = 0) -> Image:
    lignes = of_phase(graph, phase) if phase else overview(graph)
    return image_of(graph, lignes, facts.dossier.echeances.values(), DESKS)


def drawn_of(history: History, graph: Graphe, lignes: Iterable[Ligne]) -> dict[str, Any]:
    return drawn(graph, lignes, history.facts.dossier.echeances.values(), fills=True)


def of_history(name: str) -> tuple[History, Graphe]:
    history = HISTORIES[name]()
    return history, graphe(history.facts, DUREES, at=history.at)


# -- agreement -------------------------------------------------------------------------------------------------------


@given(any_facts())
@examples(40)
def test_picture_shows_each_step_once(facts: GrapheFacts) -> None:
    graph = graph_of(facts)

    shown = [step.step.key for row in image(graph, facts).rows for bar in row.bars for step in bar.steps]
    assert sorted(shown) == sorted(graph.planned)
    zoomed = [step.step.key for phase in PHASES for row in image(graph, facts, phase).rows for step in row.ligne.steps]
    assert sorted(zoomed) == sorted(graph.planned)


@given(any_facts())
@examples(40)
def test_row_is_done_when_no_blocage_names_it(facts: GrapheFacts) -> None:
    missing = {blocage.address for blocage in blocages(facts.dossier, seuil=Seuil.COLLEGE, at=AT)}

    for row in image(graph_of(facts), facts).rows:
        addresses = {step.step.address for step in row.ligne.undone}
        assert addresses <= missing | {"college:"}
        assert (row.ligne.etat is Etat.DONE) is (not addresses)


@given(any_facts())
@examples(40)
def test_side_that_can_act_today_is_the_one_whose_turn_it_is(facts: GrapheFacts) -> None:
    turn = tour(TourFacts(facts.dossier), at=AT)
    if not facts.dossier.charte_accepted or any(volet.state != "admitted" for volet in facts.dossier.volets):
        return  # the turn is said of the dossier administratif first

    for row in image(graph_of(facts), facts).rows:
        for step in row.ligne.steps:
            if step.etat is Etat.CURRENT and step.step.key != COLLEGE:
                cote = COTES.get(step.step.owner, Cote.GUICHET)
                assert turn.of(cote), f"{step.step.key} is drawn as under way, and nobody waits for {cote}."


# -- places ----------------------------------------------------------------------------------------------------------


@given(any_facts(), st.sampled_from([0, *PHASES]))
@examples(60)
def test_bars_follow_each_other_and_arrows_cross_no_word(facts: GrapheFacts, phase: int) -> None:
    picture = image(graph_of(facts), facts, phase)

    for row in picture.rows:
        assert all(bar.x >= WHOLE.gutter and bar.width > 0 for bar in row.bars)
        assert all(before.end <= after.x + 0.1 for before, after in itertools.pairwise(row.bars))
    for arrow in picture.arrows:
        columns = [float(x) for x in re.findall(r"[MH](\d+(?:\.\d+)?)", arrow.path)]
        assert all(WHOLE.gutter <= x <= WHOLE.width - RIGHT + 6 for x in columns)
        assert arrow.source != arrow.target
    for before, after in itertools.pairwise(picture.rows):
        assert before.foot <= after.y


@given(any_facts(), st.integers(1, 400))
@examples(40)
def test_two_pictures_side_by_side_have_one_axis(facts: GrapheFacts, days: int) -> None:
    """The same day stands at the same place in both; words stand above the bars, and no arrow crosses them."""
    before = graph_of(facts)
    after = graphe(facts, {**DUREES, "college": timedelta(days=days)}, at=AT)
    pair = [
        image_of(graph, overview(graph), facts.dossier.echeances.values(), DESKS, frame=HALF, beside=beside)
        for graph, beside in ((before, after), (after, before))
    ]

    assert pair[0].months == pair[1].months
    assert pair[0].today == pair[1].today
    for picture in pair:
        assert (picture.width, picture.arrows) == (HALF.width, ())
        for row in picture.rows:
            words_end = row.words_y + len(row.lines) * WORDS - 1
            assert all(HALF.gutter <= bar.x and bar.end <= HALF.width for bar in row.bars)
            assert all(words_end < bar.y and bar.y + BAR <= row.foot for bar in row.bars)
            assert row.foot - row.y >= len(row.lines) * WORDS + SMALL + BAR


def assert_dates_do_not_touch(picture: Image) -> None:
    by_line: dict[float, list[float]] = {}
    for dated in picture.echeances:
        by_line.setdefault(dated.y, []).append(dated.mark.left(200))

    assert all(after - before >= 200 for xs in by_line.values() for before, after in itertools.pairwise(sorted(xs)))


@pytest.mark.parametrize("phase", [0, *PHASES])
@pytest.mark.parametrize("name", HISTORIES)
def test_words_of_the_echeances_do_not_touch(name: str, phase: int) -> None:
    history, graph = of_history(name)
    assert_dates_do_not_touch(image(graph, history.facts, phase))


def test_words_of_an_echeance_at_the_edge_stand_under_those_of_the_one_before() -> None:
    """They stand at the left of their line, and would else cover them."""
    facts = third_party_proxy().facts
    graph = graphe(facts, DUREES, at=datetime(2027, 12, 14, 13, 0, tzinfo=UTC))
    picture = image(graph, facts, 2)

    assert [dated.mark.anchor for dated in picture.echeances][-1] == "end"
    assert_dates_do_not_touch(picture)


@pytest.mark.parametrize("phase", [0, *PHASES])
@pytest.mark.parametrize("name", HISTORIES)
def test_words_of_a_row_stand_before_its_bars(name: str, phase: int) -> None:
    history, graph = of_history(name)
    lignes = of_phase(graph, phase) if phase else overview(graph)
    assert 20 + (WHOLE.widest + len("✓ ")) * LETTERS["ps-path-label"] <= WHOLE.gutter
    for row in (row for lane in drawn_of(history, graph, lignes)["lanes"] for row in lane["rows"]):
        for line in row["lines"]:
            letter = LETTERS[line["css"]]
            assert 20 + len(line["text"]) * letter <= WHOLE.gutter, line["text"]


def test_nothing_leads_to_what_is_done() -> None:
    """What was granted before the chapitre that opens its tests was read waits for it no more."""
    history = third_party_proxy()
    demandes = {**history.facts.demandes, "insi": a_demande(INSI, "granted", history.at - 60 * DAY)}
    facts = facts_of(history.at, {"MAT": "submitted"}, demandes)
    graph = graphe(facts, DUREES, at=history.at)
    picture = image(graph, facts)

    done = {row.number for row in picture.rows if row.ligne.etat is Etat.DONE}
    label = {row.number: row.ligne.label for row in picture.rows}
    assert INSI in {label[number] for number in done}
    assert {label[arrow.target] for arrow in picture.arrows} & {label[number] for number in done} == set()
    assert DMP in {label[arrow.target] for arrow in picture.arrows}


def test_lanes_are_those_that_concern_the_solution() -> None:
    lanes = {
        name: [lane.code for lane in image(of_history(name)[1], of_history(name)[0].facts).lanes] for name in HISTORIES
    }

    assert lanes["ahi"] == ["segur", "cnda"]
    assert lanes["proxy-tiers"] == ["segur", "edc_psc", "cnda"]


# -- words -----------------------------------------------------------------------------------------------------------


def test_each_row_says_who_since_when_and_what_it_waits_for() -> None:
    history, graph = of_history("cnda-tardive")
    rows = drawn_of(history, graph, overview(graph))["rows"]

    by_label = {row.label: row for row in rows}
    late = by_label["Homologation CNDA DMP, composant principal"]
    assert (late.mark, late.etat, late.who) == ("…", "En cours", "le CNDA")
    assert late.when == "depuis 150\u00a0jours, prévu vers le 13\u00a0octobre 2027"
    mine = by_label["Homologation CNDA INSi, composant principal"]
    assert (mine.mark, mine.who) == ("●", "vous")
    assert mine.spoken.endswith("Marge\u00a0: 21\u00a0jours avant l’échéance. Décide de la date du collège.")
    assert by_label["Collège technique"].awaited == (
        "Convention",
        "Homologation CNDA INSi, composant principal",
        "Homologation CNDA DMP, composant principal",
    )
    assert len({row.spoken for row in rows}) == len(rows)


def test_arrow_leaves_where_the_last_of_what_is_awaited_ends() -> None:
    history = third_party_proxy()
    facts = facts_of(history.at, {"MAT": "submitted", "DOC": "open"}, history.facts.demandes)
    picture = image(graphe(facts, DUREES, at=history.at), facts)
    rows = {row.ligne.label.partition("\u00a0")[0]: row for row in picture.rows}
    (arrow,) = [
        arrow
        for arrow in picture.arrows
        if (arrow.source, arrow.target) == (rows["Examen"].number, rows["Convention"].number)
    ]

    leaves = float(re.findall(r"M(\d+(?:\.\d+)?)", arrow.path)[0])
    assert leaves == pytest.approx(rows["Examen"].bars[0].end - 6, abs=0.2)


def test_row_of_the_chapitres_tells_how_many_are_done() -> None:
    labels = {
        name: [ligne.label for ligne in overview(of_history(name)[1]) if ligne.is_many]
        for name in ("ahi", "referencee")
    }

    assert labels["ahi"] == ["Preuves\u00a0: 8 chapitres faits sur 10", "Examen\u00a0: 7 chapitres faits sur 10"]
    assert labels["referencee"] == ["Preuves\u00a0: 10 chapitres", "Examen\u00a0: 10 chapitres"]


def test_row_names_the_one_chapitre_that_it_waits_for() -> None:
    """Not all of them, in the whole path; in a phase, by its own row."""
    history = third_party_proxy()
    facts = facts_of(history.at, {"MAT": "submitted", "DOC": "open"}, history.facts.demandes)
    graph = graphe(facts, DUREES, at=history.at)

    awaited = {
        phase: {row.label: row.awaited for row in drawn_of(History(facts, history.at), graph, lignes)["rows"]}
        for phase, lignes in ((0, overview(graph)), (2, of_phase(graph, 2)))
    }
    assert awaited[0][INSI][0] == "Examen\u00a0: Prérequis de maturité technique"
    assert awaited[0]["Convention"] == ("Examen\u00a0: 8 chapitres faits sur 10",)
    assert awaited[2][INSI][0] == "Prérequis de maturité technique"
    assert awaited[2]["Gestion documentaire"] == ()


def test_telephone_reads_the_rows_as_they_begin_with_today_among_them() -> None:
    history, graph = of_history("cnda-tardive")
    picture = drawn_of(history, graph, overview(graph))
    falling = rows_by_date(picture["rows"], picture["image"], history.at)

    kinds = [next(iter(each)) for each in falling]
    assert kinds.count("now") == 1
    today = kinds.index("now")
    assert all(each["texts"].etat == "À venir" or each["texts"].who for each in falling[today:] if "texts" in each)
    assert [each["mark"].label for each in falling if "mark" in each] == ["Date 1", "Date 2", "Date 3"]


def test_what_was_granted_is_done_on_its_day_whatever_is_not_known_of_its_first_stages() -> None:
    """The day when a demande was declared is kept by nobody: it is not today."""
    history = third_party_proxy()
    granted_at = history.at - 40 * DAY
    demandes = {"insi": a_demande(INSI, "granted", granted_at)}
    facts = replace(facts_of(history.at, {}, demandes), reached={("insi", "granted"): granted_at})
    graph = graphe(facts, DUREES, at=history.at)

    stages = [planned for key, planned in graph.planned.items() if key.startswith("demande:insi:")]
    assert {planned.ends_at for planned in stages} == {granted_at}
    rows = drawn_of(History(facts, history.at), graph, overview(graph))["rows"]
    assert {row.label: row.when for row in rows}[INSI] == f"fait le {day_in_words(granted_at)}"


def test_today_strikes_no_month() -> None:
    for name in HISTORIES:
        history, graph = of_history(name)
        picture = drawn_of(history, graph, overview(graph))
        today = picture["image"].today
        for month in picture["months"]:
            half = len(month["mark"].label) * 3.3
            sides = {"middle": (-half, half), "start": (0, 2 * half), "end": (-2 * half, 0)}[month["anchor"]]
            assert not month["x"] + sides[0] < today.x < month["x"] + sides[1], (name, month)


def test_telephone_reads_what_was_done_by_its_end() -> None:
    history, graph = of_history("referencee")
    picture = drawn_of(history, graph, overview(graph))
    falling = rows_by_date(picture["rows"], picture["image"], history.at)

    done = [each["texts"].label for each in falling if "texts" in each]
    assert done[-4:] == ["Preuves\u00a0: 10 chapitres", "Examen\u00a0: 10 chapitres", "Convention", "Collège technique"]


# -- files -----------------------------------------------------------------------------------------------------------


def test_file_needs_nothing_else() -> None:
    history, graph = of_history("proxy-tiers")
    picture = drawn(graph, overview(graph), history.facts.dossier.echeances.values(), fills=True, title="Un & deux")
    size = {"width": picture["image"].width, "height": picture["image"].height, "title": picture["title"]}
    svg = standalone(render_to_string("referencement/parcours_image.html", {"drawn": picture}), **size)

    root = ET.fromstring(svg)
    assert (root.get("width"), root[0].text) == ("1240", "Un & deux")
    assert "var(" not in svg
    assert "href" not in svg
    assert '[data-guichet="cnda"] .ps-path-bar[data-by="desk"]' in svg
    pdf = as_pdf(svg, **size, sentence="État.", at=history.at)
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert [(round(page.get_width()), round(page.get_height())) for page in document] == [(842, 595)]
        text = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    assert "Homologation CNDA INSi" in text
    assert Pillow.open(BytesIO(as_png(pdf))).size > (1800, 1200)


# -- « et si… » ------------------------------------------------------------------------------------------------------


@given(any_facts(), st.integers(1, 400), st.data())
@examples(40)
def test_slack_never_grows_when_a_step_begins_later(facts: GrapheFacts, days: int, data: st.DataObject) -> None:
    before = graph_of(facts).planned
    key = data.draw(st.sampled_from(sorted(before)))
    later: dict[str, datetime] = {key: AT + timedelta(days=days)}
    after = graph_of(facts, starts=later).planned

    for code, planned in before.items():
        grown = after[code].slack
        assert planned.slack is None or (grown is not None and grown <= planned.slack)


@given(any_facts())
@examples(40)
def test_forecasts_are_in_order(facts: GrapheFacts) -> None:
    paths = paths_of(facts, durees_of(DUREES, {}), {}, at=AT)

    for forecast in (paths.college, *paths.phases.values()):
        assert forecast is None or AT <= forecast.soon <= forecast.likely <= forecast.late
    assert (paths.college is None) is (paths.likely.forecast is None)
    assert paths.phases[3] == paths.college
    if facts.seance_at is not None:
        assert paths.college
        assert (paths.college.soon, paths.college.late) == (paths.college.likely, paths.college.likely)
        assert paths.college.is_fixed is (facts.seance_at >= AT)
