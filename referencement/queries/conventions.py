"""The convention of a candidature, and what it quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BigIntegerField

from candidatures.catalogue.champs import Value
from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet, presented_volets
from candidatures.rules.entreprises import cited, company_of_answers, company_of_line
from comptes.canonical import fingerprint
from comptes.models.prepared import IDS, Prepared
from referencement.models import Convention
from referencement.rules.facts import ConventionFacts

# The champs whose answers a convention quotes, as last handed to the ANS.
QUOTED = (
    "entreprise_raison_sociale",
    "entreprise_immatriculation",
    "entreprise_siren",
    "entreprise_adresse",
    "entreprise_code_postal",
    "entreprise_commune",
    "entreprise_pays",
    "responsable_prenom",
    "responsable_nom",
    "responsable_fonction",
    "solution_nom",
    "version_technique",
    "profils",
    "nie",
    "nil",
    "proxy",
    "proxy_nom",
    "groupement",
    "distributeurs",
    "additionnels",
    "noms_commerciaux",
)


def living_convention(candidature: Candidature) -> Convention | None:
    convention: Convention | None = _LIVING.first(candidature=candidature.pk)
    return convention


_LIVING = Prepared(
    lambda candidature: (
        Convention.objects.living().filter(candidature=candidature).select_related("signatory").order_by("pk")[:1]
    ),
    candidature=BigIntegerField(),
)


def living_conventions(candidature_ids: Sequence[int]) -> dict[int, Convention]:
    """Return the living conventions of several candidatures, by candidature, in one query."""
    rows = _LIVING_OF_MANY.ask(candidatures=list(candidature_ids)) if candidature_ids else ()
    return {convention.candidature_id: convention for convention in rows}


_LIVING_OF_MANY = Prepared(
    lambda candidatures: (
        Convention.objects.living().filter(candidature__among=candidatures).select_related("signatory").order_by("pk")
    ),
    candidatures=IDS,
)


def quotes_of(candidature: Candidature, presented: Sequence[PresentedVolet] | None = None) -> dict[str, Any]:
    """Return what a convention would quote today: parties, solution, components, distributeurs.

    :param candidature: with its product, its éditeur and its dispositif joined
    :param presented: its volets with the answers to `QUOTED`, when the caller has them already
    """
    volets = presented_volets(candidature, champs=QUOTED) if presented is None else presented
    answers: dict[str, Value] = {champ: value for volet in volets for champ, value in volet.answers.items()}
    profils = spec_of(candidature.dispositif_id).profils
    return {
        "nru": candidature.nru,
        "dispositif": {"code": candidature.dispositif_id, "nom": str(candidature.dispositif)},
        "editeur": {
            name: answers.get(f"entreprise_{name}") or ""
            for name in ("raison_sociale", "adresse", "code_postal", "commune", "pays")
        }
        | cited(company_of_answers(answers)),
        "responsable": {name: answers.get(f"responsable_{name}") or "" for name in ("prenom", "nom", "fonction")},
        "solution": {
            "nom": answers.get("solution_nom") or candidature.produit.nom,
            "version_technique": answers.get("version_technique") or "",
            "nie": answers.get("nie") or "",
            "nil": answers.get("nil") or "",
            "proxy": answers.get("proxy") or "",
            "proxy_nom": answers.get("proxy_nom") or "",
            "profils": [profils.get(code, code) for code in answers.get("profils") or ()],
            "noms_commerciaux": _lines(answers.get("noms_commerciaux"), "nom", "nil", "version"),
            "additionnels": _additionnels(answers.get("additionnels")),
        },
        "groupement": _members(answers.get("groupement")),
        "distributeurs": _companies(answers.get("distributeurs")),
    }


def _lines(answer: Mapping[str, Any] | None, *columns: str) -> list[dict[str, str]]:
    return [{name: line.get(name) or "" for name in columns} for line in (answer or {}).get("lignes") or ()]


def _companies(answer: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    lines = (answer or {}).get("lignes") or ()
    return [{"raison_sociale": line.get("raison_sociale") or "", **cited(company_of_line(line))} for line in lines]


def _additionnels(answer: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the additional components; what their éditeur is called in its country, only when that was answered."""
    components = _lines(answer, "nom", "editeur", "nil", "version")
    companies = [company_of_line(line) for line in (answer or {}).get("lignes") or ()]
    return [
        {**component, **(cited(company) if company else {})}
        for component, company in zip(components, companies, strict=True)
    ]


def _members(answer: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the members of the groupement, each with its mandate; the first dossiers were not asked for one."""
    members = _companies(answer)
    lines = (answer or {}).get("lignes") or ()
    mandates = (line.get("mandat") for line in lines)
    return [
        {**member, "mandat": {"nom": mandate["nom"], "sha256": mandate["sha256"]}} if mandate else member
        for member, mandate in zip(members, mandates, strict=True)
    ]


def convention_facts(convention: Convention | None, quotes: Mapping[str, Any]) -> ConventionFacts | None:
    """Return what the blocages need of a convention; `quotes` is what it would quote today."""
    if convention is None:
        return None
    moved_at = convention.countersigned_at or convention.signed_at or convention.sent_at or convention.prepared_at
    return ConventionFacts(convention.state, still_holds(convention, quotes), moved_at)


def still_holds(convention: Convention, quotes: Mapping[str, Any]) -> bool:
    """Say whether what a convention quotes is still what the candidature says."""
    return fingerprint(convention.data["cite"]) == fingerprint(quotes)


def numero_of(convention: Convention) -> str:
    return f"CONV-{convention.candidature.nru}-{convention.number}"


def address_of(convention: Convention) -> str:
    return f"convention:{convention.candidature.nru}/{convention.number}"
