"""The tabs of the ANS's list of chapitres: what is counted for one reader is what their list holds."""

from datetime import timedelta

from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.referents import assign_referent, entrust_chapitre, note_absence
from candidatures.queries.referents import chapitres_of_people, day_of, mine
from comptes.enums import RoleANS
from comptes.models import Compte
from preuves.enums import VueDesChapitres
from preuves.models import Chapitre
from preuves.queries.waiting import chapitres_to_read, counted, in_view
from tests.candidatures.conftest import Team
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
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
