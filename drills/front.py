"""nginx with the configuration of `deploy/`, in front of the portal, and requests to it from chosen addresses."""

import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

from bench import surroundings
from bench.server import free_port


def ask(
    port: int,
    method: str,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
    *,
    source: str = "127.0.0.2",
    patience: float = 10,
    tls: bool = True,
) -> int:
    """Send a request from an address of this machine; return the status, 0 without an answer in `patience` seconds."""
    where = {"host": "127.0.0.1", "port": port, "timeout": patience, "source_address": (source, 0)}
    caller = HTTPSConnection(**where, context=unverified()) if tls else HTTPConnection(**where)
    try:
        caller.request(method, path, body=body, headers={"Host": "127.0.0.1", **(headers or {})})
        answer = caller.getresponse()
        answer.read()
        return answer.status
    except (OSError, HTTPException):
        return 0
    finally:
        caller.close()


def unverified() -> ssl.SSLContext:
    """Return a TLS context that trusts any certificate: ours is self-signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextmanager
def nginx(folder: Path, pages: int, uploads: int) -> Iterator[int]:
    """Run nginx with `deploy/nginx.conf`, on free ports and with a self-signed certificate; yield its HTTPS port."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).is_file():
        raise SystemExit("Debian’s package nginx-light is needed: apt-get install nginx-light")
    folder.mkdir(parents=True)
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=portail.example"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*argv, *files], check=True, capture_output=True)
    plain, port = free_port(), free_port()
    delivered = (surroundings.ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for former, ours in (
        ("/etc/ssl/portail/", f"{folder}/"),
        ("/var/log/nginx/", f"{folder}/"),
        ("127.0.0.1:8000", f"127.0.0.1:{pages}"),
        ("127.0.0.1:8001", f"127.0.0.1:{uploads}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
    ):
        assert former in delivered, former
        delivered = delivered.replace(former, ours)
    (folder / "portail.conf").write_text(delivered, encoding="utf-8")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log crit; worker_processes 1;\n"
        f"events {{ worker_connections 1024; }}\n"
        f"http {{ client_body_temp_path {folder}/body; {temporary} include {folder}/portail.conf; }}\n",
        encoding="utf-8",
    )
    with subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]) as server:
        try:
            deadline = time.monotonic() + 20
            while ask(port, "GET", "/aide/") != 200:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit((folder / "start.log").read_text() or "nginx does not lead to the portal.")
                time.sleep(0.2)
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=15)
