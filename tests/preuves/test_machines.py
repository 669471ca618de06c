"""Every cell of the two machines of phase 2, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django_fsm import TransitionNotAllowed

from comptes.models import Compte
from preuves.enums import ChapitreState, PreuveState
from preuves.models import Chapitre, Preuve, SoumissionDeChapitre

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
BY = Compte(pk=1)

CHAPITRE = {
    "submit": {"open": "submitted", "returned": "submitted"},
    "take_back": {"submitted": "open"},
    "take_answer_back": {"submitted": "returned"},
    "come_back": {"submitted": "returned"},
    "open_review": {"submitted": "under_review"},
    "change_hands": {"under_review": "under_review"},
    "send_back": {"under_review": "returned"},
    "approve": {"under_review": "approved"},
    "reopen": {"approved": "returned"},
}
PREUVE = {
    "deposit": {"deposited": "deposited", "to_correct": "deposited"},
    "accept": {"deposited": "accepted"},
    "return_for_correction": {"deposited": "to_correct"},
    "fall": {"accepted": "deposited"},
}
WORDS: dict[str, dict[str, Any]] = {
    "take_back": {},
    "take_answer_back": {"former": SoumissionDeChapitre(submitted_at=AT, submitted_by=BY)},
    "come_back": {"at": AT},
    "open_review": {"by": BY, "at": AT, "until": AT + timedelta(hours=4)},
    "change_hands": {"by": BY, "at": AT, "until": AT + timedelta(hours=4)},
}


@pytest.mark.parametrize("move", CHAPITRE)
@pytest.mark.parametrize("state", ChapitreState.values)
def test_chapitre_moves_as_the_table_says(move: str, state: str) -> None:
    chapitre = Chapitre(state=state)
    act = getattr(chapitre, move)
    arguments = WORDS.get(move, {"by": BY, "at": AT})

    if state not in CHAPITRE[move]:
        with pytest.raises(TransitionNotAllowed):
            act(**arguments)
    else:
        act(**arguments)
        assert (chapitre.state, chapitre.version) == (CHAPITRE[move][state], 1)


@pytest.mark.parametrize("move", PREUVE)
@pytest.mark.parametrize("state", PreuveState.values)
def test_preuve_moves_as_the_table_says(move: str, state: str) -> None:
    preuve = Preuve(state=state)

    if state not in PREUVE[move]:
        with pytest.raises(TransitionNotAllowed):
            getattr(preuve, move)()
    else:
        getattr(preuve, move)()
        assert preuve.state == PREUVE[move][state]


def test_tables_name_every_move() -> None:
    for model, table in ((Chapitre, CHAPITRE), (Preuve, PREUVE)):
        field = model._meta.get_field("state")
        assert {move.name for move in field.get_all_transitions(model)} == set(table)
