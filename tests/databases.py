"""Migrate a test database once, and give each process of the run a copy: `python -m tests.databases 2`."""

import sys

from django.db import connection

import tests.surroundings  # noqa: F401 -- first of all


def make(processes: int) -> None:
    """Make `test_<name>`, then `test_<name>_gw0` and so on, as pytest-xdist names them; existing ones are erased."""
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()  # a database is copied when nobody is in it
    for process in range(processes):
        connection.creation.clone_test_db(suffix=f"gw{process}", verbosity=0, autoclobber=True)


if __name__ == "__main__":
    make(int(sys.argv[1]))
