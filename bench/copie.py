#!/usr/bin/env python3
"""Make the copy of a large dossier, straight into the storage: how long, and how much the process grows."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.envois import MEGABYTE, Surroundings, _chunks, _memory
from bench.harness import Line, Report, judge, table

RESULTS = Path(__file__).parent / "resultats" / "copie.md"
LARGEST_GROWTH = 60
FILES, MESSAGES = 4, 200


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, megabytes=2048)


def measure(options: argparse.Namespace) -> Report:
    with Surroundings():
        size = options.megabytes * MEGABYTE // FILES
        taken, growth, made = _copied(_an_export(size))
        return table(
            "Copie d’un dossier",
            [f"{FILES} files of {size // MEGABYTE} MB and {MESSAGES} messages, written to the storage as one ZIP."],
            [
                Line("MB of the ZIP", made // MEGABYTE, made > options.megabytes * MEGABYTE),
                Line("seconds", f"{taken:.1f}"),
                Line(f"growth of the process, MB (at most {LARGEST_GROWTH})", growth, growth <= LARGEST_GROWTH),
            ],
            made_by="bench.copie",
        )


def _an_export(size: int) -> int:
    """Make a candidature that holds large files and messages, and ask for its copy; return the pk of the copy."""
    from django.core.files.base import File

    from candidatures.models import Piece
    from candidatures.models.piece import PrivateStorage
    from candidatures.operations.messages import post_message
    from preuves.catalogue.zips import Stream
    from preuves.operations.exports import ask_export
    from tests.candidatures.conftest import make_team
    from tests.factories import candidatures as make

    team = make_team()
    for number in range(FILES):
        content: Iterator[bytes] = _chunks(size)
        name = PrivateStorage().save(f"bench/{number}", File(Stream(content)))
        Piece.objects.create(
            candidature=team.candidature,
            file=name,
            name=f"film-{number}.mp4",
            content_type="video/mp4",
            size=size,
            sha256=str(number) * 64,
            deposited_at=make.SUMMER,
            deposited_by=team.salarie,
        )
    for number in range(MESSAGES):
        post_message(
            candidature_id=team.candidature.pk,
            text="Une question sur une preuve, et ce qui lui répond. " * 8,
            token=f"message-{number}",
            by=team.salarie,
            at=make.SUMMER,
        )
    return ask_export(candidature_id=team.candidature.pk, by=team.salarie, at=make.SUMMER).pk


def _copied(export_id: int) -> tuple[float, int, int]:
    """Make the copy; return the seconds, the growth in MB, and the size of the ZIP."""
    from preuves.effects import make_export
    from preuves.models import ExportDeDossier

    pid = os.getpid()
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    before, began = _memory(pid, "VmRSS"), time.perf_counter()
    make_export(export_id)
    taken = time.perf_counter() - began
    return taken, _memory(pid, "VmHWM") - before, ExportDeDossier.objects.get(pk=export_id).size


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
