"""Runs a program of ours on a file that may be hostile: apart, without the portal's environment and secrets."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


class NoAnswer(Exception):
    """The process died, said nothing that is understood, or was killed because it took too long."""


def answer_of(program: Path, *arguments: str, seconds: int) -> dict[str, Any]:
    """Run a Python program, and return the JSON object that it prints.

    :raises NoAnswer: when there is none
    """
    argv = [sys.executable, "-I", str(program), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 -- fixed argv, no shell
            argv, env={}, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=True
        )
        return dict(json.loads(done.stdout))
    except (subprocess.SubprocessError, TypeError, ValueError) as error:
        raise NoAnswer(str(error)) from error
