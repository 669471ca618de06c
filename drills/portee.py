#!/usr/bin/env python3
"""Look, as each person of the cast, for what of a page is cut, out of reach, or read badly by axe.

`python -m drills.portee http://127.0.0.1:8000` reads a running `script/demo` and changes nothing there. Links are
followed as `drills.rondes` does; one page is looked at for each address of the portal and each person: at six widths,
on paper, with wider spaces between letters, with letters twice as large, in the dark.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import django
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, sync_playwright

from checks import markup, reach
from checks.browser import launched
from drills.rondes import Walker, everybody, wander

RESULTS = Path(__file__).with_name("resultats") / "portee.md"
WIDTHS = (320, 640, 768, 800, 912, 1920)
AXE_WIDTHS = (360, 1280)
HEIGHT = 800
# Milliseconds that a page may take on a machine that does other things; beyond, it is a fault of that page alone.
PATIENCE = 120_000
Seen = dict[str, list[str]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m drills.portee", description=__doc__)
    parser.add_argument("base")
    parser.add_argument("--who", action="append", help="these people only, by name; « nobody » is a visitor")
    parser.add_argument("--only", default="", help="the pages whose path holds this")
    parser.add_argument("--without-axe", action="store_true")
    parser.add_argument("--write", action="store_true", help="keep the table in drills/resultats/portee.md")
    options = parser.parse_args(arguments)
    django.setup()
    everyone = everybody(options.base.rstrip("/"))
    walkers = [walker for walker in everyone if not options.who or walker.name in options.who]
    with sync_playwright() as playwright:
        browser = launched(playwright)
        asked = {"axe": not options.without_axe, "only": options.only}
        looked = {walker.name: look(walker, browser, options.base, **asked) for walker in walkers}
        browser.close()
    report = table(looked)
    sys.stdout.write(report)
    if options.write:
        RESULTS.write_text(report, encoding="utf-8")
    return 1 if any(faults for pages in looked.values() for faults in pages.values()) else 0


def look(walker: Walker, browser: Browser, base: str, *, axe: bool, only: str) -> Seen:
    """Return the faults of one page of each address, by path: its code, what is drawn, its title.

    :param only: what these paths hold
    """
    wander(walker)
    context = browser.new_context(
        base_url=base, locale="fr-FR", timezone_id="Europe/Paris", bypass_csp=True, reduced_motion="reduce"
    )
    host = urlsplit(base).hostname
    jar = walker.person.browser.cookies.jar
    context.add_cookies(
        [{"name": cookie.name, "value": cookie.value or "", "domain": host, "path": "/"} for cookie in jar]
    )
    context.set_default_navigation_timeout(PATIENCE)
    page = context.new_page()
    seen, titles = {}, {}
    for path in filter(lambda path: only in path, one_of_each(walker)):
        source = walker.reads(path).text
        code = [f"code: {fault}" for fault in markup.faults_of(source)]
        seen[path] = list(dict.fromkeys([*code, *faults_of(page, path, axe=axe)]))
        if (other := titles.setdefault(page.title(), path)) != path:
            seen[path].append(f"title: « {page.title()} », as {other}")
        print(f"{walker.name}: {path}: {len(seen[path])}", *seen[path], sep="\n    ", flush=True)
    context.close()
    return seen


def one_of_each(walker: Walker) -> Iterator[str]:
    """Yield the first page of each address of urls.py; pages only, no file."""
    from django.urls import Resolver404, resolve

    known = set()
    for path, status in walker.pages.items():
        if status != 200 or path in walker.files:
            continue
        try:
            address = resolve(path).view_name
        except Resolver404:
            continue
        if address not in known:
            known.add(address)
            yield path


def faults_of(page: Page, path: str, *, axe: bool) -> Iterator[str]:
    page.emulate_media(media="screen", color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": HEIGHT})
    try:
        page.goto(path)
        yield from at_each_width(page)
        if axe:
            yield from axe_of(page)
        yield from on_paper(page)
        yield from with_other_letters(page)
    except Error as error:
        yield f"cannot be opened: {error.message.splitlines()[0]}"


def at_each_width(page: Page) -> Iterator[str]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        yield from asked(page, str(width), reach.EVERYWHERE)
        if width in (320, 912, 1920):
            page.reload()  # Chromium keeps the style of some elements of a container that was resized.
            yield from asked(page, str(width), reach.IN_HAND)


def axe_of(page: Page) -> Iterator[str]:
    for width, scheme in (*((width, "light") for width in AXE_WIDTHS), (AXE_WIDTHS[-1], "dark")):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for violation in Axe().run(page).response["violations"]:
            nodes = ", ".join(str(node["target"]) for node in violation["nodes"][:3])
            yield f"axe {width} {scheme}: {violation['id']}: {nodes}"
    page.emulate_media(color_scheme="light")


def on_paper(page: Page) -> Iterator[str]:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": reach.A4, "height": HEIGHT})
    yield from asked(page, "print", reach.EVERYWHERE | reach.PAPER)
    page.emulate_media(media="screen")


def with_other_letters(page: Page) -> Iterator[str]:
    for name, style, widths in (
        ("spaced", reach.TEXT_SPACING, (320, 1280)),
        ("twice", reach.TWICE_THE_LETTERS, (1280,)),
    ):
        tag = page.add_style_tag(content=style)
        for width in widths:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            yield from asked(page, f"{name} {width}", reach.EVERYWHERE)
        tag.evaluate("(tag) => tag.remove()")


def asked(page: Page, where: str, questions: dict[str, str]) -> Iterator[str]:
    for name, question in questions.items():
        yield from (f"{where} {name}: {fault}" for fault in page.evaluate(question)[:5])


def table(looked: dict[str, Seen]) -> str:
    lines = ["# In reach of everybody", "", "| who | pages | faults |", "|---|---|---|"]
    lines += [f"| {name} | {len(seen)} | {sum(map(len, seen.values()))} |" for name, seen in looked.items()]
    where: dict[str, set[str]] = defaultdict(set)
    for seen in looked.values():
        for path, faults in seen.items():
            for fault in faults:
                where[fault].add(path)
    pages, count = sum(map(len, looked.values())), sum(len(each) for seen in looked.values() for each in seen.values())
    lines += ["", f"{pages} pages, {count} faults.", ""]
    by_count = sorted(where.items(), key=lambda fault: (-len(fault[1]), fault[0]))
    lines += [f"- {fault} ({len(paths)}, as {min(paths)})" for fault, paths in by_count]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
