"""The systems that the portal speaks to, as the environment names them; `settings.py` holds what is read here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import environ

GUICHET_VARIABLES = ("url", "hosts", "token", "certificate", "key", "ca")


def folder(path: str) -> dict[str, Any]:
    """A storage on disk, readable by the portal alone."""
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": path, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    }


def bucket(env: environ.Env, name: str) -> dict[str, Any]:
    """A storage in a bucket: three seconds to be reached, eight for each exchange, one more try."""
    from botocore.config import Config  # takes 0.2 s, for those alone who have a bucket

    retries: Any = {"mode": "standard", "total_max_attempts": 2}
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": name,
            "endpoint_url": env.str("PIECES_ENDPOINT", default="") or None,
            "region_name": env.str("PIECES_REGION", default="") or None,
            "access_key": env.str("PIECES_ACCESS_KEY", default="") or None,
            "secret_key": env.str("PIECES_SECRET_KEY", default="") or None,
            "default_acl": None,
            "querystring_auth": True,
            "file_overwrite": False,
            "client_config": Config(connect_timeout=3, read_timeout=8, retries=retries),
        },
    }


def guichets(env: environ.Env, codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Where each desk is, and who the portal is for it, by code; one without a URL is not asked."""
    return {
        code: {name: env.str(f"GUICHET_{code}_{name}".upper(), default="") for name in GUICHET_VARIABLES}
        for code in codes
    }


def signature(env: environ.Env) -> dict[str, str]:
    """The seal with which the portal signs, a PKCS#12 file and its password: without one, nothing is signed.

    A provider, when one is named, signs for the éditeur in place of the portal; it announces with `event_token`.
    """
    return {
        "pkcs12": env.str("SIGNATURE_PKCS12", default=""),
        "password": env.str("SIGNATURE_PASSWORD", default=""),
        "provider_url": env.str("SIGNATURE_PROVIDER_URL", default=""),
        "provider_token": env.str("SIGNATURE_PROVIDER_TOKEN", default=""),
        "event_token": env.str("SIGNATURE_EVENT_TOKEN", default=""),
    }
