"""The permanent links that preuves hold are followed by themselves; what they show is said beside the preuve."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse

from comptes import clock
from comptes.models import JournalEntry
from guichets import sweeps
from guichets.catalogue.guichets import every_guichet
from guichets.enums import AnomalieKind, Panne
from guichets.models import Anomalie, DemandeAuGuichet, ReponseDeGuichet
from guichets.operations.liens import follow_link
from guichets.queries.desks import circuit_of
from guichets.queries.preuves import said_of_preuve
from guichets.queries.situation import situation_of
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import Forme, Nature
from preuves.rules.depots import Contenu
from segur_portal.celery import app
from tests.candidatures.conftest import Team, make_team
from tests.factories import preuves as prove
from tests.factories.guichets import GAZELLE, MORNING, YESTERDAY, a_releve, again
from tests.guichets.desk import Desk, a_desk

LINK = "https://interop.referencement.esante.gouv.fr/EVSClient/detailedResult.seam?oid=1.2.3"
NUMERO = "INT.01.01.01"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with a_desk("gazelle") as desk:
        circuit_of(GAZELLE).reset()
        app.conf.update(task_always_eager=True, task_eager_propagates=True)
        yield desk
        app.conf.update(task_always_eager=False, task_eager_propagates=False)


@pytest.fixture
def team(db: None) -> Team:
    preuve = prove.a_preuve_spec(NUMERO, Nature.GAZELLE)
    prove.a_rem(RemSpec((ChapitreSpec("INT", "Interopérabilité", (prove.an_exigence("INT.01", preuve),)),)))
    team = make_team()
    team.candidature = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    return team


def deposit(team: Team, link: str = LINK, seen: int = 0) -> None:
    prove.a_deposit(team.candidature, team.salarie, NUMERO, a_link(link), seen=seen)


def a_link(link: str) -> Contenu:
    return Contenu(Forme.LINK, value=link, evidence_date=YESTERDAY, version_technique="4.2.1")


def sweep(at=MORNING) -> int:
    with clock.travel(at):
        followed = sweeps.follow_links()
        sweeps.pull_due_demandes()
    return followed


def test_link_is_followed_as_it_is_deposited_and_its_result_read(desk, team):
    deposit(team)

    followed = [sweep(), sweep()]

    lien = DemandeAuGuichet.objects.get()
    assert followed == [1, 0]
    assert (lien.preuve, lien.numero, lien.state, lien.etape_date) == (NUMERO, LINK, "DONE_PASSED", YESTERDAY)
    assert desk.asked == {LINK: 1}
    assert ReponseDeGuichet.objects.count() == 0


def test_link_that_was_replaced_is_let_go(desk, team):
    deposit(team)
    sweep()
    other = LINK.replace("1.2.3", "1.2.4")
    deposit(team, other, seen=1)

    sweep(MORNING + timedelta(hours=1))

    rows = DemandeAuGuichet.objects.order_by("pk").values_list("numero", "ended_reason")
    assert list(rows) == [(LINK, "remplacé par un autre dépôt"), (other, "")]


def test_link_let_go_ends_as_every_demande_does(team):
    deposit(team)
    former = follow_link(candidature_id=team.candidature.pk, guichet=GAZELLE, numero=NUMERO, at=MORNING)
    a_releve(former, "ABORTED")
    other = LINK.replace("1.2.3", "1.2.4")
    prove.a_deposit(team.candidature, team.mandataire, NUMERO, a_link(other), seen=1)

    follow_link(candidature_id=team.candidature.pk, guichet=GAZELLE, numero=NUMERO, at=MORNING + timedelta(hours=1))

    ended = again(former)
    assert (ended.version, ended.ended_by, ended.next_pull_at) == (former.version + 1, team.mandataire, None)
    assert Anomalie.objects.get().state == "closed"
    act = JournalEntry.objects.get(address=former.address, act="demande_guichet.ended")
    assert (act.by, act.params["motif"]) == (team.mandataire, "remplacé par un autre dépôt")


def test_preuve_that_holds_a_link_no_more_is_let_go(desk, team):
    deposit(team)
    sweep()
    prove.a_deposit(team.candidature, team.salarie, NUMERO, prove.not_applicable(), seen=1)

    assert sweep(MORNING + timedelta(hours=1)) == 1
    assert DemandeAuGuichet.objects.filter(ended_at=None).count() == 0


def test_result_that_fails_again_is_followed_when_said_twice_and_an_unknown_one_never(team):
    deposit(team)
    lien = follow_link(candidature_id=team.candidature.pk, guichet=GAZELLE, numero=NUMERO, at=MORNING)

    states = []
    results = ["DONE_FAILED", "DONE_PASSED", "DONE_FAILED", "ABORTED", "DONE_UNDEFINED", "DONE_FAILED", "DONE_PASSED"]
    for hour, result in enumerate(results):
        a_releve(lien, result, at=MORNING + timedelta(hours=hour))
        states.append((DemandeAuGuichet.objects.get().state, Anomalie.objects.filter(closed_at=None).count()))

    assert states == [
        ("DONE_FAILED", 0),
        ("DONE_PASSED", 0),
        ("DONE_PASSED", 1),  # seen once
        ("DONE_PASSED", 1),  # the unknown status has taken its place
        ("DONE_PASSED", 1),  # seen once again
        ("DONE_FAILED", 1),  # lost, until it passes again
        ("DONE_PASSED", 0),
    ]


def test_situation_shows_the_result_beside(team):
    deposit(team)
    lien = follow_link(candidature_id=team.candidature.pk, guichet=GAZELLE, numero=NUMERO, at=MORNING)
    a_releve(lien, "DONE_FAILED")

    (ligne,) = situation_of(team.candidature, dossier=None, at=MORNING).of(GAZELLE)
    (beside,) = said_of_preuve(team.candidature, prove.a_preuve_spec(NUMERO, Nature.GAZELLE), MORNING)

    assert (beside.state_label, beside.tone) == ("Échoué", "danger")
    assert (ligne.label, ligne.etape_label) == ("Résultat Gazelle, preuve INT.01.01.01", "Échoué")


def test_link_that_the_desk_does_not_know_is_said_in_its_words(desk, team):
    deposit(team)
    desk.status = 404

    sweep()

    anomalie = Anomalie.objects.get()
    (ligne,) = situation_of(team.candidature, dossier=None, at=MORNING).of(GAZELLE)
    (beside,) = said_of_preuve(team.candidature, prove.a_preuve_spec(NUMERO, Nature.GAZELLE), MORNING)
    assert (beside.state_label, beside.tone) == ("Non vérifié", "neutral")
    assert anomalie.sentence == f"Gazelle ne connaît pas ce lien (lien {LINK})."
    assert anomalie.nature == "Lien inconnu de Gazelle"
    assert JournalEntry.objects.get(act="anomalie.opened").params["nature"] == "lien inconnu de Gazelle"
    assert (ligne.failure_label, beside.lines) == (
        "Gazelle ne connaît pas ce lien.",
        ("Gazelle ne connaît pas ce lien.",),
    )


def test_mail_about_an_unknown_link_leads_to_the_preuve_that_holds_it(desk, team, effects_run, mailoutbox):
    deposit(team)
    desk.status = 404
    sweep()

    body = next(mail.body for mail in mailoutbox if "à vérifier et à corriger" in mail.subject)
    assert f"Déposez le bon lien dans la preuve {NUMERO} pour " in body
    assert "ou contactez Gazelle." in body
    assert reverse("preuves:preuve", args=[team.candidature.nru, NUMERO]) in body
    assert "numéro" not in body


@pytest.mark.parametrize("spec", every_guichet(), ids=lambda desk: desk.code)
def test_each_desk_names_what_it_does_not_know_by_its_own_word(spec):
    sentences = {spec.why_nothing(Panne.UNKNOWN), spec.nature_of(AnomalieKind.UNKNOWN_NUMBER)}

    assert sentences == {
        f"{spec.article} ne connaît pas ce {spec.identifiant}",
        f"{spec.identifiant.capitalize()} inconnu {spec.de}",
    }
    assert [spec.why_nothing(panne) for panne in Panne if panne is not Panne.UNKNOWN] == [
        panne.label for panne in Panne if panne is not Panne.UNKNOWN
    ]
