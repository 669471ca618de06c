"""No word of a dispositif on a page, in a message or in a document of another; read whole, as each role."""

import html
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import pypdfium2
import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from candidatures.catalogue.dispositifs import file_of, spec_of
from candidatures.documents.accuse import render_accuse
from candidatures.models import Accuse, Candidature
from comptes import clock, notices
from comptes.models import Notice
from guichets.catalogue import guichets
from guichets.models import DemandeAuGuichet
from preuves.catalogue.files import rem_files_of
from preuves.catalogue.reading import WorkbookReading, read_rem
from referencement.catalogue.convention import convention_of
from referencement.documents.printing import VERSION, render
from referencement.enums import DocumentKind, MesureKind, ReexamenGround
from referencement.models import Document
from referencement.operations.mesures import propose_mesure
from referencement.operations.reexamens import request_reexamen
from referencement.queries.conventions import quotes_of
from referencement.rules.convention import data_of
from segur_portal.demo import verbs
from tests import test_letters as letters
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories.candidatures import DUI, ESSAI
from tests.factories.dispositifs import AT, World, a_world
from tests.factories.referencement import COLLEGE
from tests.ground import GROUND
from tests.referencement.conftest import PRINTS
from tests.test_permission_table import addresses

OTHER = {DUI: ESSAI, ESSAI: DUI}
LATER = AT + timedelta(days=3)
pytestmark = pytest.mark.django_db
# The title of an article, and the portal's own of what it says of any solution.
COMMON = {"Ce qui est référencé", "Agence du numérique en santé (ANS"}
# A token says nothing, and may hold anything.
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|[0-9a-f]{40,}')


# -- the words ---------------------------------------------------------------------------------------------------------


@cache
def rem_of(code: str) -> WorkbookReading:
    files = rem_files_of(code)
    assert files is not None
    with files.workbook.open("rb") as file:
        return read_rem([(files.workbook.name, file)], spec_of(code), annotations=files.annotations)


@cache
def own_text(code: str) -> str:
    """All that a dispositif says, with its REM, and what the desks say of themselves, to whom both may go."""
    files = [file_of(code), *sorted(guichets.FOLDER.glob("*.toml"))]
    # Their values alone: a comment is on no page.
    texts = [text for file in files for text in texts_in(tomllib.loads(file.read_text(encoding="utf-8")))]
    return "\n".join([*texts, *spec_of(code).profils, *spec_of(code).profils_architecture, repr(rem_of(code).spec)])


def texts_in(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for held in value.values():
                yield from texts_in(held)
        case list():
            for held in value:
                yield from texts_in(held)
        case str():
            # A variable of the convention is not printed as it is written.
            parts = [part for paragraph in value.split("\n\n") for part in re.split(r"\{\w+\}", paragraph)]
            yield from (" ".join(part.split()).strip(" ,.:;«»()") for part in parts)


@cache
def words_of(code: str) -> frozenset[str]:
    """What a dispositif alone says: names, codes, sentences, chapitres, exigences, the prefix of its NRU."""
    spec, raw = spec_of(code), tomllib.loads(file_of(code).read_text(encoding="utf-8"))
    chapitres = rem_of(code).spec.chapitres
    codes = {*spec.profils, *spec.profils_architecture, *spec.teleservices, *spec.dispositifs_vague_1}
    written = {text for text in texts_in(raw) if len(text) > 25} | set(texts_in([spec.nom, spec.couloir]))
    labels = {
        label for table in (spec.profils, spec.teleservices, spec.dispositifs_vague_1) for label in table.values()
    }
    of_rem = {
        part
        for chapitre in chapitres
        for part in (chapitre.code, chapitre.label, *(e.identifiant for e in chapitre.exigences))
    }
    labels |= {echeance.objet for echeance in spec.echeances}
    every = (codes | written | labels | of_rem | {spec.prefixe_nru}) - COMMON
    return frozenset(word for word in every if len(word) > 1 and not has(word, own_text(OTHER[code])))


def has(word: str, text: str) -> bool:
    return word in text and bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))


def foreign(code: str, text: str) -> list[str]:
    """The words of the other dispositif that this text holds."""
    plain = " ".join(TOKENS.sub("", html.unescape(text)).split())
    return sorted(word for word in words_of(OTHER[code]) if has(" ".join(word.split()), plain))


def test_words_of_each_are_many_and_its_own() -> None:
    assert {"Personnes âgées", "AHI", "INSi", "DMP", "MS1", "DUI", "Médico-social", "INS"} <= words_of(DUI)
    assert {"Éditeurs du vent", "SABLE", "Téléservice Dune", "ESS1", "ESS", "Essai", "PRE"} <= words_of(ESSAI)
    assert not words_of(DUI) & words_of(ESSAI)
    assert foreign(ESSAI, "<p>Le profil AHI, présenté seul</p>") == ["AHI"]
    assert foreign(DUI, "<p>Le profil AHI, présenté seul, à midi</p>") == []


# -- what is read ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, World]]:
    """Both, side by side, made once and rolled back after the last page."""
    with django_db_blocker.unblock():
        GROUND.leave()
    with django_db_blocker.unblock(), clock.travel(LATER), transaction.atomic():
        verbs.publish_the_catalogue(at=make.OPENING)
        yield {code: a_world(code) for code in OTHER}
        transaction.set_rollback(True)


@pytest.mark.parametrize("code", OTHER)
def test_no_word_of_the_other_on_any_page_of_its_mandataire(worlds: dict[str, World], code: str) -> None:
    read, leaks = pages_read(worlds[code], code, "mand")

    assert not leaks, json.dumps(leaks, ensure_ascii=False, indent=1)
    assert len(read) > 15, sorted(read)


@pytest.mark.long("tests/test_two_dispositifs.py::test_no_word_of_the_other_on_any_page_of_its_mandataire")
@pytest.mark.parametrize("code", OTHER)
def test_no_word_of_the_other_on_any_page(worlds: dict[str, World], code: str) -> None:
    pages = {role: pages_read(worlds[code], code, role) for role in worlds[code].people}
    leaks = {role: leaks for role, (_, leaks) in pages.items() if leaks}

    assert not leaks, json.dumps(leaks, ensure_ascii=False, indent=1)
    assert all(read for read, _ in pages.values()), pages


def pages_read(world: World, code: str, role: str) -> tuple[set[str], dict[str, list[str]]]:
    """Return the names of the addresses that this role reads, and for each address with a foreign word, its words."""
    browser = Client()
    browser.force_login(world.people[role], backend=BY_PASSWORD)
    read: set[str] = set()
    leaks: dict[str, list[str]] = {}
    for name, parameters in addresses(get_resolver()):
        for url in world.urls(name, parameters):
            answer = browser.get(url)
            body = b"".join(answer)  # a file that is sent is closed at its end
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                continue
            read.add(name)
            if leaked := foreign(code, body.decode()):
                leaks[url] = leaked
    return read, leaks


@pytest.mark.parametrize("code", OTHER)
def test_no_word_of_the_other_in_any_message(worlds: dict[str, World], code: str) -> None:
    people = [world.pk for world in worlds[code].people.values() if not world.is_ans]
    written = list(Notice.objects.filter(compte__in=people).order_by("pk"))
    leaks = {}
    for notice in written:
        kind = notices.kind(notice.kind)
        message = kind.render(notice)
        letters.check_subject(message, kind=kind.code)
        letters.check(message, to=notice.compte, legal=kind.legal)
        if leaked := foreign(code, f"{message.subject}\n{message.body}"):
            leaks[f"{notice.kind} {notice.pk}"] = leaked

    assert not leaks, json.dumps(leaks, ensure_ascii=False, indent=1)
    assert len({notice.kind for notice in written}) >= 7


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@PRINTS
@pytest.mark.parametrize("code", OTHER)
def test_no_word_of_the_other_in_any_document(worlds: dict[str, World], code: str) -> None:
    """The text layer of what is printed: the accusés, the authorisation, and the convention that would be signed."""
    mine = Candidature.objects.with_names().filter(dispositif=code)
    printed = {
        row.numero: render_accuse(row.data, version=row.template_version, at=row.issued_at)
        for row in Accuse.objects.filter(candidature__in=mine)
    }
    for row in Document.objects.filter(candidature__in=mine, kind=DocumentKind.AUTORISATION):
        printed[row.numero] = render(row.kind, row.data, version=row.template_version, at=row.issued_at)
    candidature = mine.get(nru=worlds[code].situations["attributed"]["nru"])
    data = data_of(convention_of(code), quotes_of(candidature), numero="CONV")
    printed["CONV"] = render(DocumentKind.CONVENTION, data, version=VERSION, at=COLLEGE)
    # The eyebrow of a page is its dispositif's name, in capitals.
    titre = str(candidature.dispositif).upper()
    texts = {numero: " ".join(text_of(pdf).split()).replace(titre, "") for numero, pdf in printed.items()}

    assert len(texts) > 5
    assert spec_of(code).nom in texts["CONV"]
    leaks = {numero: leaked for numero, text in texts.items() if (leaked := foreign(code, text))}
    assert not leaks, json.dumps(leaks, ensure_ascii=False, indent=1)


# -- the lists of the ANS ----------------------------------------------------------------------------------------------

LISTS = (
    "guichets:captures",
    "guichets:anomalies",
    "referencement:decisions_waiting",
    "referencement:seances",
)


@pytest.mark.parametrize("code", OTHER)
def test_lists_of_the_ans_are_narrowed_to_a_dispositif(worlds: dict[str, World], code: str) -> None:
    browser = Client()
    browser.force_login(worlds[code].people["resp"], backend=BY_PASSWORD)
    with transaction.atomic():
        for world in worlds.values():
            what_waits_for_the_ans(world)
        every, narrowed, of_nothing = (
            {name: links_of(browser.get(reverse(name), {"dispositif": asked})) for name in LISTS}
            for asked in ("", code, "inconnu")
        )
        transaction.set_rollback(True)

    prefixes = {name: spec_of(name).prefixe_nru for name in OTHER}
    for name in LISTS:
        assert {prefix for prefix in prefixes.values() if any(prefix in link for link in every[name])} == (
            set() if name == "referencement:seances" else set(prefixes.values())
        ), name
        assert narrowed[name] < every[name], name
        assert not any(prefixes[OTHER[code]] in link for link in narrowed[name]), name
        assert of_nothing[name] == every[name], name


def what_waits_for_the_ans(world: World) -> None:
    """A capture to confirm, an answer of a desk that does not fit, a mesure and a new examen to decide."""
    by, nrus = world.people["mand"], {key: keys["nru"] for key, keys in world.situations.items()}
    demande = DemandeAuGuichet.objects.get(pk=world.situations["proved"]["demande_id"])
    desks.a_releve(demande, "pre_examen", LATER, objet="Autre")
    candidatures = {key: Candidature.objects.get(nru=nru) for key, nru in nrus.items()}
    first, *_ = spec_of(world.code).teleservices
    desks.a_capture(desks.a_demande(candidatures["asked"], by, desks.cnda(first), LATER), by, LATER)
    propose_mesure(
        candidature_id=candidatures["attributed"].pk,
        kind=MesureKind.SUSPENSION,
        reasons="Un motif.",
        by=world.people["inst"],
        at=COLLEGE + timedelta(days=1),
    )
    request_reexamen(
        candidature_id=candidatures["refused"].pk,
        ground=ReexamenGround.RECOURS,
        reason="Un recours.",
        by=world.people["inst"],
        at=COLLEGE + timedelta(days=1),
    )


def links_of(answer: Any) -> frozenset[str]:
    """The addresses that the body of a page links to, and no navigation's."""
    body = answer.content.decode().partition("<main")[2]
    return frozenset(re.findall(r'href="(/(?:candidatures|instruction|college)/[^"?]+)"', body))
