"""Échéances are recalled once to each person who can still do what they ask; late, twice or at once, no more."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from candidatures import permissions
from candidatures.enums import VoletKind
from candidatures.models import Produit
from candidatures.operations.candidatures import open_candidature, withdraw_candidature
from candidatures.operations.derogations import foreclose_candidature, grant_derogation, request_derogation
from candidatures.operations.echeances import approve_move, propose_move
from candidatures.operations.produits import create_produit, give_acces
from candidatures.queries.people import people_by_produit
from comptes import clock, effects
from comptes.dates import instant_in_words
from comptes.enums import NoticeState, Role, RoleANS
from comptes.models import Compte, Notice
from comptes.operations.rattachements import detach
from preuves.operations.chapitres import take_back_chapitre
from referencement import sweeps
from referencement.queries.rappels import REMINDER
from referencement.rules.rappels import Palier
from tests.candidatures.conftest import Team, all_at_once, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.ground import standing
from tests.referencement.test_due import with_homologations

DATE_1 = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
DATE_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
MICRO, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)


def at_palier(palier: Palier, echeance: datetime = DATE_1, shift: timedelta = timedelta(0)) -> datetime:
    return palier.before(echeance) + shift


def swept(at: datetime) -> int:
    with clock.travel(at):
        return sweeps.post_reminders()


def delivered(at: datetime) -> None:
    """Every reminder that waits leaves, or is given up; of what else left with them, nothing is kept."""
    waiting = Notice.objects.filter(kind=REMINDER, state=NoticeState.PENDING).order_by("email")
    with clock.travel(at):
        for email in list(waiting.values_list("email", flat=True).distinct()):
            effects.deliver_to(email)
    ours = set(Notice.objects.filter(kind=REMINDER).values_list("message_id", flat=True))
    mail.outbox[:] = [message for message in mail.outbox if message.extra_headers["Message-ID"] in ours]


def rows(compte: Compte | None = None) -> list[tuple[str, str]]:
    """By order of posting, the palier and the state of each reminder, of one person if asked."""
    notices = Notice.objects.filter(kind=REMINDER).order_by("pk")
    notices = notices.filter(compte=compte) if compte else notices
    return [(notice.occurrence.partition("/")[2], str(notice.state)) for notice in notices]


def people(team: Team) -> list[Compte]:
    return [team.mandataire, team.representant, team.salarie]


def test_echeance_is_recalled_to_those_who_have_the_product(team: Team) -> None:
    assert swept(at_palier(Palier.J_60)) == 3
    notices = Notice.objects.filter(kind=REMINDER).order_by("pk")

    assert {notice.email for notice in notices} == {person.email for person in people(team)}
    assert {notice.compte_id for notice in notices} == {person.pk for person in people(team)}
    assert {(notice.address, notice.occurrence) for notice in notices} == {
        (f"echeance:{team.candidature.nru}/date-1", "2026-10-01T10:00:00+00:00/J-60")
    }


@pytest.mark.parametrize(
    ("shift", "count"), [(timedelta(seconds=-1), 0), (-MICRO, 0), (timedelta(0), 3), (MICRO, 3), (MINUTE / 60, 3)]
)
def test_echeance_is_recalled_from_the_instant_of_its_palier(team: Team, shift: timedelta, count: int) -> None:
    assert swept(at_palier(Palier.J_60, shift=shift)) == count


@pytest.mark.parametrize(
    ("shift", "count"),
    [(timedelta(seconds=-1), 3), (-MICRO, 3), (timedelta(0), 3), (MICRO, 0), (timedelta(seconds=1), 0)],
)
def test_nothing_is_recalled_after_the_instant(team: Team, shift: timedelta, count: int) -> None:
    assert swept(DATE_1 + shift) == count


def test_each_palier_is_recalled_once_however_often_the_sweep_passes(team: Team) -> None:
    for palier in Palier:
        for shift in (0, 0, 10, 20):
            swept(at_palier(palier, shift=shift * MINUTE))
        delivered(at_palier(palier, shift=30 * MINUTE))

    assert rows(team.salarie) == [(palier.code, "sent") for palier in Palier]
    assert len(mail.outbox) == 3 * len(Palier)
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == len(mail.outbox)


def test_late_by_three_days_the_latest_alone_is_recalled_the_others_are_replaced(team: Team) -> None:
    swept(at_palier(Palier.J_15))
    delivered(at_palier(Palier.J_15))
    assert rows(team.salarie) == [("J-60", "superseded"), ("J-30", "superseded"), ("J-15", "sent")]

    late = at_palier(Palier.J_2) + timedelta(days=1, hours=1)
    for _ in range(2):
        swept(late)
    delivered(late)

    assert rows(team.salarie)[3:] == [("J-7", "superseded"), ("J-2", "superseded"), ("J-1", "sent")]
    assert len(mail.outbox) == 6


def test_what_still_waits_to_leave_is_replaced_by_the_next_palier(team: Team) -> None:
    swept(at_palier(Palier.J_2))
    swept(at_palier(Palier.J_1))
    delivered(at_palier(Palier.J_1))

    assert rows(team.salarie)[-2:] == [("J-2", "superseded"), ("J-1", "sent")]


def test_reminder_that_could_not_leave_before_the_next_palier_does_not_leave(team: Team) -> None:
    swept(at_palier(Palier.J_2))
    delivered(at_palier(Palier.J_1))

    assert rows(team.salarie)[-1] == ("J-2", "cancelled")
    assert mail.outbox == []


def test_paliers_before_the_opening_or_before_somebody_came_are_nobody_s(team: Team) -> None:
    at = at_palier(Palier.J_15, shift=MINUTE)
    produit = create_produit(editeur_id=team.editeur.pk, nom="Alizé", by=team.mandataire, at=at)
    code = team.candidature.dispositif_id
    open_candidature(produit_id=produit.pk, dispositif_code=code, by=team.mandataire, at=at)
    seat = team.newcomer.rattachements.get()
    give_acces(produit_id=team.produit.pk, rattachement_id=seat.pk, by=team.mandataire, at=at)
    swept(at_palier(Palier.J_2))

    late = Notice.objects.filter(address__contains="/date-1", compte=team.mandataire).exclude(
        address__contains=team.candidature.nru
    )
    assert [notice.occurrence.partition("/")[2] for notice in late.order_by("pk")] == ["J-7", "J-2"]
    assert rows(team.newcomer) == [("J-7", "superseded"), ("J-2", "pending")]


def test_who_comes_within_a_palier_is_told_at_the_next_sweep(team: Team) -> None:
    swept(at_palier(Palier.J_15))
    at, seat = at_palier(Palier.J_15, shift=MINUTE), team.newcomer.rattachements.get()
    give_acces(produit_id=team.produit.pk, rattachement_id=seat.pk, by=team.mandataire, at=at)

    assert swept(at + MINUTE) == 1
    assert rows(team.newcomer) == [("J-15", "pending")]


def test_who_left_meanwhile_is_not_reminded(team: Team) -> None:
    swept(at_palier(Palier.J_7))
    seat, at = team.salarie.rattachements.get(), at_palier(Palier.J_7, shift=MINUTE)
    detach(rattachement_id=seat.pk, by=team.mandataire, at=at)
    delivered(at)

    assert rows(team.salarie)[-1] == ("J-7", "cancelled")
    assert [message.to for message in mail.outbox] == [[team.mandataire.email], [team.representant.email]]
    assert swept(at) == 0


def test_what_was_done_meanwhile_is_not_recalled(team: Team) -> None:
    swept(at_palier(Palier.J_7))
    make.a_dossier_handed_over(team.candidature, team.mandataire)
    delivered(at_palier(Palier.J_7, shift=MINUTE))

    assert {state for palier, state in rows() if palier == "J-7"} == {"cancelled"}
    assert swept(at_palier(Palier.J_2)) == 0


def responsables() -> tuple[Compte, Compte]:
    role = {"roles_ans": [RoleANS.RESPONSABLE_INSTRUCTION]}
    return make.a_person(**role), make.a_person(**role)


def moved(to: datetime, at: datetime) -> None:
    """Date 1 is moved for everybody, as the ANS does it."""
    proposer, other = responsables()
    arguments = {"dispositif_code": "ms-dui-va2", "code": "date-1", "arrete": "Arrêté.", "motive": "Incident."}
    move = propose_move(**arguments, to=to, by=proposer, at=at)
    approve_move(move_id=move.pk, by=other, at=at)


def extended(team: Team, to: datetime, at: datetime) -> None:
    """That candidature is given more time for Date 1."""
    proposer, other = responsables()
    arguments = {"candidature_id": team.candidature.pk, "echeance": "date-1", "motive": "Incident."}
    derogation = request_derogation(**arguments, to=to, by=proposer, at=at)
    grant_derogation(derogation_id=derogation.pk, by=other, at=at)


@pytest.mark.parametrize("everybody", [True, False])
def test_reminder_of_an_instant_that_is_not_in_force_any_more_does_not_leave(team: Team, everybody: bool) -> None:
    swept(at_palier(Palier.J_7))
    at, later = at_palier(Palier.J_7, shift=MINUTE), DATE_1 + timedelta(days=1)
    if everybody:
        moved(later, at)
    else:
        extended(team, later, at)
    delivered(at)
    assert mail.outbox == []

    swept(at)
    delivered(at)
    assert rows(team.salarie)[-1] == ("J-15", "sent")
    assert instant_in_words(later) in mail.outbox[0].body
    assert ("dérogation" in mail.outbox[0].body) is not everybody


@pytest.mark.parametrize("palier", Palier)
@pytest.mark.parametrize(("shift", "count"), [(-MINUTE / 60, 0), (-MICRO, 0), (timedelta(0), 3), (MICRO, 3)])
def test_derogation_is_recalled_at_its_own_paliers(team: Team, palier: Palier, shift: timedelta, count: int) -> None:
    """Long after the instant of everybody, of whom nothing is recalled then."""
    make_team()
    own = DATE_1 + timedelta(days=300)
    extended(team, own, DATE_1 - timedelta(days=90))
    at = at_palier(palier, own, shift)
    swept(at_palier(palier, own) - timedelta(minutes=1))
    before = len(rows(team.salarie))

    assert swept(at) == count
    assert (len(rows(team.salarie)) - before, Notice.objects.filter(kind=REMINDER).count() % 3) == (
        count // 3,
        0,
    )


def test_derogation_of_who_was_foreclosed_is_recalled_again(team: Team) -> None:
    (by, _), late = responsables(), DATE_1 + timedelta(days=3)
    arguments = {"candidature_id": team.candidature.pk, "echeance": "date-1", "reason": "Rien de soumis."}
    foreclose_candidature(**arguments, by=by, at=late)
    assert swept(late) == 0

    extended(team, late + timedelta(days=10), late)
    assert swept(late) == 3


def test_nothing_is_recalled_of_a_candidature_that_is_withdrawn(team: Team) -> None:
    swept(at_palier(Palier.J_7))
    at = at_palier(Palier.J_7, shift=MINUTE)
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=at)
    delivered(at)

    assert mail.outbox == []
    assert swept(at_palier(Palier.J_2)) == 0


def test_reminder_says_what_is_left_and_leads_to_each_thing(team: Team) -> None:
    swept(at_palier(Palier.J_7))
    delivered(at_palier(Palier.J_7, shift=2 * MINUTE))
    nru, message = team.candidature.nru, mail.outbox[0]

    assert message.subject.endswith(f"({nru})\u00a0: complétez le dossier avant la Date 1 (J-7)")
    for text in (
        f"{instant_in_words(DATE_1)}, heure de Paris",
        "Candidature administrative\u00a0: ce volet n’est pas soumis.",
        f"/candidatures/{nru}/administratif/\n",
        f"/candidatures/{nru}/eligibilite/\n",
        f"/candidatures/{nru}/\n",
    ):
        assert text in message.body
    assert "NON SOUMIS" not in message.body


def test_volet_complete_and_not_submitted_is_in_evidence(team: Team) -> None:
    make.a_filled_volet(team.candidature, team.mandataire, VoletKind.ADMINISTRATIF)
    swept(at_palier(Palier.H_4))
    delivered(at_palier(Palier.H_4, shift=2 * MINUTE))
    nru, message = team.candidature.nru, mail.outbox[0]
    alarm, _, others = message.body.partition("Il reste aussi à faire")

    assert message.subject.endswith(f"({nru})\u00a0: complet mais NON soumis, soumettez avant la Date 1 (H-4)")
    assert "COMPLET MAIS NON SOUMIS" in alarm
    assert f"/candidatures/{nru}/administratif/soumettre/" in alarm
    assert f"/candidatures/{nru}/eligibilite/\n" in others


def make_proving() -> Team:
    prove.a_rem()
    team = make_team()
    prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    return team


proving = standing(make_proving)


def test_chapitre_complete_and_not_submitted_is_in_evidence(proving: Team) -> None:
    prove.a_complete_chapitre(proving.candidature, proving.mandataire, "MAT")
    swept(at_palier(Palier.J_1, DATE_2))
    delivered(at_palier(Palier.J_1, DATE_2, MINUTE))
    nru, message = proving.candidature.nru, mail.outbox[0]
    alarm, _, others = message.body.partition("Il reste aussi à faire")

    assert message.subject.endswith(f"({nru})\u00a0: complet mais NON soumis, soumettez avant la Date 2 (J-1)")
    assert "Prérequis de maturité technique" in alarm
    assert f"/candidatures/{nru}/chapitres/MAT/soumettre/" in alarm
    assert f"/candidatures/{nru}/chapitres/INS/\n" in others
    assert f"/candidatures/{nru}/guichets/" in others


def test_chapitre_taken_back_within_a_palier_is_recalled(proving: Team) -> None:
    with_homologations(proving.candidature, proving.mandataire)
    for code in ("MAT", "INS"):
        prove.a_submitted_chapitre(proving.candidature, proving.mandataire, code)
    assert swept(at_palier(Palier.J_15, DATE_2)) == 0

    at = at_palier(Palier.J_15, DATE_2, timedelta(days=1))
    take_back_chapitre(candidature_id=proving.candidature.pk, code="MAT", by=proving.mandataire, at=at)
    assert swept(at + MINUTE) == 3


def test_people_by_produit_are_those_of_the_permission(team: Team) -> None:
    other = make_team()
    create_produit(editeur_id=team.editeur.pk, nom="Alizé", by=team.mandataire, at=make.SUMMER)
    twice = make.a_person(team.editeur, Role.SALARIE)
    seat = twice.rattachements.get()
    for produit in team.editeur.produits.order_by("pk"):
        arguments = {"produit_id": produit.pk, "rattachement_id": seat.pk}
        give_acces(**arguments, by=team.mandataire, at=make.SUMMER)
    detach(rattachement_id=team.representant.rattachements.get().pk, by=team.mandataire, at=make.SUMMER)
    Compte.objects.filter(pk=other.salarie.pk).update(is_active=False)
    every = list(Produit.objects.order_by("pk"))
    people_of = people_by_produit([item.pk for item in every])

    assert {pk: [seat.compte_id for seat in some] for pk, some in people_of.items()} == {
        item.pk: [compte.pk for compte in permissions.people_with_access(item)] for item in every
    }


def test_sweep_asks_as_much_for_one_candidature_as_for_two(team: Team) -> None:
    def count(at: datetime, *new: str) -> int:
        """Candidatures that were never recalled anything come beside the others."""
        for nom in new:
            make.a_candidature(make.a_produit(team.editeur, team.mandataire, nom), team.mandataire)
        with CaptureQueriesContext(connection) as asked:
            swept(at)
        return len(asked)

    swept(at_palier(Palier.J_60))
    alone = count(at_palier(Palier.J_15), "Alizé")

    assert count(at_palier(Palier.J_7), "Tramontane", "Sirocco") == alone
    assert count(at_palier(Palier.J_7)) < alone


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_post_one_row_each() -> None:
    team = make_team()
    at = at_palier(Palier.J_7)
    counts = all_at_once(4, lambda _: swept(at))

    assert sorted(counts) == [0, 0, 0, 3]
    assert rows(team.salarie) == [(code, "superseded") for code in ("J-60", "J-30", "J-15")] + [("J-7", "pending")]
