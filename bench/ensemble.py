#!/usr/bin/env python3
"""Bring many files to a dossier in one go: matched by name, received part by part, verified, deposited."""

import argparse
import base64
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from bench.envois import HEAD, MEGABYTE, TOKEN, Surroundings, _memory, _workers
from bench.harness import Line, Report, judge, table

RESULTS = Path(__file__).parent / "resultats" / "ensemble.md"
LONGEST, LARGEST_GROWTH = 60.0, 50
PART = 8 * MEGABYTE
AT_ONCE = 3  # as a browser does (static/ensemble.js)


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, files=200)


def measure(options: argparse.Namespace) -> Report:
    from bench.server import serving

    with (
        Surroundings() as around,
        serving(around.environment, application="segur_portal.wsgi:application") as (port, leader),
    ):
        nru, session = _a_dossier(options.files)
        asking = Asking(port, nru, session)
        asking.preview([("P.0001.png", b"x" * 10)])  # both workers have loaded all that they need
        files = list(_files(options.files))
        before = {pid: _memory(pid, "VmRSS") for pid in _workers(leader)}
        for pid in before:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        began = time.perf_counter()
        ready = asking.preview(files)
        matched = time.perf_counter() - began
        with ThreadPoolExecutor(AT_ONCE) as lanes:
            deposited = sum(lanes.map(asking.bring, files))
        taken = time.perf_counter() - began
        growth = max(_memory(pid, "VmHWM") - start for pid, start in before.items())
        return table(
            "Ensemble",
            [f"{options.files} files of 1 MB, {AT_ONCE} at once, on two web processes; this process verifies them."],
            [
                Line("files matched and ready", ready, ready == options.files),
                Line("preuves deposited", deposited, deposited == options.files),
                Line("seconds to match them", f"{matched:.1f}"),
                Line(f"seconds in all (at most {LONGEST:.0f})", f"{taken:.1f}", taken <= LONGEST),
                Line(f"growth of a web process, MB (at most {LARGEST_GROWTH})", growth, growth <= LARGEST_GROWTH),
            ],
            made_by="bench.ensemble",
        )


def _a_dossier(preuves: int) -> tuple[str, str]:
    """Make a candidature that owes so many preuves; return its NRU, and the session of somebody who fills it."""
    from bench import surroundings
    from preuves.catalogue.rem import ChapitreSpec, RemSpec
    from preuves.enums import Nature
    from preuves.operations.rem import publish_rem
    from tests.candidatures.conftest import make_team
    from tests.factories import candidatures as make
    from tests.factories import preuves as prove

    exigences = [
        prove.an_exigence(f"P.{number:04}", prove.a_preuve_spec(f"P.{number:04}.01.01", Nature.VIDEO))
        for number in range(1, preuves + 1)
    ]
    spec = RemSpec((ChapitreSpec("P", "Preuves", tuple(exigences)),))
    publish_rem(dispositif_code=prove.DUI, spec=spec, date=date(2026, 6, 1), by=None, at=make.OPENING)
    team = make_team()
    prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    return team.candidature.nru, surroundings.session_of(team.salarie)


def _files(count: int) -> Iterator[tuple[str, bytes]]:
    for number in range(1, count + 1):
        block = hashlib.shake_256(str(number).encode()).digest(256 * 1024)
        yield f"P-{number:04}-01-01 film.mp4", (HEAD + block * 5)[:MEGABYTE]


class Asking:
    """What a page makes the portal do, and the worker beside it."""

    def __init__(self, port: int, nru: str, session: str) -> None:
        self.port, self.base = port, f"/candidatures/{nru}"
        self.headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}

    def _ask(self, method: str, path: str, body: bytes | str, kind: str, accept: str = "application/json") -> str:
        line = HTTPConnection("127.0.0.1", self.port)
        line.request(method, f"{self.base}{path}", body, {**self.headers, "Content-Type": kind, "Accept": accept})
        answer = line.getresponse()
        text = answer.read().decode()
        line.close()
        if answer.status not in (200, 204):
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]}")
        return text

    def preview(self, files: list[tuple[str, bytes]]) -> int:
        listed = [
            {"nom": name, "taille": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files
        ]
        body = json.dumps({"fichiers": listed})
        return self._ask("POST", "/preuves/fichiers/apercu/", body, "application/json", "text/html").count(
            'data-sort="ready"'
        )

    def bring(self, file: tuple[str, bytes]) -> bool:
        """Declare a file, send it, have it verified, and deposit its preuve."""
        from preuves.models import Envoi
        from preuves.operations.envois import settle_envoi

        name, content = file
        declared = {
            "nature": "VIDEO",
            "nom": name,
            "taille": len(content),
            "partie": PART,
            "empreintes": [hashlib.sha256(content).hexdigest()],
            "debut": base64.b64encode(content[:8192]).decode(),
        }
        envoi_id = json.loads(self._ask("POST", "/envois/", json.dumps(declared), "application/json"))["envoi"]
        self._ask("PUT", f"/envois/{envoi_id}/parties/1/", content, "application/octet-stream")
        envoi = Envoi.objects.get(pk=envoi_id)
        assert envoi.arrived_at is not None
        settle_envoi(envoi_id=envoi_id, at=envoi.arrived_at)
        self._ask("GET", f"/envois/{envoi_id}/", "", "application/json")
        numero = f"P.{name[2:6]}.01.01"
        asked = {
            "numero": numero,
            f"envois:{numero}": envoi_id,
            f"seen:{numero}": 0,
            "evidence_date": "2026-09-01",
            "version_technique": "4.2.1",
        }
        answer = self._ask("POST", "/preuves/fichiers/deposer/", urlencode(asked), "application/x-www-form-urlencoded")
        return bool(json.loads(answer)["resultats"][0]["depose"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
