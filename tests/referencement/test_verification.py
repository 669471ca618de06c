"""Somebody holds a document and asks whether the portal issued it: by its number, or by the sha256 of its file."""

import hashlib
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.models import Candidature
from comptes.enums import Role
from comptes.models import Compte
from referencement.enums import DocumentKind, FichierStage
from referencement.models import Convention, Document
from tests.factories import candidatures as make
from tests.factories.referencement import (
    COLLEGE,
    a_document,
    a_file_of,
    a_signed_convention,
    an_attributed_solution,
)


@pytest.fixture
def mandataire(db: None) -> Compte:
    return make.a_person(make.an_editeur(), Role.MANDATAIRE)


@pytest.fixture
def candidature(mandataire: Compte) -> Candidature:
    produit = make.a_produit(mandataire.rattachements.get().editeur, mandataire)
    return make.a_dossier_handed_over(make.a_candidature(produit, mandataire), mandataire)


@pytest.fixture
def attestation(candidature: Candidature, mandataire: Compte) -> Document:
    an_attributed_solution(candidature, mandataire)
    return Document.objects.get(kind=DocumentKind.ATTESTATION)


def a_convention_document(candidature: Candidature, by: Compte) -> tuple[Convention, Document]:
    convention = a_signed_convention(candidature, by)
    numero = f"CONV-{candidature.nru}-1"
    return convention, a_document(candidature, by, DocumentKind.CONVENTION, numero, convention=convention)


def asked(**kwargs: str) -> Any:
    return Client().get(reverse("referencement:verifier"), kwargs).context


def sha256_of(document: Document) -> str:
    return document.fichiers.get(stage=FichierStage.PRINTED).sha256


def test_attestation_is_known_by_its_number(attestation: Document, candidature: Candidature) -> None:
    shown = asked(numero=attestation.numero)["document"]

    assert (shown.kind, shown.numero, shown.issued_at) == ("Attestation de référencement", attestation.numero, COLLEGE)
    assert (shown.nru, shown.stage, shown.warning) == (candidature.nru, "", "")


def test_number_is_read_as_people_copy_it(attestation: Document) -> None:
    assert asked(numero=f"  {attestation.numero.lower().replace('-', ' -')} \x00")["document"]


@pytest.mark.parametrize(
    "written", [str, str.upper, lambda sha256: f"{sha256}  attestation.pdf", lambda sha256: f"sha256:{sha256}"]
)
def test_file_is_known_by_its_fingerprint(attestation: Document, written: Any) -> None:
    shown = asked(empreinte=written(sha256_of(attestation)))["document"]

    assert (shown.numero, shown.stage) == (attestation.numero, "Imprimé")


def test_changed_byte_is_not_recognised(attestation: Document) -> None:
    content = b"".join(attestation.fichiers.get().read())
    assert hashlib.sha256(content).hexdigest() == sha256_of(attestation)
    changed = hashlib.sha256(content[:-1] + b"!").hexdigest()
    context = asked(empreinte=changed)

    assert context["document"] is None
    assert context["refusal"].startswith("Aucun document émis par le portail n’a cette empreinte.")


@pytest.mark.parametrize("typed", ["abc", "g" * 64, "é" * 64, "0" * 63, "0" * 65])
def test_what_is_no_fingerprint_is_said_so(db: None, typed: str) -> None:
    context = asked(empreinte=typed)

    assert context["document"] is None
    assert "64 chiffres" in context["refusal"]


def test_nothing_asked_is_nothing_refused(db: None) -> None:
    context = asked(empreinte="\x00", numero=" ")

    assert (context["document"], context["refusal"]) == (None, "")


def test_document_before_the_attribution_is_not_known_by_its_number(
    candidature: Candidature, mandataire: Compte
) -> None:
    _, document = a_convention_document(candidature, mandataire)

    assert asked(numero=document.numero)["document"] is None
    assert asked(empreinte=sha256_of(document))["document"].nru == ""


def test_convention_is_known_by_its_number_once_attributed(candidature: Candidature, mandataire: Compte) -> None:
    convention, document = a_convention_document(candidature, mandataire)
    an_attributed_solution(candidature, mandataire, convention=convention)

    assert asked(numero=document.numero)["document"].kind == "Convention de référencement"


def test_minutes_are_not_known_by_their_number(attestation: Document, mandataire: Compte) -> None:
    assert attestation.candidature
    assert attestation.examen
    minutes = a_document(
        attestation.candidature, mandataire, DocumentKind.PROCES_VERBAL, "PV-1-2027-11-16", examen=attestation.examen
    )

    assert asked(numero=minutes.numero)["document"] is None
    assert asked(empreinte=sha256_of(minutes))["document"].numero == minutes.numero


def test_cancelled_convention_says_so(candidature: Candidature, mandataire: Compte) -> None:
    convention, document = a_convention_document(candidature, mandataire)
    convention.cancel(reason="La version a changé.", by=None, at=COLLEGE)
    convention.save()

    assert "annulée" in asked(empreinte=sha256_of(document))["document"].warning


def test_file_with_a_signature_less_says_so(candidature: Candidature, mandataire: Compte) -> None:
    _, document = a_convention_document(candidature, mandataire)
    signed = hashlib.sha256(a_file_of(document, FichierStage.SIGNED)).hexdigest()

    assert "plus récent" in asked(empreinte=sha256_of(document))["document"].warning
    assert asked(empreinte=signed)["document"].warning == ""


def test_fingerprint_of_the_data_is_known(attestation: Document) -> None:
    assert asked(empreinte=attestation.sha256)["document"].stage == ""


def test_verification_asks_for_little(attestation: Document) -> None:
    with CaptureQueriesContext(connection) as by_number:
        asked(numero=attestation.numero)
    with CaptureQueriesContext(connection) as by_file:
        asked(empreinte=sha256_of(attestation))

    assert (len(by_number), len(by_file)) == (4, 8)
