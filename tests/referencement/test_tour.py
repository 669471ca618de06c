"""Whose turn it is between the éditeur and the ANS, and for how long: one rule, wherever it is read."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from candidatures import operations
from candidatures.enums import Camp, VoletKind
from candidatures.models import Candidature
from comptes import clock
from comptes.effects import note_unreachable
from referencement import queries, rules
from referencement.rules import Echanges, Tour
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove

AT = make.SUMMER
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTHING = Echanges(is_open=True)


@pytest.fixture(autouse=True)
def it_is_two_days_later() -> Iterator[None]:
    with clock.travel(AT + 2 * DAY):
        yield


def turn_in(candidature: Candidature) -> Tour | None:
    return queries.tour_of(queries.with_exchanges(Candidature.objects.filter(pk=candidature.pk)).get())


def post(team: Team, by: Any, at: Any = AT, text: str = "Bonjour.") -> Any:
    words = {"text": text, "token": f"{by.pk}-{at.isoformat()}", "by": by, "at": at}
    return operations.post_message(candidature_id=team.candidature.pk, **words)


# -- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("echanges", "whose", "since"),
    [
        (Echanges(True, volet_submitted_at=AT), Camp.ANS, AT),
        (Echanges(True, volet_submitted_at=AT, chapitre_submitted_at=AT - HOUR), Camp.ANS, AT - HOUR),
        (Echanges(True, message_at=AT), Camp.ANS, AT),
        (Echanges(True, demande_asked_at=AT, volet_submitted_at=AT - DAY), Camp.EDITEUR, AT),
        (Echanges(True, chapitre_returned_at=AT, demande_asked_at=AT - HOUR), Camp.EDITEUR, AT - HOUR),
        (Echanges(False, message_at=AT, demande_asked_at=AT), Camp.ANS, AT),
    ],
)
def test_turn_is_the_editeur_s_first_and_since_the_oldest(echanges: Echanges, whose: Camp, since: Any) -> None:
    found = rules.tour(echanges)

    assert found is not None
    assert (found.whose, found.since) == (whose, since)


@pytest.mark.parametrize("echanges", [NOTHING, Echanges(False, volet_submitted_at=AT, demande_asked_at=AT)])
def test_turn_is_nobody_s_when_nobody_waits_or_all_is_closed(echanges: Echanges) -> None:
    assert rules.tour(echanges) is None


def test_both_sides_are_said_each_by_its_oldest() -> None:
    found = rules.tour(
        Echanges(True, volet_submitted_at=AT, chapitre_submitted_at=AT - DAY, demande_asked_at=AT + HOUR)
    )
    assert found is not None

    said = [rules.said(one, at=AT + 2 * DAY, reader=Camp.EDITEUR) for one in found.oldest_by_camp()]
    assert said == [
        "C’est à vous depuis 1 jour et 23 heures\u00a0: une demande de l’ANS attend une réponse",
        "C’est au tour de l’ANS depuis 3 jours\u00a0: un chapitre soumis est à examiner",
    ]
    assert found.for_how_long(AT + HOUR) == "moins d’une minute"
    assert found.for_how_long(AT) == "moins d’une minute"  # it arrived just before what it reads
    theirs = [rules.said(one, at=AT + 2 * DAY, reader=Camp.ANS) for one in found.oldest_by_camp()]
    assert [one.partition(" depuis ")[0] for one in theirs] == ["C’est au tour de l’éditeur", "C’est à vous"]


# -- as it is lived --------------------------------------------------------------------------------------------------


def test_turn_goes_to_and_fro_with_what_is_handed_over_and_asked(team: Team) -> None:
    assert turn_in(team.candidature) is None

    volet = make.a_submitted_volet(team.candidature, team.salarie)
    found = turn_in(team.candidature)
    assert found is not None
    assert (found.whose, found.since) == (Camp.ANS, AT)

    demande = make.a_demande(volet, team.instructeur, "version_technique")
    found = turn_in(team.candidature)
    assert found is not None
    assert (found.whose, found.since) == (Camp.EDITEUR, demande.asked_at)

    operations.cancel_demande(demande_id=demande.pk, reason="Inutile.", by=team.instructeur, at=AT + HOUR)
    found = turn_in(team.candidature)
    assert found is not None
    assert (found.whose, found.since) == (Camp.ANS, AT)

    make.confirm_reference(team.volet, team.instructeur)
    make.admit(team.volet, team.instructeur, at=AT + 2 * HOUR)
    assert turn_in(team.candidature) is None


def test_messages_wait_since_the_first_that_was_not_answered(team: Team) -> None:
    post(team, team.salarie)
    post(team, team.mandataire, AT + HOUR)
    found = turn_in(team.candidature)
    assert found is not None
    assert (found.whose, found.since) == (Camp.ANS, AT)

    post(team, team.instructeur, AT + 2 * HOUR)
    assert turn_in(team.candidature) is None

    post(team, team.salarie, AT + 3 * HOUR)
    found = turn_in(team.candidature)
    assert found is not None
    assert found.since == AT + 3 * HOUR


def test_chapitres_wait_for_the_ans_then_for_the_editeur(team: Team) -> None:
    prove.a_rem()
    proved = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    prove.a_submitted_chapitre(proved, team.mandataire, "INS", at=AT + HOUR)
    found = turn_in(team.candidature)
    assert found is not None
    assert [(one.camp, one.objet, one.since) for one in found.attentes] == [
        (Camp.ANS, "un chapitre soumis est à examiner", AT + HOUR)
    ]


def test_closed_candidature_is_nobody_s_turn(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    operations.withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AT + HOUR)

    assert turn_in(team.candidature) is None


# -- on the pages ----------------------------------------------------------------------------------------------------


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def test_overview_messagerie_and_list_say_the_same(team: Team, sign_in: Any) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    nru = team.candidature.nru
    waiting = "depuis 2 jours\u00a0: un volet soumis est à lire"
    addresses = [reverse(f"referencement:{name}", args=[nru]) for name in ("candidature", "messages")]

    for address in [*addresses, reverse("referencement:instruction")]:
        assert f"C’est à vous {waiting}" in text_of(sign_in(team.instructeur).get(address))
    for address in addresses:
        assert f"C’est au tour de l’ANS {waiting}" in text_of(sign_in(team.salarie).get(address))


def test_lists_count_what_each_person_has_not_read(team: Team, sign_in: Any) -> None:
    post(team, team.mandataire)
    post(team, team.salarie, AT + HOUR)
    produits, instruction = reverse("candidatures:produits"), reverse("referencement:instruction")

    assert "1 message non lu" in text_of(sign_in(team.salarie).get(produits))
    assert "2 messages non lus" in text_of(sign_in(team.representant).get(produits))
    assert "2 messages non lus" in text_of(sign_in(team.instructeur).get(instruction))
    assert "non lu" not in text_of(sign_in(team.stranger).get(produits))


def test_addresses_that_receive_nothing_are_shown_to_the_team_and_to_the_ans(team: Team, sign_in: Any) -> None:
    overview = reverse("referencement:candidature", args=[team.candidature.nru])
    for one, said in ((team.representant, "Une personne de l’équipe"), (team.newcomer, "2 personnes de l’équipe")):
        assert said not in sign_in(team.instructeur).get(overview).content.decode()
        note_unreachable(one.pk, "550 inconnue", at=AT)
        for reader in (team.mandataire, team.instructeur):
            assert said in sign_in(reader).get(overview).content.decode()

    assert "Adresse injoignable" in sign_in(team.instructeur).get("/instruction/").content.decode()


def test_list_says_which_candidatures_are_closed(team: Team, sign_in: Any) -> None:
    operations.withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AT)

    assert "Retirée" in sign_in(team.instructeur).get("/instruction/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_exchanges_of_many_are_one_query(team: Team, django_assert_num_queries: Any, rows: int) -> None:
    candidatures = [team.candidature, *(make_team().candidature for _ in range(rows - 1))]
    for one in candidatures:
        make.a_submitted_volet(one, one.opened_by, kind=VoletKind.ELIGIBILITE)

    with django_assert_num_queries(1):
        found = queries.exchanges_of([one.pk for one in candidatures], team.instructeur)
    assert {pk: one.tour for pk, one in found.items()} == {one.pk: turn_in(one) for one in candidatures}
