"""Whose turn it is between the éditeur and the ANS, and for how long: one rule, wherever it is read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations import requetes as requetes_operations
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.demandes import cancel_demande
from candidatures.operations.derogations import foreclose_candidature, refuse_derogation
from candidatures.operations.messages import post_message
from candidatures.operations.requetes import instruct_derogation, propose_refusal
from comptes import clock
from comptes.dates import end_in_words
from comptes.effects import note_unreachable
from comptes.models import Notice
from referencement.enums import Cote, Decision, MesureKind, ObjetDAttente, ReexamenGround
from referencement.mails import referencements
from referencement.models import TourProjete
from referencement.operations.mesures import answer_mesure, propose_mesure
from referencement.operations.reexamens import refuse_reexamen, request_reexamen
from referencement.operations.tours import project_tours
from referencement.queries.blocages import dossier_complet
from referencement.queries.tours import tour_of, tours_of, with_exchanges
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.conventions import some_parties
from tests.factories.referencement import COLLEGE, an_attributed_solution, an_examen

AT = make.SUMMER
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def it_is_two_days_later() -> Iterator[None]:
    with clock.travel(AT + 2 * DAY):
        yield


def turn_in(candidature: Candidature) -> dict[Cote, tuple[ObjetDAttente, datetime | None]]:
    """By side, what it is waited for first and since when: of one by its page's rule, of many by the lists'."""
    at = AT + 2 * DAY
    known = with_exchanges(Candidature.objects.with_names().filter(pk=candidature.pk)).get()
    tour = tour_of(dossier_complet(known, at=at, with_history=False), at=at)
    assert tours_of([candidature.pk], at=at) == {candidature.pk: tour}
    return {part.cote: (part.objet, part.since) for part in tour.parts()}


def post(team: Team, by: Any, at: Any = AT, text: str = "Bonjour.") -> Any:
    arguments = {"text": text, "token": f"{by.pk}-{at.isoformat()}", "by": by, "at": at}
    return post_message(candidature_id=team.candidature.pk, **arguments)


# -- as it is lived --------------------------------------------------------------------------------------------------


def test_turn_goes_to_and_fro_with_what_is_handed_over_and_asked(team: Team) -> None:
    theirs = {Cote.EDITEUR: (ObjetDAttente.VOLET_TO_SUBMIT, None)}
    assert turn_in(team.candidature) == theirs

    volet = make.a_submitted_volet(team.candidature, team.salarie)
    assert turn_in(team.candidature) == theirs | {Cote.ANS: (ObjetDAttente.VOLET_TO_READ, AT)}

    demande = make.a_demande(volet, team.instructeur, "version_technique")
    assert turn_in(team.candidature) == {Cote.EDITEUR: (ObjetDAttente.COMPLEMENT, demande.asked_at)}

    cancel_demande(demande_id=demande.pk, reason="Inutile.", by=team.instructeur, at=AT + HOUR)
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
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AT + HOUR)

    assert turn_in(team.candidature) == {}


# -- what was asked of the ANS beside the dossier ---------------------------------------------------------------------


def ask_derogation(team: Team, **kwargs: Any) -> Any:
    asked = {"echeance": "date-1", "motive": "Un sinistre.", "wished": None, "by": team.mandataire, "at": AT} | kwargs
    return requetes_operations.ask_derogation(candidature_id=team.candidature.pk, **asked)


def test_derogation_that_the_editeur_asks_is_the_turn_of_the_ans_until_it_is_decided(team: Team) -> None:
    derogation, by = ask_derogation(team), make.a_person(roles_ans=["responsable_instruction"])
    waiting = (ObjetDAttente.DEROGATION, AT)
    assert turn_in(team.candidature)[Cote.ANS] == waiting

    arguments = {"derogation_id": derogation.pk, "at": AT + HOUR}
    instruct_derogation(to=make.DATE_1 + DAY, by=team.instructeur, **arguments)
    assert turn_in(team.candidature)[Cote.ANS] == waiting

    propose_refusal(reason="Rien ne le justifie.", by=team.instructeur, **arguments)
    assert turn_in(team.candidature)[Cote.ANS] == waiting

    refuse_derogation(reason="Non.", by=by, **arguments)
    assert Cote.ANS not in turn_in(team.candidature)


def test_derogation_asked_by_the_foreclosed_is_the_turn_of_the_ans_alone(team: Team, sign_in: Any) -> None:
    arguments = {"candidature_id": team.candidature.pk, "echeance": "date-1", "reason": "Rien n’est soumis."}
    by = make.a_person(roles_ans=["responsable_instruction"])
    foreclose_candidature(**arguments, by=by, at=make.DATE_1 + HOUR)
    ask_derogation(team, at=make.DATE_1 + HOUR)
    at = make.DATE_1 + 2 * HOUR
    (tour,) = tours_of([team.candidature.pk], at=at).values()

    assert tour.is_over
    assert [(attente.cote, attente.objet) for attente in tour.attentes] == [(Cote.ANS, ObjetDAttente.DEROGATION)]
    project_tours(candidature_ids=[team.candidature.pk], at=at)
    waiting = "une dérogation est à accorder ou à refuser"
    listed = reverse("referencement:instruction")
    page = reverse("referencement:candidature", args=[team.candidature.nru])
    with clock.travel(at):
        reader = sign_in(team.instructeur)
        assert f"C’est à vous depuis 1 heure\u00a0: {waiting}" in text_of(reader.get(page))
        for address in (f"{listed}?attend=ans", f"{listed}?pour=derogation"):
            assert "Une dérogation à accorder ou à refuser" in text_of(reader.get(address))
        for address in (page, reverse("candidatures:produits")):
            assert f"C’est au tour de l’ANS depuis 1 heure\u00a0: {waiting}" in text_of(
                sign_in(team.salarie).get(address)
            )


def test_new_examen_that_is_proposed_is_told_to_who_may_grant_it(db: None) -> None:
    parties = some_parties()
    examen = an_examen(parties.candidature, parties.signatory, Decision.NOT_ATTRIBUTED, reasons=["Inexact."])
    assert turn_in(parties.candidature) == {}

    reexamen = request_reexamen(
        candidature_id=parties.candidature.pk,
        ground=ReexamenGround.CORRECTED,
        reason="Tout est corrigé.",
        by=parties.team.instructeur,
        at=COLLEGE + HOUR,
    )

    assert examen.state == "not_attributed"
    assert turn_in(parties.candidature) == {Cote.ANS: (ObjetDAttente.REEXAMEN, COLLEGE + HOUR)}
    told = Notice.objects.filter(kind="referencement.reexamen_requested").values_list("email", flat=True)
    assert list(told) == [parties.responsable.email]
    mail = referencements.reexamen_requested(Notice.objects.get(kind="referencement.reexamen_requested"))
    assert reverse("referencement:reexamen", args=[parties.candidature.nru]) in mail.body
    by = parties.responsable
    refuse_reexamen(reexamen_id=reexamen.pk, reason="Non.", by=by, at=COLLEGE + 2 * HOUR)
    assert turn_in(parties.candidature) == {}


def test_announced_mesure_is_the_turn_of_the_editeur_then_of_the_ans_and_is_told_to_who_decides(
    db: None, sign_in: Any
) -> None:
    parties = some_parties()
    an_attributed_solution(parties.candidature, parties.signatory)
    arguments = {"candidature_id": parties.candidature.pk, "kind": MesureKind.SUSPENSION, "reasons": "Un défaut."}
    mesure = propose_mesure(**arguments, by=parties.team.instructeur, at=COLLEGE + HOUR)
    theirs = (ObjetDAttente.MESURE_TO_ANSWER, COLLEGE + HOUR)

    def turn(at: datetime) -> dict[Cote, tuple[ObjetDAttente, datetime | None]]:
        (tour,) = tours_of([parties.candidature.pk], at=at).values()
        return {part.cote: (part.objet, part.since) for part in tour.parts()}

    until = mesure.answer_until_at
    assert until is not None
    for at in (until - timedelta(seconds=1), until):
        assert turn(at)[Cote.EDITEUR] == theirs
    late = turn(until + timedelta(seconds=1))
    assert Cote.EDITEUR not in late
    project_tours(candidature_ids=[parties.candidature.pk], at=COLLEGE + HOUR)
    assert TourProjete.objects.get(pk=parties.candidature.pk).changes_at == until
    with clock.travel(COLLEGE + 2 * HOUR):
        page = sign_in(parties.signatory).get(reverse("referencement:candidature", args=[parties.candidature.nru]))
    assert page.context["turn"]["title"] == "C’est à vous"
    assert page.context["turn"]["href"] == reverse("referencement:referencement", args=[parties.candidature.nru])
    told = Notice.objects.filter(kind="referencement.mesure_proposed")
    assert list(told.values_list("email", flat=True)) == [parties.responsable.email]
    mail = referencements.mesure_proposed(told.get())
    assert "Un défaut." in mail.body
    assert end_in_words(until) in mail.body

    answer_mesure(mesure_id=mesure.pk, answer="Non.", by=parties.signatory, at=COLLEGE + 3 * HOUR)
    (tour,) = tours_of([parties.candidature.pk], at=COLLEGE + 3 * HOUR).values()
    assert ObjetDAttente.MESURE_TO_DECIDE in {attente.objet for attente in tour.attentes}


# -- on the pages ----------------------------------------------------------------------------------------------------


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def test_overview_messagerie_and_list_say_the_same(team: Team, sign_in: Any) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    nru = team.candidature.nru
    waiting = "depuis 2 jours\u00a0: un volet soumis est à lire, et 1 autre action"
    addresses = [reverse(f"referencement:{name}", args=[nru]) for name in ("candidature", "messages")]

    for address in addresses:
        assert f"C’est à vous {waiting}" in text_of(sign_in(team.instructeur).get(address))
        assert f"C’est au tour de l’ANS {waiting}" in text_of(sign_in(team.salarie).get(address))
    listed = text_of(sign_in(team.instructeur).get(reverse("referencement:instruction")))
    more = 'title="Un volet soumis à lire · L’ANS\u00a0: 1 · L’éditeur\u00a0: 1"'
    for shown in (more, ">Un volet soumis à lire</a>", ">+2</span>", ">2\u00a0jours</td>"):
        assert shown in listed


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
    for person, label in ((team.representant, "Une personne de l’équipe"), (team.newcomer, "2 personnes de l’équipe")):
        assert label not in sign_in(team.instructeur).get(overview).content.decode()
        note_unreachable(person.pk, "550 inconnue", at=AT)
        for reader in (team.mandataire, team.instructeur):
            assert label in sign_in(reader).get(overview).content.decode()

    assert "Adresse injoignable" in sign_in(team.instructeur).get("/instruction/").content.decode()


def test_list_says_which_candidatures_are_closed(team: Team, sign_in: Any) -> None:
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AT)

    assert "Candidature retirée" in sign_in(team.instructeur).get("/instruction/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_tours_of_many_ask_no_more_than_those_of_one(team: Team, django_assert_num_queries: Any, rows: int) -> None:
    candidatures = [team.candidature, *(make_team().candidature for _ in range(rows - 1))]
    for candidature in candidatures:
        make.a_submitted_volet(candidature, candidature.opened_by, kind=VoletKind.ELIGIBILITE)
    turns = {candidature.pk: turn_in(candidature) for candidature in candidatures}

    with django_assert_num_queries(8):
        tours = tours_of([candidature.pk for candidature in candidatures], at=AT + 2 * DAY)
    projected = {pk: {part.cote: (part.objet, part.since) for part in tour.parts()} for pk, tour in tours.items()}
    assert projected == turns


def test_tours_of_what_is_attributed_ask_for_the_convention_alone(db: None, django_assert_num_queries: Any) -> None:
    parties = some_parties()
    an_attributed_solution(parties.candidature, parties.signatory)

    with django_assert_num_queries(2):
        (tour,) = tours_of([parties.candidature.pk], at=COLLEGE + DAY).values()
    assert [attente.objet for attente in tour.attentes] == [ObjetDAttente.CONVENTION_TO_COUNTERSIGN]
