"""Whose turn it is between the éditeur and the ANS, and for how long: one rule, wherever it is read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from candidatures import operations
from candidatures.enums import VoletKind
from candidatures.models import Candidature
from comptes import clock
from comptes.effects import note_unreachable
from referencement import queries
from referencement.enums import Cote, ObjetDAttente
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.conventions import some_parties
from tests.factories.referencement import COLLEGE, an_attributed_solution

AT = make.SUMMER
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def it_is_two_days_later() -> Iterator[None]:
    with clock.travel(AT + 2 * DAY):
        yield


def turn_in(candidature: Candidature) -> dict[Cote, tuple[ObjetDAttente, datetime | None]]:
    """By side, what it is waited for first and since when: of one by its page's rule, of many by the lists'."""
    at = AT + 2 * DAY
    known = queries.with_exchanges(Candidature.objects.with_names().filter(pk=candidature.pk)).get()
    found = queries.tour_of(queries.dossier_complet(known, at=at, with_history=False), at=at)
    assert queries.tours_of([candidature.pk], at=at) == {candidature.pk: found}
    return {one.cote: (one.objet, one.since) for one in found.parts()}


def post(team: Team, by: Any, at: Any = AT, text: str = "Bonjour.") -> Any:
    words = {"text": text, "token": f"{by.pk}-{at.isoformat()}", "by": by, "at": at}
    return operations.post_message(candidature_id=team.candidature.pk, **words)


# -- as it is lived --------------------------------------------------------------------------------------------------


def test_turn_goes_to_and_fro_with_what_is_handed_over_and_asked(team: Team) -> None:
    theirs = {Cote.EDITEUR: (ObjetDAttente.VOLET_TO_SUBMIT, None)}
    assert turn_in(team.candidature) == theirs

    volet = make.a_submitted_volet(team.candidature, team.salarie)
    assert turn_in(team.candidature) == theirs | {Cote.ANS: (ObjetDAttente.VOLET_TO_READ, AT)}

    demande = make.a_demande(volet, team.instructeur, "version_technique")
    assert turn_in(team.candidature) == {Cote.EDITEUR: (ObjetDAttente.COMPLEMENT, demande.asked_at)}

    operations.cancel_demande(demande_id=demande.pk, reason="Inutile.", by=team.instructeur, at=AT + HOUR)
    assert turn_in(team.candidature) == theirs | {Cote.ANS: (ObjetDAttente.VOLET_TO_READ, AT)}

    make.confirm_reference(team.volet, team.instructeur)
    make.admit(team.volet, team.instructeur, at=AT + 2 * HOUR)
    assert turn_in(team.candidature) == theirs


def test_messages_wait_since_the_first_that_was_not_answered(team: Team) -> None:
    post(team, team.salarie)
    post(team, team.mandataire, AT + HOUR)
    assert turn_in(team.candidature)[Cote.ANS] == (ObjetDAttente.MESSAGE, AT)

    post(team, team.instructeur, AT + 2 * HOUR)
    assert Cote.ANS not in turn_in(team.candidature)

    post(team, team.salarie, AT + 3 * HOUR)
    assert turn_in(team.candidature)[Cote.ANS] == (ObjetDAttente.MESSAGE, AT + 3 * HOUR)


def test_chapitres_wait_for_the_ans_then_for_the_editeur(team: Team) -> None:
    prove.a_rem()
    proved = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    prove.a_submitted_chapitre(proved, team.mandataire, "INS", at=AT + HOUR)
    assert turn_in(team.candidature) == {
        Cote.EDITEUR: (ObjetDAttente.CHAPITRE_TO_SUBMIT, None),
        Cote.ANS: (ObjetDAttente.CHAPITRE_TO_READ, AT + HOUR),
    }


def test_closed_candidature_is_nobody_s_turn(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    operations.withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AT + HOUR)

    assert turn_in(team.candidature) == {}


# -- on the pages ----------------------------------------------------------------------------------------------------


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def test_overview_messagerie_and_list_say_the_same(team: Team, sign_in: Any) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    nru = team.candidature.nru
    waiting = "depuis 2 jours\u00a0: un volet soumis est à lire, et 1 autre chose"
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
def test_tours_of_many_ask_no_more_than_those_of_one(team: Team, django_assert_num_queries: Any, rows: int) -> None:
    candidatures = [team.candidature, *(make_team().candidature for _ in range(rows - 1))]
    for one in candidatures:
        make.a_submitted_volet(one, one.opened_by, kind=VoletKind.ELIGIBILITE)
    found = {one.pk: turn_in(one) for one in candidatures}

    with django_assert_num_queries(8):
        tours = queries.tours_of([one.pk for one in candidatures], at=AT + 2 * DAY)
    said = {pk: {one.cote: (one.objet, one.since) for one in tour.parts()} for pk, tour in tours.items()}
    assert said == found


def test_tours_of_what_is_attributed_ask_for_the_convention_alone(db: None, django_assert_num_queries: Any) -> None:
    parties = some_parties()
    an_attributed_solution(parties.candidature, parties.signatory)

    with django_assert_num_queries(2):
        (found,) = queries.tours_of([parties.candidature.pk], at=COLLEGE + DAY).values()
    assert [one.objet for one in found.attentes] == [ObjetDAttente.CONVENTION_TO_COUNTERSIGN]
