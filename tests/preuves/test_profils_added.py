"""A profil added after a chapitre was approved: derived on read, and tidied by the sweep."""

from datetime import date, timedelta

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations.instruction import reopen_volet
from candidatures.operations.volets import save_answers, submit_volet
from preuves import sweeps
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import ChapitreState, Nature
from preuves.models import Chapitre
from preuves.queries.dossier import dossier_of
from tests.candidatures.conftest import Team
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.preuves.test_operations import approve

LATER = make.AUTUMN + timedelta(days=1)


def a_chapitre_with_a_ph_preuve() -> None:
    exigences = (
        make.an_exigence("X.01", make.a_preuve_spec("X.01.01.01")),
        make.an_exigence("X.02", make.a_preuve_spec("X.02.01.01", Nature.TEXTE), profils=("PH",)),
    )
    make.a_rem(RemSpec((ChapitreSpec("X", "X", exigences),)), date(2026, 7, 1))


def present_ph_too(team: Team) -> None:
    volet = phase_1.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    reopen_volet(
        volet_id=volet.pk,
        champs=["profils"],
        text="À votre demande.",
        seen_version=volet.version,
        by=team.instructeur,
        at=LATER,
    )
    volet = phase_1.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    save_answers(
        volet_id=volet.pk,
        answers={"profils": ["PA", "PDS", "PH"]},
        seen_version=volet.version,
        by=team.salarie,
        at=LATER,
    )
    submit_volet(volet_id=volet.pk, by=team.salarie, at=LATER)


def test_approved_chapitre_opens_again_when_a_profil_asks_more(team: Team) -> None:
    a_chapitre_with_a_ph_preuve()
    approve(make.a_submitted_chapitre(team.candidature, team.salarie, "X"), team)
    assert sweeps.reopen_chapitres() == 0

    present_ph_too(team)

    dossier = dossier_of(Candidature.objects.with_names().get(pk=team.candidature.pk))
    assert dossier is not None
    assert [chapitre.facts.standing for chapitre in dossier.chapitres] == [ChapitreState.RETURNED]
    assert sweeps.reopen_chapitres() == 1
    assert sweeps.reopen_chapitres() == 0
    assert Chapitre.objects.get(code="X").state == ChapitreState.RETURNED
