"""Answers of earlier candidatures: proposed with their origin, taken by a tick, and nothing is overwritten."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.catalogue.champs import Champ, ChampKind
from candidatures.enums import Act, VoletKind
from candidatures.models import Candidature, Piece, Volet
from candidatures.models.piece import PrivateStorage
from candidatures.operations.pieces import deposit_piece
from candidatures.operations.volets import save_answers
from candidatures.queries.volets import latest_reponses
from candidatures.rules.reutilisation import Form, NotReusable, reusable
from comptes import clock
from comptes.models import Compte, JournalEntry
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make

SignIn = Callable[[Compte], Client]
ADMINISTRATIF, ELIGIBILITE = VoletKind.ADMINISTRATIF, VoletKind.ELIGIBILITE
FORM = Form({"profils": {"PA": "Personnes âgées"}}, None)


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


def another(team: Team, nom: str = "Alizé Foyer", code: str = make.DUI) -> Candidature:
    """A second product of the same éditeur, attached, where nothing is answered yet."""
    return make.a_candidature(make.a_produit(team.editeur, team.mandataire, nom), team.mandataire, code=code)


def address(candidature: Candidature, kind: VoletKind = ADMINISTRATIF) -> str:
    return reverse("candidatures:volet_reuse", args=[candidature.nru, kind])


def page_of(client: Client, candidature: Candidature, kind: VoletKind = ADMINISTRATIF, query: str = "") -> str:
    answer = client.get(address(candidature, kind) + query)
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\u00a0", " ")


def offered(page: str) -> list[str]:
    return re.findall(r'name="reponse" value="([^"]+)"', page)


def ticked(
    client: Client, candidature: Candidature, *keys: str, kind: VoletKind = ADMINISTRATIF, version: int = 0
) -> str:
    data: dict[str, Any] = {"reponse": list(keys), "version": version}
    answer = client.post(address(candidature, kind), data, follow=True)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())))


def answers(candidature: Candidature, kind: VoletKind = ADMINISTRATIF) -> dict[str, Any]:
    return {code: row.value for code, row in latest_reponses(make.the_volet(candidature, kind)).items()}


def answer_in(volet: Volet, by: Compte, **values: Any) -> None:
    save_answers(volet_id=volet.pk, answers=values, seen_version=volet.version, by=by, at=make.SUMMER)


def test_what_is_ticked_is_taken_with_its_origin_and_nothing_else(team: Team, sign_in: SignIn) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    later, client = another(team), sign_in(team.mandataire)

    page = page_of(client, later)
    keys = offered(page)
    assert f"contact_nom:{team.candidature.nru}" in keys
    assert "checked" not in page
    assert "Sami Leroy, le 1er juillet 2026" in page
    assert answers(later) == {}

    page = ticked(client, later, f"contact_nom:{team.candidature.nru}", f"references_vague_1:{team.candidature.nru}")

    assert "2 réponses réutilisées et enregistrées." in page
    assert answers(later) == {
        "contact_nom": "Petit",
        "references_vague_1": make.COMPLETE["references_vague_1"],
    }
    entry = JournalEntry.objects.get(act=Act.ANSWERS_REUSED)
    assert entry.params["origines"] == [team.candidature.nru]
    assert not [key for key in offered(page_of(client, later)) if key.startswith("contact_nom:")]


def test_every_latest_answer_is_ticked_by_a_link_and_nothing_is_saved(team: Team, sign_in: SignIn) -> None:
    make.a_submitted_volet(team.candidature, team.mandataire)
    later, client = another(team), sign_in(team.mandataire)

    page = page_of(client, later, query="?cocher=tout")

    assert page.count(" checked") == len(offered(page)) > 10
    assert answers(later) == {}


def test_what_names_one_solution_is_kept_apart_from_another(team: Team, sign_in: SignIn) -> None:
    make.a_submitted_volet(team.candidature, team.mandataire)
    later, client = another(team), sign_in(team.mandataire)
    elsewhere = make.a_candidature(team.produit, team.mandataire, code=make.ESSAI)

    page = page_of(client, later)
    codes = {key.partition(":")[0] for key in offered(page)}
    assert codes.isdisjoint({"solution_nom", "version_technique"})
    assert "Propres à chaque solution" in page
    same = {key.partition(":")[0] for key in offered(page_of(client, elsewhere))}
    assert {"solution_nom", "version_technique"} <= same


def test_a_value_that_the_form_refuses_is_named_and_not_taken(team: Team, sign_in: SignIn) -> None:
    make.a_submitted_volet(team.candidature, team.mandataire, kind=ELIGIBILITE)
    elsewhere, client = make.a_candidature(team.produit, team.mandataire, code=make.ESSAI), sign_in(team.mandataire)

    page = page_of(client, elsewhere, ELIGIBILITE)
    key = f"profils:{team.candidature.nru}"
    assert key not in offered(page)
    assert "Un de ces choix n’est pas dans la liste." in page
    assert "Personnes âgées" in page

    assert "Un de ces choix n’est pas dans la liste." in ticked(client, elsewhere, key, kind=ELIGIBILITE)
    assert answers(elsewhere, ELIGIBILITE) == {}


def test_an_answer_given_meanwhile_is_kept(team: Team, sign_in: SignIn) -> None:
    make.a_submitted_volet(team.candidature, team.mandataire)
    later, client = another(team), sign_in(team.mandataire)
    page_of(client, later)
    answer_in(make.the_volet(later), team.salarie, contact_nom="Durand")

    keys = [f"{code}:{team.candidature.nru}" for code in ("contact_nom", "contact_prenom")]
    page = ticked(client, later, *keys)

    assert "1 réponse réutilisée et enregistrée." in page
    assert "« Nom » : cette réponse n’est plus proposée." in page.replace("\u00a0", " ")
    assert answers(later) == {"contact_nom": "Durand", "contact_prenom": "Hugo"}


def test_what_is_typed_and_not_saved_is_not_proposed(team: Team, sign_in: SignIn) -> None:
    make.a_submitted_volet(team.candidature, team.mandataire)
    later, client = another(team), sign_in(team.mandataire)
    client.post(
        reverse("candidatures:volet", args=[later.nru, ADMINISTRATIF]),
        {"seen_version": 0, "contact_email": "pas une adresse"},
    )

    assert not [key for key in offered(page_of(client, later)) if key.startswith("contact_email:")]


def test_nothing_is_taken_without_a_tick_or_with_two_for_one_champ(team: Team, sign_in: SignIn) -> None:
    make.a_submitted_volet(team.candidature, team.mandataire)
    second = another(team)
    make.a_submitted_volet(second, team.mandataire, contact_nom="Durand")
    later, client = another(team, "Mistral"), sign_in(team.mandataire)

    assert "Cochez au moins une réponse." in ticked(client, later)
    keys = [key for key in offered(page_of(client, later)) if key.startswith("contact_nom:")]
    assert len(keys) == 2
    assert "plusieurs réponses sont cochées" in ticked(client, later, *keys)
    assert answers(later) == {}


def test_only_candidatures_that_the_reader_sees_are_proposed(team: Team, sign_in: SignIn) -> None:
    second = another(team)
    make.a_submitted_volet(second, team.mandataire)

    assert offered(page_of(sign_in(team.salarie), team.candidature)) == []
    assert offered(page_of(sign_in(team.mandataire), team.candidature))
    page = ticked(sign_in(team.salarie), team.candidature, f"contact_nom:{second.nru}")
    assert "n’est plus proposée" in page
    assert answers(team.candidature) == {}


def test_a_file_is_copied_or_said_not_reusable(team: Team, sign_in: SignIn) -> None:
    piece = make.a_piece(team.candidature, team.mandataire)
    names = make.a_nom_commercial(piece)
    make.a_submitted_volet(team.candidature, team.mandataire, kind=ELIGIBILITE, noms_commerciaux=names)
    later, client = another(team), sign_in(team.mandataire)
    key = f"noms_commerciaux:{team.candidature.nru}"

    assert "une copie sera déposée" in page_of(client, later, ELIGIBILITE)
    ticked(client, later, key, kind=ELIGIBILITE)

    copy = Piece.objects.get(candidature=later)
    kept = answers(later, ELIGIBILITE)["noms_commerciaux"]["lignes"][0]["attestation"]
    assert kept == {"piece": copy.pk, "nom": piece.name, "sha256": piece.sha256}
    assert b"".join(copy.read()) == make.PDF
    assert copy.file.name != piece.file.name


def test_a_file_of_a_former_format_is_said_not_reusable_and_left_out(team: Team, sign_in: SignIn) -> None:
    former = deposit_piece(
        candidature=team.candidature,
        upload=make.a_pdf("ancienne.doc"),
        by=team.mandataire,
        at=make.SUMMER,
        content_type="application/x-ancien",
    )
    names = make.a_nom_commercial(former)
    make.a_submitted_volet(team.candidature, team.mandataire, kind=ELIGIBILITE, noms_commerciaux=names)
    later, client = another(team), sign_in(team.mandataire)

    page = page_of(client, later, ELIGIBILITE)
    assert "non réutilisable. Ce format de fichier n’est plus accepté" in page
    ticked(client, later, f"noms_commerciaux:{team.candidature.nru}", kind=ELIGIBILITE)

    line = {"nom": "Alizé", "nil": "NIL-2", "version": "4.2", "attestation": None}
    assert answers(later, ELIGIBILITE) == {"noms_commerciaux": {"lignes": [line]}}


def test_a_file_that_is_lost_leaves_the_champ_without_an_answer(team: Team, sign_in: SignIn) -> None:
    piece = make.a_piece(team.candidature, team.mandataire)
    names = make.a_nom_commercial(piece)
    make.a_submitted_volet(team.candidature, team.mandataire, kind=ELIGIBILITE, noms_commerciaux=names)
    later, client = another(team), sign_in(team.mandataire)
    PrivateStorage().delete(str(piece.file.name))

    page = ticked(client, later, f"noms_commerciaux:{team.candidature.nru}", kind=ELIGIBILITE)

    assert "n’a pas pu être copié" in page
    assert answers(later, ELIGIBILITE) == {}
    assert not Piece.objects.filter(candidature=later).exists()


def test_a_volet_that_takes_no_answer_proposes_nothing(team: Team, sign_in: SignIn) -> None:
    make.a_submitted_volet(another(team), team.mandataire)
    make.a_submitted_volet(team.candidature, team.mandataire)
    client = sign_in(team.mandataire)

    assert client.get(address(team.candidature)).status_code == 302
    assert "Rien n’est enregistré" in ticked(client, team.candidature, f"contact_nom:{team.candidature.nru}")


@pytest.mark.parametrize(("sources", "expected"), [(1, 7), (3, 7)])
def test_the_page_asks_the_same_for_one_source_and_three(
    team: Team, sign_in: SignIn, sources: int, expected: int
) -> None:
    for number in range(sources):
        make.a_submitted_volet(another(team, f"Source {number}"), team.mandataire)
    client = sign_in(team.mandataire)
    client.get(address(team.candidature))

    with CaptureQueriesContext(connection) as queries:
        page_of(client, team.candidature)

    assert len(queries) == expected


TEXT = Champ("nom", "Nom", max_length=5)


@pytest.mark.parametrize(
    ("champ", "before", "value", "kept"),
    [
        (TEXT, TEXT, "Alizé", "Alizé"),
        (Champ("oui", "Oui", ChampKind.YES_NO), None, False, False),
        (Champ("liste", "Liste", ChampKind.LIST, columns=(TEXT,)), None, {"aucun": True}, {"aucun": True}),
        (
            Champ("liste", "Liste", ChampKind.LIST, columns=(TEXT,)),
            None,
            {"lignes": [{"nom": "A", "ancienne": "B"}]},
            {"lignes": [{"nom": "A"}]},
        ),
        (Champ("profils", "Profils", ChampKind.CHOICES, choices="profils"), None, ["PA"], ["PA"]),
    ],
)
def test_an_answer_is_taken_as_if_it_were_typed(champ: Champ, before: Champ | None, value: Any, kept: Any) -> None:
    assert reusable(champ, before, value, FORM) == kept


@pytest.mark.parametrize(
    ("champ", "before", "value", "reason"),
    [
        (TEXT, TEXT, "Alizé Foyer", "Ce texte compte 11 caractères"),
        (TEXT, replace(TEXT, kind=ChampKind.DATE), "2026-01-01", "La nature de cette question a changé."),
        (
            Champ("liste", "Liste", ChampKind.LIST, columns=(TEXT,)),
            Champ("liste", "Liste", ChampKind.LIST, columns=(replace(TEXT, kind=ChampKind.PIECE),)),
            {"lignes": []},
            "La nature de la colonne",
        ),
        (Champ("profils", "Profils", ChampKind.CHOICES, choices="profils"), None, ["MER"], "Un de ces choix"),
    ],
)
def test_an_answer_that_is_no_longer_accepted_is_refused(
    champ: Champ, before: Champ | None, value: Any, reason: str
) -> None:
    with pytest.raises(NotReusable, match=reason):
        reusable(champ, before, value, FORM)
