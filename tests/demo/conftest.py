from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import clear_url_caches

from candidatures.catalogue.dispositifs import every_spec
from candidatures.operations.dispositifs import load_dispositif
from comptes import clock
from comptes.operations.horloge import start_clock
from segur_portal.demo.replay import replay
from segur_portal.demo.story import in_paris
from tests.factories.catalogue import load_the_desks
from tests.ground import standing

OPENING = in_paris("2026-09-30 11:30")


def load_the_catalogue() -> None:
    with clock.travel(in_paris("2026-05-26 09:00")):
        for spec in every_spec():
            load_dispositif(spec=spec, at=clock.now())
    load_the_desks()


def _open() -> None:
    with override_settings(DEMO=True, PORTAL_URL="http://portail.example", MAIL_ROOT=""):
        load_the_catalogue()
        replay("ouverture")


# The story played up to its opening, for consecutive tests; asked for before `demo`. The messages are not kept.
opened = standing(_open)


@pytest.fixture
def demo(settings, tmp_path: Path, db) -> Iterator[None]:
    """The portal in demonstration mode, with its URLs, its mailbox and the catalogue; the story is not played."""
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.demo.urls"
    settings.PORTAL_URL = "http://portail.example"
    settings.MAIL_ROOT = settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    clear_url_caches()
    load_the_catalogue()
    yield
    clear_url_caches()


@pytest.fixture
def opening(demo) -> datetime:
    """Set the demonstration's clock to the opening, and stop it, so that tests know the time."""
    horloge = start_clock(at=OPENING, machine=clock.machine_now())
    horloge.frozen_at = OPENING
    horloge.save()
    return OPENING


@pytest.fixture
def visitor() -> Client:
    return Client()
