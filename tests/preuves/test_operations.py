from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import IntegrityError

from candidatures.models import Candidature
from comptes import journal
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import ChapitreState, Forme, Nature, PreuveState
from preuves.models import Chapitre, DossierDePreuves, Preuve, PreuveAttendue, Revision, VersionDuREM
from preuves.operations.chapitres import (
    ChapitreNotSubmittable,
    ChapitreNotTakenBack,
    submit_chapitre,
    take_back_chapitre,
)
from preuves.operations.depots import DepositConflict, DepositNotPossible, DepositRefused
from preuves.operations.dossiers import AdoptedVersion, VersionNotAdoptable, move_to_version
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.operations.rem import RemNotPublishable
from preuves.queries.chapitres import history_of, soumissions_standing
from preuves.queries.dossier import dossier_of, newer_version, rem_of
from preuves.rules.depots import Contenu
from tests.candidatures.conftest import Team, all_at_once
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.preuves.conftest import make_team_to_prove

# Each act is done with the role of the portal's processes: no act needs what that role is denied.
pytestmark = pytest.mark.usefixtures("as_the_application")

NOON_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


# -- deposit --------------------------------------------------------------------------------------------------------


def test_first_deposit_opens_the_dossier_on_the_latest_rem(team: Team) -> None:
    revision = make.a_deposit(team.candidature, team.salarie)

    dossier = DossierDePreuves.objects.get(candidature=team.candidature)
    assert list(dossier.chapitres.order_by("pk").values_list("code", flat=True)) == ["MAT", "INS", "CDM-PH"]
    assert (revision.number, revision.preuve.state, len(revision.sha256)) == (1, "deposited", 64)


def test_next_deposit_leaves_the_one_before_as_it_is(team: Team) -> None:
    first = make.a_deposit(team.candidature, team.salarie)
    second = make.a_deposit(team.candidature, team.salarie, contenu=make.a_number("99"), seen=1)

    assert (second.preuve, second.number) == (first.preuve, 2)
    assert Revision.objects.get(pk=first.pk).value == "48213"
    assert first.sha256 != second.sha256


def test_deposit_on_a_stale_page_says_who_was_there_and_keeps_nothing(team: Team) -> None:
    make.a_deposit(team.candidature, team.salarie)

    with pytest.raises(DepositConflict, match=r"Sami Leroy a déposé cette preuve le 2.novembre 2026 à 10.h\."):
        make.a_deposit(team.candidature, team.mandataire, contenu=make.a_number("99"), seen=0)
    assert Revision.objects.count() == 1


def test_deposit_is_closed_before_the_eligibilite(team: Team) -> None:
    other = phase_1.a_candidature(phase_1.a_produit(team.editeur, team.mandataire, "Autre"), team.mandataire)

    with pytest.raises(DepositNotPossible, match="Soumettez d’abord"):
        make.a_deposit(other, team.mandataire)
    assert DossierDePreuves.objects.count() == 0


def test_deposit_opens_with_the_first_submission_of_the_eligibilite(team: Team) -> None:
    other = phase_1.a_candidature(phase_1.a_produit(team.editeur, team.mandataire, "Autre"), team.mandataire)
    phase_1.a_submitted_volet(other, team.mandataire, kind=phase_1.VoletKind.ELIGIBILITE)

    assert make.a_deposit(other, team.mandataire).number == 1


def test_unknown_preuve_is_refused(team: Team) -> None:
    with pytest.raises(DepositNotPossible, match="n’existe pas"):
        make.a_deposit(team.candidature, team.salarie, "ZZZ.01")


def test_preuve_of_another_profil_is_refused(team: Team) -> None:
    with pytest.raises(DepositNotPossible, match="seulement pour le profil PH"):
        make.a_deposit(team.candidature, team.salarie, "PH.01.01.01", Contenu(Forme.TEXT, value="Voici."))


def test_faults_are_said_and_nothing_is_kept(team: Team) -> None:
    with pytest.raises(DepositRefused) as refused:
        make.a_deposit(team.candidature, team.salarie, contenu=Contenu(Forme.NUMBER, value="douze"))

    assert set(refused.value.faults) == {"value", "evidence_date", "version_technique"}
    assert Preuve.objects.count() == Revision.objects.count() == 0


def test_one_file_serves_two_preuves(team: Team) -> None:
    spec = RemSpec(
        (
            ChapitreSpec(
                "X",
                "X",
                (
                    make.an_exigence(
                        "X.01",
                        make.a_preuve_spec("X.1", Nature.CAPTURE),
                        make.a_preuve_spec("X.2", Nature.CAPTURE),
                    ),
                ),
            ),
        )
    )
    make.a_rem(spec, date(2026, 7, 1))
    piece = make.a_file(team.candidature, team.salarie)

    for numero in ("X.1", "X.2"):
        make.a_deposit(team.candidature, team.salarie, numero, make.some_files(piece))

    lines = [list(revision.pieces.order_by("pk")) for revision in Revision.objects.order_by("pk")]
    assert [[piece.pk for piece in line] for line in lines] == [[piece], [piece]]


def test_file_of_another_candidature_is_refused(team: Team) -> None:
    stranger = phase_1.a_candidature(phase_1.a_produit(team.editeur, team.mandataire, "Autre"), team.mandataire)
    phase_1.a_submitted_volet(stranger, team.mandataire, kind=phase_1.VoletKind.ELIGIBILITE)
    piece = make.a_file(stranger, team.mandataire)

    with pytest.raises(DepositRefused, match="n’existe plus"):
        make.a_deposit(team.candidature, team.salarie, "INS.01.01.01", make.some_files(piece))


def test_file_of_another_nature_is_refused(team: Team) -> None:
    piece = make.a_file(team.candidature, team.salarie)

    with pytest.raises(DepositRefused, match="vidéos .MP4, WebM"):
        make.a_deposit(team.candidature, team.salarie, "INS/va1.02.01.01", make.some_files(piece))


def test_eight_deposits_at_once_make_one(transactional_db: None) -> None:
    team = make_team_to_prove()

    outcomes = all_at_once(8, lambda number: make.a_deposit(team.candidature, team.salarie, contenu=make.a_number("7")))

    assert sum(isinstance(outcome, Revision) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DepositConflict) for outcome in outcomes) == 7
    assert list(journal.verify()) == []


# -- submit and take back -------------------------------------------------------------------------------------------


def test_complete_chapitre_is_frozen_once_submitted(team: Team) -> None:
    chapitre = make.a_submitted_chapitre(team.candidature, team.salarie)

    soumission = chapitre.soumissions.get()
    assert set(soumission.revisions) == {"MAT.01.01.01", "MAT.01.01.02"}
    with pytest.raises(DepositNotPossible, match="Ce chapitre est soumis à l’ANS"):
        make.a_deposit(team.candidature, team.salarie, seen=1)


def test_incomplete_chapitre_is_not_submitted(team: Team) -> None:
    make.a_deposit(team.candidature, team.salarie)

    with pytest.raises(ChapitreNotSubmittable, match="MAT.01.01.02"):
        submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=make.AUTUMN)
    assert make.the_chapitre(team.candidature).state == ChapitreState.OPEN


def test_date_2_is_at_the_act(team: Team) -> None:
    make.a_complete_chapitre(team.candidature, team.salarie)

    with pytest.raises(ChapitreNotSubmittable, match="Date 2"):
        submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=NOON_2 + SECOND)
    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=NOON_2)


def test_taken_back_counts_as_never_submitted(team: Team) -> None:
    make.a_submitted_chapitre(team.candidature, team.salarie)

    chapitre = take_back_chapitre(
        candidature_id=team.candidature.pk, code="MAT", by=team.mandataire, at=make.AUTUMN + SECOND
    )

    assert (chapitre.state, chapitre.first_submitted_at) == (ChapitreState.OPEN, None)
    assert soumissions_standing(chapitre) == []
    with pytest.raises(ChapitreNotSubmittable, match="Date 2"):
        submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=NOON_2 + SECOND)


def test_open_chapitre_is_not_taken_back(team: Team) -> None:
    make.a_deposit(team.candidature, team.salarie)

    with pytest.raises(ChapitreNotTakenBack, match="n’est pas soumis"):
        take_back_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=make.AUTUMN)


def test_eight_submissions_at_once_make_one(transactional_db: None) -> None:
    team = make_team_to_prove()
    make.a_complete_chapitre(team.candidature, team.salarie)

    outcomes = all_at_once(
        8,
        lambda number: submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=make.AUTUMN),
    )

    assert sum(isinstance(outcome, Chapitre) for outcome in outcomes) == 1
    assert make.the_chapitre(team.candidature).soumissions.count() == 1
    assert list(journal.verify()) == []


# -- the law, told again by PostgreSQL ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE preuves_revision SET value = '1'",
        "DELETE FROM preuves_revision",
        "UPDATE preuves_preuveattendue SET texte = 'Autre'",
        "DELETE FROM preuves_versiondurem",
        "UPDATE preuves_soumissiondechapitre SET sha256 = ''",
        "UPDATE preuves_exigence SET profils = '{}'",
    ],
)
@pytest.mark.as_the_owner
def test_what_is_written_once_is_not_rewritten(team: Team, sql: str) -> None:
    make.a_submitted_chapitre(team.candidature, team.salarie)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("state", [value for value in ChapitreState.values if value != "open"])
def test_state_without_its_stamps_is_refused_by_the_database(team: Team, state: str) -> None:
    make.a_deposit(team.candidature, team.salarie)

    with pytest.raises(DatabaseError), transaction.atomic():
        Chapitre.objects.filter(code="MAT").update(state=state)


# -- the next REM ---------------------------------------------------------------------------------------------------


def next_rem() -> VersionDuREM:
    """MAT loses a preuve, its other one says something else; INS gains one."""
    spec = make.a_rem_spec()
    mat, ins, ph = spec.chapitres
    changed = make.an_exigence("MAT.01", make.a_preuve_spec("MAT.01.01.01", texte="<p>Autrement.</p>"))
    added = make.an_exigence("INS.03", make.a_preuve_spec("INS.03.01.01"))
    return make.a_rem(
        RemSpec(
            (ChapitreSpec("MAT", mat.label, (changed,)), ChapitreSpec("INS", ins.label, (*ins.exigences, added)), ph)
        ),
        date(2026, 12, 1),
    )


def approve(chapitre: Chapitre, team: Team) -> None:
    """Accept everything in a submitted chapitre."""
    claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=make.AUTUMN)
    (soumission, *_) = soumissions_standing(chapitre)
    for numero, sha256 in soumission.revisions.items():
        save_draft(
            chapitre_id=chapitre.pk,
            numero=numero,
            sha256=sha256,
            avis="accepted",
            reason="",
            by=team.instructeur,
            at=make.AUTUMN,
        )
    chapitre = make.the_chapitre(team.candidature, chapitre.code)
    conclude_review(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=team.instructeur, at=make.AUTUMN)


def move(team: Team, version: VersionDuREM, at: datetime = make.AUTUMN + SECOND) -> AdoptedVersion:
    return move_to_version(candidature_id=team.candidature.pk, version_id=version.pk, by=team.mandataire, at=at)


def test_dossier_stays_on_its_version_until_it_is_moved(team: Team) -> None:
    make.a_deposit(team.candidature, team.salarie)
    version = next_rem()

    dossier = dossier_of(Candidature.objects.with_names().get(pk=team.candidature.pk))
    assert dossier is not None
    assert (dossier.rem.version.date, newer_version(dossier)) == (date(2026, 6, 1), version)
    assert make.due_in(team.candidature, "MAT") == ("MAT.01.01.01", "MAT.01.01.02")


def test_verdict_falls_only_where_the_words_changed(team: Team) -> None:
    approve(make.a_submitted_chapitre(team.candidature, team.salarie, "MAT"), team)
    approve(make.a_submitted_chapitre(team.candidature, team.salarie, "INS"), team)

    moved = move(team, next_rem())

    assert (moved.kept, moved.fallen) == (3, ("MAT.01.01.01",))
    states = dict(Preuve.objects.order_by("pk").values_list("numero", "state"))
    assert states["MAT.01.01.01"] == PreuveState.DEPOSITED
    assert states["INS.01.01.01"] == PreuveState.ACCEPTED
    assert make.the_chapitre(team.candidature, "MAT").state == ChapitreState.RETURNED
    assert make.the_chapitre(team.candidature, "INS").state == ChapitreState.RETURNED  # one more is due in it
    fallen = history_of(team.candidature, "MAT.01.01.01", read_by=team.salarie)[0].verdicts.get().chutes.get()
    assert fallen.reason == "Dans la nouvelle version du référentiel, l’énoncé de la preuve a changé."
    assert list(journal.verify()) == []


def test_chapitre_being_read_keeps_the_dossier_where_it_is(team: Team) -> None:
    make.a_submitted_chapitre(team.candidature, team.salarie, "MAT")

    with pytest.raises(VersionNotAdoptable, match="MAT, modifié par cette version, est soumis à l’ANS"):
        move(team, next_rem())


def test_same_version_again_is_refused(team: Team) -> None:
    make.a_deposit(team.candidature, team.salarie)

    with pytest.raises(VersionNotAdoptable, match="déjà"):
        move(team, make.a_rem())


# -- publishing -----------------------------------------------------------------------------------------------------


def test_same_rem_again_changes_nothing(team: Team) -> None:
    before = PreuveAttendue.objects.count()

    assert make.a_rem(day=date(2026, 7, 1)).date == date(2026, 6, 1)
    assert (VersionDuREM.objects.count(), PreuveAttendue.objects.count()) == (1, before)


def test_another_content_for_a_day_already_published_is_refused(team: Team) -> None:
    with pytest.raises(RemNotPublishable, match="plus récente"):
        make.a_rem(RemSpec(make.a_rem_spec().chapitres[:1]))


def test_spec_read_back_is_the_one_published(team: Team) -> None:
    assert rem_of(VersionDuREM.objects.get()).spec == make.a_rem_spec()
