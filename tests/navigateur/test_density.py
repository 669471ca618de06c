"""What a page takes of the screen: its head on one line, one primary act, twenty-five rows in a screen and a half."""

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page

from comptes.models import Compte
from tests.factories.conventions import some_parties
from tests.factories.referencement import COLLEGE

ROWS, A_SCREEN_AND_A_HALF = 25, 1500
# As many rows as wanted, copies of the real ones.
FILL = """(rows) => {
  const body = document.querySelector("main table tbody");
  const drawn = [...body.children];
  while (body.children.length < rows) {
    body.append(drawn[body.children.length % drawn.length].cloneNode(true));
  }
  return body.closest("table").getBoundingClientRect().height;
}"""
HEAD = """() => [...document.querySelectorAll(".ps-page-header-line > *")].map((one) => {
  const box = one.getBoundingClientRect();
  return [box.top, box.bottom];
})"""
PRIMARY = "main .ps-button:not(.ps-button-secondary, .ps-button-quiet, .ps-button-danger)"


def test_pages_are_dense_and_lead_to_one_act(
    freeze: Callable[[datetime], None], somebody: Callable[[Compte | None], Page]
) -> None:
    freeze(COLLEGE - timedelta(days=1))
    parties = some_parties()
    instructor, signatory = somebody(parties.team.instructeur), somebody(parties.signatory)

    instructor.goto("/instruction/")
    assert instructor.evaluate(FILL, ROWS) <= A_SCREEN_AND_A_HALF

    signatory.goto(f"/candidatures/{parties.candidature.nru}/")
    tops, bottoms = zip(*signatory.evaluate(HEAD), strict=True)
    assert len(tops) == 2
    assert max(tops) < min(bottoms), "Title, éditeur and NRU are not on one line."
    assert signatory.locator(PRIMARY).count() == 1
