"""What a business wants to know of a time: deliveries, on time or not, how long, how far. Pure.

On time is what was delivered before the end of the promised window; an order without a promise
was neither on time nor late, and does not count. The time to deliver is from the order's making
to its delivery.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import NamedTuple

from app.domain.days import Slot


class Deliveries(NamedTuple):
    """What was delivered in a time: how many, how many with a promised window, how many of
    these on time; ``minutes`` from order to delivery, of each, rounded."""

    delivered: int
    promised: int
    on_time: int
    minutes: Sequence[int]


class Quarter(NamedTuple):
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


class Peak(NamedTuple):
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
    """Put together what is known: ``deliveries`` of each of the ``slots``, of which there is one at
    least; ``failures`` by day; and ``quarters`` within the slots, oldest first."""
    by_day: dict[date, list[Deliveries]] = {slot.day: [] for slot in slots}
    by_hour: dict[int, list[Deliveries]] = {hour: [] for hour in range(24)}
    for slot, found in zip(slots, deliveries, strict=True):
        if found.delivered:
            by_day[slot.day].append(found)
            by_hour[slot.hour].append(found)
    days = {day: gather(parts, failures.get(day, 0)) for day, parts in by_day.items()}
    hours = {hour: gather(parts) for hour, parts in by_hour.items()}
    peaks = {(slot.day, slot.hour): (0, 0) for slot in slots}
    following = iter(slots)
    _, end, day, hour = next(following)
    for begin, metres, drivers, viewers in quarters:
        while begin >= end:
            _, end, day, hour = next(following)
        days[day].metres += metres
        hours[hour].metres += metres
        if drivers or viewers:
            most = peaks[day, hour]
            peaks[day, hour] = max(most[0], drivers), max(most[1], viewers)
    highest = [Peak(*when, *most) for when, most in peaks.items()]
    return Report(_sum(hours.values(), sum(failures.values())), days, hours, highest)


def gather(parts: Sequence[Deliveries], failed: int = 0) -> Figures:
    """The figures of several times together, in which so many failed."""
    return Figures(
        delivered=sum(part.delivered for part in parts),
        promised=sum(part.promised for part in parts),
        on_time=sum(part.on_time for part in parts),
        failed=failed,
        times=Counter(chain.from_iterable(part.minutes for part in parts)),
    )


def _sum(parts: Iterable[Figures], failed: int) -> Figures:
    total = Figures(failed=failed)
    for part in parts:
        total.delivered += part.delivered
        total.promised += part.promised
        total.on_time += part.on_time
        total.metres += part.metres
        total.times += part.times
    return total
