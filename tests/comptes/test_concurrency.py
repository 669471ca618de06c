from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from comptes.models import Compte, Editeur, Rattachement
from comptes.operations.editeurs import EditeurNotPossible, register_editeur
from comptes.operations.invitations import InvitationNotOpen, accept_invitation
from comptes.operations.rattachements import RattachementNotChangeable, detach
from tests.comptes.conftest import AT
from tests.factories.comptes import PASSWORD, CompteFactory, EditeurFactory, InvitationFactory, RattachementFactory

from .test_operations import COMPANY


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start the acts together, each on its own connection; return what each answered, or the error that it raised."""
    answers: list[Any] = [None] * len(acts)
    together = Barrier(len(acts))

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            together.wait(timeout=10)
            answers[number] = act()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=args) for args in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return answers


def refusals(answers: list[Any]) -> list[type[Exception]]:
    return [type(answer) for answer in answers if isinstance(answer, Exception)]


@pytest.mark.parametrize("attempt", range(3))
def test_two_mandataires_who_leave_at_once(transactional_db, attempt):
    editeur = EditeurFactory()
    seats = RattachementFactory.create_batch(2, editeur=editeur, mandataire=True)

    answers = at_once(*[lambda seat=seat: detach(rattachement_id=seat.pk, by=seat.compte, at=AT) for seat in seats])

    assert refusals(answers) == [RattachementNotChangeable]
    assert Rattachement.objects.current().count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_invitation_accepted_twice_at_once(transactional_db, attempt):
    invitation = InvitationFactory(invited_at=AT)

    taken = {"token": invitation.token, "names": ("Léa", "Roux"), "password": PASSWORD, "at": AT}

    answers = at_once(*[lambda: accept_invitation(**taken)] * 2)

    assert refusals(answers) == [InvitationNotOpen]
    assert Compte.objects.filter(email=invitation.email).count() == Rattachement.objects.count() == 1


def test_editeur_registered_twice_at_once(transactional_db):
    by = CompteFactory(administrateur=True)

    answers = at_once(*[lambda: register_editeur(**COMPANY, by=by, at=AT)] * 2)

    assert refusals(answers) == [EditeurNotPossible]
    assert Editeur.objects.count() == 1
