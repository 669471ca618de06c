"""The simulated desks keep the contracts, through every stage and every fault; and play the demonstration's story."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as portal

from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import Contrat
from guichets.rules.reconciliation import Believed, DeskAnswer, reconcile
from guichets.rules.reconciliation import Path as Steps
from guichets.simulateur.answers import Question, SimulatedAnswer, Target, find, say
from guichets.simulateur.scenario import FORMS, Fault, Scenario, ScenarioFileError, SimulatedFault, read_scenario
from guichets.simulateur.server import Play
from tests.guichets import contracts
from tests.guichets.desks import AT, FAULTS, PREFIX, case, faulty_desks, simulator

__all__ = ["faulty_desks"]

DEMONSTRATION = FAULTS.with_name("demonstration.toml")
SCENARIOS = {path.stem: read_scenario(path.read_text(encoding="utf-8")) for path in (DEMONSTRATION, FAULTS)}
# The desks without interface, of which a person records what their space shows.
ON_CAPTURES: dict[str, set[str]] = {"demonstration": {"edc_psc"}, "pannes": set()}
IN_ANOTHER_FORM = {Fault.NOT_JSON, Fault.OTHER_SCHEMA, Fault.TOO_LARGE}
every_desk = pytest.mark.parametrize("guichet", Contrat)


def moments(scenario: Scenario) -> Iterator[tuple[Target, datetime]]:
    """Every demande of a scenario, a second before each of its stages and at each of them."""
    for name, desk in scenario.items():
        for demande in desk.demandes.values():
            for etape in demande.etapes:
                yield Target(name, demande), etape.since - timedelta(seconds=1)
                yield Target(name, demande), etape.since


def why_not(guichet: Contrat, answer: SimulatedAnswer) -> list[str]:
    if answer.media_type == "text/html":
        return ["text/html"]
    return contracts.why_not(guichet, answer.status, answer.media_type, json.loads(answer.body))


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_answer_keeps_the_contract(name: str) -> None:
    played = list(moments(SCENARIOS[name]))

    broken = [
        (target.demande.numero, at, why_not(Contrat(target.desk), say(target, None, at))) for target, at in played
    ]

    assert [answer for answer in broken if answer[2]] == []
    assert {target.desk for target, _ in played} == set(FORMS) - ON_CAPTURES[name]


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.REDIRECT}))
def test_fault_keeps_the_contract_unless_its_form_is_the_fault(fault: Fault) -> None:
    for target, at in moments(SCENARIOS["pannes"]):
        answer = say(target, SimulatedFault(fault, seconds=30), at)
        broken = why_not(Contrat(target.desk), answer)

        assert bool(broken) == (fault in IN_ANOTHER_FORM and at >= target.demande.etapes[0].since), (target, at, broken)


@every_desk
def test_fault_of_the_content_says_the_wrong_thing(guichet: Contrat) -> None:
    key, stage, day = {
        Contrat.CNDA: ("numero", "etape", "date_etape"),
        Contrat.EDC_PSC: ("nru", "etape", "date_etape"),
        Contrat.GAZELLE: ("lien", "resultat", "date"),
    }[guichet]
    target = Target(guichet.value, SCENARIOS["pannes"][guichet.value].demandes[case(guichet, "BIEN")])
    well = json.loads(say(target, None, AT).body)

    def with_(fault: Fault) -> dict[str, str]:
        return json.loads(say(target, SimulatedFault(fault), AT).body)

    assert well[key] == target.demande.numero
    assert with_(Fault.OTHER_ID)[key] != well[key]
    assert with_(Fault.UNKNOWN_STATUS)[stage] == "suspendue"
    assert with_(Fault.FUTURE_DATE)[day] > AT.date().isoformat()
    assert with_(Fault.BACKWARDS)[stage] == target.demande.etapes[-2].says[stage]
    assert with_(Fault.OTHER_SCHEMA)["schema"].endswith("/2")


# -- the demonstration's story --------------------------------------------------------------------------------------


def test_demonstration_knows_the_cast() -> None:
    story = SCENARIOS["demonstration"]
    cnda = {(demande.identity["nil"], demande.identity["logiciel"]) for demande in story["cnda"].demandes.values()}

    assert cnda == {
        ("NIL-20417", "Mistral Parcours"),
        ("NIL-20533", "Alizé Foyer"),
        ("NIL-20601", "Sirocco Résidence"),
    }
    assert len(story["cnda"].demandes) == 6


def test_demonstration_walks_legal_moves_to_the_end() -> None:
    guichet = Contrat.CNDA
    for demande in SCENARIOS["demonstration"][guichet.value].demandes.values():
        believed = Believed(spec_of_guichet(guichet), "initialisation")
        for etape in demande.etapes:
            answer = json.loads(say(Target(guichet.value, demande), None, etape.since).body)
            day = datetime.fromisoformat(answer["date_etape"]).date()
            path = reconcile(believed, DeskAnswer(spec_of_guichet(guichet), answer["etape"], day), at=etape.since)
            assert isinstance(path, Steps), (demande.numero, path)
            assert len(path.steps) <= 1
            believed = Believed(spec_of_guichet(guichet), answer["etape"], day)

        assert believed.etape == "granted"
        assert datetime(2026, 7, 1, tzinfo=UTC) <= demande.etapes[0].since
        assert demande.etapes[-1].since < datetime(2028, 1, 1, tzinfo=UTC)


# -- the file -------------------------------------------------------------------------------------------------------

WELL = "[gazelle.demandes.A]\noid = '1.2'\netapes = [{ depuis = 2026-01-01, resultat = 'x' }]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[cnda", "Expected"),
        ("[bnda]", "No desk is called bnda."),
        ("[cnda]\nsecret = 1", "the desk has no key secret."),
        ("[cnda.demandes.A]\nnil = 'N'", "cnda, A: the demande lacks etapes."),
        ("[edc_psc.demandes.A]\nrole = 'proxy'\nlogiciel = 'L'\netapes = []", "edc_psc, A: its stages must follow"),
        (
            "[gazelle.demandes.A]\noid = '1.2'\netapes = [{ depuis = 2026-01-01 }]",
            "gazelle, A: a stage lacks resultat.",
        ),
        (
            "[gazelle.demandes.A]\noid = '1.2'\netapes = [{ depuis = 'hier', resultat = 'x' }]",
            "gazelle, A: hier is not an instant.",
        ),
        (
            f"{WELL}pannes = [{{ panne = 'lente' }}]",
            "gazelle, A: 'lente' is not a valid Fault",
        ),
        (
            WELL.replace(" }]", " }, { depuis = 2025-01-01, resultat = 'y' }]"),
            "gazelle, A: its stages must follow one another.",
        ),
    ],
)
def test_file_that_says_nothing_sensible_is_refused(text: str, message: str) -> None:
    with pytest.raises(ScenarioFileError, match=message):
        read_scenario(text)


def test_fault_lasts_as_said() -> None:
    text = "pannes = [{ panne = 'cut', fois = 2 }, { panne = 'slow', de = 2026-02-01, a = 2026-03-01T08:00:00 }]"
    scenario = read_scenario(WELL + text)
    play = Play(scenario, lambda: AT)
    target = find(scenario, Question("/gazelle/v1/resultats?lien=A"))
    assert isinstance(target, Target)
    end = datetime(2026, 3, 1, 7, tzinfo=UTC)  # 8 h in Paris

    met = [play.panne_of(target, at) for at in (AT, AT, AT, end - timedelta(seconds=1), end)]

    assert [panne.fault if panne else None for panne in met] == [Fault.CUT, Fault.CUT, None, Fault.SLOW, None]


# -- the process ----------------------------------------------------------------------------------------------------


def get(address: str, target: str, **headers: str) -> tuple[int, str, dict[str, object], http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(address.partition("//")[2], timeout=10)
    try:
        connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, answer.headers["Content-Type"], json.loads(body), answer.headers
    finally:
        connection.close()


def target(guichet: Contrat, name: str) -> str:
    path = {
        Contrat.CNDA: "/v1/demandes/",
        Contrat.EDC_PSC: "/v1/habilitations/",
        Contrat.GAZELLE: "/v1/resultats?lien=",
    }[guichet]
    return f"/{PREFIX[guichet]}{path}{quote(case(guichet, name), safe='')}"


@every_desk
def test_served_answer_keeps_the_contract_with_its_headers(guichet: Contrat, faulty_desks: str) -> None:
    bearer = f"Bearer jeton-{PREFIX[guichet]}"
    asked = {"BIEN": 200, "ERROR-500": 500, "THROTTLED": 429, "INCONNU": 404}
    for name, expected in asked.items():
        got = get(faulty_desks, target(guichet, name), Authorization=bearer, X_Portail_At=AT.isoformat())
        assert got[0] == expected
        assert contracts.why_not(guichet, *got[:3]) == []
        for header, header_spec in contracts.response(guichet, expected).get("headers", {}).items():
            assert contracts.faults(guichet, header_spec["schema"], int(got[3][header])) == []

    refused = get(faulty_desks, target(guichet, "BIEN"), Authorization="Bearer autre")
    assert (refused[0], refused[3]["WWW-Authenticate"]) == (401, "Bearer")
    assert contracts.why_not(guichet, *refused[:3]) == []
    unreadable = get(faulty_desks, target(guichet, "BIEN"), Authorization=bearer, X_Portail_At="demain")
    assert unreadable[0] == 400
    assert contracts.why_not(guichet, *unreadable[:3]) == []


def test_stage_follows_the_instant_of_the_question(faulty_desks: str) -> None:
    def stage(at: str) -> object:
        answer = get(faulty_desks, target(Contrat.CNDA, "BIEN"), Authorization="Bearer jeton-cnda", X_Portail_At=at)
        return answer[2].get("etape", answer[0])

    assert stage("2026-09-30T23:59:59+02:00") == 404
    assert stage("2026-10-01T00:00:00+02:00") == "initialisation"
    assert stage("2026-11-01T22:59:59+00:00") == "initialisation"
    assert stage("2026-11-01T23:00:00+00:00") == "pre_examen"
    assert stage("2027-12-31T12:00:00+01:00") == "examen"


def test_stage_follows_the_machine_without_the_instant(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(
        "[gazelle.demandes.A]\noid = '1.2'\netapes = [{ depuis = 2026-01-01, resultat = 'passé' }, "
        "{ depuis = 9000-01-01, resultat = 'à venir' }]",
        encoding="utf-8",
    )
    with simulator("--scenario", str(file)) as address:
        assert get(address, "/gazelle/v1/resultats?lien=A")[2]["resultat"] == "passé"


def test_one_desk_may_be_served_alone() -> None:
    with simulator("--guichet", "cnda") as address:
        served = [get(address, target(guichet, "X"))[0] for guichet in Contrat]

    assert served == [401, 404, 404]


def test_port_that_is_taken_is_said(faulty_desks: str) -> None:
    port = faulty_desks.rpartition(":")[2]
    argv = [sys.executable, "manage.py", "simulate_guichets", "--port", port]

    done = subprocess.run(argv, cwd=portal.BASE_DIR, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert f"CommandError: Port {port}: " in done.stderr
