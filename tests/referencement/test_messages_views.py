"""The page of a candidature's thread: what it shows to whom, takes, refuses, and who has read what."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from candidatures.models import Candidature, LectureDeMessages, Message, Piece
from candidatures.operations.demandes import cancel_demande
from candidatures.operations.instruction import ask_complement
from candidatures.operations.messages import POSTED
from candidatures.operations.produits import end_acces
from candidatures.queries.messages import with_unread_messages
from comptes import clock, effects
from comptes.enums import RoleANS
from comptes.models import Notice
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.tours import project_everything
from tests.referencement.threads import address, post, typed

AT, DAY = make.SUMMER, timedelta(days=1)


def test_a_question_about_a_champ_and_an_exigence_leads_there(team: Team, sign_in: Any) -> None:
    prove.a_rem()
    client = sign_in(team.salarie)
    sent = typed(client, team, text="Que veut dire INS/va1.02 <b>ici</b> ?", about="champ:eligibilite.nie")
    assert client.post(address(team), sent).status_code == 302

    assert Message.objects.get().mentions == ["champ:eligibilite.nie", "exigence:INS/va1.02"]
    mine, theirs = (sign_in(person).get(address(team)).content.decode() for person in (team.salarie, team.instructeur))
    assert f'href="/candidatures/{team.candidature.nru}/eligibilite/#champ-nie"' in mine
    assert f'href="/candidatures/{team.candidature.nru}/chapitres/INS/"' in mine
    assert f'href="/instruction/{team.candidature.nru}/eligibilite/#champ-nie"' in theirs
    assert "&lt;b&gt;ici&lt;/b&gt;" in mine


def test_the_link_of_an_exigence_fills_the_form(team: Team, sign_in: Any) -> None:
    prove.a_rem()
    page = sign_in(team.salarie).get(address(team), {"a-propos": "exigence:INS/va1.02"}).content.decode()

    assert '<option value="exigence:INS/va1.02" selected>' in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": "é" * 100_000}, "100000 caractères"),
        ({"text": ""}, "Écrivez un message"),
        ({"about": "champ:eligibilite.nul"}, "n’existe pas dans cette candidature"),
        ({"joined": [make.a_pdf("note.pdf", b"MZ\x90\x00executable")]}, "est un programme"),
        ({"joined": [make.a_pdf(f"{number}.pdf") for number in range(6)]}, "5 fichiers au plus"),
        ({"corrects": "999999"}, "vos propres messages"),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_is_half_done(
    team: Team, sign_in: Any, changes: dict[str, Any], sentence: str
) -> None:
    client = sign_in(team.salarie)
    answer = client.post(address(team), typed(client, team, **changes))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Message.objects.count(), Piece.objects.count()) == (0, 0)
    assert not Notice.objects.filter(kind=POSTED).exists()


def test_an_attachment_is_read_by_both_sides_and_by_nobody_else(team: Team, sign_in: Any) -> None:
    client = sign_in(team.salarie)
    client.post(address(team), typed(client, team, joined=[make.a_pdf("note.pdf")]))
    piece = Piece.objects.get()
    from preuves.queries.fichiers import fichiers_visible_to

    for reader in (team.salarie, team.instructeur):
        assert list(fichiers_visible_to(reader, team.candidature)) == [piece]
        assert "note.pdf" in sign_in(reader).get(address(team)).content.decode()
    assert list(fichiers_visible_to(team.stranger, team.candidature)) == []


def test_unread_is_each_person_s_own_and_a_look_is_not_a_reading(team: Team, sign_in: Any) -> None:
    message = post(team, team.salarie)
    client, overview = sign_in(team.mandataire), reverse("referencement:candidature", args=[team.candidature.nru])
    assert "Nouveau" in client.get(address(team)).content.decode()
    assert "Nouveau" in client.get(address(team)).content.decode()
    assert "1 message non lu" in client.get(overview).content.decode()

    assert client.post(address(team, "messages_read"), {"upto": message.pk}).status_code == 302
    assert client.post(address(team, "messages_read"), {"upto": "x"}, headers={"HX-Request": "true"}).status_code == 204
    assert "Nouveau" not in client.get(address(team)).content.decode()
    every = Candidature.objects.order_by("pk")
    assert with_unread_messages(every, team.representant).get().unread_messages == 1
    assert with_unread_messages(every, team.salarie).get().unread_messages == 0


def test_who_only_reads_sees_no_form(team: Team, sign_in: Any) -> None:
    membre = make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE])

    assert "Lecture seule" in sign_in(membre).get(address(team)).content.decode()
    assert "Lecture seule" not in sign_in(team.instructeur).get(address(team)).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_thread_asks_as_much_whatever_its_length(
    team: Team, sign_in: Any, django_assert_num_queries: Any, rows: int
) -> None:
    prove.a_rem()
    for number in range(rows):
        post(team, team.mandataire, uploads=[make.a_pdf(f"{number}.pdf")])
    client = sign_in(team.salarie)
    client.get(address(team))
    project_everything(at=clock.now())

    with django_assert_num_queries(16):
        client.get(address(team))


def test_the_same_form_with_other_words_loses_neither(team: Team, sign_in: Any) -> None:
    """The way back gives the page as it was, with the token that it had."""
    client = sign_in(team.salarie)
    sent = typed(client, team, text="Un\r\ndeux.")
    client.post(address(team), sent)
    client.post(address(team), sent)
    assert [message.text for message in Message.objects.order_by("pk")] == ["Un\ndeux."]

    again = client.post(address(team), sent | {"text": "Trois."})
    assert again.status_code == 422
    assert "a déjà envoyé un autre message" in again.content.decode()
    assert client.post(address(team), sent | {"text": "Trois.", "token": again.context["form"]["token"].value()})
    assert [message.text for message in Message.objects.order_by("pk")] == ["Un\ndeux.", "Trois."]


def test_files_of_a_message_that_did_not_leave_are_to_choose_again(team: Team, sign_in: Any) -> None:
    client = sign_in(team.salarie)
    page = client.post(address(team), typed(client, team, text="", joined=[make.a_pdf("note.pdf")])).content.decode()

    assert "choisissez de nouveau vos fichiers" in page


def test_what_the_ans_asked_stands_in_the_thread_on_its_day(team: Team, sign_in: Any) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    post(team, team.salarie, "Avant.")
    demande = ask_complement(
        volet_id=volet.pk,
        champs=["version_technique"],
        text="Quelle version <i>exactement</i> ?",
        due_at=AT + 14 * DAY,
        seen_version=volet.version,
        by=team.instructeur,
        at=AT + DAY,
    )
    post(team, team.salarie, "Après.", at=AT + 2 * DAY)
    client = sign_in(team.salarie)

    page = client.get(address(team))
    assert [[item.get("message") and item["message"].text for item in some] for _, some in page.context["days"]] == [
        ["Après."],
        [None],
        ["Avant."],
    ]
    text = page.content.decode()
    assert "Quelle version &lt;i&gt;exactement&lt;/i&gt;" in text
    assert "Réponse attendue" in text
    cancel_demande(demande_id=demande.pk, reason="Vu ailleurs.", by=team.instructeur, at=AT + 3 * DAY)
    assert "Vu ailleurs." in client.get(address(team)).content.decode()


def test_a_long_thread_has_pages_and_each_demande_stands_on_one(team: Team, sign_in: Any) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    for number in range(20):
        post(team, team.salarie, f"n{number}.", at=AT + number * DAY)
    demande = make.a_demande(volet, team.instructeur, "version_technique")  # before all but the first
    late = post(team, team.salarie, "n20.", at=AT + 20 * DAY)
    client = sign_in(team.instructeur)

    first, second = (client.get(address(team), {"page": number}) for number in (1, 2))
    shown = [[item for _, some in page.context["days"] for item in some] for page in (first, second)]
    assert [len([item for item in some if "message" in item]) for some in shown] == [20, 1]
    assert [[item["demande"] for item in some if "demande" in item] for some in shown] == [[], [demande]]
    oldest = Message.objects.order_by("pk")[0]
    assert client.get(address(team), {"message": oldest.pk}).context["page"].number == 2
    for wanted in (late.pk, "x", "9" * 40):
        assert client.get(address(team), {"message": wanted}).context["page"].number == 1


@pytest.mark.parametrize(
    ("name", "who"), [("volet", "salarie"), ("volet_submit", "salarie"), ("volet_review", "instructeur")]
)
def test_each_champ_leads_to_a_question_about_it(team: Team, sign_in: Any, name: str, who: str) -> None:
    if who == "instructeur":
        make.a_submitted_volet(team.candidature, team.salarie)
    client = sign_in(getattr(team, who))
    page = client.get(reverse(f"candidatures:{name}", args=[team.candidature.nru, "administratif"])).content.decode()

    assert f"{address(team)}?a-propos=champ:administratif.version_technique#ecrire" in page
    assert 'id="champ-version_technique"' in page
    form = client.get(address(team), {"a-propos": "champ:administratif.version_technique"}).context["form"]
    assert form["about"].value() == "champ:administratif.version_technique"


def test_two_tabs_read_as_far_as_the_one_that_read_the_most(team: Team, sign_in: Any) -> None:
    first = post(team, team.salarie)
    client = sign_in(team.mandataire)
    stale = client.get(address(team)).context["last"]
    second = post(team, team.salarie, "Encore.")
    fresh = client.get(address(team)).context["last"]
    assert (stale, fresh) == (first.pk, second.pk)

    client.post(address(team, "messages_read"), {"upto": stale})
    assert "Nouveau" in client.get(address(team)).content.decode()
    for upto in (fresh, stale):
        client.post(address(team, "messages_read"), {"upto": upto})
    assert LectureDeMessages.objects.get(compte=team.mandataire).upto == second
    assert "Nouveau" not in client.get(address(team)).content.decode()


def test_who_lost_the_product_meanwhile_writes_and_reads_nothing_more(team: Team, sign_in: Any) -> None:
    """The page stays open in a tab; the letter was waiting to be sent."""
    client = sign_in(team.salarie)
    form = typed(client, team)
    message = post(team, team.mandataire)
    acces = team.produit.acces.get(rattachement__compte=team.salarie)
    end_acces(acces_id=acces.pk, by=team.mandataire, at=AT)

    assert client.post(address(team), form).status_code == 404
    assert client.post(address(team, "messages_read"), {"upto": message.pk}).status_code == 404
    assert Message.objects.get() == message
    assert not LectureDeMessages.objects.filter(compte=team.salarie).exists()
    effects.deliver_to(team.salarie.email)
    assert Notice.objects.get(email=team.salarie.email, address=message.address).state == "cancelled"
