"""Log formatting that hides the secrets of URLs: tokens in paths, codes in query strings."""

import logging
import re
from typing import Any

from gunicorn.glogging import Logger

# The beginnings of the URLs that end with a secret. A test compares them with the URL patterns, which are not read here
# because that would load the whole portal when any process writes its first line.
DOORS = ("/invitation/", "/mot-de-passe/", "/calendrier/")
_IN_A_PATH = re.compile(rf"({'|'.join(DOORS)})[^\s\"'<>?]+")
_WORDS = "token|jeton|code|state|nonce|session_state|id_token|id_token_hint|access_token|signature|key|password"
_IN_A_QUERY = re.compile(rf"((?:^|[?&;])(?:{_WORDS})=)[^&;\s\"'#]+", re.IGNORECASE)
HIDDEN = "[secret]"


class LogLine(logging.Formatter):
    """A line of the log, without the secrets of URLs, and with the reference that the page of error showed."""

    def format(self, record: logging.LogRecord) -> str:
        line = without_secrets(super().format(record))
        reference = getattr(getattr(record, "request", None), "reference", "")
        return f"[référence {reference}] {line}" if reference else line


class AccessLog(Logger):
    """Gunicorn's logs, without the secrets of URLs, and with the address of the client instead of the proxy's."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log, pattern in ((self.error_log, self.error_fmt), (self.access_log, self.access_fmt)):
            for handler in log.handlers:
                handler.setFormatter(LogLine(pattern, self.datefmt))

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        atoms = super().atoms(resp, req, environ, request_time)
        atoms["h"] = environ.get("segur.client_address") or atoms["h"]
        return {key: without_secrets(value) if isinstance(value, str) else value for key, value in atoms.items()}


def without_secrets(text: str) -> str:
    """Replace the secrets of the portal's URLs in a text by `HIDDEN`."""
    text = _IN_A_PATH.sub(lambda match: f"{match[1]}{HIDDEN}", text)
    return _IN_A_QUERY.sub(lambda match: f"{match[1]}{HIDDEN}", text)
