"""The collège sits: what it may decide, what closing publishes, and what nobody can make it do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from candidatures.models import Candidature
from comptes import journal
from comptes.enums import RoleANS
from comptes.models import Compte, Notice
from guichets.models import DemandeAuGuichet
from referencement.enums import AvisDuCollege, Decision, DocumentKind, ExamenState, SeanceState, Seuil
from referencement.models import Document, Examen, SeanceDuCollege
from referencement.operations import avis, examens, seances
from referencement.operations.avis import MemberAdvice
from referencement.operations.examens import SeanceConflict, SeanceNotPossible
from referencement.queries.blocages import dossier_complet
from referencement.rules.blocages import blocages
from tests.candidatures.conftest import all_at_once
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories.conventions import Parties, some_parties
from tests.factories.referencement import a_signed_convention
from tests.ground import standing

# Each act is done with the role of the portal's processes: no act needs what that role is denied.
pytestmark = pytest.mark.usefixtures("as_the_application")

AT = datetime(2027, 11, 16, 13, 0, tzinfo=UTC)
LATER = AT + timedelta(days=7)
FAVOURABLE = AvisDuCollege.FAVOURABLE
AGAINST = "Une pièce reçue pendant la séance."
REASON = "Une information du dossier s’est révélée inexacte."


@dataclass
class Sitting:
    """A séance of three members, all there, of whom two are enough; one dossier is ready for it."""

    parties: Parties
    seance: SeanceDuCollege
    secretaire: Compte

    @property
    def candidature(self) -> Candidature:
        return self.parties.candidature

    @property
    def version(self) -> int:
        return SeanceDuCollege.objects.get(pk=self.seance.pk).version

    def list(self, *, despite: bool = False) -> Examen:
        return examens.list_candidature(
            seance_id=self.seance.pk, candidature_id=self.candidature.pk, despite=despite, by=self.secretaire, at=AT
        )

    def advise(self, examen: Examen, count: int = 3, *, conflicts: int = 0) -> None:
        membres = list(self.seance.membres.order_by("pk"))[:count]
        advices = [
            MemberAdvice(membre.pk, None, "A travaillé pour l’éditeur.")
            if rank < conflicts
            else MemberAdvice(membre.pk, FAVOURABLE)
            for rank, membre in enumerate(membres)
        ]
        for advice in advices:
            avis.record_avis(examen_id=examen.pk, advice=advice, by=self.secretaire, at=AT)

    def decide(
        self, examen: Examen, decision: Decision = Decision.ATTRIBUTED, *reasons: str, against: str = AGAINST
    ) -> Examen:
        return examens.decide_examen(
            examen_id=examen.pk,
            decision=decision,
            reasons=reasons,
            comment="",
            against=against,
            seen_version=Examen.objects.get(pk=examen.pk).version,
            by=self.secretaire,
            at=AT,
        )

    def close(self, version: int | None = None) -> SeanceDuCollege:
        seen = self.version if version is None else version
        return seances.close_seance(seance_id=self.seance.pk, seen_version=seen, by=self.secretaire, at=AT)


def a_sitting(*, ready: bool = True) -> Sitting:
    parties = some_parties(profils=["AHI"])
    if ready:
        make_ready(parties)
    secretaire = make.a_person(roles_ans=[RoleANS.SECRETAIRE_COLLEGE])
    membres = [make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE]) for _ in range(3)]
    seance = seances.plan_seance(
        held_at=AT, quorum=2, membres=membres, secretaire=secretaire, by=secretaire, at=AT - timedelta(days=30)
    )
    present = list(seance.membres.values_list("pk", flat=True))
    seances.open_seance(seance_id=seance.pk, present=present, by=secretaire, at=AT)
    return Sitting(parties, seance, secretaire)


def make_ready(parties: Parties) -> None:
    """Everything is granted at the desks, and the convention signed."""
    for teleservice in ("INSI", "DMP"):
        demande = desks.a_demande(parties.candidature, parties.signatory, desks.cnda(teleservice))
        desks.moved_to(demande, "granted")
    a_signed_convention(parties.candidature, parties.signatory, AT - timedelta(days=20))


sitting = standing(a_sitting)


def states() -> tuple[str, str]:
    return SeanceDuCollege.objects.get().state, Examen.objects.get().state


# -- the whole way ---------------------------------------------------------------------------------------------------


def test_attribution_is_published_with_its_documents_and_its_messages_when_the_seance_is_closed(
    sitting: Sitting,
) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    before = (states(), Document.objects.exclude(kind=DocumentKind.CONVENTION).count())
    sitting.close()

    assert before == ((SeanceState.OPEN, ExamenState.DECIDED), 0)
    assert states() == (SeanceState.CLOSED, ExamenState.ATTRIBUTED)
    kinds = set(Document.objects.exclude(kind=DocumentKind.CONVENTION).values_list("kind", flat=True))
    assert kinds == {DocumentKind.ATTESTATION, DocumentKind.RAPPORT, DocumentKind.PROCES_VERBAL}
    told = Notice.objects.filter(kind="referencement.attributed")
    assert set(told.values_list("compte", flat=True)) >= {sitting.parties.signatory.pk}
    assert list(journal.verify()) == []


@pytest.mark.parametrize(
    ("decision", "reasons"),
    [(Decision.NOT_ATTRIBUTED, [REASON]), (Decision.POSTPONED, []), (Decision.POSTPONED, [REASON])],
)
def test_other_decisions_issue_minutes_or_a_letter(sitting: Sitting, decision: Decision, reasons: list[str]) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen, decision, *reasons)
    sitting.close()

    assert states() == (SeanceState.CLOSED, decision.value)
    issued = Document.objects.filter(convention=None).order_by("kind").values_list("kind", flat=True)
    letter = [DocumentKind.DECISION] if decision == Decision.NOT_ATTRIBUTED else []
    assert list(issued) == [*letter, DocumentKind.PROCES_VERBAL]
    assert Notice.objects.filter(kind=f"referencement.{decision}").exists()


def test_postponed_dossier_comes_back_to_another_seance(sitting: Sitting) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen, Decision.POSTPONED)
    sitting.close()
    membres = [membre.compte for membre in sitting.seance.membres.all()]
    sitting.seance = seances.plan_seance(
        held_at=LATER, quorum=1, membres=membres, secretaire=sitting.secretaire, by=sitting.secretaire, at=AT
    )

    assert sitting.list().state == ExamenState.LISTED


# -- what is refused, in words ---------------------------------------------------------------------------------------


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(SeanceNotPossible) as error:
        act()
    return " ".join(error.value.reasons)


def test_dossier_with_blocages_is_listed_when_somebody_says_so_and_never_attributed(db: None) -> None:
    sitting = a_sitting(ready=False)
    assert "Il manque encore à ce dossier" in refused(sitting.list)
    examen = sitting.list(despite=True)
    sitting.advise(examen)

    assert "ne peut pas être attribué" in refused(lambda: sitting.decide(examen))
    assert sitting.decide(examen, Decision.NOT_ATTRIBUTED, REASON).blocages != []


def test_attribution_is_not_published_when_something_is_missing_since(sitting: Sitting) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    demandes = DemandeAuGuichet.objects.filter(candidature=sitting.candidature)
    ended = {"ended_at": F("recorded_at"), "ended_by": F("recorded_by"), "ended_reason": "Par erreur."}
    demandes.update(**ended, next_pull_at=None, pull_id=None)

    assert "ne peut plus être attribué" in refused(sitting.close)
    assert states() == (SeanceState.OPEN, ExamenState.DECIDED)


def test_attribution_is_not_published_when_a_desk_went_back_since(sitting: Sitting) -> None:
    """Seen once, it is only said; seen twice, the dossier misses a grant and the séance cannot close on it."""
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    demande = DemandeAuGuichet.objects.get(candidature=sitting.candidature, objet="cnda:/INSI")
    desks.a_releve(demande, "examen", at=AT + timedelta(minutes=1))
    assert not missing_of(sitting)

    desks.a_releve(demande, "examen", at=AT + timedelta(minutes=2))

    assert "alors que la demande en était à «\u00a0Accordée\u00a0»" in " ".join(missing_of(sitting))
    assert "ne peut plus être attribué" in refused(sitting.close)
    assert states() == (SeanceState.OPEN, ExamenState.DECIDED)


def missing_of(sitting: Sitting) -> list[str]:
    complet = dossier_complet(sitting.candidature, at=AT + timedelta(minutes=3))
    missing = blocages(complet.facts, seuil=Seuil.COLLEGE, at=AT + timedelta(minutes=3))
    return [blocage.sentence for blocage in missing]


def test_seance_is_not_closed_while_a_dossier_waits_for_its_decision(sitting: Sitting) -> None:
    sitting.list()

    assert "Aucune décision n’est enregistrée" in refused(sitting.close)


def test_member_in_conflict_does_not_count(sitting: Sitting) -> None:
    examen = sitting.list()
    sitting.advise(examen, conflicts=2)

    assert "Le quorum n’est pas réuni" in refused(lambda: sitting.decide(examen))


def test_advice_is_noted_before_the_decision(sitting: Sitting) -> None:
    examen = sitting.list()
    sitting.advise(examen, 1)

    assert "Notez l’avis des membres" in refused(lambda: sitting.decide(examen))


def test_seance_without_its_quorum_decides_nothing(sitting: Sitting) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    membre_pk = sitting.seance.membres.order_by("pk")[0].pk
    seances.open_seance(seance_id=sitting.seance.pk, present=[membre_pk], by=sitting.secretaire, at=AT)

    assert "Le quorum n’est pas réuni" in refused(lambda: sitting.decide(examen, Decision.POSTPONED))
    assert "Le quorum n’est pas réuni" in refused(sitting.close)


def test_non_attribution_says_why(sitting: Sitting) -> None:
    examen = sitting.list()
    sitting.advise(examen)

    assert "Indiquez pourquoi" in refused(lambda: sitting.decide(examen, Decision.NOT_ATTRIBUTED))


def test_candidature_is_on_one_agenda_at_a_time(sitting: Sitting) -> None:
    sitting.list()

    assert "déjà à l’ordre du jour" in refused(sitting.list)


def test_quorum_is_of_the_members_called(sitting: Sitting) -> None:
    membres = [membre.compte for membre in sitting.seance.membres.all()]

    assert "quorum" in refused(
        lambda: seances.plan_seance(
            held_at=LATER, quorum=4, membres=membres, secretaire=sitting.secretaire, by=sitting.secretaire, at=AT
        )
    )


def test_seance_that_moved_since_the_preview_is_not_closed(sitting: Sitting) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    seen = sitting.version
    sitting.decide(examen)

    with pytest.raises(SeanceConflict):
        sitting.close(seen)


@pytest.mark.django_db(transaction=True)
def test_two_closings_at_once_are_one() -> None:
    sitting = a_sitting()
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    seen = sitting.version
    outcomes = all_at_once(2, lambda _: sitting.close(seen))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SeanceConflict", "SeanceDuCollege"]
    assert Document.objects.filter(kind=DocumentKind.ATTESTATION).count() == 1
    assert list(journal.verify()) == []


# -- held by the database --------------------------------------------------------------------------------------------


def by_sql(statement: str) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(error.value)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ("state = 'attributed', published_at = decided_at", "published by the closing"),
        ("situation = NULL", "examen_attributed_without_blocage"),
        ("sha256 = ''", "examen_attributed_without_blocage"),
        ("blocages = '[\"x\"]'", "examen_attributed_without_blocage"),
        ("convention_id = NULL", "examen_attributed_without_blocage"),
        ("state = 'not_attributed', published_at = decided_at", "published by the closing"),
    ],
)
def test_attribution_by_raw_sql_is_refused(sitting: Sitting, values: str, error: str) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)

    assert error in by_sql(f"UPDATE referencement_examen SET {values}")


@pytest.mark.parametrize(
    "statement", ["UPDATE referencement_examen SET comment = 'x'", "DELETE FROM referencement_examen"]
)
def test_published_examen_never_changes(sitting: Sitting, statement: str) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    sitting.close()

    assert "never rewritten" in by_sql(statement)
