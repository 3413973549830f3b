"""The arrival window: straight line times a detour factor over the recent speed.

Pure and small, so that a learned estimator or a routing engine can take its place.
"""

from math import exp
from typing import Final, NamedTuple

from msgspec import Struct

from app.domain.geo import Located, near_distance
from app.domain.position import PLAUSIBLE_SPEED
from app.domain.times import MINUTE, SECOND

DETOUR: Final = 1.3
"""Road over straight-line distance; 1.3 is usual for street networks (Boscoe et al. 2012: 1.4)."""
MEMORY: Final = 180.0
"""Time constant in seconds of the exponential mean of the speed."""
SHORTEST: Final = 1.0
"""Seconds between two places whose distance says anything about a speed."""
SLOWEST: Final = 10 / 3.6
START_SPEED: Final = 20 / 3.6
HANDOVER: Final = 60.0
"""Seconds from the kerb to the door."""
FURTHEST: Final = 200_000.0
"""Metres; beyond it there is no window rather than a silly one."""
STEP: Final = 5 * MINUTE


class Pace(Struct, frozen=True, gc=False):
    """A driver's recent speed in m/s, and the spot it was last measured at."""

    speed: float = START_SPEED
    place: Located | None = None
    at: int = 0


class Window(NamedTuple):
    """Arrival between two times, in microseconds."""

    begin: int
    end: int


def update_pace(pace: Pace, place: Located, at: int) -> Pace:
    """The pace after one more accepted fix: the same object where it says nothing new.

    A jump that no vehicle makes (the marker started anew elsewhere) is no speed.
    """
    if pace.place is None or at <= pace.at:
        return Pace(pace.speed, place, max(at, pace.at))
    elapsed = (at - pace.at) / SECOND
    if elapsed < SHORTEST:
        return pace
    measured = near_distance(pace.place, place) / elapsed
    if measured > PLAUSIBLE_SPEED:
        return Pace(pace.speed, place, at)
    weight = 1 - exp(-elapsed / MEMORY)
    return Pace(pace.speed + weight * (measured - pace.speed), place, at)


def arrival(pace: Pace, destination: Located) -> Window | None:
    """The window for the way from the last fix to ``destination``, rounded to five minutes.

    Its width grows with the way: 0.75 to 1.35 times the estimate. None without a fix, or too
    far away.
    """
    if pace.place is None:
        return None
    way = near_distance(pace.place, destination) * DETOUR
    if way > FURTHEST:
        return None
    seconds = way / max(pace.speed, SLOWEST) + HANDOVER
    begin = pace.at + round(seconds * 0.75) * SECOND
    end = pace.at + round(seconds * 1.35) * SECOND
    begin -= begin % STEP
    end += -end % STEP
    return Window(begin, end)
