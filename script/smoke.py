#!/usr/bin/env python3
"""Walk through a running demonstration, over HTTP, as people without JavaScript would.

Usage: script/smoke.py http://127.0.0.1:8000 [MOMENT]. The walk is the one of the phase in which the story then stands.
Exits 0, or 1 with the step that failed, its page and what it said.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from browser import Failed
from first_phase import FirstPhase
from second_phase import SecondPhase, mistral, mistral_with_a_capture
from third_phase import AtTheCollege, OnTheMorning, Published

FIRST_MOMENT = "ouverture"
EXCERPT = 600


def journey(base: str, moment: str) -> FirstPhase | SecondPhase | Published:
    """Return the walk that is possible at a moment: after Date 1, no first submission is."""
    walks = {
        FIRST_MOMENT: FirstPhase,
        "preuves": mistral_with_a_capture,
        "college": OnTheMorning,
        "seance": AtTheCollege,  # what an older version of the demonstration left ready
        "reference": Published,
    }
    return walks.get(moment, mistral)(base)


@contextmanager
def timed(title: str) -> Iterator[None]:
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"  FAILED  {title} ({time.monotonic() - start:.2f} s)", flush=True)
        raise
    print(f"  ok      {title} ({time.monotonic() - start:.2f} s)", flush=True)


def main(base: str, moment: str) -> int:
    try:
        for title, step in journey(base.rstrip("/"), moment).steps():
            with timed(title):
                step()
    except Failed as failed:
        print(f"\n{failed}", file=sys.stderr)
        if failed.page:
            print(f"{failed.page.url}\n{failed.page.text[:EXCERPT]}", file=sys.stderr)
        return 1
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        print(f"\nThe portal does not answer: {error!r}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else FIRST_MOMENT))
