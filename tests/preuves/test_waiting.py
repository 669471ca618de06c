"""The tabs of the ANS's list of chapitres: what is counted for one reader is what their list holds.

What a chapitre says of its candidature, which these lists read, is what its candidature says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as some

from candidatures.models import Candidature, Referent, ReferentDeChapitre
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.referents import assign_referent, entrust_chapitre, note_absence
from candidatures.queries.referents import chapitres_of_people, day_of, mine
from comptes.enums import RoleANS
from comptes.models import Compte
from preuves.enums import ChapitreState, VueDesChapitres
from preuves.models import Chapitre
from preuves.queries.waiting import chapitres_to_read, counted, in_view
from tests.candidatures.conftest import Team
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.ground import standing
from tests.lengths import examples
from tests.preuves.conftest import make_team_to_prove
from tests.preuves.test_instruction import AT, claim

OF_ONE_READER = (VueDesChapitres.MINE, VueDesChapitres.READING, VueDesChapitres.TO_CONFIRM)


def tabs(reader: Compte) -> tuple[dict[str, int | None], dict[str, int]]:
    """Return the counts of the tabs, then how many chapitres each lists."""
    mien, types = mine(reader, at=AT), chapitres_of_people()
    listed = {vue.value: in_view(chapitres_to_read(), vue, mien=mien, types=types).count() for vue in OF_ONE_READER}
    return counted(mien=mien, types=types, two_people=True), listed


def test_tabs_of_a_reader_are_counted_as_they_are_listed(team: Team) -> None:
    other = make_team_to_prove()
    anne, paul = (phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name=name) for name in ("Anne", "Paul"))
    first = make.a_submitted_chapitre(team.candidature, team.salarie)
    make.a_submitted_chapitre(other.candidature, other.salarie)
    seen = []

    def look() -> None:
        for reader in (team.instructeur, anne, paul):
            counts, listed = tabs(reader)
            assert counts == listed
            seen.append(tuple(listed.values())[:2])

    look()
    assign_referent(candidature_id=other.candidature.pk, compte_id=anne.pk, seen=None, by=team.instructeur, at=AT)
    look()
    days = {"from_date": day_of(AT), "until_date": day_of(AT) + timedelta(days=1)}
    note_absence(compte_id=anne.pk, **days, stand_in_id=paul.pk, by=team.instructeur, at=AT)
    look()
    chapitre = {"dispositif_code": team.candidature.dispositif_id, "code": "MAT", "by": team.instructeur, "at": AT}
    entrust_chapitre(**chapitre, compte_id=team.instructeur.pk)
    look()
    claim(first, team.instructeur, AT)
    look()

    assert seen == [
        *((0, 0), (0, 0), (0, 0)),
        *((0, 0), (1, 0), (0, 0)),
        *((0, 0), (1, 0), (1, 0)),
        *((2, 0), (0, 0), (0, 0)),
        *((2, 1), (0, 0), (0, 0)),
    ]


def test_chapitre_saved_as_it_was_before_the_withdrawal_stays_out_of_the_list(team: Team) -> None:
    chapitre = make.a_submitted_chapitre(team.candidature, team.salarie)
    before = Chapitre.objects.get(pk=chapitre.pk)

    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AT)
    before.save()

    assert not chapitres_to_read().filter(pk=chapitre.pk).exists()
    assert Chapitre.objects.get(pk=chapitre.pk).candidature_closed


# -- what a chapitre says of its candidature ---------------------------------------------------------------------------

CODES = ("MAT", "INS")


def two_dossiers() -> tuple[tuple[Team, Team], tuple[Compte, ...]]:
    """Two candidatures, each with its submitted chapitres, and three people who instruct."""
    teams = (make_team_to_prove(), make_team_to_prove())
    for team in teams:
        for code in CODES:
            make.a_submitted_chapitre(team.candidature, team.salarie, code)
    people = (phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name=name) for name in ("Anne", "Paul"))
    return teams, (teams[0].instructeur, *people)


dossiers = standing(two_dossiers)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def told(chapitre: Chapitre) -> tuple[bool, str, int | None]:
    """What triggers wrote on a chapitre."""
    return chapitre.candidature_closed, chapitre.dispositif_id, chapitre.referent_id


def true_of(chapitre: Chapitre) -> tuple[bool, str, int | None]:
    """The same, as its candidature says it."""
    candidature = Candidature.objects.get(dossier_de_preuves__chapitres=chapitre)
    referent = Referent.objects.filter(candidature=candidature).first()
    return candidature.state != "open", candidature.dispositif_id, referent.compte_id if referent else None


def by_hand(vue: str, reader: Compte) -> set[int]:
    """The chapitres (pk) of a tab, looked for one by one."""
    comptes, kept = mine(reader, at=AT).comptes, set()
    types = {(row.dispositif_id, row.code): row.compte_id for row in ReferentDeChapitre.objects.order_by("pk")}
    for chapitre in Chapitre.objects.filter(state__in=["submitted", "under_review"]).order_by("pk"):
        closed, dispositif, referent = true_of(chapitre)
        reads = types.get((dispositif, chapitre.code), referent)
        if chapitre.state == ChapitreState.UNDER_REVIEW:
            reads = chapitre.claimed_by_id
        of_the_tab = {
            VueDesChapitres.MINE: reads in comptes,
            VueDesChapitres.READING: chapitre.claimed_by_id == reader.pk,
            VueDesChapitres.UNFOLLOWED: reads is None,
            VueDesChapitres.EVERY: True,
        }
        if not closed and of_the_tab[VueDesChapitres(vue)]:
            kept.add(chapitre.pk)
    return kept


ACTS = some.one_of(
    some.tuples(some.just("assign"), some.integers(0, 1), some.sampled_from([0, 1, 2, None])),
    some.tuples(some.just("entrust"), some.sampled_from(CODES), some.sampled_from([0, 1, 2, None])),
    some.tuples(some.just("claim"), some.integers(0, 3), some.integers(0, 2)),
    some.tuples(some.just("withdraw"), some.just(1), some.none()),
)


@examples(10)
@given(acts=some.lists(ACTS, min_size=1, max_size=6))
def test_each_tab_holds_what_a_reading_one_by_one_finds_after_any_acts(
    dossiers: tuple[tuple[Team, Team], tuple[Compte, ...]], acts: list[tuple[str, int | str, int | None]]
) -> None:
    teams, people = dossiers
    with undone():
        for act, on, who in acts:
            _play(act, on, None if who is None else people[who], teams)

        for chapitre in Chapitre.objects.order_by("pk"):
            assert told(chapitre) == true_of(chapitre)
        types = chapitres_of_people()
        for reader in people:
            mien = mine(reader, at=AT)
            counts = counted(mien=mien, types=types, two_people=False)
            for vue in (*OF_ONE_READER[:2], VueDesChapitres.UNFOLLOWED, VueDesChapitres.EVERY):
                keys = set(in_view(chapitres_to_read(), vue, mien=mien, types=types).values_list("pk", flat=True))
                assert keys == by_hand(vue, reader)
                assert counts.get(vue, len(keys)) == len(keys)


def _play(act: str, on: int | str, person: Compte | None, teams: tuple[Team, Team]) -> None:
    asked = {"by": teams[0].instructeur, "at": AT}
    match act, on:
        case "assign", int():
            pk = teams[on].candidature.pk
            seen = Referent.objects.filter(candidature=pk).values_list("compte", flat=True).first()
            assign_referent(candidature_id=pk, compte_id=person.pk if person else None, seen=seen, **asked)
        case "entrust", str():
            dispositif = teams[0].candidature.dispositif_id
            entrust_chapitre(dispositif_code=dispositif, code=on, compte_id=person.pk if person else None, **asked)
        case "claim", int():
            chapitre = Chapitre.objects.waiting().filter(state=ChapitreState.SUBMITTED).order_by("pk")[on:].first()
            if chapitre and person:
                claim(chapitre, person)
        case _:
            candidature = teams[1].candidature
            if Candidature.objects.get(pk=candidature.pk).state == "open":
                withdraw_candidature(candidature_id=candidature.pk, by=teams[1].mandataire, at=AT)


def test_chapitre_follows_whatever_sql_writes_of_its_candidature(
    dossiers: tuple[tuple[Team, Team], tuple[Compte, ...]],
) -> None:
    (team, other), (first, second, _) = dossiers
    given_to = {"assigned_at": AT, "assigned_by": first}
    Referent.objects.create(candidature=team.candidature, compte=first, **given_to)
    assert _referents(team, other) == [first.pk] * 2 + [None] * 2

    with connection.cursor() as cursor:
        cursor.execute("UPDATE candidatures_referent SET compte_id = %s", [second.pk])
        assert _referents(team, other) == [second.pk] * 2 + [None] * 2
        cursor.execute("UPDATE candidatures_referent SET candidature_id = %s", [other.candidature.pk])
        assert _referents(team, other) == [None] * 2 + [second.pk] * 2
        cursor.execute("UPDATE preuves_chapitre SET referent_id = NULL")
        assert _referents(team, other) == [None] * 2 + [second.pk] * 2
        cursor.execute("DELETE FROM candidatures_referent")
    assert _referents(team, other) == [None] * 4


def _referents(*teams: Team) -> list[int | None]:
    """The référent (pk) that the submitted chapitres of each candidature say."""
    rows = Chapitre.objects.waiting().order_by("pk")
    return [row.referent_id for team in teams for row in rows.filter(dossier__candidature=team.candidature)]
