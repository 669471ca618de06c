"""Candidatures made in bulk: the rows are those that the operations would have written."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from candidatures import queries
from candidatures.enums import VoletKind, VoletState
from candidatures.models import Candidature, Soumission, Volet
from candidatures.rules import submission
from candidatures.rules.nru import is_nru
from comptes import clock, journal
from comptes.enums import Role
from comptes.models import Compte, Rattachement
from preuves.enums import ChapitreState
from preuves.models import Chapitre, Revision, SoumissionDeChapitre
from preuves.queries import dossier_of
from preuves.rules import completude
from segur_portal.populate import ANS
from tests.factories import candidatures as make
from tests.factories.preuves import AUTUMN, a_rem

pytestmark = pytest.mark.django_db


def populate(count: int = 10, **options: Any) -> None:
    with clock.travel(AUTUMN):
        call_command("populate", candidatures=count, oui=True, verbosity=0, **options)


@pytest.fixture
def populated(db: None) -> None:
    a_rem()
    populate()


@pytest.fixture
def autumn() -> Iterator[None]:
    with clock.travel(AUTUMN):
        yield


def test_rows_hold_in_the_database(populated: None) -> None:
    connection.check_constraints()

    assert Candidature.objects.count() == 10
    assert list(journal.verify()) == []


def test_a_second_run_adds_to_the_first(populated: None) -> None:
    populate(seed=0)
    connection.check_constraints()
    nrus = list(Candidature.objects.values_list("nru", flat=True))

    assert (len(nrus), len(set(nrus)), all(is_nru(nru) for nru in nrus)) == (20, 20, True)
    assert Compte.objects.filter(email__in=ANS).count() == len(ANS)
    assert list(journal.verify()) == []


def test_volets_hold_what_their_submission_says(populated: None) -> None:
    for soumission in Soumission.objects.select_related("volet__candidature__dispositif").order_by("pk"):
        answers = queries.answers_at(soumission.volet, version=soumission.version)

        assert soumission.sha256 == submission.fingerprint_of_answers(answers)


def test_submitted_volets_are_complete(populated: None) -> None:
    submitted = Volet.objects.exclude(state=VoletState.DRAFT).select_related("candidature__dispositif").order_by("pk")
    progresses = [submission.progress(queries.facts_of(volet)) for volet in submitted]

    assert submitted
    assert all(done == asked for done, asked in progresses)


def test_dossiers_are_handed_over_with_their_last_volet(populated: None) -> None:
    for candidature in Candidature.objects.order_by("pk"):
        firsts = list(candidature.volets.order_by("kind").values_list("first_submitted_at", flat=True))

        assert candidature.handed_over_at == (max(firsts) if all(firsts) else None)


def test_submitted_chapitres_hold_all_that_is_due(populated: None) -> None:
    soumissions = SoumissionDeChapitre.objects.select_related("chapitre__dossier__candidature__dispositif")
    for soumission in soumissions.order_by("pk"):
        dossier = dossier_of(soumission.chapitre.dossier.candidature)
        found = dossier and dossier.chapitre(soumission.chapitre.code)

        assert found
        assert tuple(soumission.revisions) == found.facts.due
        assert soumission.sha256 == completude.fingerprint_of_submission(soumission.revisions)


def test_every_state_of_a_chapitre_is_met(db: None) -> None:
    a_rem()
    populate(60)

    assert set(Chapitre.objects.order_by().values_list("state", flat=True)) == set(ChapitreState.values)
    assert Revision.objects.filter(number=2).exists()


def test_pages_answer(populated: None, autumn: None, sign_in: Callable[[Compte], Client]) -> None:
    mandataire = Rattachement.objects.filter(role=Role.MANDATAIRE).order_by("pk")[0].compte
    theirs, ans = sign_in(mandataire), sign_in(Compte.objects.get(email=ANS[0]))
    addresses = [(theirs, "candidatures:produits", []), (ans, "referencement:instruction", [])]
    for nru in Candidature.objects.order_by("pk").values_list("nru", flat=True):
        addresses += [(theirs, name, [nru]) for name in ("referencement:candidature", "candidatures:journal")]
        addresses += [(ans, "candidatures:volet_review", [nru, kind]) for kind in VoletKind]
        addresses.append((theirs, "preuves:dossier", [nru]))
    refused = [
        (name, answer.status_code)
        for client, name, args in addresses
        if (answer := client.get(reverse(name, args=args))).status_code != 200
    ]

    assert refused == []


def test_the_same_seed_makes_the_same_solutions(db: None) -> None:
    a_rem()
    first, second, other = _made(seed=1), _made(seed=1), _made(seed=2)

    assert (first == second, first == other) == (True, False)


def _made(seed: int) -> list[tuple[str, str, int]]:
    """What a run makes, then undoes."""
    with transaction.atomic():
        populate(seed=seed)
        rows = Volet.objects.order_by("pk").values_list("candidature__produit__nom", "state", "version")
        made = list(rows)
        transaction.set_rollback(True)
    return made


def test_without_preuves_no_rem_is_needed(db: None) -> None:
    populate(sans_preuves=True)

    assert (Candidature.objects.count(), Chapitre.objects.count()) == (10, 0)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"candidatures": 1}, "--oui"),
        ({"candidatures": 0, "oui": True}, "au moins une"),
        ({"candidatures": 1, "oui": True}, "REM"),
        ({"candidatures": 1, "oui": True, "dispositif": "autre"}, "autre"),
    ],
)
def test_refusals_are_said(autumn: None, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("populate", **options)

    assert Candidature.objects.count() == 0


def test_nothing_is_made_before_the_opening() -> None:
    with clock.travel(make.OPENING - timedelta(days=1)), pytest.raises(CommandError, match="pas encore ouverte"):
        call_command("populate", candidatures=1, oui=True, sans_preuves=True)
