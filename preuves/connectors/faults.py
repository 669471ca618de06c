"""What the process that opens files raises when one does not open."""

from typing import Any


class Fault(Exception):
    """Why a file does not open; `facts` fill its sentence, which `preuves.rules.sondes` knows by `code`."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts
