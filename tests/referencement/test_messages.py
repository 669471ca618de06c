"""The thread of a candidature: written once by both sides, read by each, with what it mentions and carries."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from candidatures.enums import Camp
from candidatures.models import Message
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.derogations import foreclose_candidature
from candidatures.operations.messages import POSTED, MessageNotPosted, mark_messages_read
from candidatures.rules import messages as rules
from comptes import effects
from comptes.enums import RoleANS
from comptes.models import Notice
from preuves.models import Chapitre
from preuves.operations.instruction import claim_chapitre
from preuves.queries.fichiers import examiners_of
from tests.candidatures.conftest import Team, all_at_once, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.referencement.threads import address, post

AT, DAY = make.SUMMER, timedelta(days=1)


# -- the rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "wanted"),
    [
        (rules.DraftMessage("Bonjour.", 0, 0), 0),
        (rules.DraftMessage("é" * rules.LONGEST, rules.MOST_FILES, rules.MOST_MENTIONS), 0),
        (rules.DraftMessage("é" * (rules.LONGEST + 1), 0, 0), 1),
        (rules.DraftMessage(" \n ", 0, 0), 1),
        (rules.DraftMessage("Bonjour.", rules.MOST_FILES + 1, rules.MOST_MENTIONS + 1, corrects_own=False), 3),
    ],
)
def test_what_keeps_a_message_from_leaving(draft: rules.DraftMessage, wanted: int) -> None:
    assert len(rules.obstacles_to_post(draft, may_write=True)) == wanted
    assert len(rules.obstacles_to_post(draft, may_write=False)) == wanted + 1


def test_what_a_text_names_is_found_once_whatever_surrounds_it() -> None:
    known = {"SC.INS/va1.36": "exigence:SC.INS/va1.36", "SSI/GEN.18": "exigence:SSI/GEN.18"}
    text = "Voir (SC.INS/va1.36), puis SSI/GEN.18. Encore SC.INS/va1.36\u00a0? Pas SC.INS/va1.3."

    assert rules.mentioned_in(text, known) == ("exigence:SC.INS/va1.36", "exigence:SSI/GEN.18")


# -- written ---------------------------------------------------------------------------------------------------------


def test_a_message_is_read_by_both_sides_and_told_to_all_but_its_author(team: Team) -> None:
    responsable = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    message = post(team, team.salarie)

    told = set(Notice.objects.filter(kind=POSTED).values_list("email", flat=True))
    assert told == {team.mandataire.email, team.representant.email, responsable.email}
    assert (message.camp, message.sent_at) == (Camp.EDITEUR, AT)
    post(team, team.instructeur, "Nous regardons.")
    answer = post(team, team.salarie, "Merci.")
    told = set(Notice.objects.filter(address=answer.address).values_list("email", flat=True))
    assert told == {team.mandataire.email, team.representant.email, team.instructeur.email}


def test_who_has_read_it_gets_no_letter(team: Team, settings: Any) -> None:
    message = post(team, team.salarie)
    mark_messages_read(candidature_id=team.candidature.pk, upto=message.pk, by=team.mandataire, at=AT)
    for person in (team.mandataire, team.representant):
        effects.deliver_to(person.email)

    states = dict(Notice.objects.filter(address=message.address).values_list("email", "state"))
    assert states[team.mandataire.email] == "cancelled"
    assert states[team.representant.email] == "sent"
    assert [message.to for message in mail.outbox if "message de Sami Leroy" in message.subject] == [
        [team.representant.email]
    ]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE candidatures_message SET text = 'autre'", "DELETE FROM candidatures_message"],
)
def test_nothing_sent_is_edited(team: Team, statement: str) -> None:
    post(team, team.salarie)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_correction_is_a_new_message_of_the_same_person(team: Team, sign_in: Any) -> None:
    wrong = post(team, team.salarie, "La version 4.2.")
    right = post(team, team.salarie, "La version 4.3.", corrects_id=wrong.pk)
    with pytest.raises(MessageNotPosted, match="propres messages"):
        post(team, team.mandataire, "La version 4.4.", corrects_id=right.pk)
    with pytest.raises(MessageNotPosted, match="déjà corrigé"):
        post(team, team.salarie, "La version 4.5.", corrects_id=wrong.pk)

    page = sign_in(team.instructeur).get(address(team)).content.decode()
    assert "La version 4.2." in page
    assert "La version 4.3." in page
    assert "Corrigé par un <a" in page
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_message() -> None:
    team = make_team()
    outcomes = all_at_once(4, lambda _: post(team, team.salarie, token="le-meme"))

    assert {outcome.pk for outcome in outcomes if isinstance(outcome, Message)} == {Message.objects.get().pk}
    assert Notice.objects.filter(kind=POSTED).count() == 2


def test_who_reads_a_chapitre_is_told_and_nobody_is_told_twice(team: Team) -> None:
    responsable = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    prove.a_rem()
    proved = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    prove.a_submitted_chapitre(proved, team.mandataire, "INS", at=AT)
    chapitre = Chapitre.objects.get(dossier__candidature=proved, code="INS")
    examiner = make.a_person(roles_ans=[RoleANS.INSTRUCTEUR])
    claim_chapitre(chapitre_id=chapitre.pk, by=examiner, at=AT)

    first = post(team, team.salarie, examiners=examiners_of)
    told = list(Notice.objects.filter(address=first.address).order_by("email").values_list("email", flat=True))
    assert told == sorted([team.mandataire.email, team.representant.email, examiner.email])
    assert responsable.email not in told


def test_a_letter_leads_to_its_message(team: Team) -> None:
    message = post(team, team.salarie)
    effects.deliver_to(team.mandataire.email)

    letter = next(message for message in mail.outbox if "message de Sami Leroy" in message.subject)
    assert f"/messages/?message={message.pk}#message-{message.pk}" in letter.body


def test_a_withdrawn_candidature_takes_no_message_and_a_foreclosed_one_does(team: Team) -> None:
    responsable = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    after = make.DATE_1.replace(day=2)
    foreclose_candidature(
        candidature_id=team.candidature.pk, echeance="date-1", reason="Motif.", by=responsable, at=after
    )
    assert post(team, team.salarie, "Nous contestons.", at=after).pk
    other = make_team()
    withdraw_candidature(candidature_id=other.candidature.pk, by=other.mandataire, at=AT)

    with pytest.raises(MessageNotPosted, match="ne pouvez plus envoyer"):
        post(other, other.salarie)
    with pytest.raises(MessageNotPosted, match="ne pouvez plus envoyer"):
        post(team, team.newcomer, at=after)
