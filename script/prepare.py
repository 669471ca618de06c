"""Bring the demonstration's database and static files up to date, in one process: five starts of Django cost 5 s.

Called by script/demo, inside the virtual environment.
"""

import argparse
import hashlib
import os
import sys
import time
from pathlib import Path

import django
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--moment", required=True)
    moment = parser.parse_args().moment
    django.setup()
    step("migrate", "migrate", interactive=False, verbosity=0)
    collect_static_files()
    step("make a seal", "make_seal", verbosity=0)
    # The story publishes the catalogue at its date of 2026; loaded before it, a charte would bear the date of today.
    step(f"replay the story up to {moment}", "replay_demo", "--moment", moment)
    step("tie the cast to the identity provider", "link_cast")
    step("load the catalogue", "load_dispositif")
    step("load the desks", "load_guichets", verbosity=0)
    step("load the help", "load_aide")
    ask_the_desks()


def step(title: str, *command: str, **options: object) -> None:
    start = time.monotonic()
    call_command(*command, **options)
    print(f"  {title}: {time.monotonic() - start:.1f} s", flush=True)


def ask_the_desks() -> None:
    """Queue a first question to the desks: beat would only ask after a minute."""
    from guichets.sweeps import pull_due_demandes  # the models need Django set up

    pull_due_demandes.delay()


def collect_static_files() -> None:
    """Collect the static files, unless no file and no date changed: it takes seconds."""
    root = Path(os.environ["STATIC_ROOT"])
    stamp = root.with_name("static.stamp")
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            seen.update(f"{path} {storage.get_modified_time(path).timestamp()}\n".encode())
    if root.exists() and stamp.exists() and stamp.read_text() == seen.hexdigest():
        return
    step("collect static files", "collectstatic", interactive=False, verbosity=0)
    stamp.write_text(seen.hexdigest())


if __name__ == "__main__":
    try:
        main()
    except CommandError as error:
        sys.exit(f"  {error}")
