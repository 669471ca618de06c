"""The identity provider of the settings, and the checks on its answers.

mozilla-django-oidc keeps state, nonce and verifier, and checks signature and nonce; what it leaves to others is ours:
the provider's own description, a deadline on each exchange, issuer, audience and instants (docs/decisions/0032).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import urlencode
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.utils import add_state_and_verifier_and_nonce_to_session, generate_code_challenge

from comptes import clock
from comptes.connectors.provider import Patience, Provider, ProviderRefused, ProviderSilent
from comptes.models import Compte
from comptes.rules.identity import ClaimNames, Expected, ProvenPerson, obstacles_to_believe, person_of
from comptes.rules.refusals import Refused

STATES = "oidc_states"  # the library's own key
ID_TOKEN = "oidc_id_token"  # noqa: S105 -- the session key of the token of a sign-in
WAY_BACK = "connexion/retour/"  # where the provider sends people back
PENDING = timedelta(minutes=15)
MOST_PENDING = 10
FRESH = timedelta(minutes=2)


class NotBelieved(Refused):
    """The provider's answer was refused: nobody was signed in."""


@dataclass(frozen=True)
class Proven:
    """A person identified by the provider, and their token, which the provider wants back at the sign-out."""

    person: ProvenPerson
    id_token: str


def is_set() -> bool:
    return bool(settings.OIDC["issuer"])


def name() -> str:
    return str(settings.OIDC["name"])


def knows(compte: Compte) -> bool:
    """Say whether this account is tied to an identity of this provider."""
    return is_set() and compte.identites.filter(issuer=settings.OIDC["issuer"]).exists()


def return_address() -> str:
    return f"{settings.PORTAL_URL}{reverse('comptes:openid_return')}"


def provider() -> Provider:
    oidc = settings.OIDC
    return _provider(oidc["issuer"], oidc["client_id"], oidc["secret"], oidc["ca"], oidc["timeout"])


@lru_cache(maxsize=4)
def _provider(issuer: str, client_id: str, secret: str, ca_file: str, timeout: float) -> Provider:
    """One for each process: it caches the provider's endpoints, and counts the threads that wait for it."""
    patience = Patience(total=timeout)
    return Provider(issuer=issuer, client_id=client_id, secret=secret, ca_file=ca_file, patience=patience)


def ask(request: HttpRequest, *, again: bool) -> tuple[str, str]:
    """Return the state of a new sign-in, kept in the session, and the page of the provider where it goes on.

    :param again: the person must prove who they are, even if the provider remembers them
    :raises NotBelieved: when the provider does not answer
    """
    try:
        doors = provider().doors()
    except (ProviderSilent, ProviderRefused) as error:
        raise NotBelieved(_silence()) from error
    state, verifier = get_random_string(32), get_random_string(64)
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC["client_id"],
        "redirect_uri": return_address(),
        "scope": settings.OIDC["scopes"],
        "state": state,
        "nonce": get_random_string(32),
        "code_challenge": generate_code_challenge(verifier, "S256"),
        "code_challenge_method": "S256",
    }
    if settings.OIDC["acr"]:
        asked["acr_values"] = " ".join(settings.OIDC["acr"])
    if again:
        asked |= {"prompt": "login", "max_age": "0"}
    _forget_old_states(request)
    add_state_and_verifier_and_nonce_to_session(request, state, asked, verifier)
    request.session.modified = True
    mark = "&" if "?" in doors.authorization else "?"
    return state, f"{doors.authorization}{mark}{urlencode(asked)}"


def _forget_old_states(request: HttpRequest) -> None:
    pending = request.session.get(STATES)
    pending = pending if isinstance(pending, dict) else {}
    since = (clock.machine_now() - PENDING).timestamp()
    kept = sorted((item for item in pending.items() if item[1]["added_on"] >= since), key=lambda i: i[1]["added_on"])
    request.session[STATES] = dict(kept[-MOST_PENDING:])


def take_state(request: HttpRequest, state: str) -> Mapping[str, Any] | None:
    """Return what was kept with a state, and forget it at once, so that it serves once; None when it is not ours."""
    _forget_old_states(request)
    kept = request.session[STATES].pop(state, None)
    request.session.save()
    return kept


def prove(*, code: str, kept: Mapping[str, Any], again: bool) -> Proven:
    """Exchange a code for the person and their token. Slow: no transaction, no lock is held meanwhile.

    :param kept: the nonce and the verifier that went with the state
    :raises NotBelieved: with the reason
    """
    try:
        token = provider().exchange(code=code, verifier=kept["code_verifier"], redirect_uri=return_address())
        claims = _Signature(provider()).verify_token(token, nonce=kept["nonce"])
    except ProviderSilent as error:
        raise NotBelieved(_silence()) from error
    except ProviderRefused as error:
        raise NotBelieved(f"{name()} a refusé cette connexion\u00a0: elle a déjà servi, ou a expiré.") from error
    except (jwt.PyJWTError, SuspiciousOperation, KeyError, TypeError, ValueError) as error:
        raise NotBelieved(
            "La signature de cette identité est incorrecte, ou elle répond à une autre demande."
        ) from error
    if not isinstance(claims, dict) or not claims.get("nonce"):
        raise NotBelieved("Cette identité répond à une autre demande que la vôtre.")
    if reasons := obstacles_to_believe(claims, _expected(again=again), at=clock.machine_now()):
        raise NotBelieved(" ".join(reasons))
    return Proven(person_of(claims, claim_names()), token)


def _expected(*, again: bool) -> Expected:
    oidc = settings.OIDC
    return Expected(
        issuer=oidc["issuer"],
        audience=oidc["client_id"],
        acr=tuple(oidc["acr"]),
        leeway=timedelta(seconds=oidc["leeway"]),
        fresh=FRESH if again else None,
    )


def claim_names() -> ClaimNames:
    return ClaimNames(**settings.OIDC["claims"], roles=tuple(settings.OIDC["roles"].items()))


def _silence() -> str:
    return f"{name()} ne répond pas. Aucune session n’a été ouverte. Réessayez dans quelques minutes."


def page_after_sign_out(request: HttpRequest) -> str:
    """Return the provider's page that ends its own session too; empty when it has none to end, or does not answer."""
    id_token = request.session.get(ID_TOKEN, "")
    if not id_token or not is_set():
        return ""
    try:
        door = provider().doors().end_session
    except (ProviderSilent, ProviderRefused):
        return ""
    params = {"id_token_hint": id_token, "client_id": settings.OIDC["client_id"]}
    params["post_logout_redirect_uri"] = f"{settings.PORTAL_URL}{reverse('home')}"
    mark = "&" if "?" in door else "?"
    return f"{door}{mark}{urlencode(params)}" if door else ""


class _Signature(OIDCAuthenticationBackend):
    """The library's checks of a token: its algorithm, its signature, its nonce."""

    def __init__(self, asked: Provider) -> None:
        self._asked = asked
        super().__init__()

    def get_settings(self, attr: str, *args: Any) -> Any:
        known = {
            "OIDC_OP_TOKEN_ENDPOINT": "",
            "OIDC_OP_USER_ENDPOINT": "",
            "OIDC_OP_JWKS_ENDPOINT": "the provider says where",
            "OIDC_RP_CLIENT_ID": settings.OIDC["client_id"],
            "OIDC_RP_CLIENT_SECRET": settings.OIDC["secret"],
            "OIDC_RP_SIGN_ALGO": settings.OIDC["algorithm"],
        }
        return known[attr] if attr in known else args[0]

    def retrieve_matching_jwk(self, token: str) -> jwt.PyJWK:
        header = jwt.get_unverified_header(token)
        return jwt.PyJWK(self._asked.key(header["kid"]), algorithm=settings.OIDC["algorithm"])

    def _verify_jws(self, payload: str, key: Any) -> Any:
        """Check algorithm and signature; instants are for the rule, which knows how far two clocks may be."""
        if jwt.get_unverified_header(payload)["alg"] != self.OIDC_RP_SIGN_ALGO:
            raise SuspiciousOperation("The token is signed with another algorithm.")
        unchecked: Any = {f"verify_{claim}": False for claim in ("aud", "exp", "iat", "nbf", "iss", "sub")}
        return jwt.decode(payload, key, algorithms=[self.OIDC_RP_SIGN_ALGO], options=unchecked)
