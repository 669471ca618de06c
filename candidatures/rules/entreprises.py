"""The companies that a dossier names: in its answers, and in what was frozen of them. Pure functions.

A formulaire asked for a SIREN alone before it asked for a country; what was answered or frozen then names French
companies.
"""

from collections.abc import Mapping
from typing import Any

from candidatures.catalogue.champs import Champ, ChampKind, Value, VoletSpec
from comptes.catalogue.countries import FRANCE
from comptes.rules.companies import Company, read_company
from comptes.rules.readings import NotANumber

IMMATRICULATION, SIREN = "immatriculation", "siren"
# The champs of a formulaire that is no longer asked, whose answers are still read.
FORMERLY = ("entreprise_siren",)
# The lists whose lines name a company, and the column that holds its name.
NAMES = {"groupement": "raison_sociale", "distributeurs": "raison_sociale", "additionnels": "editeur"}


def company_in(value: Value) -> Company | None:
    """Return the company that an answer names: a country with a number, or a SIREN alone; None without a value."""
    if not value:
        return None
    return Company(FRANCE, value) if isinstance(value, str) else Company(value["pays"], value["identifiant"])


def company_of_line(line: Mapping[str, Value]) -> Company | None:
    """Return the company of a line of a list."""
    return company_in(line.get(IMMATRICULATION) or line.get(SIREN))


def company_of_answers(answers: Mapping[str, Value]) -> Company | None:
    """Return the company that a volet declares as the éditeur."""
    return company_in(answers.get("entreprise_immatriculation") or answers.get("entreprise_siren"))


def value_of(company: Company) -> dict[str, str]:
    """Write a company as an answer."""
    return {"pays": company.country, "identifiant": company.identifier}


def cited(company: Company | None) -> dict[str, Any]:
    """Write a company as frozen data cite it: a French one by its SIREN, as they always did."""
    if company is None or company.country == FRANCE:
        return {SIREN: company.identifier if company else ""}
    return {IMMATRICULATION: value_of(company)}


def designation(data: Mapping[str, Any]) -> str:
    """Say what designates a company that frozen data cite: `SIREN 732 829 320`; empty when they name none."""
    company = company_of_line(data)
    return company.known_as if company else ""


def named(spec: VoletSpec, answers: Mapping[str, Value]) -> list[dict[str, Any]]:
    """Return the companies that the answers to a volet name, each with its part in it, as frozen data cite them."""
    own = company_of_answers(answers)
    declared = {"titre": "Éditeur", "raison_sociale": answers.get("entreprise_raison_sociale") or ""}
    lines = [
        {"titre": champ.label, "raison_sociale": line.get(NAMES[code]) or "", **cited(company_of_line(line))}
        for code, champ in spec.by_code.items()
        if code in NAMES
        for line in (answers.get(code) or {}).get("lignes") or ()
    ]
    return [*([declared | cited(own)] if own else []), *lines]


def note_on(champ: Champ, typed: Any) -> str:
    """Say what was typed in the place of a company's number, such as a SIRET; empty when nothing is to be said."""
    if champ.kind is ChampKind.LIST:
        lines = enumerate((typed or {}).get("lignes", []), start=1)
        notes = [(number, note_on(column, line.get(column.code))) for number, line in lines for column in champ.columns]
        return " ".join(f"Ligne {number}. {note}" for number, note in notes if note)
    if champ.kind is not ChampKind.COMPANY or not typed:
        return ""
    try:
        return read_company(typed["pays"], typed["identifiant"])[1]
    except NotANumber:
        return ""


def brought_up(answers: Mapping[str, Value], asked: Mapping[str, Champ]) -> dict[str, Value]:
    """Return the answers to a formulaire that asked for a SIREN as one that asks for a country would have had them."""
    company = company_of_answers(answers)
    own = {"entreprise_immatriculation": value_of(company)} if company and "entreprise_immatriculation" in asked else {}
    lists = {
        code: {**answers[code], "lignes": [_line_brought_up(line) for line in answers[code]["lignes"]]}
        for code, champ in asked.items()
        if any(column.code == IMMATRICULATION for column in champ.columns) and (answers.get(code) or {}).get("lignes")
    }
    return {code: value for code, value in {**answers, **own, **lists}.items() if code in asked}


def _line_brought_up(line: Mapping[str, Value]) -> dict[str, Value]:
    company = company_of_line(line)
    return {**line, IMMATRICULATION: value_of(company)} if company else dict(line)
