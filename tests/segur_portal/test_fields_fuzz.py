"""Hostile values in every field of every form: taken, or refused in a French sentence and nothing typed is lost.

The forms are those of the pages that the cast reads at every address, so that a new one is here by itself; then what is
typed in `tests/urls_cast.py`, every parameter of a query, and every part of an address. `script/audit fields` tries
everything; each commit, a few of them.
"""

import inspect
import logging
import os
import random
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve, reverse
from lxml import html

from checks.person import Control, Form
from comptes import clock
from tests.factories import candidatures as make
from tests.ground import GROUND
from tests.lengths import SHARES, TIMES
from tests.segur_portal.test_files_fuzz import REFUSALS, TooLong, is_a_sentence, views, within
from tests.test_permission_table import addresses
from tests.urls_cast import Cast, a_cast
from tests.urls_further import further, second_steps

ALL = TIMES > 1
"""Whether every address is visited, and every value typed at least once in every field."""
LONGEST = 20
NAMED = "geste"  # names the act of a form, among several of one address
LEFT_ALONE = ("csrfmiddlewaretoken", "carried")
SECRET = ("password", "file")
TICKED = ("checkbox", "radio")
TYPED = ("text", "textarea", "email", "tel", "date", "number", "datetime-local", "search", "url")
APPS = ("comptes", "candidatures", "preuves", "guichets", "referencement", "segur_portal")

# Forms of secrets, of a convention to sign and of an auditor, which nobody of the cast is shown.
NOT_SHOWN = {
    *("ChangePasswordForm", "ConfirmForm", "CodeConfirmForm"),
    *("CodeForm", "SignatoryForm", "SecurityFilterForm"),
}
HOSTILE: Mapping[str, str] = {
    "empty": "",
    "spaces": " \t\u00a0\u3000 ",
    "line breaks": "a\r\nb\nc\u2028d\x0be",
    "tabs": "\ta\tb\t",
    "NUL": "a\0b",
    "control": "a\x1b[31mb\x7f\x85",
    "surrogate": "a\ud800b",
    "bidi": "\u202efdp.exe\u202c \u2066a\u2069",
    "zero width": "\u200ba\u200d\ufeffb\u2060",
    "tags": "a\U000e0041\U000e007fb",
    "100,000 signs": "x" * 100_000,
    "50,000 words": "mot " * 25_000,
    "HTML": "<script>alert(1)</script><b>a</b>\"'>&amp;<!--",
    "template": "{{ 7 * 7 }} {% now 'Y' %} ${7*7} %s %n %(a)s {0} {a}",
    "SQL": "' OR 1=1; DROP TABLE comptes_compte; -- \\",
    "formula": "=cmd|' /C calc'!A0",
    "Arabic": "صورة ١٢٣",
    "Chinese": "写真写真",
    "emoji": "👩🏽‍💻🇫🇷",
    "decomposed": unicodedata.normalize("NFD", "Éléonore à l’été"),
    "many accents": "e" + "\u0301" * 2000,
    "ligature": "ﷺ" * 200,
    "minus one": "-1",
    "zero": "0",
    "2**31": str(2**31),
    "2**63": str(2**63),
    "5,000 figures": "9" * 5000,
    "fraction": "1.5",
    "1e999": "1e999",
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "other figures": "٣",
    "exponent": "²",
    "no such day": "2027-02-30",
    "no day": "0000-00-00",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "far day": "99999-01-01",
    "day in French": "30/02/2027",
    "skipped hour": "2027-03-28T02:30",
    "repeated hour": "2027-10-31T02:30",
    "first hour": "0001-01-01T00:00",
    "last hour": "9999-12-31T23:59",
    "JSON": '{"a": [null]}',
    "path": "../../etc/passwd",
    "percent": "%00%0D%0A",
    "address": f"a@{'b' * 300}.example",
    "link": "javascript:alert(1)",
    "https": "https://[::1",
}


@dataclass(frozen=True)
class Place:
    """A form as somebody is shown it, or as a program would send it.

    :param page: where it is, empty when it is on no page
    :param fields: what would be sent if nothing was changed
    :param kinds: how each field is typed
    :param asks: whether it is sent as the query of an address, and changes nothing
    """

    role: str
    page: str
    url: str
    fields: Mapping[str, list[str]]
    kinds: Mapping[str, str]
    asks: bool = False

    @property
    def name(self) -> str:
        return resolve(urlsplit(self.url).path).view_name

    @property
    def shape(self) -> tuple[Any, ...]:
        """What two forms have in common that are the same one."""
        fields = frozenset(re.sub(r"\d+", "0", key) for key in self.fields)
        return self.name, self.fields.get("geste", [""])[0], fields


@dataclass
class Report:
    forms: int = 0
    fields: int = 0
    sent: int = 0
    refused: int = 0
    asked: int = 0
    longest: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return (
            f"{self.forms} forms, {self.fields} fields, {self.sent} values sent, {self.refused} refused in words, "
            f"{self.asked} addresses asked, {self.longest:.1f} s at most, {self.faults.total()} faults"
        )


# -- finding --------------------------------------------------------------------------------------------------------


def forms_of(role: str, page: str, content: str) -> Iterator[Place]:
    """The forms that a page sends, with what the page proposes, once for each of its buttons."""
    for element in html.document_fromstring(content).forms:
        form = Form(element)
        asks, target = form.method.lower() != "post", urlsplit(urljoin(f"http://testserver{page}", form.action or page))
        url = f"{target.path}?{target.query}" if target.query and not asks else target.path
        kinds = {control.name: control.kind for control in form.controls if control.name and control.kind != "submit"}
        for button in list(form.buttons()) or [None]:
            pressed = {button.name: [button.value]} if button is not None and button.name else {}
            nothing = {name: [] if kind in TICKED else [""] for name, kind in kinds.items()}
            fields = nothing | form.as_shown() | pressed
            kept = {name: values for name, values in fields.items() if name not in LEFT_ALONE}
            yield Place(role, page, url, kept, kinds | dict.fromkeys(pressed, "submit"), asks)


def places(cast: Cast, known: dict[str, tuple[str, ...]], names: list[str]) -> Iterator[Place]:
    for name in names:
        url, is_shown = cast.ours.url(name, known[name]), False
        typed = {key: [str(item) for item in _listed(value)] for key, value in cast.ours.typed.get(name, {}).items()}
        for role, client in cast.browsers.items():
            for place in places_on(client, role, url):
                is_here = urlsplit(place.url).path == url
                ours = place.fields.keys() - {NAMED} if is_here else set()
                valid = {key: values for key, values in typed.items() if key in ours}
                is_shown |= is_here
                yield replace(place, fields={**place.fields, **valid})
        if typed and not is_shown:
            of_a_program = [Place(role, "", url, typed, dict.fromkeys(typed, "text")) for role in cast.browsers]
            yield from [place for place in of_a_program if _may_post(cast, place)][:1]


def beyond(cast: Cast) -> Iterator[tuple[Client, Place]]:
    """The forms of the pages that come after an act, whose doer's browser is not always one of the cast."""
    for role, client, page in further(cast):
        for place in places_on(client, role, page):
            yield client, place
    for role, client, page, content in second_steps(cast):
        for place in forms_of(role, page, content):
            yield client, place


def _may_post(cast: Cast, place: Place) -> bool:
    answer, _ = post(cast.browsers[place.role], place, place.fields)
    return answer.status_code not in (401, 403, 404, 405) and "/connexion/" not in answer.headers.get("Location", "")


def places_on(client: Client, role: str, url: str) -> Iterator[Place]:
    """The forms of one page, if this person reads it."""
    answer = asked(client, url)
    if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
        yield from forms_of(role, url, answer.content.decode())


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def asked(client: Client, url: str) -> Any:
    with transaction.atomic():
        answer = client.get(url)
        b"".join(answer)
        transaction.set_rollback(True)
    return answer


# -- sending --------------------------------------------------------------------------------------------------------


def post(client: Client, place: Place, fields: Mapping[str, list[str]]) -> tuple[Any, Any]:
    """Send a form, read the page that it leads to, then undo everything. That page is None when it leads to none."""
    pairs = [("csrfmiddlewaretoken", "x"), *((name, value) for name, values in fields.items() for value in values)]
    body = urlencode(pairs, errors="surrogatepass")
    if place.asks:
        with within(LONGEST):
            return asked(client, f"{place.url}?{body}"), None
    page = f"http://testserver{place.page}" if place.page else ""
    cookies, landed = client.cookies.copy(), None
    with within(LONGEST), transaction.atomic():
        answer: Any = client.generic(
            "POST", place.url, body, "application/x-www-form-urlencoded", headers={"Referer": page}
        )
        b"".join(answer)
        if answer.status_code == 302:
            there = urlsplit(answer["Location"])
            if not there.netloc and not there.path.startswith(reverse(settings.LOGIN_URL)):
                landed = client.get(answer["Location"])
                b"".join(landed)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer, landed


def faults_of(place: Place, name: str, sent: Mapping[str, list[str]], answer: Any, landed: Any) -> Iterator[str]:
    shown: HttpResponse = landed if landed is not None else answer
    if max(answer.status_code, shown.status_code) >= 500:
        yield f"answers {answer.status_code}, then {shown.status_code}"
        return
    if place.asks or answer.status_code in (204, 301, 401, 429) or "html" not in shown.headers.get("Content-Type", ""):
        return
    page = html.document_fromstring(shown.content.decode() or "<p></p>")
    refusals = [" ".join(element.text_content().split()) for element in page.xpath(REFUSALS)]
    if answer.status_code in (200, 409, 422):
        told = [" ".join(element.text_content().split()) for element in page.xpath("//*[@role='status']")]
        if not any(map(is_a_sentence, [*refusals, *told])):
            yield f"refuses without a sentence ({answer.status_code})"
        yield from lost(place, name, sent, page)
    elif landed is not None and page.xpath("//*[contains(@class, 'ps-alert')][@data-state='danger'][@role='alert']"):
        yield from lost(place, name, sent, page)
    elif answer.status_code in (400, 403, 404, 413) and not page.xpath("//h1"):
        yield f"answers {answer.status_code} without a word"


def lost(place: Place, name: str, sent: Mapping[str, list[str]], page: Any) -> Iterator[str]:
    """The fields whose value, sent and refused, is shown nowhere."""
    if not place.page:
        return  # a program asked, that keeps what it sends
    controls = [Control(element) for element in page.xpath("//form//input | //form//textarea | //form//select")]
    there = {bare(control.value) for control in controls} | {""}
    text = bare(page.text_content())
    for key, values in sent.items():
        value = bare("".join(values[-1:]))
        if place.kinds.get(key, "text") in TYPED and value not in there and value not in text:
            yield f"loses « {re.sub(r'[0-9]+', '0', key)} »{'' if key == name else ' beside it'}"


def bare(text: str) -> str:
    """What of a text the eye sees, without its spaces: a browser and a page write the rest in their own way."""
    seen = (sign for sign in unicodedata.normalize("NFC", text) if sign.isprintable() and not sign.isspace())
    return "".join(sign for sign in seen if unicodedata.category(sign) not in ("Cf", "Cs") and sign != "\ufffd")


def tries(place: Place, dice: random.Random) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """Every field with each value at once; one field with some or all of them, twice, or missing; then nothing."""
    fields = {name: list(values) for name, values in place.fields.items()}
    typed = [name for name in fields if place.kinds.get(name, "text") in TYPED]
    for kind, value in HOSTILE.items() if ALL and typed else ():
        yield "every field", kind, fields | {name: [value] for name in typed}
    for name, values in fields.items():
        if place.kinds.get(name) in SECRET:
            continue
        for kind, value in dice.sample(sorted(HOSTILE.items()), min(len(HOSTILE), 2 * TIMES)):
            yield name, kind, fields | {name: [value]}
        yield name, "several", fields | {name: [*values, "x", "y"]}
        yield name, "missing", {other: kept for other, kept in fields.items() if other != name}
    yield "", "nothing", {}


def fill(place: Place, report: Report, client: Client, dice: random.Random) -> None:
    report.forms += 1
    report.fields += len(place.fields)
    for name, kind, fields in tries(place, dice):
        began = time.monotonic()
        try:
            answer, landed = post(client, place, fields)
            faults = list(faults_of(place, name, fields, answer, landed))
            report.refused += answer.status_code in (200, 409, 422) and not faults
        except TooLong as late:
            faults = [f"does not answer: {late}"]
        except Exception as failure:
            faults = [f"{type(failure).__name__}: {str(failure)[:90]!r}"]
        report.longest = max(report.longest, time.monotonic() - began)
        report.sent += 1
        what = f"{place.name} {place.fields.get('geste', [''])[0]} · {re.sub(r'[0-9]+', '0', name)} ({kind})"
        for fault in faults:
            report.faults[f"{what} as {place.role}: {fault}"] += 1


# -- the walk -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """Made once for both tests, and rolled back after the last."""
    with django_db_blocker.unblock():
        GROUND.leave()
    with django_db_blocker.unblock(), clock.travel(make.SUMMER), transaction.atomic():
        yield a_cast()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[str, ...]]:
    return dict(addresses(get_resolver()))


def every_form_class() -> set[type[BaseForm]]:
    """The forms of the portal's modules, without those that only lend their fields to others."""

    def below(parent: type[BaseForm]) -> Iterator[type[BaseForm]]:
        for child in parent.__subclasses__():
            yield child
            yield from below(child)

    ours = {form for form in below(BaseForm) if form.__module__.split(".")[0] in APPS}
    return {form for form in ours if not any(child in ours for child in form.__subclasses__())}


@pytest.fixture(autouse=True)
def nothing_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the records of refused requests from pytest, which would hold each request to the end."""
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> set[type[BaseForm]]:
    """The classes of the forms that were given something to read."""
    seen: set[type[BaseForm]] = set()
    clean = BaseForm.full_clean

    def noted(form: BaseForm) -> None:
        if form.is_bound:
            seen.update(type(form).__mro__)
        clean(form)

    monkeypatch.setattr(BaseForm, "full_clean", noted)
    return seen


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.django_db
def test_no_field_of_any_form_is_hurt_by_a_hostile_value(
    cast: Cast,
    known: dict[str, tuple[str, ...]],
    bound: set[type[BaseForm]],
    share: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    report, done, dice = Report(), set(), random.Random(7)
    names = sorted(known)[share::SHARES] if ALL else dice.sample(sorted(cast.ours.typed), 3)
    for place in places(cast, known, names):
        try:
            shape = place.shape
        except Resolver404:
            continue  # another site's
        if shape not in done:
            done.add(shape)
            fill(place, report, cast.browsers[place.role], dice)
    for client, place in beyond(cast) if ALL and share == 0 else ():
        if place.shape not in done:
            done.add(place.shape)
            fill(place, report, client, dice)
    print(report)  # noqa: T201 -- the audit shows it

    assert not report.faults, "\n".join(f"{count:4}  {fault}" for fault, count in report.faults.most_common(400))
    if ALL and (unseen := unseen_by_all(bound, share, tmp_path_factory)) is not None:
        assert sorted(unseen - NOT_SHOWN) == []
    assert report.longest < LONGEST


def unseen_by_all(bound: set[type[BaseForm]], share: int, folders: pytest.TempPathFactory) -> set[str] | None:
    """The forms that no share was given; None while another share is on its way, which will say it."""
    folder = folders.getbasetemp()
    folder = folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder
    (folder / f"formulaires-{share}.txt").write_text("\n".join(form.__name__ for form in bound))
    seen = list(folder.glob("formulaires-*.txt"))
    if len(seen) < SHARES:
        return None
    known = {name for file in seen for name in file.read_text().splitlines()}
    return {form.__name__ for form in every_form_class()} - known


def parameters() -> set[str]:
    """The parameters of queries that the views read, by name."""
    modules = {inspect.unwrap(view).__module__ for view in views(get_resolver())}
    sources = [inspect.getsource(sys.modules[name]) for name in modules if name.split(".")[0] in APPS]
    return {name for source in sources for name in re.findall(r"GET(?:\.get|\.getlist|\[)?\(?\[?\"([\w-]+)\"", source)}


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.django_db
def test_no_address_is_hurt_by_a_hostile_query_or_part(
    cast: Cast, known: dict[str, tuple[str, ...]], share: int
) -> None:
    report, dice, asks = Report(), random.Random(9), sorted(parameters())
    for name in sorted(known)[share::SHARES] if ALL else dice.sample(sorted(known), 8):
        url = cast.ours.url(name, known[name])
        clients = [(role, cast.browsers[role]) for role in ("mand", "inst", "admi", "anon")]
        client = next(
            (browser for _, browser in clients if asked(browser, url).status_code == 200), cast.browsers["resp"]
        )
        for kind, value in HOSTILE.items() if ALL else dice.sample(sorted(HOSTILE.items()), 5):
            query = urlencode([(parameter, value[:3000]) for parameter in asks], errors="surrogatepass")
            ways = [f"{url}?{query}"]
            for part in known[name]:
                here = str((cast.ours.keys | cast.ours.special.get(name, {}))[part])
                hostile = quote(value[:3000], safe="", errors="surrogatepass")
                ways.append(url.replace(quote(here, safe=""), hostile, 1))
            for way in ways:
                look(client, way, f"{name} ({kind}{' in its query' if '?' in way else ''})", report)
    print(report)  # noqa: T201 -- the audit shows it

    assert not report.faults, "\n".join(f"{count:4}  {fault}" for fault, count in report.faults.most_common(200))


def look(client: Client, url: str, what: str, report: Report) -> None:
    began = time.monotonic()
    try:
        with within(LONGEST):
            answer = asked(client, url)
        if answer.status_code >= 500:
            report.faults[f"{what} answers {answer.status_code}"] += 1
    except Exception as failure:
        report.faults[f"{what} {type(failure).__name__}: {str(failure)[:90]!r}"] += 1
    report.longest = max(report.longest, time.monotonic() - began)
    report.asked += 1
