"""What is returned once Date 3 is over leaves days to answer: each page, list, photo and act counts them alike."""

from datetime import UTC, datetime, timedelta

import pytest

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import Camp, EtatDeDate
from candidatures.models import Candidature, Echeance
from candidatures.operations.derogations import ForeclosureNotPossible
from candidatures.queries.avancement import avancements_of
from comptes import clock
from preuves.enums import ChapitreState
from preuves.operations.chapitres import ChapitreNotSubmittable, submit_chapitre
from preuves.operations.reouvertures import reopen_chapitre
from referencement import sweeps
from referencement.enums import ObjetDAttente, TriDePhoto
from referencement.models import PhotoDEcheance
from referencement.operations.forclusions import foreclose_on_photo
from referencement.queries.as_of import candidatures_at
from referencement.queries.blocages import dossier_complet
from referencement.queries.echeances import due_among
from referencement.queries.tours import tours_of
from referencement.rules import echeances as echeances_rules
from referencement.rules.dates import dates_of
from tests.factories import preuves as prove
from tests.factories.conventions import Parties
from tests.factories.tours import project_everything

DATE_3 = datetime(2028, 3, 15, 11, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
RETURNED = DATE_3 + 2 * DAY
UNTIL = RETURNED + spec_of("ms-dui-va2").delais.answer
AROUND = [(-SECOND, True), (timedelta(0), True), (SECOND, False)]


@pytest.fixture
def returned(parties: Parties) -> Candidature:
    """Every chapitre was approved by Date 3; one is opened again two days later. The photo of Date 3 is taken."""
    with clock.travel(DATE_3 + timedelta(hours=1)):
        sweeps.take_photos()
    chapitre = prove.the_chapitre(parties.candidature, "MAT")
    arguments = {"reason": "Une erreur.", "seen_version": chapitre.version, "by": parties.team.instructeur}
    reopen_chapitre(chapitre_id=chapitre.pk, **arguments, at=RETURNED)
    return Candidature.objects.with_names().get(pk=parties.candidature.pk)


@pytest.mark.parametrize("projected", [True, False])
@pytest.mark.parametrize(("after", "left"), AROUND)
def test_date_due_and_turn_count_the_same_days(
    returned: Candidature, after: timedelta, left: bool, projected: bool
) -> None:
    at, pk = UNTIL + after, returned.pk
    if projected:
        project_everything(at=RETURNED)
    facts = dossier_complet(returned, at=at, with_history=False).facts
    (then,) = candidatures_at([returned], at=at)
    read = dates_of(facts, at=at)["date-3"]
    listed = avancements_of([pk], reader=Camp.EDITEUR, at=at)[pk].dates["date-3"]

    assert (read.etat, read.deadline.at) == ((EtatDeDate.PUT_OFF, UNTIL) if left else (EtatDeDate.MISSED, DATE_3))
    assert (listed.etat, listed.deadline.at) == (read.etat, read.deadline.at)
    due = due_among(Echeance.objects.get(code="date-3"), [pk], at=at)
    assert (bool(echeances_rules.due(facts, "date-3", at=at)), pk in due) == (not left, not left)
    assert bool(echeances_rules.due(then.facts, "date-3", at=at)) is not left
    (tour,) = tours_of([pk], at=at).values()
    (mine,) = [attente for attente in tour.attentes if attente.objet is ObjetDAttente.CHAPITRE_TO_CORRECT]
    assert (mine.due_at, mine.is_missed(at)) == (UNTIL, not left)


@pytest.mark.parametrize(("after", "left"), AROUND)
def test_answer_is_received_on_those_days(
    returned: Candidature, parties: Parties, after: timedelta, left: bool
) -> None:
    arguments = {"candidature_id": returned.pk, "code": "MAT", "by": parties.signatory, "at": UNTIL + after}
    if left:
        submit_chapitre(**arguments)
    else:
        with pytest.raises(ChapitreNotSubmittable) as refused:
            submit_chapitre(**arguments)
        assert "Date de réponse au retour de l’ANS" in refused.value.obstacles[0].sentence
    state = prove.the_chapitre(returned, "MAT").state
    assert state == (ChapitreState.SUBMITTED if left else ChapitreState.RETURNED)


@pytest.mark.parametrize(("after", "left"), AROUND)
def test_photo_of_date_3_said_in_time_and_forecloses_nobody(
    returned: Candidature, parties: Parties, after: timedelta, left: bool
) -> None:
    photo = PhotoDEcheance.objects.get(candidature=returned, echeance="date-3")
    assert (photo.instant, photo.sort) == (DATE_3, TriDePhoto.IN_TIME)

    with pytest.raises(ForeclosureNotPossible, match="dans les délais"):
        foreclose_on_photo(photo_id=photo.pk, reason="Rien.", by=parties.responsable, at=UNTIL + after)
