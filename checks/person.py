"""A person with a browser without JavaScript: httpx sends the requests, lxml reads the pages."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html

PATIENCE = 120  # seconds given to the worker, which first does all that the replay of the story left to it
# XPath of the text that is visible, and of the fields of a form.
WORDS = "//body//text()[not(ancestor::script or ancestor::style or ancestor::template)]"
CONTROLS = ".//input | .//button | .//select | .//textarea"
NAMING = "//*[self::input or self::button or self::select or self::textarea][@form=$name]"

Typed = dict[str, str | list[str]]
Sent = dict[str, tuple[str, bytes]]


class Failed(AssertionError):
    """Something expected was not found; the message holds the beginning of the page."""

    def __init__(self, expected: str, page: Page | None = None) -> None:
        super().__init__(f"{expected}\n{page.url}\n{page.text[:600]}" if page else expected)


@dataclass(frozen=True)
class Control:
    """An input, a button, a select or a textarea of a form."""

    element: html.HtmlElement

    @property
    def kind(self) -> str:
        tag = self.element.tag
        return self.element.get("type", "text") if tag == "input" else "submit" if tag == "button" else tag

    @property
    def name(self) -> str:
        return self.element.get("name", "")

    @property
    def value(self) -> str:
        if self.element.tag in ("select", "textarea"):
            return self.element.value or ""
        return self.element.get("value", "on" if self.kind == "checkbox" else "")

    @property
    def checked(self) -> bool:
        return "checked" in self.element.attrib

    @property
    def label(self) -> str:
        return tidy(self.element.text_content())

    @property
    def options(self) -> list[str]:
        return [option.get("value", "") for option in self.element.xpath(".//option")]


class Form:
    def __init__(self, element: html.FormElement) -> None:
        self.action, self.method = element.get("action", ""), element.get("method", "get")
        self.controls = [Control(control) for control in controls_of(element) if "disabled" not in control.attrib]

    def as_shown(self) -> dict[str, list[str]]:
        """Return what a browser would send if nothing was changed, without the buttons."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            ticked = control.kind not in ("checkbox", "radio") or control.checked
            if control.name and control.kind not in ("submit", "file") and ticked:
                sent.setdefault(control.name, []).append(control.value)
        return sent

    def buttons(self) -> Iterator[Control]:
        return (control for control in self.controls if control.kind == "submit")


def controls_of(form: html.FormElement) -> list[html.HtmlElement]:
    """Return what a browser counts with a form: what it holds, and what names it from elsewhere in the page."""
    name = form.get("id", "")
    held = [control for control in form.xpath(CONTROLS) if control.get("form", name) == name]
    naming = form.getroottree().xpath(NAMING, name=name) if name else []
    return [*held, *(control for control in naming if control not in held)]


class Page:
    """A page that was received."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.url = str(response.url)

    @cached_property
    def html(self) -> html.HtmlElement:
        return html.document_fromstring(self.response.text or "<body></body>")

    @cached_property
    def text(self) -> str:
        return tidy(" ".join(self.html.xpath(WORDS)))

    @cached_property
    def links(self) -> list[tuple[str, str]]:
        return [(link.get("href"), tidy(link.text_content())) for link in self.html.xpath("//a[@href]")]

    @cached_property
    def styles(self) -> list[str]:
        return [str(href) for href in self.html.xpath("//link[@rel='stylesheet']/@href")]

    @cached_property
    def forms(self) -> list[Form]:
        return [Form(form) for form in self.html.forms]

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def says(self, *sentences: str) -> Page:
        """Check that the page holds each of these sentences; spaces of every kind are equal.

        :raises Failed: when one is missing
        """
        for sentence in sentences:
            if tidy(sentence) not in self.text:
                raise Failed(f"the page does not say « {sentence} »", self)
        return self

    def link(self, pattern: str, *, text: str = "") -> str:
        """Return the address of the first link whose address matches `pattern` and whose label holds `text`.

        :raises Failed: when there is none
        """
        for href, label in self.links:
            if re.search(pattern, href) and text in label:
                return urljoin(self.url, href)
        raise Failed(f"no link to {pattern} {text}", self)

    def form(self, *, action: str = "", button: str = "", control: str = "") -> Form:
        """Return the first form that posts to `action` (a pattern), with a button and a field of these names.

        :raises Failed: when there is none
        """
        for form in self.forms:
            goes_there = re.search(action, form.action or self.path)
            has_button = any(button in field.label for field in form.buttons()) if button else True
            if goes_there and has_button and (not control or any(field.name == control for field in form.controls)):
                return form
        raise Failed(f"no form {action} {button} {control}", self)


class Person:
    """Someone with a browser of their own, without JavaScript."""

    everybody: ClassVar[list[Person]] = []

    def __init__(self, base: str, *, verify: ssl.SSLContext | bool = True) -> None:
        """Open a browser.

        :param verify: the TLS certificates to trust
        """
        self.browser = httpx.Client(base_url=base, follow_redirects=True, timeout=30, verify=verify)
        self.everybody.append(self)

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
        """Send a form as it was shown, with what was typed, the files chosen and the button pressed.

        :raises Failed: when the answer does not have that status
        """
        sent: Typed = {**form.as_shown(), **(typed or {})}
        pressed = next((candidate for candidate in form.buttons() if button in candidate.label), None)
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
        """Sign in as a person of the demonstration's cast."""
        page = self.goes("/demo/personnages/")
        return self.sends(page, page.form(button=f"comme {name}"), button=f"comme {name}")


def tidy(text: str) -> str:
    return " ".join(text.split())


def wait_until(happened: Callable[[], object], awaited: str) -> None:
    """Wait until `happened` is true.

    :raises Failed: after `PATIENCE` seconds
    """
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise Failed(f"no {awaited} after {PATIENCE} s")
        time.sleep(0.2)


def wait_for_message(person: Person, to: str, subject: str) -> Page:
    """Wait for a message to be delivered, and open it."""

    def find() -> str | None:
        page = person.goes(f"/demo/messages/?a={to}")
        there = (href for href, label in page.links if "/messages/" in href and tidy(subject) in label)
        return next(there, None) if to in page.text else None

    wait_until(find, f"message « {subject} » to {to}")
    return person.goes(find() or "").says(to)


def fill(form: Form) -> Typed:
    """Return answers to the empty fields of a form, according to their kind.

    A list is declared empty when that is possible.
    """
    typed: Typed = {}
    declared_empty = {
        control.name.removesuffix("-stance") for control in form.controls if control.name.endswith("-stance")
    }
    for control in form.controls:
        in_an_empty_list = any(re.match(rf"{re.escape(name)}-\d+-", control.name) for name in declared_empty)
        if control.name in typed or in_an_empty_list or control.kind in ("hidden", "submit", "file"):
            continue
        if control.kind in ("radio", "checkbox") or not control.value:
            typed[control.name] = _answer(control)
    return typed


def _answer(control: Control) -> str | list[str]:
    match control.kind:
        case "email":
            return "contact@sirocco.example"
        case "tel":
            return "02 61 91 46 30"
        case "checkbox":
            return [control.value]
        case "radio":
            return control.value  # of a group, the first
        case "select":
            return next((value for value in control.options if value), "")
    if control.name.endswith("-numero"):
        return "019283746"
    return "35000" if control.name.endswith("code_postal") else "Essai 42"
