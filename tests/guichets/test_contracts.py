"""The contracts are read by libraries that are not ours, and the client must agree with them, answer by answer."""

import copy
import json
from datetime import date
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openapi_spec_validator import validate

from guichets.catalogue.guichets import spec_of_guichet
from guichets.connectors.errors import DeskUnreachable
from guichets.connectors.reading import path_of, snapshot_of
from guichets.enums import Contrat, Panne, RoleEdcPsc
from tests.guichets import contracts
from tests.guichets.desks import AT, Socket, client, http
from tests.lengths import examples

KEY = {Contrat.CNDA: "numero", Contrat.EDC_PSC: "nru", Contrat.GAZELLE: "lien"}
every_desk = pytest.mark.parametrize("guichet", Contrat)


@every_desk
def test_contract_is_openapi_3_1(guichet: Contrat) -> None:
    document = contracts.contract(guichet)

    validate(document)
    assert document["openapi"] == "3.1.0"
    assert document["security"] == [{"jeton": []}, {"certificat": []}]
    schemes = document["components"]["securitySchemes"]
    assert {scheme["type"] for scheme in schemes.values()} == {"http", "mutualTLS"}


@every_desk
def test_contract_says_what_it_means_by_its_examples(guichet: Contrat) -> None:
    responses = contracts.operation(guichet)[1]["responses"]
    assert set(responses) == {"200", "400", "401", "403", "404", "429", "5XX"}

    for content in contracts.examples(guichet):
        assert contracts.why_not(guichet, 200, "application/json", content) == []
    for status in (400, 401, 403, 404, 429, 503):
        (content,) = contracts.response(guichet, status)["content"].items()
        assert contracts.why_not(guichet, status, content[0], content[1]["example"]) == []
        assert content[1]["example"]["status"] == status


def schema(guichet: Contrat, name: str) -> dict[str, Any]:
    return contracts.contract(guichet)["components"]["schemas"][name]


def test_contracts_use_the_words_of_the_portal() -> None:
    assert schema(Contrat.CNDA, "Etape")["enum"] == list(spec_of_guichet("cnda").labels)
    assert schema(Contrat.EDC_PSC, "Etape")["enum"] == list(spec_of_guichet("edc_psc").labels)
    assert set(schema(Contrat.GAZELLE, "Issue")["enum"]) == set(spec_of_guichet("gazelle").labels)
    assert schema(Contrat.EDC_PSC, "Habilitation")["properties"]["role"]["enum"] == RoleEdcPsc.values
    asked = [piece.code for piece in spec_of_guichet("edc_psc").pieces[RoleEdcPsc.PROXY, "propre"]]
    assert schema(Contrat.EDC_PSC, "Piece")["properties"]["nature"]["enum"] == asked


# -- what the client reads ------------------------------------------------------------------------------------------


@every_desk
def test_client_reads_each_example(guichet: Contrat) -> None:
    for answer in contracts.examples(guichet):
        raw = json.dumps(answer).encode()

        snapshot = snapshot_of(guichet, answer[KEY[guichet]], raw, at=AT)

        assert snapshot.raw == raw
        assert snapshot.fetched_at == AT
        assert snapshot.schema == answer["schema"]
        assert snapshot.etape == answer.get("etape", answer.get("resultat"))
        assert snapshot.date_etape == date.fromisoformat(answer.get("date_etape", answer.get("date")))
        assert snapshot.objet == answer.get("teleservice", answer.get("role", ""))


def test_snapshot_holds_all_that_the_cnda_said() -> None:
    (_, answer) = contracts.examples(Contrat.CNDA)

    snapshot = snapshot_of(
        Contrat.CNDA, answer["numero"], json.dumps(answer | {"retour_prevu": "2027-12-01"}).encode(), at=AT
    )

    assert snapshot.documents == (("attestation", "ATT-2027-0912"), ("lettre", "LR-2027-0912"))
    assert (snapshot.nil, snapshot.logiciel, snapshot.teleservice) == ("NIL-20417", "Mistral Parcours", "DMP")
    assert snapshot.retour_prevu == date(2027, 12, 1)


def test_snapshot_holds_all_that_the_edc_psc_said() -> None:
    (answer, granted) = contracts.examples(Contrat.EDC_PSC)

    snapshot = snapshot_of(Contrat.EDC_PSC, answer["nru"], json.dumps(answer).encode(), at=AT)

    assert snapshot.pieces == (
        ("documentaires", "accepted"),
        ("bas_psc", "accepted"),
        ("outil_conformite", "to_complete"),
        ("intrusion", "received"),
    )
    assert snapshot.documents == ()
    documents = snapshot_of(Contrat.EDC_PSC, granted["nru"], json.dumps(granted).encode(), at=AT).documents
    assert documents == (("habilitation", "HAB-2027-0119"),)


# fmt: off
WORDS = st.sampled_from([
    "", " ", "a", "A", "0", "NIL-1", "NIL-1\n", "-A", ".", "..", "a/../b", "é", "a" * 20, "a" * 40, "a" * 41, "A" * 20,
    "A" * 21, "A" * 100, "A" * 101, "A" * 200, "A" * 201, "a\x00b", "a\u2028b", "\ud800", "😀" * 100,
    "😀" * 101, "INSI", "insi", "TLSI_2", "granted", "En cours / actif", "proxy", "PROXY", "DONE_PASSED",
    "cnda-demande/1", "cnda-demande/2", "edc-habilitation/1", "gazelle-resultat/1",
    "2027-02-28", "2027-02-29", "2028-02-29", "20270228", "2027-W08-1", "2027-2-8", "0000-01-01", "2027-02-28\n",
    "٢٠٢٧-٠٢-٢٨", "https://a.example", "https://a.example/" + "x" * 982, "https://a.example/" + "x" * 983, "http://a.example/x",
    "https://a b/x", "https://é/x", "https://a\n/x", "https://a/x\n",
    "1.2", "1..2", ".1", "1.", "1.2\n", "1.3.6", "1.3." + "6" * 196, "1.3." + "6" * 197,
])
# fmt: on
SCALARS = (
    WORDS
    | st.text(max_size=45)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
PIECE = st.fixed_dictionaries(
    {},
    optional={"nature": st.sampled_from(["intrusion", "autre", 1]), "etat": st.sampled_from(["accepted", "?", None])},
)
VALUES = SCALARS | st.lists(PIECE | SCALARS, max_size=22) | st.dictionaries(WORDS, SCALARS, max_size=2)


@st.composite
def answers(draw: st.DrawFn, guichet: Contrat) -> Any:
    """An example of the contract, of which up to three things are changed; or anything."""
    answer = copy.deepcopy(draw(st.sampled_from(contracts.examples(guichet))))
    for _ in range(draw(st.integers(0, 3))):
        match draw(st.sampled_from(["change", "change", "change", "remove", "add", "piece"])):
            case "change":
                answer[draw(st.sampled_from(sorted(answer) or ["x"]))] = draw(VALUES)
            case "remove" if answer:
                del answer[draw(st.sampled_from(sorted(answer)))]
            case "add":
                answer[draw(WORDS)] = draw(VALUES)
            case "piece" if isinstance(answer.get("pieces"), list):
                answer["pieces"].append(draw(PIECE))
    return draw(st.just(answer) | st.just(answer) | st.just(answer) | VALUES)


@every_desk
@examples(300)
@given(data=st.data())
def test_client_accepts_what_the_contract_accepts_and_nothing_else(guichet: Contrat, data: st.DataObject) -> None:
    answer = data.draw(answers(guichet))
    expected = contracts.why_not(guichet, 200, "application/json", answer) == []
    asked = answer[KEY[guichet]] if expected else ""
    kind = None

    try:
        snapshot_of(guichet, asked, json.dumps(answer).encode(), at=AT)
    except DeskUnreachable as error:
        kind = error.kind

    assert kind == (None if expected else Panne.OTHER_SCHEMA)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", Panne.NOT_JSON),
        (b"{", Panne.NOT_JSON),
        (b"\xff\xfe{}", Panne.NOT_JSON),
        (b"[" * 60_000, Panne.NOT_JSON),
        (b'{"schema": NaN}', Panne.NOT_JSON),
        (b"9" * 60_000, Panne.NOT_JSON),
        (b"[]", Panne.OTHER_SCHEMA),
        (b"null", Panne.OTHER_SCHEMA),
        (b'{"schema": "cnda-demande/1", "schema": "cnda-demande/1"}', Panne.OTHER_SCHEMA),
    ],
)
def test_what_is_no_json_object_is_named(raw: bytes, kind: Panne) -> None:
    with pytest.raises(DeskUnreachable) as caught:
        snapshot_of(Contrat.CNDA, "N", raw, at=AT)

    assert caught.value.kind is kind


# -- what the client asks -------------------------------------------------------------------------------------------


@every_desk
@examples(100)
@given(numero=WORDS | st.text(max_size=60))
@example("..")
@example("a/../../b")
def test_client_asks_for_the_numbers_of_the_contract_and_no_other(guichet: Contrat, numero: str) -> None:
    place = "query" if guichet is Contrat.GAZELLE else "path"
    expected = contracts.faults(guichet, contracts.parameter(guichet, place)["schema"], numero) == []

    if expected:
        assert value_in(contracts.operation(guichet)[0], path_of(guichet, numero)) == numero
    else:
        with pytest.raises(DeskUnreachable) as caught:
            path_of(guichet, numero)
        assert (caught.value.kind, caught.value.ours) == (Panne.UNKNOWN, True)


def value_in(template: str, asked: str) -> str:
    """Take the parameter out of a path and query, by the contract's template."""
    parts = urlsplit(asked)
    if "{" not in template:
        assert parts.path == template
        return parse_qs(parts.query, strict_parsing=True)["lien"][0]
    before = template.partition("{")[0]
    assert parts.path.startswith(before)
    assert parts.query == ""
    numero = parts.path.removeprefix(before)
    assert "/" not in numero
    return unquote(numero)


@every_desk
def test_request_on_the_wire_keeps_the_contract(guichet: Contrat) -> None:
    answer = contracts.examples(guichet)[0]
    numero = answer[KEY[guichet]]
    with (
        Socket(http("200 OK", json.dumps(answer).encode())) as desk,
        client(guichet, desk.address, token="un-jeton") as reader,
    ):
        reader.read(numero, at=AT)

    first, *lines = desk.heard[0].decode("ascii").split("\r\n")
    method, target, version = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines if line)
    assert (method, version) == ("GET", "HTTP/1.1")
    prefix = "/" + reader.base_url.rpartition("/")[2]
    assert value_in(contracts.operation(guichet)[0], target.removeprefix(prefix)) == numero
    assert headers == {
        "Host": f"127.0.0.1:{desk.port}",
        "Accept": "application/json, application/problem+json",
        "Accept-Encoding": "identity",
        "Connection": "keep-alive",
        "User-Agent": "portail-segur",
        "Authorization": "Bearer un-jeton",
        "X-Portail-At": AT.isoformat(),
    }
    instant = contracts.parameter(guichet, "header")
    assert contracts.faults(guichet, instant["schema"], headers[instant["name"]]) == []


@every_desk
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Panne.SERVER_ERROR),
        (401, Panne.SERVER_ERROR),
        (403, Panne.SERVER_ERROR),
        (404, Panne.UNKNOWN),
        (429, Panne.THROTTLED),
        (503, Panne.SERVER_ERROR),
    ],
)
def test_client_names_each_refusal_of_the_contract(guichet: Contrat, status: int, kind: Panne) -> None:
    ((media_type, content),) = contracts.response(guichet, status)["content"].items()
    body = json.dumps(content["example"]).encode()
    numero = contracts.examples(guichet)[0][KEY[guichet]]

    answer = http(f"{status} X", body, "Retry-After: 40", media_type=media_type)
    with Socket(answer) as desk, client(guichet, desk.address) as reader, pytest.raises(DeskUnreachable) as caught:
        reader.read(numero, at=AT)

    assert caught.value.kind is kind
    assert caught.value.retry_after == (40 if status == 429 else None)
