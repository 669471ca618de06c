"""Every letter: what all have in common, and the same words in its two parts."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as some

from comptes import mails
from comptes.models import Compte
from comptes.notices import NoticeMail
from comptes.operations.passwords import send_password_link
from comptes.rules.letters import Block, Piece, blocks
from comptes.templatetags.sentences import sentence
from referencement.enums import Decision
from tests.factories.comptes import CompteFactory

ROOT = Path(__file__).parents[1]
TEXTS = sorted((ROOT / "templates").glob("*/mails/*.txt"))
PORTAL = "https://portail.example"
GREETING = re.compile(r"Bonjour(?: [^\n]+)?,\n\n")
# Those that concern no candidature: accounts and teams, access to a solution, an échéance of all, a séance.
OF_A_SOLUTION = re.compile(r"\S.* \([A-Z]+-\d{4}-\d{5}-\w\)\u00a0: \w")
OF_NO_SOLUTION = ("comptes.", "candidatures.acces_given", "candidatures.echeance_moved", "referencement.seance_")


class Words(HTMLParser):
    """The words that somebody reads in an HTML letter."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self._is_read = "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._is_read = self._is_read or tag == "body"
        if tag not in {"a", "strong"}:
            self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data if self._is_read else ""


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def check(message: NoticeMail, *, to: Compte | None, legal: bool = False) -> None:
    """Check the two parts of the letter that this message makes."""
    letter = mails.letter(message, to=to, legal=legal)
    foot = letter.body.rpartition("────────\n")[2]
    assert GREETING.match(letter.body), letter.body
    assert foot.startswith("Le Portail Ségur\n"), letter.body
    assert "/contact/" in foot, foot
    assert ("/mon-compte/notifications/reglages/" in foot) is (to is not None), foot
    assert words_of(Words(mails.as_html(letter)).text) == words_of(letter.body)
    assert not re.search(r"(?<!\.)\.\.(?!\.)", letter.body), letter.body


def check_subject(message: NoticeMail, *, kind: str) -> None:
    """Check that the subject begins with the name of the solution, then its NRU, when it is about one."""
    if not kind.startswith(OF_NO_SOLUTION):
        assert OF_A_SOLUTION.match(message.subject), (kind, message.subject)


def test_letter_leaves_in_two_parts_with_the_same_words(db: None, effects_run: None) -> None:
    somebody = CompteFactory(first_name="Nadia")
    send_password_link(email=somebody.email, at=datetime(2026, 7, 1, 8, tzinfo=UTC))
    (letter,) = mail.outbox
    ((page, media_type),) = letter.alternatives

    assert letter.body.startswith("Bonjour Nadia,\n\n")
    assert media_type == "text/html"
    assert words_of(Words(str(page)).text) == words_of(letter.body)


def test_letter_to_somebody_without_account_offers_no_settings() -> None:
    check(NoticeMail("Objet", "Un fait."), to=None)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_text_of_a_letter_leaves_the_greeting_and_the_foot_to_all(path: Path) -> None:
    if path.name == "letter.txt":
        return
    text = path.read_text()
    assert "Bonjour" not in text
    assert "Le Portail Ségur" not in text
    assert not re.search(r"(?:reason|motive|refusal|motif)\s*}}\.", text), "End it with the filter « sentence »."


def test_every_text_is_sent_by_a_function() -> None:
    modules = [path for path in ROOT.glob("*/**/*.py") if "mails" in str(path.relative_to(ROOT))]
    code = "\n".join(path.read_text() for path in modules)
    named = [path.stem for path in TEXTS if f"{path.stem}.txt" in code or f'"{path.stem}"' in code]

    assert {path.stem for path in TEXTS} - set(named) == set(Decision)


# -- the layout ----------------------------------------------------------------------------------------------------


@given(some.text(alphabet="ab .-─:\n é<&\"'/", max_size=200))
def test_layout_keeps_each_word(text: str) -> None:
    page = mails.as_html(NoticeMail("Objet", text))

    assert words_of(Words(page).text) == words_of(text)


def test_layout_of_a_list_a_link_and_a_title() -> None:
    text = f"À faire :\n- un\n  {PORTAL}/un/\n- deux\n\n────\nTitre\n\nFin."

    assert list(blocks(text, portal=PORTAL)) == [
        Block("p", (((Piece("À faire :"),),),)),
        Block(
            "ul",
            (((Piece("un"),), (Piece(""), Piece(f"{PORTAL}/un/", f"{PORTAL}/un/"), Piece(""))), ((Piece("deux"),),)),
        ),
        Block("hr"),
        Block("h2", (((Piece("Titre"),),),)),
        Block("p", (((Piece("Fin."),),),)),
    ]


def test_words_of_people_are_no_link_and_no_tag() -> None:
    page = mails.as_html(NoticeMail("Objet", "Voir https://ailleurs.example/ <b>ici</b>"))

    assert "<a" not in page
    assert "&lt;b&gt;ici" in page


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("Un motif", "Un motif."),
        ("Un motif.", "Un motif."),
        ("Quoi\u00a0?", "Quoi\u00a0?"),
        ("Fin. ", "Fin."),
        ("", ""),
    ],
)
def test_sentence_ends_with_one_full_stop(text: str, ended: str) -> None:
    assert sentence(text) == ended
