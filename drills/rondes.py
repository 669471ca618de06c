#!/usr/bin/env python3
"""Crawl the portal as each person of the cast: broken links, and pages or acts that a person reaches and should not.

`python -m drills.rondes http://127.0.0.1:8000` crawls a running `script/demo`, and changes its data: use one that you
can throw away. It reads no table of permissions: a person may see what links lead them to, and a dossier, a company or
a person of another éditeur is never theirs.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

from checks.person import Form, Page, Person

RESULTS = Path(__file__).with_name("resultats") / "rondes.md"
MOST = 500  # pages of one person: beyond, the same ones of other dossiers
NRU = re.compile(r"/candidatures/([A-Z]+-\d{4}-\d{5}-[A-Z])/")
LEFT_ALONE = re.compile(r"^/(demo|deconnexion|static|connexion/fournisseur)")
# Addresses that differ by a number only have the same shape; so many of each shape are visited.
ALIKE = re.compile(r"\d+")
PER_SHAPE = 12
AGENCY = "agence"
PUBLIC = re.compile(r"^/(solutions|verifier|aide|mot-de-passe-oublie|$)")


@dataclass
class Walker:
    """One person, the pages that links led them to, and the forms that they were shown.

    :param pages: status of each page, by path
    :param files: paths that answered with something else than a page
    :param forms: the page that showed each form, by address of the form
    :param own: NRU of the candidatures of an éditeur's person
    """

    name: str
    company: str
    person: Person
    pages: dict[str, int] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    forms: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)

    @property
    def is_agency(self) -> bool:
        return self.company == AGENCY

    def reads(self, path: str) -> httpx.Response:
        self.requests["GET"] += 1
        answer = self.person.browser.get(path, follow_redirects=False)
        if answer.status_code >= 500:
            self.faults.append(f"{self.name}: GET {path} answers {answer.status_code}")
        return answer

    def posts(self, path: str) -> int:
        self.requests["POST"] += 1
        token = self.person.browser.cookies.get("csrftoken", "")
        answer = self.person.browser.post(path, data={"csrfmiddlewaretoken": token}, follow_redirects=False)
        if answer.status_code >= 500:
            self.faults.append(f"{self.name}: POST {path} answers {answer.status_code}")
        led_away = answer.status_code == 302 and "/connexion/" in answer.headers.get("location", "")
        return 401 if led_away else answer.status_code


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m drills.rondes", description=__doc__)
    parser.add_argument("base")
    parser.add_argument("--write", action="store_true", help="keep the table in drills/resultats/rondes.md")
    options = parser.parse_args(arguments)
    walkers = list(everybody(options.base.rstrip("/")))
    for walker in walkers:
        wander(walker)
    faults = [fault for walker in walkers for fault in walker.faults]
    faults += pages_of_others(walkers)
    faults += acts_of_others(walkers)
    report = table(walkers, faults)
    sys.stdout.write(report)
    if options.write:
        RESULTS.write_text(report, encoding="utf-8")
    return 1 if faults else 0


def everybody(base: str) -> Iterator[Walker]:
    """Yield a visitor without an account, then each person of the cast, signed in."""
    from segur_portal.demo.cast import PERSONAS

    yield Walker("nobody", "", Person(base))
    for persona in PERSONAS:
        person = Person(base)
        person.becomes(f"{persona.first_name} {persona.last_name}")
        yield Walker(
            f"{persona.first_name} {persona.last_name}",
            persona.company.raison_sociale if persona.company else AGENCY,
            person,
        )


def wander(walker: Walker) -> None:
    """Follow every link, breadth first; a link that leads to a 403, 404 or 410 is a fault."""
    waiting, seen, shapes = deque(["/"]), {"/"}, Counter()
    while waiting and len(walker.pages) < MOST:
        path = waiting.popleft()
        answer = walker.reads(path)
        walker.pages[path] = answer.status_code
        if answer.status_code in (403, 404, 410):
            walker.faults.append(f"{walker.name}: a link leads to {path}, which answers {answer.status_code}")
        links = [answer.headers.get("location", "")] if answer.is_redirect else []
        if "html" in answer.headers.get("content-type", ""):
            page = Page(answer)
            links += [href for href, _ in page.links]
            keep_forms(walker, page)
        else:
            walker.files.add(path)
        for href in links:
            there = urlsplit(urldefrag(urljoin(str(answer.url), href))[0])
            shape = ALIKE.sub("0", there.path)
            if (
                not there.path
                or there.netloc != answer.url.netloc.decode()
                or there.path in seen
                or LEFT_ALONE.match(there.path)
            ):
                continue
            seen.add(there.path)
            shapes[shape] += 1
            if shapes[shape] <= PER_SHAPE:
                waiting.append(there.path)
    if not walker.is_agency:
        walker.own = {
            match[1] for path, status in walker.pages.items() if status == 200 and (match := NRU.search(path))
        }


def keep_forms(walker: Walker, page: Page) -> None:
    for form in page.forms:
        action = urlsplit(urljoin(page.url, form.action or page.url)).path
        if form.method == "post" and not LEFT_ALONE.match(action) and not _is_of_oneself(form):
            walker.forms.setdefault(action, page.path)


def _is_of_oneself(form: Form) -> bool:
    """Whether a form changes the account of whoever posts it, as everybody may."""
    return (form.action or "").startswith(("/mon-compte/", "/connexion/"))


def pages_of_others(walkers: list[Walker]) -> list[str]:
    """Ask, as each person, for the pages that others were led to; list those that open and should not."""
    known = {path for walker in walkers for path, status in walker.pages.items() if status == 200}
    offered = defaultdict(set)
    for walker in walkers:
        for path in walker.pages:
            offered[path].add(walker.company)
    faults = []
    for walker in walkers:
        for path in sorted(known - walker.pages.keys()):
            if walker.is_agency and AGENCY in offered[path]:
                continue  # colleagues read what colleagues read: what they may do there is tried below
            answer, dossier = walker.reads(path), NRU.search(path)
            is_theirs = walker.is_agency or dossier[1] in walker.own if dossier else walker.company in offered[path]
            if answer.status_code == 200 and not is_theirs and not PUBLIC.match(path):
                faults.append(f"{walker.name} ({walker.company or 'nobody'}) reads {path}, led there by nothing")
    return faults


def acts_of_others(walkers: list[Walker]) -> list[str]:
    """Post, empty, as each person, the forms shown to others; list those accepted on another éditeur's dossier."""
    actions = {action for walker in walkers for action in walker.forms}
    faults = []
    for walker in walkers:
        for action in sorted(actions - walker.forms.keys()):
            status = walker.posts(action)
            match = NRU.search(action)
            foreign = bool(match) and not walker.is_agency and match[1] not in walker.own
            if status in (200, 302, 422) and foreign:
                faults.append(f"{walker.name} posts {action}, which answers {status}")
    return faults


def table(walkers: list[Walker], faults: list[str]) -> str:
    lines = ["# Everywhere, as everybody", "", "| who | company | led to | GET | POST |", "|---|---|---|---|---|"]
    lines += [
        f"| {walker.name} | {walker.company} | {len(walker.pages)} | {walker.requests['GET']} "
        f"| {walker.requests['POST']} |"
        for walker in walkers
    ]
    total = sum((walker.requests for walker in walkers), Counter())
    lines += ["", f"{total['GET']} GET, {total['POST']} POST. Faults: {len(faults)}.", ""]
    return "\n".join([*lines, *(f"- {fault}" for fault in faults), ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
