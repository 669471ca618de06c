"""Reconciliation: every pair of held and received stages, and random lives of demandes; without a database."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from guichets.catalogue.guichets import spec_of_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import AnomalieKind, Owner
from guichets.rules.gates import DemandeFacts, GateFacts, gates
from guichets.rules.reconciliation import (
    AnomalieFound,
    Believed,
    DeskAnswer,
    DeskReturn,
    LegalMove,
    Path,
    _anomalies,
    reconcile,
    steps_between,
)

AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
CNDA, EDC_PSC, GAZELLE = (spec_of_guichet(code) for code in ("cnda", "edc_psc", "gazelle"))

# believed → said → the stages walked, `-` where it stays, and `back` or `refused` for the two anomalies of a stage.
CNDA_PAIRS = """
                initialisation  pre_examen  examen              finalisation               granted                          refused
initialisation  -               pre_examen  pre_examen,examen   pre_examen,examen,finalisation  pre_examen,examen,finalisation,granted  pre_examen,refused
pre_examen      back            -           examen              examen,finalisation        examen,finalisation,granted      refused
examen          back            back        -                   finalisation               finalisation,granted             refused
finalisation    back            back        back                -                          granted                          refused
granted         back            back        back                back                       -                                back
refused         refusal         refusal     refusal             refusal                    refusal                          -
"""  # noqa: E501 -- a table is read by its columns
EDC_PSC_PAIRS = """
                      declared  submitted  in_review            complement_requested                      granted                      refused
declared              -         submitted  submitted,in_review  submitted,in_review,complement_requested  submitted,in_review,granted  submitted,in_review,refused
submitted             back      -          in_review            in_review,complement_requested            in_review,granted            in_review,refused
in_review             back      back       -                    complement_requested                      granted                      refused
complement_requested  back      back       in_review            -                                         in_review,granted            refused
granted               back      back       back                 back                                      -                            back
refused               refusal   refusal    refusal              refusal                                   refusal                      -
"""  # noqa: E501 -- a table is read by its columns

GAZELLE_PAIRS = """
                DONE_UNDEFINED  DONE_FAILED  DONE_PASSED
DONE_UNDEFINED  -               DONE_FAILED  DONE_PASSED
DONE_FAILED     DONE_UNDEFINED  -            DONE_PASSED
DONE_PASSED     back            back         -
"""


def cells(guichet: GuichetSpec, table: str) -> list[tuple[GuichetSpec, str, str, str]]:
    heading, *lines = [line.split() for line in table.strip().splitlines()]
    assert heading == list(guichet.labels)
    assert [line[0] for line in lines] == list(guichet.labels)
    return [(guichet, line[0], shown, cell) for line in lines for shown, cell in zip(heading, line[1:], strict=True)]


@pytest.mark.parametrize(
    ("guichet", "held", "shown", "expected"),
    [*cells(CNDA, CNDA_PAIRS), *cells(EDC_PSC, EDC_PSC_PAIRS), *cells(GAZELLE, GAZELLE_PAIRS)],
)
def test_every_pair_of_stages(guichet: GuichetSpec, held: str, shown: str, expected: str) -> None:
    outcome = reconcile(Believed(guichet, held, DAY), DeskAnswer(guichet, shown, DAY), at=AT)

    if expected in ("back", "refusal"):
        kind = {"back": AnomalieKind.BACKWARDS, "refusal": AnomalieKind.OUT_OF_REFUSED}[expected]
        assert isinstance(outcome, DeskReturn)
        assert (outcome.etape, outcome.anomalie.kind, outcome.anomalie.owner) == (shown, kind, Owner.ANS)
    else:
        etapes = [] if expected == "-" else expected.split(",")
        assert isinstance(outcome, Path)
        assert [step.etape for step in outcome.steps] == etapes
        assert [step.seen for step in outcome.steps] == [etape == shown for etape in etapes]


HELD = Believed(CNDA, "pre_examen", DAY, objet="INSI", nil="NIL-1", logiciel="Sirocco")


@pytest.mark.parametrize(
    ("changes", "kind", "owner", "sentence"),
    [
        ({"etape": "recours"}, AnomalieKind.UNKNOWN_STATUS, Owner.ANS, "«\u00a0recours\u00a0»"),
        ({"nil": "NIL-9"}, AnomalieKind.OTHER_SOFTWARE, Owner.EDITEUR, "NIL-9"),
        ({"objet": "DMP"}, AnomalieKind.OTHER_OBJECT, Owner.EDITEUR, "«\u00a0DMP\u00a0»"),
        ({"date_etape": DAY - timedelta(days=1)}, AnomalieKind.OLDER_DATE, Owner.ANS, "1er\u00a0novembre 2026"),
        ({"date_etape": date(2026, 11, 4)}, AnomalieKind.FUTURE_DATE, Owner.ANS, "4\u00a0novembre 2026"),
    ],
)
def test_each_anomaly_has_its_owner_and_its_sentence(changes, kind, owner, sentence) -> None:
    answer = DeskAnswer(**{"guichet": CNDA, "etape": "examen", "date_etape": DAY, "objet": "INSI"} | changes)

    outcome = reconcile(HELD, answer, at=AT)

    assert isinstance(outcome, AnomalieFound)
    assert (outcome.kind, outcome.owner, sentence in outcome.sentence) == (kind, owner, True)


def test_other_software_is_told_by_its_name_when_no_nil_is_known() -> None:
    held = Believed(EDC_PSC, "submitted", logiciel="Sirocco  Résidence")

    same = reconcile(held, DeskAnswer(EDC_PSC, "in_review", DAY, logiciel="sirocco résidence"), at=AT)
    other = reconcile(held, DeskAnswer(EDC_PSC, "in_review", DAY, logiciel="Mistral"), at=AT)

    assert isinstance(same, Path)
    assert other.kind == AnomalieKind.OTHER_SOFTWARE


@pytest.mark.parametrize(("hour", "follows"), [(22, False), (23, True)])
def test_future_begins_at_midnight_in_paris(hour: int, follows: bool) -> None:
    """3 November at 23:00 UTC is 4 November in Paris, in winter."""
    answer = DeskAnswer(CNDA, "examen", date(2026, 11, 4), objet="INSI")

    outcome = reconcile(HELD, answer, at=datetime(2026, 11, 3, hour, 59 if hour == 22 else 0, tzinfo=UTC))

    assert isinstance(outcome, Path) is follows


def test_desk_behind_a_confirmed_capture_is_told_with_both() -> None:
    held = Believed(CNDA, "examen", DAY, captured_at=datetime(2026, 11, 2, 23, 30, tzinfo=UTC))

    outcome = reconcile(held, DeskAnswer(CNDA, "pre_examen", date(2026, 11, 3)), at=AT)

    assert isinstance(outcome, DeskReturn)
    assert (outcome.anomalie.kind, outcome.reason.replace("\u00a0", " ")) == (
        AnomalieKind.CONTRADICTS_CAPTURE,
        (
            "Le CNDA affiche « Pré-examen » depuis le 3 novembre 2026, "
            "alors que la capture confirmée par l’ANS le 3 novembre 2026 montre « Examen de conformité »."
        ),
    )


# -- the words of each anomaly --------------------------------------------------------------------------------------

OFTEN = "elle reviendra à cette étape, et les suivantes seront de nouveau en attente"
PLAIN = str.maketrans("\u00a0", " ")


def sentence_of(held: Believed, **answered: Any) -> str:
    answer = DeskAnswer(**{"guichet": held.guichet, "etape": held.etape, "date_etape": DAY} | answered)
    outcome = reconcile(held, answer, at=AT)
    assert not isinstance(outcome, Path)
    return (outcome.anomalie if isinstance(outcome, DeskReturn) else outcome).sentence.translate(PLAIN)


@pytest.mark.parametrize(
    ("held", "answered", "sentence"),
    [
        (
            Believed(EDC_PSC, "submitted", logiciel="Sirocco"),
            {"logiciel": "Mistral"},
            "L’EDC PSC répond pour le logiciel « Mistral », et non pour « Sirocco ».",
        ),
        (HELD, {"nil": "NIL-9"}, "Le CNDA répond pour le NIL NIL-9, et non pour NIL-1."),
        (HELD, {"objet": "DMP"}, "Ce numéro est, pour le CNDA, celui de « DMP » et non de « INSI »."),
        (
            HELD,
            {"etape": "x" * 90},
            f"Le CNDA affiche un statut inconnu du portail : « {'x' * 80} ».",
        ),
        (
            HELD,
            {"etape": "examen", "date_etape": date(2026, 11, 4)},
            "Le CNDA date l’étape « Examen de conformité » du 4 novembre 2026, une date à venir.",
        ),
        (
            HELD,
            {"etape": "examen", "date_etape": date(2026, 11, 1)},
            "Le CNDA date son étape du 1er novembre 2026, avant la date déjà connue du 2 novembre 2026.",
        ),
        (
            Believed(CNDA, "examen", DAY),
            {"etape": "pre_examen"},
            (
                "Le CNDA affiche « Pré-examen » depuis le 2 novembre 2026, alors que la demande en était à "
                "« Examen de conformité ». "
                f"La demande ne change pas encore. Si cette réponse se répète, ou si l’ANS la confirme, {OFTEN}."
            ),
        ),
        (
            Believed(CNDA, "examen", DAY, captured_at=AT),
            {"etape": "pre_examen"},
            (
                "Le CNDA affiche « Pré-examen » depuis le 2 novembre 2026, alors que la capture confirmée par l’ANS le "
                "3 novembre 2026 montre « Examen de conformité ». "
                f"La demande ne change pas encore. Si cette réponse se répète, ou si l’ANS la confirme, {OFTEN}."
            ),
        ),
        (
            Believed(CNDA, "refused", DAY),
            {"etape": "examen"},
            (
                "Le CNDA affiche « Examen de conformité » depuis le 2 novembre 2026, d’une demande qu’il "
                "avait refusée. "
                "La demande ne change pas encore. Si cette réponse se répète, ou si l’ANS la confirme, "
                "elle sera de nouveau suivie."
            ),
        ),
    ],
)
def test_anomaly_is_said_whole(held: Believed, answered: dict[str, Any], sentence: str) -> None:
    assert sentence_of(held, **answered) == sentence


def test_future_stage_that_nobody_knows_is_named_as_the_desk_names_it() -> None:
    """The first anomaly is the one kept; the others are read from the same answer."""
    answer = DeskAnswer(CNDA, "recours", date(2026, 11, 4))

    assert [anomalie.kind for anomalie in _anomalies(HELD, answer, AT.date())] == [
        AnomalieKind.UNKNOWN_STATUS,
        AnomalieKind.FUTURE_DATE,
    ]
    assert "« recours »" in list(_anomalies(HELD, answer, AT.date()))[1].sentence.translate(PLAIN)


def test_days_are_those_of_paris_wherever_the_machine_stands(machine_in_tokyo: None) -> None:
    """At 16:00 UTC it is the next day in Tokyo, and still the same day in Paris."""
    at = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
    held = Believed(CNDA, "examen", DAY, captured_at=at)

    tomorrow = reconcile(held, DeskAnswer(CNDA, "finalisation", date(2026, 11, 4)), at=at)
    back = reconcile(held, DeskAnswer(CNDA, "pre_examen", DAY), at=at)

    assert isinstance(tomorrow, AnomalieFound)
    assert isinstance(back, DeskReturn)
    assert "le 3\u00a0novembre 2026 montre" in back.reason


def test_path_moves_when_it_has_a_step() -> None:
    assert (Path().moves, Path((LegalMove("examen", seen=True),)).moves) == (False, True)


# -- random lives ---------------------------------------------------------------------------------------------------

UNKNOWN = "recours"
DESKS = ("cnda", "edc_psc", "gazelle")


@some.composite
def a_life(draw: some.DrawFn) -> tuple[GuichetSpec, list[tuple[str, date, str] | None]]:
    """What a desk answers, pull after pull: a stage, a day, a NIL; or None when the pull brought nothing."""
    guichet = spec_of_guichet(draw(some.sampled_from(DESKS)))
    days = some.dates(date(2026, 10, 1), date(2026, 12, 1))
    answer = some.tuples(some.sampled_from([*guichet.labels, UNKNOWN]), days, some.sampled_from(["NIL-1", "NIL-9", ""]))
    return guichet, draw(some.lists(some.one_of(some.none(), answer), max_size=25))


@given(a_life())
def test_state_walks_legal_edges_and_gates_obey_it_alone(life) -> None:
    """Nothing that fails, or cannot be believed, moves a state or a gate; what moves it is one legal move at a time."""
    guichet, answers = life
    held = Believed(guichet, guichet.initial.code, nil="NIL-1")
    for answer in answers:
        before = gates_with(held)
        outcome = answer and reconcile(held, DeskAnswer(guichet, answer[0], answer[1], nil=answer[2]), at=AT)
        if not isinstance(outcome, Path):
            assert gates_with(held) == before
            continue
        assert answer is not None
        assert answer[2] != "NIL-9"
        assert answer[1] <= AT.date()
        walked = [held.etape, *(step.etape for step in outcome.steps)]
        assert all(end in guichet.by_code[start].vers for start, end in pairwise(walked))
        assert walked[-1] == answer[0]
        held = Believed(guichet, walked[-1], answer[1], nil="NIL-1")
        opened = {gate.code for gate in gates_with(held) if gate.is_open} - {
            gate.code for gate in before if gate.is_open
        }
        assert not opened or outcome.steps


def gates_with(held: Believed):
    """The gates of a solution of which this demande is all that is asked of the desks."""
    only = (DemandeFacts("Demande", held.guichet, held.etape, confirmed_at=AT if held.etape_date else None),)
    return gates(GateFacts("approved", True, only))


@pytest.mark.parametrize("guichet", [CNDA, EDC_PSC])
def test_no_way_leaves_what_was_decided(guichet: GuichetSpec) -> None:
    for decided in ("granted", "refused"):
        assert [label for label in guichet.labels if steps_between(guichet, decided, label)] == []
