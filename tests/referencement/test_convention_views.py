"""The page of the convention, for each reader and at each of its moments; and its documents."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.enums import ConventionState
from referencement.models import FichierDeDocument
from tests.factories import candidatures as phase_1
from tests.factories import conventions as make
from tests.factories.conventions import AT, Parties
from tests.factories.referencement import an_examen
from tests.proofs import prove_strongly

from .conftest import PRINTS

SignIn = Callable[[Compte | None], Client]
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def then(travel_to) -> None:
    travel_to(AT)


def address(parties: Parties, geste: str = "") -> str:
    name = "referencement:convention_act" if geste else "referencement:convention"
    return reverse(name, args=[parties.candidature.nru, *([geste] if geste else [])])


def read(client: Client, parties: Parties) -> str:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address(parties))
    assert response.status_code == 200
    asked = [query for query in queries if "SAVEPOINT" not in query["sql"] and query["sql"][:3] != "SET"]
    assert len(asked) <= MOST_QUERIES
    return response.content.decode()


def do(client: Client, parties: Parties, geste: str, **data: object) -> str:
    response = client.post(address(parties, geste), data, follow=True)
    return response.content.decode()


def test_responsable_reads_the_preview_then_prepares(parties: Parties, sign_in: SignIn) -> None:
    client = sign_in(parties.responsable)
    assert "Texte de la convention, si elle était préparée maintenant" in read(client, parties)

    assert "La convention est préparée" in do(client, parties, "preparer")

    assert parties.convention.state == ConventionState.DRAFTED
    assert "Envoyer à la signature" in read(client, parties)


def test_editeur_reads_nothing_before_it_is_sent(parties: Parties, sign_in: SignIn) -> None:
    client = sign_in(parties.signatory)
    assert "pas encore à lire" in read(client, parties)

    convention = make.a_convention(parties)

    assert "pas encore à lire" in read(client, parties)
    assert client.get(reverse("referencement:document", args=[convention.document.numero])).status_code == 404


@pytest.mark.parametrize("role", [RoleANS.INSTRUCTEUR, RoleANS.MEMBRE_COLLEGE, RoleANS.SECRETAIRE_COLLEGE])
def test_other_agents_do_not_prepare(parties: Parties, sign_in: SignIn, role: RoleANS) -> None:
    client = sign_in(phase_1.a_person(roles_ans=[role]))

    assert client.post(address(parties, "preparer")).status_code == 403
    assert "Préparer la convention" not in read(client, parties)


@PRINTS
def test_editeur_signs_with_the_code(parties: Parties, sign_in: SignIn) -> None:
    convention = make.a_sent_convention(parties)
    client = sign_in(parties.signatory)
    assert "Recevoir un code" in read(client, parties)

    assert parties.signatory.email in do(client, parties, "code")
    from referencement.queries.signatures import plain_code

    typed = plain_code(make.the_last_code(convention))
    prove_strongly(client)
    assert "La convention est signée" in do(client, parties, "signer", code=f"{typed[:3]} {typed[3:]}")

    assert parties.convention.state == ConventionState.SIGNED_BY_EDITEUR
    assert "Signée pour l’éditeur" in read(client, parties)


@PRINTS
def test_empty_code_is_said_at_its_field(parties: Parties, sign_in: SignIn) -> None:
    make.a_sent_convention(parties)

    client = sign_in(parties.signatory)
    prove_strongly(client)
    response = client.post(address(parties, "signer"), {"code": ""})

    assert response.status_code == 422
    assert "Saisissez le code" in response.content.decode()


@PRINTS
def test_other_people_of_the_editeur_read_who_signs(parties: Parties, sign_in: SignIn) -> None:
    make.a_sent_convention(parties)

    page = read(sign_in(parties.team.salarie), parties)

    assert "Envoyée à Marie Dufour" in page
    assert "Recevoir un code" not in page
    assert "Changer de signataire" not in page
    assert "Changer de signataire" in read(sign_in(parties.delegate), parties)


@PRINTS
def test_salarie_does_not_change_the_signatory(parties: Parties, sign_in: SignIn) -> None:
    make.a_sent_convention(parties)
    client = sign_in(parties.team.salarie)

    assert client.post(address(parties, "signataire"), {"signatory": parties.delegate.pk}).status_code == 403
    assert parties.convention.signatory == parties.signatory


@PRINTS
def test_agency_signs_once_attributed(parties: Parties, sign_in: SignIn) -> None:
    convention = make.a_signed_convention(parties)
    client = sign_in(parties.responsable)
    assert "Recevoir un code" not in read(client, parties)

    an_examen(parties.candidature, parties.responsable, "attributed", AT, convention)

    assert "Recevoir un code" in read(client, parties)


def test_cancellation_without_a_reason_moves_nothing(parties: Parties, sign_in: SignIn) -> None:
    make.a_convention(parties)
    client = sign_in(parties.responsable)

    assert "Indiquez pourquoi" in do(client, parties, "annuler", motif=" ")
    assert parties.convention.state == ConventionState.DRAFTED
    assert "Une coquille" in do(client, parties, "annuler", motif="Une coquille")
    assert parties.convention.state == ConventionState.CANCELLED


def test_unknown_gesture_is_nowhere(parties: Parties, sign_in: SignIn) -> None:
    assert sign_in(parties.responsable).post(address(parties, "dechirer")).status_code == 404


@PRINTS
def test_document_is_served_as_stored(parties: Parties, sign_in: SignIn) -> None:
    convention = make.a_signed_convention(parties)
    where = reverse("referencement:document", args=[convention.document.numero])

    response = sign_in(parties.team.salarie).get(where)

    signed = FichierDeDocument.objects.get(document=convention.document, stage="signed")
    assert b"".join(response.streaming_content) == b"".join(signed.read())
    assert response["Content-Type"] == "application/pdf"
    assert response["ETag"] == f'"{signed.sha256}"'
    assert sign_in(parties.team.stranger).get(where).status_code == 404


def test_document_that_is_not_printed_says_so(parties: Parties, sign_in: SignIn) -> None:
    convention = make.a_convention(parties)

    response = sign_in(parties.responsable).get(reverse("referencement:document", args=[convention.document.numero]))

    assert response.status_code == 409
    assert "Document en préparation" in response.content.decode()
