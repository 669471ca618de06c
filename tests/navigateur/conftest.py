"""A real browser on the real portal, in demonstration mode: the clock is a stored one, which every thread reads.

A page that logs an error, breaks the content security policy or misses a file fails the test that opened it.
"""

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import BrowserContext, Page, ViewportSize

from checks.browser import ARGUMENTS, NoBrowser, chromium
from checks.reach import CUT, EVERYWHERE
from comptes.models import Compte, HorlogeDeDemonstration
from tests.conftest import BY_PASSWORD

# Playwright's own loop runs in the thread of the tests, where Django would refuse the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=900)
# A refusal is an answer, for the browser and for htmx alike.
OUR_ERRORS = re.compile(r"^(?!(Failed to load resource: .* status of|Response Status Error Code) 4(01|03|04|09|10|22))")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": found_chromium(), "args": ARGUMENTS}


def found_chromium() -> str:
    """Return the browser's path; without a browser, tests fail, and are never skipped."""
    try:
        return chromium()
    except NoBrowser as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


@pytest.fixture
def all_answered(live_server: Any, wait_until: Callable[..., None]) -> Iterator[None]:
    """At the end, wait for what the portal still does for a browser: the database is about to be emptied under it."""
    begun: list[str] = []
    over: list[str] = []

    def begins(**request: Any) -> None:
        if current_thread() is not main_thread():
            begun.append(current_thread().name)

    def ends(**request: Any) -> None:
        if current_thread() is not main_thread():
            over.append(current_thread().name)

    request_started.connect(begins)
    request_finished.connect(ends)
    yield
    wait_until(lambda: len(over) >= len(begun), seconds=60)
    request_started.disconnect(begins)
    request_finished.disconnect(ends)


@pytest.fixture
def portail(live_server: Any, settings: Any, tmp_path: Path, effects_run: None, all_answered: None) -> str:
    """Run the portal and return its address: demonstration mode, a mailbox, effects that run as acts commit."""
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.demo.urls"
    settings.PORTAL_URL = live_server.url
    settings.MAIL_ROOT = settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    return str(live_server.url)


@pytest.fixture
def freeze(portail: str) -> Callable[[datetime], None]:
    """Stop the portal's clock at an instant, for every thread: `freeze(at)`."""

    def stop(at: datetime) -> None:
        HorlogeDeDemonstration.objects.update_or_create(pk=1, defaults={"frozen_at": at})

    return stop


@pytest.fixture
def phone(portail: str, new_context: Any) -> Iterator[Page]:
    """A page 360 px wide. Addresses are relative: `phone.goto("/aide/")`."""
    yield from watched(new_context(base_url=portail, viewport=PHONE, has_touch=True, is_mobile=True))


@pytest.fixture
def desktop(portail: str, new_context: Any) -> Iterator[Page]:
    """A page 1280 px wide."""
    yield from watched(new_context(base_url=portail, viewport=DESKTOP))


ON_A_DESKTOP = pytest.mark.long("tests/navigateur/test_browser.py::test_public_page_is_accessible_and_fits")


@pytest.fixture(params=["phone", pytest.param("desktop", marks=ON_A_DESKTOP)])
def screen(request: pytest.FixtureRequest) -> Page:
    """The same test on a phone, where most pages break; and, in script/audit, on a desktop."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def somebody(portail: str, new_context: Any) -> Iterator[Callable[[Compte | None], Page]]:
    """Return a function that opens a browser for a person: `nadia = somebody(compte)`; None for a visitor."""
    pages = []

    def opened(compte: Compte | None = None, viewport: ViewportSize = DESKTOP) -> Page:
        context = new_context(base_url=portail, viewport=viewport)
        pages.append(watched(context))
        if compte is not None:
            sign_in_without_typing(context, compte)
        return next(pages[-1])

    yield opened
    for page in pages:
        next(page, None)


def watched(context: BrowserContext) -> Iterator[Page]:
    """Yield a page; when the test is over, fail if the browser complained."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("console", lambda logged: complaints.append(logged.text) if is_complaint(logged) else None)
    page.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if is_missing(got) else None)
    yield page
    assert complaints == []


def is_complaint(message: Any) -> bool:
    return message.type == "error" and bool(OUR_ERRORS.match(message.text))


def is_missing(response: Any) -> bool:
    """Whether a response is a missing file that a page needs; the test itself checks the status of pages."""
    return response.status >= 400 and response.request.resource_type not in ("document", "xhr", "fetch")


def sign_in_without_typing(context: BrowserContext, compte: Compte) -> None:
    client = Client()
    client.force_login(compte, backend=BY_PASSWORD)
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}])


@pytest.fixture
def enter(portail: str) -> Callable[[Page, Compte], None]:
    """Return a function that signs somebody in on an open page: `enter(phone, compte)`."""
    return lambda page, compte: sign_in_without_typing(page.context, compte)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Return a function that fails for every accessibility violation of the page: `axe(page)`."""
    engine = Axe()

    def check(page: Page) -> None:
        violations = engine.run(page).response["violations"]
        lines = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
            f"    {node['html'][:200]}\n    {node['failureSummary']}"
            for violation in violations
            for node in violation["nodes"]
        ]
        assert not lines, f"{page.url}\n" + "\n".join(lines)

    return check


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """Return a function that fails if the page is wider than its screen, clips text or misses an icon: `fits(page)`."""
    drawn = set(re.findall(r'id="([^"]+)"', (Path(django_settings.BASE_DIR) / "static" / "icons.svg").read_text()))

    def check(page: Page) -> None:
        wide, screen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= screen, f"{page.url} is {wide} px wide on a screen of {screen}."
        assert page.evaluate(CUT) == [], f"{page.url} cuts this at its edge."
        assert page.evaluate(EVERYWHERE["unreached"]) == [], f"{page.url} scrolls this without a focus."
        assert not re.search("{[#%{]|[#%}]}", page.locator("body").inner_text()), (
            f"{page.url} shows a piece of a template."
        )
        icons = page.evaluate(
            "[...document.querySelectorAll('use')].map(one => one.getAttribute('href').split('#')[1])"
        )
        assert set(icons) <= drawn, f"{page.url} names an icon that is not in icons.svg."

    return check


@pytest.fixture
def screenshot(captures: Path) -> Callable[[Page, str], Path]:
    """Return a function that saves the whole page: `screenshot(page, "accueil")` writes captures/accueil-1280.png."""

    def take(page: Page, name: str) -> Path:
        assert page.viewport_size is not None
        file = captures / f"{name}-{page.viewport_size['width']}.png"
        page.screenshot(path=file, full_page=True, animations="disabled")
        return file

    return take


@pytest.fixture
def look(
    axe: Callable[[Page], None], fits: Callable[[Page], None], screenshot: Callable[[Page, str], Path]
) -> Callable[[Page, str], None]:
    """Return a function that checks accessibility and width, and saves the page: `look(page, "accueil")`.

    On a desktop, it looks in the dark too.
    """

    def check(page: Page, name: str) -> None:
        axe(page)
        if page.viewport_size == DESKTOP:
            page.emulate_media(color_scheme="dark")
            axe(page)
            page.emulate_media(color_scheme="light")
        fits(page)
        screenshot(page, name)

    return check
