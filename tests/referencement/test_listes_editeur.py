"""The lists of an éditeur as files: what the reader sees, formulas defused, each export in the security log."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from candidatures.models import Message
from candidatures.operations.messages import post_message
from comptes import clock
from comptes.models import Compte, EvenementDeSecurite
from comptes.queries.exports import listes_for
from comptes.rules.tableurs import WRITERS
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.ground import standing
from tests.preuves.conftest import make_team_to_prove

SignIn = Callable[[Compte], Client]
CODES = ["mes-accuses", "mes-messages", "mes-notifications", "mes-preuves", "mes-produits", "mon-equipe"]
team = standing(make_team_to_prove)


@pytest.fixture(autouse=True)
def in_autumn() -> Any:
    with clock.travel(prove.AUTUMN):
        yield


def exported(client: Client, code: str, query: str = "") -> list[list[str]]:
    answer = client.get(reverse("comptes:export", args=[code, "csv"]) + query)
    assert answer.status_code == 200
    return list(csv.reader(StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))[1:]


def test_each_list_leaves_in_each_format_and_is_logged(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)

    assert sorted(liste.code for liste in listes_for(team.salarie)) == CODES
    for code in CODES:
        for nature in WRITERS:
            answer = client.get(reverse("comptes:export", args=[code, nature]))
            assert (answer.status_code, bool(b"".join(answer))) == (200, True)
    assert EvenementDeSecurite.objects.filter(kind="file_read", compte=team.salarie).count() == 3 * len(CODES)
    page = client.get(reverse("comptes:exports")).content.decode()
    assert all(reverse("comptes:export", args=[code, "xlsx"]) in page for code in CODES)


def test_a_formula_is_defused_in_each_format(team: Team, sign_in: SignIn) -> None:
    make.a_produit(team.editeur, team.mandataire, "=HYPERLINK(1)")
    client = sign_in(team.mandataire)

    assert "'=HYPERLINK(1)" in [row[0] for row in exported(client, "mes-produits")]
    answer = client.get(reverse("comptes:export", args=["mes-produits", "xlsx"]))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer))).worksheets[0]
    assert {cell.data_type for (cell,) in sheet.iter_rows(max_col=1)} == {"s"}


def test_only_what_the_reader_sees_leaves(team: Team, sign_in: SignIn) -> None:
    produit = make.a_produit(team.editeur, team.mandataire, "Alizé Foyer")
    other = make.a_candidature(produit, team.mandataire)
    post_message(
        candidature_id=team.candidature.pk,
        text="Une question.",
        token="un-jeton-de-formulaire",
        by=team.salarie,
        at=prove.AUTUMN,
    )

    assert [row[0] for row in exported(sign_in(team.salarie), "mes-produits")] == [team.produit.nom]
    assert len(exported(sign_in(team.mandataire), "mes-produits")) == 2
    messages = reverse("comptes:export", args=["mes-messages", "csv"])
    for person in (team.newcomer, team.stranger):
        client = sign_in(person)
        assert [exported(client, code) for code in ("mes-produits", "mes-preuves", "mes-messages", "mes-accuses")] == [
            [] for _ in range(4)
        ]
        assert client.get(f"{messages}?candidature={other.nru}").status_code == 404
    assert Message.objects.count() == 1
    assert [row[4] for row in exported(sign_in(team.mandataire), "mes-messages")] == ["Une question."]
    assert exported(sign_in(team.mandataire), "mes-messages", f"?candidature={other.nru}") == []


def test_address_of_whoever_left_the_team_does_not_leave(team: Team, sign_in: SignIn) -> None:
    team.editeur.rattachements.filter(compte=team.salarie).update(detached_at=prove.AUTUMN)

    addresses = [row[3] for row in exported(sign_in(team.mandataire), "mon-equipe")]
    assert (addresses.count(""), team.mandataire.email in addresses) == (1, True)


def test_a_dossier_and_one_of_its_chapitres_are_exported(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)

    rows = exported(client, "mes-preuves", f"?candidature={team.candidature.nru}")
    of_ins = exported(client, "mes-preuves", f"?candidature={team.candidature.nru}&chapitre=INS")
    assert {row[0] for row in rows} == {team.candidature.nru}
    assert 0 < len(of_ins) < len(rows)
    assert {row[1] for row in of_ins} < {row[1] for row in rows}
    assert exported(client, "mes-preuves", "?chapitre=INCONNU") == []


def test_somebody_of_the_ans_exports_no_list_of_an_editeur(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.instructeur)
    codes = [code for code in CODES if code != "mes-notifications"]

    assert [client.get(reverse("comptes:export", args=[code, "csv"])).status_code for code in codes] == [404] * 5
    assert sign_in(team.salarie).get(reverse("comptes:export", args=["volets", "csv"])).status_code == 404


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("candidatures:produits", "mes-produits"),
        ("preuves:dossier", "mes-preuves"),
        ("preuves:chapitre", "mes-preuves"),
        ("referencement:messages", "mes-messages"),
        ("candidatures:accuses", "mes-accuses"),
        ("comptes:notifications", "mes-notifications"),
        ("comptes:team", "mon-equipe"),
    ],
)
def test_each_page_leads_to_its_export(team: Team, sign_in: SignIn, name: str, code: str) -> None:
    args: dict[str, list[Any]] = {
        "preuves:chapitre": [team.candidature.nru, "INS"],
        "comptes:team": [team.editeur.pk],
        "candidatures:produits": [],
        "comptes:notifications": [],
    }
    page = sign_in(team.mandataire).get(reverse(name, args=args.get(name, [team.candidature.nru]))).content.decode()

    assert reverse("comptes:export", args=[code, "csv"]) in page
