"""Who the cast is for the local identity provider, and two people whom the portal does not know yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from comptes.enums import Role
from comptes.models import Compte
from comptes.operations.identites import link_identity
from comptes.rules.identity import FRANCE, ProvenPerson
from segur_portal.demo.cast import PERSONAS, CastCompany, Persona


@dataclass(frozen=True)
class FirstArrival:
    """Somebody who will come for the first time."""

    key: str
    first_name: str
    last_name: str
    email: str
    says: str
    company: CastCompany | None = None


ZEPHYR = CastCompany("Zéphyr Santé", "064218373", "8 place du Moulin", "00310", "Beaulieu-le-Val")
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
        "lou-cazenave",
        "Lou",
        "Cazenave",
        "lou.cazenave@brume.example",
        "Son identité ne dit pas pour qui elle agit\u00a0: demande l’inscription de son entreprise.",
    ),
)


def people() -> list[dict[str, Any]]:
    """Return everybody whom the provider knows, as it reads them."""
    return [_of_the_cast(one) for one in PERSONAS] + [_of_an_arrival(one) for one in ARRIVALS]


def link_cast(*, at: datetime) -> int:
    """Tie the accounts of the cast that are there to who they are for the provider; return how many are tied."""
    present = {one.email: one for one in Compte.objects.filter(email__in=[one.email for one in PERSONAS])}
    tied = [(present[one.email], one.key) for one in PERSONAS if one.email in present]
    for compte, key in tied:
        person = ProvenPerson(issuer=settings.OIDC["issuer"], subject=key)
        link_identity(compte_id=compte.pk, person=person, provider=settings.OIDC["name"], opens=True, at=at)
    return len(tied)


def _of_the_cast(one: Persona) -> dict[str, Any]:
    company = _claims_of(one.company, one.seat[0]) if one.company else {}
    return _person(one.key, one.first_name, one.last_name, one.email, f"{one.role}, {one.organisation}", company)


def _of_an_arrival(one: FirstArrival) -> dict[str, Any]:
    company = _claims_of(one.company, Role.MANDATAIRE) if one.company else {}
    return _person(one.key, one.first_name, one.last_name, one.email, f"Première arrivée. {one.says}", company)


def _person(key: str, first: str, last: str, email: str, says: str, company: dict[str, str]) -> dict[str, Any]:
    claims = {"given_name": first, "family_name": last, "email": email, "email_verified": True, **company}
    return {"sub": key, "name": f"{first} {last}", "role": says, "claims": claims}


def _claims_of(company: CastCompany, role: Role) -> dict[str, str]:
    return {
        "role": role.value,
        "company_country": FRANCE,
        "company_id": company.siren,
        "company_name": company.raison_sociale,
    }
