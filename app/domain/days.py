"""Days and hours as the clocks of a time zone show them, cut out of the one time. Pure.

Where clocks are set, a day has 23 or 25 hours, and an hour may come twice or not at all.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from app.domain.times import DAY, HOUR, MINUTE, SECOND

QUARTER: Final = 15 * MINUTE
"""The offsets of all time zones are whole quarters of an hour, and clocks are set at whole ones
(since 2012: before, some did it at a minute past), so that local hours are made of whole ones."""


class Slot(NamedTuple):
    """A stretch within one local hour: from ``begin`` until before ``end`` (microseconds)."""

    begin: int
    end: int
    day: date
    hour: int


def quarter_of(moment: int) -> int:
    """The begin of the quarter of an hour that ``moment`` lies in."""
    return moment - moment % QUARTER


def begin_of(day: date, zone: tzinfo) -> int:
    """When a local day begins; where midnight is left out, the first moment after."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND


def span_of(first: date, last: date, zone: tzinfo) -> tuple[int, int]:
    """The time of the local days from ``first`` to ``last``: from, until before."""
    return begin_of(first, zone), begin_of(last + timedelta(days=1), zone)


def day_of(moment: int, zone: tzinfo) -> date:
    """The local day of a moment."""
    return datetime.fromtimestamp(moment // SECOND, zone).date()


def days_between(first: date, last: date) -> list[date]:
    """All days from ``first`` to ``last``, both within."""
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def hours_between(first: date, last: date, zone: tzinfo) -> list[Slot]:
    """The local hours of all days from ``first`` to ``last``, in the order of time.

    An hour that comes twice is one slot, twice as long.
    """
    hours: list[Slot] = []
    begin = begin_of(first, zone)
    for day in days_between(first, last):
        end = begin_of(day + timedelta(days=1), zone)
        hours += _usual_hours(begin, day) if end - begin == DAY else _hours(begin, end, zone)
        begin = end
    return hours


def _usual_hours(begin: int, day: date) -> Iterator[Slot]:
    for hour in range(24):
        yield Slot(begin + hour * HOUR, begin + (hour + 1) * HOUR, day, hour)


def _hours(begin: int, end: int, zone: tzinfo) -> Iterator[Slot]:
    """The hours of a day on which clocks are set."""
    for (day, hour), group in groupby(_quarters(begin, end, zone), attrgetter("day", "hour")):
        parts = list(group)
        yield Slot(parts[0].begin, parts[-1].end, day, hour)


def _quarters(begin: int, end: int, zone: tzinfo) -> Iterator[Slot]:
    for at in range(begin, end, QUARTER):
        there = datetime.fromtimestamp(at // SECOND, zone)
        yield Slot(at, at + QUARTER, there.date(), there.hour)
