import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptes import clock
from comptes.operations.notifications import note_return, record_bounce
from comptes.rules.bounces import read_report

LARGEST = 5 * 1024 * 1024


class Command(BaseCommand):
    help = "Read the reports of mail servers (RFC 3464): one on the standard input, or the files and folders named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, help="files, or folders such as a Maildir’s new/")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        known = unknown = unread = 0
        for raw in self._reports(paths):
            report = read_report(raw)
            for bounce in report.bounces:
                if record_bounce(bounce=bounce, at=clock.now()):
                    known += 1
                else:
                    unknown += 1
            if not report.understood:
                unread += 1
                note_return(raw=raw, sender=report.sender, subject=report.subject, at=clock.now())
        self.stdout.write(f"{known} message(s) revenu(s), {unknown} qui ne sont pas du portail, {unread} non compris.")

    def _reports(self, paths: list[Path]) -> list[bytes]:
        if not paths:
            return [sys.stdin.buffer.read(LARGEST)]
        if missing := [str(path) for path in paths if not path.exists()]:
            raise CommandError(f"Introuvable\u00a0: {', '.join(missing)}.")
        files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
        return [file.read_bytes() for file in files if file.is_file() and file.stat().st_size <= LARGEST]
