"""The people of the ANS are told of the candidatures that missed an échéance, and of dates that move."""

from datetime import timedelta

import pytest
from django.core import mail

from candidatures.operations.echeances import approve_move, propose_move
from candidatures.operations.referents import assign_referent
from candidatures.operations.suivi import follow_candidature
from comptes import clock, effects
from comptes.enums import NotificationMode, PorteeDAvis, RoleANS
from comptes.models import Compte, Notice
from comptes.operations.notifications import choose_modes
from referencement.operations.photos import MISSED
from referencement.rules.photo import WAIT
from tests.candidatures.conftest import Team
from tests.dates import DATE_1
from tests.factories import candidatures as make
from tests.referencement.test_photos import take

BEFORE = make.DATE_1 - timedelta(days=20)
MOVED = "candidatures.date_moved"


def recipients(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("email", flat=True))


def responsable(name: str) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name=name)


@pytest.mark.parametrize("rows", [1, 3])
def test_missed_echeance_is_told_to_who_has_or_follows_the_candidature(team: Team, rows: int) -> None:
    others = [
        make.a_candidature(make.a_produit(team.editeur, team.mandataire, f"Mistral {number}"), team.mandataire)
        for number in range(rows - 1)
    ]
    anne, bruno = (make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], last_name=name) for name in ("Anne", "Bruno"))
    assign_referent(candidature_id=team.candidature.pk, compte_id=anne.pk, seen=None, by=anne, at=make.SUMMER)
    for candidature in others:
        follow_candidature(candidature_id=candidature.pk, follows=True, by=bruno, at=make.SUMMER)

    take(make.DATE_1 + WAIT)
    take(make.DATE_1 + WAIT)

    told = Notice.objects.filter(kind=MISSED).order_by("pk").values_list("email", "address")
    assert set(told) == {
        (anne.email, f"candidature:{team.candidature.nru}"),
        *((bruno.email, f"candidature:{candidature.nru}") for candidature in others),
    }
    effects.deliver_to(anne.email)
    assert mail.outbox == [], "an échéance is missed by many at once: they are in the résumé of the day"
    tomorrow = make.DATE_1 + timedelta(days=1)
    with clock.travel(tomorrow):
        effects.send_digest(anne.pk, tomorrow.date().isoformat())
    assert "n’a pas tout rendu à la Date 1" in mail.outbox[-1].body


def test_in_time_nobody_is_told(team: Team) -> None:
    make.a_dossier_handed_over(team.candidature, team.mandataire)
    take(make.DATE_1 + WAIT)

    assert recipients(MISSED) == set()


def test_date_that_moves_is_told_to_who_instructs_but_its_second_person_and_who_chose_none(team: Team) -> None:
    olivier, odile = responsable("Olivier"), responsable("Odile")
    make.a_person(roles_ans=[RoleANS.AUDITEUR])
    mute = make.a_person(roles_ans=[RoleANS.INSTRUCTEUR])
    choose_modes(compte_id=mute.pk, modes={MOVED: NotificationMode.NOW}, portees={MOVED: PorteeDAvis.NONE})
    given = {"to": make.DATE_1 + timedelta(days=14), "arrete": "Arrêté du 18/09/2026", "motive": "Incident."}
    move = propose_move(dispositif_code=make.DUI, code=DATE_1, by=olivier, at=BEFORE, **given)
    assert recipients(MOVED) == set()

    approve_move(move_id=move.pk, by=odile, at=BEFORE)

    assert recipients(MOVED) == {olivier.email, team.instructeur.email}
    effects.deliver_to(olivier.email)
    assert "la date est désormais le 15\u00a0octobre 2026 à 12\u00a0h" in mail.outbox[-1].body
