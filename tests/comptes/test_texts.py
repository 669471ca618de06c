"""The kinds of text: the same rule for a form, a command and an import; and what is made of an old row."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from comptes.models import Compte, Editeur
from comptes.operations.editeurs import correct_editeur
from comptes.rules import texts
from tests.comptes.conftest import AT
from tests.factories.comptes import CompteFactory, EditeurFactory, InvitationFactory

BROKEN = ["Roux\nBcc: a@b.example", "Roux\r", "Ro\u2028ux", "Ro\0ux", "Ro\x07ux", "Ro\u202eux", "Ro\u200bux"]


@pytest.mark.parametrize("text", BROKEN)
def test_line_refuses_what_breaks_it_or_hides(text):
    with pytest.raises(texts.NotAText):
        texts.line(text)


@pytest.mark.parametrize("text", ["Roux", "N’Guyễn – d’Or", "Éditions « À ciel » & fils (2), n° 4 : l’été ?"])
def test_line_takes_what_people_write(text):
    assert texts.line(text) == text


def test_paragraph_takes_lines_and_refuses_controls():
    assert texts.paragraph("Un.\r\n\tDeux.\n👨‍👩‍👧") == "Un.\r\n\tDeux.\n👨‍👩‍👧"
    for wrong in ("a\x00b", "a\x1bb", "a\u202eb"):
        with pytest.raises(texts.NotAText):
            texts.paragraph(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "ANS: votre compte expire, https://vol.example",
        "vol.example",
        "a@b.example",
        "www.vol.example",
        "<b>Roux",
        *BROKEN,
    ],
)
def test_name_holds_no_address(text):
    with pytest.raises(texts.NotAText):
        texts.name(text)


@pytest.mark.parametrize(
    "text", ["Roux", "Le Goff-Saint-Arroman", "d’Alembert", "J.-P.", "M. Roux", "Müller", "O'Neil"]
)
def test_name_takes_names(text):
    assert texts.name(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Léa Roux", "Léa Roux"),
        ("ANS: votre compte expire, https://vol.example/x?y=1", "ANS: votre compte expire"),
        ("Léa vol.example a@b.example Roux", "Léa Roux"),
        ("Léa\r\nBcc: a@b.example", "Léa Bcc"),
        ("https://vol.example", "…"),
        ("L" * 200, "L" * 59 + "…"),
    ],
)
def test_name_in_a_subject_is_cut_and_stripped(text, shown):
    assert texts.in_subject(text) == shown


@pytest.mark.parametrize("text", ["", "\n", None, 12, "a\nb\x00", "é" * 5000, "\ud800", "https://a.example"])
def test_header_is_made_of_anything(text):
    header = texts.as_header(text)

    assert texts.line(header)
    assert len(header) <= texts.LONGEST_HEADER


def in_bulk(compte: Compte) -> None:
    Compte.objects.bulk_create([Compte(email="x@y.example", first_name="L", last_name=compte.last_name)])


@pytest.mark.parametrize(
    "write",
    [Compte.save, in_bulk, lambda compte: Compte.objects.filter(pk=compte.pk).update(last_name=compte.last_name)],
)
def test_model_refuses_a_line_that_is_broken_whoever_writes(db, write):
    compte = CompteFactory()
    compte.last_name = "Roux\nX"

    with pytest.raises(ValidationError):
        write(compte)


def test_form_says_why(db, client, at):
    invitation = InvitationFactory(invited_at=at)
    typed = {"first_name": "Léa", "last_name": "Roux\nBcc: x", "new_password": "une phrase que je connais"}

    page = client.post(f"/invitation/{invitation.token}/", typed)

    assert "Ce texte tient sur une seule ligne" in page.content.decode()
    assert not Compte.objects.filter(email=invitation.email).exists()


def test_command_is_refused(db):
    with pytest.raises(ValidationError):
        call_command("open_compte_ans", "x@ans.example", first_name="L", last_name="Roux\nX", roles=["instructeur"])


def test_operation_is_refused(db):
    editeur = EditeurFactory()
    with pytest.raises(ValidationError):
        correct_editeur(editeur_id=editeur.pk, values={"raison_sociale": "Sirocco\nX"}, by=CompteFactory(), at=AT)
    assert "\n" not in Editeur.objects.get().raison_sociale
