"""The help centre without a database: its markup, its search, what a fiche lacks, and its files."""

from datetime import date, time
from types import SimpleNamespace
from typing import Any

import pytest

from candidatures.catalogue.aide import AideFileError, every_fiche, read_fiches, synonyms
from candidatures.enums import FicheKind
from candidatures.rules import balisage
from candidatures.rules.aide import PORTAL, faults_of, is_over, is_to_review, missing_of, normalised, why_no_code
from candidatures.rules.aide_search import Document, search, tokens
from tests.test_house import faults

TODAY = date(2026, 6, 10)


# -- the markup -------------------------------------------------------------------------------------------------------


def resolve(href: str) -> str | None:
    return {"aide:cnda": "/aide/cnda/", "portail:accueil": "/"}.get(href)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Un **mot** et *un autre*.", "<p>Un <strong>mot</strong> et <em>un autre</em>.</p>\n"),
        ("[CNDA](aide:cnda)", '<p><a href="/aide/cnda/">CNDA</a></p>\n'),
        ("[Accueil](portail:accueil)", '<p><a href="/">Accueil</a></p>\n'),
        ("Voir [ceci](aide:parti) et [CNDA](aide:cnda).", '<p>Voir ceci et <a href="/aide/cnda/">CNDA</a>.</p>\n'),
        (
            "[x](https://a.example/?b=1&c=2)",
            '<p><a href="https://a.example/?b=1&amp;c=2" rel="noopener noreferrer">x</a></p>\n',
        ),
        ("# Titre", "<h2>Titre</h2>\n"),
        ("###### Titre", "<h4>Titre</h4>\n"),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n"),
    ],
)
def test_markup_becomes_a_short_list_of_elements(text: str, html: str) -> None:
    assert balisage.render(text, resolve) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](http://a.example/)",
        "[x](//a.example/)",
        "[x](/solutions/)",
        "![x](https://a.example/i.png)",
        "<https://a.example/>",
        "[x]: javascript:alert(1)\n\n[x]",
        '[x](https://a.example/"onmouseover="alert(1))',
        "| a |\n|---|\n| <b onclick=x>y</b> |",
    ],
)
def test_markup_lets_no_html_nor_other_address_through(text: str) -> None:
    html = balisage.render(text, resolve)

    for sign in (
        "<script",
        "<img",
        "<b ",
        'href="javascript',
        'href="data',
        'href="http:',
        'href="/',
        'onmouseover="a',
    ):
        assert sign not in html


def test_a_table_names_its_cells_for_a_narrow_screen() -> None:
    html = balisage.render("| Pièce | Oui |\n|---|---|\n| BAS | ✓ |", resolve)

    assert '<th scope="col">Pièce</th>' in html
    assert '<th data-label="Pièce" scope="row">BAS</th>' in html
    assert '<td data-label="Oui">✓</td>' in html


def test_typeset_gives_french_its_spaces_and_apostrophes() -> None:
    typed = "L'ANS dit : « oui » ! De 15 h 30 à 16 h ; **fin** : https://a.example:80/ |:---|"
    made = (
        "L’ANS dit\u00a0: «\u00a0oui\u00a0»\u00a0! De 15\u00a0h\u00a030 à 16\u00a0h\u00a0; **fin**\u00a0: "
        "https://a.example:80/ |:---|"
    )

    assert balisage.typeset(typed) == made
    assert balisage.typeset(made) == made


# -- the search -------------------------------------------------------------------------------------------------------


def matching(query: str, *texts: str, groups: tuple[tuple[str, ...], ...] = ()) -> list[str]:
    documents = [Document(text, {"titre": text}) for text in texts]
    return list(search(query, documents, groups).subjects)


@pytest.mark.parametrize("query", ["équivalence", "EQUIVALENCE", "equivalences", "l’équivalence ?", "équiv"])
def test_search_takes_no_notice_of_accents_case_plurals_and_ends(query: str) -> None:
    assert matching(query, "Héritage et équivalence", "Contacts") == ["Héritage et équivalence"]


def test_search_finds_synonyms() -> None:
    groups = (("psc", "pro santé connect"), ("cnda", "assurance maladie"))

    assert matching("psc", "Le guichet Pro Santé Connect", "Santé et PSS", groups=groups) == [
        "Le guichet Pro Santé Connect"
    ]
    assert matching("cnda", "L’Assurance maladie", "Maladie, assurance", groups=groups) == ["L’Assurance maladie"]


def test_search_wants_every_word_then_settles_for_some() -> None:
    documents = [Document(text, {"titre": text}) for text in ("Date limite", "Date", "Autre")]

    assert list(search("date limite", documents, ()).subjects) == ["Date limite"]
    partial = search("date inconnue", documents, ())
    assert (list(partial.subjects), partial.is_partial) == (["Date limite", "Date"], True)
    assert list(search("comment faire", documents, ()).subjects) == []
    assert list(search("   ", documents, ()).subjects) == []


def test_search_puts_a_title_before_a_text() -> None:
    documents = [Document("texte", {"titre": "Autre", "corps": "la charte"}), Document("titre", {"titre": "La charte"})]

    assert list(search("charte", documents, ()).subjects) == ["titre", "texte"]


def test_tokens_are_plain() -> None:
    assert tokens("L’œuvre, les Données INSi") == ["l", "oeuvre", "les", "donnee", "insi"]


# -- what is wrong, what is missing -----------------------------------------------------------------------------------


def facts(**given: Any) -> Any:
    empty = {"email": "", "telephone": "", "lien": "", "replay": "", "date": None, "weekday": None}
    return SimpleNamespace(**{**empty, **given})


@pytest.mark.parametrize(
    ("kind", "given", "missing"),
    [
        ("contact", {}, ["Ni adresse, ni téléphone, ni lien"]),
        ("contact", {"email": "a@b.example"}, []),
        ("ressource", {}, ["Lien"]),
        ("ressource", {"lien": "https://a.example"}, []),
        ("session", {"date": date(2026, 6, 9)}, ["Lien du replay"]),
        ("session", {"date": date(2026, 6, 9), "replay": "https://a.example"}, []),
        ("session", {"date": date(2026, 6, 10)}, ["Lien d’inscription ou de connexion"]),
        ("session", {"weekday": 4}, ["Lien d’inscription ou de connexion"]),
        ("page", {}, []),
    ],
)
def test_what_the_public_misses(kind: str, given: dict[str, Any], missing: list[str]) -> None:
    assert missing_of(kind, facts(**given), today=TODAY) == missing


def test_a_dead_link_is_missing() -> None:
    assert missing_of("page", facts(), today=TODAY, dead=("aide:x",)) == [
        "Lien interne sans page publique\u00a0: aide:x"
    ]


@pytest.mark.parametrize(("day", "over"), [(date(2026, 6, 9), True), (TODAY, False), (date(2026, 6, 11), False)])
def test_a_session_is_over_the_day_after(day: date, over: bool) -> None:
    assert is_over(facts(date=day), today=TODAY) is over
    assert is_over(facts(date=day, weekday=2), today=TODAY) is False


@pytest.mark.parametrize(
    ("day", "due"), [(date(2026, 6, 9), True), (TODAY, True), (date(2026, 6, 11), False), (None, False)]
)
def test_a_fiche_is_to_review_on_its_day(day: date | None, due: bool) -> None:
    assert is_to_review(day, today=TODAY) is due


SESSION = {"titre": "T", "lien": "https://a.example"}


@pytest.mark.parametrize(
    ("kind", "values", "fields"),
    [
        ("page", {}, {"titre", "resume", "parcours", "corps"}),
        ("contact", {"titre": "T", "question": "Q"}, {"ou_trouver"}),
        ("contact", {"titre": "T", "question": "Q", "ou_trouver": "Là"}, set()),
        ("contact", {"titre": "T", "question": "Q", "lien": "http://a.example"}, {"lien"}),
        ("contact", {"titre": "T", "question": "Q", "lien": "https://a b"}, {"lien"}),
        ("session", SESSION, {"date"}),
        ("session", SESSION | {"date": TODAY}, set()),
        ("session", SESSION | {"date": TODAY, "weekday": 4}, {"date"}),
        ("session", SESSION | {"weekday": 0}, set()),
        ("session", SESSION | {"date": TODAY, "ends": time(16)}, {"ends"}),
        ("session", SESSION | {"date": TODAY, "begins": time(16), "ends": time(16)}, {"ends"}),
        ("session", SESSION | {"date": TODAY, "begins": time(15), "ends": time(16)}, set()),
        ("ressource", {"titre": "T", "resume": "R", "nature": "outil"}, {"ou_trouver"}),
    ],
)
def test_what_a_fiche_may_not_say(kind: str, values: dict[str, Any], fields: set[str]) -> None:
    assert set(faults_of(kind, values)) == fields


@pytest.mark.parametrize("code", ["", "É", "A", "a b", "-a", "a--b", "sessions", "x" * 61])
def test_what_cannot_be_an_address(code: str) -> None:
    assert why_no_code(code)


# -- the files --------------------------------------------------------------------------------------------------------


def test_every_file_says_what_could_be_typed_and_leads_somewhere() -> None:
    fiches = every_fiche()
    codes = {spec.code for spec in fiches}
    known = {f"aide:{code}" for code in codes} | {f"portail:{name}" for name in PORTAL}

    assert len(fiches) > 60
    for spec in fiches:
        values = normalised(spec.values)
        assert faults_of(spec.kind, values) == {}, spec.code
        assert why_no_code(spec.code) == ""
        assert set(balisage.links_within(str(values.get("corps", "")))) <= known, spec.code


def test_every_file_is_typeset_as_french() -> None:
    """What is read on the pages, once `typeset`; the signs of the markup are no punctuation."""
    faulty = [
        f"{spec.code}: {fault}"
        for spec in every_fiche()
        for name, value in normalised(spec.values).items()
        if isinstance(value, str) and not value.startswith("https://")
        for fault in faults(balisage.plain_text(value) if name == "corps" else value)
    ]

    assert faulty == []


def test_synonyms_are_written_once_in_a_group() -> None:
    for group in synonyms():
        assert len({tuple(tokens(word)) for word in group}) == len(group), group


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sorte =", "ce n’est pas du TOML"),
        ("sorte = 'rien'\n[fiches.a]", "il faut une sorte"),
        ("sorte = 'page'\n[fiches.a]\ncouleur = 'bleu'", "a.toml, a\u00a0: la clé «\u00a0couleur\u00a0» n’existe pas"),
        ("sorte = 'page'\n[fiches.a]\ntitre = 3", "a.toml, a, titre\u00a0: cette valeur"),
        ("sorte = 'page'\n[fiches.a]\nrubrique = 'ailleurs'", "il faut l’un de"),
        ("sorte = 'page'\n[fiches.a]\nici = ['ailleurs']", "il faut des codes parmi"),
        ("sorte = 'session'\n[fiches.a]\ndate = 2026-06-04T10:00:00", "cette valeur"),
    ],
)
def test_a_wrong_file_is_refused_in_words(text: str, sentence: str) -> None:
    with pytest.raises(AideFileError, match=sentence):
        list(read_fiches("a.toml", text))


def test_a_file_keeps_its_order_and_its_kind() -> None:
    text = "sorte = 'contact'\n[fiches.b]\ntitre = 'B'\n[fiches.a]\ntitre = 'A'"

    assert [(spec.kind, spec.code, spec.values["ordre"]) for spec in read_fiches("a.toml", text)] == [
        (FicheKind.CONTACT, "b", 10),
        (FicheKind.CONTACT, "a", 20),
    ]
