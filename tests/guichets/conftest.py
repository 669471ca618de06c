import pytest

from guichets.models import DemandeAuGuichet
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import Nature
from tests.candidatures.conftest import Team, make_team
from tests.factories import guichets as make
from tests.factories import preuves as prove
from tests.ground import standing
from tests.preuves.conftest import make_team_to_prove

INSI, UTILISATEUR, OTHER = "INS.01.01.01", "PSC.01.01.01", "INS.02.01.01"


team = standing(make_team_to_prove)


@pytest.fixture
def demande(team: Team) -> DemandeAuGuichet:
    """The INSi of its principal component, declared at the CNDA under CNDA-INSI."""
    return make.a_demande(team.candidature, team.salarie)


def make_team_with_constats() -> Team:
    """A team whose REM has three preuves: one answered by the CNDA's INSi, one by the habilitation, one by no desk."""
    exigences = [
        prove.an_exigence("INS.01", prove.a_preuve_spec(INSI, Nature.CNDA, constat="CNDA:INSI")),
        prove.an_exigence("INS.02", prove.a_preuve_spec(OTHER)),
        prove.an_exigence("PSC.01", prove.a_preuve_spec(UTILISATEUR, Nature.EDC_PSC, constat="EDC_PSC:UTILISATEUR")),
    ]
    prove.a_rem(RemSpec((ChapitreSpec("INS", "Identité nationale de santé", tuple(exigences)),)))
    team = make_team()
    team.candidature = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    prove.a_deposit(team.candidature, team.salarie, OTHER)
    return team
