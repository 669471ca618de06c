"""The local identity provider, as the demonstration runs it, and a browser that goes through it.

It requires PKCE and a nonce; `lie` makes it falsify its answers, which a real provider never does.
"""

import json
import re
import ssl
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.test import Client

CLIENT, SECRET = "portail-segur", "secret-des-tests"
START, RETURN = "/connexion/fournisseur/", "/connexion/retour/"
# The provider speaks plain HTTP here: to read the machine's hundred authorities takes longer than to sign in.
NO_AUTHORITY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
COMPANY = {"company_country": "FR", "company_id": "732829320", "company_name": "Alizé Informatique"}


def somebody(sub: str, **claims: Any) -> dict[str, Any]:
    """A person of the provider, with an address and a name unless `claims` says otherwise."""
    claimed = {
        "email": f"{sub}@alize.example",
        "email_verified": True,
        "given_name": "Paule",
        "family_name": sub.capitalize(),
        **claims,
    }
    return {"sub": sub, "name": sub, "role": "", "claims": claimed}


MANDATAIRE = somebody("mandataire", role="mandataire", **COMPANY)
PEOPLE = [
    MANDATAIRE,
    somebody("representant", role="representant", **COMPANY),
    somebody("salarie", role="salarie", **COMPANY),
    somebody("seule"),
    somebody("belge", role="mandataire", company_country="BE", company_id="0403170701", company_name="Bise"),
    somebody("fausse", role="mandataire", company_country="FR", company_id="732829321", company_name="Faux"),
    somebody("muette", email_verified=False, role="mandataire", **COMPANY),
]


class LocalProvider:
    """A running provider. `issuer` names it; `lie` lasts until `tell_truth`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.issuer = f"http://127.0.0.1:{port}/o"

    def lie(self, **lies: Any) -> None:
        (self.folder / "lies.json").write_text(json.dumps(lies))

    def lie_about(self, **claims: Any) -> None:
        self.lie(claims=claims)

    def swap_payload(self, **claims: Any) -> None:
        body = urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        self.lie(payload=body)

    def tell_truth(self) -> None:
        self.lie()

    def settings(self, **changes: Any) -> dict[str, Any]:
        return {**settings.OIDC, "issuer": self.issuer, "client_id": CLIENT, "secret": SECRET, **changes}


@contextmanager
def served(folder: Path, *, portals: tuple[str, ...] = ("http://testserver",)) -> Iterator[LocalProvider]:
    """Run the provider in another process, for portals at these addresses."""
    (folder / "people.json").write_text(json.dumps(PEOPLE))
    argv = [sys.executable, "-m", "fournisseur", "--folder", folder / "state", "--people", folder / "people.json"]
    argv += ["--lies", folder / "lies.json", "--client", CLIENT, "--secret", SECRET]
    for portal in portals:
        argv += ["--redirect", f"{portal}{RETURN}", "--after", f"{portal}/"]
    with (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(
            [str(argument) for argument in argv], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=errors
        )
    try:
        printed = process.stdout.readline().decode().split() if process.stdout else []
        assert printed[:1] == ["listening"], (folder / "errors").read_text()
        yield LocalProvider(folder, int(printed[1]))
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


class Walker:
    """A browser that visits the portal by Django's client and the provider by HTTP, and keeps both sessions."""

    def __init__(self, portal: Client | None = None) -> None:
        self.portal = portal or Client()
        self.elsewhere = httpx.Client(trust_env=False, verify=NO_AUTHORITY)

    def set_off(self, **posted: str) -> str:
        """Go from the portal to the provider; return the provider's page."""
        answer = self.portal.post(START, posted)
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])

    def go_through(self, page: str, sub: str) -> str:
        """Sign in at the provider; return the portal's address to which it redirects."""
        answer = self.elsewhere.get(page)
        while answer.is_redirect and not _is_ours(answer.headers["Location"]):
            answer = self.elsewhere.get(answer.url.join(answer.headers["Location"]))
            if not answer.is_redirect and "csrfmiddlewaretoken" in answer.text:
                answer = self._choose(answer, sub)
        assert answer.is_redirect, f"{answer.status_code} {answer.text[:300]}"
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"

    def _choose(self, page: httpx.Response, sub: str) -> httpx.Response:
        fields = dict(re.findall(r'name="(csrfmiddlewaretoken|next)" value="([^"]*)"', page.text))
        fields["next"] = fields["next"].replace("&amp;", "&")
        return self.elsewhere.post(page.url, data=fields | {"sub": sub})

    def come(self, sub: str, **posted: str) -> Any:
        """Go to the provider and back; return the portal's last answer."""
        return self.portal.get(self.go_through(self.set_off(**posted), sub))


def _is_ours(address: str) -> bool:
    return RETURN in address
