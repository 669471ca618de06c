"""An échéance is data: a fourth one, that the file alone describes, is shown, recalled, photographed and forecloses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as some
from icalendar import Calendar

from candidatures.catalogue.dispositifs import file_of
from candidatures.catalogue.reading import read_dispositif
from candidatures.catalogue.specs import Exigences
from candidatures.enums import Camp, EtatDeDate, ExigenceDEcheance, VoletKind
from candidatures.models import Candidature, Echeance
from candidatures.operations.calendrier import open_calendar
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.derogations import foreclose_candidature, grant_derogation, request_derogation
from candidatures.operations.dispositifs import load_dispositif
from candidatures.queries.avancement import avancements_of
from candidatures.queries.candidatures import why_closed
from candidatures.queries.moments import PassedEcheance
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte, Notice
from preuves.operations.chapitres import ChapitreNotSubmittable, submit_chapitre
from preuves.operations.reouvertures import reopen_chapitre
from referencement import sweeps
from referencement.enums import Cote, Seuil, TriDePhoto
from referencement.models import PhotoDEcheance
from referencement.queries.albums import to_foreclose
from referencement.queries.as_of import candidatures_at
from referencement.queries.blocages import dossier_complet
from referencement.queries.candidatures import dossiers
from referencement.queries.echeances import PROOFS, due_among, due_candidatures
from referencement.queries.photos import missing_then
from referencement.queries.projections import passed_tours, projected_of
from referencement.queries.rappels import REMINDER
from referencement.rules import echeances as echeances_rules
from referencement.rules.blocages import blocages
from referencement.rules.dates import dates_of
from referencement.rules.exigences import EXIGENCES
from referencement.rules.facts import DossierFacts
from referencement.rules.rappels import Palier
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.conventions import approve
from tests.factories.tours import project_everything
from tests.ground import standing
from tests.lengths import examples

from .test_due import proven, returned, with_homologations
from .test_rappels import delivered, swept

DUI, CODE, NOM = "ms-dui-va2", "jalon-d-essai", "Date du jalon d’essai"
NOON = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
GRACE = timedelta(hours=1)
AROUND = [-SECOND, timedelta(0), SECOND]
LAST_ACT = NOON + SECOND
# All that adding an échéance takes.
FOURTH = """
[echeances.jalon-d-essai]
nom = "Date du jalon d’essai"
instant = 2027-03-01T12:00:00
exige = ["chapitres-soumis"]
chapitres = ["MAT"]
objet = "Prérequis de maturité technique"
explication = "Le chapitre des prérequis de maturité technique est soumis."

"""
Browser = Callable[[Compte | None], Client]


def load(block: str = FOURTH) -> Echeance:
    text = file_of(DUI).read_text(encoding="utf-8")
    before, place, after = text.partition("[echeances.date-2]")
    load_dispositif(spec=read_dispositif(f"{before}{block}{place}{after}"), at=make.OPENING)
    return Echeance.objects.get(code=CODE)


@dataclass
class Four:
    """The fourth échéance, and three teams: one that owes nothing, one that is complete and not submitted, one late."""

    echeance: Echeance
    in_time: Team
    complete: Team
    late: Team

    @property
    def pks(self) -> list[int]:
        return [team.candidature.pk for team in (self.in_time, self.complete, self.late)]


def a_fourth() -> Four:
    prove.a_rem()
    echeance = load()
    teams = [make_team(), make_team(), make_team()]
    for team in teams:
        proven(team)
    in_time, complete, late = teams
    prove.a_submitted_chapitre(in_time.candidature, in_time.mandataire, "MAT")
    prove.a_complete_chapitre(complete.candidature, complete.mandataire, "MAT")
    return Four(echeance, in_time, complete, late)


four = standing(a_fourth)


def facts_of(team: Team, at: datetime) -> DossierFacts:
    candidature = Candidature.objects.with_names().get(pk=team.candidature.pk)
    return dossier_complet(candidature, at=at, with_history=False).facts


# -- shown -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "sentence"), [(-SECOND, "Dans moins d’une minute"), (SECOND, "Manquée depuis moins d’une minute")]
)
def test_it_is_on_the_pages_of_the_candidature(
    four: Four, sign_in: Browser, travel_to: Callable[[datetime], None], after: timedelta, sentence: str
) -> None:
    travel_to(NOON + after)
    browser, nru = sign_in(four.late.mandataire), four.late.candidature.nru
    for name in ("referencement:candidature", "preuves:dossier", "referencement:derogations"):
        page = unescape(browser.get(reverse(name, args=[nru])).content.decode())
        assert "Date du jalon d’essai – Prérequis de maturité technique" in page, name
        assert sentence in page, name


def test_what_was_done_for_it_says_when(four: Four) -> None:
    date = dates_of(facts_of(four.in_time, NOON), at=NOON)[CODE]

    assert (date.etat, date.at) == (EtatDeDate.MET, prove.AUTUMN)


def test_it_is_in_the_calendar(four: Four) -> None:
    token = open_calendar(compte_id=four.late.mandataire.pk, at=make.SUMMER).token
    with clock.travel(NOON - DAY):
        answer = Client().get(reverse("candidatures:calendrier_feed", args=[token]))
    events = {str(event["UID"]).partition(".")[0]: event for event in Calendar.from_ical(answer.content).events}

    assert list(events) == ["date-1", CODE, "date-2", "date-3"]
    assert events[CODE]["DTSTART"].dt == NOON
    assert NOM in str(events[CODE]["SUMMARY"])
    assert len(events[CODE].walk("VALARM")) == 3


def test_it_is_in_lists_at_once_though_they_keep_what_was_before_it(db: None) -> None:
    prove.a_rem()
    team = make_team()
    proven(team)
    project_everything(at=prove.AUTUMN)
    load()

    dates = avancements_of([team.candidature.pk], reader=Camp.EDITEUR, at=prove.AUTUMN)[team.candidature.pk].dates
    assert list(dates) == ["date-1", CODE, "date-2", "date-3"]


# -- asked -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", AROUND)
def test_blocage_names_the_first_echeance_that_asks_for_it(four: Four, after: timedelta) -> None:
    missing = blocages(facts_of(four.late, NOON + after), seuil=Seuil.COMPLETUDE, at=NOON + after)
    by_address = {blocage.address: blocage for blocage in missing}

    mat, ins = by_address["chapitre:MAT"], by_address["chapitre:INS"]
    assert (mat.echeance, mat.due_at, mat.is_late) == (NOM, NOON, after > timedelta(0))
    assert (ins.echeance, ins.is_late) == ("Date 2", False)


@pytest.mark.parametrize("after", AROUND)
def test_its_submission_is_received_until_its_instant_and_the_others_later(four: Four, after: timedelta) -> None:
    arguments = {"candidature_id": four.complete.candidature.pk, "by": four.complete.mandataire, "at": NOON + after}
    prove.a_complete_chapitre(four.complete.candidature, four.complete.mandataire, "INS")
    if after > timedelta(0):
        with pytest.raises(ChapitreNotSubmittable, match="La date limite .Date du jalon d’essai. est dépassée"):
            submit_chapitre(code="MAT", **arguments)
    else:
        submit_chapitre(code="MAT", **arguments)
    submit_chapitre(code="INS", **arguments)


@pytest.mark.parametrize("after", AROUND)
def test_rule_and_query_agree_around_its_instant(four: Four, after: timedelta) -> None:
    at, owing = NOON + after, [four.complete.candidature.pk, four.late.candidature.pk]

    assert due_among(four.echeance, four.pks, at=at) == set(owing)
    assert list(due_candidatures(four.echeance, at=at)) == owing
    for team in (four.in_time, four.complete, four.late):
        facts = facts_of(team, at)
        asked = {blocage.address for blocage in echeances_rules.due(facts, CODE, at=at)}
        assert asked == ({"chapitre:MAT"} if team.candidature.pk in owing else set())
        missed = dates_of(facts, at=at)[CODE].etat is EtatDeDate.MISSED
        assert missed is (bool(asked) and after > timedelta(0))


def test_lists_say_and_sort_by_it(four: Four) -> None:
    project_everything(at=NOON - DAY)
    passed = passed_tours(at=NOON - DAY)
    by = four.late.instructeur
    listed = dossiers(by, who=("editeur",), tri="echeance", passed=passed)

    assert list(listed.values_list("pk", flat=True))[:2] == [four.complete.candidature.pk, four.late.candidature.pk]
    projected = projected_of(four.pks, at=NOON - DAY)
    first = {
        pk: next(part for part in projection.parts if part.cote is Cote.EDITEUR) for pk, projection in projected.items()
    }
    assert [first[pk].echeance for pk in four.pks] == ["Date 2", NOM, NOM]
    assert [first[pk].due_at == NOON for pk in four.pks] == [False, True, True]


# -- recalled, photographed, foreclosed --------------------------------------------------------------------------------


def test_it_is_recalled_to_those_who_owe_it(four: Four) -> None:
    at = Palier.J_7.before(NOON)

    assert swept(at - timedelta(microseconds=1)) == 6
    assert swept(at) == 6
    addresses = set(Notice.objects.filter(kind=REMINDER).values_list("address", flat=True))
    assert addresses == {f"echeance:{team.candidature.nru}/{CODE}" for team in (four.complete, four.late)}
    delivered(at + timedelta(minutes=1))
    (complete,) = [each for each in mail.outbox if each.to == [four.complete.salarie.email]]
    assert complete.subject.endswith("soumettez avant la Date du jalon d’essai (J-7)")
    assert "ce chapitre n’est pas soumis" in complete.body
    assert swept(NOON + SECOND) == 0


def take_photos(at: datetime) -> dict[int, str]:
    with clock.travel(at):
        sweeps.take_photos()
    rows = PhotoDEcheance.objects.filter(echeance=CODE).order_by("candidature")
    return dict(rows.values_list("candidature", "sort"))


@pytest.mark.parametrize("after", AROUND)
def test_it_is_photographed_both_done_and_not(four: Four, after: timedelta) -> None:
    """What comes at its last second is in the photo; a second later it is refused, and the photo says what was not."""
    arguments = {"candidature_id": four.complete.candidature.pk, "code": "MAT", "by": four.complete.mandataire}
    received = after <= timedelta(0)
    try:
        submit_chapitre(**arguments, at=NOON + after)
    except ChapitreNotSubmittable:
        assert not received
    sorts = take_photos(NOON + GRACE)

    of_complete = TriDePhoto.IN_TIME if received else TriDePhoto.TO_DECIDE
    assert [sorts[pk] for pk in four.pks] == [TriDePhoto.IN_TIME, of_complete, TriDePhoto.LATE]


@pytest.fixture
def responsable(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])


def test_its_photos_are_listed_and_foreclose(
    four: Four, sign_in: Browser, responsable: Compte, travel_to: Callable[[datetime], None]
) -> None:
    at = NOON + GRACE
    take_photos(at)
    travel_to(at)
    page = sign_in(responsable).get(f"{reverse('referencement:photos')}?echeance={DUI}/{CODE}&tri=late")
    assert [line.nru for line in page.context["lines"]] == [four.late.candidature.nru]

    photos = PhotoDEcheance.objects.filter(echeance=CODE)
    reasons = {line.candidature.pk: line.reason for line in to_foreclose([row.pk for row in photos], at=at)}
    assert [bool(reasons[pk]) for pk in four.pks] == [True, False, False]

    arguments = {"echeance": CODE, "reason": "Prérequis non soumis.", "by": responsable}
    foreclose_candidature(candidature_id=four.late.candidature.pk, **arguments, at=at)
    closed = Candidature.objects.get(pk=four.late.candidature.pk)
    assert "La Date du jalon d’essai était dépassée." in why_closed(closed)


def test_more_time_for_one_is_its_own_instant(four: Four, responsable: Compte) -> None:
    pk, until = four.late.candidature.pk, NOON + 10 * DAY
    arguments = {"candidature_id": pk, "echeance": CODE, "to": until, "motive": "Un sinistre."}
    asked = request_derogation(**arguments, by=four.late.instructeur, at=NOON - DAY)
    grant_derogation(derogation_id=asked.pk, by=responsable, at=NOON - DAY)

    assert take_photos(NOON + GRACE).keys() == set(four.pks) - {pk}
    prove.a_submitted_chapitre(four.late.candidature, four.late.mandataire, "MAT", at=until)
    assert take_photos(until + GRACE)[pk] == TriDePhoto.IN_TIME


# -- whatever it asks --------------------------------------------------------------------------------------------------

ASKED = some.builds(
    Exigences,
    kinds=some.lists(some.sampled_from(ExigenceDEcheance), min_size=1, max_size=4, unique=True).map(tuple),
    chapitres=some.lists(some.sampled_from(["MAT", "INS", "CDM-PH"]), max_size=2, unique=True).map(tuple),
    volets=some.lists(some.sampled_from(VoletKind.values), max_size=1).map(tuple),
)


@pytest.fixture
def everybody(db: None) -> list[int]:
    """Candidatures in each state, the first of them with nothing submitted, the last withdrawn."""
    prove.a_rem()
    load()
    teams = [make_team() for _ in range(9)]
    make.a_submitted_volet(teams[1].candidature, teams[1].mandataire)
    for team in teams[2:]:
        proven(team, profils=["PA", "PH"])
    prove.a_submitted_chapitre(teams[3].candidature, teams[3].mandataire, "MAT")
    for team in teams[4:]:
        with_homologations(team.candidature, team.mandataire)
    returned(teams[5].candidature, teams[5])
    for code in ("MAT", "INS", "CDM-PH"):
        approve(teams[6].candidature, teams[6], code)
        prove.a_submitted_chapitre(teams[7].candidature, teams[7].mandataire, code)
    approved = prove.the_chapitre(teams[6].candidature, "INS")
    arguments = {"reason": "Une erreur.", "seen_version": approved.version, "by": teams[6].instructeur}
    reopen_chapitre(chapitre_id=approved.pk, **arguments, at=LAST_ACT)
    withdraw_candidature(candidature_id=teams[8].candidature.pk, by=teams[8].mandataire, at=NOON - DAY)
    return [team.candidature.pk for team in teams]


@examples(12)
@given(asked=ASKED, after=some.sampled_from([*AROUND, 20 * DAY]))
@example(asked=Exigences((ExigenceDEcheance.RETOURS_REPONDUS,)), after=20 * DAY)
@example(asked=Exigences(tuple(ExigenceDEcheance)), after=SECOND)
def test_rule_query_photo_and_date_agree_whatever_it_asks(
    everybody: list[int], asked: Exigences, after: timedelta
) -> None:
    at, lists = NOON + after, {"chapitres": list(asked.chapitres), "volets": list(asked.volets)}
    Echeance.objects.filter(code=CODE).update(exige=list(asked.kinds), **lists)
    echeance = Echeance.objects.get(code=CODE)
    candidatures = list(Candidature.objects.with_names().filter(pk__in=everybody, state="open").order_by("pk"))
    facts = {
        candidature.pk: dossier_complet(candidature, at=at, with_history=False).facts for candidature in candidatures
    }
    due = {pk for pk, each in facts.items() if echeances_rules.due(each, CODE, at=at)}

    assert echeance.exigences == asked
    assert due_among(echeance, everybody, at=at) == due
    for then in candidatures_at(candidatures, at=at) if at >= LAST_ACT else ():
        pk, missing = then.candidature.pk, missing_then(then, PassedEcheance(DUI, CODE, at))
        assert [blocage.address for blocage in missing] == [
            due.address for due in echeances_rules.due(facts[pk], CODE, at=at)
        ]
    for pk, each in facts.items():
        date = dates_of(each, at=at)[CODE]
        is_missed = date.etat is EtatDeDate.MISSED and not date.is_done_late
        assert (is_missed, date.is_running) == ((at > NOON, at <= NOON) if pk in due else (False, date.is_running))


def test_each_thing_that_may_be_asked_has_its_rule_and_its_proof() -> None:
    assert EXIGENCES.keys() == PROOFS.keys() == set(ExigenceDEcheance)


@pytest.mark.parametrize("after", AROUND)
def test_return_is_bound_by_the_first_echeance_of_answers_that_was_not_over(db: None, after: timedelta) -> None:
    prove.a_rem()
    echeance = load(FOURTH.replace("chapitres-soumis", "retours-repondus"))
    team = make_team()
    late, at = proven(team), NOON + 30 * DAY
    approve(late, team, "MAT")
    arguments = {"reason": "Une erreur.", "seen_version": prove.the_chapitre(late).version, "by": team.instructeur}
    reopen_chapitre(chapitre_id=prove.the_chapitre(late).pk, **arguments, at=NOON + after)
    is_bound = after <= timedelta(0)

    date = dates_of(facts_of(team, at), at=at)[CODE]
    assert (date.etat, date.deadline.nom) == ((EtatDeDate.MISSED, NOM) if is_bound else (EtatDeDate.PUT_OFF, "Date 3"))
    assert due_among(echeance, [late.pk], at=at) == ({late.pk} if is_bound else set())


def test_echeance_of_which_no_file_says_what_it_asks_binds_nobody(four: Four) -> None:
    Echeance.objects.filter(code=CODE).update(exige=[], chapitres=[])

    assert due_among(Echeance.objects.get(code=CODE), four.pks, at=NOON) == set()
    assert echeances_rules.due(facts_of(four.late, NOON), CODE, at=NOON) == ()
    assert dates_of(facts_of(four.late, NOON), at=NOON)[CODE].etat is EtatDeDate.WITHOUT_OBJECT
