"""Two deposits of one preuve beside each other: which file stands for which, and what its reader sees."""

from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string

from comptes import clock
from preuves.effects import probe_piece
from preuves.enums import Avis, Nature
from preuves.operations.chapitres import submit_chapitre
from preuves.queries.comparaison import Cote
from preuves.queries.fichiers import for_viewing
from preuves.rules.comparaison import ADDED, REMOVED, REPLACED, SAME, FichierCompare, paired
from preuves.rules.reperes import stills_of
from tests.candidatures.conftest import Team
from tests.candidatures.test_page_queries import count
from tests.factories import fichiers as some
from tests.factories import preuves as make
from tests.preuves.test_examen import SignIn, address, text_of
from tests.preuves.test_instruction import AT, SECOND, claim, conclude, draft

NUMERO = "INS.01.01.01"


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.travel(AT):
        yield


def files(*written: str) -> list[FichierCompare]:
    """Files written « name=content »."""
    return [FichierCompare(*text.split("=")) for text in written]


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        ([], [], []),
        (["a=1"], ["a=1"], [(0, 0, SAME)]),
        (["a=1"], ["b=1"], [(0, 0, SAME)]),
        (["a=1"], ["a=2"], [(0, 0, REPLACED)]),
        (["a=1", "b=2"], ["b=3", "a=1"], [(1, 0, REPLACED), (0, 1, SAME)]),
        (["a=1"], ["a=1", "b=2"], [(0, 0, SAME), (None, 1, ADDED)]),
        (["a=1", "b=2"], ["b=2"], [(1, 0, SAME), (0, None, REMOVED)]),
        (["a=1"], ["v2=2"], [(0, 0, REPLACED)]),
        (["a=1", "a=2"], ["a=2", "a=1"], [(1, 0, SAME), (0, 1, SAME)]),
    ],
)
def test_files_are_paired_by_content_then_name_then_place(
    before: list[str], after: list[str], rows: list[tuple[int | None, int | None, str]]
) -> None:
    assert paired(files(*before), files(*after)) == rows


def test_corrected_deposit_stands_beside_the_one_that_was_refused(team: Team, sign_in: SignIn) -> None:
    pieces = [
        some.a_scanned_piece(team.candidature, team.salarie, name, some.an_image("PNG", width, 360)).pk
        for name, width in (("un.png", 640), ("deux.png", 500), ("deux.png", 800))
    ]
    make.a_deposit(team.candidature, team.salarie, NUMERO, make.some_files(*pieces[:2]))
    make.a_deposit(team.candidature, team.salarie, "INS/va1.02.01.01", make.not_applicable())
    chapitre = submit_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=AT)
    claim(chapitre, team.instructeur)
    url = f"{address(team, code='INS')}?preuve={NUMERO}"
    count(team.instructeur, url)
    first_round = count(team.instructeur, url)
    draft(chapitre, team.instructeur, "INS/va1.02.01.01")
    draft(chapitre, team.instructeur, NUMERO, Avis.TO_CORRECT, "Deux est floue.")
    conclude(chapitre, team.instructeur)
    make.a_deposit(team.candidature, team.salarie, NUMERO, make.some_files(pieces[0], pieces[2]), seen=1)
    submit_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=AT + SECOND)
    claim(chapitre, team.instructeur, AT + SECOND)

    page = sign_in(team.instructeur).get(url)

    told = page.context["comparison"]
    assert [paire.label for paire in told.paires] == [SAME, REPLACED]
    assert [told.paires[1].before.viewing.piece.pk, told.paires[1].after.viewing.piece.pk] == pieces[1:]
    assert [viewing.piece.pk for viewing in page.context["viewing"]] == [pieces[0], pieces[2]]
    assert "Ce qui a changé depuis le dépôt n° 1" in text_of(page)
    assert "Deux est floue." in text_of(page)
    # The former deposit is read with the new one: its files cost no query of their own.
    assert count(team.instructeur, url) == first_round


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (0, []),
        (0.4, ["0:00"]),
        (4, ["0:00", "0:02", "0:03"]),
        (60, ["0:10", "0:30", "0:50"]),
        (7200, ["20:00", "1:00:00", "1:40:00"]),
    ],
)
def test_stills_are_spread_over_a_video(seconds: float, labels: list[str]) -> None:
    assert [still.label for still in stills_of(seconds)] == labels


def test_video_is_compared_by_its_stills_which_lead_to_their_moment(team: Team) -> None:
    piece = some.a_scanned_piece(team.candidature, team.salarie, "a.webm", some.a_video(), nature=Nature.VIDEO)
    probe_piece(piece.pk)
    (viewing,) = for_viewing([piece])
    shown = {"side": Cote(viewing), "number": 2, "nru": team.candidature.nru}

    page = render_to_string("preuves/examen_compare_side.html", shown)

    assert page.count("<video") == 3
    assert [f"?t={still.seconds}" in page for still in Cote(viewing).stills] == [True] * 3
