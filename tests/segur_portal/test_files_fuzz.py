"""Broken files, at every door that receives one: each is kept, or refused in a French sentence and nothing of it stays.

`script/audit files` sends five thousand of them, and opens those that were kept.
"""

import base64
import gc
import hashlib
import inspect
import json
import logging
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from lxml import html

from candidatures.enums import VoletKind
from candidatures.models import Candidature, Message, Piece
from comptes import clock
from comptes.enums import RoleANS
from guichets.models import Capture
from preuves.catalogue.natures import NATURES
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.effects import draw_pages, probe_piece, scan_piece
from preuves.enums import Forme
from preuves.models import Envoi, ImportDEquivalences, ImportDuREM, PartieRecue, Revision
from preuves.operations.envois import settle_envoi
from tests.candidatures.conftest import make_team
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories import equivalences as equal
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.broken_files import mutants
from tests.lengths import SHARES, TIMES
from tests.preuves.test_workbook_fuzz import memory

SENT = 22 if TIMES == 1 else 63 * TIMES
OPENED = 3 if TIMES == 1 else 400 // SHARES
"""How many of those that were kept are opened afterwards, each in a process apart."""
LONGEST = 20
"""Seconds, for one file."""
GROWTH = 60
"""Megabytes that this process may keep, once it has sent the first tenth."""
KEPT: tuple[type[Model], ...] = (
    *(Piece, Message, Capture, Revision, Envoi, PartieRecue, ImportDuREM, ImportDEquivalences),
)
WITH_FILES = [nature for nature, spec in NATURES.items() if spec.forme is Forme.FILES]
# What a page says of a refusal: beside a field, at its top, or in a message.
REFUSALS = (
    "//*[contains(@class, 'ps-field-errors') or contains(@class, 'ps-errors') or contains(@class, 'ps-alert')]"
    "//*[self::li or self::p]"
)
BAD_REQUEST = "//p[contains(@class, 'ps-lead')]"
BOUNDARY = "une-frontiere-que-rien-ne-contient"


@dataclass(frozen=True)
class Sent:
    """What the portal answered to a file. `sentences`: why it is refused."""

    status: int
    is_kept: bool
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Door:
    """One place where a file is received.

    :param source: the name of the view's module
    :param send: sends a file, given its name and content
    """

    name: str
    source: str
    send: Callable[[str, bytes, random.Random], Sent]


@dataclass
class Report:
    sent: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    longest: float = 0.0

    def __str__(self) -> str:
        refused = self.sent.total() - self.kept.total()
        return (
            f"{self.sent.total()} files at {len(self.sent)} doors, {refused} refused in words, "
            f"{self.opened.total()} opened, {self.longest:.1f} s at most"
        )


# -- the doors ------------------------------------------------------------------------------------------------------


def as_form(fields: dict[str, str], at: str, name: str, content: bytes, *, raw: bool) -> bytes:
    """Write a form as a browser does, or with the name of the file exactly as it is."""
    if not raw:
        name = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    header = f'Content-Disposition: form-data; name="{at}"; filename="{name}"\r\nContent-Type: application/x\r\n\r\n'
    parts.append(header.encode(errors="surrogatepass") + content)
    edge = f"--{BOUNDARY}".encode()
    return b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts) + edge + b"--\r\n"


def posted(client: Client, url: str, fields: dict[str, str], at: str, name: str, content: bytes, *, raw: bool) -> Sent:
    body = as_form(fields, at, name, content, raw=raw)
    answer: Any = client.generic("POST", url, body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        answered = answer.json()
        return Sent(answer.status_code, "piece" in answered, tuple(filter(None, [answered.get("erreur", "")])))
    if answer.status_code == 302:
        return Sent(302, is_kept=True)
    page = html.document_fromstring(answer.content.decode())
    refusals = BAD_REQUEST if answer.status_code == 400 else REFUSALS
    sentences = tuple(" ".join(element.text_content().split()) for element in page.xpath(refusals))
    return Sent(answer.status_code, is_kept=False, sentences=tuple(filter(None, sentences)))


def declared(client: Client, candidature: Candidature, name: str, content: bytes, dice: random.Random) -> Sent:
    """Declare a file, send its parts, and have it verified; what is declared is sometimes not what comes."""
    size = portal.UPLOAD_PART_SIZE
    parts = [content[start : start + size] for start in range(0, len(content), size)]
    declaration: dict[str, Any] = {
        "nature": dice.choice(WITH_FILES).value,
        "nom": name,
        "taille": len(content),
        "partie": size,
        "empreintes": [hashlib.sha256(part).hexdigest() for part in parts],
        "debut": base64.b64encode(content[:8192]).decode(),
    }
    if dice.random() < 0.3:
        far = (None, -1, 0, 1e400, 10**30, "", "\ud800", [], {}, ["a"], True, "x" * 5000, float("nan"), [[[]]])
        declaration[dice.choice(list(declaration))] = dice.choice(far)
    body: str | bytes = json.dumps(declaration)
    if dice.random() < 0.05:
        body = dice.choice(
            (b"", b"null", b"[]", b"[" * 200_000, b"\xff", b'{"nature":' * 3000, b"9" * 10_000, body[:40])
        )
    answer: Any = client.generic("POST", reverse("preuves:envois", args=[candidature.nru]), body, "application/json")
    if answer.status_code != 200:
        return Sent(answer.status_code, is_kept=False, sentences=(answer.json()["erreur"],))
    envoi = answer.json()["envoi"]
    for number, part in enumerate(parts, start=1):
        content = bytes(reversed(part)) if dice.random() < 0.1 else part
        url = reverse("preuves:part", args=[candidature.nru, envoi, number])
        answer = client.generic("PUT", url, content, "application/octet-stream")
        if answer.status_code != 204:
            client.delete(reverse("preuves:envoi", args=[candidature.nru, envoi]))
            return Sent(answer.status_code, is_kept=False, sentences=(answer.json()["erreur"],))
    settle_envoi(envoi_id=envoi, at=clock.now())
    state = client.get(reverse("preuves:envoi", args=[candidature.nru, envoi])).json()
    if not state["piece"]:
        Envoi.objects.filter(pk=envoi).delete()  # it stays, to say why: nothing of the file does
    return Sent(200, bool(state["piece"]), () if state["piece"] else (state["phrase"],))


def brought(client: Client, candidature: Candidature, name: str, content: bytes, dice: random.Random) -> Sent:
    """Bring a file among many, under the N° of a preuve; the page says of each what becomes of it."""
    numero = f"TOU.01.01.{dice.randint(1, len(WITH_FILES)):02}"
    fields = {"evidence_date": "2026-06-20", "version_technique": "4.2.1"}
    body = as_form(fields, "fichiers", f"{numero} {name}", content, raw=dice.random() < 0.5)
    url = reverse("preuves:ensemble", args=[candidature.nru])
    answer: Any = client.generic("POST", url, body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
    page = html.document_fromstring(answer.content.decode())
    sorts = page.xpath("//tr/@data-sort")
    told = page.xpath("//tr[@data-sort]/td[last()]" if sorts else f"{REFUSALS} | {BAD_REQUEST}")
    sentences = tuple(" ".join(sentence.text_content().split()) for sentence in told)
    return Sent(answer.status_code, is_kept=sorts == ["ready"], sentences=sentences)


def browser(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend=BY_PASSWORD)
    return client


def a_rem_of_files() -> RemSpec:
    """A REM with one preuve of each nature that is files."""
    preuves = [prove.a_preuve_spec(f"TOU.01.01.{number:02}", nature) for number, nature in enumerate(WITH_FILES, 1)]
    return RemSpec((ChapitreSpec("TOU", "Toutes les natures", (prove.an_exigence("TOU.01", *preuves),)),))


def doors() -> list[Door]:
    """Every door, open, with what its form needs besides a file."""
    prove.a_rem(a_rem_of_files())
    equal.an_essai_rem()
    team = make_team()
    blank = make.a_candidature(make.a_produit(team.editeur, team.mandataire, "À remplir"), team.mandataire)
    proved = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    demande = desks.a_demande(proved, team.mandataire, desks.cnda("DMP"), at=make.SUMMER)
    editeur, admin = browser(team.mandataire), browser(make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))
    line = {"nom": "Alizé", "nil": "NIL-2", "version": "4.2"}
    volet = {"seen_version": "0", "noms_commerciaux-count": "1", "noms_commerciaux-stance": "lignes"}
    volet |= {f"noms_commerciaux-0-{code}": value for code, value in line.items()}
    capture = {"etape": "pre_examen", "date_etape": "2026-06-30", "logiciel": "Sirocco Résidence", "nil": "NIL-1"}
    about = {"echeance": "date-1", "motive": "Incident."}
    rem = {"dispositif": make.DUI, "date": "2026-07-01"}

    def form(name: str, source: str, at: str, fields: dict[str, str], args: list[Any], who: Client = editeur) -> Door:
        url = reverse(name, args=args)
        return Door(
            f"{name} {at}{' to read' if 'lire' in fields else ''}",
            source,
            lambda named, content, dice: posted(who, url, fields, at, named, content, raw=dice.random() < 0.5),
        )

    def deposit(named: str, content: bytes, dice: random.Random) -> Sent:
        numero = f"TOU.01.01.{dice.randint(1, len(WITH_FILES)):02}"
        fields = {"seen": "0", "evidence_date": "2026-06-20", "version_technique": "4.2.1", "comment": ""}
        url = reverse("preuves:preuve", args=[proved.nru, numero])
        return posted(editeur, url, fields, "fichiers", named, content, raw=dice.random() < 0.5)

    def parts(named: str, content: bytes, dice: random.Random) -> Sent:
        return declared(editeur, proved, named, content, dice)

    eligible, annotated = [blank.nru, VoletKind.ELIGIBILITE], rem | {"workbook": ""}
    return [
        form("candidatures:volet", "candidatures.views.volets", "noms_commerciaux-0-attestation", volet, eligible),
        Door("preuves:preuve", "preuves.views.preuve", deposit),
        Door("preuves:envois", "preuves.views.envois", parts),
        Door("preuves:ensemble", "preuves.views.ensemble", partial(brought, editeur, proved)),
        form("preuves:tableau", "preuves.views.tableaux", "tableau", {}, [*eligible, "distributeurs"]),
        form("preuves:classeur", "preuves.views.classeur", "classeur", {}, [proved.nru]),
        form("guichets:capture", "guichets.views.captures", "capture", capture, [proved.nru, demande.pk]),
        form("guichets:capture", "guichets.views.captures", "capture", {"lire": ""}, [proved.nru, demande.pk]),
        form("referencement:messages", "referencement.views.messages", "joined", a_message(), [proved.nru]),
        form("referencement:derogation_ask", "referencement.views.requetes", "joined", about, [blank.nru]),
        form("preuves:rem_import", "preuves.views.rem", "workbook", rem, [], admin),
        form("preuves:rem_import", "preuves.views.rem", "annotations", annotated, [], admin),
        form("preuves:equivalences_import", "preuves.views.equivalences", "workbook", a_table(), [], admin),
    ]


def a_message() -> dict[str, str]:
    return {"token": "le-jeton-d-un-formulaire", "text": "Bonjour."}


def a_table() -> dict[str, str]:
    return {"source": equal.ESSAI, "cible": equal.DUI, "date": str(date(2026, 7, 1))}


def views(resolver: URLResolver) -> Iterator[Callable[..., Any]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry)
        else:
            assert isinstance(entry, URLPattern)
            yield entry.callback


# How a view reads a file: from a form, or from the body, which it reads or hands over to be read.
OF_A_FILE = ("request.FILES", "request.read(", "content=request,")


@pytest.mark.django_db
def test_every_view_that_receives_a_file_is_a_door() -> None:
    with clock.travel(make.SUMMER):
        known = {door.source for door in doors()}
    modules = {inspect.unwrap(view).__module__ for view in views(get_resolver())}
    read = {name: inspect.getsource(sys.modules[name]) for name in modules if not name.startswith("django.")}

    assert {name for name, source in read.items() if any(sign in source for sign in OF_A_FILE)} == known


# -- the walk -------------------------------------------------------------------------------------------------------


class TooLong(AssertionError):
    pass


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail what takes longer, even if it would never end."""

    def give_up(*_: Any) -> None:
        raise TooLong(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def held() -> dict[str, Any]:
    """What is kept: how many rows of each model, in one query, and which files."""
    counted = (f"SELECT '{model.__name__}', count(*) FROM {model._meta.db_table}" for model in KEPT)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counted))
        rows: dict[str, Any] = dict(cursor.fetchall())
    folders = (Path(portal.MEDIA_ROOT), Path(portal.ARRIVALS_ROOT))
    return rows | {"files": {str(path) for folder in folders for path in folder.rglob("*") if path.is_file()}}


def faults_of(sent: Sent, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    if sent.status >= 500:
        yield f"answers {sent.status}"
    if not sent.is_kept and before != after:
        yield f"keeps something of what it refuses: {[name for name in before if before[name] != after[name]]}"
    if not sent.is_kept and not any(is_a_sentence(sentence) for sentence in sent.sentences):
        yield f"refuses without a sentence ({sent.status}): {sent.sentences}"


def is_a_sentence(sentence: str) -> bool:
    return len(sentence) > 10 and sentence.rstrip().endswith((".", "»", "!"))


def open_what_is_kept(report: Report) -> None:
    """Open the last pièce as its effects do: whatever it holds, something is written of it."""
    piece = Piece.objects.order_by("-pk")[0]
    with within(6 * LONGEST):
        for effect in (scan_piece, probe_piece, draw_pages):
            if effect is not draw_pages or piece.content_type == "application/pdf":
                effect(piece.pk)
    report.opened[piece.content_type] += 1
    seen = b"".join(piece.read())
    if hashlib.sha256(seen).hexdigest() != piece.sha256:
        report.faults.append(f"{piece.name}: another content than the one that came")


def send(door: Door, name: str, content: bytes, dice: random.Random, report: Report, *, before: dict[str, Any]) -> None:
    """Send one file, note what is wrong in the answer, then undo everything: what is kept is as `before` again."""
    began, what = time.monotonic(), f"{door.name} {name[:60]!r} ({len(content)} bytes)"
    with transaction.atomic():
        try:
            with within(LONGEST), transaction.atomic():
                sent = door.send(name, content, dice)
            report.faults += [f"{what} {fault}" for fault in faults_of(sent, before, held())]
            report.kept[door.name] += sent.is_kept
            report.longest = max(report.longest, time.monotonic() - began)
            if sent.is_kept and report.opened.total() < OPENED and Piece.objects.count() > before["Piece"]:
                open_what_is_kept(report)
        except Exception as failure:
            report.faults.append(f"{what} {type(failure).__name__}: {failure}"[:600])
        transaction.set_rollback(True)
    report.sent[door.name] += 1
    for path in held()["files"] - before["files"]:
        Path(path).unlink()


@pytest.fixture
def nothing_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the records of refused requests from pytest, which would hold each request and its files to the end."""
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.django_db
def test_broken_files_are_kept_or_refused_in_words(nothing_logged: None, share: int) -> None:
    report, after_a_tenth = Report(), 0.0
    with clock.travel(make.SUMMER):
        open_doors = doors()
        before = held()
        for rank, (name, content) in islice(enumerate(mutants(SENT, seed=3)), share, None, SHARES):
            dice = random.Random(rank)
            send(open_doors[rank % len(open_doors)], name, content, dice, report, before=before)
            after_a_tenth = after_a_tenth or (memory() if rank >= SENT // 10 else 0.0)
    gc.collect()
    grown = memory() - after_a_tenth
    print(f"{report}, {grown:+.0f} MB, {len(report.faults)} faults")  # noqa: T201 -- the audit shows it

    assert not report.faults, "\n".join(report.faults[:40])
    assert TIMES == 1 or report.kept.total()
    assert report.longest < LONGEST
    assert grown < GROWTH
