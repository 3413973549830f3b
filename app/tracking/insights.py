"""What the past says: reports over local days, each driver's day, and the peaks of now."""

import asyncio
from datetime import date, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from app.domain.access import Action, Actor
from app.domain.days import begin_of, day_of, days_between, hours_between, quarter_of
from app.domain.errors import OnthewayError
from app.domain.figures import Report, report
from app.domain.times import MINUTE
from app.tracking.hub import Hub
from app.tracking.monitor import Now
from app.tracking.ports import Insights
from app.tracking.records import DriverDay

MOST_DAYS: Final = 366
"""In one report."""
EARLIEST: Final = date(2012, 1, 1)
LATEST: Final = date(2200, 1, 1)
WRITE_EVERY: Final = MINUTE
"""A new peak is stored within this time; a crash loses no more."""


class InsightDesk:
    """Asks the store, and watches how many are online."""

    def __init__(self, insights: Insights, hub: Hub, now: Now) -> None:
        self._insights = insights
        self._hub = hub
        self._now = now
        self._quarter = 0
        self._peak = self._written = (0, 0)
        self._write_at = 0

    async def report(self, first: date, last: date, zone: tzinfo, actor: Actor) -> Report:
        """The figures of the local days from ``first`` to ``last``; ``invalid_field``."""
        actor.require(Action.READ)
        check_days(first, last)
        slots = await asyncio.to_thread(hours_between, first, last, zone)
        days = days_between(first, last)
        begins = [begin_of(day, zone) for day in [*days, last + timedelta(days=1)]]
        deliveries, failures, quarters = await asyncio.gather(
            self._insights.deliveries([(slot.begin, slot.end) for slot in slots]),
            self._insights.failures(list(pairwise(begins))),
            self._insights.quarters(begins[0], begins[-1]),
        )
        failed = dict(zip(days, failures, strict=True))
        return await asyncio.to_thread(report, slots, deliveries, failed, quarters)

    async def today(self, zone: tzinfo, actor: Actor) -> dict[int, DriverDay]:
        """What each driver, by his number, has done since the local midnight."""
        actor.require(Action.READ)
        return await self._insights.by_driver(begin_of(day_of(self._now(), zone), zone))

    def look(self) -> None:
        """Count who is online now; the most of each quarter of an hour is stored, beside the
        work. To be called about every second."""
        now = self._now()
        quarter = quarter_of(now)
        if quarter != self._quarter:
            self._write()
            self._quarter, self._peak, self._written = quarter, (0, 0), (0, 0)
        drivers, viewers = self._peak
        self._peak = (
            max(drivers, self._hub.drivers_online()),
            max(viewers, self._hub.viewers()),
        )
        if now >= self._write_at or now < self._write_at - WRITE_EVERY:  # clocks are set, too
            self._write()

    def _write(self) -> None:
        if self._peak != self._written:
            self._insights.note_peak(self._quarter, *self._peak)
            self._written = self._peak
            self._write_at = self._now() + WRITE_EVERY


def check_days(first: date, last: date) -> None:
    """Raise ``invalid_field`` unless a report can be about these days."""
    if last < first:
        raise OnthewayError("invalid_field", "The last day must not be before the first.")
    if first < EARLIEST or last > LATEST:
        raise OnthewayError("invalid_field", f"Choose days from {EARLIEST} to {LATEST}.")
    if (last - first).days >= MOST_DAYS:
        raise OnthewayError("invalid_field", f"Choose at most {MOST_DAYS} days.")
