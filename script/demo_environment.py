"""The settings of the demonstration: its folders and secrets, its simulated desks, its identity provider.

Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from pathlib import Path

from environment import ROOT
from ground import free_port

# Nobody: the demonstration's own. Telephones of that range are given to nobody.
RUN_BY = {
    "PUBLISHER_NAME": "L’équipe de la démonstration",
    "PUBLISHER_ADDRESS": "1 rue de l’Exemple, 75000 Paris",
    "PUBLISHER_PHONE": "01 99 00 12 34",
    "PUBLISHER_DIRECTOR": "Dominique Exemple",
    "HOST_NAME": "Hébergement d’exemple",
    "HOST_ADDRESS": "2 rue de l’Exemple, 69000 Lyon",
    "HOST_PHONE": "01 99 00 56 78",
    "SUPPORT_CONTACT": "support@portail-segur.example",
    "DPO_CONTACT": "donnees@portail-segur.example",
}


def demo_environment(folder: Path, services: dict[str, str], port: int) -> dict[str, str]:
    """Return the environment of the demonstration: that of a deployment, with its own folders and DEMO on."""
    return {
        **os.environ,
        **services,
        "DJANGO_SETTINGS_MODULE": "segur_portal.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "DEMO": "1",
        "DEBUG": "0",
        "SECRET_KEY": _secret_key(folder / "secret_key"),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PORTAL_URL": f"http://127.0.0.1:{port}",
        "MEDIA_ROOT": _own(folder / "media"),
        "MAIL_ROOT": _own(folder / "mails"),
        "STATIC_ROOT": _own(folder / "static"),
        "SIGNATURE_PKCS12": str(folder / "sceau.p12"),
        "SIGNATURE_PASSWORD": _secret_key(folder / "sceau_password"),
        # Named by their hash as in a deployment, but not compressed: 1 s instead of 13, and the wire is a loopback.
        "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
        **RUN_BY,
        **desks(free_port()),
        **provider(folder),
    }


def desks(port: int) -> dict[str, str]:
    """Return the addresses of the simulated desks and the portal's tokens there, which are those of their scenario.

    The EDC PSC has none: in the demonstration, captures of its space are recorded, and confirmed by the ANS.
    """
    named = {}
    for name, path in (("cnda", "cnda"), ("gazelle", "gazelle")):
        named[f"GUICHET_{name}_URL".upper()] = f"http://127.0.0.1:{port}/{path}"
        named[f"GUICHET_{name}_HOSTS".upper()] = f"127.0.0.1:{port}"
        named[f"GUICHET_{name}_TOKEN".upper()] = f"demonstration-{path}"
    return named


def provider(folder: Path) -> dict[str, str]:
    """Return the address of the local identity provider. Identities depend on it: its port is kept while it is free."""
    kept = folder / "provider_port"
    port = int(kept.read_text()) if kept.exists() else free_port()
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            port = free_port()
    kept.write_text(str(port))
    return {
        "OIDC_ISSUER": f"http://127.0.0.1:{port}/o",
        "OIDC_CLIENT_ID": "portail-segur",
        "OIDC_CLIENT_SECRET": _secret_key(folder / "oidc_secret"),
    }


def _own(folder: Path) -> str:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return str(folder)


def _secret_key(path: Path) -> str:
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))  # which no command line takes for an option
    return path.read_text()


def desks_port(env: dict[str, str]) -> str:
    return env["GUICHET_CNDA_HOSTS"].partition(":")[2]


def provider_port(env: dict[str, str]) -> int:
    return int(env["OIDC_ISSUER"].split(":")[2].partition("/")[0])
