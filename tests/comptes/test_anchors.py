"""The anchors of the journal: every way to rewrite it is detected, and a lying authority is refused."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from comptes import clock, journal, sweeps
from comptes.connectors.tsa import Authority, TimestampRefused
from comptes.enums import Act, SecurityEvent
from comptes.models import EvenementDeSecurite, JournalChain, JournalEntry, RegisteredChain
from comptes.operations.anchors import JournalNotAnchored, anchor_journal
from comptes.operations.editeurs import correct_editeur
from comptes.operations.rattachements import detach
from tests.comptes.conftest import Team
from tests.comptes.tsa import Tsa, serve
from tests.factories.comptes import CompteFactory

DAY = timedelta(days=1)
TABLES = ("journalentry", "journalchain", "registeredchain")
SAID = "l’ancrage du 01/07/2026 connaît"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.JOURNAL_ANCHORS_ROOT = str(tmp_path / "ancrages")
    return tmp_path / "ancrages"


@pytest.fixture
def written(team: Team, at: datetime) -> str:
    """Two chains of two rows, each act told to the database as at the end of its transaction; the first one's name."""
    other = team.stranger.rattachements.get().editeur
    for editeur in (team.editeur, other):
        for commune in ("Vannes", "Lorient"):
            values = {"commune": commune}
            correct_editeur(editeur_id=editeur.pk, values=values, by=team.administrateur, at=at)
    journal.run_followers()
    return journal.chain_of_editeur(team.editeur.pk)


@pytest.fixture(scope="module")
def authority() -> Iterator[Tsa]:
    with serve() as tsa:
        yield tsa


def anchor(at: datetime) -> bool:
    return anchor_journal(at=at, machine=clock.machine_now())


def tamper(*statements: str) -> None:
    """Change the journal as its owner would, who first takes the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE comptes_{table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)


def faults(*statements: str) -> list[str]:
    """The faults that verification reports after these changes, which are then undone."""
    point = transaction.savepoint()
    tamper(*statements)
    sentences = [str(fault) for fault in journal.verify()]
    transaction.savepoint_rollback(point)
    return sentences


def verify(*options: str) -> str:
    out = StringIO()
    call_command("verify_journal", *options, stdout=out, stderr=StringIO(), no_color=True)
    return out.getvalue().strip()


def gone(chain: str, *, with_its_registration: bool = False) -> list[str]:
    statements = [
        f"DELETE FROM comptes_journalentry WHERE chain_id = '{chain}'",
        f"DELETE FROM comptes_journalchain WHERE name = '{chain}'",
    ]
    registration = f"DELETE FROM comptes_registeredchain WHERE name = '{chain}'"
    return [*statements, registration] if with_its_registration else statements


def cut(chain: str) -> list[str]:
    """Remove the second row, and rewrite the head as if it had never existed."""
    first = JournalEntry.objects.get(chain=chain, number=1)
    return [
        f"DELETE FROM comptes_journalentry WHERE chain_id = '{chain}' AND number = 2",
        f"UPDATE comptes_journalchain SET length = 1, head = '{first.sha256}' WHERE name = '{chain}'",
    ]


# -- the register ----------------------------------------------------------------------------------------------------


def test_every_chain_is_registered_as_it_begins(written: str) -> None:
    names = set(JournalChain.objects.order_by("name").values_list("name", flat=True))

    assert len(names) == 2
    assert set(RegisteredChain.objects.values_list("name", flat=True)) == names
    assert faults() == []


def test_chain_begun_by_an_act_undone_is_not_registered(transactional_db: None, at: datetime) -> None:
    compte = CompteFactory()
    with transaction.atomic():
        for chain, undone in (("editeur:100", True), ("editeur:200", False)):
            with transaction.atomic():
                journal.record(chain, Act.RATTACHEMENT_CLOSED, on="r:1", by=compte, at=at, compte=compte.pk)
                transaction.set_rollback(undone)

    assert list(RegisteredChain.objects.values_list("name", flat=True)) == ["editeur:200"]
    assert list(journal.verify()) == []


def test_chain_that_is_gone_is_named_without_any_anchor(written: str) -> None:
    assert faults(*gone(written)) == [f"{written} : la chaîne a disparu."]


def test_registration_that_is_changed_or_gone_is_named(written: str) -> None:
    (first, second) = RegisteredChain.objects.order_by("number")

    assert faults("UPDATE comptes_registeredchain SET opened_at = '2026-01-01Z' WHERE number = 1") == [
        f"{journal.REGISTER}, ligne 1 : son contenu ne correspond plus à son empreinte."
    ]
    assert faults(*gone(first.name, with_its_registration=True)) == [
        f"{journal.REGISTER}, ligne 1 : la ligne manque, ou ne suit pas la précédente."
    ]
    assert faults("DELETE FROM comptes_registeredchain WHERE number = 2") == [
        f"{second.name} : la chaîne n’est pas inscrite au registre."
    ]


# -- each way to rewrite, with an anchor -----------------------------------------------------------------------------


@pytest.fixture(params=["key", "authority"])
def anchored(written: str, at: datetime, settings: Settings, authority: Tsa, request: pytest.FixtureRequest) -> str:
    if request.param == "authority":
        authority.lie = ""
        settings.JOURNAL_TSA_URL, settings.JOURNAL_TSA_ROOTS = authority.url, authority.roots
    assert anchor_journal(at=at, machine=authority.now)
    assert faults() == []
    return written


def test_altered_deleted_and_swapped_rows_are_named(anchored: str) -> None:
    where = f"WHERE chain_id = '{anchored}' AND number"
    swap = [f"UPDATE comptes_journalentry SET number = {to} {where} = {of}" for of, to in ((1, 9), (2, 1), (9, 2))]

    assert faults(f"UPDATE comptes_journalentry SET act = 'x' {where} = 1") == [
        f"{anchored}, ligne 1 : son contenu ne correspond plus à son empreinte."
    ]
    assert faults(f"DELETE FROM comptes_journalentry {where} = 1") == [f"{anchored}, ligne 1 : la ligne manque."]
    assert faults(*swap)[0] == f"{anchored}, ligne 1 : elle ne suit pas la ligne précédente."


def test_tail_that_is_cut_with_its_head_rewritten_is_named(anchored: str) -> None:
    assert faults(cut(anchored)[0]) == [f"{anchored}, ligne 2 : la fin de la chaîne manque."]
    assert faults(*cut(anchored)) == [f"{anchored}, ligne 2 : la ligne manque, que {SAID}."]


def test_chain_gone_with_every_trace_and_empty_base_are_named(anchored: str) -> None:
    emptied = faults(*(f"DELETE FROM comptes_{table}" for table in TABLES))

    assert f"{anchored}, ligne 2 : la ligne manque, que {SAID}." in faults(*gone(anchored, with_its_registration=True))
    assert emptied[0] == "journal : il est vide."
    assert f"{anchored}, ligne 2 : la ligne manque, que {SAID}." in emptied
    assert f"{journal.REGISTER}, ligne 2 : elle n’est plus celle que {SAID}." in emptied


def test_chain_rewritten_coherently_is_named(anchored: str) -> None:
    """The owner of the database can recompute every fingerprint: only the anchor shows the change."""
    previous, statements = "", []
    for entry in JournalEntry.objects.filter(chain=anchored).order_by("number"):
        entry.address, entry.previous = "editeur:0", previous
        previous = journal.fingerprint_of_entry(entry)
        new = f"address = 'editeur:0', previous = '{entry.previous}', sha256 = '{previous}'"
        statements.append(f"UPDATE comptes_journalentry SET {new} WHERE id = {entry.pk}")
    head = f"UPDATE comptes_journalchain SET head = '{previous}' WHERE name = '{anchored}'"

    assert faults(*statements, head) == [f"{anchored}, ligne 2 : elle n’est plus celle que {SAID}."]


def test_what_is_written_after_an_anchor_contradicts_nothing(anchored: str, team: Team, at: datetime) -> None:
    detach(rattachement_id=team.salarie.pk, by=team.mandataire.compte, at=at)

    assert faults() == []


def test_an_empty_base_fails(db: None) -> None:
    with pytest.raises(CommandError, match="rompu"):
        verify()


# -- the anchors themselves ------------------------------------------------------------------------------------------


def test_anchor_is_made_once_a_day_and_follows_the_one_before(written: str, at: datetime, folder: Path) -> None:
    assert [anchor(at), anchor(at), anchor(at + DAY), anchor(at + 2 * DAY)] == [True, False, True, True]
    assert sorted(path.stem for path in folder.iterdir()) == ["2026-07-01", "2026-07-02", "2026-07-03"]
    assert faults() == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("heads", ["ancrage du 02/07/2026 : sa signature ne correspond pas."]),
        ("proof", ["ancrage du 02/07/2026 : sa signature ne correspond pas."]),
        ("garbage", ["ancrage du 02/07/2026 : le fichier est illisible."]),
        ("removed", []),
    ],
)
def test_anchor_that_was_changed_is_named(
    written: str, at: datetime, folder: Path, change: str, expected: list[str]
) -> None:
    for days in range(3):
        anchor(at + days * DAY)
    file = folder / "2026-07-02.json"
    kept = json.loads(file.read_text())
    if change == "heads":
        kept["heads"] = kept["heads"].replace("2026-07-02", "2026-07-03")
    elif change == "proof":
        kept["proof"] = {"hmac-sha256": "0" * 64}
    file.write_text("{}" if change == "garbage" else json.dumps(kept))
    if change == "removed":
        file.unlink()

    assert faults() == [*expected, "ancrage du 03/07/2026 : il ne suit pas l’ancrage précédent."]


def test_what_contradicts_the_last_anchor_is_not_anchored(written: str, at: datetime, folder: Path) -> None:
    anchor(at)
    tamper(*cut(written))

    with pytest.raises(JournalNotAnchored, match="la ligne manque"):
        anchor(at + DAY)
    assert [path.stem for path in folder.iterdir()] == ["2026-07-01"]


def test_no_recent_anchor_is_a_failure_when_asked(written: str, at: datetime) -> None:
    assert verify().endswith("4 lignes dans 2 chaînes, aucun ancrage.")
    with pytest.raises(CommandError, match="Aucun ancrage"):
        verify("--anchored")
    anchor(at)
    assert verify("--anchored").endswith("dernier ancrage le 01/07/2026.")
    with clock.travel(at + 3 * DAY), pytest.raises(CommandError, match="Aucun ancrage"):
        verify("--anchored")


# -- an authority that lies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ("hash", "Mismatch between messages"),
        ("nonce", "Nonce mismatch"),
        ("expired", "est refusée"),
        ("foreign", "est refusée"),
        ("clock", "n’est pas à l’heure"),
        ("refusal", "est refusée|illisible"),
        ("garbage", "illisible"),
        ("hang", "ne répond pas"),
        ("headers", "trop lentement"),
        ("drip", "trop lentement"),
        ("endless", "trop longuement"),
    ],
)
def test_an_authority_that_lies_is_refused(authority: Tsa, lie: str, reason: str) -> None:
    authority.lie = lie
    seconds = 1 if lie in ("hang", "headers", "drip") else 10

    with pytest.raises(TimestampRefused, match=reason):
        Authority(authority.url, authority.roots, seconds=seconds).stamp(b"ancrage", at=authority.now)


def test_an_authority_that_says_the_truth_is_believed(authority: Tsa) -> None:
    authority.lie = ""
    asked = Authority(authority.url, authority.roots)
    answer = asked.stamp(b"ancrage", at=authority.now)

    assert asked.check(b"ancrage", answer) <= authority.now
    with pytest.raises(TimestampRefused):
        asked.check(b"autre chose", answer)


def test_nothing_is_kept_of_what_an_authority_refuses(
    written: str, authority: Tsa, settings: Settings, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    authority.lie = "nonce"
    settings.JOURNAL_TSA_URL, settings.JOURNAL_TSA_ROOTS = authority.url, authority.roots

    assert sweeps.anchor_journal() is False
    assert not folder.exists()
    assert "Nonce mismatch" in caplog.text
    assert EvenementDeSecurite.objects.get().kind == SecurityEvent.JOURNAL_NOT_ANCHORED
    with pytest.raises(CommandError, match="n’est pas ancré"):
        call_command("anchor_journal", stderr=StringIO())


# -- the database's own refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE comptes_journalchain SET length = 1",
        "UPDATE comptes_journalchain SET length = length + 2, head = 'x'",
        "UPDATE comptes_journalchain SET head = 'x'",
        "UPDATE comptes_journalchain SET name = 'editeur:0'",
        "DELETE FROM comptes_journalchain",
        "TRUNCATE comptes_journalchain CASCADE",
        "UPDATE comptes_registeredchain SET name = 'x' WHERE number = 1",
        "DELETE FROM comptes_registeredchain",
        "TRUNCATE comptes_registeredchain",
    ],
)
def test_database_refuses_to_rewrite_heads_and_register(written: str, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match="written once|moves forward"), transaction.atomic():
        connection.cursor().execute(statement)
