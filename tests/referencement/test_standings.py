"""What becomes of a référencement, as anybody reads it: list, filters, page, CSV, JSON, Atom and verification alike."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from comptes import clock
from referencement.enums import MesureKind, Publication
from referencement.operations.mesures import answer_mesure, decide_mesure, propose_mesure
from referencement.operations.referencements import renounce_referencement
from referencement.operations.versions import present_new_version
from tests.factories.conventions import Parties, some_parties, some_referenced_parties
from tests.factories.referencement import COLLEGE, an_attributed_solution
from tests.ground import standing

AT = COLLEGE + timedelta(days=30)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MOTIF = "L’exigence INS 12 n’est plus tenue."
LABELS = {
    Publication.SUSPENDED: "Suspendue",
    Publication.WITHDRAWN: "Retirée",
    Publication.RENOUNCED: "Renoncée",
    Publication.REPLACED: "Remplacée",
}


parties = standing(some_referenced_parties)


def decide(parties: Parties, kind: MesureKind, at: datetime = AT, effect: datetime | None = None) -> None:
    arguments = {"candidature_id": parties.candidature.pk, "kind": kind, "reasons": MOTIF}
    mesure = propose_mesure(**arguments, by=parties.team.instructeur, at=at)
    if kind != MesureKind.LEVEE:
        answer_mesure(mesure_id=mesure.pk, answer="Corrigé.", by=parties.signatory, at=at)
    day = (effect or at).date()
    decide_mesure(mesure_id=mesure.pk, reasons=MOTIF, effect=day, by=parties.responsable, at=at)


def become(parties: Parties, state: Publication) -> None:
    match state:
        case Publication.SUSPENDED:
            decide(parties, MesureKind.SUSPENSION)
        case Publication.WITHDRAWN:
            decide(parties, MesureKind.RETRAIT)
        case Publication.RENOUNCED:
            renounce_referencement(
                candidature_id=parties.candidature.pk, reason=MOTIF, effect=AT.date(), by=parties.signatory, at=AT
            )
        case _:
            new = present_new_version(candidature_id=parties.candidature.pk, by=parties.signatory, at=AT)
            an_attributed_solution(new, parties.signatory, at=AT)


def read(name: str, *args: str, at: datetime = AT + DAY, **asked: str) -> Any:
    with clock.travel(at):
        return Client().get(reverse(f"referencement:{name}", args=args), asked)


def states_read(parties: Parties, at: datetime) -> dict[str, str]:
    """What each page and each export says of that version, at an instant."""
    nru = parties.candidature.nru
    (line,) = [line for line in read("solutions", at=at).context["lines"] if line.nru == nru]
    (row,) = [
        solution
        for solution in json.loads(read("solutions_json", at=at).content)["solutions"]
        if solution["nru"] == nru
    ]
    (cells,) = [
        line.split(";") for line in read("solutions_csv", at=at).content.decode().splitlines() if line.startswith(nru)
    ]
    feed = read("solutions_atom", at=at).content.decode()
    (entry,) = [entry for entry in feed.split("<entry>")[1:] if reverse("referencement:solution", args=[nru]) in entry]
    title = entry.partition("<title>")[2].partition("</title>")[0]
    return {
        "list": line.state,
        "json": row["etat"],
        "csv": cells[6],
        "page": read("solution", nru, at=at).context["fiche"].standing.state,
        "atom": Publication(
            next(publication for publication in Publication if title.endswith(publication.label.lower()))
        ),
        "filter": next(
            state
            for state in Publication
            if nru in [line.nru for line in read("solutions", at=at, etat=state.value).context["lines"]]
        ),
    }


@pytest.mark.parametrize("state", LABELS)
def test_every_reading_says_the_same(parties: Parties, state: Publication) -> None:
    assert set(states_read(parties, AT - SECOND).values()) == {Publication.REFERENCED}
    become(parties, state)

    assert set(states_read(parties, AT + DAY).values()) == {state}
    page = read("solution", parties.candidature.nru).content.decode()
    assert LABELS[state] in page
    for name in ("solutions", "solutions_json", "solutions_csv", "solutions_atom"):
        assert "INS 12" not in read(name).content.decode()
    assert "INS 12" not in page


@pytest.mark.parametrize("state", [Publication.WITHDRAWN, Publication.RENOUNCED, Publication.REPLACED])
def test_what_is_over_asks_nothing_of_anybody_at_the_desks(parties: Parties, state: Publication, sign_in: Any) -> None:
    become(parties, state)
    with clock.travel(AT + DAY):
        page = sign_in(parties.signatory).get(reverse("referencement:candidature", args=[parties.candidature.nru]))

    assert ("À faire par" in page.content.decode(), page.context["desks"]) == (False, [])


@pytest.mark.parametrize("state", LABELS)
def test_attestation_says_what_it_became(parties: Parties, state: Publication) -> None:
    numero = f"ATT-{parties.candidature.nru}"
    before = read("verifier", numero=numero).context["document"]
    assert (before.warning, before.details[0][1].partition(" depuis")[0]) == ("", "Référencée")
    become(parties, state)
    after = read("verifier", numero=numero).context["document"]

    assert "n’est pas référencée aujourd’hui" in after.warning
    assert after.details[0][1].startswith(f"{LABELS[state]} depuis le")


def test_effect_to_come_is_read_from_that_day_on_and_not_before(parties: Parties) -> None:
    decide(parties, MesureKind.SUSPENSION, effect=AT + 10 * DAY)
    midnight = (AT + 10 * DAY).replace(hour=23, minute=0, second=0) - DAY  # in Paris, in winter

    assert set(states_read(parties, midnight - SECOND).values()) == {Publication.REFERENCED}
    assert set(states_read(parties, midnight).values()) == {Publication.SUSPENDED}
    assert set(states_read(parties, midnight + SECOND).values()) == {Publication.SUSPENDED}


def test_lifted_suspension_is_referenced_again_with_its_history(parties: Parties) -> None:
    decide(parties, MesureKind.SUSPENSION)
    decide(parties, MesureKind.LEVEE, at=AT + DAY)
    answer = read("solution", parties.candidature.nru, at=AT + 2 * DAY)

    assert answer.context["fiche"].standing.state == Publication.REFERENCED
    assert answer.context["warning"] == ""
    assert [row["sentence"] for row in answer.context["history"]][:2] == [
        "La suspension est levée\u00a0: le référencement est de nouveau en vigueur.",
        "Le référencement est suspendu.",
    ]


def test_replaced_version_names_the_one_that_replaces_it(parties: Parties) -> None:
    become(parties, Publication.REPLACED)
    rows = json.loads(read("solutions_json").content)["solutions"]
    by_state = {row["etat"]: row for row in rows}

    assert by_state["remplacee"]["remplacee_par"] == by_state["referencee"]["nru"]
    assert by_state["remplacee"]["referencee_le"].startswith(COLLEGE.date().isoformat())


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_much_for_one_as_for_three(db: None, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        parties = some_parties()
        an_attributed_solution(parties.candidature, parties.signatory)
        become(parties, Publication.SUSPENDED)
    with clock.travel(AT + DAY), django_assert_num_queries(6):
        assert len(Client().get(reverse("referencement:solutions"), {"q": "s"}).context["lines"]) == count
