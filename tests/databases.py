"""Migrate a test database once, and give each process of the run a copy: `python -m tests.databases 2`."""

import gc
import sys

from django.db import connection

import tests.surroundings  # noqa: F401 -- first of all


def make(processes: int) -> None:
    """Make `test_<name>`, then `test_<name>_gw0` and so on, as pytest-xdist names them; existing ones are erased."""
    # The migrations draw every model again and again: looking for cycles among them would be a sixth of the time.
    gc.set_threshold(100_000, 50, 100)
    gc.enable()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()  # a database is copied when nobody is in it
    for process in range(processes):
        connection.creation.clone_test_db(suffix=f"gw{process}", verbosity=0, autoclobber=True)


if __name__ == "__main__":
    make(int(sys.argv[1]))
