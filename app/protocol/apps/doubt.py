"""Whether the speeds of an app are in another unit than assumed: its fixes tell. Pure."""

from typing import Final

from app.domain.geo import Place, distance
from app.domain.position import Fix
from app.domain.times import SECOND

LEAST: Final = 1.7
MOST: Final = 2.2
"""Around 1.94, which is metres per second over knots."""
RUNNING: Final = 10
SLOWEST: Final = 2.0
"""Metres per second; below, the noise of places says more than they do."""
LONGEST: Final = 120 * SECOND
"""Over a longer time nobody drives straight on."""


class Doubt:
    """The fixes of one driver whose unit was assumed to be knots."""

    __slots__ = ("_before", "_running")

    def __init__(self) -> None:
        self._before: Fix | None = None
        self._running = 0

    def look(self, fix: Fix) -> bool:
        """Look at one more; whether so many running were too fast for what they said."""
        before, self._before = self._before, fix
        found = None if before is None else _ratio(before, fix)
        if found is not None:
            self._running = self._running + 1 if LEAST < found < MOST else 0
        return self._running >= RUNNING


def _ratio(before: Fix, fix: Fix) -> float | None:
    """Speed between two fixes, over the speed that they say; None: they cannot tell."""
    if before.fix_time is None or fix.fix_time is None or not before.speed or not fix.speed:
        return None
    elapsed = fix.fix_time - before.fix_time
    if not 0 < elapsed <= LONGEST:
        return None
    way = distance(Place(before.lat, before.lng), Place(fix.lat, fix.lng)) / (elapsed / SECOND)
    return 2 * way / (before.speed + fix.speed) if way >= SLOWEST else None
