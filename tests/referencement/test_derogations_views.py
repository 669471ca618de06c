"""The éditeur's demand, the ANS's queue, and what it considers by itself, as they are read and clicked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from candidatures.enums import DerogationState
from candidatures.models import Derogation
from candidatures.operations.instruction import ask_complement
from candidatures.operations.requetes import ask_derogation
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.enums import DocumentKind
from referencement.models import Document
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.referencement.test_echeances_views import browser, count, of, page

QUEUE = reverse("referencement:derogations_waiting")
LATE = make.DATE_1 + timedelta(days=2)


@pytest.fixture
def olivier(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Olivier")


@pytest.fixture
def odile(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Odile")


def asking(team: Team) -> str:
    return reverse("referencement:derogation_ask", args=[team.candidature.nru])


def deciding(team: Team) -> str:
    return reverse("referencement:derogation_decide", args=[team.candidature.nru, Derogation.objects.get().pk])


def ask(team: Team, **changes: Any) -> str:
    given = {"echeance": "date-1", "motive": "Hospitalisation.", "joined": [make.a_pdf("certificat.pdf")]}
    return page(team.salarie, asking(team), given | changes, at=LATE)


def test_the_whole_way_of_a_derogation_that_the_editeur_asks(team: Team, olivier: Compte) -> None:
    candidature = reverse("referencement:candidature", args=[team.candidature.nru])
    assert f'href="{asking(team)}"' in page(team.salarie, candidature, at=LATE)

    html = ask(team, wished="2026-10-20T12:00")

    assert "Votre demande est à l’étude" in html
    queue = page(team.instructeur, QUEUE, at=LATE + timedelta(hours=3))
    assert "Sirocco Résidence" in queue
    assert "3 heures" in queue
    read = page(team.instructeur, of(team), at=LATE)
    assert "certificat.pdf" in read
    assert 'value="2026-10-20T12:00"' in read
    page(team.instructeur, deciding(team), {"geste": "proposer", "to": "2026-10-18T12:00"}, at=LATE)
    assert "18 octobre" not in page(team.salarie, of(team), at=LATE)
    page(olivier, deciding(team), {"geste": "accorder"}, at=LATE)

    assert Derogation.objects.get().state == DerogationState.GRANTED
    assert "Par dérogation, pour cette candidature" in page(team.salarie, of(team), at=LATE)


def test_the_ans_opens_the_piece_that_came_with_it(team: Team) -> None:
    ask(team)
    piece = team.candidature.pieces.get()

    with clock.travel(LATE):
        address = reverse("preuves:fichier", args=[team.candidature.nru, piece.pk])
        assert browser(team.instructeur).get(address).status_code != 404


def test_a_refusal_is_read_with_how_to_contest_it(team: Team, olivier: Compte, odile: Compte) -> None:
    ask(team)
    page(olivier, deciding(team), {"geste": "proposer-refus", "motif": "Rien de neuf."}, at=LATE)
    assert "Rien de neuf." not in page(team.salarie, of(team), at=LATE)
    assert "Confirmer le refus" not in page(olivier, of(team), at=LATE)

    page(odile, deciding(team), {"geste": "refuser"}, at=LATE)

    html = page(team.salarie, of(team), at=LATE)
    issued = Document.objects.get(candidature=team.candidature, kind=DocumentKind.DECISION)
    assert (issued.data["titre"], issued.data["motifs"]) == ("Refus de dérogation", ["Rien de neuf."])
    assert "deux mois" in issued.data["recours"][0]
    assert reverse("referencement:document", args=[issued.numero]) in html
    assert "Rien de neuf." in html
    assert "Voies et délais de recours" in html
    assert "dans les deux mois" in html


def test_asked_twice_is_said_and_nothing_typed_is_lost(team: Team) -> None:
    ask(team)

    html = ask(team, motive="Encore une fois.", joined=[])

    assert "est déjà demandée" in html
    assert "Encore une fois." in html
    assert Derogation.objects.count() == 1


def test_the_editeur_withdraws_what_it_asked(team: Team) -> None:
    ask(team)
    address = reverse("referencement:derogation_withdraw", args=[team.candidature.nru, Derogation.objects.get().pk])

    assert "Retirée par l’éditeur" in page(team.salarie, address, {}, at=LATE)
    assert "Aucune dérogation en attente" in page(team.instructeur, QUEUE, at=LATE)


def test_a_complement_near_an_echeance_is_considered_in_one_click(team: Team) -> None:
    """A complément asked five days before Date 1, of a dossier whose other volet is not submitted."""
    volet = make.a_submitted_volet(team.candidature, team.mandataire)
    near = make.DATE_1 - timedelta(days=5)
    ask_complement(
        volet_id=volet.pk,
        champs=["version_technique"],
        text="Vu.",
        seen_version=volet.version,
        by=team.instructeur,
        at=near,
    )
    sentence = (
        "L’ANS a demandé un complément (candidature administrative), 5 jours avant la Date 1 : "
        "c’est trop peu pour répondre."
    )
    candidature = reverse("referencement:candidature", args=[team.candidature.nru])
    for address in (QUEUE, of(team), candidature):
        assert sentence in page(team.instructeur, address, at=near)
    for address in (of(team), candidature):
        assert sentence not in page(team.salarie, address, at=near)

    asked = {"echeance": "date-1", "to": "2026-10-11T12:00", "motive": sentence}
    page(team.instructeur, of(team), asked, at=near)

    assert sentence not in page(team.salarie, of(team), at=near)
    assert "L’ANS étudie un délai" in page(team.salarie, of(team), at=near)
    assert "À envisager" not in page(team.instructeur, QUEUE, at=near)
    assert sentence not in page(team.instructeur, candidature, at=near)


def test_a_product_attached_after_date_1_is_warned_before(team: Team) -> None:
    produit = make.a_produit(team.editeur, team.mandataire, "Tardif")
    address = reverse("candidatures:attach", args=[produit.pk])

    assert "la Date 1 est passée" not in page(team.mandataire, address, at=make.DATE_1)
    html = page(team.mandataire, address, at=make.DATE_1 + timedelta(seconds=1))
    assert "la Date 1 est passée" in html
    assert "sauf dérogation de l’ANS" in html


def test_the_queue_asks_the_same_for_one_row_and_three(team: Team) -> None:
    ask(team)
    first = count(team.instructeur, QUEUE)
    for other in (make_team(), make_team()):
        ask_derogation(
            candidature_id=other.candidature.pk,
            echeance="date-1",
            motive="Incident.",
            wished=None,
            by=other.salarie,
            at=datetime(2026, 10, 3, 12, 0, tzinfo=UTC),
        )

    assert count(team.instructeur, QUEUE) == first <= 15
