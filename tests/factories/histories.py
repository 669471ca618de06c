"""Five histories of the coordinated path, as plain facts: no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from candidatures.rules.deadlines import Deadline
from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import GateCode
from guichets.rules.gates import DemandeFacts, Gate, GateFacts, gates
from referencement.enums import ConventionState
from referencement.rules.etapes import GrapheFacts
from referencement.rules.facts import ChapitreStanding, ConventionFacts, DossierFacts, VoletStanding
from tests.dates import ASKED

DAY = timedelta(days=1)
CNDA, EDC = spec_of_guichet("cnda"), spec_of_guichet("edc_psc")
DATES = (
    ("date-1", "Date 1", datetime(2026, 10, 1, 10, 0, tzinfo=UTC)),
    ("date-2", "Date 2", datetime(2027, 10, 1, 10, 0, tzinfo=UTC)),
    ("date-3", "Date 3", datetime(2028, 3, 15, 11, 0, tzinfo=UTC)),
)
ECHEANCES = {code: Deadline(nom, "", at, "", exigences=ASKED[code]) for code, nom, at in DATES}
CHAPITRES = {
    "MAT": "Prérequis de maturité technique",
    "INS": "Identité nationale de santé",
    "DMP": "DMP / Mon espace santé",
    "MSS": "Messagerie sécurisée de santé (MSSanté)",
    "PSC": "Pro Santé Connect",
    "ANN": "Annuaire santé",
    "TBB": "Tableau de bord",
    "DOC": "Gestion documentaire",
    "PORT": "Portabilité",
    "SSI": "Sécurité des systèmes d’information",
}
PROXY, USER = "Habilitation EDC PSC, éditeur de proxy", "Habilitation EDC PSC, éditeur de logiciel utilisateur"
INSI, DMP = "Homologation CNDA INSi, composant principal", "Homologation CNDA DMP, composant principal"


@dataclass(frozen=True)
class History:
    """What is known of a candidature on a day."""

    facts: GrapheFacts
    at: datetime


def a_demande(label: str, etape: str, since: datetime) -> DemandeFacts:
    desk = EDC if "EDC" in label else CNDA
    return DemandeFacts(label, desk, etape or desk.initial.code, bool(etape), since if etape else None, since=since)


def facts(
    at: datetime,
    states: Mapping[str, str],
    demandes: Mapping[str, DemandeFacts],
    convention: ConventionFacts | None = None,
    attributed_at: datetime | None = None,
) -> GrapheFacts:
    """Both volets were admitted in September 2026; each chapitre has its state, `approved` when none is given, since
    twelve days, or since twelve days before the convention moved."""
    since = (convention.moved_at if convention and convention.moved_at else at) - 12 * DAY
    filed = datetime(2026, 9, 3, 9, 0, tzinfo=UTC)
    volets = (
        VoletStanding("administratif", "Candidature administrative", "admitted", filed + 20 * DAY),
        VoletStanding("eligibilite", "Formulaire d’éligibilité", "admitted", filed + 27 * DAY),
    )
    chapitres = tuple(
        ChapitreStanding(
            code, label, states.get(code, "approved"), states.get(code, "") not in ("open", "acquis"), since
        )
        for code, label in CHAPITRES.items()
    )
    given = GateFacts(states.get("MAT", "approved"), profils_known=True, demandes=tuple(demandes.values()))
    doors: dict[GateCode, Gate] = {gate.code: gate for gate in gates(given)}
    dossier = DossierFacts(True, True, volets, chapitres, doors, convention, ECHEANCES)
    reached = {
        (key, code): filed + (30 + 25 * number) * DAY
        for key, demande in demandes.items()
        for number, code in enumerate(_stages(demande))
    }
    return GrapheFacts(dossier, demandes, "MAT", attributed_at, filed - 40 * DAY, reached)


def _stages(demande: DemandeFacts) -> tuple[str, ...]:
    """Return the stages that a demande reached; none before it is declared."""
    first = demande.guichet.initial.code
    return (first, *(demande.guichet.way(first, demande.etape) or ())) if demande.recorded else ()


def ahi_alone() -> History:
    """No EDC PSC: two lanes."""
    at = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
    desks = {"insi": a_demande(INSI, "examen", at - 20 * DAY), "dmp": a_demande(DMP, "initialisation", at - 30 * DAY)}
    return History(facts(at, {"DMP": "open", "MSS": "returned", "ANN": "submitted"}, desks), at)


def third_party_proxy() -> History:
    """The owner of the proxy has its own habilitation: it is read, and nothing is asked for it."""
    at = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)
    third = replace(a_demande("Habilitation EDC PSC du proxy de Relais Santé", "granted", at - 60 * DAY))
    desks = {
        "user": a_demande(USER, "", at),
        "proxy": third,
        "insi": a_demande(INSI, "", at),
        "dmp": a_demande(DMP, "", at),
    }
    return History(facts(at, dict.fromkeys(("INS", "DMP", "MSS", "PSC", "DOC"), "open"), desks), at)


def late_cnda() -> History:
    """Every chapitre is approved, and the CNDA lasts: Date 2 comes near."""
    at = datetime(2027, 9, 6, 9, 0, tzinfo=UTC)
    desks = {
        "user": a_demande(USER, "granted", at - 90 * DAY),
        "proxy": a_demande(PROXY, "granted", at - 90 * DAY),
        "insi": a_demande(INSI, "initialisation", at - 200 * DAY),
        "dmp": a_demande(DMP, "examen", at - 150 * DAY),
    }
    return History(facts(at, {"SSI": "returned"}, desks), at)


def all_inherited() -> History:
    """Nothing to deposit: every chapitre is acquis."""
    at = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    desks = {"insi": a_demande(INSI, "", at), "dmp": a_demande(DMP, "", at), "user": a_demande(USER, "", at)}
    return History(facts(at, dict.fromkeys(CHAPITRES, "acquis"), desks), at)


def referenced() -> History:
    at = datetime(2028, 2, 1, 9, 0, tzinfo=UTC)
    signed = ConventionFacts(ConventionState.COUNTERSIGNED, still_holds=True, moved_at=at - 40 * DAY)
    desks = {"user": a_demande(USER, "granted", at), "insi": a_demande(INSI, "granted", at)}
    return History(facts(at, {}, desks, signed, at - 20 * DAY), at)


HISTORIES = {
    "ahi": ahi_alone,
    "proxy-tiers": third_party_proxy,
    "cnda-tardive": late_cnda,
    "tout-acquis": all_inherited,
    "referencee": referenced,
}
