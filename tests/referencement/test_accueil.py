"""Where sign-in leads: what somebody of an éditeur reads first, whatever their candidatures."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.models import Candidature, Produit
from comptes import clock
from comptes.enums import Role
from comptes.models import Rattachement
from comptes.operations.comptes import note_visit
from guichets.enums import Owner
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.operations.confiees import give_preuves
from referencement.operations.retraits import withdraw_candidature
from referencement.queries.accueil import solutions_of
from tests.candidatures.conftest import make_team
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.candidatures import DUI, ESSAI
from tests.factories.dispositifs import AT, World, both_worlds
from tests.ground import standing
from tests.preuves.test_fairness import conclude

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=3)
HOME = "referencement:accueil"
# Fifteen, and the three of the transaction.
QUERIES = 18


both = standing(both_worlds)


@pytest.fixture(autouse=True)
def now(travel_to: Any) -> None:
    travel_to(NOW)


def page_of(compte: Any) -> str:
    browser = Client()
    browser.force_login(compte, backend=BY_PASSWORD)
    answer = browser.get(reverse(HOME))
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\xa0", " ").split())


def test_somebody_of_the_ans_goes_to_their_own_start_page(both: dict[str, World]) -> None:
    browser = Client()
    browser.force_login(both[DUI].people["inst"], backend=BY_PASSWORD)

    assert browser.get(reverse(HOME))["Location"] == reverse("referencement:journee")


@pytest.mark.parametrize("code", [DUI, ESSAI])
def test_acts_are_those_of_least_slack_each_with_its_form(both: dict[str, World], code: str) -> None:
    """In both dispositifs, the buttons follow the order of the graph."""
    mand = both[code].people["mand"]
    page, nru = page_of(mand), both[code].situations["proved"]["nru"]
    article = page.partition(f'aria-labelledby="solution-{nru}"')[2].partition("</article>")[0]
    solution = next(each for each in solutions_of(mand, at=NOW) if each.candidature.nru == nru)
    assert solution.graph is not None
    planned = solution.graph.next_acts(Owner.EDITEUR)[:3]

    slacks = [each.slack for each in planned if each.slack is not None]
    assert slacks == sorted(slacks)
    assert article.count('class="ps-acte"') == len(planned) == 3
    for each in planned:
        assert each.step.label.split("\u00a0")[0].split(" : ")[0] in article.replace("&#x27;", "'")


def test_each_solution_has_its_sentence(both: dict[str, World]) -> None:
    """One that goes on, one to answer, one référencée, one refused, one withdrawn: each says where it is."""
    world = both[DUI]
    late = Candidature.objects.get(nru=world.situations["asked"]["nru"])
    page = text_of(page_of(world.people["mand"]))
    assert "Phase 2 sur 3 – Preuves et autres guichets." in page
    assert "Répondre à la demande de compléments" in page
    assert "Solution référencée" in page
    assert "Référencement non attribué" in page

    withdraw_candidature(candidature_id=late.pk, by=world.people["mand"], at=NOW)
    assert "Candidature retirée" in text_of(page_of(world.people["mand"]))


def test_person_without_candidature_is_told_what_to_do_first(both: dict[str, World]) -> None:
    editeur = make.an_editeur(raison_sociale="Neuve")
    mandataire, salarie = make.a_person(editeur, Role.MANDATAIRE), make.a_person(editeur, Role.SALARIE)
    assert "Créez le produit que vous présentez" in text_of(page_of(mandataire))
    page = page_of(salarie)
    assert "vous donner accès à un produit" in text_of(page)
    assert f'href="{reverse("comptes:team", args=[editeur.pk])}"' in page


def test_person_of_two_editeurs_reads_both(both: dict[str, World]) -> None:
    """Two dispositifs, two éditeurs: one page, each solution with its éditeur and its démarche."""
    person = both[DUI].people["mand"]
    editeur = Produit.objects.get(candidatures__nru=both[ESSAI].situations["proved"]["nru"]).editeur
    Rattachement.objects.create(compte=person, editeur=editeur, role=Role.MANDATAIRE, may_engage=True, attached_at=AT)
    page = page_of(person)
    for world in both.values():
        assert world.situations["proved"]["nru"] in page


def test_what_others_did_since_the_visit_before(both: dict[str, World]) -> None:
    """Not one's own acts, and nothing at a first visit."""
    mand, sala = both[DUI].people["mand"], both[DUI].people["sala"]
    assert "Depuis votre connexion" not in page_of(mand)
    for person in (mand, sala):
        note_visit(compte_id=person.pk, at=AT - timedelta(days=40))
        note_visit(compte_id=person.pk, at=NOW)
        person.refresh_from_db()
    mine = {each.candidature.nru: each.changes for each in solutions_of(mand, at=NOW)}
    proved = mine[both[DUI].situations["proved"]["nru"]]
    assert proved
    assert not any(entry.by_id == mand.pk for entry in proved)
    assert "Depuis votre connexion du" in text_of(page_of(mand))


def test_what_each_colleague_holds(both: dict[str, World]) -> None:
    """The preuves that were given to each and that are still to bring; « Vous » for one's own."""
    world = both[DUI]
    mand, sala, nru = world.people["mand"], world.people["sala"], world.situations["proved"]["nru"]
    candidature = Candidature.objects.get(nru=nru)
    [solution] = [each for each in solutions_of(mand, at=NOW) if each.candidature.nru == nru]
    open_chapitres = [preuves.first for preuves in solution.portes.chapitres.values()]
    for person, numeros in ((mand, open_chapitres[:1]), (sala, open_chapitres[1:3])):
        give_preuves(candidature_id=candidature.pk, numeros=numeros, compte_id=person.pk, before=None, by=mand, at=NOW)
    page = text_of(page_of(mand))
    assert "Vous : 1 preuve à apporter" in page
    assert f"{sala} : 2 preuves à apporter" in page


def test_sign_in_leads_there_and_notes_the_visit(client: Client, both: dict[str, World]) -> None:
    mand = both[DUI].people["mand"]
    mand.set_password("une longue phrase secrete")
    mand.save()
    for _ in range(2):
        answer = client.post(
            reverse("comptes:sign_in"), {"username": mand.email, "password": "une longue phrase secrete"}
        )
        assert answer["Location"] == reverse(HOME)
        client.post(reverse("comptes:sign_out"))
    mand.refresh_from_db()
    assert mand.visit_at == mand.last_visit_at == NOW


@pytest.mark.parametrize("solutions", [1, 3])
def test_page_asks_as_many_queries_whatever_its_solutions(
    both: dict[str, World], django_assert_num_queries: Any, solutions: int
) -> None:
    mand = both[DUI].people["mand"]
    note_visit(compte_id=mand.pk, at=AT - timedelta(days=40))
    note_visit(compte_id=mand.pk, at=NOW)
    for number in range(solutions):
        produit = make.a_produit(mand.rattachements.get().editeur, mand, f"Zonda {number}")
        make.a_candidature(produit, mand)
    browser = Client()
    browser.force_login(mand, backend=BY_PASSWORD)
    browser.get(reverse(HOME))
    with django_assert_num_queries(QUERIES):
        browser.get(reverse(HOME))


def test_what_came_back_is_told_even_when_other_acts_leave_less_time(sign_in: Any) -> None:
    """The first preuve to correct is one link away, whatever the three acts are."""
    codes = ("MAT", "INS", "DMP", "PSC", "MSS")
    asked = [prove.an_exigence(f"{code}.01", prove.a_preuve_spec(f"{code}.01.01.01")) for code in codes]
    prove.a_rem(
        RemSpec(tuple(ChapitreSpec(code, f"Chapitre {code}", (each,)) for code, each in zip(codes, asked, strict=True)))
    )
    team = make_team()
    prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    conclude(prove.a_submitted_chapitre(team.candidature, team.salarie, "MSS"), team, prove.AUTUMN, accept=False)
    with clock.travel(prove.AUTUMN + timedelta(days=1)):
        page = sign_in(team.salarie).get(reverse(HOME)).content.decode()

    assert page.count('class="ps-acte"') == 3
    told = page.partition("Aussi revenu de l’ANS")[2].partition("</ul>")[0]
    place = reverse("preuves:preuve", args=[team.candidature.nru, "MSS.01.01.01"])
    assert f'<a href="{place}">Corriger le chapitre «\u00a0Chapitre MSS\u00a0»' in told
