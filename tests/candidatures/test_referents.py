"""Référents, absences and the sharing out: the rules, the acts and what the éditeur never sees."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from candidatures.models import Absence, Referent
from candidatures.operations.referents import (
    ReferentMoved,
    ReferentNotPossible,
    assign_referent,
    entrust_chapitre,
    note_absence,
    remove_absence,
)
from candidatures.queries.referents import chapitres_of_people, charges, day_of, loads, mine
from candidatures.rules.referents import Away, acted_for, obstacles_to_absence, shared_out, uncovered, who_acts
from comptes import clock, journal
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories.tours import project_everything

AT, DAY = make.SUMMER, timedelta(days=1)


# -- the rules -------------------------------------------------------------------------------------------------------


def absent(**stand_ins: int | None) -> dict[int, Away]:
    return {int(key[1:]): Away(int(key[1:]), stand_in) for key, stand_in in stand_ins.items()}


def test_who_acts_follows_stand_ins_to_somebody_who_is_there() -> None:
    away = absent(c1=2, c2=3, c4=None, c5=6, c6=5)

    assert [who_acts(compte, away) for compte in (1, 2, 3, 4, 5, 7)] == [3, 3, 3, None, None, 7]
    assert acted_for(3, away) == {1, 2, 3}
    assert uncovered(away) == (4, 5, 6)


def test_candidatures_go_to_who_follows_the_fewest() -> None:
    assert shared_out([10, 11, 12, 13], {1: 2, 2: 0, 3: 1}) == {10: 2, 11: 2, 12: 3, 13: 1}
    assert shared_out([10], {}) == {}


@pytest.mark.parametrize(
    ("start", "end", "stand_in", "reasons"),
    [
        (1, 3, 2, 0),
        (3, 1, 2, 1),
        (4, 6, 2, 0),
        (9, 10, 2, 1),
        (1, 10, 2, 1),
        (21, 22, 2, 0),
        (20, 22, 1, 2),
        (1, 1, None, 0),
    ],
)
def test_absence_is_refused_with_every_reason(start: int, end: int, stand_in: int | None, reasons: int) -> None:
    others = [(date(2026, 8, 10), date(2026, 8, 20))]
    days = {"from_date": date(2026, 8, start), "until_date": date(2026, 8, end)}

    assert len(obstacles_to_absence(**days, stand_in=stand_in, compte=1, others=others)) == reasons


# -- the acts --------------------------------------------------------------------------------------------------------


def somebody(name: str, **roles: Any) -> Compte:
    return make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name=name, last_name="Martin", **roles)


def give(team: Team, to: Compte | None, *, seen: Compte | None = None, by: Compte | None = None) -> Referent | None:
    return assign_referent(
        candidature_id=team.candidature.pk,
        compte_id=to.pk if to else None,
        seen=seen.pk if seen else None,
        by=by or team.instructeur,
        at=AT,
    )


def test_candidature_is_given_then_taken_away_and_the_journal_of_the_editeur_says_nothing(team: Team) -> None:
    anne = somebody("Anne")
    before = JournalEntry.objects.filter(chain=team.candidature.chain).count()

    given = give(team, anne)
    assert given is not None
    assert (given.compte, given.assigned_by) == (anne, team.instructeur)
    assert give(team, anne) == given  # twice is once
    give(team, None, seen=anne)

    assert not Referent.objects.exists()
    acts = JournalEntry.objects.filter(chain=journal.PORTAIL, act__startswith="referent.").order_by("number")
    assert [line.sentence for line in journal.lines(acts)] == [
        f"Anne Martin devient référent de la candidature {team.candidature.nru}",
        f"La candidature {team.candidature.nru} n’a plus de référent\u00a0: c’était Anne Martin",
    ]
    assert JournalEntry.objects.filter(chain=team.candidature.chain).count() == before


def test_two_people_giving_the_same_candidature(team: Team) -> None:
    anne, paul = somebody("Anne"), somebody("Paul")
    give(team, anne, by=paul)

    with pytest.raises(ReferentMoved) as refused:
        give(team, paul)

    assert refused.value.sentence.startswith(f"Paul Martin a attribué la candidature {team.candidature.nru} à Anne")
    assert Referent.objects.get().compte == anne


def test_only_who_instructs_gives_and_receives(team: Team) -> None:
    college = make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE])
    for by, to in ((college, team.instructeur), (team.instructeur, college), (team.mandataire, team.instructeur)):
        with pytest.raises(ReferentNotPossible):
            give(team, to, by=by)


def test_stand_in_does_the_work_of_who_is_absent(team: Team) -> None:
    anne, paul = somebody("Anne"), somebody("Paul")
    give(team, anne)
    days = {"from_date": day_of(AT), "until_date": day_of(AT) + DAY}
    absence = note_absence(compte_id=anne.pk, **days, stand_in_id=paul.pk, by=team.instructeur, at=AT)

    assert mine(paul, at=AT).comptes == {anne.pk, paul.pk}
    assert mine(paul, at=AT + 2 * DAY).comptes == {paul.pk}
    assert anne.pk not in loads(at=AT)
    (load,) = [charge for charge in charges(at=AT) if charge.compte == anne]
    assert (load.candidatures, load.absence) == (1, absence)
    with pytest.raises(ReferentNotPossible, match="Une autre absence"):
        note_absence(compte_id=anne.pk, **days, stand_in_id=None, by=team.instructeur, at=AT)
    remove_absence(absence_id=absence.pk, by=team.instructeur, at=AT)
    assert not Absence.objects.exists()


def test_chapitre_has_one_referent_in_each_dispositif(team: Team) -> None:
    anne = somebody("Anne")
    chapitre = {"dispositif_code": team.candidature.dispositif_id, "code": "MAT", "by": team.instructeur, "at": AT}
    for person in (team.instructeur, anne):
        entrust_chapitre(**chapitre, compte_id=person.pk)
    assert chapitres_of_people() == {(team.candidature.dispositif_id, "MAT"): anne.pk}
    entrust_chapitre(**chapitre, compte_id=None)
    assert chapitres_of_people() == {}


# -- the list --------------------------------------------------------------------------------------------------------


def listed(client: Any, **address: str) -> list[str]:
    project_everything(at=AT)
    with clock.travel(AT):
        answer = client.get(reverse("referencement:instruction"), address)
    counts = {tab.label: tab.count for tab in answer.context["tabs"]}
    nrus = [line.nru for line in answer.context["lines"]]
    current = next(tab for tab in answer.context["tabs"] if tab.current)
    assert counts[current.label] == len(nrus), current
    return nrus


def test_tabs_say_what_is_mine_my_colleagues_and_nobodys(team: Team, sign_in: Any) -> None:
    make.a_dossier_handed_over(team.candidature, team.mandataire)
    anne, nru = somebody("Anne"), team.candidature.nru
    hers, mine_ = sign_in(anne), sign_in(team.instructeur)
    assert [listed(mine_, vue=vue) for vue in ("moi", "equipe", "sans-referent", "ans")] == [[], [], [nru], [nru]]

    give(team, anne)

    assert [listed(mine_, vue=vue) for vue in ("moi", "equipe", "sans-referent")] == [[], [nru], []]
    assert [listed(hers, vue=vue) for vue in ("moi", "equipe", "sans-referent")] == [[nru], [], []]
    assert listed(mine_, referent=str(anne.pk), vue="equipe") == [nru]
    days = {"from_date": date(2000, 1, 1), "until_date": date(2100, 1, 1)}
    note_absence(compte_id=anne.pk, **days, stand_in_id=None, by=anne, at=AT)
    assert "absent, sans remplaçant" in mine_.get(reverse("referencement:instruction")).content.decode()
    Absence.objects.update(stand_in=team.instructeur)
    assert listed(mine_, vue="moi") == [nru]


def test_item_leads_to_the_next_of_the_list_and_back_to_it(team: Team, sign_in: Any) -> None:
    other = make.a_candidature(make.a_produit(team.editeur, team.mandataire, "Mistral"), team.mandataire)
    client, address = sign_in(team.instructeur), f"{reverse('referencement:instruction')}?vue=editeur&tri=ouverture"
    first, last = (reverse("referencement:candidature", args=[nru]) for nru in (team.candidature.nru, other.nru))
    step = reverse("comptes:neighbour", args=["suivante"])
    assert client.get(step, {"de": team.candidature.nru}).url == "/"  # no list was read
    project_everything(at=AT)

    client.get(address)

    assert 'rel="next"' in client.get(first).content.decode()
    assert client.get(step, {"de": team.candidature.nru}).url == last
    assert client.get(reverse("comptes:neighbour", args=["precedente"]), {"de": other.nru}).url == first
    assert client.get(step, {"de": other.nru}).url == address
    assert 'rel="next"' not in sign_in(team.salarie).get(first).content.decode()


def test_list_kept_by_a_browser_is_one_of_ours(team: Team, sign_in: Any) -> None:
    client = sign_in(team.instructeur)
    for written in ("https://ailleurs.example/", "//ailleurs.example/", "/mon-compte/", "/instruction/../x", "%00"):
        client.cookies["liste"] = written
        answer = client.get(reverse("comptes:neighbour", args=["suivante"]), {"de": team.candidature.nru})
        assert answer.url == "/", written
