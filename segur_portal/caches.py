"""A cache that may be away: nothing is found in it, nothing is kept, and no page fails or waits for it."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# How long it is given, and how long it is left alone once it has failed: a page asks it several times.
SECONDS, REST = 0.3, 5.0


class ForgivingCache(RedisCache):
    """Redis, given a third of a second. `LONGEST`, among the options: seconds that anything is kept at most."""

    _rests_until: ClassVar[dict[str, float]] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        given = dict(params.get("OPTIONS", {}))
        self._longest = given.pop("LONGEST", None)
        quick = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS, "retry": Retry(NoBackoff(), 0)}
        super().__init__(server, {**params, "OPTIONS": {**quick, **given}})
        self._server = str(server)

    def _forgiven(self, ask: Callable[..., Any], absent: Any, *words: Any, **named: Any) -> Any:
        if monotonic() < self._rests_until.get(self._server, 0.0):
            return absent
        try:
            return ask(*words, **named)
        except (RedisError, OSError) as error:
            self._rests_until[self._server] = monotonic() + REST
            logger.warning("The cache is away, and is left alone for %s s: %s", REST, type(error).__name__)
            return absent

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> Any:
        asked = super().get_backend_timeout(timeout)
        return asked if self._longest is None else min(self._longest if asked is None else asked, self._longest)

    def add(self, *words: Any, **named: Any) -> Any:
        return self._forgiven(super().add, False, *words, **named)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._forgiven(super().get, default, key, default, version)

    def set(self, *words: Any, **named: Any) -> None:
        self._forgiven(super().set, None, *words, **named)

    def touch(self, *words: Any, **named: Any) -> Any:
        return self._forgiven(super().touch, False, *words, **named)

    def delete(self, *words: Any, **named: Any) -> Any:
        return self._forgiven(super().delete, False, *words, **named)

    def get_many(self, *words: Any, **named: Any) -> Any:
        return self._forgiven(super().get_many, {}, *words, **named)

    def has_key(self, *words: Any, **named: Any) -> Any:
        return self._forgiven(super().has_key, False, *words, **named)

    def set_many(self, data: Any, *words: Any, **named: Any) -> Any:
        return self._forgiven(super().set_many, list(data), data, *words, **named)

    def delete_many(self, *words: Any, **named: Any) -> None:
        self._forgiven(super().delete_many, None, *words, **named)

    def clear(self) -> Any:
        return self._forgiven(super().clear, False)
