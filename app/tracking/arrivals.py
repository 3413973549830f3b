"""When orders will arrive, as far as this business's own deliveries have taught it."""

import asyncio
from datetime import tzinfo
from typing import Final

from app.domain.days import quarter_of
from app.domain.eta import Outlook, Pace, Window, estimate, rest, window
from app.domain.geo import Located
from app.domain.lessons import calibrations
from app.domain.times import to_datetime
from app.tracking.ports import Lessons

TOGETHER: Final = 20
"""So many lessons are taken in before what is known is made anew, where more are waiting."""


class Arrivals:
    """The estimator (`app.domain.eta.Estimator`) along the straight line, with what is known for
    each local hour of the day."""

    def __init__(self, lessons: Lessons, zone: tzinfo) -> None:
        self._lessons = lessons
        self._zone = zone
        self._known = calibrations({})
        self._hour = (-1, 0)
        self._new = 0

    def rest(self, pace: Pace, destination: Located) -> float | None:
        """Seconds from the pace's fix to the arrival; None without a fix."""
        left = rest(pace, destination)
        return None if left is None else estimate(left, self._known[self.hour_of(pace.at)])

    def window(self, outlook: Outlook) -> Window | None:
        """When that is, with its doubt; None where it is too far away."""
        return window(outlook, self._known[self.hour_of(outlook.at)])

    def hour_of(self, moment: int) -> int:
        """The local hour of the day, from 0 to 23."""
        quarter = quarter_of(moment)
        if quarter != self._hour[0]:
            self._hour = quarter, to_datetime(quarter).astimezone(self._zone).hour
        return self._hour[1]

    async def load(self) -> None:
        """Take in all that was learned."""
        lessons = await self._lessons.all()
        self._known = await asyncio.to_thread(calibrations, lessons)
        self._new = 0

    async def learn(self) -> bool:
        """Learn from one more delivered order; whether there may be more. ``unavailable``."""
        more = await self._lessons.learn(self.hour_of, self._known)
        self._new += more
        if self._new >= TOGETHER or (self._new and not more):
            await self.load()
        return more
