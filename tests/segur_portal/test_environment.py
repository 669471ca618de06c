"""The making of `.venv`, before anything of the project may be imported."""

import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_a_virtual_environment_that_is_a_link_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "script").mkdir()
    program = shutil.copy(Path(settings.BASE_DIR) / "script/environment.py", tmp_path / "script")
    (tmp_path / "requirements-demo.txt").touch()
    somebody_elses = tmp_path / "elsewhere"
    somebody_elses.mkdir()
    (somebody_elses / "kept").touch()
    (tmp_path / ".venv").symlink_to(somebody_elses)

    done = subprocess.run([sys.executable, program, "demo"], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "remove the link" in done.stderr
    assert (somebody_elses / "kept").exists()


def test_what_installs_the_lock_is_in_it_with_its_hashes() -> None:
    code = "import environment; print(environment.pinned('uv'), end='')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(settings.BASE_DIR) / "script", capture_output=True, text=True, check=True
    )
    version, *hashes = done.stdout.splitlines()

    assert version.startswith("uv==")
    assert len(hashes) > 10
    assert all(line.strip().startswith("--hash=sha256:") for line in hashes)
