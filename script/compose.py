"""What docker-compose.yml and the Dockerfile say of each process, for a machine that has no container engine."""

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
    """The services, with the variables of `.env` given here.

    :param moved: what is elsewhere on this machine: a text of the file, and what replaces it
    """

    def __init__(self, variables: Mapping[str, str], moved: Mapping[str, str]) -> None:
        self.services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        self.variables, self.moved = variables, moved

    def environment(self, service: str) -> dict[str, str]:
        return {name: self._said(str(value)) for name, value in self.services[service]["environment"].items()}

    def command(self, service: str) -> list[str]:
        """The words of its command, programs being those of the virtual environment."""
        words = self.services[service].get("command") or _of_the_image()
        words = shlex.split(words) if isinstance(words, str) else words
        program, *rest = (self._said(word) for word in words)
        own = VENV / "bin" / program
        return [str(own) if own.exists() else program, *rest]

    def _said(self, text: str) -> str:
        text = VARIABLE.sub(self._value, text)
        for there, here in self.moved.items():
            text = text.replace(there, here)
        return text

    def _value(self, found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        name, default = found["name"], found["rest"] if found["kind"] == ":-" else None
        value = self.variables.get(name) or default
        if value is None:
            raise KeyError(f"{name}: {found['rest']}")
        return value


def _of_the_image() -> list[str]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [str(word) for word in json.loads(text.rpartition("\nCMD ")[2])]


def nginx(folder: Path, *, http: int, https: int, pages: int, uploads: int) -> str:
    """The delivered configuration of nginx, on ports of this machine, inside a whole one that needs no root."""
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
