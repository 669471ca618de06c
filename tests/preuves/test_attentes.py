"""A chapitre submitted while its files travel: in time if all arrive, identical, within the grace; else it falls."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from candidatures.catalogue.specs import FichiersSpec
from candidatures.models import Accuse
from comptes.models import JournalEntry, Notice
from preuves import sweeps
from preuves.enums import Act, ChapitreState, Forme, Nature
from preuves.models import AttenteDeFichiers, Envoi, Preuve, Revision, RevisionPiece
from preuves.operations.chapitres import ChapitreNotSubmittable, submit_chapitre, take_back_chapitre
from preuves.operations.depots import DepositRefused, deposit
from preuves.operations.envois import EnvoiNotAbandoned, abandon_envoi, settle_envoi
from preuves.operations.instruction import ReviewNotPossible, claim_chapitre
from preuves.rules.depots import Contenu
from referencement.operations.photos import PhotoTooEarly, take_photos
from referencement.queries.as_of import candidatures_at
from referencement.queries.photos import moments_to_photograph, wait_for
from tests.candidatures.conftest import Team
from tests.factories import envois
from tests.factories import fichiers as some
from tests.factories import preuves as make
from tests.factories.envois import PART

NOON = datetime(2027, 10, 1, 10, 0, tzinfo=make.AUTUMN.tzinfo)  # Date 2, in Paris
TWO_MINUTES, HOUR, SECOND = timedelta(minutes=2), timedelta(hours=1), timedelta(seconds=1)
CAPTURE = some.PNG + bytes(2500)
NUMERO = "INS.01.01.01"


@pytest.fixture(autouse=True)
def small_parts(settings: Settings, tmp_path: Path) -> None:
    settings.UPLOAD_PART_SIZE = PART
    settings.ARRIVALS_ROOT = str(Path(settings.MEDIA_ROOT) / f"arrivees-{tmp_path.name}")


def declared(team: Team, content: bytes = CAPTURE, name: str = "a.png") -> Envoi:
    return envois.an_envoi(team.candidature, team.salarie, content, name, nature=Nature.CAPTURE, at=NOON - TWO_MINUTES)


def deposited(team: Team, *envois: Envoi) -> Revision:
    contenu = Contenu(
        Forme.FILES,
        envoi_ids=tuple(envoi.pk for envoi in envois),
        evidence_date=date(2027, 9, 20),
        version_technique="4.2.1",
    )
    return make.a_deposit(team.candidature, team.salarie, NUMERO, contenu, at=NOON - TWO_MINUTES)


def submitted(team: Team, *envois: Envoi, at: datetime = NOON - SECOND) -> AttenteDeFichiers:
    """The chapitre of files, whole, handed over while these travel."""
    deposited(team, *envois)
    for numero in make.due_in(team.candidature, "INS"):
        if numero != NUMERO:
            make.a_deposit(team.candidature, team.salarie, numero, make.not_applicable(), at=at)
    submit(team, at=at)
    return AttenteDeFichiers.objects.get()


def submit(team: Team, *, at: datetime) -> None:
    submit_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=at)


def arrive(envoi: Envoi, content: bytes = CAPTURE, *, at: datetime) -> None:
    envois.send(envoi, content, at=at)
    settle_envoi(envoi_id=envoi.pk, at=at)


def state_of(team: Team) -> str:
    return str(make.the_chapitre(team.candidature, "INS").state)


def acts(team: Team) -> list[str]:
    rows = JournalEntry.objects.filter(chain=team.candidature.chain, address=f"chapitre:{team.candidature.nru}/INS")
    return list(rows.order_by("number").values_list("act", flat=True))


# -- in time --------------------------------------------------------------------------------------------------------


def test_submission_stands_once_its_files_came_within_the_grace(team: Team, travel_to: Any) -> None:
    envoi = declared(team)
    attente = submitted(team, envoi)
    assert (attente.until, attente.complete_at, state_of(team)) == (NOON + HOUR, None, "submitted")
    with pytest.raises(ReviewNotPossible, match="Des fichiers sont en cours d’envoi"):
        claim_chapitre(
            chapitre_id=make.the_chapitre(team.candidature, "INS").pk, by=team.instructeur, at=NOON + TWO_MINUTES
        )

    arrive(envoi, at=NOON + HOUR)
    attente.refresh_from_db()
    assert (attente.complete_at, attente.fell_at, state_of(team)) == (NOON + HOUR, None, "submitted")
    assert [line.piece.sha256 for line in RevisionPiece.objects.all()] == [envois.sha256(CAPTURE)]
    travel_to(NOON + 5 * HOUR)
    assert sweeps.settle_soumissions() == 0
    claim_chapitre(chapitre_id=make.the_chapitre(team.candidature, "INS").pk, by=team.instructeur, at=NOON + 5 * HOUR)


def test_first_accuse_proves_the_list_and_the_second_the_file(team: Team) -> None:
    envoi = declared(team)
    submitted(team, envoi)
    first = Accuse.objects.get(kind="chapitre")
    fichiers = next(depot for depot in first.data["depots"] if depot["intitule"] == NUMERO)["fichiers"]
    assert [(fichier["sha256"], fichier["octets"]) for fichier in fichiers] == [(envoi.empreinte, len(CAPTURE))]
    assert "annoncé en 3 parties" in fichiers[0]["nom"]

    arrive(envoi, at=NOON + TWO_MINUTES)
    settle_envoi(envoi_id=envoi.pk, at=NOON + TWO_MINUTES)
    second = Accuse.objects.get(kind="fichier")
    assert (second.data["empreinte"], second.issued_at) == (envois.sha256(CAPTURE), NOON + TWO_MINUTES)
    assert envoi.empreinte in second.data["depots"][0]["precision"]
    assert Act.FICHIER_VERIFIED in JournalEntry.objects.values_list("act", flat=True)


def test_two_files_are_both_waited_for(team: Team) -> None:
    first, other = declared(team), declared(team, CAPTURE + b"2", "b.png")
    submitted(team, first, other)
    arrive(first, at=NOON)
    assert AttenteDeFichiers.objects.get().complete_at is None
    arrive(other, CAPTURE + b"2", at=NOON + TWO_MINUTES)

    assert AttenteDeFichiers.objects.get().complete_at == NOON + TWO_MINUTES


def test_file_that_came_before_the_deposit_is_no_longer_awaited(team: Team) -> None:
    envoi = declared(team)
    arrive(envoi, at=NOON - TWO_MINUTES)
    deposited(team, envoi)
    for numero in make.due_in(team.candidature, "INS"):
        if numero != NUMERO:
            make.a_deposit(team.candidature, team.salarie, numero, make.not_applicable(), at=NOON - TWO_MINUTES)
    submit(team, at=NOON)

    assert not AttenteDeFichiers.objects.exists()
    assert Preuve.objects.get(numero=NUMERO).revisions.get().lines.count() == 1


# -- not in time ----------------------------------------------------------------------------------------------------


def test_submission_falls_when_a_file_is_missing_after_the_grace(team: Team, travel_to: Any) -> None:
    envoi = declared(team)
    attente = submitted(team, envoi)
    envois.send(envoi, CAPTURE, 1, 2, at=NOON)
    travel_to(NOON + HOUR)
    sweeps.settle_soumissions()
    assert state_of(team) == ChapitreState.SUBMITTED
    travel_to(NOON + HOUR + SECOND)
    sweeps.settle_soumissions()

    attente.refresh_from_db()
    assert (state_of(team), attente.complete_at) == (ChapitreState.OPEN, None)
    assert attente.reason.startswith("«\u00a0a.png\u00a0» n’a pas été reçu en entier au plus tard le ")
    assert acts(team)[-1] == Act.CHAPITRE_FELL
    assert Notice.objects.filter(kind="preuves.chapitre_fell").exists()
    with pytest.raises(ChapitreNotSubmittable, match="La date limite"):
        submit(team, at=NOON + HOUR + SECOND)
    assert sweeps.settle_soumissions() == 0


def test_file_that_came_one_second_too_late_makes_it_fall_at_once(team: Team) -> None:
    envoi = declared(team)
    submitted(team, envoi)
    arrive(envoi, at=NOON + HOUR + SECOND)

    assert (state_of(team), Envoi.objects.get().piece is not None) == (ChapitreState.OPEN, True)


def test_stamps_of_the_proxy_are_waited_for(team: Team, settings: Settings, travel_to: Any) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    envoi = declared(team)
    submitted(team, envoi)
    travel_to(NOON + 3 * HOUR)
    sweeps.settle_soumissions()
    assert state_of(team) == ChapitreState.SUBMITTED

    arrive(envoi, at=NOON + HOUR)  # stamped in time, and written long after
    assert AttenteDeFichiers.objects.get().complete_at == NOON + HOUR


def test_what_came_in_time_and_cannot_be_kept_comes_back_and_is_not_late(team: Team) -> None:
    envoi = declared(team, some.LOCKED_PDF, "a.pdf")
    submitted(team, envoi)
    arrive(envoi, some.LOCKED_PDF, at=NOON + TWO_MINUTES)

    attente = AttenteDeFichiers.objects.get()
    assert (state_of(team), attente.complete_at) == (ChapitreState.RETURNED, NOON + TWO_MINUTES)
    assert "Ce PDF est protégé par un mot de passe" in attente.reason
    assert acts(team)[-1] == Act.CHAPITRE_CAME_BACK
    with pytest.raises(ChapitreNotSubmittable) as refused:
        submit(team, at=NOON + 3 * HOUR)
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["refused"]
    make.a_deposit(team.candidature, team.salarie, NUMERO, make.not_applicable(), seen=1, at=NOON + 3 * HOUR)
    submit(team, at=NOON + 3 * HOUR)
    assert state_of(team) == ChapitreState.SUBMITTED


def test_answer_to_a_return_falls_back_to_the_return(team: Team, travel_to: Any) -> None:
    envoi = declared(team, some.LOCKED_PDF, "a.pdf")
    submitted(team, envoi)
    arrive(envoi, some.LOCKED_PDF, at=NOON + TWO_MINUTES)
    again = envois.an_envoi(team.candidature, team.salarie, CAPTURE, "b.png", nature=Nature.CAPTURE, at=NOON + HOUR)
    contenu = Contenu(Forme.FILES, envoi_ids=(again.pk,), evidence_date=date(2027, 9, 20), version_technique="4.2.1")
    make.a_deposit(team.candidature, team.salarie, NUMERO, contenu, seen=1, at=NOON + HOUR)
    submit(team, at=NOON + HOUR)
    travel_to(NOON + timedelta(days=400))
    sweeps.settle_soumissions()

    assert state_of(team) == ChapitreState.RETURNED


def test_submission_taken_back_awaits_nothing(team: Team, travel_to: Any) -> None:
    submitted(team, declared(team))
    take_back_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=NOON)
    travel_to(NOON + 2 * HOUR)

    assert sweeps.settle_soumissions() == 0


# -- before it ------------------------------------------------------------------------------------------------------


def test_without_a_grace_everything_is_there_first(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from candidatures.catalogue.dispositifs import spec_of

    without = replace(spec_of(team.candidature.dispositif_id), fichiers=FichiersSpec(grace=timedelta(0)))
    monkeypatch.setattr("preuves.operations.chapitres.spec_of", lambda code: without)
    envoi = declared(team)
    with pytest.raises(ChapitreNotSubmittable) as refused:
        submitted(team, envoi)
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["travelling"]

    arrive(envoi, at=NOON - SECOND)
    submit(team, at=NOON)
    assert state_of(team) == ChapitreState.SUBMITTED


def test_file_that_a_deposit_awaits_is_not_abandoned(team: Team) -> None:
    envoi = declared(team)
    deposited(team, envoi)

    with pytest.raises(EnvoiNotAbandoned):
        abandon_envoi(envoi_id=envoi.pk)


def test_deposit_of_what_is_not_there_is_refused(team: Team) -> None:
    contenu = Contenu(Forme.FILES, envoi_ids=(999_999,), evidence_date=date(2027, 9, 20), version_technique="4.2.1")
    with pytest.raises(DepositRefused, match="n’existe plus"):
        deposit(candidature_id=team.candidature.pk, numero=NUMERO, contenu=contenu, seen=0, by=team.salarie, at=NOON)


# -- the photo ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "stands"), [(HOUR, True), (HOUR + SECOND, False), (None, False)])
def test_photo_holds_what_had_come_within_the_grace(team: Team, after: timedelta | None, stands: bool) -> None:
    envoi = declared(team)
    submitted(team, envoi)
    if after is not None:
        arrive(envoi, at=NOON + after)
    then = candidatures_at([team.candidature], at=NOON)[0]

    assert then.dossier is not None
    chapitre = then.dossier.dossier.chapitre("INS")
    assert chapitre is not None
    assert chapitre.facts.state == ("submitted" if stands else "open")
    assert bool(then.dossier.soumissions.get("INS")) is stands


def test_photo_waits_for_the_grace_and_for_the_stamps(team: Team, settings: Settings) -> None:
    later = NOON + timedelta(hours=10)
    moments = {moment.echeance: moment for moment in moments_to_photograph(at=later)}
    first, second = moments["date-1"], moments["date-2"]
    assert (wait_for(first), wait_for(second)) == (timedelta(minutes=5), HOUR)
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert (wait_for(first), wait_for(second)) == (2 * HOUR, 3 * HOUR)
    with pytest.raises(PhotoTooEarly):
        take_photos(moment=second, candidature_ids=[team.candidature.pk], at=second.at + 3 * HOUR - SECOND)
    assert [moment.echeance for moment in moments_to_photograph(at=second.at + 3 * HOUR - SECOND)] == ["date-1"]
