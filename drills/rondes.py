#!/usr/bin/env python3
"""Go everywhere as everybody: what is led to, what answers though nobody was led there, and whose words one reads.

`python -m drills.rondes http://127.0.0.1:8000` walks a running `script/demo`, whose data it changes: use one to throw
away. It reads no table of permissions: what a person may see is what they are led to, and a dossier, a company or a
person of another éditeur is never theirs.
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
# Lists with filters, and pages by the thousand that differ by a number only.
ALIKE = re.compile(r"\d+")
PER_SHAPE = 12
AGENCY = "agence"
PUBLIC = re.compile(r"^/(solutions|verifier|aide|mot-de-passe-oublie|$)")


@dataclass
class Walker:
    """One person, what they were led to, and the forms that they were shown."""

    name: str
    company: str
    person: Person
    pages: dict[str, int] = field(default_factory=dict)
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
    for one in walkers:
        wander(one)
    faults = [fault for one in walkers for fault in one.faults]
    faults += doors_of_others(walkers)
    faults += acts_of_others(walkers)
    report = table(walkers, faults)
    sys.stdout.write(report)
    if options.write:
        RESULTS.write_text(report, encoding="utf-8")
    return 1 if faults else 0


def everybody(base: str) -> Iterator[Walker]:
    """Nobody, then each of the cast, signed in."""
    from segur_portal.demo.cast import PERSONAS

    yield Walker("nobody", "", Person(base))
    for one in PERSONAS:
        person = Person(base)
        person.becomes(f"{one.first_name} {one.last_name}")
        yield Walker(
            f"{one.first_name} {one.last_name}",
            one.company.raison_sociale if one.company else AGENCY,
            person,
        )


def wander(walker: Walker) -> None:
    """Follow every link, the nearest first; a link must lead somewhere."""
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
            found[1] for path, status in walker.pages.items() if status == 200 and (found := NRU.search(path))
        }


def keep_forms(walker: Walker, page: Page) -> None:
    for form in page.forms:
        action = urlsplit(urljoin(page.url, form.action or page.url)).path
        if form.method == "post" and not LEFT_ALONE.match(action) and not _is_of_oneself(form):
            walker.forms.setdefault(action, page.path)


def _is_of_oneself(form: Form) -> bool:
    """Whether it changes the account of whoever posts it: everybody has theirs."""
    return (form.action or "").startswith(("/mon-compte/", "/connexion/"))


def doors_of_others(walkers: list[Walker]) -> list[str]:
    """Ask for every page that somebody else was led to, and find who is given one that nothing led them to."""
    known = {path for one in walkers for path, status in one.pages.items() if status == 200}
    offered = defaultdict(set)
    for one in walkers:
        for path in one.pages:
            offered[path].add(one.company)
    faults = []
    for one in walkers:
        for path in sorted(known - one.pages.keys()):
            if one.is_agency and AGENCY in offered[path]:
                continue  # colleagues read what colleagues read: what they may do there is tried below
            answer, dossier = one.reads(path), NRU.search(path)
            is_theirs = one.is_agency or dossier[1] in one.own if dossier else one.company in offered[path]
            if answer.status_code == 200 and not is_theirs and not PUBLIC.match(path):
                faults.append(f"{one.name} ({one.company or 'nobody'}) reads {path}, led there by nothing")
    return faults


def acts_of_others(walkers: list[Walker]) -> list[str]:
    """Post every form that others were shown, empty; nobody may act on a dossier that is not theirs."""
    actions = {action for one in walkers for action in one.forms}
    faults = []
    for one in walkers:
        for action in sorted(actions - one.forms.keys()):
            status = one.posts(action)
            found = NRU.search(action)
            foreign = bool(found) and not one.is_agency and found[1] not in one.own
            if status in (200, 302, 422) and foreign:
                faults.append(f"{one.name} posts {action}, which answers {status}")
    return faults


def table(walkers: list[Walker], faults: list[str]) -> str:
    lines = ["# Everywhere, as everybody", "", "| who | company | led to | GET | POST |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.name} | {one.company} | {len(one.pages)} | {one.requests['GET']} | {one.requests['POST']} |"
        for one in walkers
    ]
    total = sum((one.requests for one in walkers), Counter())
    lines += ["", f"{total['GET']} GET, {total['POST']} POST. Faults: {len(faults)}.", ""]
    return "\n".join([*lines, *(f"- {fault}" for fault in faults), ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
