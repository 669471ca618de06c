"""The settings of the sign-in by OpenID Connect: who the provider is, and who the portal is there."""

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
        # The levels of assurance asked for, and accepted; none, any is.
        "acr": env.list("OIDC_ACR", default=[]),
        # What the provider signs with: an asymmetric algorithm, that its published keys verify.
        "algorithm": env.str("OIDC_ALGORITHM", default="RS256"),
        # What it calls the claims that no standard names, and its words for the three roles.
        "claims": {
            "role": env.str("OIDC_CLAIM_ROLE", default="role"),
            "country": env.str("OIDC_CLAIM_COUNTRY", default="company_country"),
            "identifier": env.str("OIDC_CLAIM_IDENTIFIER", default="company_id"),
            "company_name": env.str("OIDC_CLAIM_COMPANY_NAME", default="company_name"),
        },
        "roles": env.dict(
            "OIDC_ROLES", default={"mandataire": "mandataire", "representant": "representant", "salarie": "salarie"}
        ),
        # Who vouches for its certificate, in place of the public authorities.
        "ca": env.str("OIDC_CA", default=""),
        # Seconds: how far its clock may be from ours, and how long one exchange with it may last.
        "leeway": env.int("OIDC_LEEWAY", default=60),
        "timeout": env.float("OIDC_TIMEOUT", default=6.0),
        # Where its pages are, when they are elsewhere than its issuer.
        "origins": env.list("OIDC_ORIGINS", default=[]) or _origin_of(issuer),
    }


def _origin_of(address: str) -> list[str]:
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if address else []
