"""A second reading of a chapitre by an expert: that chapitre and nothing else, until it is answered or over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from comptes import clock, effects, journal
from comptes.enums import Role, RoleANS
from comptes.models import Compte, JournalEntry, Notice
from comptes.operations.agents import close_agent
from comptes.operations.conservation import anonymise_compte, apply_retention
from preuves.enums import PositionDeLExpert, SecondeLectureState
from preuves.models import Chapitre, SecondeLecture
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.instruction import take_over_chapitre
from preuves.operations.secondes_lectures import (
    SecondeLectureNotPossible,
    accept_seconde_lecture,
    ask_seconde_lecture,
    decline_seconde_lecture,
    give_seconde_lecture,
    withdraw_seconde_lecture,
)
from preuves.rules.secondes_lectures import Asking, Expert, reminder_due, why_not_asked
from preuves.sweeps import remind_experts
from referencement.operations.forclusions import foreclose_on_photo
from referencement.operations.retraits import withdraw_candidature
from tests.candidatures.conftest import Team
from tests.candidatures.test_page_queries import count
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.factories.comptes import RattachementFactory
from tests.factories.referencement import a_photo
from tests.preuves.test_examen import SignIn, address, text_of
from tests.preuves.test_instruction import AT, ONE, TWO, claim, conclude, draft

DAY = timedelta(days=1)
DATE_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
BEFORE = (AT + 10 * DAY).date()
EMAIL = "ada.experte@labo.example"
SECRET = "La copie d’écran est celle d’une autre solution."
QUESTION = "Cette exécution suffit-elle ?"


@pytest.fixture(autouse=True)
def morning() -> Any:
    with clock.travel(AT):
        yield


@pytest.fixture
def chapitre(team: Team) -> Chapitre:
    """MAT, that the instructeur of the team is reading."""
    submitted = make.a_submitted_chapitre(team.candidature, team.salarie)
    return claim(submitted, team.instructeur)


@pytest.fixture
def lecture(team: Team, chapitre: Chapitre) -> SecondeLecture:
    return ask(team, chapitre)


def ask(team: Team, chapitre: Chapitre, **changes: Any) -> SecondeLecture:
    asked = {"email": EMAIL, "names": ("Ada", "Morel"), "question": QUESTION, "before": BEFORE, "by": team.instructeur}
    return ask_seconde_lecture(chapitre_id=chapitre.pk, at=AT, **(asked | changes))


def accept(lecture: SecondeLecture) -> SecondeLecture:
    return accept_seconde_lecture(lecture_id=lecture.pk, declares=True, by=lecture.expert, at=AT)


def give(lecture: SecondeLecture) -> SecondeLecture:
    position = PositionDeLExpert.INSUFFICIENT.value
    return give_seconde_lecture(lecture_id=lecture.pk, position=position, observations=SECRET, by=lecture.expert, at=AT)


def page_of(lecture: SecondeLecture) -> str:
    return reverse("preuves:seconde_lecture", args=[lecture.pk])


# -- the rule -------------------------------------------------------------------------------------------------------

FREE = Expert(is_self=False, works_for="", is_shut=False, is_asked=False)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"expert": FREE}, ""),
        ({"before": AT.date()}, ""),
        ({"before": (AT - DAY).date()}, "date"),
        ({"before": None}, "date"),
        ({"question": ""}, "question"),
        ({"is_holder": False}, "Seule la personne"),
        ({"candidature_open": False}, "plus ouverte"),
        ({"expert": Expert(is_self=True, works_for="", is_shut=False, is_asked=False)}, "autre personne"),
        ({"expert": Expert(is_self=False, works_for="Bora", is_shut=False, is_asked=False)}, "(Bora)"),
        ({"expert": Expert(is_self=False, works_for="", is_shut=True, is_asked=False)}, "fermé"),
        ({"expert": Expert(is_self=False, works_for="", is_shut=False, is_asked=True)}, "déjà demandée"),
    ],
)
def test_why_a_second_reading_is_not_asked(changes: dict[str, Any], reason: str) -> None:
    given = {"is_holder": True, "candidature_open": True, "question": QUESTION, "before": BEFORE, "today": AT.date()}
    reasons = why_not_asked(Asking(**(given | changes)))

    assert len(reasons) == (1 if reason else 0)
    assert all(reason in sentence for sentence in reasons)


@pytest.mark.parametrize(("days", "which"), [(3, ""), (2, "soon"), (0, "soon"), (-1, "late")])
def test_reminder_of_a_second_reading(days: int, which: str) -> None:
    assert reminder_due(before=BEFORE, today=BEFORE - days * DAY) == which


# -- from the request to the answer ---------------------------------------------------------------------------------


def test_expert_receives_an_account_without_any_right_and_a_link(
    team: Team, chapitre: Chapitre, effects_run: None
) -> None:
    mail.outbox.clear()
    lecture = ask(team, chapitre)

    expert = Compte.objects.get(email=EMAIL)
    assert (expert.roles_ans, expert.rattachements.count(), expert.has_usable_password()) == ([], 0, False)
    letters = [str(message.body) for message in mail.outbox if message.to == [EMAIL]]
    assert len(letters) == 2
    assert len([letter for letter in letters if page_of(lecture) in letter]) == 1


def test_second_reading_is_asked_by_who_reads_the_chapitre_only(team: Team, chapitre: Chapitre) -> None:
    colleague = phase_1.a_person(roles_ans=team.instructeur.roles_ans)
    with pytest.raises(SecondeLectureNotPossible, match="Seule la personne"):
        ask(team, chapitre, by=colleague)
    with pytest.raises(SecondeLectureNotPossible, match="autre personne"):
        ask(team, chapitre, email=team.instructeur.email)
    competitor = phase_1.a_person(phase_1.an_editeur(), Role.SALARIE)
    with pytest.raises(SecondeLectureNotPossible, match="travaille pour un éditeur"):
        ask(team, chapitre, email=competitor.email)
    ask(team, chapitre)
    with pytest.raises(SecondeLectureNotPossible, match="déjà demandée"):
        ask(team, chapitre)

    assert SecondeLecture.objects.count() == 1


def test_nothing_is_shown_before_the_declaration(team: Team, lecture: SecondeLecture, sign_in: SignIn) -> None:
    client = sign_in(lecture.expert)

    page = text_of(client.get(page_of(lecture)))
    assert QUESTION in page
    assert str(team.editeur) in page
    assert ONE not in page
    refused = client.post(page_of(lecture), {"geste": "accepter"})
    assert refused.status_code == 422
    assert "Déclarez que vous n’avez aucun intérêt" in text_of(refused)
    client.post(page_of(lecture), {"geste": "accepter", "declare": "oui"})
    assert ONE in text_of(client.get(page_of(lecture)))


def test_expert_answers_and_their_right_ends(team: Team, lecture: SecondeLecture, sign_in: SignIn) -> None:
    accept(lecture)
    client = sign_in(lecture.expert)

    lost = client.post(page_of(lecture), {"geste": "rendre", "observations": SECRET})
    assert lost.status_code == 422
    assert SECRET in lost.content.decode()
    given = client.post(
        page_of(lecture), {"geste": "rendre", "position": "insufficient", "observations": SECRET}, follow=True
    )

    assert "Votre seconde lecture a été transmise" in text_of(given)
    ended = client.get(page_of(lecture))
    assert ended.status_code == 410
    assert team.candidature.produit.nom not in text_of(ended)
    review = text_of(sign_in(team.instructeur).get(address(team)))
    assert SECRET in review
    assert "Les preuves ne suffisent pas" in review
    assert Notice.objects.filter(kind="preuves.seconde_lecture_answered", compte=team.instructeur).count() == 1


def test_draft_is_kept_and_nobody_else_reads_it(team: Team, lecture: SecondeLecture, sign_in: SignIn) -> None:
    accept(lecture)
    client = sign_in(lecture.expert)
    typed = {"geste": "rendre", "observations": SECRET}

    saved = client.post(page_of(lecture), typed, headers={"HX-Request": "true"})
    assert "Brouillon enregistré" in text_of(saved)
    assert client.post(page_of(lecture), typed | {"brouillon": "oui", "position": "insufficient"}).status_code == 302

    assert SECRET in client.get(page_of(lecture)).content.decode()
    lecture.refresh_from_db()
    assert (lecture.state, lecture.position) == (SecondeLectureState.ACCEPTED, "insufficient")
    assert SECRET not in text_of(sign_in(team.instructeur).get(address(team)))
    withdraw_seconde_lecture(lecture_id=lecture.pk, by=team.instructeur, at=AT)
    lecture.refresh_from_db()
    assert lecture.observations == ""


def test_expert_declines_with_a_reason(team: Team, lecture: SecondeLecture, sign_in: SignIn) -> None:
    client = sign_in(lecture.expert)
    assert client.post(page_of(lecture), {"geste": "decliner", "motif": " "}).status_code == 422
    client.post(page_of(lecture), {"geste": "decliner", "motif": "Je conseille cet éditeur."})

    lecture.refresh_from_db()
    assert lecture.state == SecondeLectureState.DECLINED
    assert "Je conseille cet éditeur." in text_of(sign_in(team.instructeur).get(address(team)))
    with pytest.raises(SecondeLectureNotPossible, match="déclinée"):
        accept(lecture)


@pytest.mark.parametrize("how", ["joins an éditeur", "is suspended"])
def test_whoever_waits_for_an_expert_who_can_no_longer_answer_is_told_on_the_page(
    team: Team, lecture: SecondeLecture, sign_in: SignIn, how: str
) -> None:
    accept(lecture)
    assert "attendue avant le" in text_of(sign_in(team.instructeur).get(address(team)))
    if how == "is suspended":
        Compte.objects.filter(pk=lecture.expert_id).update(is_active=False, suspended_at=AT)
    else:
        editeur = phase_1.an_editeur()
        editeur.rattachements.create(compte=lecture.expert, role=Role.SALARIE, attached_at=AT)
        assert sign_in(lecture.expert).get(page_of(lecture)).status_code == 410

    with pytest.raises(SecondeLectureNotPossible):
        give(lecture)
    page = text_of(sign_in(team.instructeur).get(address(team)))
    assert "Non rendue" in page
    assert "attendue avant le" not in page
    assert "Demandez une autre seconde lecture" in page


@pytest.mark.parametrize("how", ["withdrawn", "concluded", "candidature withdrawn", "candidature foreclosed"])
def test_right_ends_when_it_is_withdrawn_or_the_chapitre_concluded_or_the_candidature_closed(
    team: Team, chapitre: Chapitre, lecture: SecondeLecture, sign_in: SignIn, how: str
) -> None:
    accept(lecture)
    if how == "withdrawn":
        sign_in(team.instructeur).post(reverse("preuves:lecture_withdraw", args=[lecture.pk]))
    elif how == "concluded":
        for numero in (ONE, TWO):
            draft(chapitre, team.instructeur, numero)
        conclude(chapitre, team.instructeur)
    elif how == "candidature withdrawn":
        withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AT)
    else:
        responsable = phase_1.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
        photo = a_photo(team.candidature, "date-2", DATE_2)
        foreclose_on_photo(photo_id=photo.pk, reason="Rien.", by=responsable, at=DATE_2 + DAY)

    assert sign_in(lecture.expert).get(page_of(lecture)).status_code == 410
    with pytest.raises(SecondeLectureNotPossible):
        give(lecture)
    ended = Notice.objects.get(kind="preuves.seconde_lecture_ended")
    assert ended.compte == lecture.expert


def test_colleague_who_takes_the_chapitre_over_sees_it_and_withdraws_it(
    team: Team, chapitre: Chapitre, lecture: SecondeLecture
) -> None:
    colleague = phase_1.a_person(roles_ans=team.instructeur.roles_ans)
    take_over_chapitre(chapitre_id=chapitre.pk, reason="Absence.", by=colleague, at=AT)

    with pytest.raises(SecondeLectureNotPossible, match="Seule la personne"):
        withdraw_seconde_lecture(lecture_id=lecture.pk, by=team.instructeur, at=AT)
    withdraw_seconde_lecture(lecture_id=lecture.pk, by=colleague, at=AT)
    with pytest.raises(SecondeLectureNotPossible, match="retirée"):
        decline_seconde_lecture(lecture_id=lecture.pk, reason="Trop court.", by=lecture.expert, at=AT)


@pytest.mark.parametrize("was_an_editeur", [False, True])
def test_expert_who_is_effaced_reads_nothing_more_and_who_asked_is_told(
    team: Team, chapitre: Chapitre, was_an_editeur: bool
) -> None:
    lecture = ask(team, chapitre)
    if was_an_editeur:
        RattachementFactory(compte=lecture.expert, attached_at=AT - 400 * DAY, detached_at=AT - 300 * DAY)
    accept(lecture)

    anonymise_compte(compte_id=lecture.expert_id, reason="demande de la personne", by=None, at=AT)

    lecture.refresh_from_db()
    assert (lecture.state, lecture.expert.first_name) == (SecondeLectureState.DECLINED, "Personne")
    assert lecture.reason == "Le compte de cette personne a été effacé."
    assert not SecondeLecture.objects.live().exists()
    effects.deliver_to(team.instructeur.email)
    assert [letter for letter in mail.outbox if "n’aura pas lieu" in letter.subject]


def test_retention_leaves_an_expert_who_reads_and_effaces_them_once_they_answered(
    team: Team, chapitre: Chapitre
) -> None:
    lecture = ask(team, chapitre)
    former = {"editeur": team.editeur, "attached_at": AT - 3000 * DAY, "detached_at": AT - 2000 * DAY}
    RattachementFactory(compte=lecture.expert, **former)
    accept(lecture)

    assert apply_retention(at=AT)["comptes"] == 0
    give(lecture)
    assert apply_retention(at=AT)["comptes"] == 1
    assert Compte.objects.get(pk=lecture.expert_id).first_name == "Personne"


def test_expert_whose_account_was_closed_is_effaced(team: Team, chapitre: Chapitre) -> None:
    administrateur = phase_1.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    lecture = ask(team, chapitre)
    close_agent(compte_id=lecture.expert_id, takers=[], by=administrateur, at=AT)

    anonymise_compte(compte_id=lecture.expert_id, reason="demande de la personne", by=None, at=AT)

    lecture.refresh_from_db()
    assert (lecture.state, lecture.expert.first_name) == (SecondeLectureState.WITHDRAWN, "Personne")


def test_account_that_is_closed_ends_what_was_asked_and_tells_who_asked(
    team: Team, chapitre: Chapitre, sign_in: SignIn
) -> None:
    expert = phase_1.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE])
    administrateur = phase_1.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    lecture = ask(team, chapitre, email=expert.email)
    accept(lecture)

    close_agent(compte_id=expert.pk, takers=[], by=administrateur, at=AT)

    lecture.refresh_from_db()
    assert (lecture.expert, lecture.state, lecture.withdrawn_by) == (
        expert,
        SecondeLectureState.WITHDRAWN,
        administrateur,
    )
    effects.deliver_to(team.instructeur.email)
    letter = next(letter for letter in mail.outbox if "n’aura pas lieu" in letter.subject)
    assert "a été fermé" in letter.body
    page = text_of(sign_in(team.instructeur).get(address(team)))
    assert "Retirée" in page
    assert "Cette personne n’a plus de compte ouvert" in page
    assert "Retirer la demande" not in page


def test_expert_is_reminded_once_before_and_once_after(lecture: SecondeLecture) -> None:
    def told() -> list[str]:
        due = Notice.objects.filter(kind="preuves.seconde_lecture_due", compte=lecture.expert)
        return list(due.order_by("pk").values_list("occurrence", flat=True))

    for days, expected in [(7, []), (8, ["soon"]), (9, ["soon"]), (11, ["soon", "late"]), (12, ["soon", "late"])]:
        with clock.travel(AT + days * DAY):
            remind_experts()
        assert told() == expected


# -- who sees what --------------------------------------------------------------------------------------------------


def test_expert_reads_the_files_of_that_chapitre_only(team: Team, sign_in: SignIn) -> None:
    nru = team.candidature.nru
    read = make.a_file(team.candidature, team.salarie)
    other = make.a_file(team.candidature, team.salarie, name="autre.png")
    make.a_deposit(team.candidature, team.salarie, "INS.01.01.01", make.some_files(read))
    for numero in set(make.due_in(team.candidature, "INS")) - {"INS.01.01.01"}:
        make.a_deposit(team.candidature, team.salarie, numero, make.not_applicable())
    ins = submit_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=AT)
    lecture = ask(team, claim(ins, team.instructeur))
    client = sign_in(lecture.expert)

    def statuses(piece_id: int) -> list[int]:
        return [client.get(reverse(f"preuves:{name}", args=[nru, piece_id])).status_code for name in FILES]

    assert statuses(read) == [404, 404]
    accept(lecture)
    assert 404 not in statuses(read)
    assert statuses(other) == [404, 404]
    give(lecture)
    assert statuses(read) == [404, 404]


FILES = ("lecture", "fichier")


def test_editeur_never_sees_it(team: Team, chapitre: Chapitre, lecture: SecondeLecture, sign_in: SignIn) -> None:
    accept(lecture)
    give(lecture)
    for numero in (ONE, TWO):
        draft(chapitre, team.instructeur, numero)
    conclude(chapitre, team.instructeur)
    client, nru = sign_in(team.mandataire), team.candidature.nru

    addresses = [
        reverse("referencement:candidature", args=[nru]),
        reverse("candidatures:journal", args=[nru]),
        reverse("preuves:chapitre", args=[nru, "MAT"]),
        reverse("preuves:preuve", args=[nru, ONE]),
        reverse("preuves:dossier", args=[nru]),
        reverse("comptes:notifications"),
    ]
    for url in addresses:
        page = text_of(client.get(url)).casefold()
        for secret in (SECRET, "seconde lecture", lecture.expert.last_name):
            assert secret.casefold() not in page, url
    assert not JournalEntry.objects.filter(chain=team.candidature.chain, act__startswith="seconde_lecture").exists()
    acts = JournalEntry.objects.filter(chain=journal.PORTAIL, act__startswith="seconde_lecture").order_by("number")
    assert [entry.act for entry in acts] == [f"seconde_lecture.{act}" for act in ("asked", "accepted", "given")]
    assert journal.lines(acts)


def test_only_who_instructs_reads_the_observations(team: Team, lecture: SecondeLecture, sign_in: SignIn) -> None:
    accept(lecture)
    give(lecture)
    for role, seen in [(RoleANS.RESPONSABLE_INSTRUCTION, True), (RoleANS.MEMBRE_COLLEGE, False)]:
        page = text_of(sign_in(phase_1.a_person(roles_ans=[role])).get(address(team)))
        assert (SECRET in page) is seen


def test_list_of_an_expert_and_of_nobody(team: Team, lecture: SecondeLecture, sign_in: SignIn) -> None:
    url = reverse("preuves:secondes_lectures")
    client = sign_in(lecture.expert)

    assert "Accepter ou décliner" in text_of(client.get(url))
    assert client.get(reverse("referencement:accueil"), follow=True).redirect_chain[-1][0] == url
    accept(lecture)
    give(lecture)
    assert "Aucune seconde lecture en attente" in text_of(client.get(url))
    for stranger in (team.mandataire, team.instructeur):
        assert sign_in(stranger).get(url).status_code == 404
        assert sign_in(stranger).get(page_of(lecture)).status_code == 404


def test_menu_of_an_expert_holds_no_page_that_is_empty_for_them(
    team: Team, lecture: SecondeLecture, sign_in: SignIn
) -> None:
    url = reverse("preuves:secondes_lectures")

    assert menu(sign_in(lecture.expert), url) == ["Secondes lectures", "Aide", "Solutions"]
    team.editeur.rattachements.create(compte=lecture.expert, role=Role.SALARIE, attached_at=AT)
    assert menu(sign_in(lecture.expert), url) == ["Accueil", "Mes produits", "Mon équipe", "Aide", "Solutions"]


def menu(client: Any, url: str) -> list[str]:
    return [link.label for link in client.get(url).context["nav"]]


def test_queries_of_an_expert(team: Team, lecture: SecondeLecture) -> None:
    accept(lecture)
    count(lecture.expert, page_of(lecture))

    assert count(lecture.expert, page_of(lecture)) == 10
    assert count(lecture.expert, reverse("preuves:secondes_lectures")) == 5


def test_page_asks_and_withdraws(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    client, url = sign_in(team.instructeur), address(team, "lecture_ask")
    assert url in client.get(address(team)).content.decode()
    typed = {"email": EMAIL, "first_name": "Ada", "last_name": "Morel", "question": QUESTION, "before": BEFORE}

    assert client.get(url).status_code == 200
    lost = client.post(url, typed | {"question": ""})
    assert lost.status_code == 422
    assert EMAIL in lost.content.decode()
    client.post(url, typed)

    page = text_of(client.get(address(team)))
    assert "Ada Morel" in page
    assert QUESTION in page
    assert "attendue avant le" in page
    client.post(reverse("preuves:lecture_withdraw", args=[SecondeLecture.objects.get().pk]))
    assert "Retirée" in text_of(client.get(address(team)))


def test_who_does_not_read_the_chapitre_is_led_back(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    colleague: Client = sign_in(phase_1.a_person(roles_ans=team.instructeur.roles_ans))
    answer = colleague.get(address(team, "lecture_ask"), follow=True)

    assert answer.redirect_chain[-1][0] == address(team)
    assert "Seule la personne qui examine ce chapitre" in text_of(answer)
