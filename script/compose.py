"""Reads the processes of docker-compose.yml and the Dockerfile, to run them without a container engine."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import yaml
from environment import ROOT, VENV

VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?P<kind>:[-?])(?P<rest>[^}]*)\}")


class Compose:
    """The services of the compose file.

    :param variables: what an operator would write in `.env`
    :param moved: texts of the file to replace, by what stands there on this machine (addresses, folders)
    """

    def __init__(self, variables: Mapping[str, str], moved: Mapping[str, str]) -> None:
        self.services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        self.variables, self.moved = variables, moved

    def environment(self, service: str) -> dict[str, str]:
        return {name: self._resolved(str(value)) for name, value in self.services[service]["environment"].items()}

    def command(self, service: str) -> list[str]:
        """Return the command of a service, with the programs of the virtual environment."""
        command = self.services[service].get("command") or _of_the_image()
        command = shlex.split(command) if isinstance(command, str) else command
        program, *rest = (self._resolved(word) for word in command)
        own = VENV / "bin" / program
        return [str(own) if own.exists() else program, *rest]

    def _resolved(self, text: str) -> str:
        text = VARIABLE.sub(self._value, text)
        for there, here in self.moved.items():
            text = text.replace(there, here)
        return text

    def _value(self, match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        name, default = match["name"], match["rest"] if match["kind"] == ":-" else None
        value = self.variables.get(name) or default
        if value is None:
            raise KeyError(f"{name}: {match['rest']}")
        return value


def _of_the_image() -> list[str]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [str(word) for word in json.loads(text.rpartition("\nCMD ")[2])]


def nginx(folder: Path, *, http: int, https: int, pages: int, uploads: int) -> str:
    """Return a whole nginx configuration around `deploy/nginx.conf`, on free ports, that runs without root.

    :raises ValueError: when the delivered file no longer has a text that is replaced here
    """
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for there, here in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{pages};"),
        ("server 127.0.0.1:8001;", f"server 127.0.0.1:{uploads};"),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{https} ssl;"),
        ("proxy_set_header Host $host;", "proxy_set_header Host $http_host;"),
        ("portail.example", "localhost"),
        ("/etc/ssl/portail/", f"{folder}/"),
        ("/var/log/nginx/portail.log", f"{folder}/logs/access.log"),
    ):
        if there not in text:
            raise ValueError(f"deploy/nginx.conf does not say « {there} » any more.")
        text = text.replace(there, here)
    temporary = "".join(
        f"{kind}_temp_path {folder}/nginx-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; pid {folder}/nginx.pid; error_log stderr warn; worker_processes 1;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{ {temporary}\n{text}\n}}\n"
    )
