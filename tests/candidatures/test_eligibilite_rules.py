"""The rules that came with the éligibilité: what is asked when, warnings, what a demande opens, references."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from candidatures.catalogue.champs import Champ, ChampKind, is_asked
from candidatures.catalogue.dispositifs import spec_of
from candidatures.rules import submission
from candidatures.rules.answers import NotAnAnswer, answer
from candidatures.rules.deadlines import Deadline
from tests.factories.candidatures import COMPLETE, ELIGIBLE

ADMINISTRATIF = spec_of("ms-dui-va2").volets["administratif"]
ELIGIBILITE = spec_of("ms-dui-va2").volets["eligibilite"]

NOON = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
DATE_1 = Deadline("Date 1", "Dépôt du dossier administratif", NOON, "01/10/2026 à 12 h 00")
EDC = {"nru_edc_utilisateur", "nru_edc_proxy"}
WITHOUT_EDC = {code: value for code, value in ELIGIBLE.items() if code not in EDC}


def facts(**changes: Any) -> submission.VoletFacts:
    given = {
        "spec": ELIGIBILITE,
        "state": "draft",
        "answers": ELIGIBLE,
        "charte_accepted": True,
        "candidature_open": True,
        "first_submitted_at": None,
    }
    return submission.VoletFacts(**(given | changes))


def obstacles(*, read: frozenset[str] = frozenset(), **changes: Any) -> list[tuple[str, str]]:
    obstacles_found = submission.obstacles_to_submit(facts(**changes), deadline=DATE_1, at=NOON, read=read)
    return [(obstacle.code, obstacle.champ) for obstacle in obstacles_found]


# -- what is asked when ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profils", "asked"),
    [
        (None, True),
        (["PA"], True),
        (["AHI"], False),
        (["PA", "AHI"], True),
        (["AHI", "PDS"], True),
    ],
)
def test_proxy_and_edc_are_asked_unless_ahi_is_alone(profils: list[str] | None, asked: bool) -> None:
    answers = {"profils": profils}
    champs = [ELIGIBILITE.by_code[code] for code in ("proxy", *sorted(EDC))]

    assert [is_asked(champ, answers) for champ in champs] == [asked] * 3


@pytest.mark.parametrize(("proxy", "asked"), [(None, False), ("propre", False), ("tiers", True)])
def test_proxy_name_is_asked_only_for_another_ones_proxy(proxy: str | None, asked: bool) -> None:
    assert is_asked(ELIGIBILITE.by_code["proxy_nom"], {"proxy": proxy}) is asked


def test_ahi_alone_has_no_obstacle_and_no_warning() -> None:
    answers = {code: value for code, value in WITHOUT_EDC.items() if code != "proxy"} | {"profils": ["AHI"]}

    assert obstacles(answers=answers) == []
    assert submission.warnings_before_submitting(facts(answers=answers)) == ()


def test_ahi_alone_is_not_asked_the_name_of_a_proxy_left_from_before() -> None:
    answers = WITHOUT_EDC | {"profils": ["AHI"], "proxy": "tiers"}

    assert obstacles(answers=answers) == []


def test_proxy_of_another_without_its_name_is_an_obstacle() -> None:
    assert obstacles(answers=ELIGIBLE | {"proxy": "tiers"}) == [("missing", "proxy_nom")]


# -- warnings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "unread"),
    [
        (frozenset(), ["nru_edc_utilisateur", "nru_edc_proxy"]),
        (frozenset({"nru_edc_utilisateur"}), ["nru_edc_proxy"]),
        (frozenset({"nru_edc_proxy"}), ["nru_edc_utilisateur"]),
        (frozenset({"nie", "inconnu"}), ["nru_edc_utilisateur", "nru_edc_proxy"]),
        (frozenset(EDC), []),
    ],
)
def test_warnings_are_read_one_by_one(read: frozenset[str], unread: list[str]) -> None:
    assert obstacles(answers=WITHOUT_EDC, read=read) == [("unread", champ) for champ in unread]


def test_warning_read_is_no_leave_to_miss_what_is_required() -> None:
    answers = {code: value for code, value in ELIGIBLE.items() if code != "nie"}

    assert obstacles(answers=answers, read=frozenset({"nie"})) == [("missing", "nie")]


def test_warning_is_none_once_answered() -> None:
    assert submission.warnings_before_submitting(facts()) == ()


# -- what a demande opens -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "opened"),
    [
        ({"state": "draft"}, {"nie", "nil"}),
        ({"state": "submitted"}, set()),
        ({"state": "admitted"}, set()),
        ({"state": "complement_requested"}, set()),
        ({"state": "complement_requested", "unlocked": frozenset({"nil"})}, {"nil"}),
        ({"state": "submitted", "unlocked": frozenset({"nil"})}, set()),
        ({"state": "draft", "charte_accepted": False}, set()),
        ({"state": "draft", "candidature_open": False}, set()),
        ({"state": "complement_requested", "unlocked": frozenset({"nil"}), "candidature_open": False}, set()),
    ],
)
def test_champ_is_unlocked(changes: dict[str, Any], opened: set[str]) -> None:
    assert {code for code in ("nie", "nil") if submission.is_unlocked(facts(**changes), code)} == opened


def test_complement_is_answered_after_date_1() -> None:
    given = facts(state="complement_requested", first_submitted_at=NOON - timedelta(days=1))
    late = NOON + timedelta(days=30)

    assert submission.obstacles_to_submit(given, deadline=DATE_1, at=late) == ()


# -- references -----------------------------------------------------------------------------------------------------

TWO = {
    "references_vague_1": {"lignes": [{"identifiant": "W-1", "dispositif": "MS1", "profils": ["PA"]}]},
    "references_vague_2": {"lignes": [{"nru": "DUI-2026-00042-B"}]},
}


@pytest.mark.parametrize(
    ("judged", "left"),
    [
        (set(), ["W-1", "DUI-2026-00042-B"]),
        ({"W-1"}, ["DUI-2026-00042-B"]),
        ({"W-1", "DUI-2026-00042-B"}, []),
        ({"autre"}, ["W-1", "DUI-2026-00042-B"]),
    ],
)
def test_admission_waits_for_each_reference(judged: set[str], left: list[str]) -> None:
    given = facts(spec=ADMINISTRATIF, answers=COMPLETE | TWO, state="submitted")
    obstacles_left = submission.obstacles_to_admit(given, judged=frozenset(judged))

    assert [obstacle.sentence for obstacle in obstacles_left] == [
        f"La référence {name} n’est ni confirmée ni refusée." for name in left
    ]


@pytest.mark.parametrize("answers", [{}, {"references_vague_1": {"aucun": True}}, {"references_vague_1": None}])
def test_no_reference_is_declared(answers: dict[str, Any]) -> None:
    assert submission.references_of(answers) == ()


# -- dates ----------------------------------------------------------------------------------------------------------

DAY = Champ("x", "X", ChampKind.DATE)


@pytest.mark.parametrize(
    ("typed", "kept"), [("2026-09-30", "2026-09-30"), ("30/09/2026", "2026-09-30"), ("1/2/2028", "2028-02-01")]
)
def test_date_is_kept_as_a_browser_sends_it(typed: str, kept: str) -> None:
    assert answer(DAY, typed, choices={}) == kept


@pytest.mark.parametrize(
    "typed", ["30/02/2026", "2026-02-30", "29/02/2027", "00/01/2026", "demain", "2026", "30/13/26"]
)
def test_date_that_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAnswer, match="Cette date n’existe pas\u00a0: écrivez-la comme 30/09/2026."):
        answer(DAY, typed, choices={})


def test_date_in_a_line_is_refused_with_its_line() -> None:
    lines = {"lignes": [{"version": "1", "nature": "maintenance", "date": "30/02/2026"}]}

    with pytest.raises(NotAnAnswer, match="Ligne 1, «\u00a0Date d’effet\u00a0»\u00a0: Cette date n’existe pas"):
        answer(ELIGIBILITE.by_code["obsolescence"], lines, choices={"arret": {"maintenance": "de maintenance"}})


@pytest.mark.parametrize("typed", ["N\x00IL", "N\u200bIL", "NIL\u202e", "NIL\n", "\ufeffNIL\x07"])
def test_identifier_is_read_without_what_nobody_sees(typed: str) -> None:
    assert answer(ELIGIBILITE.by_code["nil"], typed, choices={}) == "NIL"
