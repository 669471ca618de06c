"""The seal of a machine that has none of its own."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from referencement.connectors.signature import Embedded, SignatureFailed


def test_seal_is_made_once_and_opens_with_its_password(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "sceau.p12"
    settings.SIGNATURE = {"pkcs12": str(path), "password": "ouvre-toi"}

    call_command("make_seal", verbosity=0)
    first = path.read_bytes()
    call_command("make_seal", verbosity=0)

    assert path.read_bytes() == first
    assert path.stat().st_mode & 0o777 == 0o600
    Embedded(first, "ouvre-toi")
    with pytest.raises(SignatureFailed, match="does not open"):
        Embedded(first, "autre")


def test_seal_needs_a_place(settings: Settings) -> None:
    settings.SIGNATURE = {"pkcs12": "", "password": ""}

    with pytest.raises(CommandError, match="SIGNATURE_PKCS12"):
        call_command("make_seal")
