"""Somebody with a browser without JavaScript: httpx goes there, lxml reads what comes back."""

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

PATIENCE = 120  # seconds given to the worker, which first does what the replay of the story, of years, left to it
# What somebody reads, and what they may fill.
WORDS = "//body//text()[not(ancestor::script or ancestor::style or ancestor::template)]"
CONTROLS = ".//input | .//button | .//select | .//textarea"

Typed = dict[str, str | list[str]]
Sent = dict[str, tuple[str, bytes]]


class Failed(AssertionError):
    """What was expected and not found, with the page that was read instead."""

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
        self.controls = [Control(one) for one in element.xpath(CONTROLS) if "disabled" not in one.attrib]

    def as_shown(self) -> dict[str, list[str]]:
        """Return what a browser would send if nobody touched anything, buttons aside."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            ticked = control.kind not in ("checkbox", "radio") or control.checked
            if control.name and control.kind not in ("submit", "file") and ticked:
                sent.setdefault(control.name, []).append(control.value)
        return sent

    def buttons(self) -> Iterator[Control]:
        return (control for control in self.controls if control.kind == "submit")


class Page:
    """A page that was answered."""

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
            has_button = any(button in one.label for one in form.buttons()) if button else True
            if goes_there and has_button and (not control or any(one.name == control for one in form.controls)):
                return form
        raise Failed(f"no form {action} {button} {control}", self)


class Person:
    """Someone with a browser of their own, without JavaScript."""

    everybody: ClassVar[list[Person]] = []

    def __init__(self, base: str, *, verify: ssl.SSLContext | bool = True) -> None:
        """`verify`: whose certificates are believed."""
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
        """Send a form as it was shown, with what was typed in it, the files chosen and the button pressed."""
        sent: Typed = {**form.as_shown(), **(typed or {})}
        pressed = next((one for one in form.buttons() if button in one.label), None)
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
