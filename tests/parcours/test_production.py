"""Production as it is delivered, on this machine: every part of the compose file behind the delivered nginx."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# It has services of its own, not those of the tests.
KEPT = ("PATH", "HOME", "LANG", "PG_BIN", "REDIS_BIN", "NGINX", "CHROMIUM")


@pytest.mark.long(
    "tests/segur_portal/test_deployment.py::test_compose_passes_every_variable_that_settings_read",
    "tests/preuves/test_envois.py::test_long_request_that_is_killed_loses_few_parts",
)
def test_the_operators_first_morning() -> None:
    """It starts, and is walked from the first administrateur to an éditeur at work; nothing of it is left."""
    command = [sys.executable, ROOT / "script" / "production", "--check", "--light"]
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=500, check=False)

    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert "FAILED" not in done.stdout
