"""What a business wants to know of a time: deliveries, on time or not, how long, how far. Pure.

On time is what was delivered before the end of the promised window; an order without a promise
was neither on time nor late, and does not count. The time to deliver is from the order's making
to its delivery.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.domain.days import Slot


class Deliveries(NamedTuple):
    """What was delivered in a time: how many, how many with a promised window, how many of
    these on time; ``minutes`` from order to delivery, of each, rounded."""

    delivered: int
    promised: int
    on_time: int
    minutes: Sequence[int]


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of an hour of the whole fleet: metres travelled, and the most drivers online and
    viewers at one time."""

    begin: int
    metres: float
    drivers: int
    viewers: int


@dataclass(slots=True)
class Figures:
    """All figures of a time: as `Deliveries`; ``metres`` travelled by all drivers; ``times``:
    how many deliveries took so many minutes."""

    delivered: int = 0
    promised: int = 0
    on_time: int = 0
    failed: int = 0
    metres: float = 0.0
    times: Counter[int] = field(default_factory=Counter)

    @property
    def share(self) -> float | None:
        """The part that was on time, 0 to 1; None when nothing was promised."""
        return self.on_time / self.promised if self.promised else None

    @property
    def median(self) -> float | None:
        """The median of the minutes to deliver; None without a delivery."""
        return median(self.times)

    def add(self, more: Deliveries) -> None:
        """Take in the deliveries of another time."""
        self.delivered += more.delivered
        self.promised += more.promised
        self.on_time += more.on_time
        self.times.update(more.minutes)


@dataclass(frozen=True, slots=True)
class Peak:
    """The most drivers online, and viewers of orders, at one time within a local hour."""

    day: date
    hour: int
    drivers: int
    viewers: int


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of some local days: all, by day, by hour of the day, and the peaks by hour."""

    all: Figures
    days: Mapping[date, Figures]
    hours: Mapping[int, Figures]
    peaks: Sequence[Peak]

    @property
    def empty(self) -> bool:
        """Whether nothing at all is known of these days."""
        everything = self.all
        nobody = not any(peak.drivers or peak.viewers for peak in self.peaks)
        return nobody and not (everything.delivered or everything.failed or everything.metres)


def median(times: Mapping[int, int]) -> float | None:
    """The median of values that are given with how often each came; None of nothing."""
    count = sum(times.values())
    middles, passed = [], 0
    for value, often in sorted(times.items()):
        # The middle one, or of an even number the two beside the middle.
        for place in ((count - 1) // 2, count // 2):
            if passed <= place < passed + often:
                middles.append(value)
        passed += often
    return sum(middles) / 2 if count else None


def report(
    slots: Sequence[Slot],
    deliveries: Sequence[Deliveries],
    failures: Mapping[date, int],
    quarters: Iterable[Quarter],
) -> Report:
    """Put together what is known: ``deliveries`` of each of the ``slots``, ``failures`` by day."""
    days = {slot.day: Figures(failed=failures.get(slot.day, 0)) for slot in slots}
    hours = {hour: Figures() for hour in range(24)}
    for slot, more in zip(slots, deliveries, strict=True):
        days[slot.day].add(more)
        hours[slot.hour].add(more)
    begins = [slot.begin for slot in slots]
    peaks = {(slot.day, slot.hour): (0, 0) for slot in slots}
    for quarter in quarters:
        slot = slots[bisect_right(begins, quarter.begin) - 1]
        days[slot.day].metres += quarter.metres
        hours[slot.hour].metres += quarter.metres
        drivers, viewers = peaks[slot.day, slot.hour]
        peaks[slot.day, slot.hour] = max(drivers, quarter.drivers), max(viewers, quarter.viewers)
    found = [Peak(*when, *most) for when, most in peaks.items()]
    return Report(_sum(hours.values(), sum(failures.values())), days, hours, found)


def _sum(parts: Iterable[Figures], failed: int) -> Figures:
    total = Figures(failed=failed)
    for part in parts:
        total.delivered += part.delivered
        total.promised += part.promised
        total.on_time += part.on_time
        total.metres += part.metres
        total.times += part.times
    return total
