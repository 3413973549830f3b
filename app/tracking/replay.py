"""Reading the past piece by piece: one track, or the whole fleet around a moment.

What was read is dropped with each piece, so that a long track costs no more memory than a short
one; who no longer asks for pieces has cancelled.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from operator import attrgetter
from typing import Final

from app.domain.times import HOUR, MINUTE, SECOND
from app.domain.track import Track, TrackFix, belongs
from app.tracking.ports import Tracks
from app.tracking.records import Driver, StoredPosition

MOST: Final = 100_000
"""Positions of one track that are read at most."""
PER_READ: Final = 5_000
DRIVERS_PER_READ: Final = 100
BEFORE: Final = 5 * MINUTE
AFTER: Final = 10 * MINUTE
"""The time around a moment for which the fleet is read."""
LONGEST: Final = 25 * HOUR
"""The fleet is read for so long at most: no day is longer."""
LOOK_BACK: Final = 30 * MINUTE
"""Whose newest fix is older was not at work at that moment."""
CLOSEST_STEP: Final = 5 * SECOND
BUDGET: Final = 90_000
"""About so many fixes of the fleet are read at most, however long the time and large the fleet."""

NEWEST_PAST: Final = HOUR
"""So long before the fleet's newest position its replay begins, where nobody says another time."""

Page = tuple[list[StoredPosition], str | None]
Read = Callable[[str | None, int], Awaitable[Page]]
"""Reads a page after a cursor, of so many at most."""
Fixes = list[tuple[Driver, list[StoredPosition]]]

_by_time: Final = attrgetter("at", "num")


def step_of(length: int, drivers: int) -> int:
    """One fix in so long is read of each driver, in full seconds, so that ``drivers`` at work for
    all of ``length`` have no more fixes than the budget."""
    fair = -(-length * drivers // (BUDGET * SECOND)) * SECOND
    return max(CLOSEST_STEP, fair)


async def newest_work(tracks: Tracks, newest: int | None) -> int | None:
    """When somebody was first at work in the hour before the fleet's ``newest`` position, in full
    minutes; None while nobody was. Raises ``unavailable``."""
    if newest is None:
        return None
    begin = await tracks.first(newest - NEWEST_PAST)
    return None if begin is None else -(-begin // MINUTE) * MINUTE


class TrackReading:
    """One track; `begin` it, then take its `pieces`; what it says of itself is in ``track``.

    ``left_out``: positions that are no part of the track; ``more``: it goes on after ``most`` of
    them (`MOST`, unless said).
    """

    def __init__(self, read: Read, most: int | None = None) -> None:
        self._read = read
        self._most = MOST if most is None else most
        self._first: Page = ([], None)
        self.track = Track()
        self.left_out = 0
        self.more = False

    async def begin(self) -> None:
        """Read the first page; raises ``unavailable``."""
        self._first = await self._read(None, min(PER_READ, self._most))

    async def pieces(self) -> AsyncIterator[list[StoredPosition]]:
        """The positions that belong to the track, by live time."""
        items, following = self._first
        left = self._most - len(items)
        yield await asyncio.to_thread(self._take, items)
        while following is not None and left > 0:
            items, following = await self._read(following, min(PER_READ, left))
            left -= len(items)
            yield await asyncio.to_thread(self._take, items)
        self.more = following is not None
        self.track.finish()

    def _take(self, items: Sequence[StoredPosition]) -> list[StoredPosition]:
        taken = [item for item in items if belongs(item.flags)]
        self.left_out += len(items) - len(taken)
        for item in taken:
            self.track.add(TrackFix(item.at, item.lat, item.lng))
        return taken


class FleetReading:
    """The fleet around a moment; `start` it, then take its `pieces`.

    ``span``: from when to when, both within; without one, some minutes around the moment.
    ``here``: each driver with his place at the moment. ``drivers``: everybody there ever was.
    From ``begin`` to ``end`` one fix in each ``step`` is read.
    """

    def __init__(self, tracks: Tracks, moment: int, span: tuple[int, int] | None = None) -> None:
        self._tracks = tracks
        self.moment = moment
        self.begin, self.end = span or (moment - BEFORE, moment + AFTER)
        self.step = CLOSEST_STEP
        self.drivers: list[Driver] = []
        self.here: Fixes = []
        self._newest: dict[int, StoredPosition] = {}

    @property
    def count(self) -> int:
        """Of the pieces."""
        return -(-len(self.drivers) // DRIVERS_PER_READ)

    async def start(self) -> None:
        """Read where everybody was; raises ``unavailable``."""
        self.drivers = await self._tracks.drivers()
        newest = await self._tracks.at(self.moment, self.moment - LOOK_BACK)
        self.here = [(one, [newest[one.num]]) for one in self.drivers if one.num in newest]
        self._newest = newest
        at_work = await self._tracks.at(self.end, self.begin)
        self.step = step_of(self.end - self.begin, len(at_work))

    async def following(self) -> int | None:
        """When somebody was at work again after the end; None while nobody was."""
        return await self._tracks.first(self.end + 1)

    async def pieces(self) -> AsyncIterator[Fixes]:
        """Some drivers with their fixes by time, the one at the moment among them; drivers without
        any are passed over, so a piece may be empty."""
        for begin in range(0, len(self.drivers), DRIVERS_PER_READ):
            some = self.drivers[begin : begin + DRIVERS_PER_READ]
            nums = [driver.num for driver in some]
            sampled = await self._tracks.sampled(nums, self.begin, self.end, self.step)
            fixes = [(driver, self._fixes(driver.num, sampled)) for driver in some]
            yield [(driver, found) for driver, found in fixes if found]

    def _fixes(
        self, driver_num: int, sampled: dict[int, list[StoredPosition]]
    ) -> list[StoredPosition]:
        found = {fix.num: fix for fix in sampled.get(driver_num, ())}
        if newest := self._newest.get(driver_num):
            found[newest.num] = newest
        return sorted(found.values(), key=_by_time)
