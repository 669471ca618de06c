"""What somebody reads in a desk's space: recorded, confirmed by somebody else, and then a relevé like another."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from candidatures.models import Piece
from candidatures.operations.candidatures import withdraw_candidature
from comptes.enums import RoleANS
from comptes.models import JournalEntry, Notice
from guichets.enums import CaptureState, RoleEdcPsc, Source
from guichets.models import Anomalie, Capture, Releve
from guichets.operations.captures import (
    CaptureNotDecidable,
    CaptureNotRecordable,
    confirm_capture,
    record_capture,
    refuse_capture,
)
from guichets.operations.demandes import end_demande
from guichets.rules.captures import Shown
from tests.candidatures.conftest import all_at_once
from tests.factories import candidatures as phase_1
from tests.factories import guichets as make
from tests.factories.guichets import MORNING, RETURN, YESTERDAY, again
from tests.preuves.conftest import make_team_to_prove

HOUR = timedelta(hours=1)
TOMORROW = MORNING.date() + timedelta(days=1)


def acts(candidature):
    entries = JournalEntry.objects.filter(chain=candidature.chain, address__startswith="capture:")
    return list(entries.order_by("number").values_list("act", flat=True))


def confirm(capture, by, at=MORNING + HOUR, seen_version=None):
    seen = again(capture.demande).version if seen_version is None else seen_version
    return confirm_capture(capture_id=capture.pk, seen_version=seen, by=by, at=at)


# -- recording ------------------------------------------------------------------------------------------------------


def test_capture_waits_and_moves_nothing(team, demande):
    capture = make.a_capture(demande, team.salarie)

    assert (capture.state, capture.recorded_by, capture.etape) == (CaptureState.RECORDED, team.salarie, "pre_examen")
    assert (again(demande).state, again(demande).confirmed_at) == ("initialisation", None)
    assert (Releve.objects.count(), acts(team.candidature)) == (0, ["capture.recorded"])


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"date_etape": TOMORROW}, "date_etape", "à venir"),
        ({"date_etape": date(2016, 1, 1)}, "date_etape", "plus de dix ans"),
        ({"date_etape": None}, "date_etape", "depuis quand"),
        ({"etape": "recours"}, "etape", "Choisissez l’étape"),
        ({"logiciel": " "}, "logiciel", "nom du logiciel"),
        ({"nil": "NIL-9"}, "nil", "NIL déclaré est NIL-1"),
        ({"retour_prevu": None}, "retour_prevu", "Recopiez la date de retour"),
        ({"retour_prevu": YESTERDAY - timedelta(days=1)}, "retour_prevu", "précède celle de l’étape"),
        ({"retour_prevu": YESTERDAY + timedelta(days=1200)}, "retour_prevu", "trois ans"),
    ],
)
def test_capture_that_says_something_wrong_is_refused_at_its_field(team, demande, changes, field, sentence):
    with pytest.raises(CaptureNotRecordable, match=sentence) as refusal:
        make.a_capture(demande, team.salarie, **changes)

    assert list(refusal.value.faults) == [field]
    assert (Capture.objects.count(), Piece.objects.count()) == (0, 0)


@pytest.mark.parametrize(("etape", "role"), [("examen", None), ("finalisation", None), ("in_review", RoleEdcPsc.PROXY)])
def test_return_is_asked_at_pre_examen_alone(team, demande, etape, role):
    other = make.a_demande(team.candidature, team.salarie, make.edc(role)) if role else demande

    assert make.a_capture(other, team.salarie, etape=etape, retour_prevu=None).retour_prevu is None


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (None, "Joignez la capture"),
        (SimpleUploadedFile("espace.png", b"MZ\x90\0"), "Ici se déposent des images"),
        (SimpleUploadedFile("espace.txt", b"Pr\xc3\xa9-examen"), "Ici se déposent des images"),
        (SimpleUploadedFile("espace.png", b""), "vide"),
    ],
)
def test_capture_that_is_no_image_is_refused_with_the_other_faults(team, demande, upload, sentence):
    shown = Shown("pre_examen", TOMORROW, "Sirocco", retour_prevu=TOMORROW)

    with pytest.raises(CaptureNotRecordable, match=sentence) as refusal:
        record_capture(demande_id=demande.pk, shown=shown, upload=upload, by=team.salarie, at=MORNING)

    assert set(refusal.value.faults) == {"capture", "date_etape"}


def test_grant_is_shown_by_the_pdf_of_the_desk(team, demande):
    with pytest.raises(CaptureNotRecordable, match="en PDF") as refusal:
        make.a_capture(demande, team.salarie, etape="granted", upload=phase_1.a_pdf("espace.png", make.PNG))

    assert list(refusal.value.faults) == ["capture"]
    assert make.a_capture(demande, team.salarie, etape="granted", numero="A-1").documents == {"attestation": "A-1"}


def test_software_that_the_demande_does_not_know_is_refused(team):
    demande = make.a_demande(team.candidature, team.salarie, make.edc(logiciel="Mistral"))

    with pytest.raises(CaptureNotRecordable, match="un autre logiciel"):
        make.a_capture(demande, team.salarie, etape="submitted")

    assert make.a_capture(demande, team.salarie, etape="submitted", logiciel="  MISTRAL ").etape == "submitted"


def test_capture_sent_twice_is_there_once_and_another_takes_its_place(team, demande):
    first, twin = (make.a_capture(demande, team.salarie) for _ in range(2))
    other = make.a_capture(demande, team.salarie, at=MORNING + HOUR, etape="examen")

    first.refresh_from_db()
    assert (first, other.state) == (twin, CaptureState.RECORDED)
    assert (first.state, first.reason) == (CaptureState.SUPERSEDED, "une capture plus récente a été déposée")
    assert acts(team.candidature) == ["capture.recorded", "capture.superseded", "capture.recorded"]


def test_capture_of_a_demande_given_up_is_refused_and_the_one_that_waited_gives_way(team, demande):
    waiting = make.a_capture(demande, team.salarie)
    end_demande(demande_id=demande.pk, reason="Abandonnée", by=team.salarie, at=MORNING + HOUR)

    with pytest.raises(CaptureNotRecordable, match="plus suivie"):
        make.a_capture(demande, team.salarie)
    with pytest.raises(CaptureNotDecidable, match="déjà remplacée"):
        confirm(waiting, team.instructeur, MORNING + 2 * HOUR)


# -- confirming -----------------------------------------------------------------------------------------------------


def test_confirmed_capture_is_a_releve_that_moves_the_demande(team, demande):
    capture = make.a_capture(demande, team.salarie, etape="granted", retour_prevu=None, numero="A-1")

    releve = confirm(capture, team.instructeur)

    moved = again(demande)
    capture.refresh_from_db()
    assert (releve.source, releve.seen_at, releve.confirmed_at) == (Source.CAPTURE, MORNING, MORNING + HOUR)
    assert (releve.recorded_by, releve.confirmed_by) == (team.salarie, team.instructeur)
    assert (moved.state, moved.confirmed_at, moved.source) == ("granted", MORNING + HOUR, Source.CAPTURE)
    assert (moved.etape_date, moved.documents) == (YESTERDAY, {"attestation": "A-1"})
    assert list(demande.passages.order_by("number").values_list("etape", "seen")) == [
        ("pre_examen", False),
        ("examen", False),
        ("finalisation", False),
        ("granted", True),
    ]
    assert (capture.state, capture.releve) == (CaptureState.CONFIRMED, releve)
    assert acts(team.candidature) == ["capture.recorded", "capture.confirmed"]


def test_who_recorded_a_capture_does_not_confirm_it(team, demande):
    capture = make.a_capture(demande, team.instructeur)
    other = phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR])

    with pytest.raises(CaptureNotDecidable, match="Une autre personne"):
        confirm(capture, team.instructeur)

    assert confirm(capture, other).confirmed_by == other


def test_demande_that_moved_since_the_page_was_read_is_read_again(team, demande):
    capture, seen = make.a_capture(demande, team.salarie, etape="granted", retour_prevu=None), again(demande).version
    make.a_releve(demande, "pre_examen", at=MORNING + HOUR)

    with pytest.raises(CaptureNotDecidable, match="a changé depuis"):
        confirm(capture, team.instructeur, MORNING + 2 * HOUR, seen)

    capture.refresh_from_db()
    assert (capture.state, again(demande).state) == (CaptureState.RECORDED, "pre_examen")
    assert confirm(capture, team.instructeur, MORNING + 2 * HOUR).etape == "granted"


def test_capture_that_cannot_be_followed_says_why_and_is_kept(team, demande):
    make.moved_to(demande, "examen")
    capture = make.a_capture(
        demande, team.salarie, at=MORNING + HOUR, date_etape=YESTERDAY - timedelta(days=1), etape="granted"
    )

    with pytest.raises(CaptureNotDecidable, match="avant la date déjà connue"):
        confirm(capture, team.instructeur, MORNING + 2 * HOUR)

    capture.refresh_from_db()
    assert (capture.state, again(demande).state, Releve.objects.filter(source=Source.CAPTURE).count()) == (
        CaptureState.RECORDED,
        "examen",
        0,
    )


def test_candidature_that_is_closed_confirms_nothing(team, demande):
    capture = make.a_capture(demande, team.salarie)
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=MORNING + HOUR)

    with pytest.raises(CaptureNotDecidable, match="plus suivie"):
        confirm(capture, team.instructeur, MORNING + 2 * HOUR)


def test_file_that_the_antivirus_did_not_read_yet_is_not_confirmed(team, demande):
    shown = Shown("pre_examen", YESTERDAY, "Sirocco Résidence", retour_prevu=RETURN)
    capture = record_capture(
        demande_id=demande.pk, shown=shown, upload=phase_1.a_pdf("e.png", make.PNG), by=team.salarie, at=MORNING
    )

    with pytest.raises(CaptureNotDecidable, match="n’est pas encore lisible"):
        confirm(capture, team.instructeur)


@pytest.mark.django_db(transaction=True)
def test_two_instructeurs_at_once_one_confirms_and_the_other_is_told():
    team = make_team_to_prove()
    demande = make.a_demande(team.candidature, team.salarie)
    capture = make.a_capture(demande, team.salarie)
    people = [team.instructeur, phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR])]

    answers = all_at_once(2, lambda number: confirm(capture, people[number], seen_version=demande.version))

    releves = [answer for answer in answers if isinstance(answer, Releve)]
    refusals = [answer for answer in answers if isinstance(answer, CaptureNotDecidable)]
    assert (len(releves), len(refusals)) == (1, 1)
    assert f"déjà confirmée par {releves[0].confirmed_by.full_name}" in refusals[0].sentence
    assert again(demande).passages.count() == 1


# -- refusing -------------------------------------------------------------------------------------------------------


def test_refused_capture_says_why_and_another_may_be_recorded(team, demande):
    capture = make.a_capture(demande, team.salarie)

    refuse_capture(
        capture_id=capture.pk, reason="  Le logiciel ne se lit pas.  ", by=team.instructeur, at=MORNING + HOUR
    )

    capture.refresh_from_db()
    assert (capture.state, capture.reason) == (CaptureState.REFUSED, "Le logiciel ne se lit pas.")
    told = Notice.objects.filter(kind="guichets.capture_refused", address=f"capture:{capture.pk}")
    assert set(told.values_list("compte", flat=True)) == {
        team.mandataire.pk,
        team.representant.pk,
        team.salarie.pk,
    }
    assert make.a_capture(demande, team.salarie, at=MORNING + 2 * HOUR).pk != capture.pk


def test_refusal_without_a_reason_is_refused(team, demande):
    capture = make.a_capture(demande, team.salarie)

    with pytest.raises(CaptureNotDecidable, match="Indiquez le motif"):
        refuse_capture(capture_id=capture.pk, reason=" ", by=team.instructeur, at=MORNING + HOUR)

    capture.refresh_from_db()
    assert capture.state == CaptureState.RECORDED


def test_refusing_what_the_ans_itself_recorded_tells_nobody_of_the_team(team, demande):
    capture = make.a_capture(demande, team.instructeur)
    other = phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR])

    refuse_capture(capture_id=capture.pk, reason="Illisible.", by=other, at=MORNING + HOUR)

    assert not Notice.objects.filter(kind="guichets.capture_refused").exists()


# -- a desk that is asked too ---------------------------------------------------------------------------------------


def test_desk_that_is_behind_a_confirmed_capture_shows_both_until_it_is_there(team, demande):
    make.a_confirmed_capture(demande, team.salarie, team.instructeur)
    make.a_releve(demande, "initialisation", at=MORNING + HOUR)
    disagreement = Anomalie.objects.get()
    make.a_releve(demande, "pre_examen", at=MORNING + 2 * HOUR)

    assert (disagreement.kind, disagreement.owner, disagreement.state) == ("contradicts_capture", "ans", "open")
    assert "montre «\u00a0Pré-examen\u00a0»" in disagreement.sentence
    assert "affiche «\u00a0Initialisation\u00a0»" in disagreement.sentence
    assert Anomalie.objects.get().state == "closed"
    assert (again(demande).state, again(demande).source) == ("pre_examen", Source.PULLED)


def test_desk_that_says_it_twice_takes_the_demande_back_and_shuts_what_the_capture_opened(team, demande):
    make.a_confirmed_capture(demande, team.salarie, team.instructeur)
    for hour in (1, 2):
        make.a_releve(demande, "initialisation", at=MORNING + hour * HOUR)

    assert (again(demande).state, again(demande).source) == ("initialisation", Source.PULLED)


def test_confirmed_capture_that_goes_back_is_followed_at_once(team, demande):
    make.moved_to(demande, "granted")

    make.a_confirmed_capture(demande, team.salarie, team.instructeur, at=MORNING + HOUR, etape="examen")

    moved = again(demande)
    assert (moved.state, moved.source, moved.returned_from) == ("examen", Source.CAPTURE, "granted")


@pytest.mark.parametrize(("etape", "state"), [("initialisation", "recorded"), ("examen", "superseded")])
def test_capture_gives_way_once_the_desk_says_as_much(team, demande, etape, state):
    capture = make.a_capture(demande, team.salarie)

    make.a_releve(demande, etape, at=MORNING + HOUR)

    capture.refresh_from_db()
    assert (capture.state, capture.decided_by) == (state, None)


# -- the machine, by transition and by raw SQL ----------------------------------------------------------------------


def given(state, capture):
    """A capture brought to a state, whatever it takes."""
    releve = Releve.objects.create(
        demande=capture.demande,
        source=Source.PULLED,
        pull_id="0" * 32,
        seen_at=MORNING,
        sha256="0" * 64,
        etape="examen",
        date_etape=YESTERDAY,
    )
    moves = {
        CaptureState.RECORDED: lambda: None,
        CaptureState.CONFIRMED: lambda: capture.confirm(releve=releve, by=capture.demande.recorded_by, at=MORNING),
        CaptureState.REFUSED: lambda: capture.refuse(reason="Non.", by=capture.recorded_by, at=MORNING),
        CaptureState.SUPERSEDED: lambda: capture.supersede(reason="Autre.", by=None, at=MORNING),
    }
    return moves, releve


@pytest.mark.parametrize("start", CaptureState)
@pytest.mark.parametrize("end", [state for state in CaptureState if state is not CaptureState.RECORDED])
def test_every_move_of_a_capture(team, demande, start, end):
    capture = make.a_capture(demande, team.instructeur)
    moves, _ = given(start, capture)
    moves[start]()
    capture.save()

    if start is CaptureState.RECORDED:
        moves[end]()
        capture.save()
        assert capture.state == end
    else:
        with pytest.raises(TransitionNotAllowed):
            moves[end]()


@pytest.mark.parametrize(
    "change",
    [
        {"state": "confirmed"},
        {"state": "refused"},
        {"state": "superseded"},
        {"state": "unknown"},
        {"reason": "Sans état."},
        {"decided_at": MORNING},
        {"state": "refused", "reason": "Non.", "decided_at": MORNING},
        {"state": "superseded", "reason": "Autre.", "decided_at": MORNING - HOUR},
    ],
)
def test_state_of_a_capture_bears_its_stamps(team, demande, change):
    capture = make.a_capture(demande, team.salarie)

    with pytest.raises(IntegrityError), transaction.atomic():
        Capture.objects.filter(pk=capture.pk).update(**change)


def test_database_refuses_a_confirmation_by_its_author_and_two_that_wait(team, demande):
    capture = make.a_capture(demande, team.salarie)
    _, releve = given(CaptureState.RECORDED, capture)
    rows = Capture.objects.filter(pk=capture.pk)

    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        rows.update(state="confirmed", decided_at=MORNING, decided_by=team.salarie, releve=releve)
    with pytest.raises(IntegrityError, match="one_waits"), transaction.atomic():
        Capture.objects.create(
            demande_id=demande.pk,
            logiciel="Sirocco",
            etape="examen",
            date_etape=YESTERDAY,
            retour_prevu=RETURN,
            piece=capture.piece,
            recorded_at=MORNING,
            recorded_by=team.salarie,
        )
