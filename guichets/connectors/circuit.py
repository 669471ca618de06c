"""The circuit breaker of a desk, shared by every worker through Redis. docs/decisions/0016 says why it is ours."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, Self

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# Keys: open (expires when the rest ends), tripped (until a success), failures (in a row), probe (held by the one
# caller that tries the desk first).
_ADMIT = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if redis.call('EXISTS', KEYS[2]) == 0 then return 1 end
return redis.call('SET', KEYS[4], '1', 'NX', 'PX', ARGV[1]) and 1 or 0
"""
_FAILED = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local failures = redis.call('INCR', KEYS[3])
if failures == 1 then redis.call('PEXPIRE', KEYS[3], ARGV[2]) end
if failures < tonumber(ARGV[1]) and redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[3])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[4])
redis.call('DEL', KEYS[3], KEYS[4])
return 1
"""
# A success that was under way when the circuit opened does not close it.
_SUCCEEDED = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
return redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
"""
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class CircuitState:
    """The state of a breaker, as the ANS sees it.

    :param name: `closed`; `open`, for another `rest`; or `half_open`, when the next pull alone tries the desk
    """

    name: str
    rest: timedelta = timedelta()
    failures: int = 0


class Breaker(Protocol):
    def admit(self) -> bool:
        """Say whether the desk may be asked now. After a rest, only one caller may ask it."""

    def succeeded(self) -> None: ...

    def failed(self) -> None: ...

    def is_closed(self) -> bool: ...


class AlwaysClosed:
    """No breaker, for a tool that asks once."""

    def admit(self) -> bool:
        return True

    def succeeded(self) -> None: ...

    def failed(self) -> None: ...

    def is_closed(self) -> bool:
        return True


class Circuit:
    """Leave a desk at rest after several failures in a row, then let one pull try it.

    Each step is one script that Redis runs atomically, so all workers agree. The delays are expiry times of keys, so no
    clock is read and nothing has to be cleaned. Without Redis the circuit counts as closed: it only spares the desks.

    :param redis: with short timeouts and no retry, as `at` makes it
    :param threshold: how many failures in a row, within `window`, open it
    :param rest: how long the desk is left alone
    :param probe: how long the pull that tries the desk may take, before another pull may try
    """

    def __init__(
        self,
        redis: Redis,
        name: str,
        *,
        threshold: int = 10,
        window: timedelta = timedelta(minutes=1),
        rest: timedelta = timedelta(seconds=30),
        probe: timedelta = timedelta(seconds=20),
    ) -> None:
        self._redis = redis
        self._name = name
        self._keys = [f"guichets:circuit:{{{name}}}:{key}" for key in ("open", "tripped", "failures", "probe")]
        self._probe = [_milliseconds(probe)]
        self._failure = [threshold, *map(_milliseconds, (window, rest, FORGOTTEN_AFTER))]
        self._admit, self._failed, self._succeeded = map(redis.register_script, (_ADMIT, _FAILED, _SUCCEEDED))

    @classmethod
    def at(cls, redis_url: str, name: str) -> Self:
        """Build the circuit of a desk. Redis gets one second and no second try; by default, it gets fifteen."""
        redis = Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
        return cls(redis, name)

    def admit(self) -> bool:
        try:
            return bool(self._admit(keys=self._keys, args=self._probe))
        except RedisError as error:
            self._warn_unreachable(error)
            return True

    def succeeded(self) -> None:
        try:
            self._succeeded(keys=self._keys)
        except RedisError as error:
            self._warn_unreachable(error)

    def failed(self) -> None:
        try:
            opened = self._failed(keys=self._keys, args=self._failure)
        except RedisError as error:
            self._warn_unreachable(error)
            return
        if opened:
            logger.warning("The circuit of %s opens.", self._name)

    def is_closed(self) -> bool:
        return self.state().name == "closed"

    def state(self) -> CircuitState:
        """Read the state of the circuit; closed when Redis is unreachable."""
        opened, tripped, failures, _ = self._keys
        reading = self._redis.pipeline()
        reading.pttl(opened)
        reading.exists(tripped)
        reading.get(failures)
        try:
            rest, is_tripped, count = reading.execute()
        except RedisError as error:
            self._warn_unreachable(error)
            return CircuitState("closed")
        if rest > 0:
            return CircuitState("open", timedelta(milliseconds=rest))
        return CircuitState("half_open" if is_tripped else "closed", failures=int(count or 0))

    def reset(self) -> None:
        """Close it and forget its failures, once a desk is repaired or its address changed.

        :raises RedisError: when Redis is unreachable, since the person who asks must know
        """
        self._redis.delete(*self._keys)

    def _warn_unreachable(self, error: RedisError) -> None:
        logger.warning("The circuit of %s is out of reach, and taken as closed: %s", self._name, error)


def _milliseconds(duration: timedelta) -> int:
    return max(1, round(duration.total_seconds() * 1000))
