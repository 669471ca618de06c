"""The state of a whole dossier on a day, as plain data that a PDF is printed from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import Camp, VoletState
from candidatures.models import Candidature
from comptes.dates import day_in_words
from guichets.enums import Owner
from guichets.queries.situation import LigneDeDemande
from preuves.queries.confiees import Confiee, confiees_of
from preuves.queries.dossier import ChapitreDuDossier, Dossier, dossier_of
from preuves.queries.lignes import LigneDePreuve, lines_of_chapitre
from referencement.enums import ConventionState, Cote
from referencement.rules.actes import act_in_words
from referencement.rules.dates import dates_of
from referencement.rules.graphe import Graphe, graphe
from referencement.rules.phase import phase_of
from referencement.rules.phrases import sentence_of
from referencement.rules.tour import order_for

from .accueil import portes_from
from .blocages import DossierComplet, dossier_complet
from .graphes import graphe_facts
from .tours import tour_of, with_exchanges


def etat_of(candidature_id: int, *, at: datetime) -> dict[str, Any]:
    """Return the state of a dossier at this instant; its own instants are texts, under keys that end in `_le`."""
    candidature = with_exchanges(Candidature.objects.with_names().filter(pk=candidature_id)).get()
    complet = dossier_complet(candidature, at=at, with_history=False)
    goes_on = complet.facts.fin is None
    graph = graphe(graphe_facts(complet), spec_of(candidature.dispositif_id).durees, at=at) if goes_on else None
    return {
        "nru": candidature.nru,
        "solution": candidature.produit.nom,
        "editeur": candidature.produit.editeur.raison_sociale,
        "dispositif": str(candidature.dispositif),
        "etat_le": at.isoformat(),
        **_where(complet, graph),
        "actes": list(_acts(complet, graph)) if graph else [],
        "autres": list(_others(complet, at)),
        "echeances": [
            {"nom": date.label, "fixee_le": date.deadline.at.isoformat(), "etat": date.remaining(at)}
            for date in dates_of(complet.facts, at=at).values()
        ],
        "volets": [
            {"nom": volet.label, "etat": str(VoletState(volet.state).label), "depuis_le": _iso(volet.moved_at)}
            for volet in complet.facts.volets
        ],
        **_preuves(candidature, complet),
        "demandes": [_demande(ligne) for ligne in complet.guichets.lignes],
        **_convention(complet),
    }


def _where(complet: DossierComplet, graph: Graphe | None) -> dict[str, Any]:
    """Say in which phase it stands, or how it ended."""
    if graph is None:
        fin = complet.facts.fin
        return {"phase": str(fin.kind.label) if fin else "", "phrases": []}
    phase = phase_of(complet.facts, graph, complet.examen)
    return {"phase": phase.title, "phrases": list(phase.sentences)}


def _acts(complet: DossierComplet, graph: Graphe) -> Iterator[dict[str, str]]:
    """Yield all that the éditeur can do that day, what leaves the least time first."""
    portes = portes_from(complet.drafts, complet.dossier, complet.guichets.lignes)
    for planned in graph.next_acts(Owner.EDITEUR):
        deadline = planned.step.deadline
        bound = deadline.at if deadline is not None and deadline.binds else None
        yield {"quoi": act_in_words(planned.step, portes), "avant_le": _iso(bound)}


def _others(complet: DossierComplet, at: datetime) -> Iterator[str]:
    """Yield a sentence for each other side that is waited for."""
    parts = {part.cote: part for part in tour_of(complet, at=at).parts()}
    for cote in order_for(Camp.EDITEUR):
        if cote in parts and cote is not Cote.EDITEUR:
            yield sentence_of(parts[cote], at=at, reader=Camp.EDITEUR)


def _preuves(candidature: Candidature, complet: DossierComplet) -> dict[str, Any]:
    """Return every chapitre that concerns the solution, preuve by preuve; none while there is no REM."""
    dossier = dossier_of(candidature, complet.presented, detailed=True)
    if dossier is None:
        return {"rem": "", "chapitres": []}
    confiees = confiees_of(candidature)
    concerned = [chapitre for chapitre in dossier.chapitres if chapitre.facts.standing != "sans_objet"]
    return {
        "rem": day_in_words(dossier.rem.version.date),
        "chapitres": [_chapitre(dossier, chapitre, confiees) for chapitre in concerned],
    }


def _chapitre(dossier: Dossier, chapitre: ChapitreDuDossier, confiees: dict[str, Confiee]) -> dict[str, Any]:
    facts = chapitre.facts
    lines = lines_of_chapitre(dossier, chapitre, confiees=confiees)
    return {
        "nom": chapitre.spec.label,
        "etat": facts.shown_label,
        "deposees": facts.answered,
        "demandees": len(facts.due),
        "preuves": [_preuve(line) for line in lines if line.exigibilite.is_due],
        "sans_depot": sum(line.exigibilite.is_dispensed for line in lines),
    }


def _preuve(line: LigneDePreuve) -> dict[str, Any]:
    depot = line.depot
    return {
        "numero": line.exigibilite.numero,
        "titre": line.title,
        "nature": line.attendu.nature_label,
        "etat": line.badge_label,
        "depose_le": _iso(depot.deposited_at) if depot else "",
        "par": depot.by if depot else "",
        "confiee": line.confiee.label if line.confiee else "",
        "phrases": line.sentences,
    }


def _demande(ligne: LigneDeDemande) -> dict[str, str]:
    demande = ligne.demande
    return {
        "nom": ligne.label,
        "guichet": ligne.guichet.label,
        "numero": demande.numero if demande else "",
        "etape": ligne.etape_label,
        "depuis_le": _iso(demande.moved_at) if demande else "",
    }


def _convention(complet: DossierComplet) -> dict[str, str]:
    facts = complet.facts.convention
    if facts is None:
        return {"convention": "", "convention_le": ""}
    return {"convention": str(ConventionState(facts.state).label), "convention_le": facts.moved_at.isoformat()}


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
