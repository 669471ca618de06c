"""The overview of a candidature at the end of its parcours: what is missing, whose turn it is, the next click."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.operations.candidatures import withdraw_candidature
from comptes import clock
from comptes.models import Compte
from preuves.operations.chapitres import submit_chapitre
from referencement.enums import Decision
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_page_queries import count
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.conventions import Parties
from tests.factories.referencement import COLLEGE, EARLIER, a_signed_convention, an_attributed_solution, an_examen


def page(parties: Parties, reader: Compte) -> Any:
    client = Client()
    client.force_login(reader, backend=BY_PASSWORD)
    with clock.travel(EARLIER):
        answer = client.get(reverse("referencement:candidature", args=[parties.candidature.nru]))
    assert answer.status_code == 200
    return answer


def turn(parties: Parties, reader: Compte) -> tuple[str, str]:
    shown = page(parties, reader).context["turn"]
    return shown["title"], shown.get("href", "")


def test_convention_is_the_ans_s_turn_when_every_chapitre_is_approved(parties: Parties) -> None:
    convention = reverse("referencement:convention", args=[parties.candidature.nru])

    assert turn(parties, parties.responsable) == ("C’est à vous", convention)


def test_editeur_is_told_what_to_do_meanwhile(parties: Parties) -> None:
    declared = reverse("guichets:declare", args=[parties.candidature.nru, "cnda:/INSI"])
    assert turn(parties, parties.signatory) == ("C’est à vous", declared)
    assert page(parties, parties.signatory).context["turn"]["link"] == "Déclarer"

    with clock.travel(EARLIER):
        desks.everything(parties.candidature, parties.signatory)
        for demande in parties.candidature.demandes_aux_guichets.all():
            desks.moved_to(demande, "granted")
    assert turn(parties, parties.signatory) == ("C’est au tour de l’ANS", "")


def test_what_is_missing_is_said_with_its_owner_and_its_link(parties: Parties) -> None:
    (group,) = page(parties, parties.signatory).context["groups"]
    board = reverse("guichets:page", args=[parties.candidature.nru])

    assert group.title == "Avant le collège"
    assert {(blocage.owner, blocage.href, blocage.is_mine) for blocage in group.blocages} == {
        ("L’éditeur", board, True),
        ("L’ANS", reverse("referencement:convention", args=[parties.candidature.nru]), False),
    }
    assert all(blocage.section for blocage in group.blocages)


def test_chapitre_leads_each_reader_where_it_is_lifted(parties: Parties) -> None:
    candidature = make.a_candidature(
        make.a_produit(parties.team.editeur, parties.team.mandataire, "Alizé"), parties.team.mandataire
    )
    parties.candidature = make.a_dossier_handed_over(candidature, parties.team.mandataire)
    before, _ = page(parties, parties.signatory).context["groups"]
    by_ans, _ = page(parties, parties.responsable).context["groups"]
    mine = {blocage.href for blocage in before.blocages}
    theirs = {blocage.href for blocage in by_ans.blocages}

    assert reverse("preuves:chapitre", args=[candidature.nru, "MAT"]) in mine
    assert reverse("preuves:dossier", args=[candidature.nru]) in theirs
    for reader, hrefs in ((parties.signatory, mine), (parties.responsable, theirs)):
        client = Client()
        client.force_login(reader, backend=BY_PASSWORD)
        assert {client.get(href, follow=True).status_code for href in hrefs} == {200}


def test_when_only_a_desk_is_awaited_it_is_its_turn(parties: Parties) -> None:
    with clock.travel(EARLIER):
        a_signed_convention(parties.candidature, parties.signatory)
        desks.everything(parties.candidature, parties.signatory)
    title, href = turn(parties, parties.signatory)

    assert title in {"On attend l’EDC PSC", "On attend le CNDA", "C’est à vous"}
    assert href == reverse("guichets:page", args=[parties.candidature.nru])


def test_attributed_candidature_leads_to_its_public_page(parties: Parties) -> None:
    an_attributed_solution(parties.candidature, parties.signatory)
    answer = page(parties, parties.signatory)

    assert answer.context["public"] == reverse("referencement:solution", args=[parties.candidature.nru])
    assert answer.context["public"] in answer.content.decode()
    assert "Ce qui manque" not in answer.content.decode()


def test_decision_that_is_not_published_is_said_to_nobody(parties: Parties) -> None:
    an_examen(parties.candidature, parties.signatory, Decision.NOT_ATTRIBUTED, reasons=["Une preuve."])

    assert "Référencement non attribué" in page(parties, parties.signatory).content.decode()


def a_page_of(team: Team, at: datetime = prove.AUTUMN) -> Any:
    client = Client()
    client.force_login(team.mandataire, backend=BY_PASSWORD)
    with clock.travel(at):
        return client.get(reverse("referencement:candidature", args=[team.candidature.nru]))


def test_each_chapitre_complete_and_not_submitted_is_named_in_red_with_its_own_click(db: None) -> None:
    prove.a_rem()
    team = make_team()
    prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    assert a_page_of(team).context["unsubmitted"] is None

    for code in ("MAT", "INS"):
        prove.a_complete_chapitre(team.candidature, team.mandataire, code)
    answer = a_page_of(team)
    submitting = [reverse("preuves:chapitre_submit", args=[team.candidature.nru, code]) for code in ("MAT", "INS")]

    assert [link["href"] for link in answer.context["unsubmitted"]["links"]] == submitting
    for text in (*submitting, "2 chapitres complets ne sont pas soumis", "Identité nationale de santé", "danger"):
        assert text in answer.content.decode()

    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.mandataire, at=prove.AUTUMN)
    left = a_page_of(team).context["unsubmitted"]
    assert (left["title"], [link["href"] for link in left["links"]]) == (
        "Un chapitre complet n’est pas soumis",
        submitting[1:],
    )


@pytest.mark.parametrize(("passed", "is_said"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
def test_chapitre_that_can_not_be_submitted_any_more_is_not_urgent(db: None, passed: timedelta, is_said: bool) -> None:
    prove.a_rem()
    team = make_team()
    prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    prove.a_complete_chapitre(team.candidature, team.mandataire)
    date_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)

    assert bool(a_page_of(team, date_2 + passed).context["unsubmitted"]) is is_said


def test_overview_with_drafts_and_chapitres_in_red_asks_at_most_fifteen(db: None) -> None:
    prove.a_rem()
    team = make_team()
    address = reverse("referencement:candidature", args=[team.candidature.nru])
    with clock.travel(make.SUMMER):
        count(team.mandataire, address)
        assert count(team.mandataire, address) == 14
    prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    prove.a_complete_chapitre(team.candidature, team.mandataire)
    with clock.travel(prove.AUTUMN):
        assert count(team.mandataire, address) == 14


def test_closed_candidature_misses_nothing(parties: Parties) -> None:
    withdraw_candidature(candidature_id=parties.candidature.pk, by=parties.signatory, at=EARLIER)

    assert "Ce qui manque" not in page(parties, parties.signatory).content.decode()


def test_overview_asks_at_most_fifteen(parties: Parties) -> None:
    desks.everything(parties.candidature, parties.signatory)
    a_signed_convention(parties.candidature, parties.signatory)
    address = reverse("referencement:candidature", args=[parties.candidature.nru])
    with clock.travel(COLLEGE):
        count(parties.signatory, address)
        assert (count(parties.signatory, address), count(parties.responsable, address)) == (14, 13)
