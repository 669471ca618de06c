"""The kinds of text: the same rule for a form, a command and an import; and what is made of an old row."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from comptes.models import Compte, Editeur
from comptes.operations.editeurs import correct_editeur
from comptes.rules import texts
from comptes.rules.signs import is_no_character
from tests.comptes.conftest import AT
from tests.factories.comptes import CompteFactory, EditeurFactory, InvitationFactory

FAMILY = "👨\u200d👩\u200d👧"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
UNSEEN = "\u200b\u00ad\u200f\ufeff\u202e\u2066\u2069\u2060\U000e0041\u034f\u3164\u115f\u180e\0\x07\x1b\ufff9\ue000"
SAID = [
    FAMILY,
    SCOTLAND,
    "❤\ufe0f 1\ufe0f\u20e3 👍🏽",
    "\u0645\u06cc\u200c\u062e",
    "N’Guyễn – d’Or",
    "« À ciel » & fils (2), n° 4 : l’été ?",
]
KINDS = [texts.line, texts.paragraph, texts.identifier, texts.version, texts.file_name, texts.key]
SIGNS = st.sampled_from(
    f'ae\u0301 \t\n\r\u00a0\u202f\u2003\u2028\u2011–\uff0d«»:;./\\%2"1{FAMILY}{SCOTLAND}🏽❤\ufe0fی{UNSEEN}'
)
ANYTHING = st.one_of(st.text(), st.text(SIGNS, max_size=12))
"""Among them signs that change what stands beside them."""


@pytest.mark.parametrize("sign", UNSEEN)
@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_sees_is_removed_from_every_kind(kind, sign):
    assert kind(f"{sign}Ro{sign}ux{sign}") == kind("Roux")
    assert kind(sign) == kind("")


@pytest.mark.parametrize("text", SAID)
@pytest.mark.parametrize("kind", [texts.line, texts.paragraph])
def test_what_is_seen_stays(kind, text):
    assert kind(unicodedata.normalize("NFD", text)) == text


@pytest.mark.parametrize(
    ("typed", "line", "paragraph"),
    [
        ("1 rue A\r\nBât. B", "1 rue A Bât. B", "1 rue A\nBât. B"),
        ("a\tb", "a b", "a\tb"),
        ("a\u2028b\u2029c\vd\fe\rf", "a b c d e f", "a\nb\nc\nd\ne\nf"),
        ("a\u2003\u3000b", "a b", "a  b"),
        ("Sirocco\u00a0 Résidence\u202f", "Sirocco Résidence", "Sirocco\u00a0 Résidence"),
        ("«\u00a0oui\u202f» 2\u202f000", "«\u00a0oui\u202f» 2\u202f000", "«\u00a0oui\u202f» 2\u202f000"),
        ("\n\n a \n\n b \n", "a b", "a\n\n b"),
        ("l\x92\x8cuvre", "l’Œuvre", "l’Œuvre"),
        ("etc\x85 fin", "etc… fin", "etc… fin"),
        ("\uf0b7 un", "• un", "• un"),
    ],
)
def test_spaces_tabs_and_line_ends_become_what_the_kind_means(typed, line, paragraph):
    assert texts.line(typed) == line
    assert texts.paragraph(typed) == paragraph


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("SC.INS/va1.36", "SC.INS/va1.36"),
        ("SC\u2011INS – 36", "SC-INS - 36"),
        ("\uff33\uff23\uff0e\uff29\uff2e\uff33\u00a0\uff13\uff16", "SC.INS 36"),
        ("\ufeffSC.INS\n", "SC.INS"),
        ("4.2\u22121", "4.2-1"),
    ],
)
def test_identifiers_are_read_alike(typed, read):
    assert texts.identifier(typed) == texts.version(typed) == read


@pytest.mark.parametrize("kind", [*KINDS, texts.as_line, texts.as_paragraph, texts.in_subject, texts.as_header])
def test_each_kind_gives_back_what_it_made_and_holds_nothing_that_cannot_be_kept(kind):
    @given(ANYTHING)
    @example("\x91")
    @example("0.\r0.")
    @example("0\u00a0:")
    def property_of(kind, typed):
        made = kind(typed)
        assert kind(made) == made
        assert unicodedata.normalize("NFC", made) == made or kind is texts.key
        assert not [sign for sign in made if unicodedata.category(sign) in ("Cs", "Co") or is_no_character(sign)]
        assert "\0" not in made
        assert "\r" not in made

    property_of(kind)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Sirocco  Résidence", "Sirocco Résidence"),
        ("Sirocco\u00a0Résidence", "Sirocco Résidence"),
        ("sirocco residence", "SIROCCO RÉSIDENCE"),
        ("Re\u0301sidence", "Résidence"),
        ("L'Œuvre", "l’oeuvre"),
        ("Sirocco\u2011Pro", "Sirocco-Pro"),
        ("Siro\u200bcco", "Sirocco"),
    ],
)
def test_names_alike_have_one_key(left, right):
    assert texts.key(left) == texts.key(right)


def test_other_names_have_another_key():
    assert len({texts.key(name) for name in ("Sirocco", "Sirocco 2", "Sirocco-2", "Siroc", "Mistral")}) == 5


@pytest.mark.parametrize(
    "text",
    [
        "ANS: votre compte expire, https://vol.example",
        "vol.example",
        "vol.\u200bexample",
        "a@b.example",
        "www.vol.example",
        "Vol.Com",
        "jean.marc",
        "Jean.Marc.vol.example",
        "Jean.Vol-example",
        "<b>Roux",
        "Roux\nBcc: a@b.example",
    ],
)
def test_name_holds_no_address(text):
    with pytest.raises(texts.NotAText):
        texts.name(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Roux",
            "Le Goff-Saint-Arroman",
            "d’Alembert",
            "J.-P.",
            "M. Roux",
            "Müller",
            "O'Neil",
            "Ro\u2028ux",
            "Roux\r",
        ),
        *("Jean.Marc", "Élise.Anne Roux", "Jean.Marc.Paul"),
    ],
)
def test_name_takes_names(text):
    assert texts.name(text) == texts.line(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Léa Roux", "Léa Roux"),
        ("ANS: votre compte expire, https://vol.example/x?y=1", "ANS: votre compte expire"),
        ("Léa vol.example a@b.example Roux", "Léa Roux"),
        ("Léa\r\nBcc: a@b.example", "Léa Bcc"),
        ("https://vol.example", "…"),
        ("Jean.Marc Roux", "Jean Marc Roux"),
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


@pytest.mark.parametrize("given", ["100%0Days.pdf", "100%0Aa.pdf", "a%20b.pdf", "l’été (1), v2 & co.pdf", "50%.txt"])
def test_name_of_a_file_keeps_every_sign_that_can_be_kept(given):
    assert texts.file_name(given) == given


def in_bulk(compte: Compte) -> None:
    Compte.objects.bulk_create([Compte(email="x@y.example", first_name="L", last_name=compte.last_name)])


@pytest.mark.parametrize(
    "write",
    [Compte.save, in_bulk, lambda compte: Compte.objects.filter(pk=compte.pk).update(last_name=compte.last_name)],
)
def test_model_keeps_the_line_whoever_writes(db, write):
    compte = CompteFactory()
    compte.last_name = "Ro\u200bux\nX"

    write(compte)

    assert Compte.objects.filter(last_name="Roux X").count() == 1


def test_row_in_memory_holds_what_was_kept(db):
    compte = CompteFactory(last_name="Roux\nX")

    assert compte.last_name == "Roux X"


@pytest.mark.parametrize("write", [Compte.save, in_bulk])
def test_model_refuses_a_name_that_is_an_address_whoever_writes(db, write):
    compte = CompteFactory()
    compte.last_name = "Roux\nhttps://vol.example"

    with pytest.raises(ValidationError):
        write(compte)


def test_form_keeps_the_line(db, client: Client, at):
    invitation = InvitationFactory(invited_at=at)
    typed = {"first_name": "Le\u0301\u200ba", "last_name": "Roux\tX", "new_password": "une phrase que je connais"}

    client.post(f"/invitation/{invitation.token}/", typed)

    assert Compte.objects.get(email=invitation.email).full_name == "Léa Roux X"


def test_form_says_why(db, client: Client, at):
    invitation = InvitationFactory(invited_at=at)
    typed = {"first_name": "Léa", "last_name": "Roux\nBcc: x", "new_password": "une phrase que je connais"}

    page = client.post(f"/invitation/{invitation.token}/", typed)

    assert "Un nom ne contient ni adresse" in page.content.decode()
    assert not Compte.objects.filter(email=invitation.email).exists()


def test_command_keeps_the_line(db):
    call_command("open_compte_ans", "x@ans.example", first_name="L", last_name="Ro\u200bux\nX", roles=["instructeur"])

    assert Compte.objects.get(email="x@ans.example").last_name == "Roux X"


def test_operation_keeps_and_journals_the_same_line(db):
    editeur = EditeurFactory()

    correct_editeur(editeur_id=editeur.pk, values={"raison_sociale": "Siro\u200bcco\nX"}, by=CompteFactory(), at=AT)

    assert Editeur.objects.get().raison_sociale == "Sirocco X"
