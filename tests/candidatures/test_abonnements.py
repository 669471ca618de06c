"""What the people of the ANS are told of: by subscription, about the candidatures that they have, follow, or all."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from candidatures.models import CandidatureSuivie, NoteInterne
from candidatures.operations.messages import post_message
from candidatures.operations.referents import assign_referent, entrust_chapitre, note_absence
from candidatures.operations.suivi import follow_candidature, write_note
from candidatures.operations.volets import submit_volet
from candidatures.queries.abonnes import subscribers
from candidatures.rules.abonnements import Agent, who_is_told
from candidatures.rules.referents import Away
from comptes import clock, effects, notices
from comptes.enums import NoticeState, NotificationMode, PorteeDAvis, RoleANS
from comptes.models import Compte, Notice
from comptes.operations.agents import close_agent
from comptes.operations.notifications import choose_modes
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make

AT = make.SUMMER
RECEIVED, ANSWERED = "candidatures.volet_received", "candidatures.complement_answered"
MENTION, POSTED = "candidatures.note_mention", "candidatures.message_posted"
NOBODY = Agent(0, PorteeDAvis.FOLLOWED, follows=False, instructs=True, answers=False)


def somebody(name: str, role: RoleANS = RoleANS.INSTRUCTEUR) -> Compte:
    return make.a_person(roles_ans=[role], first_name=name, last_name="Martin")


def choose(compte: Compte, kind: str, portee: PorteeDAvis) -> None:
    choose_modes(compte_id=compte.pk, modes={kind: NotificationMode.NOW}, portees={kind: portee})


def give(team: Team, to: Compte) -> None:
    assign_referent(candidature_id=team.candidature.pk, compte_id=to.pk, seen=None, by=to, at=AT)


def told(team: Team, kind: str = RECEIVED, **more: Any) -> list[Compte]:
    return subscribers(team.candidature, kind, at=AT, **more)


# -- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("portee", "wanted"),
    [
        (PorteeDAvis.NONE, (False, False, False)),
        (PorteeDAvis.MINE, (True, False, False)),
        (PorteeDAvis.FOLLOWED, (True, True, False)),
        (PorteeDAvis.TEAM, (True, True, True)),
    ],
)
def test_subscription_says_about_which_candidatures(portee: PorteeDAvis, wanted: tuple[bool, bool, bool]) -> None:
    other = Agent(2, PorteeDAvis.NONE, follows=False, instructs=True, answers=False)
    mine, followed, neither = (
        who_is_told(
            [Agent(1, portee, follows=follows, instructs=True, answers=False), other], referents={holder}, away={}
        )
        for holder, follows in ((1, False), (2, True), (2, False))
    )
    assert (bool(mine), bool(followed), bool(neither)) == wanted


def test_what_nobody_has_is_each_responsables() -> None:
    agents = [replace(NOBODY, compte=1), replace(NOBODY, compte=2, answers=True), replace(NOBODY, compte=3)]

    assert who_is_told(agents, referents=(), away={}) == (2,)
    assert who_is_told([*agents[:2], replace(agents[2], follows=True)], referents=(), away={}) == (3,)
    assert who_is_told(agents, referents={99}, away={}) == (2,), "the référent left the agency"
    for portee in (PorteeDAvis.NONE, PorteeDAvis.MINE):
        left_alone = replace(agents[2], follows=True, portee=portee)
        assert who_is_told([*agents[:2], left_alone], referents=(), away={}) == (2,), "who took part wants nothing"


def test_stand_in_is_told_instead_of_who_is_absent() -> None:
    agents = [replace(NOBODY, compte=1), replace(NOBODY, compte=2)]

    assert who_is_told(agents, referents={1}, away={1: Away(1, 2)}) == (2,)
    assert who_is_told(agents, referents={1}, away={1: Away(1, None)}) == (1,), "nobody stands in"


# -- who, in the database --------------------------------------------------------------------------------------------


def test_referent_followers_team_and_who_took_part_are_told(team: Team) -> None:
    anne, bruno, carla, david = (somebody(name) for name in ("Anne", "Bruno", "Carla", "David"))
    give(team, anne)
    follow_candidature(candidature_id=team.candidature.pk, follows=True, by=bruno, at=AT)
    choose(carla, RECEIVED, PorteeDAvis.TEAM)
    assert told(team) == [anne, bruno, carla]

    choose(anne, RECEIVED, PorteeDAvis.NONE)
    choose(bruno, RECEIVED, PorteeDAvis.MINE)
    assert told(team) == [carla]
    assert told(team, ANSWERED) == [anne, bruno]

    day = AT.date()
    note_absence(compte_id=anne.pk, from_date=day, until_date=day, stand_in_id=david.pk, by=anne, at=AT)
    assert told(team, ANSWERED) == [bruno, david]


@pytest.mark.parametrize("gone", [{"is_active": False}, {"roles_ans": [RoleANS.AUDITEUR.value]}])
def test_whoever_no_longer_instructs_neither_has_it_nor_stands_in(team: Team, gone: dict[str, Any]) -> None:
    anne, david = somebody("Anne"), somebody("David")
    give(team, anne)
    follow_candidature(candidature_id=team.candidature.pk, follows=True, by=anne, at=AT)
    day = AT.date()
    note_absence(compte_id=anne.pk, from_date=day, until_date=day, stand_in_id=david.pk, by=anne, at=AT)
    Compte.objects.filter(pk=david.pk).update(**gone)
    assert told(team) == [anne], "nobody stands in"

    Compte.objects.filter(pk=anne.pk).update(**gone)
    responsable = somebody("Rose", RoleANS.RESPONSABLE_INSTRUCTION)
    assert told(team) == ([anne, responsable] if "roles_ans" in gone else [responsable]), "who only follows is told too"


def test_referent_of_a_chapitre_is_told_of_it(team: Team) -> None:
    anne, bruno = somebody("Anne"), somebody("Bruno")
    give(team, anne)
    entrust_chapitre(dispositif_code=make.DUI, code="MAT", compte_id=bruno.pk, by=anne, at=AT)

    assert told(team, "preuves.chapitre_received", chapitre="MAT") == [anne, bruno]
    assert told(team, "preuves.chapitre_received", chapitre="INS") == [anne]


def test_recipients_take_one_query(team: Team, django_assert_num_queries: Any) -> None:
    give(team, team.instructeur)

    with django_assert_num_queries(1):
        assert told(team, "preuves.chapitre_received", chapitre="MAT") == [team.instructeur]


# -- what is sent ----------------------------------------------------------------------------------------------------


def test_submitted_volet_is_in_the_resume_of_its_referent_and_cancelled_once_read(team: Team) -> None:
    anne = somebody("Anne")
    give(team, anne)
    volet = make.a_submitted_volet(team.candidature, team.mandataire)
    notice = Notice.objects.get(kind=RECEIVED)
    assert notice.compte == anne
    effects.deliver_to(anne.email)
    notice.refresh_from_db()
    assert notice.state == NoticeState.GROUPED
    assert mail.outbox == []

    with clock.travel(AT + timedelta(days=2)):
        effects.send_digest(anne.pk, (AT + timedelta(days=2)).date().isoformat())
    assert "volet soumis" in mail.outbox[0].body
    assert team.candidature.nru in mail.outbox[0].body

    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.GROUPED, sent_at=None)
    make.confirm_reference(volet, team.instructeur)
    make.admit(volet, team.instructeur)
    assert not notices.kind(RECEIVED).still_true(notice)


def test_answer_to_a_demande_leaves_at_once_to_who_asked(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.mandataire)
    make.a_demande(volet, team.instructeur, "responsable_telephone")
    submit_volet(volet_id=volet.pk, by=team.mandataire, at=AT)

    notice = Notice.objects.get(kind=ANSWERED)
    assert notice.compte == team.instructeur
    effects.deliver_to(team.instructeur.email)
    assert "a répondu à la demande de compléments" in mail.outbox[-1].body


def test_colleague_mentioned_in_a_note_is_told_at_once_and_the_editeur_never(team: Team) -> None:
    anne = somebody("Anne")
    write_note(
        candidature_id=team.candidature.pk,
        text="Voir la convention.",
        mentions=[anne.pk, team.instructeur.pk],
        by=team.instructeur,
        at=AT,
    )

    assert list(Notice.objects.filter(kind=MENTION).values_list("email", flat=True)) == [anne.email]
    effects.deliver_to(anne.email)
    [letter] = mail.outbox
    assert letter.to == [anne.email]
    assert "Voir la convention." in letter.body
    assert reverse("referencement:suivi", args=[team.candidature.nru]) in letter.body


def test_mention_is_not_sent_to_who_no_longer_instructs(team: Team) -> None:
    anne = somebody("Anne")
    write_note(candidature_id=team.candidature.pk, text="Voir.", mentions=[anne.pk], by=team.instructeur, at=AT)
    Compte.objects.filter(pk=anne.pk).update(roles_ans=[RoleANS.AUDITEUR.value])

    effects.deliver_to(anne.email)

    assert mail.outbox == []
    assert NoteInterne.objects.exists()


@pytest.mark.parametrize("mode", [NotificationMode.NOW, NotificationMode.DAILY])
def test_what_waited_for_somebody_whose_account_was_closed_never_leaves(team: Team, mode: NotificationMode) -> None:
    anne, administrateur = somebody("Anne"), make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    follow_candidature(candidature_id=team.candidature.pk, follows=True, by=anne, at=AT)
    choose_modes(compte_id=anne.pk, modes={POSTED: mode}, portees={POSTED: PorteeDAvis.FOLLOWED})
    posted = {"text": "Une question.", "token": "un-jeton-de-formulaire", "by": team.mandataire, "at": AT}
    post_message(candidature_id=team.candidature.pk, **posted)
    notice = Notice.objects.get(kind=POSTED, compte=anne)
    if mode == NotificationMode.DAILY:
        effects.deliver_to(anne.email)
    close_agent(compte_id=anne.pk, takers=[], by=administrateur, at=AT)

    effects.deliver_to(anne.email)
    with clock.travel(AT + timedelta(days=2)):
        effects.send_digest(anne.pk, (AT + timedelta(days=2)).date().isoformat())

    assert [letter.subject for letter in mail.outbox] == ["Vos droits sur le Portail Ségur ont changé"]
    notice.refresh_from_db()
    assert notice.state == NoticeState.CANCELLED


@pytest.mark.parametrize("kind", [kind for kind in notices.every_kind() if kind.subscribed])
def test_subscriptions_are_daily_but_for_messages_demandes_and_dates_that_move(kind: notices.NoticeKind) -> None:
    daily = {RECEIVED, "preuves.chapitre_received", "referencement.echeance_missed"}

    assert kind.usual == (NotificationMode.DAILY if kind.code in daily else NotificationMode.NOW)
    assert not kind.legal


# -- on screen -------------------------------------------------------------------------------------------------------


def test_settings_offer_the_candidatures_to_the_ans_alone(team: Team, sign_in: Any) -> None:
    url = reverse("comptes:notification_settings")
    client = sign_in(team.instructeur)
    form = client.get(url).context["form"]
    name = next(name for name, kind in form.scopes.items() if kind.code == RECEIVED)
    assert {kind.code for kind in form.scopes.values()} >= {RECEIVED, ANSWERED, "candidatures.message_posted"}

    given = {key: form[key].initial for key in form.fields}
    answer = client.post(url, given | {name: "team"})
    assert answer.status_code == 302
    assert client.get(url).context["form"][name].initial == "team"
    assert told(team) == [team.instructeur]
    refused = client.post(url, given | {name: "everything"})
    assert refused.status_code == 422

    of_the_editeur = sign_in(team.mandataire).get(url).context["form"]
    assert of_the_editeur.scopes == {}
    assert not {kind.code for kind in of_the_editeur.kinds.values() if kind.of_the_ans}
    page = sign_in(team.mandataire).get(url).content.decode()
    for label in ("Seconde lecture", "Texte à mettre en vigueur", "Secrétariat d’une séance", "Examen repris"):
        assert label not in page
        assert label in client.get(url).content.decode()


# What the settings of an éditeur may offer: a kind that is not here says of itself that it is `of_the_ans`.
CHOSEN_BY_AN_EDITEUR = {
    *("comptes.joined", "comptes.arrived", "comptes.unreachable"),
    *("candidatures.acces_given", "candidatures.message_posted", "candidatures.volet_admitted"),
    *("guichets.etape_reached", "guichets.grant_to_reconfirm", "guichets.etape_returned", "guichets.anomalie_opened"),
    *("guichets.capture_refused", "preuves.dossier_moved", "preuves.equivalences_granted", "preuves.preuves_given"),
    *("preuves.chapitre_approved", "referencement.autorisation_issued", "referencement.autorisation_ended"),
    "referencement.relance",
}


def test_editeur_chooses_no_notification_that_the_ans_alone_receives() -> None:
    offered = {kind.code for kind in notices.every_kind() if not kind.legal and not kind.of_the_ans}

    assert offered == CHOSEN_BY_AN_EDITEUR


def test_candidature_is_followed_and_left_on_its_page(team: Team, sign_in: Any) -> None:
    client, url = sign_in(team.instructeur), reverse("referencement:suivi", args=[team.candidature.nru])

    for geste, count, button in (("suivre", 1, "Ne plus suivre"), ("ne-plus-suivre", 0, "Suivre")):
        client.post(url, {"geste": geste})
        client.post(url, {"geste": geste})
        assert CandidatureSuivie.objects.count() == count
        assert f">{button}<" in "".join(client.get(url).content.decode().split("\n")).replace("  ", "")
