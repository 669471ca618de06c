"""An account that is closed while a lot runs: both lock the candidatures first, then the journal of the portal."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from candidatures.models import Candidature, Referent
from candidatures.operations.referents import entrust_chapitre
from candidatures.operations.suivi import put_etiquette
from comptes.enums import RoleANS
from comptes.models import Compte
from comptes.operations.agents import close_agent, suspend_agent
from preuves.enums import SecondeLectureState
from preuves.models import SecondeLecture
from preuves.operations.instruction import claim_chapitre
from preuves.operations.secondes_lectures import ask_seconde_lecture
from tests.candidatures.conftest import make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.comptes import CompteFactory

AT = make.SUMMER
# Not `pg_stat_activity`, which a transaction reads once.
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def close(agent: int, taker: int, by: Compte) -> None:
    try:
        close_agent(compte_id=agent, takers=[taker], by=by, at=AT)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_account_is_closed_while_a_lot_holds_a_candidature(wait_until: Callable[..., None]) -> None:
    team = make_team()
    second = make.a_candidature(make.a_produit(team.editeur, team.mandataire, "Mistral"), team.mandataire)
    leaving, taker = (make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]) for _ in range(2))
    administrateur = CompteFactory(administrateur=True)
    for candidature in (team.candidature, second):
        make.follow(candidature, leaving)
    entrust_chapitre(dispositif_code=make.DUI, code="INS", compte_id=leaving.pk, by=leaving, at=AT)

    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        # As a lot does: the candidature, then, in the name of whoever leaves, the journal of the portal.
        Candidature.objects.locked().get(pk=second.pk)
        closing = threads.submit(close, leaving.pk, taker.pk, administrateur)
        wait_until(lambda: closing.done() or somebody_waits())
        assert not closing.done(), closing.exception()
        put_etiquette(candidature_id=second.pk, nom="Recours", by=leaving, at=AT)
        assert not closing.done()
    closing.result(timeout=20)

    leaving.refresh_from_db()
    assert not leaving.is_active
    assert set(Referent.objects.order_by("pk").values_list("compte", flat=True)) == {taker.pk}


@pytest.mark.django_db(transaction=True)
def test_account_of_a_suspended_expert_is_closed_while_a_lot_holds_a_candidature(
    wait_until: Callable[..., None],
) -> None:
    prove.a_rem()
    team = make_team()
    prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    chapitre = prove.a_submitted_chapitre(team.candidature, team.mandataire, "INS", at=AT)
    claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=AT)
    leaving, taker = (make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]) for _ in range(2))
    administrateur = CompteFactory(administrateur=True)
    ask_seconde_lecture(
        chapitre_id=chapitre.pk,
        email=leaving.email,
        names=(leaving.first_name, leaving.last_name),
        question="Cette exécution suffit-elle ?",
        before=(AT + timedelta(days=10)).date(),
        by=team.instructeur,
        at=AT,
    )
    entrust_chapitre(dispositif_code=make.DUI, code="INS", compte_id=leaving.pk, by=leaving, at=AT)
    suspend_agent(compte_id=leaving.pk, by=administrateur, at=AT)

    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        Candidature.objects.locked().get(pk=team.candidature.pk)
        closing = threads.submit(close, leaving.pk, taker.pk, administrateur)
        wait_until(lambda: closing.done() or somebody_waits())
        assert not closing.done(), closing.exception()
        put_etiquette(candidature_id=team.candidature.pk, nom="Recours", by=taker, at=AT)
    closing.result(timeout=20)

    assert [lecture.state for lecture in SecondeLecture.objects.order_by("pk")] == [SecondeLectureState.WITHDRAWN]
