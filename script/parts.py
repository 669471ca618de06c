"""Start every part of production on this machine: script/production calls it with the virtual environment's Python."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError
from compose import Compose, nginx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from demonstration import Stopped, ignore_signals, stop_on_signals
from environment import PYTHON, ROOT, VENV
from ground import erase, free_port
from processes import CannotStart, Child, unprivileged_user
from services import Services

sys.path.append(str(ROOT))
from checks.first_morning import INFECTED, walk

BUCKET = "portail"
# The services of the compose file that listen, and their names in nginx.
SERVED = {"web": "pages", "uploads": "uploads"}
NOT_OURS = {"clamav", "migrate", "postgres", "redis"}


class Production:
    """Every part, as a context. `base` is the address; `certificate`, a PEM file to trust; `mails`, a Maildir."""

    def __init__(self, folder: Path, services: dict[str, str], *, light: bool) -> None:
        self.folder, self.light, self.children = folder, light, []
        self.certificate, self.mails = folder / "certificate.pem", folder / "mails"
        names = ("http", "https", "pages", "uploads", "smtp", "s3", "clamd")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.base = f"https://localhost:{self.ports['https']}"
        self.compose = Compose(self._variables(services), self._moved(services))

    def _variables(self, services: dict[str, str]) -> dict[str, str]:
        """Return what an operator would write in `.env`."""
        return {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "POSTGRES_PASSWORD": services["DATABASE_URL"].partition("//portail:")[2].partition("@")[0],
            "APPLICATION_PASSWORD": secrets.token_hex(16),
            "PORTAL_URL": self.base,
            "ALLOWED_HOSTS": "localhost",
            "TRUSTED_PROXIES": "127.0.0.1",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.ports['smtp']}",
            "DEFAULT_FROM_EMAIL": "portail@agence.example",
            "PIECES_BUCKET": BUCKET,
            "PIECES_ENDPOINT": f"http://127.0.0.1:{self.ports['s3']}",
            "PIECES_REGION": "eu-west-3",
            "PIECES_ACCESS_KEY": "production",
            "PIECES_SECRET_KEY": secrets.token_hex(16),
            "CLAMD_URL": "none" if self.light else f"tcp://127.0.0.1:{self.ports['clamd']}",
        }

    def _moved(self, services: dict[str, str]) -> dict[str, str]:
        return {
            "postgres:5432": services["DATABASE_URL"].partition("@")[2].partition("/")[0],
            "redis://redis:6379/0": services["REDIS_URL"],
            "/data/media": str(self.folder / "media"),
            "/tmp/beat-schedule": str(self.folder / "beat-schedule"),
            "/run/portail": str(self.folder),
            "python manage.py": f"{PYTHON} {ROOT / 'manage.py'}",
        }

    def environment(self, service: str) -> dict[str, str]:
        return {
            **os.environ,
            **self.compose.environment(service),
            "DJANGO_SETTINGS_MODULE": "segur_portal.settings",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "STATIC_ROOT": str(self.folder / "static"),
            # Named by their hash, not compressed: a loopback is fast.
            "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
        }

    def manage(self, *arguments: str) -> None:
        """Run manage.py as an operator does, with the application's role.

        :raises CannotStart: with its output, when it fails
        """
        self._run([PYTHON, ROOT / "manage.py", *arguments], self.environment("web"))

    def _run(self, argv: Sequence[object], env: dict[str, str]) -> None:
        done = subprocess.run(
            [str(argument) for argument in argv], env=env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CannotStart(f"{argv[-1]} failed:\n{done.stdout[-1500:]}{done.stderr[-3000:]}")

    def __enter__(self) -> Production:  # noqa: PYI034 -- typing.Self is not worth an import here
        try:
            self._start_what_is_outside()
            self._run(self.compose.command("migrate"), self.environment("migrate"))
            self._run([PYTHON, ROOT / "manage.py", "collectstatic", "--no-input"], self.environment("web"))
            for service in self.compose.services:
                if service not in NOT_OURS:
                    self._start_service(service)
            self._start_nginx()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start_service(self, service: str) -> None:
        name, argv = SERVED.get(service, service), self.compose.command(service)
        if service in SERVED:
            argv = [word.replace("0.0.0.0:8000", f"127.0.0.1:{self.ports[name]}") for word in argv]
        self._start(name, argv, self.environment(service))

    def _start_clamd(self) -> None:
        """Start the antivirus with the limits of docs/exploitation.md, the machine's signatures, and one to test it."""
        signatures = self.folder / "signatures"
        signatures.mkdir()
        for known in Path("/var/lib/clamav").glob("*.c[lv]d"):
            (signatures / known.name).symlink_to(known)
        ours = f"{hashlib.md5(INFECTED).hexdigest()}:{len(INFECTED)}:Portail.Essai\n"
        (signatures / "essai.hdb").write_text(ours)
        limits = "StreamMaxLength 600M\nMaxScanSize 600M\nMaxFileSize 600M\nAlertExceedsMax yes\n"
        where = f"TCPAddr 127.0.0.1\nTCPSocket {self.ports['clamd']}\nDatabaseDirectory {signatures}\n"
        configuration = self.folder / "clamd.conf"
        configuration.write_text(f"Foreground yes\n{where}{limits}")
        program = os.environ.get("CLAMD") or shutil.which("clamd") or "/usr/sbin/clamd"
        self._start("clamd", [program, "--config-file", configuration], dict(os.environ))
        address = ("127.0.0.1", self.ports["clamd"])

        def answers() -> None:
            self.watch()
            socket.create_connection(address, 5).close()

        wait("the antivirus", answers, patience=120)

    def _start_what_is_outside(self) -> None:
        """Start a mail server, a bucket and, unless `light`, an antivirus."""
        if not self.light:
            self._start_clamd()
        where = f"127.0.0.1:{self.ports['smtp']}"
        mailbox = [PYTHON, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Mailbox", self.mails, "-l", where]
        self._start("smtp", mailbox, dict(os.environ))
        s3 = [VENV / "bin" / "moto_server", "-H", "127.0.0.1", "-p", str(self.ports["s3"])]
        self._start("s3", s3, dict(os.environ))
        variables = self.compose.variables
        client = boto3.client(
            "s3",
            endpoint_url=variables["PIECES_ENDPOINT"],
            region_name=variables["PIECES_REGION"],
            aws_access_key_id=variables["PIECES_ACCESS_KEY"],
            aws_secret_access_key=variables["PIECES_SECRET_KEY"],
        )
        where = {"LocationConstraint": variables["PIECES_REGION"]}
        wait("the bucket", lambda: client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where))

    def _start_nginx(self) -> None:
        certify(self.certificate, self.folder / "key.pem")
        configuration = self.folder / "nginx.conf"
        ports = {name: self.ports[name] for name in ("http", "https", "pages", "uploads")}
        configuration.write_text(nginx(self.folder, **ports))
        self._start("nginx", ["/usr/sbin/nginx", "-c", configuration, "-e", "stderr"], dict(os.environ))
        trust = ssl.create_default_context(cafile=str(self.certificate))
        wait("the portal", lambda: urllib.request.urlopen(f"{self.base}/sante/", context=trust, timeout=5).close())

    def _start(self, name: str, argv: Sequence[object], env: dict[str, str]) -> None:
        stop = signal.SIGQUIT if name == "nginx" else signal.SIGTERM
        log = self.folder / "logs" / f"{name}.log"
        self.children.append(Child(name, list(argv), log, stop=stop, orphaned=signal.SIGKILL, cwd=ROOT, env=env))

    def __exit__(self, *error: object) -> None:
        for child in self.children:  # all at once: each has its own patience
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(child.stop_signal)
        while self.children:
            self.children.pop().stop()

    def watch(self) -> None:
        """Check that every part still runs.

        :raises CannotStart: with the name of the one that died, and the end of its log
        """
        for child in self.children:
            if child.died:
                raise CannotStart(f"{child.name} died. The end of its log:\n{child.last_lines()}")


def free_ports(count: int) -> list[int]:
    """Return that many different free ports."""
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(free_port())
    return sorted(ports)


def wait(name: str, answers: Callable[[], object], *, patience: float = 60) -> None:
    """Call `answers` until it raises no network error.

    :raises CannotStart: when it still does after `patience` seconds
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            answers()
        except (OSError, BotoCoreError) as error:
            if time.monotonic() > deadline:
                raise CannotStart(f"{name} does not answer after {patience:.0f} s: {error!r}") from None
            time.sleep(0.2)
        else:
            return


def certify(certificate: Path, key: Path) -> None:
    """Write a key and its certificate for localhost, valid for a day."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)  # noqa: TID251 -- no request gives a certificate its time
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))


@contextlib.contextmanager
def production(*, light: bool) -> Iterator[Production]:
    """Start everything in a temporary folder, erased at the end. `light`: without an antivirus."""
    folder = Path(tempfile.mkdtemp(prefix="portail-segur-production-"))
    try:
        if unprivileged_user():
            folder.chmod(0o711)  # the services' user must pass through
        with Services(folder, VENV) as services, Production(folder, services.environment, light=light) as parts:
            yield parts
    finally:
        ignore_signals()
        erase(folder)


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/production", allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="walk the operator's first morning, and stop")
    parser.add_argument("--light", action="store_true", help="without an antivirus")
    options = parser.parse_args()
    stop_on_signals()
    start = time.monotonic()
    try:
        with production(light=options.light) as parts:
            print(f"Every part runs after {time.monotonic() - start:.0f} s: {parts.base}/", flush=True)
            if options.check:
                return walk(parts)
            print(f"Certificate: {parts.certificate}\nMails: {parts.mails}\nLogs: {parts.folder / 'logs'}", flush=True)
            while True:
                parts.watch()
                time.sleep(0.5)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped as stopped:
        print(f"\nStopped ({stopped}).", flush=True)
        return 0


if __name__ == "__main__":
    sys.exit(main())
