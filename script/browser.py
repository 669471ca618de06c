"""A browser without JavaScript, for people who walk through the portal: pages, forms, what they say."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

PATIENCE = 120  # seconds given to the worker, which first does what the replay of the story, of years, left to it

Typed = dict[str, str | list[str]]
Sent = dict[str, tuple[str, bytes]]


class Failed(Exception):
    """What was expected and not found; the page says the rest."""

    def __init__(self, expected: str, page: Page | None = None) -> None:
        super().__init__(expected)
        self.page = page


@dataclass
class Control:
    """An input, a button, a select or a textarea; `options` are a select's values."""

    kind: str
    name: str
    value: str = ""
    checked: bool = False
    label: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def as_shown(self) -> dict[str, list[str]]:
        """Return what a browser would send if nobody touched anything, buttons aside."""
        sent: dict[str, list[str]] = {}
        for one in self.controls:
            ticked = one.kind not in ("checkbox", "radio") or one.checked
            if one.name and one.kind not in ("submit", "file") and ticked:
                sent.setdefault(one.name, []).append(one.value)
        return sent

    def buttons(self) -> Iterator[Control]:
        return (one for one in self.controls if one.kind == "submit")


class Reader(HTMLParser):
    """Read a page as a person sees it: its words, its links, its forms."""

    SILENT = ("script", "style", "head")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.styles: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._silent = 0
        self._named: Control | None = None  # the button, option or textarea whose words are being read
        self._select: Control | None = None
        self._href: str | None = None
        self._link_words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag in self.SILENT:
            self._silent += 1
        elif tag == "form":
            self._form = Form(got.get("action", ""), got.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and "href" in got:
            self._href, self._link_words = got["href"], []
        elif tag == "link" and got.get("rel") == "stylesheet":
            self.styles.append(got["href"])
        elif tag in ("input", "button", "select", "textarea", "option"):
            self._control(tag, got)

    def _control(self, tag: str, got: dict[str, str]) -> None:
        if tag == "option" and self._select:
            self._select.options.append(got.get("value", ""))
            if "selected" in got or len(self._select.options) == 1:
                self._select.value = got.get("value", "")
            return
        kind = got.get("type", "text") if tag == "input" else "submit" if tag == "button" else tag
        control = Control(kind, got.get("name", ""), got.get("value", "on" if kind == "checkbox" else ""))
        control.checked = "checked" in got
        if "disabled" in got or self._form is None:
            return
        self._form.controls.append(control)
        if tag == "select":
            self._select = control
        elif tag in ("button", "textarea"):
            self._named = control

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag == "a" and self._href is not None:
            self.links.append((self._href, tidy("".join(self._link_words))))
            self._href = None
        elif tag == "select":
            self._select = None
        elif tag in ("button", "textarea"):
            self._named = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.words.append(data)
        if self._href is not None:
            self._link_words.append(data)
        if self._named is not None:
            if self._named.kind == "textarea":
                self._named.value += data
            else:
                self._named.label += data


class Page:
    """A page that was answered."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.url = str(response.url)
        reader = Reader()
        reader.feed(response.text)
        self.text = tidy(" ".join(reader.words))
        self.links, self.styles, self.forms = reader.links, reader.styles, reader.forms

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def says(self, *sentences: str) -> Page:
        """Check that the page says each of these, spaces of every kind alike."""
        for sentence in sentences:
            if tidy(sentence) not in self.text:
                raise Failed(f"the page does not say « {sentence} »", self)
        return self

    def link(self, pattern: str, *, words: str = "") -> str:
        """Return the address of the first link whose address matches, and whose words hold `words`."""
        for href, said in self.links:
            if re.search(pattern, href) and words in said:
                return urljoin(self.url, href)
        raise Failed(f"no link to {pattern} {words}", self)

    def form(self, *, action: str = "", button: str = "", control: str = "") -> Form:
        """Return the first form that goes there, and has that button and that field."""
        for form in self.forms:
            goes_there = re.search(action, form.action or self.path)
            has_button = any(button in tidy(one.label) for one in form.buttons()) if button else True
            if goes_there and has_button and (not control or any(one.name == control for one in form.controls)):
                return form
        raise Failed(f"no form {action} {button} {control}", self)


class Person:
    """Someone with a browser of their own, without JavaScript."""

    def __init__(self, base: str, *, verify: ssl.SSLContext | bool = True) -> None:
        """`verify`: whose certificates are believed."""
        self.browser = httpx.Client(base_url=base, follow_redirects=True, timeout=30, verify=verify)

    def goes(self, address: str, *, status: int = 200) -> Page:
        return self._read(self.browser.get(address), status)

    def sends(
        self,
        page: Page,
        form: Form,
        typed: Typed | None = None,
        *,
        files: Sent | None = None,
        button: str = "",
        status: int = 200,
    ) -> Page:
        """Send a form as it was shown, with what was typed in it, the files chosen and the button pressed."""
        sent: Typed = {**form.as_shown(), **(typed or {})}
        pressed = next((one for one in form.buttons() if button in tidy(one.label)), None)
        if button and pressed is None:
            raise Failed(f"no button « {button} »", page)
        if pressed and pressed.name:
            sent[pressed.name] = [pressed.value]
        address = urljoin(page.url, form.action or page.url)
        origin = {"Origin": "{0.scheme}://{0.netloc}".format(urlsplit(page.url))}
        answer = self.browser.request(form.method.upper(), address, data=sent, files=files, headers=origin)
        return self._read(answer, status)

    def _read(self, response: httpx.Response, status: int) -> Page:
        page = Page(response)
        if response.status_code != status:
            raise Failed(f"status {response.status_code} instead of {status}", page)
        return page

    def becomes(self, name: str) -> Page:
        """Sign in as someone of the demonstration's cast."""
        page = self.goes("/demo/personnages/")
        return self.sends(page, page.form(button=f"comme {name}"), button=f"comme {name}")


def tidy(text: str) -> str:
    return " ".join(text.split())


def wait_until(happened: Callable[[], object], what: str) -> None:
    """Look until the worker has done its part, or for so long that it never will."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise Failed(f"no {what} after {PATIENCE} s")
        time.sleep(0.2)


def wait_for_message(person: Person, to: str, subject: str) -> Page:
    """Wait for a message to be delivered, and open it."""

    def found() -> str | None:
        page = person.goes(f"/demo/messages/?a={to}")
        there = (href for href, words in page.links if "/messages/" in href and tidy(subject) in words)
        return next(there, None) if to in page.text else None

    wait_until(found, f"message « {subject} » to {to}")
    return person.goes(found() or "").says(to)


def fill(form: Form) -> Typed:
    """Answer every field of a form that is still empty, according to its kind; what is prefilled stays.

    A list is declared empty when that is possible.
    """
    typed: Typed = {}
    declared_empty = {one.name.removesuffix("-stance") for one in form.controls if one.name.endswith("-stance")}
    for one in form.controls:
        in_an_empty_list = any(re.match(rf"{re.escape(name)}-\d+-", one.name) for name in declared_empty)
        if one.name in typed or in_an_empty_list or one.kind in ("hidden", "submit", "file"):
            continue
        if one.kind in ("radio", "checkbox") or not one.value:
            typed[one.name] = _answer(one)
    return typed


def _answer(one: Control) -> str | list[str]:
    match one.kind:
        case "email":
            return "contact@sirocco.example"
        case "tel":
            return "02 61 91 46 30"
        case "checkbox":
            return [one.value]
        case "radio":
            return one.value  # of a group, the first
        case "select":
            return next((value for value in one.options if value), "")
    return "019283746" if "siren" in one.name else "Essai 42"
