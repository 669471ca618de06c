"""What is written in the logs: never the secrets that addresses bear."""

import logging
import re
from typing import Any

from gunicorn.glogging import Logger

# The addresses that open something by themselves: what stands before their secret. A test compares them with the
# portal's own; asking the portal here would load it at the first line of any process.
DOORS = ("/invitation/", "/mot-de-passe/", "/calendrier/")
_IN_A_PATH = re.compile(rf"({'|'.join(DOORS)})[^\s\"'<>?]+")
_WORDS = "token|jeton|code|state|nonce|session_state|id_token|id_token_hint|access_token|signature|key|password"
_IN_A_QUERY = re.compile(rf"((?:^|[?&;])(?:{_WORDS})=)[^&;\s\"'#]+", re.IGNORECASE)
HIDDEN = "[secret]"


class LogLine(logging.Formatter):
    """A line of the log, without the secrets of addresses, and with the reference that a page of error gave."""

    def format(self, record: logging.LogRecord) -> str:
        line = without_secrets(super().format(record))
        reference = getattr(getattr(record, "request", None), "reference", "")
        return f"[référence {reference}] {line}" if reference else line


class AccessLog(Logger):
    """The web server's own logs, likewise; and with the address of the person, not of the proxy."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log, words in ((self.error_log, self.error_fmt), (self.access_log, self.access_fmt)):
            for handler in log.handlers:
                handler.setFormatter(LogLine(words, self.datefmt))

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        said = super().atoms(resp, req, environ, request_time)
        said["h"] = environ.get("segur.client_address") or said["h"]
        return {key: without_secrets(value) if isinstance(value, str) else value for key, value in said.items()}


def without_secrets(text: str) -> str:
    """Hide in a text the parts of the portal's addresses that open something by themselves."""
    text = _IN_A_PATH.sub(lambda found: f"{found[1]}{HIDDEN}", text)
    return _IN_A_QUERY.sub(lambda found: f"{found[1]}{HIDDEN}", text)
