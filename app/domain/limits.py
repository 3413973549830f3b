"""Budgets: a token bucket, and the growing delay after failed sign-ins. Time is an argument."""

from dataclasses import dataclass
from typing import Final

MAX_DELAY: Final = 900.0
_DOUBLINGS: Final = 10
"""From 1 second; one more would not lengthen the wait (2^10 is over `MAX_DELAY`)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many per second on average, with bursts; ``per_second`` 0 is no limit."""

    per_second: float
    burst: float

    @property
    def unlimited(self) -> bool:
        """Whether nothing is ever refused."""
        return self.per_second == 0


class Bucket:
    """A token bucket for one holder; seconds of a monotonic clock come in with each call."""

    __slots__ = ("_level", "_rate", "_since")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._level = rate.burst
        self._since = now

    def take(self, amount: float, now: float) -> float:
        """Take ``amount``: 0.0 when allowed, else the seconds until it would be."""
        rate = self._rate
        if rate.unlimited:
            return 0.0
        filled = self._level + (now - self._since) * rate.per_second
        self._level = min(rate.burst, filled)
        self._since = now
        wanted = min(amount, rate.burst)
        if self._level >= wanted:
            self._level -= amount
            return 0.0
        return (wanted - self._level) / rate.per_second

    def idle(self, now: float) -> bool:
        """Whether the bucket is full again, and may be forgotten."""
        return self._level + (now - self._since) * self._rate.per_second >= self._rate.burst


@dataclass(frozen=True, slots=True)
class Failures:
    """So many failures within ``within`` seconds are free; 0 is no limit."""

    count: int
    within: float


class FailureGauge:
    """Failures of one account or address: free at first, then slower and slower, never for good.

    Each failure past the free ones doubles the wait, up to 15 minutes; failures are forgotten
    one by one over the window.
    """

    __slots__ = ("_blocked_until", "_level", "_limit", "_since")

    def __init__(self, limit: Failures, now: float) -> None:
        self._limit = limit
        self._level = 0.0
        self._since = now
        self._blocked_until = now

    def wait(self, now: float) -> float:
        """Seconds until the next try is allowed, 0.0 for now."""
        return max(0.0, self._blocked_until - now)

    def failed(self, now: float) -> None:
        """Count one failure."""
        limit = self._limit
        if limit.count == 0:
            return
        leaked = (now - self._since) * limit.count / limit.within
        level = max(0.0, self._level - leaked) + 1
        # Bounded, so that a storm of failures is forgotten as soon as a handful is.
        self._level = min(level, limit.count + _DOUBLINGS)
        self._since = now
        over = round(self._level) - limit.count  # a moment's leak must not make one more free
        if over >= 0:
            self._blocked_until = now + min(MAX_DELAY, 2.0**over)

    def forgotten(self, now: float) -> bool:
        """Whether nothing of it counts any more."""
        return now >= self._blocked_until and now - self._since >= self._limit.within
