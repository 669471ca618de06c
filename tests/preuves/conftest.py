import pytest

from candidatures.models import Candidature
from tests.candidatures.conftest import Team, make_team
from tests.factories import preuves as make


@pytest.fixture
def team(db: None) -> Team:
    """An éditeur whose two volets are recevables (PA and PDS), without a former reference; the small REM stands."""
    return make_team_to_prove()


def make_team_to_prove(*, confirm: bool = False) -> Team:
    make.a_rem()
    team = make_team()
    team.candidature = make.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur, confirm=confirm)
    return team


@pytest.fixture
def candidature(team: Team) -> Candidature:
    return team.candidature
