"""The description of the machine of a measure, with nothing that tells whose it is."""

import os
import platform
from pathlib import Path

import django
from django.db import connection


def machine() -> str:
    """Describe the machine in one line: processor, cores, memory, versions."""
    return ", ".join(
        (
            _processor(),
            f"{os.cpu_count()} cores",
            f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
            f"Linux {platform.release().split('-')[0]}",
            f"Python {platform.python_version()}",
            f"Django {django.get_version()}",
            f"PostgreSQL {_postgresql()}",
        )
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _postgresql() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split()[0]
