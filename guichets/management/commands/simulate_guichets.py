import signal
import threading
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptes import clock
from guichets.simulateur.scenario import FORMS, Scenario, ScenarioFileError, read_scenario
from guichets.simulateur.server import Play, Server

FOLDER = Path(__file__).resolve().parents[2] / "simulateur"


class Command(BaseCommand):
    help = "Serve the simulated desks on 127.0.0.1, under /cnda, /edc-psc and /gazelle, until SIGTERM or Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8790, help="8790 if not said; 0: any that is free")
        parser.add_argument(
            "--scenario", type=Path, default=FOLDER / "demonstration.toml", metavar="FILE", help="what they say (TOML)"
        )
        parser.add_argument(
            "--guichet", action="append", choices=sorted(FORMS), help="serve this one only; may be repeated"
        )
        parser.add_argument("--latency", type=int, default=0, metavar="MS", help="wait so long before each answer")

    def handle(self, *args: Any, **options: Any) -> None:
        scenario = _read(options["scenario"], options["guichet"])
        # A question without the portal's instant gets the machine's: the portal's clock needs a database.
        play = Play(scenario, clock.machine_now, latency=options["latency"] / 1000)
        try:
            server = Server(play, options["port"])
        except (OSError, OverflowError) as error:
            raise CommandError(f"Port {options['port']}: {error}") from None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=server.stop).start())
        self.stdout.write(server.address)
        self.stdout.flush()
        with server:
            server.serve_forever(poll_interval=0.1)
        self.stdout.write(f"{play.asked} questions, {time.process_time():.1f} s of processor")


def _read(path: Path, guichets: list[str] | None) -> Scenario:
    try:
        scenario = read_scenario(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ScenarioFileError) as error:
        raise CommandError(f"{path}: {error}") from None
    return {name: desk for name, desk in scenario.items() if not guichets or name in guichets}
