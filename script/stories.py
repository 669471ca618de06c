"""Walk through a portal that answers, as people without JavaScript would: the stories of `checks`, run by pytest."""

from __future__ import annotations

import subprocess

from environment import PYTHON, ROOT

# In order, in one process, until the first that fails.
PYTEST = ["-m", "pytest", "checks", "-m", "demonstration", "-p", "no:xdist", "-p", "no:cacheprovider", "-x", "-v"]
# Titles with accents, as they are written.
AS_WRITTEN = "disable_test_id_escaping_and_forfeit_all_rights_to_community_support=True"


def walk_on(env: dict[str, str], moment: str) -> int:
    """Walk from that moment of the story on, at `PORTAL_URL`; 0 when all holds."""
    words = [
        PYTHON,
        *PYTEST,
        "-o",
        AS_WRITTEN,
        "--tb",
        "short",
        "--no-header",
        "--portal",
        env["PORTAL_URL"],
        "--moment",
        moment,
    ]
    return subprocess.run(words, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False).returncode
