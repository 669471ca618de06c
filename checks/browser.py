"""The browser of the machine, started for a check: it speaks to this machine only."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


class NoBrowser(RuntimeError):
    """There is no Chromium on this machine."""


def chromium() -> str:
    """Return the browser's path.

    :raises NoBrowser: with what to install
    """
    given = os.environ.get("CHROMIUM", "")
    program = given if Path(given).is_file() else shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        raise NoBrowser("No Chromium: install Debian’s package `chromium`, or give its path in CHROMIUM.")
    return program


def launched(playwright: Playwright) -> Browser:
    """Start the browser without a window."""
    return playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
