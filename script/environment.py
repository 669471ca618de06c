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
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# What processes apart load of the files that they open: they may write nothing, not even what Python compiled.
APART = ("av", "PIL.Image", "pillow_heif", "pypdfium2", "pyhanko.sign.validation")
LOCKS = {"demo": ROOT / "requirements-demo.txt", "dev": ROOT / "requirements-dev.txt"}


class Missing(Exception):
    """Something must be installed first; the message holds the exact command."""


def _module(name: str):
    return lambda: importlib.util.find_spec(name) is not None


def _program(variable: str, *names: str):
    """Return a test for a program, whose path the environment may give in `variable`."""
    return lambda: bool(os.environ.get(variable) or any(map(shutil.which, names)))


def _library(soname: str):
    def loads() -> bool:
        try:
            ctypes.CDLL(soname)
        except OSError:
            return False
        return True

    return loads


# (Debian package, the test of its presence, the environments that need it)
SYSTEM = (
    ("python3-venv", _module("ensurepip"), {"demo", "dev"}),
    ("chromium", _program("CHROMIUM", "chromium", "chromium-browser"), {"dev"}),
    ("nginx-light", _program("NGINX", "nginx", "/usr/sbin/nginx"), {"dev"}),
    ("tesseract-ocr", _program("TESSERACT", "tesseract"), {"dev"}),
    ("tesseract-ocr-fra", _program("TESSERACT", "tesseract"), {"dev"}),
    ("clamav-daemon", _program("CLAMD", "clamd", "/usr/sbin/clamd"), {"production"}),
)


def ensure_system(kind: str) -> None:
    """Install the Debian packages that are missing, when run as root.

    :raises Missing: with the exact command, for any other user, or when that fails
    """
    missing = [package for package, is_there, kinds in SYSTEM if kind in kinds and not is_there()]
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
    still = [package for package, is_there, _ in SYSTEM if package in missing and not is_there()]
    if still:
        raise Missing(f"{', '.join(still)}: installed, and still not found.")


def ensure(kind: str) -> Path:
    """Install the lock file in `.venv`, only if the lock or the Python changed; return its interpreter.

    :raises Missing: when this Python is too old, or something must be installed
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
        if not _install_at_once(lock) and not _install(lock):
            raise Missing(f"pip could not install {lock.name} (see above).")
        subprocess.run([PYTHON, "-I", "-c", f"import {', '.join(APART)}; PIL.Image.init()"], env={}, check=False)
        _stamp(kind).write_text(_fingerprint(kind))
    return PYTHON


def _install_at_once(lock: Path) -> bool:
    """Install with uv, of the lock of development, which takes many packages at a time.

    False when that fails: pip alone may know the mirror or the certificates of this machine.
    """
    with tempfile.TemporaryDirectory(prefix="portail-segur-uv-") as folder:
        wanted, target = Path(folder, "uv.txt"), Path(folder, "uv")
        wanted.write_text(pinned("uv"))
        argv = [target / "bin" / "uv", "pip", "install", "--quiet", "--no-cache", "--require-hashes"]
        argv += ["--python", PYTHON, "--requirement", lock]
        quiet = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        hurried = {**os.environ, "UV_HTTP_TIMEOUT": "15", "UV_HTTP_RETRIES": "0"}  # pip tries again, and waits longer
        if not _install(wanted, "--no-deps", "--target", target):
            return False
        return subprocess.run(argv, check=False, env=hurried, **quiet).returncode == 0


def pinned(package: str) -> str:
    """Return the lines of a package in the lock of development: its version and its hashes."""
    return re.search(rf"^{package}==\S+ \\\n(?: .*\n)+", LOCKS["dev"].read_text(), re.MULTILINE)[0]


def _install(lock: Path, *more) -> bool:
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    # Each module is compiled when it is first imported: twenty seconds less for those that nothing imports.
    argv = [*pip, "install", "--quiet", "--no-compile", "--require-hashes", *more, "--requirement", lock]
    return subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode == 0


def _works() -> bool:
    """Whether `.venv` can be used: it breaks when its Python is upgraded or its folder moved, which scripts name."""
    pip = VENV / "bin" / "pip"
    if not PYTHON.exists() or not pip.exists() or str(VENV) not in pip.read_text()[:500]:
        return False
    ask = "import sys; print(sys.version_info[:2] >= (3, 11))"
    done = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=False)
    return done.stdout.strip() == "True"


def _stamp(kind: str) -> Path:
    return VENV / f".installed-{kind}"


def _fingerprint(kind: str) -> str:
    # The interpreter counts, since Python 3.13 does not see the packages of 3.11; so does the folder.
    return hashlib.sha256(LOCKS[kind].read_bytes() + f"{PYTHON.resolve()} {VENV}".encode()).hexdigest()


def _is_current(kind: str) -> bool:
    """Whether the lock is installed. `dev` holds all of `demo`, at the same versions."""
    return PYTHON.exists() and any(
        _stamp(name).exists() and _stamp(name).read_text() == _fingerprint(name) for name in {kind, "dev"}
    )


if __name__ == "__main__":
    try:
        print(ensure(sys.argv[1] if len(sys.argv) > 1 else "dev"))
    except Missing as missing:
        sys.exit(str(missing))
