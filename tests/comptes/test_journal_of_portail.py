"""The journal of the portal on screen: who did what, about what, and when."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes import journal
from comptes.enums import Act
from comptes.models import Compte
from comptes.rules.journaux import SORTES, Wanted, read
from tests.factories.comptes import CompteFactory

# Half past eleven in the evening of 30 June in Paris, still the 30th; half an hour after midnight there, the 1st.
EVENING, NIGHT = datetime(2026, 6, 30, 21, 30, tzinfo=UTC), datetime(2026, 6, 30, 22, 30, tzinfo=UTC)


@pytest.fixture
def anne(db: None) -> Compte:
    return CompteFactory(administrateur=True, first_name="Anne", last_name="Le Goff")


@pytest.fixture
def julien(anne: Compte) -> Compte:
    """Somebody else, who retried a message by night; Anne had opened his account the evening before."""
    julien: Compte = CompteFactory(administrateur=True, first_name="Julien", last_name="Caron")
    opened = {"compte": julien.pk, "roles": "administrateur"}
    journal.record(journal.PORTAIL, Act.COMPTE_ANS_OPENED, on=f"compte:{julien.pk}", by=anne, at=EVENING, **opened)
    journal.record(journal.PORTAIL, Act.NOTICE_RETRIED, on="avis:7", by=julien, at=NIGHT, avis=7)
    journal.record(journal.PORTAIL, Act.WORK_RETRIED, on="echec:8", by=None, at=NIGHT, tache="Ancrage")
    return julien


OPENED, NOTICE, WORK = "reçoit un compte de l’ANS", "L’envoi d’une notification en échec", "Un travail qui avait échoué"


def shown(sign_in: Any, reader: Compte, **asked: object) -> list[str]:
    page = sign_in(reader).get(reverse("comptes:journal_of_portail"), asked).content.decode()
    return [sentence for sentence in (OPENED, NOTICE, WORK) if sentence in page]


def test_journal_is_narrowed_by_person_subject_and_days_of_paris(anne: Compte, julien: Compte, sign_in: Any) -> None:
    assert shown(sign_in, anne) == [OPENED, NOTICE, WORK]
    assert shown(sign_in, anne, par=julien.pk) == [NOTICE]
    assert shown(sign_in, anne, par="portail") == [WORK]
    assert shown(sign_in, anne, sorte="comptes") == [OPENED]
    assert shown(sign_in, anne, sorte="envois") == [NOTICE, WORK]
    assert shown(sign_in, anne, au="2026-06-30") == [OPENED]
    assert shown(sign_in, anne, du="2026-07-01") == [NOTICE, WORK]
    assert shown(sign_in, anne, du="2026-07-02") == []


def test_page_keeps_what_was_asked_and_says_when_nothing_corresponds(
    anne: Compte, julien: Compte, sign_in: Any
) -> None:
    client, address = sign_in(anne), reverse("comptes:journal_of_portail")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address, {"par": julien.pk, "du": "2026-07-02"}).content.decode()
    assert "Aucune action ne correspond" in page
    assert f'value="{julien.pk}" selected' in page
    assert 'name="du" value="2026-07-02"' in page
    assert len(queries) == 6


def test_page_that_follows_keeps_the_filters(anne: Compte, julien: Compte, sign_in: Any) -> None:
    for number in range(30):
        at = NIGHT + timedelta(minutes=number)
        journal.record(journal.PORTAIL, Act.NOTICE_RETRIED, on=f"avis:{number}", by=anne, at=at, avis=number)
    page = sign_in(anne).get(reverse("comptes:journal_of_portail"), {"par": anne.pk, "sorte": "envois"})
    assert f"?par={anne.pk}&amp;sorte=envois&amp;page=2" in page.content.decode()


def test_page_of_a_journal_counts_no_whole_chain(anne: Compte, sign_in: Any) -> None:
    for number in range(60):
        journal.record(journal.PORTAIL, Act.NOTICE_RETRIED, on=f"avis:{number}", by=anne, at=NIGHT, avis=number)
    client, address = sign_in(anne), reverse("comptes:journal_of_portail")
    for page, shown in (("1", 25), ("3", 10), ("9", 10), ("x", 25)):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address, {"page": page})
        assert len(answer.context["lines"]) == shown
        assert len(queries) == 8
        assert [query["sql"] for query in queries if "journalentry" in query["sql"] and "LIMIT 1001" in query["sql"]]
        assert not [query["sql"] for query in queries if "COUNT(" in query["sql"].upper()]


# What is written in the chains of an éditeur or of a candidature, or addressed by no act: not in that of the portal.
ELSEWHERE = {
    *("acces", "anomalie", "ans", "autorisation", "capture", "champ", "charte", "code", "conclusion", "convention"),
    *("demande", "demande_guichet", "dossier", "echeance", "exigence", "fichier", "invitation", "kept", "message"),
    *("mesure", "piece", "portail", "preuve", "preuve_attendue", "produit", "rattachement", "reexamen"),
    "referencement",
}


def test_each_kind_of_address_of_the_portal_is_under_a_subject() -> None:
    """A new kind of address goes under one of `SORTES`, or in `ELSEWHERE`."""
    floors = ("comptes", "candidatures", "preuves", "guichets", "referencement")
    rooms = [Path(settings.BASE_DIR) / floor / room for floor in floors for room in ("operations", "models", "queries")]
    texts = [path.read_text() for room in rooms for path in room.rglob("*.py")]
    kinds = {kind for text in texts for kind in re.findall(r'f"([a-z_-]+):\{', text)}

    assert kinds - {kind for _, written_on in SORTES.values() for kind in written_on} == ELSEWHERE


@pytest.mark.parametrize("par", ["-1", "1e3", "²", "9" * 10, "autre"])
def test_address_that_cannot_be_read_asks_nothing(par: str) -> None:
    assert read({"par": par, "sorte": "autre", "du": "hier", "au": "0001-01-01"}) == Wanted()
