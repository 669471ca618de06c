"""A séance whose every dossier may be attributed, made by the real operations."""

import time
from datetime import timedelta
from typing import Any

from django.db import connection

from bench.moment import AT
from bench.surroundings import make
from candidatures.models import Candidature
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte
from comptes.operations.comptes_ans import open_compte_ans
from referencement.enums import AvisDuCollege, Decision
from referencement.models import SeanceDuCollege
from referencement.operations.avis import MemberAdvice, record_avis
from referencement.operations.conventions import prepare_convention
from referencement.operations.examens import decide_examen, list_candidature
from referencement.operations.seances import close_seance, open_seance, plan_seance

MEMBRES, QUORUM = 3, 2


def a_seance_to_close(dossiers: int) -> SeanceDuCollege:
    """Make an open séance with that many dossiers on its agenda, each with its avis and its decision."""
    with clock.travel(AT):
        make(dossiers - 1, seed=6, histoire=["proved"])
    by = _somebody(RoleANS.SECRETAIRE_COLLEGE, 0)
    membres = [_somebody(RoleANS.MEMBRE_COLLEGE, rank) for rank in range(MEMBRES)]
    for candidature in Candidature.objects.with_names().order_by("pk"):
        _make_ready(candidature, by)
    seance = plan_seance(held_at=AT, quorum=QUORUM, membres=membres, secretaire=by, by=by, at=AT - timedelta(days=30))
    present = list(seance.membres.values_list("pk", flat=True))
    open_seance(seance_id=seance.pk, present=present, by=by, at=AT)
    for candidature in Candidature.objects.order_by("pk"):
        _decide(seance, candidature, present, by)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return SeanceDuCollege.objects.get(pk=seance.pk)


def closed(seance: SeanceDuCollege) -> tuple[float, int]:
    """Close the séance; return the seconds that it took, and the number of queries."""
    asked: list[str] = []

    def count(execute: Any, sql: str, *args: Any) -> Any:
        asked.append(sql)
        return execute(sql, *args)

    began = time.perf_counter()
    with connection.execute_wrapper(count):
        close_seance(seance_id=seance.pk, seen_version=seance.version, by=seance.secretaire, at=AT)
    return time.perf_counter() - began, len(asked)


def _make_ready(candidature: Candidature, by: Compte) -> None:
    convention = prepare_convention(candidature_id=candidature.pk, by=by, at=AT)
    convention.send(to=by, by=by, at=AT)
    convention.sign(by=by, at=AT)
    convention.save()


def _decide(seance: SeanceDuCollege, candidature: Candidature, present: list[int], by: Compte) -> None:
    examen = list_candidature(seance_id=seance.pk, candidature_id=candidature.pk, by=by, at=AT)
    for membre in present:
        record_avis(examen_id=examen.pk, advice=MemberAdvice(membre, AvisDuCollege.FAVOURABLE), by=by, at=AT)
    decide_examen(
        examen_id=examen.pk, decision=Decision.ATTRIBUTED, reasons=[], comment="", seen_version=0, by=by, at=AT
    )


def _somebody(role: RoleANS, rank: int) -> Compte:
    return open_compte_ans(
        email=f"{role}{rank}@agence.example",
        first_name="Camille",
        last_name=f"{role} {rank}",
        roles=[role],
        by=None,
        at=AT,
    )
