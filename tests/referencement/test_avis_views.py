"""A séance at several screens: what each may do there, what is refused in words, and nothing typed that is lost."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.enums import AvisDuCollege, Decision, ExamenState, SeanceState
from referencement.models import AvisDeMembre, Examen, MembreDeSeance, SeanceDuCollege
from referencement.operations import avis, convocations
from referencement.operations.avis import MemberAdvice
from tests.factories import candidatures as make
from tests.ground import standing
from tests.urls_cast import browser

from .test_college_views import posted, shown, url
from .test_seance_machine import PLANNED_AT, Seance, a_planned_seance
from .test_seances import AT, Sitting, a_sitting

pytestmark = pytest.mark.django_db


def a_listed_sitting() -> Sitting:
    sitting = a_sitting()
    sitting.list()
    return sitting


sitting = standing(a_listed_sitting)


@pytest.fixture
def membre(sitting: Sitting) -> MembreDeSeance:
    return sitting.seance.membres.select_related("compte").order_by("pk")[0]


def entered(compte: Compte) -> Client:
    with clock.travel(AT):
        return browser(compte)


def hidden(page: str) -> dict[str, Any]:
    """What the forms of a page bear, hidden, of the advice."""
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [(re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)) for field in fields]
    named = {name[1]: unescape(value[1]) if value else "" for name, value in pairs if name}
    return {key: value for key, value in named.items() if key.startswith(("seen_", "initial-"))}


def test_member_gives_their_own_avis_and_everybody_reads_it(sitting: Sitting, membre: MembreDeSeance) -> None:
    client, address = entered(membre.compte), url("examen_avis", sitting)
    page = shown(client, url("examen", sitting))
    assert "Donner votre avis" in page
    assert "Noter pour un membre" not in page
    assert posted(client, address, hidden(page) | {f"avis_{membre.pk}": "unfavourable"})[0] == 302
    noted = AvisDeMembre.objects.get()

    assert (noted.avis, noted.recorded_by, noted.is_own) == (AvisDuCollege.UNFAVOURABLE, membre.compte, True)
    other = sitting.seance.membres.exclude(pk=membre.pk).select_related("compte")[0]
    read = shown(entered(other.compte), url("examen", sitting))
    assert "<strong>défavorable</strong>" in read
    assert "noté par" not in read


def test_member_declares_their_own_conflict_and_loses_no_word(sitting: Sitting, membre: MembreDeSeance) -> None:
    client, address = entered(membre.compte), url("examen_avis", sitting)
    seen = hidden(shown(client, url("examen", sitting)))
    status, page = posted(client, address, seen | {f"conflit_{membre.pk}": "Ma sœur y travaille."})
    assert (status, AvisDeMembre.objects.count()) == (409, 0)
    assert "Choisissez un avis, ou «\u00a0Ne prend pas part\u00a0»" in page
    assert "Ma sœur y travaille." in page
    typed = {f"avis_{membre.pk}": "conflit", f"conflit_{membre.pk}": "Ma sœur y travaille."}
    assert posted(client, address, hidden(page) | typed)[0] == 302

    assert AvisDeMembre.objects.get().conflict_reason == "Ma sœur y travaille."


def test_member_notes_nothing_for_another(sitting: Sitting, membre: MembreDeSeance) -> None:
    other = sitting.seance.membres.exclude(pk=membre.pk)[0]
    posted(entered(membre.compte), url("examen_avis", sitting), {f"avis_{other.pk}": "favourable"})

    assert AvisDeMembre.objects.count() == 0


def test_member_of_another_seance_gives_no_avis(sitting: Sitting) -> None:
    stranger = make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE])

    assert posted(entered(stranger), url("examen_avis", sitting), {})[0] == 403


def test_what_the_secretaire_did_not_touch_is_not_posted_over_a_newer_word(
    sitting: Sitting, membre: MembreDeSeance
) -> None:
    secretaire, address = entered(sitting.secretaire), url("examen_avis", sitting)
    sitting.advise(Examen.objects.get())
    seen = hidden(shown(secretaire, url("examen", sitting)))
    advice = MemberAdvice(membre.pk, AvisDuCollege.UNFAVOURABLE)
    avis.record_avis(examen_id=Examen.objects.get().pk, advice=advice, by=membre.compte, at=AT)
    second, third = sitting.seance.membres.order_by("pk")[1:]
    typed = {f"avis_{membre.pk}": "favourable", f"avis_{second.pk}": "abstention", f"avis_{third.pk}": "favourable"}
    assert posted(secretaire, address, seen | typed)[0] == 302

    given = dict(AvisDeMembre.objects.values_list("membre", "avis"))
    assert given == {membre.pk: "unfavourable", second.pk: "abstention", third.pk: "favourable"}


def test_secretaire_and_member_on_the_same_row_are_told_in_words(sitting: Sitting, membre: MembreDeSeance) -> None:
    secretaire, address = entered(sitting.secretaire), url("examen_avis", sitting)
    seen = hidden(shown(secretaire, url("examen", sitting)))
    own = MemberAdvice(membre.pk, AvisDuCollege.UNFAVOURABLE)
    avis.record_avis(examen_id=Examen.objects.get().pk, advice=own, by=membre.compte, at=AT)
    other = sitting.seance.membres.exclude(pk=membre.pk).order_by("pk")[0]
    typed = {f"avis_{membre.pk}": "favourable", f"avis_{other.pk}": "favourable"}
    status, page = posted(secretaire, address, seen | typed)

    assert status == 409
    assert "1 avis enregistré. 1 avis n’est pas noté" in page
    assert "vient d’être enregistré, de sa main" in page
    assert AvisDeMembre.objects.get(membre=membre).avis == "unfavourable"
    again = hidden(page) | typed
    assert posted(secretaire, address, again)[0] == 302
    assert AvisDeMembre.objects.get(membre=membre).avis == "favourable"


def test_avis_after_the_closing_is_refused_and_kept_on_the_page(sitting: Sitting, membre: MembreDeSeance) -> None:
    client = entered(membre.compte)
    seen = hidden(shown(client, url("examen", sitting)))
    examen = Examen.objects.get()
    sitting.advise(examen)
    sitting.decide(examen)
    sitting.close()
    typed = {f"avis_{membre.pk}": "conflit", f"conflit_{membre.pk}": "J’y ai travaillé."}
    status, page = posted(client, url("examen_avis", sitting), seen | typed)

    assert status == 409
    assert "Cette séance est close. Aucun avis ne peut plus être ajouté." in page
    assert "J’y ai travaillé." in page
    assert set(AvisDeMembre.objects.values_list("avis", flat=True)) == {"favourable"}


def test_decision_from_a_stale_page_keeps_what_was_typed(sitting: Sitting) -> None:
    examen, client = Examen.objects.get(), entered(sitting.secretaire)
    sitting.advise(examen)
    sitting.decide(examen)
    typed = {"decision": "postponed", "comment": "À revoir en janvier.", "version": 0}
    status, page = posted(client, url("examen_decide", sitting), typed)

    assert status == 409
    assert "À revoir en janvier." in page
    assert "Votre saisie est conservée." in page
    assert 'name="version" value="1"' in page


def test_decision_against_every_avis_asks_why_in_the_form(sitting: Sitting, membre: MembreDeSeance) -> None:
    examen, client = Examen.objects.get(), entered(sitting.secretaire)
    for present in sitting.seance.membres.order_by("pk"):
        advice = MemberAdvice(present.pk, AvisDuCollege.UNFAVOURABLE)
        avis.record_avis(examen_id=examen.pk, advice=advice, by=sitting.secretaire, at=AT)
    assert "Tous les avis exprimés sont défavorables" in shown(client, url("examen", sitting))
    typed = {"decision": Decision.ATTRIBUTED, "comment": "Vu.", "version": examen.version}
    status, page = posted(client, url("examen_decide", sitting), typed)
    assert (status, "indiquez pourquoi le collège attribue" in page, "Vu." in page) == (422, True, True)
    typed |= {"against": "Une pièce reçue en séance lève les réserves."}

    assert posted(client, url("examen_decide", sitting), typed)[0] == 302
    assert Examen.objects.get().against == "Une pièce reçue en séance lève les réserves."
    assert "Une pièce reçue en séance" in shown(entered(membre.compte), url("examen", sitting))


# -- the secrétaire's place --------------------------------------------------------------------------------------------


def test_administrateur_holds_the_place_of_one_seance_and_reads_the_others(sitting: Sitting) -> None:
    admin = make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    client, other = entered(admin), a_planned_seance()
    read = shown(client, url("examen", sitting))
    assert "Noter la décision" not in read
    assert posted(client, url("seance_secretaire", sitting, nru=False), {"secretaire": admin.pk})[0] == 302
    assert "Noter la décision" in shown(client, url("examen", sitting))
    typed = {f"avis_{present.pk}": "favourable" for present in sitting.seance.membres.all()}
    assert posted(client, url("examen_avis", sitting), typed)[0] == 302
    data = {"decision": Decision.ATTRIBUTED, "version": 0}
    assert posted(client, url("examen_decide", sitting), data)[0] == 302
    closing = url("seance_close", sitting, nru=False)
    assert posted(client, closing, {"version": sitting.version})[0] == 302

    assert SeanceDuCollege.objects.get(pk=sitting.seance.pk).state == SeanceState.CLOSED
    minutes = sitting.seance.documents.get().data
    assert (minutes["secretaire"], minutes["close_par"]) == (admin.full_name, admin.full_name)
    address = reverse("referencement:seance", args=[other.pk])
    assert "Déplacer la séance" not in shown(client, address)
    assert posted(client, reverse("referencement:seance_presences", args=[other.pk]), {})[0] == 403


def test_who_is_no_longer_administrateur_no_longer_holds_the_place(sitting: Sitting) -> None:
    person = make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    arguments = {"seance_id": sitting.seance.pk, "by": sitting.secretaire, "at": AT}
    convocations.entrust_seance(compte_id=person.pk, **arguments)
    Compte.objects.filter(pk=person.pk).update(roles_ans=[RoleANS.INSTRUCTEUR])

    assert posted(entered(person), url("seance_presences", sitting, nru=False), {})[0] == 403


# -- moved, cancelled, opened ------------------------------------------------------------------------------------------


@pytest.fixture
def seance() -> Seance:
    return a_planned_seance()


def at_home(seance: Seance, name: str) -> str:
    return reverse(f"referencement:{name}", args=[seance.pk])


def held(client: Client, address: str, data: dict[str, object]) -> tuple[int, str]:
    """Post before the day of the séance."""
    with clock.travel(PLANNED_AT + timedelta(days=1)):
        answer = client.post(address, data)
        page = client.get(answer["Location"]) if answer.status_code == 302 else answer
    return answer.status_code, page.content.decode()


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("2027-11-16T14:00", "La séance est déjà prévue à cette date"),
        ("2027-10-01T14:00", "Cette date est passée"),
        ("demain", "Saisissez une date et une heure valides"),
        ("", "Indiquez la nouvelle date de la séance."),
    ],
)
def test_move_into_the_past_or_onto_itself_keeps_the_reason(seance: Seance, to: str, sentence: str) -> None:
    typed = {"to": to, "reason": "Salle fermée.", "version": seance.row.version}
    status, page = held(entered(seance.secretaire), at_home(seance, "seance_move"), typed)

    assert (status, sentence in page, "Salle fermée." in page) == (422, True, True)
    assert (seance.row.held_at, seance.row.reports.count()) == (AT, 0)


def test_move_from_a_stale_page_keeps_the_reason(seance: Seance) -> None:
    typed = {"to": "2027-11-23T14:00", "reason": "Salle fermée.", "version": 7}
    status, page = held(entered(seance.secretaire), at_home(seance, "seance_move"), typed)

    assert (status, "Votre saisie est conservée." in page, "Salle fermée." in page) == (409, True, True)


def test_moved_seance_shows_its_history(seance: Seance) -> None:
    typed = {"to": "2027-11-23T14:00", "reason": "Salle fermée.", "version": seance.row.version}
    status, page = held(entered(seance.secretaire), at_home(seance, "seance_move"), typed)

    assert status == 302
    assert "Salle fermée." in page
    assert "Séance du 23\u00a0novembre 2027 à 14\u00a0h" in page


def test_cancelled_seance_says_why_and_offers_nothing_more(seance: Seance) -> None:
    client, typed = entered(seance.secretaire), {"reason": "", "version": seance.row.version}
    assert held(client, at_home(seance, "seance_cancel"), typed)[0] == 422
    status, page = held(client, at_home(seance, "seance_cancel"), typed | {"reason": "Trop peu de dossiers."})

    assert (status, seance.row.state) == (302, SeanceState.CANCELLED)
    assert "Trop peu de dossiers." in page
    assert not [label for label in ("Ouvrir la séance", "Déplacer la séance", "Inscrire un dossier") if label in page]


def test_opening_without_quorum_keeps_who_was_ticked(seance: Seance) -> None:
    ticked = seance.membres[0]
    status, page = posted(entered(seance.secretaire), at_home(seance, "seance_presences"), {"membre": [ticked.pk]})

    assert (status, seance.row.state) == (409, SeanceState.PLANNED)
    assert "1 membre présent, 2 requis" in page.split("Membres</h2>")[1].split("</section>")[0]
    assert page.count("autofocus") == 1
    assert re.search(rf'id="membre-{ticked.pk}"\s+checked', page)


def test_seance_is_not_planned_in_the_past_and_what_was_typed_stays(seance: Seance) -> None:
    typed = {"held_at": "2027-11-16T13:59", "quorum": 3, "membres": [membre.compte_id for membre in seance.membres]}
    status, page = posted(entered(seance.secretaire), reverse("referencement:seance_new"), typed)

    assert (status, SeanceDuCollege.objects.count()) == (422, 1)
    assert "Cette date est passée" in page
    assert 'value="3"' in page


def test_refused_removal_keeps_its_reason(sitting: Sitting) -> None:
    examen = Examen.objects.get()
    sitting.advise(examen)
    sitting.decide(examen)
    status, page = posted(entered(sitting.secretaire), url("examen_unlist", sitting), {"motif": "Pièce à revoir."})

    assert (status, Examen.objects.get().state) == (422, ExamenState.DECIDED)
    assert "Pièce à revoir.</textarea>" in page


def test_member_who_is_not_said_to_be_there_is_told_what_to_do(sitting: Sitting, membre: MembreDeSeance) -> None:
    MembreDeSeance.objects.filter(pk=membre.pk).update(is_present=False)
    client = entered(membre.compte)
    page = shown(client, url("examen", sitting))

    assert "Votre présence n’est pas notée" in page
    assert "Donner mon avis" not in page
    status, page = posted(client, url("examen_avis", sitting), {f"avis_{membre.pk}": "favourable"})
    assert (status, "demandez au secrétariat de la séance" in page) == (409, True)
