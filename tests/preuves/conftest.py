import pytest

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.ground import standing


def make_team_to_prove(*, confirm: bool = False) -> Team:
    """A team whose two volets are recevables (PA and PDS), without a former reference, with the small REM."""
    make.a_rem()
    team = make_team()
    team.candidature = make.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur, confirm=confirm)
    return team


def make_team_with_eligibilite() -> Team:
    """A team whose formulaire d’éligibilité is submitted: files may come."""
    team = make_team()
    phase_1.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    return team


team = standing(make_team_to_prove)


@pytest.fixture
def candidature(team: Team) -> Candidature:
    return team.candidature
