"""A table of équivalences from which nobody benefits is withdrawn; any other one stays."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.models import Candidature
from candidatures.operations.candidatures import withdraw_candidature
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry
from preuves.catalogue.equivalences import EquivalenceSpec, TableSpec
from preuves.models import RetraitDEquivalences, VersionDEquivalences
from preuves.operations.equivalences import publish_equivalences
from preuves.operations.rem import RemNotPublishable
from preuves.operations.retraits import NotWithdrawn, withdraw_equivalences
from preuves.queries import imports_equivalences
from preuves.queries.imports_equivalences import who_benefits
from preuves.queries.tables import latest_table, tables_to
from tests.factories import candidatures as make
from tests.factories import equivalences as equal
from tests.factories.equivalences import DUI, ESSAI, HERE, SECOND_HERE, SECOND_THERE, THERE, Pair, a_line, a_table
from tests.ground import standing
from tests.preuves.test_examen import text_of

SignIn = Callable[[Compte], Client]
LATER = equal.ACCEPTED_AT + timedelta(days=10)
REASON = "La ligne vise une autre preuve."
NEXT = date(2026, 6, 20)
pair = standing(equal.make_pair)


@pytest.fixture
def responsable(pair: Pair) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])


def withdraw(table: VersionDEquivalences, by: Compte, reason: str = REASON) -> None:
    withdraw_equivalences(version_id=table.pk, reason=reason, by=by, at=LATER)


def test_table_that_changes_nothing_is_withdrawn_and_stays_in_the_history(
    pair: Pair, responsable: Compte, sign_in: SignIn
) -> None:
    first = a_table(a_line())
    second = a_table(a_line(), a_line("VAG.09.09.09", SECOND_HERE), day=NEXT)
    client, address = sign_in(responsable), reverse("preuves:equivalences_version", args=[second.pk])
    assert "Aucune candidature ne bénéficie de cette table" in text_of(client.get(address))

    done = client.post(reverse("preuves:equivalences_withdraw", args=[second.pk]), {"motif": REASON}, follow=True)

    assert "La table est retirée." in text_of(done)
    assert latest_table(ESSAI, DUI) == first
    assert REASON in text_of(client.get(address))
    assert "Retirée" in text_of(client.get(reverse("preuves:equivalences")))
    entry = JournalEntry.objects.get(act="equivalences.withdrawn")
    assert (entry.by_id, entry.params["motif"]) == (responsable.pk, REASON)
    with pytest.raises(NotWithdrawn, match="déjà retirée"):
        withdraw(second, responsable)
    with pytest.raises(RemNotPublishable, match="a été retirée"):
        publish_equivalences(source=ESSAI, cible=DUI, spec=TableSpec(), date=NEXT, by=None, at=LATER)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        RetraitDEquivalences.objects.update(reason="Autre motif.")


def test_table_that_gives_something_is_not_withdrawn_until_it_gives_nothing(pair: Pair, responsable: Compte) -> None:
    table = a_table(a_line())

    with pytest.raises(NotWithdrawn, match=pair.here.nru):
        withdraw(table, responsable)
    withdraw_candidature(candidature_id=pair.there.pk, by=pair.team.mandataire, at=LATER)
    withdraw(table, responsable)
    assert latest_table(ESSAI, DUI) is None


def test_table_that_takes_something_away_is_not_withdrawn(pair: Pair, responsable: Compte) -> None:
    a_table(a_line(THERE, HERE))
    second = a_table(a_line(SECOND_THERE, "INS.01.01.01"), day=NEXT)

    with pytest.raises(NotWithdrawn, match=pair.here.nru):
        withdraw(second, responsable)


def test_table_that_was_replaced_is_not_withdrawn(pair: Pair, responsable: Compte) -> None:
    first = a_table(a_line("VAG.09.09.09", SECOND_HERE))
    a_table(a_line(), day=NEXT)

    with pytest.raises(NotWithdrawn, match="plus récente"):
        withdraw(first, responsable)


def test_withdrawal_gives_its_reason_and_is_not_for_everybody(pair: Pair, responsable: Compte) -> None:
    table = a_table(a_line("VAG.09.09.09", SECOND_HERE))

    with pytest.raises(NotWithdrawn, match="Indiquez pourquoi"):
        withdraw(table, responsable, " ")
    with pytest.raises(NotWithdrawn, match="Seul un administrateur"):
        withdraw(table, make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]))
    assert latest_table(ESSAI, DUI) == table


def test_withdrawn_table_still_stands_as_of_an_instant_before(pair: Pair, responsable: Compte) -> None:
    table = a_table(a_line("VAG.09.09.09", SECOND_HERE))
    withdraw(table, responsable)

    assert tables_to([DUI], at=LATER) == tables_to([DUI]) == {}
    assert (ESSAI, DUI) in tables_to([DUI], at=LATER - timedelta(seconds=1))


def test_withdrawal_reads_those_who_rely_on_what_changes_a_few_at_a_time(
    pair: Pair, responsable: Compte, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, instructeur = pair.team.mandataire, pair.team.instructeur
    for number in range(3):
        candidature = make.a_candidature(make.a_produit(pair.team.editeur, by, f"Solution {number}"), by)
        equal.refers(candidature, by, instructeur, pair.there.nru)
    untouched, table = a_table(a_line()), a_table(a_line(), a_line("VAG.09.09.09", SECOND_HERE), day=NEXT)
    read: list[Sequence[Candidature]] = []
    impacts = imports_equivalences._impacts

    def noted(candidatures: Sequence[Candidature], *others: Any) -> Any:
        read.append(candidatures)
        return impacts(candidatures, *others)

    monkeypatch.setattr(imports_equivalences, "_impacts", noted)
    monkeypatch.setattr(imports_equivalences, "CHUNK", 1)

    assert list(who_benefits(table)) == []
    assert read == []
    withdraw(table, responsable)
    assert list(who_benefits(untouched)) == [pair.here.nru]
    assert [[candidature.nru for candidature in few] for few in read] == [[pair.here.nru]]


@pytest.mark.parametrize("readers", [1, 3])
@pytest.mark.parametrize(
    ("line", "queries"), [(a_line("VAG.09.09.09", SECOND_HERE), 8), (a_line(THERE, SECOND_HERE, "AHI"), 15)]
)
def test_queries_of_a_table_that_may_be_withdrawn(
    pair: Pair, responsable: Compte, sign_in: SignIn, line: EquivalenceSpec, queries: int, readers: int
) -> None:
    by = pair.team.mandataire
    for number in range(readers - 1):
        candidature = make.a_candidature(make.a_produit(pair.team.editeur, by, f"Solution {number}"), by)
        equal.refers(candidature, by, pair.team.instructeur, pair.there.nru)
    table = a_table(line)
    client, address = sign_in(responsable), reverse("preuves:equivalences_version", args=[table.pk])
    client.get(address)

    with CaptureQueriesContext(connection) as asked:
        client.get(address)

    assert len(asked) == queries
