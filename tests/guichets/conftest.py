import pytest

from guichets.models import Homologation
from tests.candidatures.conftest import Team
from tests.factories import guichets as make
from tests.preuves.conftest import make_team_to_prove


@pytest.fixture
def team(db: None) -> Team:
    """An éditeur whose two volets are recevables (PA and PDS), its own proxy, NIL-1; the small REM stands."""
    return make_team_to_prove()


@pytest.fixture
def demande(team: Team) -> Homologation:
    """The INSi of its principal component, declared at the CNDA under CNDA-INSI."""
    return make.a_demande(team.candidature, team.salarie)
