"""The lists of the ANS, as they are exported: one row a line, with the filters that the pages have too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from comptes.dates import PARIS
from comptes.models import Compte
from comptes.permissions import administers
from comptes.queries import agents
from comptes.queries.exports import Liste
from comptes.rules.tableurs import Row
from comptes.views import editeurs
from guichets.queries.sante import overdue_returns
from guichets.views.anomalies import ANOMALIES
from guichets.views.captures import CAPTURES
from preuves.views import waiting
from referencement.permissions import steers
from referencement.queries.pilotage import dossiers_menaces

from . import instruction, liste_des_seances, worklists

Asked = Mapping[str, str]
CHUNK = 2000
DOSSIER = ("nru", "solution", "editeur", "demarche")
_OF_DOSSIER = ("nru", "produit__nom", "produit__editeur__raison_sociale", "dispositif")


def _at_the_ans(compte: Compte) -> bool:
    return compte.is_ans


def _path(prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{name}" for name in _OF_DOSSIER)


def _rows(queryset: Any, *columns: str) -> Iterator[Row]:
    yield from queryset.values_list(*columns).iterator(chunk_size=CHUNK)


def _candidatures(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    """Yield the rows of the list of candidatures, with the tab, the filters and the order of its address."""
    rows = instruction.rows_asked(asked, reader, at)
    waits = ("state", "opened_at", "tour__ans_count", "tour__editeur_count", "tour__guichet_count", "tour__due_at")
    return _rows(rows, *_OF_DOSSIER, *waits, "referent__compte__email")


def _volets(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    rows = worklists.VOLETS.rows_asked(asked, reader, at)
    return _rows(rows, *_path("candidature__"), "kind", "state", "submitted_at", "admitted_at")


def _chapitres(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    rows = waiting.rows_asked(asked, reader, at)
    return _rows(rows, *_path("dossier__candidature__"), "code", "state", "submitted_at", "claimed_by__email")


def _captures(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    rows = CAPTURES.rows_asked(asked, reader, at)
    return _rows(rows, *_path("demande__candidature__"), "demande__guichet", "etape", "recorded_at")


def _anomalies(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    rows = ANOMALIES.rows_asked(asked, reader, at)
    return _rows(rows, *_path("demande__candidature__"), "demande__guichet", "sentence", "opened_at", "state")


def _retards(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    rows = overdue_returns(on=at.astimezone(PARIS).date(), dispositif=asked.get("dispositif", ""))
    return _rows(rows, *_path("candidature__"), "guichet", "state", "retour_prevu")


def _conventions(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    rows = worklists.CONVENTIONS.rows_asked(asked, reader, at)
    return _rows(rows, *_path("candidature__"), "number", "state", "prepared_at", "sent_at", "signed_at")


def _messages(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    rows = worklists.MESSAGES.rows_asked(asked, reader, at)
    return _rows(rows, *_path("candidature__"), "camp", "sent_at")


def _menaces(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    rows = dossiers_menaces(asked.get("dispositif", ""), asked.get("echeance", ""), owner=asked.get("a", ""))
    columns = (*_path("candidature__"), "echeance", "due_at", "expected_at", "slack", "reason", "owner")
    for *cells, slack, reason, owner in _rows(rows, *columns):
        yield [*cells, getattr(slack, "days", None), reason, owner]


def _editeurs(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    rows = editeurs.rows_asked(asked, reader, at)
    return _rows(rows, "raison_sociale", "country", "identifier", "adresse", "code_postal", "commune", "registered_at")


def _agents(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    for agent in agents().order_by("pk"):
        yield [agent.last_name, agent.first_name, agent.email, ", ".join(agent.roles_ans_labels), agent.closed_at]


def _seances(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    return _rows(liste_des_seances.rows_asked(asked, reader, at), "held_at", "quorum", "state")


LISTES = (
    Liste(
        "candidatures",
        "Candidatures",
        (
            *DOSSIER,
            "etat",
            "ouverte_le",
            "attend_ans",
            "attend_editeur",
            "attend_guichet",
            "date_la_plus_proche",
            "referent",
        ),
        _at_the_ans,
        _candidatures,
    ),
    Liste("volets", "Volets", (*DOSSIER, "volet", "etat", "soumis_le", "recevable_le"), _at_the_ans, _volets),
    Liste(
        "chapitres",
        "Chapitres à examiner",
        (*DOSSIER, "chapitre", "etat", "soumis_le", "examine_par"),
        _at_the_ans,
        _chapitres,
    ),
    Liste("captures", "Captures à confirmer", (*DOSSIER, "guichet", "etape", "deposee_le"), _at_the_ans, _captures),
    Liste(
        "anomalies",
        "Réponses des guichets à vérifier",
        (*DOSSIER, "guichet", "reponse", "ouverte_le", "etat"),
        _at_the_ans,
        _anomalies,
    ),
    Liste(
        "retards", "Réponses de guichets en retard", (*DOSSIER, "guichet", "etape", "prevue_le"), _at_the_ans, _retards
    ),
    Liste(
        "conventions",
        "Conventions",
        (*DOSSIER, "numero", "etat", "preparee_le", "envoyee_le", "signee_le"),
        _at_the_ans,
        _conventions,
    ),
    Liste("messages", "Derniers messages", (*DOSSIER, "ecrit_par", "envoye_le"), _at_the_ans, _messages),
    Liste("seances", "Séances du collège", ("tenue_le", "quorum", "etat"), _at_the_ans, _seances),
    Liste(
        "candidatures-menacees",
        "Candidatures à surveiller avant une échéance",
        (*DOSSIER, "echeance", "echeance_le", "prevu_le", "marge_en_jours", "ce_qui_retient", "a_qui"),
        steers,
        _menaces,
    ),
    Liste(
        "editeurs",
        "Éditeurs",
        ("raison_sociale", "pays", "numero", "adresse", "code_postal", "commune", "inscrit_le"),
        _at_the_ans,
        _editeurs,
    ),
    Liste("comptes", "Comptes de l’ANS", ("nom", "prenom", "adresse", "roles", "ferme_le"), administers, _agents),
)
