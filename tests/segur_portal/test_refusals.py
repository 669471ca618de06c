"""A refused act is answered by its page: why, before anything else; what was typed, in its field; « Erreur : »."""

import ast
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from candidatures.models import Derogation
from candidatures.operations.derogations import request_derogation
from candidatures.operations.requetes import ask_derogation
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.ground import standing

SignIn = Callable[[Compte | None], Client]
BEFORE = make.DATE_1 - timedelta(days=2)
# What a view may say by a message that is no confirmation, and why.
WARNED = {
    "candidatures/views/reutilisation.py": "some answers were reused, others were not",
    "comptes/views/factor.py": "the second step of the sign-in comes before any act",
    "comptes/views/refusals.py": "the page to come leads elsewhere",
    "comptes/views/sign_in.py": "nobody is signed in yet, or any more",
    "guichets/views/anomalies.py": "some were acknowledged, others were already",
}

team = standing(make_team)


def test_no_view_tells_a_refusal_by_a_message() -> None:
    """Whatever is refused is answered by `comptes.views.refusals.refuse`, or by the form itself."""
    root = Path(settings.BASE_DIR)
    telling = {
        str(path.relative_to(root))
        for app in ("comptes", "candidatures", "preuves", "guichets", "referencement")
        for path in (root / app / "views").glob("*.py")
        if any(_is_a_warning(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }

    assert telling == set(WARNED)


def _is_a_warning(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) in ("messages.error", "messages.warning")


@pytest.fixture
def responsable(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])


@pytest.fixture
def proposed(team: Team) -> Derogation:
    return request_derogation(
        candidature_id=team.candidature.pk,
        echeance="date-1",
        to=make.DATE_1 + timedelta(days=5),
        motive="Hospitalisation.",
        by=team.instructeur,
        at=BEFORE,
    )


def decide(client: Client, derogation: Derogation, **typed: str) -> HttpResponse:
    address = reverse("referencement:derogation_decide", args=[derogation.candidature.nru, derogation.pk])
    with clock.travel(BEFORE):
        return client.post(address, typed)


def html_of(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def test_text_to_write_is_asked_in_its_field(proposed: Derogation, responsable: Compte, sign_in: SignIn) -> None:
    champ = f"motif-{proposed.pk}"

    answer = decide(sign_in(responsable), proposed, geste="refuser", motif=" ", champ=champ)

    html = html_of(answer)
    assert answer.status_code == 422
    assert html.partition("<title>")[2].lstrip().startswith("Erreur\u00a0: ")
    assert f'<a href="#{champ}">' in html
    assert html.count("autofocus") == 1
    assert re.search(rf'id="{champ}"[^>]*aria-invalid="true"[^>]*aria-describedby="{champ}_error"', html)
    assert re.search(r"<details[^>]* open>\s*<summary>Refuser", html)


def test_text_comes_back_in_its_field(proposed: Derogation, responsable: Compte, sign_in: SignIn) -> None:
    """Who proposed cannot grant; what they wrote is still there."""
    champ = f"motif-{proposed.pk}"
    other = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    decide(sign_in(other), proposed, geste="accorder")

    answer = decide(sign_in(responsable), proposed, geste="refuser", motif="Rien de neuf.", champ=champ)

    html = html_of(answer)
    assert answer.status_code == 409
    assert "Votre action n’a pas été enregistrée" in html
    # It was granted meanwhile: the page has no field for it any more.
    assert f'id="{champ}"' not in html
    assert "Votre texte est conservé ici\u00a0: «\u00a0Rien de neuf.\u00a0»" in html


def test_note_too_long_comes_back_in_its_field(team: Team, sign_in: SignIn) -> None:
    address = reverse("referencement:suivi", args=[team.candidature.nru])

    with clock.travel(BEFORE):
        answer = sign_in(team.instructeur).post(address, {"geste": "etiquette", "nom": "  ", "champ": "nom"})

    assert answer.status_code == 422
    assert '<a href="#nom">' in html_of(answer)


def test_date_is_refused_in_its_own_form(team: Team, sign_in: SignIn) -> None:
    """An éditeur asked; an instructeur proposes a day that is none: the form says so, with what was typed."""
    asked = ask_derogation(
        candidature_id=team.candidature.pk,
        echeance="date-1",
        motive="Hospitalisation.",
        wished=None,
        uploads=[],
        by=team.salarie,
        at=BEFORE,
    )

    answer = decide(sign_in(team.instructeur), asked, geste="proposer", to="demain")

    html = html_of(answer)
    assert answer.status_code == 422
    assert f'<a href="#id_to_{asked.pk}">' in html
    assert 'value="demain"' in html
    assert html.partition("<title>")[2].lstrip().startswith("Erreur\u00a0: ")
