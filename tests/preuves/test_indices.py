"""What a machine noticed of a deposit: how it is said, to whom, and that it refuses nothing."""

from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from candidatures.models import Candidature
from candidatures.operations.produits import give_acces
from comptes import clock
from preuves import effects
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import LectureState, Nature
from preuves.models import Chapitre, Preuve
from preuves.operations.chapitres import submit_chapitre
from preuves.rules import indices as rules
from preuves.rules.indices import Jumeau
from preuves.rules.lectures import Lu
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_page_queries import count
from tests.factories import candidatures as phase_1
from tests.factories import fichiers as some
from tests.factories import lectures
from tests.factories import preuves as make
from tests.ground import standing

TITLE = "Repéré automatiquement, à vérifier"
FORM, CAPTURE, NUMBER, OTHER_NUMBER, SCREEN = (f"PRE.01.01.0{rank}" for rank in range(1, 6))
NATURES = {
    FORM: Nature.PENTEST,
    CAPTURE: Nature.CNDA,
    NUMBER: Nature.MOTCO2,
    OTHER_NUMBER: Nature.MOTCO2,
    SCREEN: Nature.ATTESTATION,
}
SignIn = Callable[..., Client]


def make_team_of_machines() -> Team:
    specs = [make.a_preuve_spec(numero, nature) for numero, nature in NATURES.items()]
    make.a_rem(RemSpec((ChapitreSpec("PRE", "Prérequis", (make.an_exigence("PRE.01", *specs),)),)))
    team = make_team()
    team.candidature = make.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    return team


team = standing(make_team_of_machines)


@pytest.fixture(autouse=True)
def it_is_autumn() -> Iterator[None]:
    with clock.travel(make.AUTUMN):
        yield


# -- the rules ------------------------------------------------------------------------------------------------------

ON = date(2026, 11, 2)
NOT_KNOWN = "son certificat n’est pas reconnu ici"


def lu(**given: Any) -> Lu:
    return Lu("form.pdf", LectureState.READ, **given)


def signed(**changes: Any) -> dict[str, Any]:
    return {"signer": "Bise", "holds": True, "whole": True} | changes


def shown(indices: Iterator[rules.Indice]) -> list[tuple[str, str]]:
    return [(indice.value.replace("\u00a0", " "), indice.tone) for indice in indices]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"signatures": None, "text": "Sans date."}, []),
        ({"signatures": []}, [("aucune trouvée : une signature dessinée n’est pas reconnue", "neutral")]),
        (
            {"signatures": [signed()]},
            [("présente (« Bise ») et intacte ; son certificat n’est pas reconnu ici", "neutral")],
        ),
        (
            {"signatures": [signed(whole=False), signed(signer="")]},
            [
                ("présente (« Bise ») et intacte ; son certificat n’est pas reconnu ici", "neutral"),
                ("présente et intacte ; son certificat n’est pas reconnu ici", "neutral"),
            ],
        ),
        (
            {"signatures": [signed(whole=False)]},
            [
                (
                    f"présente (« Bise ») et intacte, mais le document a été complété ensuite ; {NOT_KNOWN}",
                    "attention",
                )
            ],
        ),
        (
            {"signatures": [signed(holds=False)]},
            [("présente (« Bise »), mais le document n’est plus celui qui a été signé", "attention")],
        ),
        ({"text": "du 01/01/2020 au 03/11/2025"}, [("03/11/2025, moins d’un an avant le dépôt", "neutral")]),
        ({"text": "Fait le 2 novembre 2025."}, [("02/11/2025, plus d’un an avant le dépôt", "attention")]),
        ({"text": "Valable jusqu’au 01/01/2030."}, []),
        ({"text": "Fait le 3 mars 2026.", "by_ocr": True}, []),
    ],
)
def test_form_of_a_penetration_test(given: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert shown(rules.of_the_form(lu(**given), on=ON)) == expected


HERE, THERE = Jumeau("P.2", "N-1"), Jumeau("P.1", "N-2")


@pytest.mark.parametrize(
    ("twins", "expected"),
    [
        ([], []),
        ([HERE, HERE], [("aussi déposé ici pour P.2", "neutral")]),
        ([THERE], [("pour P.1 de N-2", "attention")]),
        ([THERE, HERE], [("aussi déposé ici pour P.2", "neutral"), ("pour P.1 de N-2", "attention")]),
        (
            [Jumeau(f"P.{rank}", "N-2") for rank in range(5)],
            [("pour P.0 de N-2, P.1 de N-2, P.2 de N-2 et 2 autres", "attention")],
        ),
    ],
)
def test_content_deposited_elsewhere(twins: list[Jumeau], expected: list[tuple[str, str]]) -> None:
    assert shown(rules.of_a_file("a.pdf", twins, nru="N-1")) == expected


@pytest.mark.parametrize(
    ("twins", "expected"),
    [([], []), ([THERE, HERE], [("« 48213 », pour P.2 et P.1 de N-2", "attention")])],
)
def test_number_deposited_elsewhere(twins: list[Jumeau], expected: list[tuple[str, str]]) -> None:
    assert shown(rules.of_a_number("48213", twins, nru="N-1")) == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], []),
        ([("read", "")], []),
        ([("waiting", ""), ("not_read", "no_ocr")], [("en cours", "neutral")]),
        ([("not_read", "no_ocr")], [("non lu : elle n’est pas activée", "neutral")]),
        ([("not_read", "off")], [("non lu : elle n’est pas activée", "neutral")]),
        ([("not_read", "silent"), ("read", "")], [("non lu", "neutral")]),
    ],
)
def test_what_is_not_read_is_said_once(states: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    lus = [Lu("a.png", LectureState(state), fault) for state, fault in states]
    assert shown(rules.of_what_is_not_read(lus)) == expected


# -- the pages ------------------------------------------------------------------------------------------------------


def words_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).replace("\u00a0", " ").split())


def deposited(candidature: Candidature, team: Team, numero: str, content: bytes = b"", name: str = "a.pdf") -> None:
    """Deposit a file, or a number, and let the effects run."""
    contenu = make.a_number()
    if content:
        piece = some.a_scanned_piece(candidature, team.salarie, name, content, nature=NATURES[numero])
        contenu = make.some_files(piece.pk)
    make.a_deposit(candidature, team.salarie, numero, contenu)
    for piece_id in contenu.piece_ids:
        effects.probe_piece(piece_id)
        effects.read_piece(piece_id)


def page_of(team: Team, numero: str, candidature: Candidature | None = None) -> str:
    return reverse("preuves:preuve", args=[(candidature or team.candidature).nru, numero])


def review_of(team: Team, numero: str) -> str:
    return reverse("preuves:examen", args=[team.candidature.nru, "PRE"], query={"preuve": numero})


def another_candidature(team: Team) -> Candidature:
    produit = phase_1.a_produit(team.editeur, team.mandataire, "Alizé Foyer")
    seat = team.salarie.rattachements.get()
    give_acces(produit_id=produit.pk, rattachement_id=seat.pk, by=team.mandataire, at=phase_1.SUMMER)
    candidature = phase_1.a_candidature(produit, team.mandataire)
    return make.a_candidature_to_prove(candidature, team.mandataire, team.instructeur)


def submit(candidature: Candidature, team: Team) -> Chapitre:
    """Say that the rest does not apply, and submit."""
    held = Preuve.objects.filter(chapitre__dossier__candidature=candidature).values_list("numero", flat=True)
    for numero in set(make.due_in(candidature, "PRE")) - set(held):
        make.a_deposit(candidature, team.salarie, numero, make.not_applicable())
    return submit_chapitre(candidature_id=candidature.pk, code="PRE", by=team.salarie, at=make.AUTUMN)


def test_form_is_noticed_by_both_sides(team: Team, sign_in: SignIn) -> None:
    deposited(team.candidature, team, FORM, lectures.a_signed_form())
    submit(team.candidature, team)
    pages = [words_of(sign_in(team.salarie).get(page_of(team, FORM)))]
    pages += [words_of(sign_in(team.instructeur).get(review_of(team, FORM)))]

    for page in pages:
        assert TITLE in page
        assert "présente (« Société Bise ») et intacte" in page
        assert "12/03/2026, moins d’un an avant le dépôt" in page


def test_nothing_is_said_when_there_is_nothing(team: Team, sign_in: SignIn) -> None:
    deposited(team.candidature, team, NUMBER)
    deposited(team.candidature, team, SCREEN, some.PNG, "a.png")
    submit(team.candidature, team)

    for numero in (NUMBER, SCREEN, OTHER_NUMBER):
        assert TITLE not in words_of(sign_in(team.salarie).get(page_of(team, numero)))
        assert TITLE not in words_of(sign_in(team.instructeur).get(review_of(team, numero)))


def test_same_file_and_number_are_told_to_whoever_may_know(team: Team, sign_in: SignIn) -> None:
    other = another_candidature(team)
    for candidature in (team.candidature, other):
        deposited(candidature, team, NUMBER)
        deposited(candidature, team, FORM, lectures.a_form())
    submit(team.candidature, team)
    ours, theirs = f"{NUMBER} de {other.nru}", f"{FORM} de {other.nru}"

    mine = [words_of(sign_in(team.salarie).get(page_of(team, numero))) for numero in (NUMBER, FORM)]
    assert [ours in mine[0], theirs in mine[1]] == [True, True]
    before = [words_of(sign_in(team.instructeur).get(review_of(team, numero))) for numero in (NUMBER, FORM)]
    assert [other.nru in page for page in before] == [False, False]
    submit(other, team)
    after = [words_of(sign_in(team.instructeur).get(review_of(team, numero))) for numero in (NUMBER, FORM)]
    assert [ours in after[0], theirs in after[1]] == [True, True]


def test_another_editeur_is_never_named(team: Team, sign_in: SignIn) -> None:
    stranger = make_team()
    stranger.candidature = make.a_candidature_to_prove(stranger.candidature, stranger.mandataire, stranger.instructeur)
    for side in (team, stranger):
        deposited(side.candidature, side, NUMBER)
        deposited(side.candidature, side, FORM, lectures.a_form())
        submit(side.candidature, side)

    for numero in (NUMBER, FORM):
        assert stranger.candidature.nru not in words_of(sign_in(team.salarie).get(page_of(team, numero)))
        assert stranger.candidature.nru in words_of(sign_in(team.instructeur).get(review_of(team, numero)))


def test_file_used_twice_in_a_dossier_is_said_neutrally(team: Team, sign_in: SignIn) -> None:
    deposited(team.candidature, team, FORM, lectures.a_form())
    piece = team.candidature.pieces.get()
    make.a_deposit(team.candidature, team.salarie, SCREEN, make.some_files(piece.pk))

    page = words_of(sign_in(team.salarie).get(page_of(team, SCREEN)))
    assert f"aussi déposé ici pour {FORM}" in page
    assert 'data-tone="attention"' not in page


def test_hints_of_files_ask_nothing_more_of_the_database(team: Team) -> None:
    other = another_candidature(team)
    deposited(team.candidature, team, FORM, some.a_pdf_of(2))
    deposited(team.candidature, team, CAPTURE, lectures.a_form())
    submit(team.candidature, team)
    addresses = [(team.salarie, page_of(team, FORM)), (team.instructeur, review_of(team, FORM))]
    before = [count(*address) for address in addresses]
    deposited(other, team, FORM, some.a_pdf_of(2))
    submit(other, team)

    assert [count(*address) for address in addresses] == before


def test_plan_of_the_files_that_a_review_shows_is_kept(team: Team, sign_in: SignIn) -> None:
    deposited(team.candidature, team, FORM, some.a_pdf_of(2))
    submit(team.candidature, team)
    client, before = sign_in(team.instructeur), kept_plans()
    for _ in range(8):
        client.get(review_of(team, FORM))

    assert kept_plans() > before, "PostgreSQL plans it each time, which takes longer than to answer"


def kept_plans() -> int:
    """Count how often the files of deposits were read on this connection by a plan that was kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(generic_plans), 0) FROM pg_prepared_statements "
            "WHERE statement LIKE '%\"preuves_revisionpiece\".\"rank\"%' AND statement LIKE '%twins%'"
        )
        return int(cursor.fetchone()[0])
