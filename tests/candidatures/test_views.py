"""The pages of phase 1, as a browser without JavaScript meets them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from candidatures.enums import VoletState
from candidatures.operations.produits import give_acces
from candidatures.queries.candidatures import charte_accepted, charte_of
from candidatures.queries.volets import answers_at, spec_of_volet
from candidatures.rules.entreprises import value_of
from comptes import clock
from comptes.models import Compte
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make

ONE_SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


def signed_in(compte: Compte) -> Client:
    client = Client()
    client.force_login(compte, backend="comptes.requests.PortalBackend")
    return client


def volet_url(team: Team, name: str = "volet") -> str:
    return reverse(f"candidatures:{name}", args=[team.candidature.nru, "administratif"])


NUMERO = "entreprise_immatriculation-numero"


def typed(seen: int, **answers: str) -> dict[str, str]:
    return {"seen_version": str(seen), "action": "enregistrer", **answers}


def text_of(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]


def messages_of(response: object) -> list[str]:
    return [str(message) for message in response.context["messages"]]  # type: ignore[index]


def answers_of(team: Team) -> dict[str, object]:
    volet = team.volet
    return answers_at(volet, version=volet.version)


# -- filling --------------------------------------------------------------------------------------------------------


def test_volet_proposes_what_the_portal_knows_and_keeps_nothing_unasked(team: Team) -> None:
    page = signed_in(team.salarie).get(volet_url(team))

    assert page.context["form"]["entreprise_immatriculation"].value() == value_of(team.editeur.company)
    assert answers_of(team) == {}


def test_volet_saved_comes_back(team: Team) -> None:
    client = signed_in(team.salarie)
    client.post(volet_url(team), typed(0, solution_nom="Sirocco", version_technique="4.2"))

    assert answers_of(team) == {"solution_nom": "Sirocco", "version_technique": "4.2"}
    assert client.get(volet_url(team)).context["form"]["version_technique"].value() == "4.2"


def test_volet_wrong_answer_is_said_at_the_field_and_nothing_is_lost(team: Team) -> None:
    page = signed_in(team.salarie).post(volet_url(team), typed(0, **{NUMERO: "123"}, solution_nom="Sirocco"))

    assert page.status_code == 422
    told = "Ce numéro a 3\u00a0chiffres. Un SIREN compte neuf chiffres."
    assert page.context["form"].errors == {"entreprise_immatriculation": [told]}
    assert page.context["form"]["entreprise_immatriculation"].value() == {"pays": "FR", "identifiant": "123"}
    assert answers_of(team) == {"solution_nom": "Sirocco"}


def test_volet_saved_again_after_an_error_does_not_quarrel_with_itself(team: Team) -> None:
    client = signed_in(team.salarie)
    page = client.post(volet_url(team), typed(0, **{NUMERO: "123"}, solution_nom="Sirocco"))
    seen = int(page.context["form"]["seen_version"].value())
    client.post(volet_url(team), typed(seen, **{NUMERO: "552008443"}, solution_nom="Sirocco 2"))

    assert answers_of(team) == {
        "solution_nom": "Sirocco 2",
        "entreprise_immatriculation": {"pays": "FR", "identifiant": "552008443"},
    }


def test_volet_changed_by_another_shows_both_texts(team: Team) -> None:
    signed_in(team.mandataire).post(volet_url(team), typed(0, solution_nom="De Marie"))
    stale = signed_in(team.salarie).post(volet_url(team), typed(0, solution_nom="De Sami"))

    assert stale.status_code == 422
    conflict = (
        "Marie Dufour a répondu entre-temps, le 1er\u00a0juillet 2026 à 10\u00a0h\u00a0: «\u00a0De Marie\u00a0». "
        "Votre réponse est conservée ci-dessus. Pour la garder, enregistrez de nouveau."
    )
    assert list(stale.context["form"].errors["solution_nom"]) == [conflict]
    assert stale.context["form"]["solution_nom"].value() == "De Sami"
    assert answers_of(team) == {"solution_nom": "De Marie"}


def test_volet_list_keeps_its_three_states(team: Team) -> None:
    client = signed_in(team.salarie)
    line = {
        "references_vague_1-count": "1",
        "references_vague_1-stance": "lignes",
        "references_vague_1-0-identifiant": "W-1",
        "references_vague_1-0-dispositif": "MS1",
        "references_vague_1-0-profils": "PA",
    }
    client.post(volet_url(team), typed(0, **line))
    assert answers_of(team) == {
        "references_vague_1": {"lignes": [{"identifiant": "W-1", "dispositif": "MS1", "profils": ["PA"]}]}
    }

    client.post(volet_url(team), typed(1, **{"references_vague_1-count": "2", "references_vague_1-stance": "aucun"}))
    assert answers_of(team) == {"references_vague_1": {"aucun": True}}


def test_volet_line_added_without_javascript_lands_on_its_list(team: Team) -> None:
    data = typed(0, solution_nom="Sirocco") | {"action": "ligne:references_vague_1"}
    answer = signed_in(team.salarie).post(volet_url(team), data)

    assert answer.headers["Location"] == f"{volet_url(team)}?ligne=references_vague_1#champ-references_vague_1"


def test_volet_without_its_version_writes_nothing(team: Team) -> None:
    page = signed_in(team.salarie).post(volet_url(team), {"solution_nom": "Sirocco"})

    assert page.status_code == 422
    assert list(page.context["form"].non_field_errors()) == [
        "Cette page est incomplète. Rechargez-la avant d’enregistrer."
    ]
    assert answers_of(team) == {}


def test_volet_posted_after_its_submission_keeps_the_text_on_the_page(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    page = signed_in(team.salarie).post(volet_url(team), typed(volet.version, solution_nom="Trop tard"))

    assert page.status_code == 409
    assert page.context["form"]["solution_nom"].value() == "Trop tard"
    assert answers_of(team)["solution_nom"] == "Sirocco Résidence"


def test_volet_typed_in_an_expired_session_comes_back_after_the_sign_in(team: Team) -> None:
    team.salarie.set_password("une phrase assez longue")
    team.salarie.save()
    client = Client()
    referer = {"referer": f"http://testserver{volet_url(team)}"}
    page = client.post(volet_url(team), typed(0, solution_nom="Sirocco"), headers=referer)
    assert page.status_code == 401

    sealed = {"carried": page.context["carried"]}
    wrong = client.post(reverse("comptes:sign_in"), {"username": team.salarie.email, "password": "faux", **sealed})
    assert wrong.context["carried"] == page.context["carried"]
    back = client.post(
        reverse("comptes:sign_in"),
        {"username": team.salarie.email, "password": "une phrase assez longue", **sealed},
        follow=True,
    )

    assert back.redirect_chain == [(volet_url(team), 302)]
    assert back.context["form"]["solution_nom"].value() == "Sirocco"
    assert back.context["carried"] is True
    assert answers_of(team) == {}


# -- submitting -----------------------------------------------------------------------------------------------------


def test_submit_page_lists_what_is_missing_with_its_place(team: Team) -> None:
    page = signed_in(team.salarie).get(volet_url(team, "volet_submit"))

    first = page.context["obstacles"][0]
    assert first["sentence"] == "Responsable légal\u00a0: «\u00a0Prénom\u00a0» n’est pas renseigné."
    assert first["href"] == f"{volet_url(team)}?verifier=1#champ-responsable_prenom"
    assert len(page.context["obstacles"]) == sum(champ.required for champ in spec_of_volet(team.volet).by_code.values())


@pytest.mark.parametrize(
    ("arrives_at", "state"),
    [
        (make.DATE_1 - ONE_SECOND, VoletState.SUBMITTED),
        (make.DATE_1, VoletState.SUBMITTED),
        (make.DATE_1 + ONE_SECOND, VoletState.DRAFT),
    ],
)
def test_submit_obeys_the_instant_of_arrival(team: Team, arrives_at: datetime, state: str) -> None:
    make.a_filled_volet(team.candidature, team.salarie)
    with clock.travel(arrives_at):
        answer = signed_in(team.mandataire).post(volet_url(team, "volet_submit"))

    assert team.volet.state == state
    if state == VoletState.DRAFT:
        assert answer.status_code == 422
        assert [obstacle["sentence"] for obstacle in answer.context["obstacles"]] == [
            "La date limite (Date 1) est passée\u00a0: c’était le 1er\u00a0octobre 2026 à 12\u00a0h."
        ]


def test_submit_that_arrived_in_time_behind_the_proxy_passes_though_written_late(
    team: Team, settings: Settings
) -> None:
    from ipaddress import ip_network

    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    make.a_filled_volet(team.candidature, team.salarie)
    arrived = make.DATE_1 - timedelta(milliseconds=100)
    with clock.travel(make.DATE_1 + 5 * ONE_SECOND):
        stamp = f"t={arrived.timestamp():.3f}"
        signed_in(team.mandataire).post(volet_url(team, "volet_submit"), headers={"X-Request-Start": stamp})

    assert (team.volet.state, team.volet.submitted_at) == (VoletState.SUBMITTED, arrived)


def test_submit_with_a_forged_arrival_is_late(team: Team, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []
    make.a_filled_volet(team.candidature, team.salarie)
    with clock.travel(make.DATE_1 + 5 * ONE_SECOND):
        stamp = f"t={(make.DATE_1 - ONE_SECOND).timestamp():.3f}"
        signed_in(team.mandataire).post(volet_url(team, "volet_submit"), headers={"X-Request-Start": stamp})

    assert team.volet.state == VoletState.DRAFT


def test_submit_twice_says_who_and_when(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    answer = signed_in(team.mandataire).post(volet_url(team, "volet_submit"), follow=True)

    assert messages_of(answer) == ["Ce volet a été soumis par Sami Leroy le 1er\u00a0juillet 2026 à 10\u00a0h."]


# -- charte ---------------------------------------------------------------------------------------------------------


def test_charte_posted_by_a_salarie_is_refused_in_words(team: Team) -> None:
    candidature = make.a_candidature(
        make.a_produit(team.editeur, team.mandataire, "Autre"), team.mandataire, charte=False
    )
    seat = team.salarie.rattachements.get()
    give_acces(produit_id=candidature.produit_id, rattachement_id=seat.pk, by=team.mandataire, at=make.SUMMER)
    charte = charte_of(candidature.dispositif)
    answer = signed_in(team.salarie).post(
        reverse("candidatures:charte", args=[candidature.nru]), {"charte": str(charte.pk)}
    )

    assert answer.status_code == 403
    assert "Seule une personne qui peut engager l’éditeur peut accepter la charte" in text_of(answer)
    assert not charte_accepted(candidature)


# -- the agency -----------------------------------------------------------------------------------------------------


def test_review_shows_nothing_of_a_draft(team: Team) -> None:
    make.a_filled_volet(team.candidature, team.salarie)
    page = signed_in(team.instructeur).get(volet_url(team, "volet_review"))

    assert page.context["sections"] == []
    assert "Marchand" not in text_of(page)


def test_review_from_a_stale_page_decides_nothing(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.confirm_reference(volet, team.instructeur)
    client = signed_in(team.instructeur)
    client.post(volet_url(team, "volet_review"), {"version": str(volet.version)})
    answer = client.post(volet_url(team, "volet_review"), {"version": str(volet.version)})

    assert answer.status_code == 409
    assert "Votre action n’a pas été enregistrée" in unescape(answer.content.decode())
    assert team.volet.state == VoletState.ADMITTED


@pytest.mark.parametrize(
    ("text", "count"),
    [("residence", 1), ("SIROCCO", 1), ("sirocco logiciels", 1), ("DUI-2026", 1), ("zéphyr", 0), ("\x00", 1)],
)
def test_instruction_finds_without_accents(team: Team, text: str, count: int) -> None:
    page = signed_in(team.instructeur).get(reverse("referencement:instruction"), {"q": text})

    assert page.context["page"].paginator.count == count


@pytest.mark.parametrize(("state", "count"), [("draft", 1), ("submitted", 0), ("nonsense", 1)])
def test_instruction_filters_by_state(team: Team, state: str, count: int) -> None:
    page = signed_in(team.instructeur).get(reverse("referencement:instruction"), {"etat": state})

    assert page.context["page"].paginator.count == count
