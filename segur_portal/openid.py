"""The settings of the sign-in by OpenID Connect: the provider, and the portal as its client."""

from typing import Any
from urllib.parse import urlsplit

import environ


def provider(env: environ.Env) -> dict[str, Any]:
    issuer = env.str("OIDC_ISSUER", default="")
    return {
        "name": env.str("OIDC_NAME", default="Industriels Santé Connect"),
        "issuer": issuer,
        "client_id": env.str("OIDC_CLIENT_ID", default="portail-segur"),
        "secret": env.str("OIDC_CLIENT_SECRET", default=""),
        "scopes": env.str("OIDC_SCOPES", default="openid email profile"),
        # The levels of assurance asked for and accepted; when the list is empty, any is accepted.
        "acr": env.list("OIDC_ACR", default=[]),
        # The algorithm of the provider's signatures: asymmetric, checked with the keys that it publishes.
        "algorithm": env.str("OIDC_ALGORITHM", default="RS256"),
        # The provider's names for the claims that no standard defines, and its values for the three roles.
        "claims": {
            "role": env.str("OIDC_CLAIM_ROLE", default="role"),
            "country": env.str("OIDC_CLAIM_COUNTRY", default="company_country"),
            "identifier": env.str("OIDC_CLAIM_IDENTIFIER", default="company_id"),
            "company_name": env.str("OIDC_CLAIM_COMPANY_NAME", default="company_name"),
        },
        "roles": env.dict(
            "OIDC_ROLES", default={"mandataire": "mandataire", "representant": "representant", "salarie": "salarie"}
        ),
        # A PEM file of authorities that vouch for its certificate, in place of the public ones.
        "ca": env.str("OIDC_CA", default=""),
        # Seconds: how far its clock may be from ours, and how long one exchange with it may last.
        "leeway": env.int("OIDC_LEEWAY", default=60),
        "timeout": env.float("OIDC_TIMEOUT", default=6.0),
        # The origins of its pages, when they are not that of its issuer.
        "origins": env.list("OIDC_ORIGINS", default=[]) or _origin_of(issuer),
    }


def _origin_of(address: str) -> list[str]:
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if address else []
