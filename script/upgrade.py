"""Make data with a former version of the portal, bring them to this one, go on from there. Called by script/audit."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import environment
from demo_environment import demo_environment, desks_port
from demonstration import Portal, listen
from processes import CannotStart, Child
from stories import walk_on

# Versions whose data must come through, each with a moment of its demonstration, and the walk from there on.
FORMER = [
    ("723cabf5bc01904f1d4ea62c61663312ae8ea6b9", "college", "seance"),
    ("723cabf5bc01904f1d4ea62c61663312ae8ea6b9", "reference", "reference"),
]
# What the former versions kept in tables that are no more is looked at by name below; the others keep all their rows.
MERGED = {"guichets_habilitation", "guichets_homologation", "guichets_liengazelle"}


def upgrade(folder: Path, services: dict[str, str], *, commit: str, moment: str, walk: str) -> int:
    """Replay the story up to `moment` with that commit, migrate, compare, and walk on; 0 when all holds."""
    print(f"\n── upgrade from {commit[:7]}, at « {moment} »", flush=True)
    former = folder / "former"
    take_out(commit, former)
    python = equip(former)
    listener = listen(0)
    env = demo_environment(folder, services, listener.getsockname()[1])
    replay(former, python, folder, env, moment)
    before = facts(folder, env)
    for words in (
        ["migrate", "--no-input", "--verbosity", "0"],
        ["load_dispositif"],
        ["load_guichets"],
        ["verify_journal"],
    ):
        run([environment.PYTHON, environment.ROOT / "manage.py", *words], env, cwd=environment.ROOT)
    lost = differences(before, facts(folder, env))
    print("\n".join(lost) or "  nothing is lost", flush=True)
    with Portal(folder, env, listener) as portal:
        portal.wait_until_it_answers(int(env["PORTAL_URL"].rpartition(":")[2]), [])
        code = walk_on(env, walk)
        portal.watch([])
    return 1 if lost or code else 0


def take_out(commit: str, folder: Path) -> None:
    """Unpack a commit of this clone.

    :raises CannotStart: when the clone does not hold it
    """
    done = subprocess.run(["git", "archive", commit], cwd=environment.ROOT, capture_output=True, check=False)
    if done.returncode:
        raise CannotStart(f"This clone does not hold {commit[:7]}: fetch its whole history (git fetch --unshallow).")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def equip(former: Path) -> Path:
    """Give that version the packages of its own lock, some of which this one has left; its interpreter."""
    venv = former / ".venv"
    pip = [venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    for words in (
        [sys.executable, "-m", "venv", venv],
        [*pip, "--require-hashes", "--requirement", former / "requirements-demo.txt"],
    ):
        run(words, dict(os.environ), cwd=former)
    return venv / "bin" / "python"


def replay(former: Path, python: Path, folder: Path, env: dict[str, str], moment: str) -> None:
    """Let the former version prepare the demonstration, its simulated desks answering."""
    port = desks_port(env)
    theirs = {
        **env,
        "PYTHONPATH": str(former),
        # It asked the EDC PSC over HTTP, which the demonstration since reads on captures.
        "GUICHET_EDC_PSC_URL": f"http://127.0.0.1:{port}/edc-psc",
        "GUICHET_EDC_PSC_HOSTS": f"127.0.0.1:{port}",
        "GUICHET_EDC_PSC_TOKEN": "demonstration-edc-psc",
    }
    words = [python, former / "manage.py", "simulate_guichets", "--port", port]
    desks = Child("guichets", words, folder / "logs" / "former-guichets.log", cwd=former, env=theirs)
    try:
        run([python, former / "script" / "prepare.py", "--moment", moment], theirs, cwd=former)
    finally:
        desks.stop()


def run(words: list, env: dict[str, str], *, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"{' '.join(map(str, words[1:]))} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def facts(folder: Path, env: dict[str, str]) -> dict:
    """What must come through, read by SQL alone: no version's code is trusted for it."""
    return json.loads(run([environment.PYTHON, environment.ROOT / "script" / "read_facts.py"], env, cwd=folder))


def differences(before: dict, after: dict) -> list[str]:
    """Say what was lost, a line each."""
    tables = [
        f"  {table}: {count} rows before, {after['tables'].get(table, 0)} after"
        for table, count in before["tables"].items()
        if table not in MERGED and after["tables"].get(table, 0) < count
    ]
    demandes = [
        f"  demande {key}: {said} before, {after['demandes'].get(key)} after"
        for key, said in before["demandes"].items()
        if after["demandes"].get(key) != said
    ]
    public = [
        f"  solution {nru}: {said} before, {after['referencees'].get(nru)} after"
        for nru, said in before["referencees"].items()
        if after["referencees"].get(nru) != said
    ]
    return tables + demandes + public
