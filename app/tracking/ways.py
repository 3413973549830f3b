"""The whole way of an order or of a driver for a map: read piece by piece, however long, and
thinned as it is read, so that neither server nor browser ever holds all of it."""

import asyncio
from typing import Final

from app.domain.thin import ThinWay
from app.domain.track import TrackFix
from app.tracking.records import StoredPosition
from app.tracking.replay import Read, TrackReading

POINTS: Final = 2_000
"""Of a way on a map, at most about."""
LONGEST: Final = 1_000_000
"""Positions that are read: eleven days of one a second."""


class WayReading:
    """One way; `read` it. ``reading`` knows its length, and what is no part of it."""

    def __init__(self, read: Read) -> None:
        self.reading = TrackReading(read, LONGEST)
        self.thin = ThinWay(POINTS)

    async def read(self) -> None:
        """Read it all; raises ``unavailable``."""
        await self.reading.begin()
        async for piece in self.reading.pieces():
            await asyncio.to_thread(self._take, piece)
        self.thin.finish()

    def _take(self, piece: list[StoredPosition]) -> None:
        for fix in piece:
            self.thin.add(TrackFix(fix.at, fix.lat, fix.lng))
