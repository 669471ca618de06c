"""The lists of the ANS whose rows each belong to a candidature: what they hold, count, find, export, and ask."""

import csv
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.models import Candidature, Message, Volet
from candidatures.operations.messages import post_message
from candidatures.operations.referents import assign_referent
from candidatures.operations.suivi import keep_vue
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte
from guichets.models import Anomalie, Capture
from referencement.models import Convention, TourProjete
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_page_queries import count
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories.guichets import MORNING
from tests.factories.tours import project_everything
from tests.ground import standing

AT = make.SUMMER
VOLETS, CONVENTIONS, MESSAGES = "referencement:volets", "referencement:conventions", "referencement:threads"
CAPTURES, ANOMALIES = "guichets:captures", "guichets:anomalies"
team = standing(make_team)


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(AT):
        yield


def another(team: Team, number: int, nom: str = "") -> Candidature:
    produit = make.a_produit(team.editeur, team.mandataire, nom or f"Mistral {number}")
    return make.a_candidature(produit, team.mandataire)


def a_volet(team: Team, candidature: Candidature) -> Volet:
    make.a_submitted_volet(candidature, team.mandataire)
    return candidature.volets.get(kind=VoletKind.ADMINISTRATIF)


def rows(client: Client, name: str, **asked: str) -> list[str]:
    """Return the addresses of the rows of a list, in order."""
    answer = client.get(reverse(name), asked)
    assert answer.status_code == 200
    return [line.path for line in answer.context["lines"]]


def counts(client: Client, name: str) -> dict[str, Any]:
    return {tab.label: tab.count for tab in client.get(reverse(name)).context["tabs"]}


def review_of(volet: Volet) -> str:
    return reverse("candidatures:volet_review", args=[volet.candidature.nru, volet.kind])


def a_convention(team: Team, candidature: Candidature) -> Convention:
    stamps = {"prepared_at": AT, "prepared_by": team.instructeur}
    return Convention.objects.create(
        candidature=candidature, number=1, template_version="1", data={"cite": {}}, sha256="0" * 64, **stamps
    )


def a_message(team: Team, candidature: Candidature) -> Message:
    return post_message(
        candidature_id=candidature.pk,
        text="Où en est le dossier\u00a0?",
        token=candidature.nru,
        by=team.mandataire,
        at=AT,
    )


def a_capture(team: Team, candidature: Candidature) -> Capture:
    return desks.a_capture(desks.a_demande(candidature, team.mandataire, desks.cnda(), MORNING), team.mandataire)


def an_anomalie(team: Team, candidature: Candidature) -> Anomalie:
    demande = desks.a_demande(candidature, team.mandataire, desks.cnda(), AT)
    desks.a_releve(demande, "recours", at=AT)
    return demande.anomalies.get()


# What makes one row of a list, of its own candidature.
MAKERS: dict[str, Callable[[Team, Candidature], Model]] = {
    VOLETS: a_volet,
    CONVENTIONS: a_convention,
    MESSAGES: a_message,
    CAPTURES: a_capture,
    ANOMALIES: an_anomalie,
}
QUERIES = {VOLETS: 9, CONVENTIONS: 10, MESSAGES: 9, CAPTURES: 9, ANOMALIES: 10}


def copied(row: Any, count: int, change: Callable[[int], dict[str, Any]]) -> list[Any]:
    """Write copies of a row at once, whatever it takes to make one."""
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row).objects.bulk_create(type(row)(**{**kept, **change(number)}) for number in range(count))


def copies_of(row: Any, count: int) -> None:
    """Write copies of a row, each of another candidature."""
    demande = getattr(row, "demande", None)
    candidature = demande.candidature if demande else row.candidature
    produits = copied(candidature.produit, count, lambda number: {"nom": f"Copie {number}"})
    others = copied(
        candidature, count, lambda number: {"produit_id": produits[number].pk, "nru": f"DUI-2026-{number + 50000}-A"}
    )
    if demande is None:
        copied(row, count, lambda number: {"candidature_id": others[number].pk, **token_of(row, number)})
        return
    demandes = copied(
        demande, count, lambda number: {"candidature_id": others[number].pk, "numero": f"CNDA-{number + 5000}"}
    )
    copied(row, count, lambda number: {"demande_id": demandes[number].pk})


def token_of(row: Any, number: int) -> dict[str, str]:
    return {"token": f"copie-{number}"} if isinstance(row, Message) else {}


@pytest.mark.parametrize("name", MAKERS)
def test_list_asks_the_same_for_one_row_three_and_a_hundred(team: Team, name: str) -> None:
    row, asked = MAKERS[name](team, team.candidature), []
    asked.append(count(team.instructeur, reverse(name)))
    for number in range(2):
        MAKERS[name](team, another(team, number))
    asked.append(count(team.instructeur, reverse(name)))
    copies_of(row, 97)
    asked.append(count(team.instructeur, reverse(name)))

    assert asked == [QUERIES[name]] * 3


@pytest.mark.parametrize("name", MAKERS)
def test_list_finds_a_candidature_however_it_is_pasted(team: Team, name: str, sign_in: Any) -> None:
    candidature = another(team, 0, "L’Épicéa d’été")
    MAKERS[name](team, candidature)
    MAKERS[name](team, team.candidature)
    client, nru = sign_in(team.instructeur), candidature.nru
    ((listed),) = [rows(client, name, q=nru)]
    pasted = [nru.lower(), nru.replace("-", ""), nru.replace("-", "–"), f" NRU : {nru.replace('-', ' ')} "]
    pasted += ["l'epicea d'ete", "L’ÉPICÉA", "«\u00a0Épicéa\u00a0»", '"epicea"']

    assert len(listed) == len(rows(client, name)) // 2 > 0
    for text in pasted:
        assert rows(client, name, q=text) == listed, text
    number = team.editeur.identifier
    for text in (
        number,
        f"{number[:3]} {number[3:6]} {number[6:]}",
        f"SIREN {number[:3]}\u00a0{number[3:6]}\u00a0{number[6:]}",
    ):
        assert len(rows(client, name, q=text)) == 2 * len(listed), text
    assert rows(client, name, q="Zéphyr") == []


def test_volets_are_counted_by_whose_turn_it_is_as_they_are_listed(team: Team, sign_in: Any) -> None:
    read, waits = a_volet(team, team.candidature), a_volet(team, another(team, 1))
    make.a_dossier_handed_over(another(team, 2), team.mandataire)
    give = {"compte_id": team.instructeur.pk, "seen": None, "by": team.instructeur, "at": AT}
    assign_referent(candidature_id=read.candidature_id, **give)
    anne = sign_in(make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]))
    mine = sign_in(team.instructeur)

    assert rows(mine, VOLETS, vue="moi") == [review_of(read)]
    assert rows(anne, VOLETS, vue="equipe") == [review_of(read)]
    assert review_of(waits) in rows(mine, VOLETS, vue="sans-referent")
    for client in (mine, anne):
        vues = {"moi": "À moi", "equipe": "À mon équipe", "sans-referent": "Sans référent", "ans": "À l’ANS"}
        vues |= {"editeur": "À l’éditeur", "clos": "Recevables"}
        listed = {label: str(len(rows(client, VOLETS, vue=vue))) for vue, label in vues.items()}
        assert counts(client, VOLETS) == {**listed, "Tous": None}
    assert rows(mine, VOLETS, vue="ans", referent=str(team.instructeur.pk), volet=VoletKind.ADMINISTRATIF) == [
        review_of(read)
    ]
    assert rows(mine, VOLETS, vue="ans", volet=VoletKind.ELIGIBILITE, etat="draft") == []


def test_volets_are_sorted_by_age_and_by_date(team: Team, sign_in: Any) -> None:
    first, second = a_volet(team, team.candidature), a_volet(team, another(team, 1))
    client = sign_in(team.instructeur)
    order = [review_of(first), review_of(second)]
    project_everything(at=AT)  # as the commit of each act does

    for tri in ("attente", "echeance"):
        assert rows(client, VOLETS, vue="ans", tri=tri) == order
    assert client.get(reverse(VOLETS), {"tri": "-attente", "vue": "ans"}).context["headings"][6].sort == "descending"


def test_admitted_volet_leads_back_to_the_list_with_its_filters(team: Team, sign_in: Any) -> None:
    volet = make.a_submitted_volet(team.candidature, team.mandataire, kind=VoletKind.ELIGIBILITE)
    other = make.a_submitted_volet(another(team, 1), team.mandataire, kind=VoletKind.ELIGIBILITE)
    client, address = sign_in(team.instructeur), f"{reverse(VOLETS)}?vue=ans&volet=eligibilite&tri=-attente"
    client.get(address)
    page = client.get(review_of(volet)).content.decode()

    assert 'aria-label="Dans la liste"' in page
    step = reverse("comptes:neighbour", args=["suivante"])
    around = {client.get(step, {"de": f"{row.candidature.nru}/{row.kind}"}).url for row in (volet, other)}
    assert around in ({review_of(volet), address}, {review_of(other), address})
    answer = client.post(review_of(volet), {"version": volet.version})
    assert (answer.status_code, answer.url) == (302, address)
    assert 'aria-label="Dans la liste"' not in client.get(reverse("guichets:board")).content.decode()


def test_volet_left_to_a_colleague_leads_back_to_the_list_with_its_filters(team: Team, sign_in: Any) -> None:
    volet = a_volet(team, team.candidature)
    client, address = sign_in(team.instructeur), f"{reverse(VOLETS)}?vue=ans&volet=administratif"
    path = [volet.candidature.nru, volet.kind]
    client.get(address)
    client.post(reverse("candidatures:volet_claim", args=path))

    assert client.post(reverse("candidatures:volet_release", args=path)).url == address


def test_saved_view_names_what_its_list_offers_no_more(team: Team, sign_in: Any) -> None:
    volet, client = a_volet(team, team.candidature), sign_in(team.instructeur)
    vue = keep_vue(
        liste=VOLETS,
        nom="À lire",
        query="vue=ans&etat=fondu&region=75&volet=administratif",
        is_shared=True,
        by=make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]),
        at=AT,
    )
    page = unescape(client.get(reverse(VOLETS)).content.decode())
    assert f'<a href="?{vue.query}">À lire</a>' in page

    asked = dict(pair.split("=") for pair in vue.query.split("&"))
    answer = client.get(reverse(VOLETS), asked)

    assert "Cette adresse demande des filtres qui n’existent plus, ignorés\u00a0: region, État" in unescape(
        answer.content.decode()
    )
    assert [line.path for line in answer.context["lines"]] == [review_of(volet)]


def test_volet_is_admitted_and_the_next_one_opens(team: Team, sign_in: Any) -> None:
    volets = [make.a_submitted_volet(team.candidature, team.mandataire, kind=VoletKind.ELIGIBILITE)]
    volets += [make.a_submitted_volet(another(team, 1), team.mandataire, kind=VoletKind.ELIGIBILITE)]
    client, address = sign_in(team.instructeur), f"{reverse(VOLETS)}?vue=ans&volet=eligibilite"
    client.get(address)
    first = client.get(reverse("comptes:neighbour", args=["premiere"])).headers["Location"]
    read, other = sorted(volets, key=lambda volet: review_of(volet) != first)

    assert first == review_of(read)
    answer = client.post(first, {"version": read.version, "action": "suivant"})
    assert answer.headers["Location"] == review_of(other)
    assert client.post(review_of(other), {"version": other.version, "action": "suivant"}).headers["Location"] == address
    assert client.get(reverse("comptes:neighbour", args=["premiere"])).headers["Location"] == address


def test_list_that_asks_for_one_thing_leads_to_where_it_is_done(team: Team, sign_in: Any) -> None:
    volet, nru = a_volet(team, team.candidature), team.candidature.nru
    a_message(team, team.candidature)
    project_everything(at=AT)
    client = sign_in(team.instructeur)
    pages = {
        "": reverse("referencement:candidature", args=[nru]),
        "volet_to_read": review_of(volet),
        "message": reverse("referencement:messages", args=[nru]),
    }
    for pour, page in pages.items():
        client.get(reverse("referencement:instruction"), {"pour": pour, "q": nru})
        assert client.get(reverse("comptes:neighbour", args=["premiere"])).headers["Location"] == page


def test_what_followed_still_follows_when_an_act_moved_its_row(team: Team, sign_in: Any) -> None:
    """The list is in order of age: what is done on the first makes it the youngest, and the last."""
    candidatures = [team.candidature, *(another(team, number) for number in range(2))]
    for number, candidature in enumerate(candidatures):
        make.a_submitted_volet(candidature, team.mandataire, at=AT - timedelta(days=3 - number))
    project_everything(at=AT)
    client = sign_in(team.instructeur)
    client.get(reverse("referencement:instruction"), {"tri": "attente"})
    page = [reverse("referencement:candidature", args=[candidature.nru]) for candidature in candidatures]

    def step(sens: str, place: int) -> str:
        address = reverse("comptes:neighbour", args=[sens])
        location: str = client.get(address, {"de": candidatures[place].nru}).headers["Location"]
        return location

    assert step("premiere", 0) == page[0]
    TourProjete.objects.filter(pk=candidatures[0].pk).update(since=AT)
    assert (step("suivante", 0), step("suivante", 1)) == (page[1], page[2])
    assert (step("precedente", 2), step("precedente", 1)) == (page[1], page[0])
    # The list that is read again is in its order now.
    client.get(reverse("referencement:instruction"), {"tri": "attente"})
    assert step("suivante", 2) == page[0]


def test_first_row_is_that_of_the_page_that_was_read(team: Team, sign_in: Any) -> None:
    volet = a_volet(team, team.candidature)
    copies_of(volet, 30)
    client = sign_in(team.instructeur)
    shown = [line.path for line in client.get(reverse(VOLETS), {"vue": "ans", "page": "2"}).context["lines"]]

    assert len(shown) == 6
    assert client.get(reverse("comptes:neighbour", args=["premiere"])).headers["Location"] == shown[0]


def test_export_holds_what_the_list_shows(team: Team, sign_in: Any) -> None:
    volet = a_volet(team, team.candidature)
    make.a_dossier_handed_over(another(team, 1), team.mandataire)
    asked = {"vue": "ans", "volet": "administratif", "q": team.candidature.nru.replace("-", "–")}

    answer = sign_in(team.instructeur).get(reverse("comptes:export", args=["volets", "csv"]), asked)
    lines = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";"))

    assert [line["nru"] for line in lines] == [volet.candidature.nru]


def test_list_is_for_the_ans_only(team: Team, sign_in: Callable[[Compte], Client]) -> None:
    for name in MAKERS:
        assert sign_in(team.mandataire).get(reverse(name)).status_code == 404
