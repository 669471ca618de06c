"""What the collège looks at, as it is frozen with a decision; and what the documents then say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse

from comptes.dates import PARIS
from comptes.models import Compte
from preuves.enums import ChapitreState, ExigibiliteKind
from preuves.models import Chapitre, VerdictDePreuve
from preuves.queries.dossier import ChapitreDuDossier, Dossier
from referencement.enums import DocumentKind
from referencement.models import AvisDeMembre, Convention, Examen, SeanceDuCollege
from referencement.rules.blocages import WITH_THE_ANS
from referencement.rules.lecture import met

from .blocages import DossierComplet

Rows = Mapping[str, Mapping[str, Any]]
PREFIXES = {DocumentKind.ATTESTATION: "ATT", DocumentKind.RAPPORT: "RC"}


def situation_to_freeze(complet: DossierComplet, missing: tuple[str, ...]) -> dict[str, Any]:
    """Return what the page of a dossier shows, to be frozen, in one query.

    :param missing: the sentences of its blocages, in French
    """
    return {
        "cite": complet.quotes,
        "chapitres": _chapitres(complet.dossier),
        "guichets": [
            {
                "label": ligne.label,
                "ton": ligne.tone,
                "etape": ligne.state,
                "etape_label": ligne.etape_label,
                "numero": ligne.demande.numero if ligne.demande else "",
                "age": ligne.age,
                "perime": ligne.is_stale,
            }
            for ligne in complet.guichets.lignes
        ],
        "convention": _convention(complet.convention),
        "manque": list(missing),
        "reuni": list(met(complet.facts)),
    }


def _chapitres(dossier: Dossier | None) -> list[dict[str, Any]]:
    if dossier is None:
        return []
    rows: Rows = {
        row["code"]: row
        for row in Chapitre.objects.filter(dossier=dossier.row)
        .annotate(tours=Count("soumissions", filter=Q(soumissions__reprise=None)))
        .values("code", "state", "tours", "concluded_at", "concluded_by__first_name", "concluded_by__last_name")
    }
    concerned = [chapitre for chapitre in dossier.chapitres if chapitre.facts.standing != "sans_objet"]
    return [_chapitre_to_freeze(chapitre, rows.get(chapitre.spec.code), dossier) for chapitre in concerned]


def _chapitre_to_freeze(chapitre: ChapitreDuDossier, row: Mapping[str, Any] | None, dossier: Dossier) -> dict[str, Any]:
    facts, contested = chapitre.facts, dossier.presentation.contestations
    concluded = row is not None and row["concluded_at"] is not None
    by_somebody = row is not None and row["concluded_by__first_name"] is not None
    return {
        "code": chapitre.spec.code,
        "label": chapitre.spec.label,
        "etat": facts.shown,
        "etat_label": facts.shown_label,
        "attendues": len(facts.due),
        "tours": row["tours"] if row else 0,
        "retours": _retours(row["tours"], row["state"]) if row else 0,
        "par": f"{row['concluded_by__first_name']} {row['concluded_by__last_name']}" if row and by_somebody else "",
        "conclu_le": row["concluded_at"].isoformat() if row and concluded else "",
        "heritees": facts.number_of(ExigibiliteKind.INHERITED),
        "equivalentes": facts.number_of(ExigibiliteKind.EQUIVALENT),
        "contestees": [
            {"numero": exigibilite.numero, "motif": contested[exigibilite.numero].reason}
            for exigibilite in facts.exigibilites
            if exigibilite.numero in contested
        ],
    }


def _retours(tours: int, state: str) -> int:
    """Return how many rounds ended with a return: all, but the one that was approved, or that is being read."""
    return tours - 1 if tours and state in (*WITH_THE_ANS, ChapitreState.APPROVED) else tours


def _convention(convention: Convention | None) -> dict[str, Any] | None:
    if convention is None:
        return None
    return {
        "rang": convention.number,
        "sha256": convention.sha256,
        "etat": convention.state,
        "etat_label": str(convention.get_state_display()),
        "signee_le": convention.signed_at.isoformat() if convention.signed_at else "",
    }


# -- the documents ---------------------------------------------------------------------------------------------------


def numero_of_issued(kind: DocumentKind, examen: Examen) -> str:
    return f"{PREFIXES[kind]}-{examen.candidature.nru}"


def numero_of_minutes(seance: SeanceDuCollege) -> str:
    return f"PV-{seance.pk}-{seance.held_at.astimezone(PARIS):%Y%m%d}"


def attestation_of(examen: Examen, *, at: datetime) -> dict[str, Any]:
    """Return what the attestation says, from what was frozen with the decision."""
    cite, numero = frozen_quotes(examen), numero_of_issued(DocumentKind.ATTESTATION, examen)
    address = reverse("referencement:solution", args=[cite["nru"]])
    added = {"numero": numero, "attribue_le": at.isoformat(), "adresse": f"{settings.PORTAL_URL}{address}"}
    return cite | added


def frozen_quotes(examen: Examen) -> dict[str, Any]:
    assert examen.situation is not None, "A decision froze what it looked at."
    return dict(examen.situation["cite"])


def rapport_of(examen: Examen, dossier: Dossier, *, at: datetime) -> dict[str, Any]:
    """Return what the rapport de conformité says: for each preuve, whether it was due, and its verdict."""
    given = VerdictDePreuve.objects.filter(revision__preuve__chapitre__dossier__candidature=examen.candidature_id)
    rows = given.select_related("revision__preuve", "given_by").order_by("given_at", "pk")
    # The last verdict of a preuve replaces those before it.
    verdicts = {verdict.revision.preuve.numero: verdict for verdict in rows}
    concerned = [chapitre for chapitre in dossier.chapitres if chapitre.facts.standing != "sans_objet"]
    chapitres = [_chapitre_in_rapport(chapitre, dossier, verdicts) for chapitre in concerned]
    numero = numero_of_issued(DocumentKind.RAPPORT, examen)
    return frozen_quotes(examen) | {"numero": numero, "etabli_le": at.isoformat(), "chapitres": chapitres}


def _chapitre_in_rapport(
    chapitre: ChapitreDuDossier, dossier: Dossier, verdicts: Mapping[str, VerdictDePreuve]
) -> dict[str, Any]:
    exigences: dict[str, list[dict[str, str]]] = {}
    for exigibilite in chapitre.facts.exigibilites:
        attendu = dossier.attendu(exigibilite.numero)
        if attendu is not None and exigibilite.kind is not ExigibiliteKind.NOT_CONCERNED:
            preuve = _preuve(exigibilite.numero, str(exigibilite.kind.label), verdicts.get(exigibilite.numero))
            exigences.setdefault(attendu.exigence.identifiant, []).append(preuve)
    return {
        "label": chapitre.spec.label,
        "constat": "Aucune preuve à déposer." if chapitre.facts.standing == "acquis" else "Validé.",
        "exigences": [{"identifiant": name, "preuves": preuves} for name, preuves in exigences.items()],
    }


def _preuve(numero: str, exigibilite: str, verdict: VerdictDePreuve | None) -> dict[str, str]:
    data = {"numero": numero, "exigibilite": exigibilite}
    if verdict is None:
        return data
    return data | {
        "verdict": str(verdict.get_avis_display()),
        "sha256": verdict.revision.sha256,
        "par": verdict.given_by.full_name,
        "prononce_le": verdict.given_at.isoformat(),
    }


def proces_verbal_of(seance: SeanceDuCollege, examens: list[Examen], *, by: Compte, at: datetime) -> dict[str, Any]:
    """Return what the procès-verbal says: when the séance was planned, when it began and ended, and all that was said.

    :param by: the person who closes the séance
    :param at: when it is closed (aware)
    """
    avis_by_examen: dict[int, list[dict[str, str]]] = {examen.pk: [] for examen in examens}
    rows = AvisDeMembre.objects.filter(examen__in=examens).select_related("membre__compte", "recorded_by")
    for row in rows.order_by("membre__compte__last_name", "membre__compte__first_name", "pk"):
        avis_by_examen[row.examen_id].append(_avis_in_minutes(row))
    membres = seance.membres.select_related("compte")
    return {
        "numero": numero_of_minutes(seance),
        "prevue_le": seance.held_at.isoformat(),
        "ouverte_le": seance.opened_at.isoformat() if seance.opened_at else "",
        "close_le": at.isoformat(),
        "close_par": by.full_name,
        "secretaire": seance.secretaire.full_name,
        "quorum": seance.quorum,
        "reports": [
            {"du_le": report.from_at.isoformat(), "au_le": report.to_at.isoformat(), "motif": report.reason}
            for report in seance.reports.order_by("pk")
        ],
        "membres": [
            {"nom": membre.compte.full_name, "present": membre.is_present}
            for membre in membres.order_by("compte__last_name", "compte__first_name", "pk")
        ],
        "examens": [_examen_in_minutes(examen, avis_by_examen[examen.pk]) for examen in examens],
    }


def _examen_in_minutes(examen: Examen, avis: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "rang": examen.rank,
        "nru": examen.candidature.nru,
        "solution": examen.candidature.produit.nom,
        "editeur": examen.candidature.produit.editeur.raison_sociale,
        "rapporteur": examen.rapporteur.full_name if examen.rapporteur else "",
        "decision": str(examen.get_decision_display()),
        "motifs": examen.reasons,
        "precisions": examen.comment,
        "contre_avis": examen.against,
        "avis": avis,
    }


def _avis_in_minutes(avis: AvisDeMembre) -> dict[str, str]:
    """Return what one member said; `par` names the person who noted it, when that is not the member."""
    text = str(avis.get_avis_display())
    if avis.is_in_conflict:
        text = f"Ne prend pas part\u00a0: {avis.conflict_reason}"
    return {
        "nom": avis.membre.compte.full_name,
        "avis": text,
        "par": "" if avis.is_own else avis.recorded_by.full_name,
    }
