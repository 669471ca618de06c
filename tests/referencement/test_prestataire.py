"""A provider that loses, doubles and reorders its events: it is asked again, and a convention is signed once."""

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from comptes import clock
from referencement import sweeps
from referencement.connectors.prestataire import External, ProviderUnreachable
from referencement.enums import ConventionState, FichierStage
from referencement.models import Convention, EvenementDeSignature, FichierDeDocument, ProcedureDeSignature
from referencement.operations.conventions import change_signatory, send_convention
from referencement.operations.evenements import CLOSED, SIGNED, UNKNOWN
from referencement.operations.signatures import SignatureNotPossible, send_code
from referencement.queries.signatures import latest_file
from tests.factories import conventions as make
from tests.factories.conventions import AT, Parties
from tests.ground import standing

from .conftest import PRINTS
from .prestataire import TOKEN, Prestataire, a_prestataire

pytestmark = [PRINTS, pytest.mark.usefixtures("printed_once")]
EVENTS = "/signature/evenements/"
LATER = AT + timedelta(minutes=5)
Announce = Callable[[str, str], int]


@pytest.fixture
def prestataire(settings: Settings) -> Iterator[Prestataire]:
    with a_prestataire() as server:
        settings.SIGNATURE = settings.SIGNATURE | {
            "provider_url": server.address,
            "provider_token": TOKEN,
            "event_token": "jeton-du-prestataire",
        }
        yield server


def some_parties_with_a_printed_convention() -> Parties:
    parties = make.some_parties()
    make.a_printed_convention(parties)
    return parties


parties = standing(some_parties_with_a_printed_convention)


def send(parties: Parties) -> Convention:
    convention = parties.convention
    return send_convention(convention_id=convention.pk, to=parties.signatory, by=parties.responsable, at=AT)


@pytest.fixture
def sent(parties: Parties, prestataire: Prestataire, effects_run: None) -> Convention:
    """A convention whose signature is asked through the provider."""
    return send(parties)


@pytest.fixture
def announce(client: Client) -> Announce:
    def post(event_id: str, reference: str) -> int:
        with clock.travel(LATER):
            return client.post(
                EVENTS,
                {"id": event_id, "reference": reference},
                content_type="application/json",
                headers={"Authorization": "Bearer jeton-du-prestataire"},
            ).status_code

    return post


def reference_of(convention: Convention) -> str:
    return ProcedureDeSignature.objects.filter(convention=convention).order_by("-pk")[0].reference


def handle() -> int:
    with clock.travel(LATER):
        return sweeps.handle_events()


def outcomes() -> list[str]:
    return [evenement.outcome for evenement in EvenementDeSignature.objects.order_by("pk")]


def test_provider_is_asked_with_what_was_printed(parties: Parties, sent: Convention, prestataire: Prestataire) -> None:
    (asked,) = prestataire.procedures.values()

    printed = b"".join(latest_file(sent).read())
    assert (asked["nom"], asked["email"]) == (parties.signatory.full_name, parties.signatory.email)
    assert base64.b64decode(asked["document"]).startswith(printed)


def test_event_doubled_signs_once(sent: Convention, prestataire: Prestataire, announce: Announce) -> None:
    prestataire.sign(reference_of(sent))

    statuses = [announce("e1", reference_of(sent)) for _ in range(3)]
    statuses.append(announce("e2", reference_of(sent)))
    handle()
    handle()

    sent.refresh_from_db()
    assert statuses == [202] * 4
    assert outcomes() == [SIGNED, CLOSED]
    assert sent.state == ConventionState.SIGNED_BY_EDITEUR
    assert FichierDeDocument.objects.filter(stage=FichierStage.SIGNED).count() == 1


def test_event_is_not_believed(sent: Convention, announce: Announce) -> None:
    announce("e1", reference_of(sent))

    handle()

    sent.refresh_from_db()
    assert outcomes() == ["pas encore signée"]
    assert sent.state == ConventionState.SENT


def test_events_out_of_order_come_to_the_same(
    parties: Parties, sent: Convention, prestataire: Prestataire, announce: Announce
) -> None:
    """What the first procedure announces comes after the second one was opened."""
    first = reference_of(sent)
    change_signatory(convention_id=sent.pk, to=parties.delegate, by=parties.responsable, at=AT)
    second = reference_of(sent)
    prestataire.sign(second)

    announce("signed-2", second)
    announce("opened-1", first)
    handle()

    sent.refresh_from_db()
    assert outcomes() == [SIGNED, CLOSED]
    assert sent.signed_by == parties.delegate
    assert prestataire.procedures[first]["etat"] == "cancelled"


def test_lost_event_is_made_up_for_within_the_hour(sent: Convention, prestataire: Prestataire) -> None:
    prestataire.sign(reference_of(sent))

    with clock.travel(LATER):
        assert [sweeps.reconcile_signatures(), sweeps.reconcile_signatures()] == [1, 0]

    sent.refresh_from_db()
    assert sent.state == ConventionState.SIGNED_BY_EDITEUR


def test_lost_invitation_is_sent_again(parties: Parties, prestataire: Prestataire, effects_run: None) -> None:
    prestataire.down = True
    sent = send(parties)
    assert prestataire.procedures == {}

    prestataire.down = False
    with clock.travel(LATER):
        sweeps.reconcile_signatures()

    assert list(prestataire.procedures) == [reference_of(sent)]


def test_event_waits_while_the_provider_is_away(sent: Convention, prestataire: Prestataire, announce: Announce) -> None:
    prestataire.sign(reference_of(sent))
    announce("e1", reference_of(sent))
    prestataire.down = True
    assert handle() == 0

    prestataire.down = False

    assert handle() == 1
    assert outcomes() == [SIGNED]


def test_event_of_an_unknown_procedure_moves_nothing(sent: Convention, announce: Announce) -> None:
    assert announce("e1", "inconnue") == 202

    handle()

    sent.refresh_from_db()
    assert outcomes() == [UNKNOWN]
    assert sent.state == ConventionState.SENT


def test_other_document_is_not_taken(
    parties: Parties, sent: Convention, prestataire: Prestataire, announce: Announce
) -> None:
    (asked,) = prestataire.procedures.values()
    other = base64.b64decode(asked["document"]).replace(b"%PDF-1.7", b"%PDF-1.6")
    prestataire.sign(reference_of(sent), on=other)
    announce("e1", reference_of(sent))

    handle()

    sent.refresh_from_db()
    assert "n’est pas celui qui fut envoyé" in outcomes()[0]
    assert sent.state == ConventionState.SENT


def test_unsigned_document_is_not_taken(sent: Convention, prestataire: Prestataire, announce: Announce) -> None:
    prestataire.procedures[reference_of(sent)]["etat"] = "signed"
    announce("e1", reference_of(sent))

    handle()

    sent.refresh_from_db()
    assert sent.state == ConventionState.SENT


def test_code_is_not_sent_for_what_is_signed_elsewhere(parties: Parties, sent: Convention) -> None:
    with pytest.raises(SignatureNotPossible, match="chez le prestataire"):
        send_code(convention_id=sent.pk, by=parties.signatory, at=AT)


@pytest.mark.parametrize(
    ("body", "token", "status"),
    [
        (b'{"id": "e1", "reference": "r"}', "jeton-du-prestataire", 202),
        (b'{"id": "e1", "reference": "r"}', "autre", 403),
        (b'{"id": "e1"}', "jeton-du-prestataire", 400),
        (b'{"id": 1, "reference": "r"}', "jeton-du-prestataire", 400),
        (b'{"id": "e\\u0000", "reference": "r"}', "jeton-du-prestataire", 400),
        (b"[]", "jeton-du-prestataire", 400),
        (b"[" * 60_000, "jeton-du-prestataire", 400),
        (b"\xff", "jeton-du-prestataire", 400),
    ],
)
def test_door_of_the_events(
    db: None, prestataire: Prestataire, client: Client, body: bytes, token: str, status: int
) -> None:
    response = client.post(EVENTS, body, content_type="application/json", headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == status
    assert EvenementDeSignature.objects.count() == (status == 202)


def test_provider_that_refuses_is_unreachable(prestataire: Prestataire) -> None:
    with pytest.raises(ProviderUnreachable, match="HTTP 401"):
        External(prestataire.address, "autre").fetch("r")
