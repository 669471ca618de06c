"""What an identity provider says of a person: whether to believe it, and whom it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from . import texts
from .companies import Company, company_of
from .emails import address


@dataclass(frozen=True)
class Expected:
    """What a token must satisfy: its issuer, its audience, its level of assurance.

    :param acr: the levels of assurance that are enough; empty, any is
    :param leeway: how far the provider's clock may be from ours
    :param fresh: the person must have proved who they are no longer ago than this; None does not ask
    """

    issuer: str
    audience: str
    acr: tuple[str, ...] = ()
    leeway: timedelta = timedelta(seconds=60)
    fresh: timedelta | None = None


@dataclass(frozen=True)
class ProvenPerson:
    """A person, as the provider describes them; `email` only when verified; `role` and `company` when given."""

    issuer: str
    subject: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    role: str = ""
    company: Company | None = None
    company_name: str = ""


@dataclass(frozen=True)
class ClaimNames:
    """The provider's names for the claims that no standard defines, and its words for our roles."""

    role: str = "role"
    country: str = "company_country"
    identifier: str = "company_id"
    company_name: str = "company_name"
    roles: tuple[tuple[str, str], ...] = ()


def obstacles_to_believe(claims: Mapping[str, Any], expected: Expected, *, at: datetime) -> tuple[str, ...]:
    """Say why a token, whose signature and nonce hold, is not to be believed (OpenID Connect Core, 3.1.3.7).

    :param at: the machine's own instant, not the portal's: it is compared with the provider's clock
    """
    return (
        *_who_said_it(claims, expected),
        *_when_it_was_said(claims, expected, at),
        *_how_surely(claims, expected, at),
    )


def _who_said_it(claims: Mapping[str, Any], expected: Expected) -> tuple[str, ...]:
    subject = claims.get("sub")
    if claims.get("iss") != expected.issuer:
        return ("Cette identité vient d’un autre fournisseur d’identité.",)
    if not _is_for(claims, expected.audience):
        return ("Cette identité a été délivrée à un autre service que le portail.",)
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        return ("Cette identité ne désigne aucune personne.",)
    return ()


def _is_for(claims: Mapping[str, Any], audience: str) -> bool:
    claimed = claims.get("aud")
    audiences = claimed if isinstance(claimed, list) else [claimed]
    authorized = claims.get("azp", audience if len(audiences) == 1 else None)
    return audience in audiences and authorized == audience


def _when_it_was_said(claims: Mapping[str, Any], expected: Expected, at: datetime) -> tuple[str, ...]:
    issued, expires = _instant(claims.get("iat")), _instant(claims.get("exp"))
    begins = _instant(claims["nbf"]) if "nbf" in claims else issued
    if issued is None or expires is None or begins is None:
        return ("La date de délivrance de cette identité manque.",)
    if max(issued, begins) > at + expected.leeway:
        return (
            "L’heure du fournisseur d’identité est en avance sur celle du portail. Recommencez dans quelques minutes.",
        )
    if expires <= at - expected.leeway:
        return ("Cette identité a expiré.",)
    return ()


def _how_surely(claims: Mapping[str, Any], expected: Expected, at: datetime) -> tuple[str, ...]:
    if expected.acr and claims.get("acr") not in expected.acr:
        return ("Cette identité n’a pas été vérifiée avec le niveau de sécurité demandé.",)
    if expected.fresh is not None:
        proved = _instant(claims.get("auth_time"))
        if proved is None or proved < at - expected.fresh - expected.leeway:
            return ("Le fournisseur d’identité n’a pas vérifié de nouveau votre identité.",)
    return ()


def _instant(claim: Any) -> datetime | None:
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def person_of(claims: Mapping[str, Any], names: ClaimNames) -> ProvenPerson:
    """Read the person from verified claims; a claim that cannot be read counts as absent."""
    return ProvenPerson(
        issuer=claims["iss"],
        subject=claims["sub"],
        email=_email(claims),
        first_name=_name(claims.get("given_name")),
        last_name=_name(claims.get("family_name")),
        role=dict(names.roles).get(_line(claims.get(names.role), 80).lower(), ""),
        company=company_of(claims.get(names.country), claims.get(names.identifier)),
        company_name=_line(claims.get(names.company_name), 200),
    )


def _email(claims: Mapping[str, Any]) -> str:
    """Return the address that the provider verified; empty when it is none."""
    if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
        return ""
    try:
        return address(claims["email"])
    except texts.NotAText:
        return ""


def _name(claim: Any) -> str:
    """Return a name that the person need only read again; empty when they must type it."""
    try:
        return texts.name(_line(claim, 80))
    except texts.NotAText:
        return ""


def _line(claim: Any, longest: int) -> str:
    """Return the claim as one printable line, cut to `longest`; empty when it is no text."""
    if not isinstance(claim, str):
        return ""
    return texts.line(claim)[:longest].rstrip()


def way_in(person: ProvenPerson, *, is_registered: bool) -> str:
    """Say how somebody who is not known yet comes in: `join`, `open`, `ask`; or `none`.

    :param is_registered: whether their company, when they have one, is an éditeur of the portal
    """
    if person.company is None:
        return "ask"
    if is_registered:
        return "join" if person.role else "none"
    return "open" if person.role == "mandataire" else "ask"


def why_no_way_in(person: ProvenPerson, *, is_registered: bool, has_account: bool, provider: str) -> str:
    """Say why somebody who is not known yet cannot come in at all; empty when they can.

    :param has_account: whether an account has their address; only its owner can tie it to this identity
    """
    if not person.email:
        return (
            f"{provider} n’a pas vérifié votre adresse e-mail. Faites-la confirmer auprès de ce service, puis revenez."
        )
    if has_account:
        known = "Votre adresse e-mail a déjà un compte, qui n’est pas relié à cette identité."
        return f"{known} Connectez-vous avec votre mot de passe, puis reliez-la depuis «\u00a0Mon compte\u00a0»."
    if way_in(person, is_registered=is_registered) != "none":
        return ""
    silent = f"Votre identité professionnelle n’indique pas votre rôle dans l’entreprise ({person.company})."
    return f"{silent} Demandez à l’un de ses mandataires de vous inviter."


def obstacles_to_enter(person: ProvenPerson, companies: Sequence[Company], *, is_ans: bool) -> tuple[str, ...]:
    """Say why somebody with an account does not come in: their company is none of their present or past ones.

    :param companies: those of all their rattachements, ended ones too; empty for somebody who never had any
    """
    if is_ans or person.company is None or not companies or person.company in companies:
        return ()
    foreign = f"Votre identité professionnelle désigne une autre entreprise ({person.company}) que la vôtre ici."
    return (f"{foreign} Si vous avez changé d’entreprise, écrivez à l’ANS.",)
