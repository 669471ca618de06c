"""Where an accusé is found again, what its submission costs, and what happens when it cannot be kept."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from inspect import signature
from typing import Any
from unicodedata import normalize

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from candidatures import effects, mails, sweeps
from candidatures.enums import VoletKind
from candidatures.models import Accuse, ImpressionDAccuse
from candidatures.operations.accuses import issue_accuse
from candidatures.operations.volets import submit_volet
from comptes.models import Compte
from preuves.operations.chapitres import submit_chapitre, take_back_chapitre
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.preuves.test_instruction import TWO, returned
from tests.referencement.conftest import PRINTS

SignIn = Callable[[Compte], Client]
HOUR = timedelta(hours=1)
# What a submission of a volet asks without its accusé.
BEFORE = 16
# What `components/term.html` adds to the words of a sentence.
BESIDE_A_TERM = re.compile(r'<span class="ps-(?:visually-hidden|term-bubble)".*?</span>')


@pytest.fixture
def proving(team: Team) -> Team:
    """A team whose two volets are recevables and whose chapitre MAT is complete."""
    prove.a_rem()
    team.candidature = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    prove.a_complete_chapitre(team.candidature, team.salarie)
    return team


@pytest.fixture
def accuse(team: Team) -> Accuse:
    make.a_submitted_volet(team.candidature, team.salarie)
    return Accuse.objects.get()


def submit(team: Team, at: Any) -> Accuse:
    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=at)
    return Accuse.objects.filter(kind="chapitre").latest("number")


def read(client: Client, name: str, *args: str) -> str:
    return normalize("NFKC", unescape(client.get(reverse(name, args=args)).content.decode()))


def warning_of(accuse: Accuse) -> str:
    return str(Client().get(reverse("referencement:verifier"), {"numero": accuse.numero}).context["document"].warning)


# -- found again -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "role"), [("candidatures:volet_submit", "salarie"), ("candidatures:volet_review", "instructeur")]
)
def test_page_of_a_volet_leads_to_its_accuses(team: Team, sign_in: SignIn, name: str, role: str) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    page = read(sign_in(getattr(team, role)), name, team.candidature.nru, "administratif")

    mine, other = Accuse.objects.order_by("pk")
    assert f'href="/accuses/{mine.numero}/"' in page
    assert other.numero not in page


@pytest.mark.parametrize(("name", "role"), [("preuves:chapitre", "salarie"), ("preuves:examen", "instructeur")])
def test_page_of_a_chapitre_says_which_submission_counts(
    proving: Team, sign_in: SignIn, travel_to: Any, name: str, role: str
) -> None:
    travel_to(prove.AUTUMN)
    submit(proving, prove.AUTUMN)
    take_back_chapitre(candidature_id=proving.candidature.pk, code="MAT", by=proving.salarie, at=prove.AUTUMN)
    submit(proving, prove.AUTUMN + HOUR)
    page = read(sign_in(getattr(proving, role)), name, proving.candidature.nru, "MAT")

    assert page.count('href="/accuses/AR-') == 2
    assert page.count("puis annulée : elle ne compte plus") == 1


@pytest.mark.parametrize("name", ["candidatures:volet_submit", "preuves:chapitre_submit"])
def test_accuse_is_promised_before_the_click(proving: Team, sign_in: SignIn, travel_to: Any, name: str) -> None:
    travel_to(prove.AUTUMN)
    key = "MAT"
    if name == "candidatures:volet_submit":
        travel_to(make.SUMMER)
        proving.candidature = make.a_candidature(
            make.a_produit(proving.editeur, proving.mandataire, "Un autre"), proving.mandataire
        )
        make.a_filled_volet(proving.candidature, proving.mandataire)
        key = "administratif"

    page = read(sign_in(proving.mandataire), name, proving.candidature.nru, key)
    assert "Vous recevrez aussitôt un accusé de dépôt." in " ".join(strip_tags(BESIDE_A_TERM.sub("", page)).split())


def test_letter_of_a_submission_before_the_accuses_has_none(team: Team) -> None:
    assert mails.accuse_of(team.volet.address, 1) is None


# -- recognised ------------------------------------------------------------------------------------------------------


def test_submission_taken_back_does_not_follow_another(proving: Team) -> None:
    """A return, an answer, and the answer taken back: the first submission is again the one that counts."""
    first = submit(proving, prove.AUTUMN)
    returned(prove.the_chapitre(proving.candidature), proving.instructeur)
    prove.a_deposit(proving.candidature, proving.salarie, TWO, seen=1)
    answer = submit(proving, prove.AUTUMN + HOUR)
    assert warning_of(first).startswith("Une soumission plus récente a été reçue le ")

    take_back_chapitre(candidature_id=proving.candidature.pk, code="MAT", by=proving.salarie, at=prove.AUTUMN + HOUR)
    assert warning_of(first) == ""
    assert warning_of(answer).endswith("elle ne compte plus.")


def test_public_page_gives_the_fingerprint_that_is_on_paper_and_no_name(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    accuse = Accuse.objects.get()
    page = read_public(accuse)

    assert accuse.sha256 in page
    assert team.salarie.full_name not in page
    assert team.salarie.email not in page


def read_public(accuse: Accuse) -> str:
    return Client().get(reverse("referencement:verifier"), {"numero": accuse.numero}).content.decode()


# -- what it costs ---------------------------------------------------------------------------------------------------


def test_accuse_is_refused_outside_a_transaction() -> None:
    """Before anything is read of its arguments: it lives or dies with its submission."""
    with pytest.raises(RuntimeError, match="own transaction"):
        issue_accuse(**dict.fromkeys(signature(issue_accuse).parameters))  # type: ignore[arg-type]


@pytest.mark.parametrize(("with_files", "more"), [(False, 1), (True, 2)])
def test_accuse_adds_its_row_and_the_files_to_a_submission(team: Team, with_files: bool, more: int) -> None:
    kind, given = VoletKind.ELIGIBILITE, {}
    if with_files:
        piece = make.a_piece(team.candidature, team.salarie)
        given = {"noms_commerciaux": make.a_nom_commercial(piece)}
    volet = make.a_filled_volet(team.candidature, team.salarie, kind, **given)
    with CaptureQueriesContext(connection) as asked:
        submit_volet(volet_id=volet.pk, by=team.salarie, at=make.SUMMER)

    statements = [query["sql"] for query in asked]
    of_it = [
        statement
        for statement in statements
        if '"candidatures_accuse"' in statement or 'FROM "candidatures_piece"' in statement
    ]
    assert len(of_it) == more
    assert len(statements) == BEFORE + more


# -- kept ------------------------------------------------------------------------------------------------------------


@PRINTS
def test_storage_that_fails_leaves_no_row_and_the_sweep_tries_again(
    accuse: Accuse, effects_run: None, monkeypatch: pytest.MonkeyPatch, travel_to: Any
) -> None:
    with monkeypatch.context() as full:
        full.setattr(FileSystemStorage, "_save", _disk_is_full)
        with pytest.raises(OSError, match="No space left"):
            effects.print_accuse(accuse.pk)
    assert (Accuse.objects.count(), ImpressionDAccuse.objects.count()) == (1, 0)

    travel_to(make.SUMMER + sweeps.PATIENCE)
    assert sweeps.print_pending_accuses() == 1
    assert ImpressionDAccuse.objects.count() == 1


def _disk_is_full(self: FileSystemStorage, name: str, content: object) -> str:
    raise OSError(28, "No space left on device")
