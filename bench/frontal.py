"""nginx in front of the portal's server, as a private process that stamps the arrival of each request."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.server import _answers as answers

CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.error.log warn; worker_processes 1;
events {{ worker_connections 4096; }}
http {{
    log_format stamps '$stamp $status $http_x_bench';
    access_log {folder}/stamps.log stamps;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        set $stamp $msec;
        location / {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_set_header Host 127.0.0.1;
            proxy_set_header X-Request-Start "t=$stamp";
            proxy_read_timeout 120s; proxy_connect_timeout 120s;
        }}
    }}
}}
"""


@contextmanager
def in_front_of(behind: int, folder: Path, port: int) -> Iterator[Path]:
    """Run nginx on that port, in front of the portal; yield the log of its stamps: instant, status, who asked."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).is_file():
        raise SystemExit("Debian’s package nginx-light is needed: apt-get install nginx-light")
    folder.mkdir(parents=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, behind=behind))
    with subprocess.Popen([program, "-c", str(configuration), "-e", str(folder / "start.log")]) as server:
        try:
            deadline = time.monotonic() + 20
            while not answers(port):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit((folder / "start.log").read_text())
                time.sleep(0.1)
            yield folder / "stamps.log"
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=15)
