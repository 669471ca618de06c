"""Make data with a former version of the portal, migrate them to this one, and check them. Called by script/audit."""

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

# The former versions: commit, moment of its demonstration, and the stories to run after the migration.
FORMER = [
    ("723cabf5bc01904f1d4ea62c61663312ae8ea6b9", "college", "seance"),
    ("723cabf5bc01904f1d4ea62c61663312ae8ea6b9", "reference", "reference"),
]
# Tables that no longer exist: their rows are compared as `demandes`. Every other table must keep all its rows.
MERGED = {"guichets_habilitation", "guichets_homologation", "guichets_liengazelle"}


def upgrade(folder: Path, services: dict[str, str], *, commit: str, moment: str, walk: str) -> int:
    """Replay the story up to `moment` with that commit, migrate, compare, and run stories; return 0 if all is well."""
    print(f"\n── upgrade from {commit[:7]}, at « {moment} »", flush=True)
    former = folder / "former"
    take_out(commit, former)
    python = equip(former)
    listener = listen(0)
    env = demo_environment(folder, services, listener.getsockname()[1])
    replay(former, python, folder, env, moment)
    before = facts(folder, env)
    for arguments in (
        ["migrate", "--no-input", "--verbosity", "0"],
        ["collectstatic", "--no-input", "--verbosity", "0"],
        ["load_dispositif"],
        ["load_guichets"],
        ["load_aide"],
        ["verify_journal"],
    ):
        run([environment.PYTHON, environment.ROOT / "manage.py", *arguments], env, cwd=environment.ROOT)
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
    """Install the former version's own packages in a virtual environment; return its interpreter."""
    venv = former / ".venv"
    pip = [venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    for argv in (
        [sys.executable, "-m", "venv", venv],
        [*pip, "--require-hashes", "--requirement", former / "requirements-demo.txt"],
    ):
        run(argv, dict(os.environ), cwd=former)
    return venv / "bin" / "python"


def replay(former: Path, python: Path, folder: Path, env: dict[str, str], moment: str) -> None:
    """Prepare the demonstration with the former version, while its simulated desks answer."""
    port = desks_port(env)
    theirs = {
        **env,
        "PYTHONPATH": str(former),
        # That version asked the EDC PSC over HTTP; today's demonstration uses captures instead.
        "GUICHET_EDC_PSC_URL": f"http://127.0.0.1:{port}/edc-psc",
        "GUICHET_EDC_PSC_HOSTS": f"127.0.0.1:{port}",
        "GUICHET_EDC_PSC_TOKEN": "demonstration-edc-psc",
    }
    argv = [python, former / "manage.py", "simulate_guichets", "--port", port]
    desks = Child("guichets", argv, folder / "logs" / "former-guichets.log", cwd=former, env=theirs)
    try:
        run([python, former / "script" / "prepare.py", "--moment", moment], theirs, cwd=former)
    finally:
        desks.stop()


def run(argv: list, env: dict[str, str], *, cwd: Path) -> str:
    done = subprocess.run(
        [str(argument) for argument in argv],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"{' '.join(map(str, argv[1:]))} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def facts(folder: Path, env: dict[str, str]) -> dict:
    """Return what the migration must keep, read by SQL alone, without the code of either version."""
    return json.loads(run([environment.PYTHON, environment.ROOT / "script" / "read_facts.py"], env, cwd=folder))


def differences(before: dict, after: dict) -> list[str]:
    """List what was lost, one line each."""
    tables = [
        f"  {table}: {count} rows before, {after['tables'].get(table, 0)} after"
        for table, count in before["tables"].items()
        if table not in MERGED and after["tables"].get(table, 0) < count
    ]
    demandes = [
        f"  demande {key}: {row} before, {after['demandes'].get(key)} after"
        for key, row in before["demandes"].items()
        if after["demandes"].get(key) != row
    ]
    public = [
        f"  solution {nru}: {row} before, {after['referencees'].get(nru)} after"
        for nru, row in before["referencees"].items()
        if after["referencees"].get(nru) != row
    ]
    return tables + demandes + public
