from itertools import product

import pytest

from comptes.rules.rattachements import (
    UNREACHABLE,
    Others,
    Seat,
    can_engage,
    governs,
    obstacles_to_change,
    obstacles_to_detach,
    obstacles_to_offer,
    roles_to_offer,
)

MANDATAIRE = Seat("mandataire", may_engage=True)
REPRESENTANT = Seat("representant", may_engage=False)
DELEGATED = Seat("representant", may_engage=True)
SALARIE = Seat("salarie", may_engage=False)
ENGAGED_SALARIE = Seat("salarie", may_engage=True)
EVERYBODY = (None, MANDATAIRE, REPRESENTANT, DELEGATED, SALARIE)

NOT_YOURS = "Seuls les mandataires et les représentants peuvent gérer les comptes de l’éditeur."
NOT_A_MANDATAIRE = "Seul un mandataire peut désigner un mandataire."
NOT_A_REPRESENTANT = "Seul un mandataire peut désigner un représentant."
NEVER = "Un salarié ne peut pas engager l’éditeur."
LAST = "L’éditeur doit garder au moins un mandataire : désignez-en un autre d’abord."
ONLY_SALARIES = "Un représentant ne peut détacher que des salariés."
ONLY_THEIR_ROLE = "Un représentant ne peut changer que le rôle des salariés."


@pytest.mark.parametrize(
    ("seat", "engages"),
    [
        (None, False),
        (MANDATAIRE, True),
        (REPRESENTANT, False),
        (DELEGATED, True),
        (SALARIE, False),
        (ENGAGED_SALARIE, False),
    ],
)
def test_who_can_engage(seat, engages):
    assert can_engage(seat) is engages


OFFERS = {
    MANDATAIRE: {MANDATAIRE: (), REPRESENTANT: (), DELEGATED: (), SALARIE: (), ENGAGED_SALARIE: (NEVER,)},
    REPRESENTANT: {
        MANDATAIRE: (NOT_A_MANDATAIRE,),
        REPRESENTANT: (NOT_A_REPRESENTANT,),
        DELEGATED: (NOT_A_REPRESENTANT,),
        SALARIE: (),
        ENGAGED_SALARIE: (NEVER,),
    },
}
OFFERS[DELEGATED] = OFFERS[REPRESENTANT]
OFFERS[SALARIE] = OFFERS[None] = dict.fromkeys(OFFERS[MANDATAIRE], (NOT_YOURS,))


@pytest.mark.parametrize("by", EVERYBODY)
@pytest.mark.parametrize("offered", OFFERS[MANDATAIRE])
def test_offering_a_seat(by, offered):
    assert obstacles_to_offer(by, offered) == OFFERS[by][offered]


@pytest.mark.parametrize(
    ("by", "roles"),
    [
        (MANDATAIRE, ("mandataire", "representant", "salarie")),
        (REPRESENTANT, ("salarie",)),
        (DELEGATED, ("salarie",)),
        (SALARIE, ()),
    ],
)
def test_roles_that_one_can_offer(by, roles):
    assert roles_to_offer(by) == roles


DETACHES = {
    MANDATAIRE: dict.fromkeys((MANDATAIRE, REPRESENTANT, DELEGATED, SALARIE), ()),
    REPRESENTANT: {**dict.fromkeys((MANDATAIRE, REPRESENTANT, DELEGATED), (ONLY_SALARIES,)), SALARIE: ()},
    SALARIE: dict.fromkeys((MANDATAIRE, REPRESENTANT, DELEGATED, SALARIE), (NOT_YOURS,)),
}
DETACHES[DELEGATED] = DETACHES[REPRESENTANT]
DETACHES[None] = DETACHES[SALARIE]


@pytest.mark.parametrize(("by", "leaving"), list(product(EVERYBODY, DETACHES[MANDATAIRE])))
def test_detaching_somebody_else(by, leaving):
    assert obstacles_to_detach(by, leaving, is_self=False, others=Others(1, 1)) == DETACHES[by][leaving]
    assert governs(by, leaving) is (DETACHES[by][leaving] == ())


@pytest.mark.parametrize("seat", DETACHES[MANDATAIRE])
def test_leaving(seat):
    assert obstacles_to_detach(seat, seat, is_self=True, others=Others(1, 1)) == ()


@pytest.mark.parametrize("by", EVERYBODY)
def test_the_last_mandataire_stays(by):
    assert obstacles_to_detach(by, MANDATAIRE, is_self=by == MANDATAIRE, others=Others(0, 1)) == (LAST,)


@pytest.mark.parametrize("leaving", [REPRESENTANT, DELEGATED, SALARIE])
def test_others_leave_even_without_another_mandataire(leaving):
    assert obstacles_to_detach(MANDATAIRE, leaving, is_self=False, others=Others(0, 1)) == ()


@pytest.mark.parametrize("by", EVERYBODY)
@pytest.mark.parametrize("present", [MANDATAIRE, REPRESENTANT, DELEGATED, SALARIE])
@pytest.mark.parametrize("wanted", OFFERS[MANDATAIRE])
def test_changing_a_seat(by, present, wanted):
    expected = OFFERS[by][wanted]
    if by in (REPRESENTANT, DELEGATED) and present != SALARIE:
        expected += (ONLY_THEIR_ROLE,)

    assert obstacles_to_change(by, present, wanted, others=Others(1, 1)) == expected


@pytest.mark.parametrize("wanted", [REPRESENTANT, DELEGATED, SALARIE])
def test_the_last_mandataire_keeps_the_role(wanted):
    assert obstacles_to_change(MANDATAIRE, MANDATAIRE, wanted, others=Others(0, 1)) == (LAST,)


def test_the_last_mandataire_may_be_confirmed():
    assert obstacles_to_change(MANDATAIRE, MANDATAIRE, MANDATAIRE, others=Others(0, 1)) == ()


@pytest.mark.parametrize("leaving", [MANDATAIRE, REPRESENTANT])
def test_somebody_who_manages_must_stay_reachable(leaving: Seat) -> None:
    nobody = Others(mandataires=1, reachable=0)

    assert obstacles_to_detach(MANDATAIRE, leaving, is_self=False, others=nobody) == (UNREACHABLE,)
    assert obstacles_to_change(MANDATAIRE, leaving, SALARIE, others=nobody) == (UNREACHABLE,)
    assert obstacles_to_detach(MANDATAIRE, SALARIE, is_self=False, others=nobody) == ()
