"""Équivalences where every floor meets: as of an instant, at the échéances, in the lists, and after an attribution."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from candidatures.enums import Act, Verdict
from candidatures.models import Candidature, Dispositif
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.instruction import reopen_volet
from candidatures.operations.volets import submit_volet
from comptes import clock, journal
from comptes.dates import PARIS
from comptes.enums import RoleANS
from preuves import sweeps
from preuves.enums import ExigibiliteKind
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.reouvertures import contest_dispense
from preuves.queries.dossier import dossier_of
from preuves.rules.exigibilite import Exigibilite
from referencement.enums import MesureKind
from referencement.models import TourProjete
from referencement.operations.mesures import answer_mesure, decide_mesure, propose_mesure
from referencement.operations.referencements import renounce_referencement
from referencement.operations.tours import project_tours
from referencement.queries.as_of import candidatures_at
from referencement.queries.echeances import due_among, due_of
from tests.dates import DATE_2, DATE_3
from tests.factories import candidatures as make
from tests.factories import equivalences as equal
from tests.factories import preuves as prove
from tests.factories.conventions import approve
from tests.factories.equivalences import DUI, HERE, SECOND_HERE, SECOND_THERE, THERE, Pair, a_line, a_table
from tests.factories.referencement import COLLEGE, an_attributed_solution
from tests.ground import standing
from tests.referencement.test_as_of import known_then, known_today
from tests.referencement.test_versions import handed_over, presented

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LATER = equal.ACCEPTED_AT + 10 * DAY
AFTER_DATE_2 = datetime(2027, 10, 15, 9, 0, tzinfo=PARIS)
pair = standing(equal.make_pair)


def fresh(candidature: Candidature) -> Candidature:
    return Candidature.objects.with_names().get(pk=candidature.pk)


def exigibilite(candidature: Candidature, numero: str = HERE) -> Exigibilite:
    dossier = dossier_of(fresh(candidature))
    assert dossier
    return dossier.exigibilites[numero]


def withdraw(pair: Pair, at: datetime) -> None:
    withdraw_candidature(candidature_id=pair.there.pk, by=pair.team.mandataire, at=at)


def follow(at: datetime) -> None:
    with clock.travel(at):
        sweeps.follow_equivalences()


# -- as of an instant -------------------------------------------------------------------------------------------------


def refuse(pair: Pair, at: datetime) -> None:
    volet = make.the_volet(pair.here)
    champs, by = ["references_vague_2"], pair.team.instructeur
    reopen_volet(volet_id=volet.pk, champs=champs, text="Vérifiez.", seen_version=volet.version, by=by, at=at)
    submit_volet(volet_id=volet.pk, by=pair.team.mandataire, at=at)
    equal.judge(pair.here, by, pair.there.nru, Verdict.REFUSED, at)


ACTS: tuple[Callable[[Pair, datetime], object], ...] = (
    lambda pair, at: a_table(a_line(), day=date(2026, 11, 10), at=at),
    lambda pair, at: follow(at),
    lambda pair, at: a_table(a_line(THERE, HERE, "PA"), day=date(2026, 11, 11), at=at),
    lambda pair, at: follow(at),
    lambda pair, at: a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE), day=date(2026, 11, 12), at=at),
    lambda pair, at: contest_dispense(
        candidature_id=pair.here.pk, numero=SECOND_HERE, reason="Autre module.", by=pair.team.instructeur, at=at
    ),
    refuse,
    lambda pair, at: equal.judge(pair.here, pair.team.instructeur, pair.there.nru, Verdict.CONFIRMED, at),
    withdraw,
    lambda pair, at: follow(at),
)


def test_each_instant_is_rebuilt_with_the_tables_of_then(pair: Pair) -> None:
    approve(fresh(pair.here), pair.team, "INS")
    seen = []
    for number, act in enumerate(ACTS):
        at = LATER + number * DAY
        act(pair, at)
        seen.append((at, known_today(fresh(pair.here), at)))

    for at, known in seen:
        assert known_then(fresh(pair.here), at) == known, at
    held = [sorted(known["presentation"].equivalents) for _, known in seen]
    assert held == [[HERE], [HERE], [HERE], [HERE], *([[HERE, SECOND_HERE]] * 2), [], [HERE, SECOND_HERE], [], []]
    assert [bool(known["presentation"].equivalent_of(HERE)) for _, known in seen[:5]] == [
        True,
        True,
        False,
        False,
        True,
    ]


def test_table_published_afterwards_does_not_count(pair: Pair) -> None:
    before = known_today(fresh(pair.here), LATER)
    a_table(a_line(), at=LATER + DAY)

    assert known_today(fresh(pair.here), LATER + DAY) != before
    assert known_then(fresh(pair.here), LATER) == before


def test_foreclosure_that_was_undone_since_is_rebuilt(pair: Pair) -> None:
    a_table(a_line())
    candidature = fresh(pair.there)
    candidature.foreclose(by=pair.team.instructeur, at=LATER, echeance="date-2", reason="Rien n’est venu.")
    candidature.save()
    _record(pair, "candidature.foreclosed", LATER)
    during = known_today(fresh(pair.here), LATER)
    candidature = fresh(pair.there)
    candidature.reopen()
    candidature.save()
    _record(pair, "candidature.reopened", LATER + DAY)

    assert known_today(fresh(pair.here), LATER + DAY) != during
    assert known_then(fresh(pair.here), LATER) == during
    assert known_then(fresh(pair.here), LATER + DAY) == known_today(fresh(pair.here), LATER + DAY)


def _record(pair: Pair, act: str, at: datetime) -> None:
    arguments = {"echeance": "Date 2", "motif": "Rien n’est venu."}
    on = f"candidature:{pair.there.nru}"
    journal.record(pair.there.chain, Act(act), on=on, by=pair.team.instructeur, at=at, **arguments)


# -- at the échéances, in the lists -----------------------------------------------------------------------------------


def test_rule_and_query_agree_whatever_becomes_of_an_equivalence(pair: Pair) -> None:
    dui = Dispositif.objects.get(pk=DUI)

    def both(code: str, at: datetime) -> bool:
        by_query = due_among(dui.echeances.get(code=code), [pair.here.pk], at=at)
        assert by_query == ({pair.here.pk} if due_of(fresh(pair.here), code, at=at) else set())
        return bool(by_query)

    for at in (LATER, AFTER_DATE_2):
        assert both(DATE_2, at)
        assert not both(DATE_3, at)
    a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE))
    approve(fresh(pair.here), pair.team, "INS")
    assert {both(DATE_2, LATER), both(DATE_2, AFTER_DATE_2)} == {True}  # the CNDA, still
    withdraw(pair, AFTER_DATE_2)
    assert both(DATE_2, AFTER_DATE_2)


def test_what_falls_after_date_2_is_given_the_time_to_answer(pair: Pair) -> None:
    a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE))
    follow(LATER)
    withdraw(pair, AFTER_DATE_2)
    follow(AFTER_DATE_2 + MINUTE)
    candidature = fresh(pair.here)

    for numero in (HERE, SECOND_HERE):
        prove.a_deposit(candidature, pair.team.salarie, numero, prove.not_applicable(), at=AFTER_DATE_2 + DAY)
    chapitre = submit_chapitre(candidature_id=candidature.pk, code="MAT", by=pair.team.salarie, at=AFTER_DATE_2 + DAY)

    assert chapitre.submitted_at == AFTER_DATE_2 + DAY


def test_turn_that_lists_keep_follows_what_is_told(pair: Pair) -> None:
    a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE))
    follow(LATER)
    approve(fresh(pair.here), pair.team, "INS")
    project_tours(candidature_ids=[pair.here.pk], at=LATER)
    before = TourProjete.objects.get(pk=pair.here.pk).editeur_objets

    withdraw(pair, LATER + DAY)
    follow(LATER + DAY + MINUTE)
    connection.run_before_commit()

    assert "chapitre_to_submit" not in before
    assert "chapitre_to_submit" in TourProjete.objects.get(pk=pair.here.pk).editeur_objets


# -- once attributed --------------------------------------------------------------------------------------------------


@pytest.fixture
def attributed(pair: Pair) -> Pair:
    """The source is référencée; the table stands."""
    a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE))
    an_attributed_solution(pair.there, pair.team.mandataire)
    return pair


def mesure(pair: Pair, kind: MesureKind, at: datetime) -> None:
    arguments = {"candidature_id": pair.there.pk, "kind": kind, "reasons": "Un défaut."}
    proposed = propose_mesure(**arguments, by=pair.team.instructeur, at=at)
    answer_mesure(mesure_id=proposed.pk, answer="Nous corrigeons.", by=pair.team.mandataire, at=at)
    responsable = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    day = (at + DAY).astimezone(PARIS).date()
    decide_mesure(mesure_id=proposed.pk, reasons="Constaté.", effect=day, by=responsable, at=at + MINUTE)


def test_retrait_of_the_source_takes_it_away_and_says_so(attributed: Pair) -> None:
    at = COLLEGE + 10 * DAY
    mesure(attributed, MesureKind.RETRAIT, at)

    due = exigibilite(attributed.here)
    assert (due.kind, due.asked_at) == (ExigibiliteKind.REQUIRED, at + MINUTE)
    assert f"le référencement {attributed.there.nru} a été retiré par l’ANS" in due.reason
    assert known_then(fresh(attributed.here), at) != known_today(fresh(attributed.here), at + MINUTE)


def test_suspension_and_renunciation_take_nothing_away(attributed: Pair) -> None:
    at = COLLEGE + 10 * DAY
    mesure(attributed, MesureKind.SUSPENSION, at)
    assert exigibilite(attributed.here).kind is ExigibiliteKind.EQUIVALENT

    renounce_referencement(
        candidature_id=attributed.there.pk,
        reason="Fin de vie.",
        effect=(at + 2 * DAY).date(),
        by=attributed.team.mandataire,
        at=at + DAY,
    )
    assert exigibilite(attributed.here).kind is ExigibiliteKind.EQUIVALENT


def test_what_an_attribution_rested_on_stays(pair: Pair) -> None:
    a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE))
    follow(LATER)
    approve(fresh(pair.here), pair.team, "INS")
    an_attributed_solution(fresh(pair.here), pair.team.mandataire)

    withdraw(pair, COLLEGE + DAY)
    follow(COLLEGE + DAY + MINUTE)

    assert exigibilite(pair.here).kind is ExigibiliteKind.EQUIVALENT
    dossier = dossier_of(fresh(pair.here))
    assert dossier
    assert {chapitre.facts.standing for chapitre in dossier.chapitres} == {"acquis", "approved", "sans_objet"}


def test_new_version_keeps_what_the_former_and_the_tables_give(pair: Pair) -> None:
    """The former candidature held two of its preuves by équivalence: they come from the table again, not from it."""
    a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE))
    approve(fresh(pair.here), pair.team, "INS")
    an_attributed_solution(fresh(pair.here), pair.team.mandataire)
    people: Any = SimpleNamespace(signatory=pair.team.mandataire, team=pair.team, candidature=fresh(pair.here))

    successor = handed_over(presented(people), people)

    sources = {numero: due.equivalent.nru for numero, due in _every(successor).items() if due.equivalent}
    assert sources == {
        HERE: pair.there.nru,
        SECOND_HERE: pair.there.nru,
        "INS.01.01.01": pair.here.nru,
        "INS/va1.02.01.01": pair.here.nru,
    }


def _every(candidature: Candidature) -> Mapping[str, Exigibilite]:
    dossier = dossier_of(fresh(candidature))
    assert dossier
    return dossier.exigibilites


def test_queries_of_a_dossier_rebuilt_do_not_grow(pair: Pair) -> None:
    a_table(a_line())
    candidatures_at([fresh(pair.here)], at=LATER)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            list(candidatures_at([fresh(pair.here)], at=LATER + 30 * DAY))
        return len(queries)

    before = asked()
    a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE), day=date(2026, 12, 1), at=LATER + DAY)
    asked()
    assert asked() == before
