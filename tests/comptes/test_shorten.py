"""A reason that is too long is shown again to be shortened, wherever it was typed; numbers that a page writes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from lxml import html

from comptes import clock
from comptes.canonical import object_in
from comptes.enums import RoleANS
from comptes.models import Compte, Inscription
from comptes.rules.figures import whole
from comptes.rules.texts import LONGEST_MOTIF
from tests.candidatures.conftest import make_team
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.comptes import InscriptionFactory
from tests.factories.guichets import MORNING

TOO_LONG = "Ce motif est trop long. " * 50
INPUT = Path(settings.BASE_DIR) / "templates" / "components" / "reason_input.html"


@pytest.fixture
def inscription(db: None) -> Inscription:
    inscription: Inscription = InscriptionFactory(compte=make.a_person())
    return inscription


@pytest.fixture
def administrateur(sign_in: Callable[[Compte | None], Client]) -> Client:
    return sign_in(make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))


def test_reason_that_is_too_long_is_shown_again_with_the_rest(inscription: Inscription, administrateur: Client) -> None:
    url = f"/inscriptions/{inscription.pk}/?de=la-liste"
    answer = administrateur.post(url, {"motif": TOO_LONG, "geste": "refuser", "autre": ["1", "2"]})
    (form,) = (form for form in html.document_fromstring(answer.content.decode()).forms if "motif" in form.fields)
    inscription.refresh_from_db()

    assert (answer.status_code, inscription.motif, form.action) == (422, "", url)
    assert form.fields["motif"].strip() == TOO_LONG.strip()
    assert [value for name, value in form.form_values() if name == "autre"] == ["1", "2"]
    assert f"{LONGEST_MOTIF} caractères" in " ".join(answer.content.decode().split())

    form.fields["motif"] = "Ce motif est court."
    again = administrateur.post(url, {name: value for name, value in form.form_values() if name != "autre"})
    inscription.refresh_from_db()
    assert (again.status_code, inscription.motif) == (302, "Ce motif est court.")


def test_reason_of_the_greatest_length_is_kept_whole(inscription: Inscription, administrateur: Client) -> None:
    administrateur.post(f"/inscriptions/{inscription.pk}/", {"motif": "é" * LONGEST_MOTIF, "geste": "refuser"})
    inscription.refresh_from_db()

    assert inscription.motif == "é" * LONGEST_MOTIF


def test_reason_that_is_refused_for_what_has_changed_is_given_back(
    db: None, sign_in: Callable[[Compte | None], Client]
) -> None:
    with clock.travel(MORNING):
        prove.a_rem()
        team = make_team()
        proved = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
        demande = desks.a_demande(proved, team.mandataire)
        browser = sign_in(team.mandataire)
        url = f"/candidatures/{team.candidature.nru}/guichets/{demande.pk}/fin/"
        assert browser.post(url, {"motif": "Le premier."}).status_code == 302
        page = browser.post(url, {"motif": "Un <b>second</b> motif."}, follow=True).content.decode()

    assert "Cette demande n’est déjà plus suivie." in page
    assert "Un &lt;b&gt;second&lt;/b&gt; motif." in page


def test_page_counts_as_the_server_does() -> None:
    assert f'data-longest="{LONGEST_MOTIF}"' in INPUT.read_text()


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("1" * 9, 111111111), ("1" * 10, None), ("9" * 5000, None)]
    + [(text, None) for text in ("", "-1", "+1", "1.5", "1e3", " 1", "٣", "²", "⓵", "x", "0x1")],
)
def test_number_that_figures_write(text: str, number: int | None) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"1", b"[" * 200_000, b'{"a":' * 50_000, b"\xff", b"{"])
def test_what_is_no_json_object_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- of any kind
        object_in(text)
