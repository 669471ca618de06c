"""Candidatures made in bulk: stories told by operations, and copies that read like them."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from bench.populate.agency import ANS
from bench.populate.candidate import siren_of
from bench.populate.laws import broken
from bench.populate.management.commands.populate import Command
from bench.populate.run import Wanted, populate
from bench.populate.stories import STORIES
from candidatures.enums import Camp, CandidatureState, DemandeState, VoletKind, VoletState
from candidatures.models import Accuse, Candidature, Demande, Soumission, Volet
from candidatures.queries.volets import answers_at
from candidatures.rules import submission
from candidatures.rules.nru import is_nru
from comptes import clock, journal
from comptes.canonical import fingerprint
from comptes.enums import Role
from comptes.models import Compte, Editeur, JournalEntry, Rattachement
from guichets.catalogue.guichets import spec_of_guichet
from guichets.models import DemandeAuGuichet
from preuves.enums import ChapitreState, PreuveState
from preuves.models import Chapitre, Preuve
from referencement.enums import ConventionState, ExamenState, ReferencementState, SeanceState, Seuil
from referencement.models import Convention, Document, Examen, Referencement, SeanceDuCollege
from referencement.queries.avancement import avancements
from referencement.queries.blocages import dossier_complet
from referencement.rules.blocages import blocages
from segur_portal.demo.verbs import publish_the_catalogue
from tests.factories import candidatures as make
from tests.ground import standing

pytestmark = pytest.mark.django_db
SPRING = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
COPIES = 120
STATES: list[tuple[type[Model], Any]] = [
    (Candidature, CandidatureState),
    (Volet, VoletState),
    (Demande, DemandeState),
    (Chapitre, ChapitreState),
    (Preuve, PreuveState),
    (Convention, ConventionState),
    (Examen, ExamenState),
    (Referencement, ReferencementState),
    (SeanceDuCollege, SeanceState),
]
# What a copy has of its own, in what people read.
OWN = re.compile(r"[A-Z]{3}-\d{4}-\d{5,}-\w|N\d{4}-\d+(\.\d+)?|NI[EL]-\d{4}(\.\d+)?|\b\d{9}\b")


def everything() -> None:
    """Every story told, and copied."""
    publish_the_catalogue(at=make.OPENING)
    with clock.travel(SPRING):
        populate(Wanted(COPIES))


whole = standing(everything)
at_length = pytest.mark.long("tests/segur_portal/test_populate.py::test_a_few_copies_come_beside_their_story_and_hold")


def test_a_few_copies_come_beside_their_story_and_hold(db: None) -> None:
    publish_the_catalogue(at=make.OPENING)
    with clock.travel(SPRING):
        populate(Wanted(3, histoires=("filling",)))
        model = of_the_story("filling")
        copies = Candidature.objects.with_names().filter(pk__gt=model.pk).order_by("pk")

        assert len(copies) == 3
        assert all(read(copy) == read(model) for copy in copies)
    assert broken() == {}
    assert list(journal.verify()) == []


@pytest.fixture
def spring(whole: None) -> Iterator[None]:
    with clock.travel(SPRING):
        yield


def of_the_story(name: str) -> Candidature:
    number = [story.name for story in STORIES].index(name) + 1
    candidatures = Candidature.objects.with_names().filter(produit__editeur__identifier=siren_of(number))
    return candidatures.order_by("-pk")[0]


@at_length
def test_copies_come_beside_the_stories_and_hold(spring: None) -> None:
    nrus = list(Candidature.objects.order_by("pk").values_list("nru", flat=True))
    sirens = {siren_of(number) for number, _ in enumerate(STORIES, start=1)}

    assert Editeur.objects.count() == len(STORIES) + COPIES
    assert Editeur.objects.filter(identifier__in=sirens).count() == len(STORIES)
    assert (len(set(nrus)), all(is_nru(nru) for nru in nrus)) == (len(nrus), True)
    connection.check_constraints()
    assert broken() == {}


@at_length
def test_the_journal_of_the_copies_is_chained(spring: None) -> None:
    assert list(journal.verify()) == []


@at_length
def test_every_state_is_met(spring: None) -> None:
    for model, states in STATES:
        met = set(model._base_manager.order_by().values_list("state", flat=True))

        assert met == set(states.values), model
    known = {(code, stage) for code in ("cnda", "edc_psc") for stage in spec_of_guichet(code).labels}
    assert known <= set(DemandeAuGuichet.objects.order_by().values_list("guichet", "state"))
    assert set(Candidature.objects.order_by().values_list("dispositif", flat=True)) == {"ms-dui-va2", "essai-va2"}


@at_length
def test_what_a_copy_freezes_bears_its_own_seal(spring: None) -> None:
    for soumission in Soumission.objects.select_related("volet__candidature__dispositif").order_by("pk"):
        answers = answers_at(soumission.volet, version=soumission.version)

        assert soumission.sha256 == submission.fingerprint_of_answers(answers)
    for model in (Accuse, Document, Convention):
        for row in model._base_manager.select_related("candidature").order_by("pk"):
            assert row.sha256 == fingerprint(row.data)
            assert row.candidature is None or row.candidature.nru in str(row.data)


@at_length
@pytest.mark.parametrize("name", ["filling", "complement", "proving", "sent", "refused", "attributed", "suspended"])
def test_a_copy_reads_like_its_story(spring: None, name: str) -> None:
    model = of_the_story(name)
    populate(Wanted(1, seed=7, histoires=(name,)))
    copy = Candidature.objects.with_names().order_by("-pk")[0]

    assert copy.pk != model.pk
    assert read(copy) == read(model)


def read(candidature: Candidature) -> tuple[Any, ...]:
    """What is missing and until when, where each Date stands, and every acte of the journal; without its own names."""
    facts = dossier_complet(candidature, at=SPRING).facts
    missing = [blocages(facts, seuil=seuil, at=SPRING) for seuil in Seuil]
    acts = JournalEntry.objects.filter(chain=candidature.chain).order_by("number").values_list("act", "at")
    dates = avancements([candidature.pk], Camp.EDITEUR, SPRING)[candidature.pk].dates
    return OWN.sub("…", repr(missing)), dates, list(acts)


@at_length
def test_pages_answer(spring: None, sign_in: Callable[[Compte], Client]) -> None:
    ans = sign_in(Compte.objects.get(email=ANS[0]))
    refused = []
    for candidature in Candidature.objects.with_names().order_by("-pk")[:40]:
        seat = Rattachement.objects.filter(editeur=candidature.produit.editeur, role=Role.MANDATAIRE).get()
        theirs, nru = sign_in(seat.compte), [candidature.nru]
        addresses = [(theirs, name, nru) for name in ("referencement:candidature", "candidatures:journal")]
        addresses += [(ans, "candidatures:volet_review", [*nru, kind]) for kind in VoletKind]
        for client, name, args in addresses:
            if (status := client.get(reverse(name, args=args)).status_code) != 200:
                refused.append((name, args, status))

    assert refused == []


@pytest.mark.long("tests/segur_portal/test_populate.py::test_a_few_copies_come_beside_their_story_and_hold")
def test_without_preuves_none_is_there(db: None) -> None:
    publish_the_catalogue(at=make.OPENING)
    with clock.travel(SPRING):
        populate(Wanted(10, preuves=False))

    assert (Chapitre.objects.count(), Editeur.objects.count()) == (0, 20)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"candidatures": 1}, "--oui"),
        ({"candidatures": 0, "oui": True}, "au moins une"),
        ({"candidatures": 1, "oui": True}, "Aucune histoire"),
    ],
)
def test_refusals_are_said(options: dict[str, Any], reason: str) -> None:
    with clock.travel(SPRING), pytest.raises(CommandError, match=reason):
        call_command(Command(), **options)

    assert Candidature.objects.count() == 0


def test_nothing_is_made_before_the_opening() -> None:
    publish_the_catalogue(at=make.OPENING)
    with clock.travel(make.OPENING), pytest.raises(CommandError, match="encore ouverte"):
        call_command(Command(), candidatures=1, oui=True)
