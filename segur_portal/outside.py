"""Reads from the environment the outside systems that the portal uses, for `settings.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import environ

GUICHET_VARIABLES = ("url", "hosts", "token", "certificate", "key", "ca")


def folder(path: str) -> dict[str, Any]:
    """Return the settings of a storage on disk that only the portal's user can read."""
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": path, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    }


def bucket(env: environ.Env, name: str) -> dict[str, Any]:
    """Return the settings of a storage in an S3 bucket: 3 s to connect, 8 s for each read, one retry."""
    from botocore.config import Config  # importing it takes 0.2 s: only with a bucket

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
            "client_config": Config(connect_timeout=3, read_timeout=8, retries=retries, signature_version="s3v4"),
        },
    }


def bucket_origins(env: environ.Env, name: str) -> list[str]:
    """Return where browsers send the parts of a file; the bucket's name stands in the path or before the host."""
    endpoint, region = env.str("PIECES_ENDPOINT", default=""), env.str("PIECES_REGION", default="") or "us-east-1"
    parts = urlsplit(endpoint or f"https://s3.{region}.amazonaws.com")
    return [f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{name}.{parts.netloc}"]


def guichets(env: environ.Env, codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the address of each desk and the portal's credentials there, by code; without a URL, it is not asked."""
    return {
        code: {name: env.str(f"GUICHET_{code}_{name}".upper(), default="") for name in GUICHET_VARIABLES}
        for code in codes
    }


def signature(env: environ.Env) -> dict[str, str]:
    """Return the settings of signatures: the portal's seal, a PKCS#12 file and its password, and a provider.

    Without a seal, nothing is signed. When a provider is named, éditeurs sign there; its events bear `event_token`.
    """
    return {
        "pkcs12": env.str("SIGNATURE_PKCS12", default=""),
        "password": env.str("SIGNATURE_PASSWORD", default=""),
        "provider_url": env.str("SIGNATURE_PROVIDER_URL", default=""),
        "provider_token": env.str("SIGNATURE_PROVIDER_TOKEN", default=""),
        "event_token": env.str("SIGNATURE_EVENT_TOKEN", default=""),
    }
