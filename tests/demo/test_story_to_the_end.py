"""The story to its end: the desks really answer, documents are printed and signed, the collège decides."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings as portal
from django.db.models import QuerySet

from candidatures.enums import DerogationState
from candidatures.models import Derogation
from comptes import clock, journal
from guichets.enums import AnomalieKind
from guichets.management.commands.simulate_guichets import FOLDER
from guichets.models import Anomalie, DemandeAuGuichet
from guichets.queries.captures import captures_to_confirm
from guichets.queries.desks import circuit_of, desk_of
from guichets.simulateur.scenario import read_scenario
from guichets.simulateur.server import Play, Server
from preuves.enums import ChapitreState, Forme
from preuves.models import Chapitre, Revision, SecondeLecture
from referencement.enums import ConventionState, DocumentKind, ExamenState
from referencement.models import Convention, Document, Examen
from referencement.queries.publication import published
from referencement.rules.publication import Wanted
from segur_portal.demo.cast import CAMILLE, KARIM, REMI
from segur_portal.demo.moments.ouverture import FOYER, MISTRAL_PROXY, MISTRAL_UTILISATEUR, PARCOURS, RESIDENCE
from segur_portal.demo.moments.preuves import SIROCCO_PROXY
from segur_portal.demo.replay import replay
from tests.factories.guichets import CNDA, EDC_PSC, GAZELLE
from tests.referencement.conftest import PRINTS, seal

__all__ = ["seal"]
PATHS = {"cnda": "cnda", "gazelle": "gazelle"}


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The simulated desks of the demonstration, on a free port; the EDC PSC is none of them."""
    scenario = read_scenario((FOLDER / "demonstration.toml").read_text(encoding="utf-8"))
    with Server(Play(scenario, clock.machine_now)) as server:
        for desk, path in PATHS.items():
            settings_of_desk = {
                "url": f"{server.address}/{path}",
                "hosts": server.address.removeprefix("http://"),
                "token": f"demonstration-{path}",
            }
            monkeypatch.setitem(portal.GUICHETS, desk, portal.GUICHETS[desk] | settings_of_desk)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        for desk in (CNDA, GAZELLE):
            circuit_of(desk).reset()
        yield
        for desk in (CNDA, GAZELLE):
            desk_of(desk).close()
        server.stop()


@pytest.mark.long(
    "tests/demo/test_story.py::test_replay_leaves_a_journal_that_verifies_and_reads",
    "tests/navigateur/test_first_candidature.py::test_from_the_invitation_to_the_decision",
)
@PRINTS
def test_story_ends_with_one_solution_referenced_and_one_refused(demo: None, desks: None) -> None:
    replay("preuves")
    assert standings(FOYER)["MAT"] == ChapitreState.APPROVED
    assert [derogation.state for derogation in Derogation.objects.all()] == [DerogationState.GRANTED]

    asked = SecondeLecture.objects.live().get()
    assert (asked.expert.email, asked.expert.roles_ans, asked.asked_by.email) == (REMI.email, [], CAMILLE.email)
    assert waiting_captures() == [(PARCOURS, MISTRAL_PROXY)]
    assert is_granted(MISTRAL_UTILISATEUR)
    assert not is_granted(MISTRAL_PROXY)

    replay("college")
    assert not SecondeLecture.objects.live().exists()
    assert waiting_captures() == [(RESIDENCE, SIROCCO_PROXY)]
    assert is_granted(MISTRAL_PROXY)
    assert {convention.candidature.produit.nom: convention.state for convention in conventions()} == {
        PARCOURS: ConventionState.SIGNED_BY_EDITEUR,
        FOYER: ConventionState.SENT,
    }
    [to_sign] = [convention for convention in conventions() if convention.state == ConventionState.SENT]
    assert to_sign.signatory.email == KARIM.email
    assert followed_links() == deposited_links() != set()
    assert unknown_links() == []

    replay("reference")

    decided = {
        examen.candidature.produit.nom: examen.state for examen in Examen.objects.select_related("candidature__produit")
    }
    assert decided == {PARCOURS: ExamenState.ATTRIBUTED, RESIDENCE: ExamenState.NOT_ATTRIBUTED}
    assert {convention.candidature.produit.nom: convention.state for convention in conventions()} == {
        PARCOURS: ConventionState.COUNTERSIGNED,
        FOYER: ConventionState.SENT,
    }
    twice = (DocumentKind.CONVENTION, DocumentKind.AUTORISATION)
    issued = Counter(Document.objects.values_list("kind", flat=True))
    assert issued == {kind: 2 if kind in twice else 1 for kind in DocumentKind}
    referenced = published(Wanted(state="referencee"), at=clock.now())
    assert [candidature.produit.nom for candidature in referenced] == [PARCOURS]
    assert list(journal.verify()) == []


def conventions() -> QuerySet[Convention]:
    return Convention.objects.select_related("candidature__produit", "signatory").order_by("pk")


def waiting_captures() -> list[tuple[str, str]]:
    """The solution and the number of what the ANS has to confirm."""
    return [(capture.demande.candidature.produit.nom, capture.demande.numero) for capture in captures_to_confirm()]


def is_granted(numero: str) -> bool:
    demande = DemandeAuGuichet.objects.get(guichet=EDC_PSC, numero=numero)
    return demande.spec.is_granted(demande.state)


def standings(nom: str) -> dict[str, str]:
    return dict(Chapitre.objects.filter(dossier__candidature__produit__nom=nom).values_list("code", "state"))


def followed_links() -> set[str]:
    return set(DemandeAuGuichet.objects.filter(guichet=GAZELLE).values_list("numero", flat=True))


def deposited_links() -> set[str]:
    return set(Revision.objects.filter(forme=Forme.LINK).values_list("value", flat=True))


def unknown_links() -> list[str]:
    """What the cast deposited for Gazelle, and Gazelle does not know."""
    anomalies = Anomalie.objects.filter(kind=AnomalieKind.UNKNOWN_NUMBER, demande__guichet="gazelle")
    return list(anomalies.order_by("pk").values_list("demande__numero", flat=True))
