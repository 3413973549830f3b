"""Budgets by holder (a driver, an address, a key): made when needed, forgotten when full."""

from collections.abc import Callable, Hashable
from typing import Final

from app.domain.errors import OnthewayError
from app.domain.limits import Bucket, FailureGauge, Failures, Rate

Monotonic = Callable[[], float]
SWEEP: Final = 10_000
"""So many holders, and the idle ones are dropped."""


class Buckets:
    """One token bucket per holder."""

    def __init__(self, rate: Rate, clock: Monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: dict[Hashable, Bucket] = {}

    @property
    def unlimited(self) -> bool:
        """Whether nothing is ever refused."""
        return self._rate.unlimited

    def take(self, holder: Hashable, amount: float = 1.0) -> float:
        """0.0 when allowed, else the seconds to wait."""
        if self._rate.unlimited:
            return 0.0
        now = self._clock()
        bucket = self._buckets.get(holder)
        if bucket is None:
            if len(self._buckets) >= SWEEP:
                self._buckets = {h: b for h, b in self._buckets.items() if not b.idle(now)}
            bucket = self._buckets[holder] = Bucket(self._rate, now)
        return bucket.take(amount, now)

    def require(self, holder: Hashable) -> None:
        """Raise ``too_many`` when the holder is over his rate."""
        wait = self.take(holder)
        if wait:
            raise too_many(wait)


class Gauges:
    """Failures per holder, for sign-in."""

    def __init__(self, limit: Failures, clock: Monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._gauges: dict[Hashable, FailureGauge] = {}

    def wait(self, holder: Hashable) -> float:
        """Seconds until the next try is allowed."""
        gauge = self._gauges.get(holder)
        return gauge.wait(self._clock()) if gauge else 0.0

    def failed(self, holder: Hashable) -> None:
        """One more failure."""
        now = self._clock()
        if len(self._gauges) >= SWEEP:
            self._gauges = {h: g for h, g in self._gauges.items() if not g.forgotten(now)}
        self._gauges.setdefault(holder, FailureGauge(self._limit, now)).failed(now)

    def succeeded(self, holder: Hashable) -> None:
        """All is forgiven."""
        self._gauges.pop(holder, None)


def too_many(wait: float) -> OnthewayError:
    """The refusal over a rate."""
    return OnthewayError(
        "too_many", "Too many requests; please wait a moment.", retry_after=max(1.0, wait)
    )
