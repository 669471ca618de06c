import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from comptes import clock
from comptes.models import Compte, Editeur, Rattachement
from segur_portal.celery import PortalTask, app
from tests.factories.comptes import CompteFactory, EditeurFactory, RattachementFactory
from tests.ground import standing

AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def at() -> Iterator[datetime]:
    """The portal's clock, stopped on 1 July 2026 at 8:00 UTC."""
    with clock.travel(AT):
        yield AT


@dataclass(frozen=True)
class Team:
    """An éditeur with one person per role, a stranger who is mandataire elsewhere, and two people of the ANS."""

    editeur: Editeur
    mandataire: Rattachement
    representant: Rattachement
    salarie: Rattachement
    stranger: Compte
    administrateur: Compte
    instructeur: Compte


def make_team() -> Team:
    editeur = EditeurFactory(raison_sociale="Sirocco Logiciels")
    return Team(
        editeur=editeur,
        mandataire=RattachementFactory(editeur=editeur, mandataire=True),
        representant=RattachementFactory(editeur=editeur, representant=True),
        salarie=RattachementFactory(editeur=editeur),
        stranger=RattachementFactory(mandataire=True).compte,
        administrateur=CompteFactory(administrateur=True),
        instructeur=CompteFactory(instructeur=True),
    )


team = standing(make_team)


@contextmanager
def no_broker() -> Iterator[None]:
    """Make Celery use a reserved port, where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with broker_at(f"redis://127.0.0.1:{taken.getsockname()[1]}/0"):
            yield


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """Make Celery use another broker, with new connections."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CELERY_BROKER_URL", url)
        patch.setattr(app, "_pool", None)
        patch.setattr(app.amqp, "_producer_pool", None)
        patch.setattr(PortalTask, "_rests_until", 0.0)
        yield
