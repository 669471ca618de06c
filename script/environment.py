"""Make `.venv` from the hashed requirements, and name the system packages that are missing.

`python3 script/environment.py demo|dev` does it alone. Standard library only, and a syntax that an older Python can
still read, so that it can say that it is too old.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"demo": ROOT / "requirements-demo.txt", "dev": ROOT / "requirements-dev.txt"}


class Missing(Exception):
    """Something must be installed first; the message holds the exact command."""


def _module(name: str):
    return lambda: importlib.util.find_spec(name) is not None


def _program(variable: str, *names: str):
    """Look for a program, whose path the environment may give in `variable`."""
    return lambda: bool(os.environ.get(variable) or any(map(shutil.which, names)))


def _library(soname: str):
    def found() -> bool:
        try:
            ctypes.CDLL(soname)
        except OSError:
            return False
        return True

    return found


# (Debian package, how it is recognised, for which environments)
SYSTEM = (
    ("python3-venv", _module("ensurepip"), {"demo", "dev"}),
    ("chromium", _program("CHROMIUM", "chromium", "chromium-browser"), {"dev"}),
    ("nginx-light", _program("NGINX", "nginx", "/usr/sbin/nginx"), {"dev"}),
    ("clamav-daemon", _program("CLAMD", "clamd", "/usr/sbin/clamd"), {"production"}),
)


def ensure_system(kind: str) -> None:
    """Install what the machine lacks when root.

    :raises Missing: with the exact command, for anyone else.
    """
    missing = [package for package, found, kinds in SYSTEM if kind in kinds and not found()]
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    sentence = f"Missing on this machine: {', '.join(missing)}."
    if os.geteuid() != 0:
        raise Missing(f"{sentence} Type:\n    sudo apt-get update && sudo {' '.join(command)}")
    if shutil.which("apt-get") is None:
        raise Missing(f"{sentence} There is no apt-get here: install it your way.")
    print(f"{sentence} Installing with apt-get…", flush=True)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    quiet["env"] = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(command, check=False, stderr=subprocess.DEVNULL, **quiet).returncode:
        subprocess.run(["apt-get", "update"], check=False, **quiet)
        if subprocess.run(command, check=False, **quiet).returncode:
            raise Missing(f"{sentence} This failed:\n    {' '.join(command)}")
    importlib.invalidate_caches()
    still = [package for package, found, _ in SYSTEM if package in missing and not found()]
    if still:
        raise Missing(f"{', '.join(still)}: installed, and still not found.")


def ensure(kind: str) -> Path:
    """Bring `.venv` to what the lock says, only when the lock or the Python changed, and give its interpreter.

    :raises Missing: when this Python is too old or something must be installed.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 -- this file is read before anything is known of the machine
        raise Missing(f"Python 3.11 or later is needed; this is {sys.version.split()[0]} ({sys.executable}).")
    ensure_system(kind)
    lock = LOCKS[kind]
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # two commands at once: the second waits, then finds it done
        if _is_current(kind):
            return PYTHON
        print(f"Installing {lock.name} in {VENV.name}…", flush=True)
        if not _works():
            if VENV.is_symlink():
                raise Missing(
                    f"{VENV} leads to {VENV.resolve()}, which would be emptied: remove the link, and try again."
                )
            subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
        done = subprocess.run(
            [*pip, "install", "--quiet", "--require-hashes", "--requirement", lock],
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            raise Missing(f"pip could not install {lock.name} (see above).")
        _stamp(kind).write_text(_fingerprint(kind))
    return PYTHON


def _works() -> bool:
    """A virtual environment dies when its Python is upgraded under it, or when its folder moves: scripts name it."""
    pip = VENV / "bin" / "pip"
    if not PYTHON.exists() or not pip.exists() or str(VENV) not in pip.read_text()[:500]:
        return False
    ask = "import sys; print(sys.version_info[:2] >= (3, 11))"
    done = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=False)
    return done.stdout.strip() == "True"


def _stamp(kind: str) -> Path:
    return VENV / f".installed-{kind}"


def _fingerprint(kind: str) -> str:
    # The interpreter is part of it, as python3 upgraded from 3.11 to 3.13 sees no package; so is the place.
    return hashlib.sha256(LOCKS[kind].read_bytes() + f"{PYTHON.resolve()} {VENV}".encode()).hexdigest()


def _is_current(kind: str) -> bool:
    """`dev` holds all of `demo`, at the same versions."""
    return PYTHON.exists() and any(
        _stamp(one).exists() and _stamp(one).read_text() == _fingerprint(one) for one in {kind, "dev"}
    )


if __name__ == "__main__":
    try:
        print(ensure(sys.argv[1] if len(sys.argv) > 1 else "dev"))
    except Missing as missing:
        sys.exit(str(missing))
