"""The identities that the local provider serves: the cast, and three people whom the portal does not know yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from comptes.enums import Role
from comptes.models import Compte
from comptes.operations.identites import link_identity
from comptes.rules.identity import ProvenPerson
from segur_portal.demo.cast import PERSONAS, CastCompany, Persona


@dataclass(frozen=True)
class FirstArrival:
    """A person whom the provider knows and the portal does not.

    :param company: the company for which the provider says that they act, if it says
    """

    key: str
    first_name: str
    last_name: str
    email: str
    says: str
    company: CastCompany | None = None


ZEPHYR = CastCompany("Zéphyr Santé", "064218373", "8 place du Moulin", "00310", "Beaulieu-le-Val")
BISE = CastCompany("Bise Santé", "0019283796", "5 rue des Carillons", "0010", "Bruyères-sur-Lys", "BE")
ARRIVALS = (
    FirstArrival(
        "yanis-brunel",
        "Yanis",
        "Brunel",
        "yanis.brunel@zephyr.example",
        "Mandataire de Zéphyr Santé, que personne n’a inscrite\u00a0: l’ouvre lui-même.",
        ZEPHYR,
    ),
    FirstArrival(
        "mathilde-claes",
        "Mathilde",
        "Claes",
        "mathilde.claes@bise.example",
        "Mandataire de Bise Santé, une entreprise belge que personne n’a inscrite\u00a0: l’ouvre elle-même.",
        BISE,
    ),
    FirstArrival(
        "lou-cazenave",
        "Lou",
        "Cazenave",
        "lou.cazenave@brume.example",
        "Son identité ne dit pas pour qui elle agit\u00a0: demande l’inscription de son entreprise.",
    ),
)


def people() -> list[dict[str, Any]]:
    """Return everybody whom the provider knows, in the shape that `fournisseur` reads."""
    return [_of_the_cast(person) for person in PERSONAS] + [_of_an_arrival(person) for person in ARRIVALS]


def link_cast(*, at: datetime) -> int:
    """Link the accounts of the cast that exist to their identity at the provider; return how many are linked."""
    emails = [persona.email for persona in PERSONAS]
    present = {compte.email: compte for compte in Compte.objects.filter(email__in=emails)}
    linked = [(present[persona.email], persona.key) for persona in PERSONAS if persona.email in present]
    for compte, key in linked:
        person = ProvenPerson(issuer=settings.OIDC["issuer"], subject=key)
        link_identity(compte_id=compte.pk, person=person, provider=settings.OIDC["name"], opens=True, at=at)
    return len(linked)


def _of_the_cast(persona: Persona) -> dict[str, Any]:
    company = _claims_of(persona.company, persona.seat[0]) if persona.company else {}
    return _person(
        persona.key,
        persona.first_name,
        persona.last_name,
        persona.email,
        f"{persona.role}, {persona.organisation}",
        company,
    )


def _of_an_arrival(arrival: FirstArrival) -> dict[str, Any]:
    company = _claims_of(arrival.company, Role.MANDATAIRE) if arrival.company else {}
    return _person(
        arrival.key, arrival.first_name, arrival.last_name, arrival.email, f"Première arrivée. {arrival.says}", company
    )


def _person(key: str, first: str, last: str, email: str, says: str, company: dict[str, str]) -> dict[str, Any]:
    claims = {"given_name": first, "family_name": last, "email": email, "email_verified": True, **company}
    return {"sub": key, "name": f"{first} {last}", "role": says, "claims": claims}


def _claims_of(company: CastCompany, role: Role) -> dict[str, str]:
    return {
        "role": role.value,
        "company_country": company.country,
        "company_id": company.identifier,
        "company_name": company.raison_sociale,
    }
