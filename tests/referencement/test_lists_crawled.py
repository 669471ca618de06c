"""Every tab, filter and order of every work list: it answers whoever of the ANS reads it, and a tab counts its rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from django.test import Client
from django.urls import reverse

from bench.moment import AT as SPRING
from bench.populate.run import Wanted, populate
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte
from comptes.queries.counts import capped
from comptes.queries.pages import COUNTED
from comptes.rules.listes import PAGE, TEXT, TRI, VUE
from referencement.sweeps import refresh_tours
from segur_portal.demo.verbs import publish_the_catalogue
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories.tours import project_everything
from tests.referencement import test_other_lists as others
from tests.referencement import test_worklists as worklists
from tests.referencement.test_seances import a_sitting

LISTS = (*others.MORE, *worklists.MAKERS, others.SEANCES)
CANDIDATURES = 300
# Longer tabs are not read to their end.
READ_WHOLE = 150
# A word that some rows hold, and one that none holds.
USUAL, UNKNOWN = "résidence", "zzz introuvable"
SignIn = Callable[[Compte], Client]


class Body(HTMLParser):
    """Counts the rows in the bodies of the tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.is_body, self.rows = False, 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.is_body = self.is_body or tag == "tbody"
        self.rows += self.is_body and tag == "tr"

    def handle_endtag(self, tag: str) -> None:
        self.is_body = self.is_body and tag != "tbody"


@dataclass
class Crawl:
    """What one person reads of one list.

    :param at_length: whether every value of its filters and every order is read, or a few
    :param faults: what is wrong, each after the address where it is
    """

    client: Client
    name: str
    at_length: bool
    faults: list[str] = field(default_factory=list)
    asked: int = 0

    def everything(self) -> None:
        """Read every tab, with its filters, its orders and a search."""
        tabs = self.read()["tabs"]
        self.hold(bool(tabs), "no tab", {})
        for tab in tabs:
            vue = parse_qs(tab.query).get(VUE, [""])[0]
            page = self.read(**{VUE: vue})["page"]
            total = COUNTED + 1 if page.paginator.is_longer else page.paginator.count
            says = capped(tab.count) if isinstance(tab.count, int) else tab.count
            self.hold(says in (None, capped(total)), f"the tab says {tab.count} for {total} rows", {VUE: vue})
            if self.at_length or tab is tabs[-1]:
                self._narrow(vue, total)
                self._sort(vue)
                self.hold(self.count(**{VUE: vue, TEXT: USUAL}) <= total, "more rows are found", {VUE: vue})
                self.hold(self.count(**{VUE: vue, TEXT: UNKNOWN}) == 0, "rows hold a word that is nowhere", {VUE: vue})

    def _narrow(self, vue: str, total: int) -> None:
        for filtre, options in self.read(**{VUE: vue})["selects"]:
            values = [value for value, _, _ in options]
            read = values if self.at_length else values[:2]
            counts = [self.count(**{VUE: vue, filtre.name: value}) for value in read]
            told = f"{dict(zip(read, counts, strict=True))} of {total} rows"
            self.hold(max(counts) <= total, told, {VUE: vue, filtre.name: ""})
            if filtre.is_shared_out and len(read) == len(values) and total <= COUNTED:
                self.hold(sum(counts) == total, told, {VUE: vue, filtre.name: ""})

    def _sort(self, vue: str) -> None:
        """Read a tab in each order and in its reverse: its rows are the same."""
        keys = self.keys(**{VUE: vue})
        headings = [heading for heading in self.read(**{VUE: vue})["headings"] if heading.query]
        for heading in headings if self.at_length else headings[:1]:
            tri = parse_qs(heading.query)[TRI][0].removeprefix("-")
            for order in (tri, f"-{tri}"):
                again = self.keys(**{VUE: vue, TRI: order})
                self.hold(len(keys) == READ_WHOLE or again == keys, "other rows", {VUE: vue, TRI: order})

    def keys(self, **address: str) -> set[int]:
        """Return the keys of the rows of an address, on all its pages; `READ_WHOLE` at most."""
        page = self.read(**address)["page"]
        keys = list(page.keys)
        while page.has_next and len(keys) < READ_WHOLE:
            page = self.read(**address, **{PAGE: str(page.next_page_number)})["page"]
            keys += page.keys
        self.hold(len(keys) == len(set(keys)), "a row is on two pages", address)
        self.hold(len(keys) == min(page.paginator.count, READ_WHOLE), f"{len(keys)} rows on its pages", address)
        return set(keys)

    def count(self, **address: str) -> int:
        extent = self.read(**address)["page"].paginator
        return COUNTED + 1 if extent.is_longer else int(extent.count)

    def read(self, **address: str) -> Any:
        """Return what the page of an address was drawn with."""
        self.asked += 1
        answer = self.client.get(reverse(self.name), address)
        assert answer.status_code == 200, f"{self.name}?{urlencode(address)}: {answer.status_code}"
        context, page = answer.context, answer.context["page"]
        body = Body()
        body.feed(answer.content.decode().partition("<main")[2])
        # Alike notifications of an hour are one line.
        least = min(len(page.keys), 1) if self.name == others.NOTIFICATIONS else len(page.keys)
        self.hold(body.rows >= least, f"{body.rows} lines for {len(page.keys)} rows", address)
        self.hold(not context["asked"].unknown, f"{context['asked'].unknown} is not understood", address)
        return context

    def hold(self, is_so: bool, fault: str, address: dict[str, str]) -> None:
        if not is_so:
            self.faults.append(f"{self.name}?{urlencode(address)}: {fault}")


def crawled(client: Client, *, at_length: bool) -> tuple[list[str], int]:
    """Read every list as somebody; return what is wrong, and how many addresses were asked."""
    crawls = [Crawl(client, name, at_length) for name in LISTS]
    for crawl in crawls:
        crawl.everything()
    return [fault for crawl in crawls for fault in crawl.faults], sum(crawl.asked for crawl in crawls)


@pytest.fixture
def team(db: None) -> Iterator[Team]:
    """A row of each list, or a few."""
    with clock.travel(others.AT):
        made = others.make_team_that_waits()
        for number, row in enumerate(worklists.MAKERS.values()):
            row(made, worklists.another(made, number))
        a_sitting()
        project_everything(at=others.AT)
        yield made


def test_tabs_filters_and_orders_of_every_list_answer(team: Team, sign_in: SignIn) -> None:
    team.instructeur.roles_ans = [RoleANS.RESPONSABLE_INSTRUCTION.value, RoleANS.SECRETAIRE_COLLEGE.value]
    team.instructeur.save()

    faults, _ = crawled(sign_in(team.instructeur), at_length=False)

    assert not faults, "\n".join(faults)


@pytest.mark.long("tests/referencement/test_lists_crawled.py::test_tabs_filters_and_orders_of_every_list_answer")
def test_tabs_filters_and_orders_of_three_hundred_candidatures_answer(transactional_db: None, sign_in: SignIn) -> None:
    with clock.travel(SPRING):
        publish_the_catalogue(at=make.OPENING)
        populate(Wanted(CANDIDATURES))
        refresh_tours()
        roles = [role for role in RoleANS if role != RoleANS.AUDITEUR]
        people = [Compte.objects.filter(roles_ans__contains=[role]).order_by("-pk")[0] for role in roles]
        read = [crawled(sign_in(person), at_length=True) for person in people]

    faults = [fault for of_one, _ in read for fault in of_one]
    print(f"{sum(asked for _, asked in read)} addresses asked as {len(people)} people, {len(faults)} faults")  # noqa: T201 -- the audit shows it
    assert not faults, "\n".join(faults)
