"""Every address × every role × GET and POST, on one's own object and on somebody else's, against `urls_table.py`."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.conf import settings
from django.db import InternalError, connection, reset_queries, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLPattern, URLResolver, clear_url_caches, get_resolver, path, reverse

from candidatures.models import Candidature
from candidatures.operations.candidatures import CandidatureNotPossible
from comptes import clock
from comptes.models import Compte
from comptes.operations.agents import suspend_agent
from comptes.operations.rattachements import detach
from preuves.operations.instruction import claim_chapitre
from preuves.operations.secondes_lectures import accept_seconde_lecture, ask_seconde_lecture
from referencement.models import Examen
from referencement.operations.retraits import withdraw_candidature
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.urls_cast import NOT_YET_SAID, Cast, browser, cast_of_a_module
from tests.urls_table import ROLES, TABLE

cast = cast_of_a_module()

# With the demonstration's addresses, whose doors must be closed: DEMO is off.
ADDRESSES = "tests.demo.urls"
METHODS = ("GET", "POST")
MOST_QUERIES = 15
# What a browser posts of a form where nothing was typed.
EMPTY = {"csrfmiddlewaretoken": "-"}
# The title of a page that answers a refused act.
REFUSED = re.compile(r"<title>\s*Erreur")
# It compares two REM and the former table, then says what changes for each candidature.
MORE_QUERIES = {"preuves:equivalences_preview": 19}


# -- the table ------------------------------------------------------------------------------------------------------


def read(table: str) -> dict[tuple[str, str], dict[str, str]]:
    rows: dict[tuple[str, str], dict[str, str]] = {}
    heading, *lines = filter(None, map(str.split, table.splitlines()))
    assert heading == list(ROLES), "The table's heading must name the roles in order."
    for name, method, *cells in lines:
        assert (name, method) not in rows, f"{name} {method} is written twice."
        assert len(cells) == len(ROLES), f"{name} {method} has {len(cells)} cells for {len(ROLES)} roles."
        rows[name, method] = dict(zip(ROLES, cells, strict=True))
    return rows


def written(name: str, method: str, cells: dict[str, str]) -> str:
    """Write a row as it stands in the table, to be judged and pasted."""
    return " ".join([f"{name:<32} {method:<4}", *(f"{cells[role]:<5}" for role in ROLES)]).rstrip()


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each address's name and the names of its parameters."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            assert isinstance(entry, URLPattern)
            assert entry.name, f"The address {entry.pattern} has no name."
            yield prefix + entry.name, tuple(entry.pattern.converters)


ROWS = read(TABLE)


@pytest.fixture(scope="module")
def portal() -> Iterator[dict[str, tuple[str, ...]]]:
    """The portal's addresses, with those of the demonstration."""
    with override_settings(ROOT_URLCONF=ADDRESSES):
        clear_url_caches()
        yield dict(addresses(get_resolver(ADDRESSES)))
    clear_url_caches()


def test_every_address_is_in_the_table(portal: dict[str, tuple[str, ...]]) -> None:
    wanted = {(name, method) for name in portal for method in METHODS}

    missing, vanished = wanted - ROWS.keys(), ROWS.keys() - wanted
    assert not missing, f"Write these rows in tests/urls_table.py: {sorted(missing)}"
    assert not vanished, f"Erase these rows, whose address is no more: {sorted(vanished)}"


# -- the walk -------------------------------------------------------------------------------------------------------


def knock(client: Client, method: str, url: str, typed: dict[str, Any] | None = None) -> str:
    """Ask, note the status, and undo whatever was done; the browser forgets it too."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = client.post(url, typed or EMPTY) if method == "POST" else client.get(url)
        content = b"".join(response)  # a file that is sent is closed at its end
        transaction.set_rollback(True)
    client.cookies = cookies
    if response.status_code == 302 and response["Location"].startswith(reverse(settings.LOGIN_URL) + "?next="):
        return "login"
    if method == "POST" and response.status_code in (409, 422) and response["Content-Type"].startswith("text/html"):
        assert REFUSED.search(content.decode()), f"{url} refuses without « Erreur » in its title."
    return str(response.status_code)


@pytest.mark.parametrize(("name", "method"), ROWS, ids=map(" ".join, ROWS))
def test_each_role_gets_what_the_table_says_for_few_queries(cast: Cast, portal: Any, name: str, method: str) -> None:
    assert list(cast.browsers) == list(ROLES)
    url = cast.ours.url(name, portal[name])
    got, asked = {}, {}
    reset_queries()  # what the log holds is bounded
    for role, client in cast.browsers.items():
        with CaptureQueriesContext(connection) as queries:
            got[role] = knock(client, method, url, cast.ours.typed.get(name))
        asked[role] = len([query for query in queries if "SAVEPOINT" not in query["sql"] and query["sql"][:3] != "SET"])

    assert got == ROWS[name, method], f"\nThe portal answers:\n{written(name, method, got)}"
    assert (
        method == "POST"
        or {role: count for role, count in asked.items() if count > MORE_QUERIES.get(name, MOST_QUERIES)} == {}
    )


@pytest.mark.parametrize(("name", "method"), ROWS, ids=map(" ".join, ROWS))
def test_company_s_people_are_strangers_at_the_others(cast: Cast, portal: Any, name: str, method: str) -> None:
    assert_strangers(cast, portal, name, method, ("mand", "sala", "stra"))


@pytest.mark.long("tests/test_permission_table.py::test_company_s_people_are_strangers_at_the_others")
@pytest.mark.parametrize(("name", "method"), ROWS, ids=map(" ".join, ROWS))
def test_each_role_is_a_stranger_at_the_others(cast: Cast, portal: Any, name: str, method: str) -> None:
    assert_strangers(cast, portal, name, method, ROLES)


def assert_strangers(cast: Cast, portal: Any, name: str, method: str, roles: Iterable[str]) -> None:
    """The people of our company get on the others' objects what strangers get on ours; the ANS gets the same."""
    if not portal[name]:
        return  # no object: nothing here belongs to anybody
    url, typed = cast.theirs.url(name, portal[name]), cast.theirs.typed.get(name)
    got = {role: knock(cast.browsers[role], method, url, typed) for role in roles}

    row = ROWS[name, method]
    wanted = row | dict.fromkeys(cast.ours.people, row["stra"]) | {"stra": row["mand"]}
    assert got == {role: wanted[role] for role in roles}, f"\nThe portal answers:\n{got}"


# -- once something ended -------------------------------------------------------------------------------------------

# What a company's people may still do about a candidature that they withdrew: write, and take back what they asked.
ABOUT_WHAT_IS_WITHDRAWN = {
    "referencement:derogation_withdraw",
    "referencement:messages",
    "referencement:messages_read",
}


@contextmanager
def only_meanwhile() -> Iterator[None]:
    """Undo, at the end, whatever was done."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def walk(cast: Cast, portal: Any, role: str) -> dict[tuple[str, str], str]:
    """What that person now gets of each address that has an object, and posts there."""
    client, ours = cast.browsers[role], cast.ours
    return {
        (name, method): knock(client, method, ours.url(name, portal[name]), ours.typed.get(name))
        for name, method in ROWS
        if portal[name]
    }


def test_who_left_the_editeur_is_a_stranger_there(cast: Cast, portal: Any) -> None:
    seats = cast.ours.people["sala"].rattachements.all()
    with only_meanwhile():
        for seat in seats:
            detach(rattachement_id=seat.pk, by=cast.ours.people["mand"], at=make.SUMMER)
        got = walk(cast, portal, "sala")

    assert {row: status for row, status in got.items() if status != ROWS[row]["stra"]} == {}


def test_agent_who_is_suspended_is_nobody(cast: Cast, portal: Any) -> None:
    suspended = Compte.objects.get(pk=cast.browsers["inst"].session["_auth_user_id"])
    administrateur = Compte.objects.get(pk=cast.browsers["admi"].session["_auth_user_id"])
    with only_meanwhile():
        suspend_agent(compte_id=suspended.pk, by=administrateur, at=make.SUMMER)
        got = walk(cast, portal, "inst")

    assert {row: status for row, status in got.items() if status != ROWS[row]["anon"]} == {}


def test_nothing_is_done_to_what_is_withdrawn(cast: Cast, portal: Any) -> None:
    mandataire, ours = cast.ours.people["mand"], cast.ours
    with only_meanwhile():
        withdrawn = set()
        for candidature in Candidature.objects.filter(produit__editeur=ours.people["mand"].rattachements.get().editeur):
            with suppress(CandidatureNotPossible), transaction.atomic():
                withdraw_candidature(candidature_id=candidature.pk, by=mandataire, at=make.SUMMER)
                withdrawn.add(candidature.nru)
        got = walk(cast, portal, "mand")
        about = {row for row in got if ours.url(row[0], portal[row[0]]).split("/")[2:3] in [[nru] for nru in withdrawn]}

    assert len(withdrawn) > 3
    done = {name for name, method in about if method == "POST" and got[name, method] == "302"}
    assert done <= ABOUT_WHAT_IS_WITHDRAWN, sorted(done - ABOUT_WHAT_IS_WITHDRAWN)


# -- before a séance is closed --------------------------------------------------------------------------------------


def read_everywhere(cast: Cast, portal: Any, examen: Examen, role: str) -> set[str]:
    """The addresses whose page, about this examen or its candidature, gives that person its motif."""
    about = {"nru": examen.candidature.nru, "seance_id": examen.seance_id}
    told = set()
    for name, method in ROWS:
        if method == "GET":
            known = cast.ours.keys | cast.ours.special.get(name, {}) | about
            with suppress(NoReverseMatch):
                url = reverse(name, kwargs={key: known[key] for key in portal[name]})
                with transaction.atomic():
                    answer = cast.browsers[role].get(url)
                    content = b"".join(answer).decode(errors="replace")
                    transaction.set_rollback(True)
                if NOT_YET_SAID in content:
                    told.add(name)
    return told


@pytest.mark.long("tests/test_permission_table.py::test_nobody_outside_the_college_reads_a_decision_before_the_closing")
def test_no_role_outside_the_college_reads_a_decision_before_the_closing(cast: Cast, portal: Any) -> None:
    examen = Examen.objects.get(seance_id=cast.ours.special["referencement:examen_preview"]["seance_id"])
    outside = [*cast.ours.people, "anon", "stra"]
    assert {role: read_everywhere(cast, portal, examen, role) for role in outside} == {role: set() for role in outside}


def test_nobody_outside_the_college_reads_a_decision_before_the_closing(cast: Cast, portal: Any) -> None:
    examen = Examen.objects.get(seance_id=cast.ours.special["referencement:examen_preview"]["seance_id"])
    outside = ("mand", "anon", "stra")
    assert {role: read_everywhere(cast, portal, examen, role) for role in outside} == {role: set() for role in outside}
    assert read_everywhere(cast, portal, examen, "secr")

    closed_at = examen.seance.held_at
    with only_meanwhile(), clock.travel(closed_at):
        examen.seance.close(by=examen.seance.secretaire, at=closed_at)
        examen.seance.save()
        examen.refuse(at=closed_at)
        examen.save()
        read = {role: read_everywhere(cast, portal, examen, role) for role in ("mand", "anon", "stra")}
    assert read["mand"]
    assert not read["anon"] | read["stra"]


# -- a GET that writes ----------------------------------------------------------------------------------------------


def writes(request: HttpRequest) -> HttpResponse:
    Compte.objects.create_user("ecrit@sirocco.example", first_name="Écrit", last_name="En lisant")
    return HttpResponse("written")


writes.login_required = False  # type: ignore[attr-defined]
urlpatterns = [path("ecrit/", writes, name="writes")]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_safe_method_that_writes_is_refused_by_the_database(db: None, client: Client, method: str) -> None:
    with pytest.raises(InternalError, match="read-only transaction"):
        client.generic(method, "/ecrit/")

    assert Compte.objects.count() == 0


@pytest.mark.urls(__name__)
def test_post_writes_even_after_a_get_that_was_refused(db: None, client: Client) -> None:
    with pytest.raises(InternalError):
        client.get("/ecrit/")

    assert client.post("/ecrit/").content == b"written"
    assert Compte.objects.count() == 1


# -- an expert ------------------------------------------------------------------------------------------------------


def near(portal: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """The rows of the preuves of a candidature, among which is what an expert reads."""
    return [(name, method) for name, method in ROWS if name.startswith("preuves:") and "nru" in portal[name]]


def test_expert_reads_one_chapitre_and_nothing_else_of_the_preuves(cast: Cast, portal: Any) -> None:
    assert_expert_is_a_stranger(cast, portal, near(portal))


@pytest.mark.long("tests/test_permission_table.py::test_expert_reads_one_chapitre_and_nothing_else_of_the_preuves")
def test_expert_reads_one_chapitre_and_nothing_else(cast: Cast, portal: Any) -> None:
    assert_expert_is_a_stranger(cast, portal, set(ROWS) - set(near(portal)))


def assert_expert_is_a_stranger(cast: Cast, portal: Any, rows: Iterable[tuple[str, str]]) -> None:
    """Somebody asked for a second reading gets, of everything else, what a stranger gets."""
    instructeur = Compte.objects.get(pk=cast.browsers["inst"].session["_auth_user_id"])
    at = cast.ours.special["preuves:examen"]
    chapitre = prove.the_chapitre(Candidature.objects.get(nru=at["nru"]), at["code"])
    with only_meanwhile():
        claim_chapitre(chapitre_id=chapitre.pk, by=instructeur, at=make.SUMMER)
        lecture = ask_seconde_lecture(
            chapitre_id=chapitre.pk,
            email="ada@labo.example",
            names=("Ada", "Morel"),
            question="Cette preuve suffit-elle ?",
            before=make.SUMMER.date(),
            by=instructeur,
            at=make.SUMMER,
        )
        accept_seconde_lecture(lecture_id=lecture.pk, declares=True, by=lecture.expert, at=make.SUMMER)
        page = reverse("preuves:seconde_lecture", args=[lecture.pk])
        expert = browser(lecture.expert)
        got = {
            (name, method): knock(expert, method, cast.ours.url(name, portal[name]), cast.ours.typed.get(name))
            for name, method in rows
            if portal[name] and name != "preuves:seconde_lecture"
        }
        reached = knock(expert, "GET", page)

    assert reached == "200"
    assert {row: status for row, status in got.items() if status != ROWS[row]["stra"]} == {}
