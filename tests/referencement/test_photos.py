"""The photo of an échéance: of whom, as of when; the same whenever it is taken, once, and never rewritten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations.candidatures import open_candidature, withdraw_candidature
from candidatures.operations.instruction import reopen_volet
from candidatures.operations.produits import rename_produit
from candidatures.operations.volets import VoletNotSubmittable, save_answers, submit_volet
from candidatures.queries.moments import PassedEcheance
from comptes import clock, journal
from comptes.canonical import fingerprint
from comptes.models import JournalEntry
from guichets.operations.demandes import end_demande
from preuves.operations.chapitres import ChapitreNotSubmittable, submit_chapitre, take_back_chapitre
from preuves.operations.reouvertures import reopen_chapitre
from referencement import sweeps
from referencement.enums import Act, TriDePhoto
from referencement.models import PhotoDEcheance
from referencement.operations.photos import PhotoTooEarly, take_photos
from referencement.queries.as_of import candidatures_at
from referencement.rules.photo import WAIT
from tests.candidatures.conftest import Team, all_at_once, make_team
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.conventions import Parties
from tests.factories.guichets import EtapeCNDA
from tests.ground import standing

DATE_1 = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
DATE_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
DATE_3 = datetime(2028, 3, 15, 11, 0, tzinfo=UTC)
SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)
THREE_DAYS = timedelta(days=3)
WITH_FILES = timedelta(hours=1)  # the grace of an échéance that asks for chapitres
DUI = "ms-dui-va2"
AROUND = [-SECOND, -MICROSECOND, timedelta(0), MICROSECOND, SECOND]


def take(at: datetime) -> int:
    with clock.travel(at):
        return int(sweeps.take_photos())


def photo(candidature: Candidature, echeance: str = "date-1") -> PhotoDEcheance:
    return PhotoDEcheance.objects.get(candidature=candidature, echeance=echeance)


def rows() -> list[tuple[Any, ...]]:
    """Every row whole, but for its key, which says in what order they were taken."""
    columns = ("candidature", "echeance", "instant", "sort", "data", "sha256")
    return list(PhotoDEcheance.objects.order_by("candidature", "instant").values_list(*columns))


# -- Date 1 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("around", AROUND)
def test_volet_submitted_by_noon_is_in_the_photo(db: None, around: timedelta) -> None:
    """The act and the photo agree: what is refused is not there, and what is accepted is."""
    team = make_team()
    make.a_submitted_volet(team.candidature, team.mandataire)
    volet = make.a_filled_volet(team.candidature, team.mandataire, VoletKind.ELIGIBILITE)
    accepted = around <= timedelta(0)
    try:
        submit_volet(volet_id=volet.pk, by=team.mandataire, at=DATE_1 + around)
    except VoletNotSubmittable:
        assert not accepted
    take(DATE_1 + WAIT)

    taken = photo(team.candidature)
    assert taken.sort == (TriDePhoto.IN_TIME if accepted else TriDePhoto.TO_DECIDE)
    assert taken.data["complets_non_soumis"] == ([] if accepted else ["Formulaire d’éligibilité"])


def test_draft_that_lacks_answers_is_late(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.mandataire)
    take(DATE_1 + WAIT)

    assert photo(team.candidature).sort == TriDePhoto.LATE


def test_volet_returned_before_noon_was_submitted(team: Team) -> None:
    make.a_dossier_handed_over(team.candidature, team.mandataire)
    make.a_demande(team.volet, team.instructeur, "version_technique")
    take(DATE_1 + WAIT)

    taken = photo(team.candidature)
    (volet, _) = taken.data["volets"]
    assert (taken.sort, volet["etat"]) == (TriDePhoto.IN_TIME, "complement_requested")
    assert len(volet["soumissions"][0]["sha256"]) == 64


def test_nothing_is_taken_before_five_minutes(team: Team) -> None:
    assert take(DATE_1 + WAIT - MICROSECOND) == 0
    moment = PassedEcheance(DUI, "date-1", DATE_1)
    with pytest.raises(PhotoTooEarly):
        take_photos(moment=moment, candidature_ids=[team.candidature.pk], at=DATE_1 + WAIT - MICROSECOND)
    assert take(DATE_1 + WAIT) == 1


def test_who_opened_after_or_left_before_is_not_in_it(db: None) -> None:
    left, after, left_after = make_team(), make_team(), make_team()
    withdraw(left, DATE_1)
    withdraw(left_after, DATE_1 + MICROSECOND)
    late = make.a_produit(after.editeur, after.mandataire, "Mistral")
    opened = open_candidature(produit_id=late.pk, dispositif_code=DUI, by=after.mandataire, at=DATE_1 + MICROSECOND)
    take(DATE_1 + WAIT)

    there = set(PhotoDEcheance.objects.values_list("candidature", flat=True))
    assert there == {after.candidature.pk, left_after.candidature.pk}
    assert opened.pk not in there


def withdraw(team: Team, at: datetime) -> None:
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=at)


# -- Dates 2 and 3 -----------------------------------------------------------------------------------------------------


def make_prover() -> Team:
    """Everything approved at the desks and the chapitre MAT submitted; INS is left."""
    prove.a_rem()
    team = make_team()
    team.candidature = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    for code in ("INSI", "DMP"):
        demande = desks.a_demande(team.candidature, team.mandataire, desks.cnda(code))
        desks.a_releve(demande, EtapeCNDA.PRE_EXAMEN)
    prove.a_submitted_chapitre(team.candidature, team.mandataire, "MAT")
    return team


prover = standing(make_prover)


@pytest.mark.parametrize("around", AROUND)
def test_chapitre_submitted_by_noon_is_in_the_photo(prover: Team, around: timedelta) -> None:
    prove.a_complete_chapitre(prover.candidature, prover.mandataire, "INS")
    accepted = around <= timedelta(0)
    arguments = {"candidature_id": prover.candidature.pk, "code": "INS", "by": prover.mandataire}
    try:
        submit_chapitre(**arguments, at=DATE_2 + around)
    except ChapitreNotSubmittable:
        assert not accepted
    take(DATE_2 + WITH_FILES)

    taken = photo(prover.candidature, "date-2")
    assert taken.sort == (TriDePhoto.IN_TIME if accepted else TriDePhoto.TO_DECIDE)
    assert taken.data["complets_non_soumis"] == ([] if accepted else ["Identité nationale de santé"])


@pytest.mark.parametrize(("after", "counts"), [(timedelta(0), False), (MICROSECOND, True), (SECOND, True)])
def test_chapitre_taken_back_counts_as_never_submitted_from_then_on(
    prover: Team, after: timedelta, counts: bool
) -> None:
    prove.a_submitted_chapitre(prover.candidature, prover.mandataire, "INS")
    arguments = {"candidature_id": prover.candidature.pk, "code": "INS", "by": prover.mandataire}
    take_back_chapitre(**arguments, at=DATE_2 + after)
    take(DATE_2 + THREE_DAYS)

    taken = photo(prover.candidature, "date-2")
    ins = next(chapitre for chapitre in taken.data["chapitres"] if chapitre["code"] == "INS")
    assert (taken.sort == TriDePhoto.IN_TIME, len(ins["soumissions"])) == (counts, int(counts))


@pytest.mark.parametrize(
    ("seen", "sort"),
    [
        (DATE_2, TriDePhoto.IN_TIME),
        (DATE_2 + MICROSECOND, TriDePhoto.LATE),
    ],
)
def test_desk_is_as_it_was_read_by_noon(prover: Team, seen: datetime, sort: TriDePhoto) -> None:
    """Initialisation waits for the éditeur."""
    prove.a_submitted_chapitre(prover.candidature, prover.mandataire, "INS")
    demande = prover.candidature.demandes_aux_guichets.get(objet="cnda:/DMP")
    arguments = {"reason": "Une autre la remplace.", "by": prover.mandataire}
    end_demande(demande_id=demande.pk, **arguments, at=prove.AUTUMN)
    again = desks.a_demande(prover.candidature, prover.mandataire, desks.cnda("DMP"))
    desks.a_releve(again, EtapeCNDA.PRE_EXAMEN, at=seen)
    take(DATE_2 + WITH_FILES)

    assert photo(prover.candidature, "date-2").sort == sort


def test_revisions_are_named_with_their_fingerprint(prover: Team) -> None:
    before = prove.a_deposit(prover.candidature, prover.mandataire, "INS.01.01.01", prove.not_applicable())
    prove.a_deposit(
        prover.candidature, prover.mandataire, "INS.01.01.01", prove.not_applicable(), seen=1, at=DATE_2 + SECOND
    )
    take(DATE_2 + WITH_FILES)

    ins = next(
        chapitre for chapitre in photo(prover.candidature, "date-2").data["chapitres"] if chapitre["code"] == "INS"
    )
    (depot,) = ins["depots"]
    assert (depot["numero"], depot["sha256"]) == (1, before.sha256)


def test_date_3_sorts_by_the_returns(parties: Parties) -> None:
    """Every chapitre was approved; then one is opened again and answered, but not submitted."""
    chapitre = prove.the_chapitre(parties.candidature, "MAT")
    arguments = {"reason": "Une erreur.", "seen_version": chapitre.version, "by": parties.team.instructeur}
    reopen_chapitre(chapitre_id=chapitre.pk, **arguments, at=DATE_3)
    take(DATE_3 + WITH_FILES)

    taken = photo(parties.candidature, "date-3")
    assert (taken.sort, taken.data["complets_non_soumis"]) == (
        TriDePhoto.TO_DECIDE,
        ["Prérequis de maturité technique"],
    )


# -- whenever it is taken ----------------------------------------------------------------------------------------------


def a_hundred_acts(team: Team, at: datetime) -> None:
    """Whatever may still be done after Date 2, by everybody."""
    candidature, by = team.candidature, team.mandataire
    for number in range(100):
        moment = at + timedelta(seconds=number)
        prove.a_deposit(candidature, by, "INS.01.01.01", prove.not_applicable(), seen=number, at=moment)
    at += timedelta(minutes=5)
    volet = make.the_volet(candidature)
    arguments = {"champs": ["version_technique"], "text": "Précisez.", "seen_version": volet.version}
    reopen_volet(volet_id=volet.pk, **arguments, by=team.instructeur, at=at)
    volet = make.the_volet(candidature)
    answers = {"version_technique": "5.0"}
    save_answers(volet_id=volet.pk, answers=answers, seen_version=volet.version, by=by, at=at)
    submit_volet(volet_id=volet.pk, by=by, at=at)
    rename_produit(produit_id=team.produit.pk, nom="Tout autre nom", by=by, at=at)
    take_back_chapitre(candidature_id=candidature.pk, code="MAT", by=by, at=at)
    demande = candidature.demandes_aux_guichets.get(objet="cnda:/INSI")
    desks.a_releve(desks.again(demande), EtapeCNDA.EXAMEN, at=at)
    end_demande(demande_id=candidature.demandes_aux_guichets.get(objet="cnda:/DMP").pk, reason="Non.", by=by, at=at)
    desks.a_demande(candidature, by, desks.cnda("DMP", numero="CNDA-9"), at=at)
    desks.a_demande(candidature, by, desks.edc(), at=at)
    withdraw(team, at + SECOND)


def test_photo_is_the_same_taken_at_once_or_three_days_late(prover: Team) -> None:
    with transaction.atomic():
        take(DATE_2 + WITH_FILES)
        at_once = rows()
        transaction.set_rollback(True)
    before = JournalEntry.objects.count()
    a_hundred_acts(prover, DATE_2 + MICROSECOND)
    assert JournalEntry.objects.count() - before > 100
    take(DATE_2 + THREE_DAYS)

    assert rows() == at_once
    assert [row[-1] for row in rows()] == [fingerprint(row[-2]) for row in at_once]
    assert list(journal.verify()) == []


def test_sweep_that_runs_again_takes_nothing(prover: Team) -> None:
    assert (take(DATE_2 + WITH_FILES), take(DATE_2 + WITH_FILES), take(DATE_2 + THREE_DAYS)) == (2, 0, 0)
    entries = JournalEntry.objects.filter(act=Act.PHOTO_TAKEN)
    assert entries.count() == PhotoDEcheance.objects.count() == 2


def test_run_is_bounded_and_the_next_goes_on(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "CHUNK", 2)
    monkeypatch.setattr(sweeps, "MOST_PHOTOS", 3)
    for _ in range(4):
        make_team()

    assert [take(DATE_1 + WAIT) for _ in range(3)] == [3, 1, 0]


def test_photo_is_never_rewritten(team: Team) -> None:
    take(DATE_1 + WAIT)
    photos = PhotoDEcheance.objects.filter(candidature=team.candidature)

    for act in (lambda: photos.update(sort=TriDePhoto.IN_TIME), photos.delete):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            act()


def test_chunk_is_gathered_in_as_many_queries_whatever_its_size(
    prover: Team, django_assert_num_queries: Callable[..., Any]
) -> None:
    others = [make_team().candidature for _ in range(2)]
    named = Candidature.objects.with_names()
    candidatures_at([named.get(pk=prover.candidature.pk)], at=DATE_2)
    for keys in ([prover.candidature.pk], [prover.candidature.pk, *(other.pk for other in others)]):
        chosen = list(named.filter(pk__in=keys).order_by("pk"))
        with django_assert_num_queries(20):
            candidatures_at(chosen, at=DATE_2)


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_take_each_photo_once() -> None:
    teams = [make_team() for _ in range(6)]

    taken = all_at_once(4, lambda _: take(DATE_1 + WAIT))

    assert [photo for photo in taken if isinstance(photo, Exception)] == []
    take(DATE_1 + WAIT)
    assert PhotoDEcheance.objects.count() == JournalEntry.objects.filter(act=Act.PHOTO_TAKEN).count() == len(teams)
    assert list(journal.verify()) == []
