"""A Redis cache that may be down: it then behaves as an empty one, and no page fails or waits because of it."""

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

# Seconds given to Redis for an answer; seconds without asking it once it has failed, since a page asks several times.
SECONDS, REST = 0.3, 5.0


class ForgivingCache(RedisCache):
    """Django's Redis cache with short timeouts and no error.

    Its option `LONGEST` is the greatest number of seconds that an entry is kept.
    """

    _rests_until: ClassVar[dict[str, float]] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = dict(params.get("OPTIONS", {}))
        self._longest = options.pop("LONGEST", None)
        quick = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS, "retry": Retry(NoBackoff(), 0)}
        super().__init__(server, {**params, "OPTIONS": {**quick, **options}})
        self._server = str(server)

    def _forgiven(self, ask: Callable[..., Any], absent: Any, *args: Any, **kwargs: Any) -> Any:
        if monotonic() < self._rests_until.get(self._server, 0.0):
            return absent
        try:
            return ask(*args, **kwargs)
        except (RedisError, OSError) as error:
            self._rests_until[self._server] = monotonic() + REST
            logger.warning("The cache is away, and is left alone for %s s: %s", REST, type(error).__name__)
            return absent

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> Any:
        asked = super().get_backend_timeout(timeout)
        return asked if self._longest is None else min(self._longest if asked is None else asked, self._longest)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiven(super().add, False, *args, **kwargs)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._forgiven(super().get, default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._forgiven(super().set, None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiven(super().touch, False, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiven(super().delete, False, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiven(super().get_many, {}, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiven(super().has_key, False, *args, **kwargs)

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return self._forgiven(super().set_many, list(data), data, *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._forgiven(super().delete_many, None, *args, **kwargs)

    def clear(self) -> Any:
        return self._forgiven(super().clear, False)
