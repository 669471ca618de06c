"""Processes that do not outlive their launcher, and the user that they run as. Standard library only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class CannotStart(Exception):
    """A service or a process cannot start; the message is a sentence for the person who typed the command."""


def dies_with_launcher(sig: int):
    """Return a `preexec_fn` that makes the kernel send `sig` to the child when its launcher dies, even by SIGKILL."""
    launcher = os.getpid()

    def arm() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(sig))
            if os.getppid() != launcher:  # died between fork and prctl
                os._exit(1)

    return arm


def identity(user: str | None) -> dict:
    """Return the Popen arguments that make a process run as `user`; none when it is None."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def unprivileged_user() -> str | None:
    """Return the user to become when we are root, as PostgreSQL refuses root; None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise CannotStart("Started as root, and neither user postgres nor user nobody exists to run PostgreSQL.")


def reaches(user: str | None, path: Path) -> bool:
    """Whether that user can enter the folder or run the file, as the kernel decides, and not by its mode alone."""
    argv = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    return subprocess.run(argv, cwd="/", check=False, **identity(user)).returncode == 0


class Child:
    """One process in its own session, with its log, that ends when its launcher dies."""

    def __init__(
        self,
        name: str,
        argv: list,
        log: Path,
        *,
        stop=signal.SIGTERM,
        orphaned=None,
        user=None,
        given_input: str | None = None,
        **options,
    ) -> None:
        """Start the process.

        :param stop: the signal that ends it cleanly
        :param orphaned: the signal that the kernel sends it when the launcher dies; `stop` by default
        :param user: the user to run as; None for ours
        """
        self.name, self.log, self.stop_signal = name, log, stop
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [str(argument) for argument in argv],
                stdin=subprocess.DEVNULL if given_input is None else subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the launcher alone, which stops everyone in order
                preexec_fn=dies_with_launcher(orphaned or stop),  # noqa: PLW1509 -- no thread here
                **identity(user),
                **options,
            )
        if given_input is not None:
            with contextlib.suppress(BrokenPipeError), self.process.stdin as writer:
                writer.write(given_input.encode())

    @property
    def died(self) -> bool:
        return self.process.poll() is not None

    def last_lines(self, count: int = 20) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-count:]
        return "\n".join(f"    {line}" for line in lines) or "    (the log is empty)"

    def stop(self, patience: float = 15) -> None:
        """End the process, by SIGKILL after `patience` seconds, then what is left of its process group."""
        if not self.died:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def quiet(argv: list, **options) -> bool:
    return subprocess.run(argv, cwd="/", capture_output=True, check=False, **options).returncode == 0
