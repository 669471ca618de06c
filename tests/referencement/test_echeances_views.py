"""The pages of the échéances: moved for everybody or for one, seen beforehand, decided by another person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.enums import CandidatureState, DeplacementState, DerogationState
from candidatures.models import Candidature, DeplacementDEcheance, Derogation, Echeance
from candidatures.operations.derogations import (
    foreclose_candidature,
    grant_derogation,
    refuse_derogation,
    request_derogation,
)
from candidatures.operations.echeances import approve_move, propose_move, refuse_move
from candidatures.queries.candidatures import deadlines_of
from candidatures.queries.echeances import deplacements
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte, Notice
from referencement.queries.deplacements import effect_of_move
from referencement.queries.publication import published
from referencement.rules.deplacements import Effect, effect_in_words
from tests.candidatures.conftest import Team, make_team
from tests.dates import DATE_1
from tests.factories import candidatures as make
from tests.factories.tours import project_everything
from tests.urls_cast import browser

BEFORE = datetime(2026, 9, 20, 8, 0, tzinfo=UTC)
AFTER = make.DATE_1 + timedelta(days=1)
LATER = datetime(2026, 10, 15, 10, 0, tzinfo=UTC)
INDEX = reverse("referencement:echeances")
NEW = reverse("referencement:deplacement_new", args=["ms-dui-va2", DATE_1])
TYPED = {"to": "2026-10-15T12:00", "arrete": "Arrêté du 18/09/2026", "motive": "Incident national."}


@pytest.fixture
def olivier(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Olivier")


@pytest.fixture
def odile(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Odile")


def ask(who: Compte | None, address: str, data: dict[str, Any] | None = None, at: datetime = BEFORE) -> HttpResponse:
    """Get a page, or post a form and follow where it leads."""
    with clock.travel(at):
        client = browser(who)
        return client.get(address) if data is None else client.post(address, data, follow=True)


def page(who: Compte | None, address: str, data: dict[str, Any] | None = None, at: datetime = BEFORE) -> str:
    """The words of a page, its spaces made plain."""
    return " ".join(ask(who, address, data, at).content.decode().replace("&nbsp;", " ").split())


def a_move(by: Compte, at: datetime = BEFORE, to: datetime = LATER) -> DeplacementDEcheance:
    given = {"code": DATE_1, "to": to, "arrete": TYPED["arrete"], "motive": TYPED["motive"]}
    return propose_move(dispositif_code="ms-dui-va2", by=by, at=at, **given)


def of(team: Team) -> str:
    return reverse("referencement:derogations", args=[team.candidature.nru])


def foreclosed(team: Team, by: Compte) -> Candidature:
    return foreclose_candidature(
        candidature_id=team.candidature.pk, echeance=DATE_1, reason="Aucun volet reçu.", by=by, at=AFTER
    )


# -- a move: whom it concerns -----------------------------------------------------------------------------------------


def effect(**changes: Any) -> Effect:
    given = {"former": make.DATE_1, "to": LATER, "late": 0, "pending": 0, "extended": 0, "foreclosed": 0, "messages": 3}
    return Effect(**given | changes)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, [("info", "Aucune candidature")]),
        ({"late": 2}, [("success", "2 candidatures en retard\u00a0: elles seront de nouveau dans les délais.")]),
        ({"pending": 1}, [("success", "14 jours de plus.")]),
        ({"pending": 1, "to": make.DATE_1 - timedelta(days=3)}, [("warning", "3 jours de moins.")]),
        ({"late": 1, "extended": 1}, [("success", "elle sera"), ("info", "1 candidature avec une dérogation")]),
        ({"late": 1, "foreclosed": 2}, [("success", "1 candidature en"), ("info", "2 candidatures déjà closes pour")]),
    ],
)
def test_effect_is_said_in_words(changes: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    sentences = effect_in_words(effect(**changes))

    assert [tone for tone, _ in sentences] == [tone for tone, _ in wanted]
    assert all(text in sentence for (_, sentence), (_, text) in zip(sentences, wanted, strict=True))


def test_effect_counts_who_is_late_who_has_more_time_and_who_is_out(team: Team, olivier: Compte) -> None:
    extended, done, closed = make_team(), make_team(), make_team()
    make.a_dossier_handed_over(done.candidature, done.mandataire)
    derogation = request_derogation(
        candidature_id=extended.candidature.pk,
        echeance=DATE_1,
        to=LATER + timedelta(days=1),
        motive="Incident.",
        by=team.instructeur,
        at=BEFORE,
    )
    grant_derogation(derogation_id=derogation.pk, by=olivier, at=BEFORE)
    foreclosed(closed, olivier)
    echeance = Echeance.objects.select_related("dispositif").get(dispositif="ms-dui-va2", code=DATE_1)
    deadline = deadlines_of(done.candidature)[DATE_1]
    counts, concerned = effect_of_move(echeance, deadline, LATER, at=AFTER)

    assert (counts.late, counts.pending, counts.extended, counts.foreclosed) == (1, 0, 1, 1)
    assert [candidature.nru for candidature in concerned] == [team.candidature.nru]
    assert effect_of_move(echeance, deadline, LATER, at=BEFORE)[0].pending == 1


# -- a move: proposed, then approved by another ----------------------------------------------------------------------


def test_move_is_previewed_before_it_is_proposed(team: Team, olivier: Compte) -> None:
    seen = page(olivier, NEW, TYPED | {"geste": "voir"})

    assert "1 candidature incomplète" in seen.replace("\u00a0", " ")
    assert team.candidature.nru in seen
    assert "en enverra 3" in seen
    assert not DeplacementDEcheance.objects.exists()


def test_move_is_proposed_by_one_and_approved_by_another(team: Team, olivier: Compte, odile: Compte) -> None:
    page(olivier, NEW, TYPED | {"geste": "proposer"})
    move = DeplacementDEcheance.objects.get()
    address = reverse("referencement:deplacement", args=[move.pk])
    assert (move.to_at, move.state, move.asked_by) == (LATER, DeplacementState.PROPOSED, olivier)
    assert "Approuver le déplacement" not in page(olivier, address)
    assert "une autre personne doit l’approuver" in page(olivier, address)
    assert "<strong>3 notifications</strong>" in page(odile, address)
    assert "Approuver le déplacement" in page(odile, address)
    assert "une autre personne doit l’approuver" in page(olivier, address, {"geste": "approuver"})

    assert "La date est déplacée. Un e-mail" in page(odile, address, {"geste": "approuver"})
    assert deadlines_of(team.candidature)[DATE_1].at == LATER
    assert Notice.objects.filter(kind="candidatures.echeance_moved").count() == 3
    assert "En vigueur" in page(odile, INDEX)


def test_move_is_abandoned_by_who_proposed_it(olivier: Compte, team: Team) -> None:
    move = a_move(olivier)
    page(olivier, reverse("referencement:deplacement", args=[move.pk]), {"geste": "abandonner"})

    assert DeplacementDEcheance.objects.get().state == DeplacementState.REFUSED
    assert deadlines_of(team.candidature)[DATE_1].at == make.DATE_1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"to": "2026-09-01T12:00"}, "déjà passé"),
        ({"to": "2027-10-01T12:00"}, "dépasse la Date 2"),
        ({"to": "2026-10-25T02:30"}, "être interprété"),
        ({"to": ""}, "Indiquez la date et l’heure."),
        ({"arrete": ""}, "Citez l’arrêté"),
        ({"motive": "x" * 100_000}, "2000"),
    ],
)
def test_move_that_is_wrong_is_refused_with_a_sentence(
    team: Team, olivier: Compte, changes: dict[str, str], message: str
) -> None:
    answer = ask(olivier, NEW, TYPED | {"geste": "proposer"} | changes)

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not DeplacementDEcheance.objects.exists()


def test_move_that_became_impossible_says_so_to_who_would_approve(team: Team, olivier: Compte, odile: Compte) -> None:
    move = a_move(olivier)
    seen = page(odile, reverse("referencement:deplacement", args=[move.pk]), at=LATER)

    assert "déjà passé" in seen
    assert "Approuver le déplacement" not in seen


# -- everybody notices -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "is_said"), [(13, True), (14, False)])
def test_recent_move_is_said_wherever_an_echeance_is_read(
    team: Team, olivier: Compte, odile: Compte, days: int, is_said: bool
) -> None:
    approve_move(move_id=a_move(olivier).pk, by=odile, at=BEFORE)
    overview = reverse("referencement:candidature", args=[team.candidature.nru])
    readers = [
        (None, reverse("home")),
        (team.salarie, reverse("candidatures:produits")),
        (team.salarie, overview),
        (team.instructeur, reverse("referencement:journee")),
        (team.instructeur, INDEX),
    ]
    at = BEFORE + timedelta(days=days)

    assert {"La Date 1 est déplacée" in page(who, address, at=at) for who, address in readers} == {is_said}


# -- a dérogation ----------------------------------------------------------------------------------------------------


def test_derogation_is_asked_by_one_and_granted_by_another(team: Team, olivier: Compte) -> None:
    page(team.instructeur, of(team), {"echeance": DATE_1, "to": "2026-10-15T12:00", "motive": "Hospitalisation."})
    derogation = Derogation.objects.get()
    decide = reverse("referencement:derogation_decide", args=[team.candidature.nru, derogation.pk])
    assert (derogation.to_at, derogation.state) == (LATER, DerogationState.REQUESTED)
    assert "Hospitalisation." not in page(team.mandataire, of(team))
    assert "Accorder la dérogation" not in page(team.instructeur, of(team))
    assert "<strong>3 notifications</strong>" in page(olivier, of(team))

    page(olivier, decide, {"geste": "accorder"})
    assert deadlines_of(team.candidature)[DATE_1].extended
    seen = page(team.mandataire, of(team))
    assert "Hospitalisation." in seen
    assert "Par dérogation, pour cette candidature" in seen
    assert "déjà fait l’objet d’une décision" in page(olivier, decide, {"geste": "accorder"})


def test_derogation_is_refused_with_a_reason(team: Team, olivier: Compte) -> None:
    page(team.instructeur, of(team), {"echeance": DATE_1, "to": "2026-10-15T12:00", "motive": "Hospitalisation."})
    decide = reverse("referencement:derogation_decide", args=[team.candidature.nru, Derogation.objects.get().pk])
    assert "Indiquez le motif du refus." in page(olivier, decide, {"geste": "refuser"})
    page(olivier, decide, {"geste": "refuser", "motif": "Rien ne l’empêchait."})

    assert Derogation.objects.get().state == DerogationState.REFUSED
    assert "Rien ne l’empêchait." in page(team.instructeur, of(team))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"to": "2026-09-01T12:00"}, "déjà passé"),
        ({"to": "2026-09-25T12:00"}, "plus de temps"),
        ({"echeance": "x"}, "x"),
    ],
)
def test_derogation_that_is_wrong_is_refused_with_a_sentence(team: Team, changes: dict[str, str], message: str) -> None:
    data = {"echeance": DATE_1, "to": "2026-10-15T12:00", "motive": "Incident."} | changes
    answer = ask(team.instructeur, of(team), data)

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Derogation.objects.exists()


def test_derogation_of_another_candidature_is_nowhere(team: Team, olivier: Compte) -> None:
    page(team.instructeur, of(team), {"echeance": DATE_1, "to": "2026-10-15T12:00", "motive": "Incident."})
    other = make_team()
    decide = reverse("referencement:derogation_decide", args=[other.candidature.nru, Derogation.objects.get().pk])

    assert ask(olivier, decide, {"geste": "accorder"}).status_code == 404


# -- foreclosed ------------------------------------------------------------------------------------------------------


def test_foreclosed_candidature_says_who_when_why_and_what_may_open_it(team: Team, olivier: Compte) -> None:
    foreclosed(team, olivier)
    overview = page(team.mandataire, reverse("referencement:candidature", args=[team.candidature.nru]), at=AFTER)

    assert "Cette candidature est close pour dépôt hors délai (forclusion)" in overview
    assert "Camille Olivier" in overview
    assert "Aucun volet reçu." in overview
    assert of(team) in overview
    withdraw = reverse("referencement:withdraw", args=[team.candidature.nru])
    assert "pour dépôt hors délai (forclusion)" in page(team.mandataire, withdraw, at=AFTER)
    assert "Soumettre à l’ANS" not in page(
        team.mandataire, reverse("candidatures:volet_submit", args=[team.candidature.nru, "administratif"]), at=AFTER
    )


def test_derogation_opens_a_foreclosed_candidature_again(team: Team, olivier: Compte) -> None:
    foreclosed(team, olivier)
    form = page(team.instructeur, of(team), at=AFTER)
    assert 'value="date-1"' in form
    assert 'value="date-2"' not in form
    page(team.instructeur, of(team), {"echeance": DATE_1, "to": "2026-10-15T12:00", "motive": "Incident."}, at=AFTER)
    decide = reverse("referencement:derogation_decide", args=[team.candidature.nru, Derogation.objects.get().pk])
    page(olivier, decide, {"geste": "accorder"}, at=AFTER)

    assert Candidature.objects.get(pk=team.candidature.pk).state == CandidatureState.OPEN


def test_dossier_handed_over_by_derogation_is_on_the_public_list(team: Team, olivier: Compte) -> None:
    page(team.instructeur, of(team), {"echeance": DATE_1, "to": "2026-10-15T12:00", "motive": "Incident."})
    grant_derogation(derogation_id=Derogation.objects.get().pk, by=olivier, at=BEFORE)
    make.a_dossier_handed_over(team.candidature, team.mandataire, at=LATER)
    listed = {at: list(published(at=at)) for at in (LATER - timedelta(seconds=1), LATER)}

    assert listed == {LATER - timedelta(seconds=1): [], LATER: [team.candidature]}
    foreclosed_later = Candidature.objects.filter(pk=team.candidature.pk)
    foreclosed_later.update(
        state=CandidatureState.FORECLOSED,
        foreclosed_at=LATER,
        foreclosed_by=olivier,
        foreclosure_echeance="date-2",
        foreclosure_reason="Motif.",
    )
    assert list(published(at=LATER)) == []


# -- what is asked of the database -----------------------------------------------------------------------------------


def count(who: Compte, address: str) -> int:
    with clock.travel(BEFORE):
        client = browser(who)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
    return len(asked)


def test_pages_ask_the_same_for_one_row_and_three(team: Team, olivier: Compte, odile: Compte) -> None:
    def one_more() -> None:
        refuse_move(move_id=a_move(olivier).pk, by=odile, at=BEFORE)
        given = {"candidature_id": team.candidature.pk, "echeance": DATE_1, "to": LATER, "motive": "Motif."}
        derogation = request_derogation(by=team.instructeur, at=BEFORE, **given)
        refuse_derogation(derogation_id=derogation.pk, reason="Non.", by=olivier, at=BEFORE)

    one_more()
    project_everything(at=BEFORE)
    before = count(olivier, INDEX), count(olivier, of(team)), count(team.mandataire, of(team))
    one_more()
    one_more()

    assert deplacements().count() == 3
    assert (count(olivier, INDEX), count(olivier, of(team)), count(team.mandataire, of(team))) == before
    assert before == (8, 16, 13)


def test_previews_ask_at_most_fifteen(team: Team, olivier: Compte, odile: Compte) -> None:
    address = reverse("referencement:deplacement", args=[a_move(olivier).pk])
    alone = count(odile, address)
    make_team()
    make_team()

    assert count(odile, address) == alone == 14
