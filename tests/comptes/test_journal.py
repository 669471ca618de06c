from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from comptes import clock, journal, queries
from comptes.enums import Act, Role
from comptes.models import JournalChain, JournalEntry
from comptes.operations.editeurs import correct_editeur
from comptes.operations.invitations import invite
from comptes.operations.rattachements import detach
from referencement.queries.kept import state_of_the_journal
from tests.factories.comptes import CompteFactory


@pytest.fixture
def written(team, at) -> list[JournalEntry]:
    """Three rows of one éditeur's chain, and none of another's."""
    who = {"by": team.mandataire.compte, "at": at}
    correct_editeur(editeur_id=team.editeur.pk, values={"commune": "Vannes", "pays": "Belgique"}, **who)
    invite(editeur_id=team.editeur.pk, email="lea@sirocco.example", role=Role.SALARIE, may_engage=False, **who)
    detach(rattachement_id=team.salarie.pk, **who)
    return list(JournalEntry.objects.order_by("number"))


def sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def tamper(statement: str, *values: object) -> None:
    """Change the journal as a person who first removes its trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TRIGGER journal_is_written_once ON comptes_journalentry")
        cursor.execute(statement, values)


def verify() -> tuple[str, str]:
    """Run the command; return its output and its errors."""
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_journal", stdout=out, stderr=err, no_color=True)
    except CommandError as error:
        return str(error), err.getvalue().strip()
    return out.getvalue().strip(), err.getvalue().strip()


def test_journal_is_chained(written):
    assert [entry.number for entry in written] == [1, 2, 3]
    assert [entry.previous for entry in written] == ["", written[0].sha256, written[1].sha256]
    assert verify() == ("Le journal est intact : 3 lignes dans 1 chaînes, aucun ancrage.", "")


def test_state_of_the_journal_changes_with_every_act_even_committed_after_later_ones(team, written, at):
    """A number is taken when the act is written; another act may be committed before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('comptes_journalentry', 'id'))")
        (number,) = cursor.fetchone()
    states = [state_of_the_journal()]
    correct_editeur(editeur_id=team.editeur.pk, values={"commune": "Brest"}, by=team.mandataire.compte, at=at)
    states.append(state_of_the_journal())
    columns = "act, address, by_id, at, written_at, params"
    tamper(
        f"INSERT INTO comptes_journalentry (id, chain_id, number, previous, sha256, {columns}) "
        f"SELECT %s, chain_id, number + 1, sha256, repeat('0', 64), {columns} FROM comptes_journalentry "
        "ORDER BY id DESC LIMIT 1",
        number,
    )
    states.append(state_of_the_journal())

    assert len({state_of_the_journal(), *states}) == 3


def test_journal_is_read_in_french(team, written):
    lines = journal.lines(queries.journal_of(journal.chain_of_editeur(team.editeur.pk)))

    assert [line.sentence for line in lines] == [
        f"{team.salarie.compte.full_name} ne fait plus partie de l’éditeur",
        "Invitation envoyée à lea@sirocco.example, avec le rôle salarié",
        "Les informations de l’éditeur sont modifiées : commune, pays",
    ]
    assert {line.who for line in lines} == {team.mandataire.compte.full_name}


def test_journal_holds_no_name(team, written):
    for entry in written:
        assert team.salarie.compte.last_name not in str(entry.params)
        assert "lea@" not in str(entry.params)


def test_journal_tells_the_arrival_from_the_writing(team, at):
    with clock.travel(at + timedelta(seconds=3)):
        detach(rattachement_id=team.salarie.pk, by=team.mandataire.compte, at=at)
        detach(rattachement_id=team.representant.pk, by=team.mandataire.compte, at=at + timedelta(seconds=2))

    lines = journal.lines(JournalEntry.objects.order_by("number"))
    assert [(line.at, line.written_at, line.waited) for line in lines] == [
        (at, at + timedelta(seconds=3), True),
        (at + timedelta(seconds=2), at + timedelta(seconds=3), False),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE comptes_journalentry SET act = 'editeur.registered'",
        "UPDATE comptes_journalentry SET at = at WHERE number = 1",
        "DELETE FROM comptes_journalentry WHERE number = 3",
        "TRUNCATE comptes_journalentry",
        "TRUNCATE comptes_compte CASCADE",
    ],
)
def test_database_refuses_to_rewrite_the_journal(written, statement):
    sql("SET CONSTRAINTS ALL IMMEDIATE")

    # TRUNCATE … CASCADE also meets the events of security, which are kept alike.
    with pytest.raises(DatabaseError, match="The rows of comptes_(journalentry|evenementdesecurite) are written once"):
        sql(statement)

    assert JournalEntry.objects.count() == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("act", "editeur.registered"),
        ("address", "editeur:1"),
        ("at", "2026-07-01T07:00:00Z"),
        ("written_at", "2026-07-01T07:00:00Z"),
        ("params", "{}"),
        ("by_id", None),
        ("sha256", "0" * 64),
    ],
)
def test_changed_row_is_named(team, written, column, value):
    tamper(f"UPDATE comptes_journalentry SET {column} = %s WHERE number = 2", value)

    assert verify() == (
        "Le journal est rompu dans 1 chaîne(s).",
        f"editeur:{team.editeur.pk}, ligne 2 : son contenu ne correspond plus à son empreinte.",
    )


def test_changed_row_with_its_fingerprint_made_again(team, written):
    forged = written[0]
    forged.params = {"champs": ["rien"]}
    tamper(
        "UPDATE comptes_journalentry SET params = %s, sha256 = %s WHERE number = 1",
        '{"champs": ["rien"]}',
        journal.fingerprint_of_entry(forged),
    )

    assert verify()[1] == f"editeur:{team.editeur.pk}, ligne 2 : elle ne suit pas la ligne précédente."


@pytest.mark.parametrize(
    ("number", "reason"), [(1, "la ligne manque"), (2, "la ligne manque"), (3, "la fin de la chaîne manque")]
)
def test_removed_row_is_named(team, written, number, reason):
    tamper("DELETE FROM comptes_journalentry WHERE number = %s", number)

    assert verify()[1] == f"editeur:{team.editeur.pk}, ligne {number} : {reason}."


def test_journal_is_written_in_a_transaction(transactional_db):
    with pytest.raises(RuntimeError):
        journal.record(journal.PORTAIL, Act.COMPTE_ANS_OPENED, on="compte:1", by=None, at=clock.now())

    assert JournalChain.objects.count() == 0


def test_portal_acts_by_itself(db, at):
    compte = CompteFactory(first_name="Inès", last_name="Garnier")
    journal.record(
        journal.PORTAIL, Act.COMPTE_ANS_OPENED, on="compte:1", by=None, at=at, compte=compte.pk, roles=["instructeur"]
    )

    (line,) = journal.lines(JournalEntry.objects.order_by("number"))
    assert (line.who, line.sentence) == ("Le portail", "Inès Garnier reçoit un compte de l’ANS : instructeur")
