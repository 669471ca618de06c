"""Run the stories of `checks` against a portal that is already started."""

from __future__ import annotations

import subprocess

from environment import PYTHON, ROOT

# In order, in one process, until the first failure.
PYTEST = ["-m", "pytest", "checks", "-m", "demonstration", "-p", "no:xdist", "-p", "no:cacheprovider", "-x", "-v"]
# Otherwise pytest escapes the accents of the titles.
AS_WRITTEN = "disable_test_id_escaping_and_forfeit_all_rights_to_community_support=True"


def walk_on(env: dict[str, str], moment: str) -> int:
    """Run the stories that are possible from that moment, at `PORTAL_URL`; return pytest's exit code."""
    argv = [
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
    return subprocess.run(argv, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False).returncode
