"""Whose turn it is, as it is kept for lists: written with each act or not at all, and refreshed as time goes by."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.urls import reverse

from candidatures.models import Candidature
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.instruction import ask_complement
from candidatures.operations.messages import post_message
from candidatures.operations.volets import save_answers
from candidatures.queries.demandes import due_of
from comptes import clock, journal
from comptes.journal.writing import Recorded
from preuves.models import VersionDuREM
from referencement import sweeps
from referencement.enums import ObjetDAttente, QuiEstAttendu, TriDesTours
from referencement.models import NombreDeTours, TourProjete
from referencement.operations.tours import project_tours, refresh_tours
from referencement.queries import projections
from referencement.queries.projections import FileDeLANS, Projected, projected_from, projected_of
from referencement.queries.tours import tours_of
from referencement.queries.vues import counted_by_turn
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.conventions import some_parties
from tests.factories.referencement import COLLEGE, an_attributed_solution
from tests.ground import standing

AT = make.SUMMER
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


def project(*candidatures: Candidature, at: datetime = AT) -> None:
    project_tours(candidature_ids=[candidature.pk for candidature in candidatures], at=at)


def kept(candidature: Candidature) -> Projected:
    """What the lists read, and nothing derived on the spot."""
    assert TourProjete.objects.filter(candidature=candidature.pk).exists()
    return projected_of([candidature.pk], at=AT)[candidature.pk]


def derived(candidature: Candidature, at: datetime = AT) -> Projected:
    (tour,) = tours_of([candidature.pk], at=at).values()
    return projected_from(tour)


# -- with the act ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_turn_is_kept_in_the_transaction_of_the_act() -> None:
    team = make_team()
    assert [part.objet for part in kept(team.candidature).parts] == [ObjetDAttente.VOLET_TO_SUBMIT]

    make.a_submitted_volet(team.candidature, team.salarie)
    assert kept(team.candidature) == derived(team.candidature)
    assert [part.objet for part in kept(team.candidature).parts] == [
        ObjetDAttente.VOLET_TO_SUBMIT,
        ObjetDAttente.VOLET_TO_READ,
    ]


@pytest.mark.django_db(transaction=True)
def test_turn_is_kept_once_for_several_acts_and_several_candidatures() -> None:
    first, other = make_team(), make_team()
    asked = {"text": "Bonjour.", "by": first.mandataire, "at": AT}
    told: list[tuple[list[str], datetime]] = []

    def follower(*, acts: Collection[Recorded], at: datetime) -> None:
        told.append((sorted(act.chain for act in acts), at))

    journal.register_follower(follower)
    try:
        with transaction.atomic():
            post_message(candidature_id=first.candidature.pk, token="a", **asked)
            post_message(candidature_id=first.candidature.pk, token="b", **asked | {"at": AT + HOUR})
            post_message(candidature_id=other.candidature.pk, token="c", **asked | {"by": other.mandataire})
            assert told == []
    finally:
        journal.writing._followers.remove(follower)

    assert told == [(sorted([first.candidature.chain, other.candidature.chain]), AT + HOUR)]
    assert kept(first.candidature).parts[1].objet == ObjetDAttente.MESSAGE
    assert kept(other.candidature).parts[1].objet == ObjetDAttente.MESSAGE


@pytest.mark.django_db(transaction=True)
def test_act_that_is_undone_leaves_no_turn() -> None:
    team = make_team()
    before = kept(team.candidature)
    with transaction.atomic():
        make.a_submitted_volet(team.candidature, team.salarie)
        transaction.set_rollback(True)

    assert kept(team.candidature) == before
    with transaction.atomic():
        pass  # what the undone transaction noted is forgotten
    assert kept(team.candidature) == before


@pytest.mark.django_db(transaction=True)
def test_follower_that_fails_undoes_the_act(monkeypatch: pytest.MonkeyPatch) -> None:
    team = make_team()

    def fail(*, acts: Any, at: datetime) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(journal.writing, "_followers", [fail])
    with pytest.raises(ZeroDivisionError):
        make.a_submitted_volet(team.candidature, team.salarie)
    monkeypatch.undo()

    team.volet.refresh_from_db()
    assert team.volet.state == "draft"
    assert not connection.in_atomic_block
    make.a_submitted_volet(team.candidature, team.salarie)
    assert kept(team.candidature) == derived(team.candidature)


@pytest.mark.django_db(transaction=True)
def test_candidature_whose_attachment_was_undone_in_a_savepoint_is_looked_for_in_vain() -> None:
    team = make_team()
    produit = make.a_produit(team.editeur, team.mandataire, "Alizé")
    with transaction.atomic():
        with transaction.atomic():
            make.a_candidature(produit, team.mandataire)
            transaction.set_rollback(True)
        make.a_submitted_volet(team.candidature, team.salarie)

    assert list(TourProjete.objects.values_list("candidature", flat=True)) == [team.candidature.pk]


@pytest.mark.parametrize("rows", [1, 3])
def test_turns_of_many_are_kept_in_as_many_queries(db: None, django_assert_num_queries: Any, rows: int) -> None:
    candidatures = [make_team().candidature for _ in range(rows)]

    with django_assert_num_queries(11):
        project(*candidatures)


def test_autosave_keeps_nothing(team: Team) -> None:
    arguments = {
        "answers": {"version_technique": "9.9"},
        "seen_version": team.volet.version,
        "by": team.salarie,
        "at": AT,
    }
    save_answers(volet_id=team.volet.pk, **arguments)
    journal.run_followers()
    project(team.candidature)
    before = TourProjete.objects.values().get()

    volet = team.volet
    save_answers(volet_id=volet.pk, **arguments | {"seen_version": volet.version, "at": AT + HOUR})
    journal.run_followers()
    assert TourProjete.objects.values().get() == before


# -- as time goes by -------------------------------------------------------------------------------------------------


def sweep(at: datetime) -> int:
    with clock.travel(at):
        return sweeps.refresh_tours()


def test_sweep_takes_what_was_never_kept_then_nothing(team: Team) -> None:
    make_team()
    assert sweep(AT) == 2
    assert kept(team.candidature) == derived(team.candidature)
    assert sweep(AT) == 0


@pytest.mark.parametrize(("after", "looked_at"), [(-SECOND, 0), (timedelta(0), 0), (SECOND, 1)])
def test_sweep_takes_what_the_clock_changes_at_its_instant(team: Team, after: timedelta, looked_at: int) -> None:
    due_at = make.DATE_1
    project(team.candidature, at=due_at - 2 * SECOND)

    assert TourProjete.objects.get().changes_at == due_at
    assert sweep(due_at + after) == looked_at


def test_sweep_takes_what_a_moved_echeance_or_a_new_rem_changes(team: Team) -> None:
    project(team.candidature)
    prove.a_rem()
    published = VersionDuREM.objects.get().published_at
    project(team.candidature, at=published - 3 * SECOND)

    assert sweep(published - SECOND) == 0
    assert sweep(published) == 1


def test_sweep_takes_what_is_an_hour_old(team: Team) -> None:
    project(team.candidature)

    assert [sweep(AT + HOUR + after) for after in (-SECOND, timedelta(0), SECOND)] == [0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_sweep_leaves_what_an_act_holds() -> None:
    from tests.candidatures.conftest import all_at_once

    held, free = make_team(), make_team()
    with transaction.atomic():
        TourProjete.objects.select_for_update().get(pk=held.candidature.pk)
        outcomes = all_at_once(1, lambda _: refresh_tours(most=10, at=AT + 2 * HOUR))

    assert outcomes == [1]
    assert TourProjete.objects.get(pk=free.candidature.pk).projected_at == AT + 2 * HOUR
    assert TourProjete.objects.get(pk=held.candidature.pk).projected_at < AT + 2 * HOUR


# -- in the lists ----------------------------------------------------------------------------------------------------


def five_candidatures() -> dict[str, Candidature]:
    """One candidature for each answer: the éditeur, the ANS, a desk, nobody, and what is over."""
    editeur, ans, over = make_team(), make_team(), make_team()
    make.a_dossier_handed_over(ans.candidature, ans.mandataire)
    withdraw_candidature(candidature_id=over.candidature.pk, by=over.mandataire, at=AT)
    referenced = some_parties()
    an_attributed_solution(referenced.candidature, referenced.signatory)
    candidatures = {
        QuiEstAttendu.EDITEUR.value: editeur.candidature,
        QuiEstAttendu.ANS.value: ans.candidature,
        QuiEstAttendu.OVER.value: over.candidature,
        "countersign": referenced.candidature,
    }
    project(*candidatures.values(), at=COLLEGE)
    return candidatures


five = standing(five_candidatures)


def listed(sign_in: Any, **kwargs: str) -> tuple[list[str], str]:
    reader = make.a_person(roles_ans=["instructeur"])
    with clock.travel(COLLEGE):
        answer = sign_in(reader).get(reverse("referencement:instruction"), kwargs)
    return [line.nru for line in answer.context["lines"]], answer.content.decode()


def test_list_keeps_those_in_which_somebody_is_waited_for(five: dict[str, Candidature], sign_in: Any) -> None:
    nrus = {name: candidature.nru for name, candidature in five.items()}

    assert set(listed(sign_in, attend="close")[0]) == {nrus["close"]}
    assert nrus["editeur"] in listed(sign_in, attend="editeur")[0]
    assert set(listed(sign_in, attend="ans")[0]) == {nrus["ans"], nrus["countersign"]}
    assert listed(sign_in, attend="guichet")[0] == []
    assert len(listed(sign_in, attend="n’importe quoi")[0]) == len(five)


def test_countersignature_that_is_due_is_in_the_list(five: dict[str, Candidature], sign_in: Any) -> None:
    assert "La convention à signer par l’ANS" in listed(sign_in, attend="ans")[1]


def test_list_counts_each_answer(five: dict[str, Candidature], sign_in: Any) -> None:
    counts = counted_by_turn(passed={})

    sides = {name: counts[name] for name in ("ans", "editeur", "guichet", "personne", "close")}
    assert sides == {"ans": 2, "editeur": counts["editeur"], "guichet": 0, "personne": 0, "close": 1}
    assert f'À l’ANS <span class="ps-count">{counts["ans"]}</span>' in listed(sign_in)[1]


def test_list_keeps_those_in_which_the_ans_has_one_thing_to_do(five: dict[str, Candidature], sign_in: Any) -> None:
    every, counts = list(TourProjete.objects.select_related("candidature")), counted_by_turn(passed={})
    for queue in FileDeLANS:
        wanted = {item.candidature.nru for item in every if queue in item.ans_objets}
        assert (set(listed(sign_in, pour=queue)[0]), counts[queue]) == (wanted, len(wanted))
    assert "Volets à lire (1)" in listed(sign_in)[1]
    assert listed(sign_in, pour="volet_to_read")[0] == [five["ans"].nru]
    assert listed(sign_in, pour="convention_to_countersign", attend="ans")[0] == [five["countersign"].nru]
    assert listed(sign_in, pour="convention_to_countersign", attend="close")[0] == []


def test_each_thing_that_the_ans_has_to_do_may_be_looked_for() -> None:
    of_others = {
        ObjetDAttente.CHARTE,
        ObjetDAttente.VOLET_TO_SUBMIT,
        ObjetDAttente.COMPLEMENT,
        ObjetDAttente.CHAPITRE_TO_SUBMIT,
        ObjetDAttente.CHAPITRE_TO_CORRECT,
        ObjetDAttente.DEMARCHE,
        ObjetDAttente.CONVENTION_TO_SIGN,
        ObjetDAttente.MESURE_TO_ANSWER,
        ObjetDAttente.GUICHET,
    }
    assert {pile.value for pile in FileDeLANS} == {objet.value for objet in set(ObjetDAttente) - of_others}


def a_dated_demande(team: Team) -> datetime:
    """Ask for a complément by a day, keep whose turn it is; return when that day is over."""
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    arguments = {"champs": ["version_technique"], "text": "Précisez.", "seen_version": volet.version}
    demande = ask_complement(volet_id=volet.pk, **arguments, due_at=AT + 5 * DAY, by=team.instructeur, at=AT)
    due = due_of(demande)
    assert due is not None
    project(team.candidature, at=AT + HOUR)
    return due.at


def tasks_of(context: Any) -> dict[str, str]:
    """The options of the filter of what the ANS has to do: their labels, with the counts, by value."""
    (options,) = [options for filtre, options in context["selects"] if filtre.name == "pour"]
    return {value: label for value, label, _ in options}


@pytest.mark.parametrize(("after", "is_overdue"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_list_filters_and_counts_what_the_clock_changed_as_its_lines_say_it(
    team: Team, sign_in: Any, after: timedelta, *, is_overdue: bool
) -> None:
    due_at, address = a_dated_demande(team), reverse("referencement:instruction")

    with clock.travel(due_at + after):
        client = sign_in(team.instructeur)
        every, overdue = (client.get(address, {"pour": pour}).context for pour in ("", "demande_overdue"))
    counts = tasks_of(every)
    tasks = [line.tache.text for line in every["lines"] if line.tache]

    assert [line.nru for line in overdue["lines"]] == [team.candidature.nru] * is_overdue
    assert counts["demande_overdue"].endswith(f"({int(is_overdue)})")
    assert any("sans réponse après la date indiquée" in task for task in tasks) is is_overdue
    assert TourProjete.objects.get().changes_at == due_at


def test_list_still_agrees_with_its_counts_beyond_what_it_derives_again(
    team: Team, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_at = max(a_dated_demande(concerned) for concerned in (team, make_team()))
    monkeypatch.setattr(projections, "MOST_PASSED", 1)

    with clock.travel(due_at + DAY):
        context = (
            sign_in(team.instructeur).get(reverse("referencement:instruction"), {"pour": "demande_overdue"}).context
        )
    counts = tasks_of(context)
    assert len(context["lines"]) == 1
    assert counts["demande_overdue"].endswith("(1)")


def test_list_brings_first_what_waits_for_longest_or_what_is_due_first(
    five: dict[str, Candidature], sign_in: Any
) -> None:
    for tri, column in ((TriDesTours.AGE, "since"), (TriDesTours.DUE, "due_at")):
        rows = dict(TourProjete.objects.values_list("candidature__nru", column))
        instants = [rows[nru] for nru in listed(sign_in, tri=tri)[0]]
        dated = [instant for instant in instants if instant]
        assert instants == [*sorted(dated), *[None] * (len(instants) - len(dated))]
        assert dated


def test_what_was_never_kept_is_derived_on_the_spot(team: Team, sign_in: Any) -> None:
    assert projected_of([team.candidature.pk], at=AT) == {team.candidature.pk: derived(team.candidature)}


def test_what_is_over_waits_for_nobody_by_raw_sql_either(team: Team) -> None:
    project(team.candidature)
    with pytest.raises(IntegrityError, match="tour_ans_alone_once_it_is_over"), transaction.atomic():
        TourProjete.objects.update(is_over=True, editeur_count=1)


# -- the counts ------------------------------------------------------------------------------------------------------


def counted() -> dict[str, int]:
    """Return how many turns have each `answers`, as triggers counted them."""
    rows = NombreDeTours.objects.order_by().values_list("answers").annotate(count=Sum("delta"))
    return {answers: count for answers, count in rows if count}


def in_the_rows() -> dict[str, int]:
    return dict(Counter(TourProjete.objects.order_by("pk").values_list("answers", flat=True)))


def test_turns_are_counted_as_they_come_change_and_go(team: Team) -> None:
    others = [make_team() for _ in range(3)]
    project(team.candidature, *(other.candidature for other in others))
    assert counted() == in_the_rows() == {"editeur": 4}

    make.a_submitted_volet(team.candidature, team.salarie)
    withdraw_candidature(candidature_id=others[0].candidature.pk, by=others[0].mandataire, at=AT)
    journal.run_followers()
    assert counted() == in_the_rows()
    assert counted().keys() > {"editeur"}

    TourProjete.objects.filter(candidature=others[1].candidature).delete()
    assert counted() == in_the_rows()


def test_turn_that_is_written_again_alike_is_not_counted_again(team: Team) -> None:
    project(team.candidature)
    before = NombreDeTours.objects.count()
    project(team.candidature, at=AT + HOUR)

    assert NombreDeTours.objects.count() == before


def test_sweep_sums_the_counts_and_changes_none(team: Team) -> None:
    other = make_team()
    project(team.candidature, other.candidature)
    withdraw_candidature(candidature_id=other.candidature.pk, by=other.mandataire, at=AT)
    journal.run_followers()
    before = counted()
    assert NombreDeTours.objects.count() > len(before) == 2

    for _ in range(2):
        sweep(AT)
        assert (counted(), NombreDeTours.objects.count()) == (before, 2)
    assert before == in_the_rows()
