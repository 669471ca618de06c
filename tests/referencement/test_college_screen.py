"""The screen of a dossier before the collège: what it shows and to whom, what a room sees, where a refusal is read."""

import re

import pytest
from django.test import Client

from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.enums import Decision
from referencement.models import Examen
from tests.candidatures.test_page_queries import count
from tests.factories.conventions import some_parties
from tests.ground import standing

from .test_avis_views import a_listed_sitting, entered
from .test_college_views import posted, shown, url
from .test_seance_machine import PLANNED_AT, a_planned_seance
from .test_seances import AT, REASON, Sitting, a_sitting

pytestmark = pytest.mark.django_db

sitting = standing(a_listed_sitting)


@pytest.fixture
def secretaire(sitting: Sitting) -> Client:
    return entered(sitting.secretaire)


def a_member(sitting: Sitting) -> Compte:
    return sitting.seance.membres.select_related("compte").order_by("pk")[0].compte


# -- what it shows -----------------------------------------------------------------------------------------------------


def test_dossier_is_read_from_its_synthesis_to_its_decision(sitting: Sitting, secretaire: Client) -> None:
    page = shown(secretaire, url("examen", sitting))
    order = ["solution", "reuni", "chapitres", "guichets", "avis", "rapport"]

    assert re.findall(r'<h2[^>]* id="(\w+)"', page) == order
    assert page.index("Ce dossier est complet") < page.index('id="reuni"')
    assert page.index('id="rapport"') < page.index("Décision du collège</h2>")
    assert "La convention est signée par l’éditeur." in page
    assert "Vérifié" in page


@pytest.mark.parametrize(
    ("who", "address", "expected"), [("secr", "", 18), ("memb", "", 17), ("secr", "?projection=oui", 17)]
)
def test_screen_asks_the_same_of_the_database(sitting: Sitting, who: str, address: str, expected: int) -> None:
    compte = sitting.secretaire if who == "secr" else a_member(sitting)
    with clock.travel(AT):
        asked = count(compte, url("examen", sitting) + address)
        sitting.advise(Examen.objects.get())
        assert (asked, count(compte, url("examen", sitting) + address)) == (expected, expected)


def test_next_and_previous_follow_the_agenda(db: None) -> None:
    seance = a_planned_seance()
    first, second, third = [seance.list(some_parties(profils=["AHI"])) for _ in range(3)]
    client = entered(seance.secretaire)
    home = f"/college/{seance.pk}/"

    def around(examen: Examen, asked: str = "") -> tuple[list[str], bool]:
        with clock.travel(PLANNED_AT):
            page = client.get(f"{home}{examen.candidature.nru}/{asked}").content.decode()
        return re.findall(r'<a href="([^"]+)" rel="(?:prev|next)"', page), f"ossier {examen.rank} sur 3" in page

    here = [f"{home}{examen.candidature.nru}/" for examen in (first, second, third)]
    assert around(first) == ([here[1]], True)
    assert around(second) == ([here[0], here[2]], True)
    assert around(third) == ([here[1]], True)
    followed = [f"{here[0]}?projection=suivie", f"{here[2]}?projection=suivie"]
    assert around(second, "?projection=suivie") == (followed, True)


# -- the room ----------------------------------------------------------------------------------------------------------


def test_room_sees_no_control_and_nobody_s_name(sitting: Sitting, secretaire: Client) -> None:
    examen = Examen.objects.get()
    sitting.advise(examen, conflicts=1)
    sitting.decide(examen, Decision.NOT_ATTRIBUTED, REASON)
    page = shown(secretaire, url("examen", sitting) + "?projection=oui")

    assert re.findall("<(form|input|select|textarea|button)", page) == []
    people = [sitting.secretaire, *(membre.compte for membre in sitting.seance.membres.select_related("compte"))]
    assert [person.full_name for person in people if person.full_name in page or person.email in page] == []
    assert "A travaillé pour l’éditeur." not in page
    assert re.findall(r"<strong>(\d)</strong> <span>([^<]+)", page) == [("1", "ne prend pas part"), ("2", "favorable")]
    assert REASON in page
    assert sitting.candidature.produit.nom in page


@pytest.mark.parametrize(("asked", "reloads"), [("oui", []), ("suivie", ["30"]), ("", []), ("autre", [])])
def test_room_s_page_reloads_by_itself_only_when_asked(
    sitting: Sitting, secretaire: Client, asked: str, reloads: list[str]
) -> None:
    page = shown(secretaire, f"{url('examen', sitting)}?projection={asked}")

    assert re.findall(r'http-equiv="refresh" content="(\d+)"', page) == reloads
    assert ("Ne plus actualiser seul" in page) == bool(reloads)


def test_room_s_page_is_closed_to_who_does_not_read_the_dossier(sitting: Sitting) -> None:
    editeur = entered(sitting.parties.signatory)

    shown(editeur, url("examen", sitting) + "?projection=oui", status=404)


# -- refusals ----------------------------------------------------------------------------------------------------------


def refused_at(page: str) -> list[str]:
    """The addresses of the forms, or the titles of the sections, in which a refusal takes the focus."""
    held = [piece for piece in re.split("<form|<section", page) if "data-error-summary" in piece]
    return [
        re.search(r'(?:action|aria-labelledby)="([^"]+)"', piece)[1]  # type: ignore[index]  # each of them has one
        for piece in held
    ]


def test_refused_avis_is_told_in_its_own_form(sitting: Sitting, secretaire: Client) -> None:
    first = sitting.seance.membres.select_related("compte").order_by("pk")[0]
    status, page = posted(secretaire, url("examen_avis", sitting), {f"avis_{first.pk}": "conflit"})

    assert (status, refused_at(page)) == (409, [url("examen_avis", sitting)])
    assert page.count("autofocus") == 1
    assert f'<a href="#id_avis_{first.pk}">{first.compte.full_name}</a>' in page
    assert re.search("<title>\\s*Erreur\u00a0: ", page)


def test_refused_avis_of_one_s_own_is_told_in_one_s_own_form(sitting: Sitting) -> None:
    membre = sitting.seance.membres.select_related("compte").order_by("pk")[0]
    status, page = posted(entered(membre.compte), url("examen_avis", sitting), {f"avis_{membre.pk}": "conflit"})

    assert (status, refused_at(page)) == (409, [url("examen_avis", sitting)])
    assert f'<a href="#id_avis_{membre.pk}_0">Votre avis</a>' in page
    assert page.count("autofocus") == 1


def test_refused_decision_is_told_in_its_form(sitting: Sitting, secretaire: Client) -> None:
    status, page = posted(secretaire, url("examen_decide", sitting), {"decision": "not_attributed", "version": 0})

    assert (status, refused_at(page)) == (422, [url("examen_decide", sitting)])
    assert page.count("autofocus") == 1


@pytest.mark.parametrize("decided", [False, True])
def test_refused_removal_is_told_beside_its_reason(sitting: Sitting, secretaire: Client, *, decided: bool) -> None:
    if decided:
        examen = Examen.objects.get()
        sitting.advise(examen)
        sitting.decide(examen)
    typed = {"motif": "Reporté."} if decided else {}
    status, page = posted(secretaire, url("examen_unlist", sitting), typed)

    assert (status, refused_at(page)) == (422, [url("examen_unlist", sitting)])
    assert ("Reporté.</textarea>" in page) == decided
    assert page.count("autofocus") == 1


def test_refused_rapporteur_is_told_beside_the_choice(sitting: Sitting, secretaire: Client) -> None:
    stranger = Compte.objects.exclude(roles_ans__overlap=[RoleANS.INSTRUCTEUR, RoleANS.MEMBRE_COLLEGE])[0]
    status, page = posted(secretaire, url("examen_rapporteur", sitting), {"rapporteur": stranger.pk})

    assert (status, refused_at(page)) == (422, ["rapport"])
    assert "Choisissez un membre de la séance ou un instructeur." in page
    assert page.count("autofocus") == 1


def test_motifs_of_an_incomplete_dossier_are_folded_until_one_is_ticked(db: None) -> None:
    sitting = a_sitting(ready=False)
    sitting.list(despite=True)
    client, address = entered(sitting.secretaire), url("examen", sitting)
    page = shown(client, address)
    assert re.search(r'<details class="ps-details">\s*<summary>Ce qui manque à ce dossier', page)
    status, refused = posted(
        client, url("examen_decide", sitting), {"motifs": ["La convention n’est pas préparée."], "version": 0}
    )

    assert status == 422
    assert re.search(r'<details class="ps-details" open>\s*<summary>Ce qui manque à ce dossier', refused)
