"""The story to its end: the desks really answer, documents are printed and signed, the collège decides."""

import threading
from collections.abc import Iterator

import pytest
from django.conf import settings as portal

from comptes import clock, journal
from guichets import queries
from guichets.management.commands.simulate_guichets import FOLDER
from guichets.simulateur.scenario import read_scenario
from guichets.simulateur.server import Play, Server
from referencement.enums import ConventionState, DocumentKind, ExamenState
from referencement.models import Convention, Document, Examen
from referencement.queries import published
from referencement.rules.publication import Wanted
from segur_portal.demo.moments.ouverture import PARCOURS, RESIDENCE
from segur_portal.demo.replay import replay
from tests.factories.guichets import CNDA, EDC_PSC
from tests.referencement.conftest import PRINTS, seal

__all__ = ["seal"]
PATHS = {"cnda": "cnda", "edc_psc": "edc-psc", "gazelle": "gazelle"}


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The simulated desks of the demonstration, on a free port."""
    scenario = read_scenario((FOLDER / "demonstration.toml").read_text(encoding="utf-8"))
    with Server(Play(scenario, clock.machine_now)) as server:
        for desk, path in PATHS.items():
            said = {
                "url": f"{server.address}/{path}",
                "hosts": server.address.removeprefix("http://"),
                "token": f"demonstration-{path}",
            }
            monkeypatch.setitem(portal.GUICHETS, desk, portal.GUICHETS[desk] | said)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        for desk in (CNDA, EDC_PSC):
            queries.circuit_of(desk).reset()
        yield
        for desk in (CNDA, EDC_PSC):
            queries.desk_of(desk).close()
        server.stop()


@PRINTS
def test_story_ends_with_one_solution_referenced_and_one_refused(demo: None, desks: None) -> None:
    replay("reference")

    decided = {one.candidature.produit.nom: one.state for one in Examen.objects.select_related("candidature__produit")}
    assert decided == {PARCOURS: ExamenState.ATTRIBUTED, RESIDENCE: ExamenState.NOT_ATTRIBUTED}
    assert Convention.objects.get().state == ConventionState.COUNTERSIGNED
    assert sorted(Document.objects.values_list("kind", flat=True)) == sorted(DocumentKind)
    referenced = published(Wanted(state="referencee"), at=clock.now())
    assert [one.produit.nom for one in referenced] == [PARCOURS]
    assert list(journal.verify()) == []
