"""A demande of the ANS: by when an answer is expected, how it is taken back, and what is often asked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import Act, DemandeState, VoletKind, VoletState
from candidatures.models import Demande, ModeleDeDemande
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.demandes import cancel_demande
from candidatures.operations.instruction import DemandeNotPossible, ask_complement, reopen_volet
from candidatures.operations.modeles import ModeleNotPossible, create_modele
from candidatures.operations.volets import Conflict, save_answers, submit_volet
from candidatures.queries.demandes import champs_of, modeles_of
from candidatures.queries.volets import answers_at
from candidatures.rules import demandes as rules
from comptes import clock, effects, journal
from comptes.enums import NoticeState, RoleANS
from comptes.models import Compte, JournalEntry, Notice
from tests.candidatures.conftest import Team, all_at_once, make_team
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make

LATER = make.SUMMER + timedelta(days=2)
DUE = datetime(2026, 7, 15, 16, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


@pytest.fixture
def responsable(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])


def signed_in(compte: Compte) -> Client:
    client = Client()
    client.force_login(compte, backend=BY_PASSWORD)
    return client


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def ask(team: Team, **changes: Any) -> Demande:
    given = {"champs": ["version_technique"], "text": "Précisez.", "due_at": DUE}
    return ask_complement(
        volet_id=team.volet.pk,
        seen_version=team.volet.version,
        by=team.instructeur,
        at=make.SUMMER,
        **(given | changes),
    )


def cancel(team: Team, demande: Demande, reason: str = "Nous avons trouvé la réponse.") -> Demande:
    return cancel_demande(demande_id=demande.pk, reason=reason, by=team.instructeur, at=LATER)


def answer(team: Team, **answers: Any) -> None:
    save_answers(
        volet_id=team.volet.pk, answers=answers, seen_version=team.volet.version, by=team.salarie, at=make.SUMMER
    )


def delivered() -> None:
    """Everything that waits leaves, or is given up."""
    with clock.travel(LATER):
        for email in sorted(set(Notice.objects.values_list("email", flat=True))):
            effects.deliver_to(email)


def review(team: Team) -> str:
    return reverse("candidatures:volet_review", args=[team.candidature.nru, "administratif"])


# -- by when ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        (date(2026, 7, 15), datetime(2026, 7, 15, 16, 0, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 16, 0, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 17, 0, tzinfo=UTC)),  # the clocks went back that night
        (date(2027, 3, 28), datetime(2027, 3, 28, 16, 0, tzinfo=UTC)),
    ],
)
def test_due_day_ends_at_six_in_paris(day: date, instant: datetime) -> None:
    assert rules.due_at(day) == instant


@pytest.mark.parametrize(
    ("away", "refused"),
    [
        (timedelta(microseconds=1), False),
        (timedelta(0), True),
        (timedelta(seconds=-1), True),
        (timedelta(days=366), False),
        (timedelta(days=366, seconds=1), True),
    ],
)
def test_due_is_neither_past_nor_in_another_century(away: timedelta, refused: bool) -> None:
    at = make.SUMMER
    reasons = list(rules.obstacles_to_ask(champs=["nil"], text="Précisez.", due_at=at + away, at=at))

    assert bool(reasons) is refused


def test_demande_due_in_the_past_asks_nothing(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)

    with pytest.raises(DemandeNotPossible, match="est passée"):
        ask(team, due_at=make.SUMMER)
    assert team.volet.state == VoletState.SUBMITTED
    assert not Demande.objects.exists()


def test_form_says_that_the_day_is_over_and_keeps_what_was_typed(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    address = reverse("candidatures:demande", args=[team.candidature.nru, "administratif"])
    typed = {"champs": ["version_technique"], "text": "Précisez tout.", "version": volet.version}
    page = signed_in(team.instructeur).post(address, typed | {"due_date": "2026-06-30"})

    assert "Cette date est passée" in text_of(page)
    assert "Précisez tout." in text_of(page)
    assert not Demande.objects.exists()

    signed_in(team.instructeur).post(address, typed | {"due_date": "2026-07-15"})
    assert Demande.objects.get().due_at == DUE


@pytest.mark.parametrize(
    ("away", "sentence"), [(timedelta(0), "Dans moins d’une minute"), (timedelta(seconds=1), "Ce délai est dépassé")]
)
def test_page_says_how_long_is_left_then_that_it_is_over(team: Team, away: timedelta, sentence: str) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    ask(team)
    address = reverse("candidatures:volet", args=[team.candidature.nru, "administratif"])

    with clock.travel(DUE + away):
        page = text_of(signed_in(team.salarie).get(address))
    assert sentence in page
    assert "Réponse attendue" in page


def test_answer_after_the_day_is_taken(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    demande = ask(team)

    submit_volet(volet_id=team.volet.pk, by=team.salarie, at=DUE + timedelta(days=30))
    demande.refresh_from_db()
    assert demande.state == DemandeState.ANSWERED


def test_letter_says_by_when(team: Team, mailoutbox: list[Any]) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    ask(team)
    delivered()

    bodies = [letter.body for letter in mailoutbox if "attend une réponse" in letter.subject]
    assert len(bodies) == 3
    assert all("au plus tard le 15\u00a0juillet 2026 à 18\u00a0h (heure de Paris)" in body for body in bodies)


# -- taken back ------------------------------------------------------------------------------------------------------


def test_cancelled_demande_gives_the_volet_back_as_it_was_submitted(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    demande = ask(team)
    answer(team, version_technique="5.0")

    cancel(team, demande)

    demande.refresh_from_db()
    assert (demande.state, demande.cancelled_by, demande.cancelled_at, demande.cancellation) == (
        DemandeState.CANCELLED,
        team.instructeur,
        LATER,
        "Nous avons trouvé la réponse.",
    )
    after = team.volet
    assert (after.state, after.submitted_at, after.submitted_by_id) == (
        VoletState.SUBMITTED,
        volet.submitted_at,
        team.salarie.pk,
    )
    assert after.version == volet.version + 3  # asked, answered, cancelled
    assert volet.soumissions.count() == 1
    assert list(journal.verify()) == []


def test_what_was_typed_and_not_submitted_is_put_aside_and_kept(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    demande = ask(team, champs=["version_technique", "solution_nom"])
    answer(team, version_technique="5.0")

    cancel(team, demande)

    volet = team.volet
    assert answers_at(volet, version=volet.version)["version_technique"] == "4.2.1"
    kept = volet.reponses.filter(champ="version_technique").order_by("version")
    assert [row.value for row in kept] == ["4.2.1", "5.0", "4.2.1"]
    sentences = [
        line.sentence
        for line in journal.lines(JournalEntry.objects.filter(act=Act.ANSWERS_PUT_ASIDE).order_by("number"))
    ]
    assert sentences == [
        (
            "Candidature administrative\u00a0: ce qui n’était pas soumis est mis de côté pour "
            "«\u00a0Version technique candidate\u00a0»"
        )
    ]


def test_a_locked_champ_never_enters_the_next_submission(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    demande = ask(team)
    answer(team, version_technique="5.0")
    cancel(team, demande)
    ask(team, champs=["solution_nom"])
    answer(team, solution_nom="Autre")

    submit_volet(volet_id=team.volet.pk, by=team.salarie, at=LATER)

    answers = answers_at(team.volet, version=team.volet.version)
    assert (answers["version_technique"], answers["solution_nom"]) == ("4.2.1", "Autre")


def test_cancelled_reopening_gives_the_admission_back(team: Team) -> None:
    volet = make.an_admitted_volet(team.candidature, team.salarie, team.instructeur)
    other = make.a_person(roles_ans=[RoleANS.INSTRUCTEUR])
    demande = reopen_volet(
        volet_id=volet.pk,
        champs=["solution_nom"],
        text="Comme demandé.",
        seen_version=volet.version,
        by=other,
        at=make.SUMMER + timedelta(days=1),
    )

    cancel_demande(demande_id=demande.pk, reason="À la demande de l’éditeur.", by=other, at=LATER)

    after = team.volet
    assert (after.state, after.admitted_at, after.admitted_by_id) == (
        VoletState.ADMITTED,
        volet.admitted_at,
        team.instructeur.pk,
    )


def test_cancelling_tells_the_team_and_takes_back_the_letter_that_waits(team: Team, mailoutbox: list[Any]) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    cancel(team, ask(team))
    delivered()

    letters = [letter for letter in mailoutbox if "annule sa demande" in letter.subject]
    assert len(letters) == 3
    assert "Nous avons trouvé la réponse." in letters[0].body
    asked = Notice.objects.filter(kind="candidatures.complement_asked")
    assert set(asked.values_list("state", flat=True)) == {NoticeState.CANCELLED}


@pytest.mark.parametrize("reason", ["", "  "])
def test_cancelling_without_a_reason_is_refused(team: Team, reason: str) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    demande = ask(team)

    with pytest.raises(DemandeNotPossible) as refused:
        cancel(team, demande, reason)
    assert list(refused.value.reasons) == ["Indiquez le motif de l’annulation\u00a0: l’éditeur le lira."]
    assert team.volet.state == VoletState.COMPLEMENT_REQUESTED


def test_cancelling_what_was_answered_or_closed_with_its_candidature_is_refused(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    demande = ask(team)
    submit_volet(volet_id=team.volet.pk, by=team.salarie, at=LATER)
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=LATER)

    with pytest.raises(DemandeNotPossible) as refused:
        cancel(team, demande)
    assert list(refused.value.reasons) == [
        "Cette candidature n’est plus ouverte.",
        "Cette demande n’attend plus de réponse\u00a0: vous ne pouvez plus l’annuler.",
    ]


def test_page_cancels_with_a_reason_and_says_it_everywhere(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    ask(team)
    client = signed_in(team.instructeur)
    address = reverse("candidatures:demande_cancel", args=[team.candidature.nru, "administratif"])
    assert address in text_of(client.get(review(team)))

    empty = client.post(address, {"reason": ""})
    assert "Motif de l’annulation" in text_of(empty)
    assert team.volet.state == VoletState.COMPLEMENT_REQUESTED

    done = client.post(address, {"reason": "Erreur de champ."}, follow=True)
    assert [str(message) for message in done.context["messages"]] == [
        "La demande est annulée. L’équipe de l’éditeur recevra une notification."
    ]
    assert "Erreur de champ." in text_of(done)
    again = text_of(client.post(address, {"reason": "Encore."}))
    assert "n’attend plus de réponse" in again


@pytest.mark.django_db(transaction=True)
def test_answer_and_cancellation_at_once_are_one_of_them() -> None:
    team = make_team()
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    demande = ask(team)

    def act(number: int) -> object:
        if number % 2:
            return cancel(team, demande)
        return submit_volet(volet_id=volet.pk, by=team.salarie, at=LATER)

    results = all_at_once(4, act)

    demande.refresh_from_db()
    refusals = [result for result in results if isinstance(result, DemandeNotPossible | Conflict)]
    assert len(refusals) == 3
    assert demande.state in (DemandeState.CANCELLED, DemandeState.ANSWERED)
    assert volet.soumissions.count() == (1 if demande.state == DemandeState.CANCELLED else 2)
    assert list(journal.verify()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE candidatures_demande SET state = 'cancelled'",
        "UPDATE candidatures_demande SET state = 'cancelled', cancelled_at = asked_at, cancelled_by_id = asked_by_id",
        "UPDATE candidatures_demande SET cancelled_at = asked_at",
        "UPDATE candidatures_demande SET cancellation = 'Motif'",
        "UPDATE candidatures_demande SET due_at = asked_at",
        "UPDATE candidatures_modelededemande SET champs = '{}'",
        "UPDATE candidatures_modelededemande SET retired_at = created_at",
    ],
)
def test_raw_sql_against_the_law_is_refused(team: Team, responsable: Compte, statement: str) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    ask(team)
    a_modele(responsable)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# -- what is often asked ---------------------------------------------------------------------------------------------


def a_modele(by: Compte, **changes: Any) -> ModeleDeDemande:
    code = changes.setdefault("dispositif_code", make.DUI)
    make.a_dispositif(code)
    given: dict[str, Any] = {
        "titre": "Version illisible",
        "kind": VoletKind.ADMINISTRATIF,
        "champs": ["version_technique"],
        "text": "La version technique doit être celle que le logiciel affiche.",
    }
    return create_modele(by=by, at=make.SUMMER, **(given | changes))


def test_modele_fills_the_champs_and_the_text_by_its_address(team: Team, responsable: Compte) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    modele = a_modele(responsable)
    address = reverse("candidatures:demande", args=[team.candidature.nru, "administratif"])
    client = signed_in(team.instructeur)

    assert f'<option value="{modele.pk}">Version illisible</option>' in text_of(client.get(address))
    page = client.get(address, {"modele": modele.pk})
    form = page.context["form"]
    assert (form["champs"].value(), form["text"].value()) == (["version_technique"], modele.text)
    for odd in ("0", "x", "9" * 30, ""):
        assert client.get(address, {"modele": odd}).context["form"]["text"].value() is None


def test_modele_of_the_other_volet_is_not_proposed(team: Team, responsable: Compte) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    modele = a_modele(responsable, kind=VoletKind.ELIGIBILITE, champs=["nil"])
    address = reverse("candidatures:demande", args=[team.candidature.nru, "administratif"])

    page = signed_in(team.instructeur).get(address, {"modele": modele.pk})
    assert page.context["form"]["text"].value() is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"titre": "  "}, "Indiquez le titre du modèle."),
        ({"champs": ["nil"]}, "Choisissez au moins un champ."),
        ({"text": " "}, "Indiquez à l’éditeur ce que vous attendez."),
        ({"titre": "VERSION ILLISIBLE"}, "Un modèle porte déjà ce titre pour ce volet."),
    ],
)
def test_modele_that_says_too_little_or_twice_is_refused(
    responsable: Compte, changes: dict[str, Any], reason: str
) -> None:
    a_modele(responsable)

    with pytest.raises(ModeleNotPossible) as refused:
        a_modele(responsable, **{"titre": "Un autre"} | changes)
    assert list(refused.value.reasons) == [reason]
    assert ModeleDeDemande.objects.count() == 1


def test_modele_is_of_one_dispositif(team: Team, responsable: Compte) -> None:
    eligibilite = {"kind": VoletKind.ELIGIBILITE, "champs": ["profils"]}
    dui = a_modele(responsable, titre="Profils", **eligibilite)
    trial = a_modele(responsable, titre="Profils", dispositif_code=make.ESSAI, **eligibilite)

    specs = [spec_of(code) for code in (make.DUI, make.ESSAI)]
    proposed = {spec.code: list(modeles_of(spec, VoletKind.ELIGIBILITE)) for spec in specs}

    assert proposed == {make.DUI: [dui], make.ESSAI: [trial]}
    page = text_of(signed_in(responsable).get(reverse("candidatures:modeles")))
    assert "Dispositif d’essai, vague 2" in page
    new = reverse("candidatures:modele_new", args=["eligibilite"])
    asked = [text_of(signed_in(responsable).get(new, query)) for query in ({"dispositif": make.ESSAI}, {})]
    assert ["Ce que l’essai doit montrer" in labels for labels in asked] == [True, False]


def test_modele_of_before_is_proposed_wherever_its_champs_are_asked(responsable: Compte) -> None:
    common = a_modele(responsable, titre="Commun", kind=VoletKind.ELIGIBILITE, champs=["nil"])
    own = a_modele(
        responsable, titre="Propre", kind=VoletKind.ELIGIBILITE, champs=["raison_d_essai"], dispositif_code=make.ESSAI
    )
    ModeleDeDemande.objects.update(dispositif=None)

    assert list(modeles_of(spec_of(make.DUI), VoletKind.ELIGIBILITE)) == [common]
    assert list(modeles_of(spec_of(make.ESSAI), VoletKind.ELIGIBILITE)) == [common, own]
    own.refresh_from_db()
    assert champs_of(own) == ["Ce que l’essai doit montrer"]


def test_retired_modele_is_proposed_no_more_and_frees_its_title(responsable: Compte) -> None:
    modele = a_modele(responsable)
    client = signed_in(responsable)

    client.post(reverse("candidatures:modele_retire", args=[modele.pk]))
    assert list(modeles_of(spec_of(make.DUI), VoletKind.ADMINISTRATIF)) == []
    again = client.post(reverse("candidatures:modele_retire", args=[modele.pk]))
    assert again.status_code == 409
    assert "Ce modèle est déjà retiré." in unescape(again.content.decode())
    a_modele(responsable)


def test_only_who_answers_for_the_instruction_keeps_modeles(team: Team) -> None:
    with pytest.raises(ModeleNotPossible, match="responsables"):
        a_modele(team.instructeur)


def test_pages_write_read_and_take_up_a_modele(responsable: Compte) -> None:
    make.a_dispositif()
    client = signed_in(responsable)
    address = reverse("candidatures:modele_new", args=["administratif"])
    typed = {"titre": "Un titre", "champs": ["solution_nom"], "text": "Dites-en plus."}

    client.post(address, typed)
    assert "Un titre" in text_of(client.get(reverse("candidatures:modeles")))
    modele = ModeleDeDemande.objects.get()
    assert client.get(address, {"modele": modele.pk}).context["form"]["titre"].value() == "Un titre"
    twice = client.post(address, typed)
    assert "porte déjà ce titre" in text_of(twice)


@pytest.mark.django_db(transaction=True)
def test_two_responsables_who_write_the_same_modele_at_once_write_one() -> None:
    people = [make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]) for _ in range(2)]

    results = all_at_once(2, lambda number: a_modele(people[number]))

    assert sum(isinstance(result, ModeleNotPossible) for result in results) == 1
    assert ModeleDeDemande.objects.count() == 1
