"""The pages of the captures, as a browser without JavaScript meets them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from candidatures.models import Piece
from comptes import clock
from comptes.enums import RoleANS
from guichets.models import Capture, DemandeAuGuichet
from preuves.effects import scan_piece
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_page_queries import count
from tests.factories import candidatures as phase_1
from tests.factories import guichets as make
from tests.factories import preuves as prove
from tests.factories.guichets import MORNING, YESTERDAY, again

HOUR = timedelta(hours=1)
SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def it_is_noon() -> Iterator[None]:
    with clock.travel(MORNING + 2 * HOUR):
        yield


@pytest.fixture
def salarie(team: Team, sign_in: SignIn) -> Client:
    return sign_in(team.salarie)


@pytest.fixture
def instructeur(team: Team, sign_in: SignIn) -> Client:
    return sign_in(team.instructeur)


def address(team: Team, demande: DemandeAuGuichet) -> str:
    return reverse("guichets:capture", args=[team.candidature.nru, demande.pk])


def text_of(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).replace("\u00a0", " ").split())


def errors_of(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def typed(**changes: Any) -> dict[str, Any]:
    """What is typed of a capture, the file included; None leaves a field out."""
    given = {
        "etape": "pre_examen",
        "date_etape": str(YESTERDAY),
        "retour_prevu": "2026-11-20",
        "nil": "NIL-1",
        "logiciel": "Sirocco Résidence",
        "capture": SimpleUploadedFile("espace.png", prove.PNG),
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


# -- recording ------------------------------------------------------------------------------------------------------


def test_capture_is_deposited_and_moves_nothing(team: Team, demande: DemandeAuGuichet, salarie: Client) -> None:
    answer = salarie.post(address(team, demande), typed(), follow=True)
    capture = Capture.objects.get()

    assert "capture déposée. Elle sera prise en compte après confirmation par l’ANS." in text_of(answer)
    assert (capture.etape, capture.recorded_by, again(demande).state) == ("pre_examen", team.salarie, "initialisation")
    assert reverse("preuves:fichier", args=[team.candidature.nru, capture.piece_id]) in text_of(answer)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"date_etape": "2026-11-04"}, "date_etape", "à venir"),
        ({"date_etape": "hier"}, "date_etape", "date valide"),
        ({"date_etape": None}, "date_etape", "depuis quand"),
        ({"etape": None}, "etape", "Choisissez l’étape"),
        ({"etape": "recours"}, "etape", "recours"),
        ({"logiciel": None}, "logiciel", "nom du logiciel"),
        ({"retour_prevu": None}, "retour_prevu", "Recopiez la date de retour"),
        ({"retour_prevu": "2026-11-01"}, "retour_prevu", "précède celle de l’étape"),
        ({"retour_prevu": "2031-01-01"}, "retour_prevu", "plus de trois ans"),
        ({"nil": "NIL-9"}, "nil", "un autre logiciel"),
        ({"nil": "N" * 41}, "nil", "40 caractères"),
        ({"capture": None}, "capture", "Joignez la capture"),
        ({"capture": SimpleUploadedFile("espace.png", b"MZ\x90\0")}, "capture", "Ici se déposent des images"),
        ({"capture": SimpleUploadedFile("espace.html", b"<script>")}, "capture", "Ici se déposent des images"),
        ({"capture": SimpleUploadedFile("espace.png", b"")}, "capture", "vide"),
        ({"etape": "granted"}, "capture", "en PDF"),
    ],
)
def test_capture_that_is_wrong_gets_a_sentence_at_its_field(
    team: Team, demande: DemandeAuGuichet, salarie: Client, changes: dict[str, Any], field: str, sentence: str
) -> None:
    answer = salarie.post(address(team, demande), typed(**changes))

    assert (answer.status_code, list(errors_of(answer))) == (422, [field])
    assert sentence in errors_of(answer)[field][0].replace("\u00a0", " ")
    assert answer.context["form"]["logiciel"].value() == typed(**changes).get("logiciel")
    assert (Capture.objects.count(), Piece.objects.count()) == (0, 0)


def test_capture_of_a_demande_of_another_candidature_is_not_found(
    team: Team, demande: DemandeAuGuichet, sign_in: SignIn
) -> None:
    other = make_team()

    assert sign_in(other.salarie).post(address(other, demande), typed()).status_code == 404


def test_instructeur_deposits_what_he_received_and_another_confirms(
    team: Team, demande: DemandeAuGuichet, instructeur: Client, sign_in: SignIn
) -> None:
    page = instructeur.get(reverse("guichets:page", args=[team.candidature.nru]))
    answer = instructeur.post(address(team, demande), typed(), follow=True)
    capture = Capture.objects.get()
    scan_piece(capture.piece_id)
    read = reverse("guichets:capture_read", args=[capture.pk])
    mine = text_of(instructeur.get(read))
    other = sign_in(phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR])).get(read)

    assert "Déposer une capture reçue par un autre moyen" in text_of(page)
    assert "Elle sera prise en compte après confirmation par une autre personne de l’ANS." in text_of(answer)
    assert "Vous avez déposé cette capture. Une autre personne de l’ANS doit la confirmer." in mine
    assert "Confirmer la capture" not in mine
    assert "Confirmer la capture" in text_of(other)


# -- reading and deciding -------------------------------------------------------------------------------------------


def test_capture_and_claim_stand_beside_what_the_portal_holds(
    team: Team, demande: DemandeAuGuichet, instructeur: Client
) -> None:
    capture = make.a_capture(demande, team.salarie, etape="examen")
    page = text_of(instructeur.get(reverse("guichets:capture_read", args=[capture.pk])))

    file = reverse("preuves:fichier", args=[team.candidature.nru, capture.piece_id])
    assert f'src="{file}?voir=1"' in page
    assert "La demande passe de « Initialisation » à « Examen de conformité »." in page
    assert b"".join(instructeur.get(f"{file}?voir=1")) == prove.PNG


def test_confirming_says_it_everywhere_and_leads_to_the_next(
    team: Team, demande: DemandeAuGuichet, instructeur: Client
) -> None:
    other = make.a_demande(team.candidature, team.salarie, make.cnda("DMP"))
    capture, following = make.a_capture(demande, team.salarie), make.a_capture(other, team.salarie, MORNING + HOUR)

    answer = instructeur.post(
        reverse("guichets:capture_confirm", args=[capture.pk]), {"version": again(demande).version}, follow=True
    )
    page = text_of(instructeur.get(reverse("guichets:page", args=[team.candidature.nru])))
    overview = text_of(instructeur.get(reverse("referencement:candidature", args=[team.candidature.nru])))

    assert answer.redirect_chain[-1][0] == reverse("guichets:capture_read", args=[following.pk])
    assert "capture confirmée, « Pré-examen »" in text_of(answer)
    assert "Vérifié sur une capture, confirmée par l’ANS le 3 novembre 2026." in page
    assert "vérifié sur une capture, confirmée par l’ANS le 3 novembre 2026" in overview
    assert again(demande).state == "pre_examen"


def test_page_that_is_stale_confirms_nothing_and_says_so(
    team: Team, demande: DemandeAuGuichet, instructeur: Client
) -> None:
    capture = make.a_capture(demande, team.salarie, etape="examen")
    seen = again(demande).version
    make.a_releve(demande, "pre_examen", at=MORNING + HOUR)
    confirm = reverse("guichets:capture_confirm", args=[capture.pk])

    stale = instructeur.post(confirm, {"version": seen})
    wrong = [instructeur.post(confirm, {"version": version}).status_code for version in ("", "x", "9" * 30)]

    assert (stale.status_code, wrong) == (409, [409, 409, 409])
    assert "Cette demande a changé depuis votre lecture" in text_of(stale)
    assert again(demande).state == "pre_examen"


def test_refusal_without_a_reason_keeps_what_was_there_and_with_one_is_read_by_the_editeur(
    team: Team, demande: DemandeAuGuichet, instructeur: Client, salarie: Client
) -> None:
    capture = make.a_capture(demande, team.salarie)
    refuse = reverse("guichets:capture_refuse", args=[capture.pk])

    assert instructeur.post(refuse, {"motif": " "}).status_code == 409
    answer = instructeur.post(refuse, {"motif": "La date ne se lit pas."}, follow=True)
    page = text_of(salarie.get(reverse("guichets:page", args=[team.candidature.nru])))

    assert answer.redirect_chain[-1][0] == reverse("guichets:captures")
    assert "Celle du 3 novembre 2026 : La date ne se lit pas. Vous pouvez en déposer une autre." in page


def test_who_comes_second_is_told_and_keeps_his_words(
    team: Team, demande: DemandeAuGuichet, instructeur: Client
) -> None:
    capture = make.a_capture(demande, team.salarie)
    seen = {"version": again(demande).version}
    instructeur.post(reverse("guichets:capture_confirm", args=[capture.pk]), seen)

    late = instructeur.post(reverse("guichets:capture_refuse", args=[capture.pk]), {"motif": "Illisible."})

    assert late.status_code == 409
    assert "Cette capture est déjà confirmée par Inès Garnier le" in text_of(late)


@pytest.mark.parametrize("role", [RoleANS.MEMBRE_COLLEGE, RoleANS.SECRETAIRE_COLLEGE, RoleANS.ADMINISTRATEUR])
def test_who_does_not_instruct_reads_and_decides_nothing(
    team: Team, demande: DemandeAuGuichet, sign_in: SignIn, role: RoleANS
) -> None:
    capture = make.a_capture(demande, team.salarie)
    client = sign_in(phase_1.a_person(roles_ans=[role]))
    acts = [reverse(f"guichets:capture_{name}", args=[capture.pk]) for name in ("confirm", "refuse")]

    assert [client.post(act).status_code for act in acts] == [403, 403]
    assert client.post(address(team, demande), typed()).status_code == 403
    assert "Confirmer la capture" not in text_of(client.get(reverse("guichets:capture_read", args=[capture.pk])))


# -- the queue ------------------------------------------------------------------------------------------------------


def test_queue_is_oldest_first_and_asks_the_same_for_one_and_three(
    team: Team, demande: DemandeAuGuichet, instructeur: Client
) -> None:
    url = reverse("guichets:captures")
    make.a_capture(demande, team.salarie, MORNING + HOUR)
    alone = count(team.instructeur, url)
    for rank, declaration in enumerate((make.cnda("DMP"), make.edc())):
        other = make.a_demande(team.candidature, team.salarie, declaration)
        make.a_capture(other, team.salarie, MORNING - rank * HOUR, etape="examen" if not rank else "submitted")

    page = instructeur.get(url)
    assert [line.label.partition(",")[0] for line in page.context["lines"]] == [
        "Habilitation EDC PSC",
        "Homologation CNDA DMP",
        "Homologation CNDA INSi",
    ]
    assert alone == count(team.instructeur, url) <= 15
    assert count(team.instructeur, page.context["lines"][0].path) <= 15


def test_queue_leaves_out_what_counts_no_more(team: Team, demande: DemandeAuGuichet, instructeur: Client) -> None:
    make.a_confirmed_capture(demande, team.salarie, team.instructeur)

    page = instructeur.get(reverse("guichets:captures"))

    assert "Aucune capture à confirmer" in text_of(page)
