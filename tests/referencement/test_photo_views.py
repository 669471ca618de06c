"""The photos as they are read, and foreclosing on them: prepared together, then one by one; what moved meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.enums import CandidatureState, VoletKind
from candidatures.models import Candidature
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.derogations import ForeclosureNotPossible, grant_derogation, request_derogation
from candidatures.operations.produits import rename_produit
from candidatures.operations.volets import submit_volet
from comptes import clock, journal
from comptes.enums import RoleANS
from comptes.models import Compte, Notice
from referencement import sweeps
from referencement.enums import TriDePhoto
from referencement.models import PhotoDEcheance
from referencement.operations.forclusions import foreclose_on_photo
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_page_queries import count
from tests.factories import candidatures as make
from tests.factories.referencement import a_photo

DATE_1 = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
AFTER = DATE_1 + timedelta(days=3)
LIST = reverse("referencement:photos")
FORECLOSE = reverse("referencement:foreclose")
Browser = Callable[[Compte | None], Client]


@pytest.fixture
def responsables(db: None) -> tuple[Compte, Compte]:
    first, second = (make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]) for _ in range(2))
    return first, second


@pytest.fixture(autouse=True)
def afterwards(db: None, travel_to: Callable[[datetime], None]) -> None:
    travel_to(AFTER)


def a_forgetful_team() -> Team:
    """Both volets complete, one of them not submitted."""
    team = make_team()
    make.a_submitted_volet(team.candidature, team.mandataire)
    make.a_filled_volet(team.candidature, team.mandataire, VoletKind.ELIGIBILITE)
    return team


def state(team: Team) -> str:
    return Candidature.objects.values_list("state", flat=True).get(pk=team.candidature.pk)


def told(team: Team) -> int:
    return Notice.objects.filter(kind="candidatures.foreclosed", address=team.candidature.chain).count()


# -- reading -----------------------------------------------------------------------------------------------------------


def test_list_counts_and_names_what_was_complete_and_not_submitted(
    sign_in: Browser, responsables: tuple[Compte, Compte]
) -> None:
    in_time, late, forgetful = make_team(), make_team(), a_forgetful_team()
    make.a_dossier_handed_over(in_time.candidature, in_time.mandataire)
    for team in (in_time, late, forgetful):
        a_photo(team.candidature)
    page = sign_in(responsables[0]).get(LIST)

    (album,) = page.context["albums"]
    assert album.counts == {"in_time": 1, "late": 1, "to_decide": 1}
    assert [line.forgotten for line in page.context["lines"]] == [[], [], ["Formulaire d’éligibilité"]]


@pytest.mark.parametrize(
    ("query", "count"), [("tri=late", 1), ("tri=rien", 2), ("q=mistral", 1), ("q=mistral+nulle", 0), ("echeance=x", 2)]
)
def test_list_is_narrowed(sign_in: Browser, responsables: tuple[Compte, Compte], query: str, count: int) -> None:
    late, forgetful = make_team(), a_forgetful_team()
    rename_produit(produit_id=late.produit.pk, nom="Mistral", by=late.mandataire, at=DATE_1)
    for team in (late, forgetful):
        a_photo(team.candidature)

    assert len(sign_in(responsables[0]).get(f"{LIST}?{query}").context["lines"]) == count


def test_photo_that_a_later_one_replaces_is_not_listed(
    sign_in: Browser, team: Team, responsables: tuple[Compte, Compte]
) -> None:
    a_photo(team.candidature)
    later = a_photo(team.candidature, instant=DATE_1 + timedelta(days=1))

    assert [line.id for line in sign_in(responsables[0]).get(LIST).context["lines"]] == [later.pk]


def test_only_who_decides_has_boxes_to_tick(sign_in: Browser, team: Team, responsables: tuple[Compte, Compte]) -> None:
    a_photo(team.candidature)
    box = 'type="checkbox" name="c"'

    assert box in sign_in(responsables[0]).get(LIST).content.decode()
    assert box not in sign_in(team.instructeur).get(LIST).content.decode()


def test_editeur_reads_its_own_photo_from_the_overview(sign_in: Browser) -> None:
    team = a_forgetful_team()
    taken = a_photo(team.candidature)
    browser = sign_in(team.salarie)
    overview = browser.get(reverse("referencement:candidature", args=[team.candidature.nru])).content.decode()
    photos = reverse("referencement:photos_of", args=[team.candidature.nru])
    photo = reverse("referencement:photo", args=[team.candidature.nru, taken.pk])

    assert photos in overview
    assert photo in browser.get(photos).content.decode()
    page = browser.get(photo).content.decode()
    assert "Complet, mais pas soumis" in page
    assert taken.sha256 in page
    assert FORECLOSE not in page


def test_photo_of_another_candidature_is_not_found(sign_in: Browser, team: Team) -> None:
    other = make_team()
    taken = a_photo(other.candidature)

    address = reverse("referencement:photo", args=[team.candidature.nru, taken.pk])
    assert sign_in(team.mandataire).get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_as_much_for_one_row_as_for_three(responsables: tuple[Compte, Compte], rows: int) -> None:
    for _ in range(rows):
        a_photo(make_team().candidature)

    assert count(responsables[0], LIST) == 10


def test_queries_of_a_foreclosure(responsables: tuple[Compte, Compte]) -> None:
    taken = a_photo(make_team().candidature)

    # Two of them read what was changed on screen in the letter that is shown: its words, and the voies de recours.
    assert count(responsables[0], f"{FORECLOSE}?photo={taken.pk}") == 15


def test_one_photo_is_read_in_seven_queries(team: Team) -> None:
    taken = a_photo(team.candidature)

    assert count(team.mandataire, reverse("referencement:photo", args=[team.candidature.nru, taken.pk])) == 7


# -- foreclosing -------------------------------------------------------------------------------------------------------


def test_what_is_sent_is_said_before(sign_in: Browser, team: Team, responsables: tuple[Compte, Compte]) -> None:
    """A mandataire, a représentant, and the salarié who has the product; not the other salarié."""
    taken = a_photo(team.candidature)
    page = sign_in(responsables[0]).get(FORECLOSE, {"photo": taken.pk})

    assert page.context["messages_sent"] == 3
    assert "<strong>3 notifications</strong>" in page.content.decode()
    assert team.mandataire.email in page.content.decode()
    assert team.newcomer.email not in page.content.decode()
    assert team.candidature.nru in page.context["example"]["body"]
    assert "[le motif que vous écrirez]" in page.context["example"]["body"]


def test_those_that_are_ticked_are_prepared_then_each_closed_with_its_reason(
    sign_in: Browser, responsables: tuple[Compte, Compte]
) -> None:
    late, forgetful = make_team(), a_forgetful_team()
    photos = [a_photo(someone.candidature) for someone in (late, forgetful)]
    browser, nrus = sign_in(responsables[0]), [someone.candidature.nru for someone in (late, forgetful)]
    page = browser.get(LIST).content.decode()
    assert all(f'name="c" value="{nru}"' in " ".join(page.split()) for nru in nrus)
    asked = {"geste": "preparer", "c": nrus}
    assert browser.post(reverse("referencement:lot_new"), asked).context["done"] == 2
    lot = browser.post(reverse("referencement:lot_new"), {**asked, "confirmer": "1"}, follow=True)
    assert [state(someone) for someone in (late, forgetful)] == [CandidatureState.OPEN] * 2

    for photo in photos:
        assert f"{FORECLOSE}?photo={photo.pk}&amp;lot=" in lot.content.decode()
        several = {"photo": [other.pk for other in photos if other != photo] + [photo.pk], "motif": photo.sort}
        answer = browser.post(FORECLOSE, several, follow=True)
        assert f"{photo.candidature.nru} est close pour dépôt hors délai" in answer.content.decode()

    reasons = [Candidature.objects.get(nru=nru).foreclosure_reason for nru in nrus]
    assert reasons == [photo.sort for photo in photos]
    assert told(late) + told(forgetful) == 6
    assert list(journal.verify()) == []


def test_without_a_motive_nothing_is_done(sign_in: Browser, team: Team, responsables: tuple[Compte, Compte]) -> None:
    taken = a_photo(team.candidature)
    answer = sign_in(responsables[0]).post(FORECLOSE, {"photo": taken.pk, "motif": "  "})

    assert (answer.status_code, state(team)) == (422, CandidatureState.OPEN)
    assert "Indiquez le motif de la clôture pour dépôt hors délai." in answer.content.decode()


def withdraw(team: Team, by: tuple[Compte, Compte]) -> None:
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AFTER)


def foreclose(team: Team, by: tuple[Compte, Compte]) -> None:
    photo = PhotoDEcheance.objects.get(candidature=team.candidature)
    foreclose_on_photo(photo_id=photo.pk, reason="Par une collègue.", by=by[1], at=AFTER)


def give_more_time(team: Team, by: tuple[Compte, Compte]) -> None:
    arguments = {"candidature_id": team.candidature.pk, "echeance": "date-1", "motive": "Une panne."}
    asked = request_derogation(to=AFTER + timedelta(days=9), **arguments, by=by[0], at=AFTER)
    grant_derogation(derogation_id=asked.pk, by=by[1], at=AFTER)


def submit(team: Team, by: tuple[Compte, Compte]) -> None:
    """In the time that a dérogation gave, which is over."""
    arguments = {"candidature_id": team.candidature.pk, "echeance": "date-1", "motive": "Une panne."}
    until = AFTER - timedelta(days=1)
    asked = request_derogation(to=until, **arguments, by=by[0], at=DATE_1 + timedelta(days=1))
    grant_derogation(derogation_id=asked.pk, by=by[1], at=DATE_1 + timedelta(days=1))
    make.a_dossier_handed_over(team.candidature, team.mandataire, until)


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (withdraw, "Elle est déjà retirée."),
        (foreclose, "Elle est déjà close pour dépôt hors délai."),
        (give_more_time, "Elle a désormais jusqu’au"),
        (submit, "Tout ce que demandait l’échéance est désormais fait"),
    ],
)
def test_candidature_that_moved_meanwhile_stays_as_it_is_and_its_reason_is_told(
    sign_in: Browser, responsables: tuple[Compte, Compte], meanwhile: Any, why: str
) -> None:
    moved = make_team()
    taken = a_photo(moved.candidature)
    meanwhile(moved, responsables)
    before = state(moved)
    answer = sign_in(responsables[0]).post(FORECLOSE, {"photo": taken.pk, "motif": "Rien."})

    assert answer.status_code == 409
    assert f"{moved.candidature.nru} n’est pas close. {why}" in answer.content.decode()
    assert state(moved) == before


def test_who_was_in_time_is_never_foreclosed(team: Team, responsables: tuple[Compte, Compte]) -> None:
    make.a_dossier_handed_over(team.candidature, team.mandataire)
    taken = a_photo(team.candidature)

    assert taken.sort == TriDePhoto.IN_TIME
    with pytest.raises(ForeclosureNotPossible, match="dans les délais"):
        foreclose_on_photo(photo_id=taken.pk, reason="Non.", by=responsables[0], at=AFTER)


def test_nobody_else_forecloses(sign_in: Browser, team: Team) -> None:
    taken = a_photo(team.candidature)

    assert sign_in(team.instructeur).post(FORECLOSE, {"photo": taken.pk, "motif": "Non."}).status_code == 403
    assert sign_in(team.mandataire).post(FORECLOSE, {"photo": taken.pk, "motif": "Non."}).status_code == 404
    assert state(team) == CandidatureState.OPEN


def test_story_of_who_forgot_to_submit(sign_in: Browser, responsables: tuple[Compte, Compte]) -> None:
    """Complete, listed to decide, foreclosed, given more time, submitted: the second photo says it in time."""
    team = a_forgetful_team()
    taken = a_photo(team.candidature)
    sign_in(responsables[0]).post(FORECLOSE, {"photo": taken.pk, "motif": "Rien n’a été soumis."})
    assert (taken.sort, state(team)) == (TriDePhoto.TO_DECIDE, CandidatureState.FORECLOSED)
    give_more_time(team, responsables)
    until = AFTER + timedelta(days=9)
    volet = make.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    submit_volet(volet_id=volet.pk, by=team.mandataire, at=until)

    with clock.travel(until + timedelta(minutes=5)):
        sweeps.take_photos()
    latest = PhotoDEcheance.objects.filter(candidature=team.candidature).order_by("-instant")[0]
    assert (latest.instant, latest.sort) == (until, TriDePhoto.IN_TIME)


@pytest.mark.parametrize(("after", "is_passed"), [(-1, False), (0, False), (1, True)])
def test_photo_is_awaited_as_soon_as_the_echeance_passed(team: Team, after: int, is_passed: bool) -> None:
    client = Client()
    client.force_login(team.instructeur, backend="comptes.requests.PortalBackend")
    with clock.travel(make.DATE_1 + timedelta(seconds=after)):
        page = client.get(reverse("referencement:photos")).content.decode()

    assert ("Date 1 dépassée" in page, "Le constat est établi au moins cinq minutes" in page) == (
        is_passed,
        is_passed,
    )
    assert ("Aucune échéance" in page) is not is_passed


def test_constat_that_is_no_more_is_refused_in_words(responsables: tuple[Compte, Compte], sign_in: Browser) -> None:
    for photo in ("0", "x", ""):
        answer = sign_in(responsables[0]).post(FORECLOSE, {"photo": photo, "motif": "Rien n’est venu."})
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "ce constat n’existe plus" in page
        assert "Rien n’est venu." in page, "What was typed is given back."
