"""How long it still takes: a driver's pace, the rest of his way, and the window that is shown.

The rest is the straight line times a detour factor over the recent speed, and the time at the
door; less for who drives towards the door, more for who drives away from it; and never less than
half the time for which he has been around one place. How far it is off is known by experience
(`app.domain.lessons`): that makes the window. docs/arrival.md explains and measures it.
"""

from bisect import bisect_right
from math import exp, hypot, log
from typing import Final, NamedTuple, Protocol

from msgspec import Struct

from app.domain.geo import Located, offset
from app.domain.position import PLAUSIBLE_SPEED
from app.domain.times import HOUR, MINUTE, SECOND

MEMORY: Final = 180.0
"""Time constant in seconds of the exponential mean of the speed."""
COURSE_MEMORY: Final = 60.0
"""The same of the velocity, which says where he is heading."""
CALM: Final = 45.0
"""The same of the estimate: what lasts for seconds moves it little."""
SHORTEST: Final = SECOND
"""Time between two places whose distance says anything about a speed."""
SLOWEST: Final = 10 / 3.6
START_SPEED: Final = 20 / 3.6
TURN: Final = 0.6
"""Straight towards the door the rest is divided by e to this power, straight away multiplied."""
SLACK: Final = 1.0
"""Metres a second that are nothing beside a speed, and keep a standing driver's course small."""
AROUND: Final = 150.0
"""Metres around a place within which a driver stays there."""
STAYS_ON: Final = 0.5
"""Who stayed so long stays at least this times as long again."""
SHORTEST_REST: Final = 20.0
"""Seconds; below it an estimate is as good as this."""
LONGEST_REST: Final = 4 * HOUR // SECOND
"""Seconds; beyond it there is no window rather than a silly one."""
STAGES: Final = (120.0, 420.0, 1500.0)
"""Seconds that are left where the window's bounds are known; between them they go over."""
PARTS: Final = (1 / 3, 2 / 3)
"""The same by the share of the way's time that has passed: what is still unknown at its begin, a
second stop for instance, makes it later, and what is held against it at its end is often over."""
FINE, COARSE = MINUTE, 5 * MINUTE
"""What the ends of a window are rounded to: a narrow one, and one of ten minutes or more."""

_LOGS: Final = tuple(map(log, STAGES))


class Pace(Struct, frozen=True, gc=False):
    """A driver's recent speed in m/s, the spot it was last measured at, his recent velocity to the
    east and north, and how many metres to the east and north of the place that he has been around
    since a time he is."""

    speed: float = START_SPEED
    place: Located | None = None
    at: int = 0
    east: float = 0.0
    north: float = 0.0
    off_east: float = 0.0
    off_north: float = 0.0
    since: int = 0


class Rest(NamedTuple):
    """What an estimate is made of: seconds of driving on the straight line as he is heading, the
    factor of that heading, and the least that it still takes in seconds."""

    driving: float
    turn: float
    least: float


class Calibration(Struct, frozen=True, gc=False):
    """What is known by experience.

    ``detour`` is the way over the straight line, ``dwell`` the seconds at the door; ``low`` and
    ``high`` hold for each of `PARTS`, and in it for each of `STAGES`, what the estimate is
    multiplied by for the window's ends.
    """

    detour: float = 1.0
    dwell: float = 150.0
    low: tuple[float, ...] = (0.33,) * (len(PARTS) * len(STAGES))
    high: tuple[float, ...] = (3.4,) * (len(PARTS) * len(STAGES))


DEFAULT: Final = Calibration()


class Outlook(Struct, frozen=True, gc=False):
    """What is expected, calmly: so many seconds are left after ``at``, of a way that began at
    ``begin``; 0: nobody knows when."""

    seconds: float
    at: int
    begin: int = 0


class Window(NamedTuple):
    """Arrival between two times, in microseconds."""

    begin: int
    end: int


class Estimator(Protocol):
    """Where arrival windows come from. One that asks a routing engine can take the place of the
    straight line; it must answer at once, from what it knows by then."""

    def rest(self, pace: Pace, destination: Located) -> float | None:
        """Seconds from the pace's fix to the arrival; None: no idea."""

    def window(self, outlook: Outlook) -> Window | None:
        """When that is, with its doubt; None: nothing that is worth saying."""


def update_pace(pace: Pace, place: Located, at: int) -> Pace:
    """The pace after one more accepted fix: the same object where it says nothing new.

    A jump that no vehicle makes (the marker started anew elsewhere) is no speed.
    """
    if pace.place is None:
        return Pace(pace.speed, place, max(at, pace.at), since=at)
    speed, east, north = pace.speed, pace.east, pace.north
    passed = at - pace.at
    if 0 < passed < SHORTEST:
        return pace
    x, y = offset(pace.place, place)
    off_east, off_north, since = pace.off_east + x, pace.off_north + y, pace.since
    if passed <= 0:
        return Pace(speed, place, pace.at, east, north, off_east, off_north, since)
    if off_east * off_east + off_north * off_north > AROUND * AROUND:
        off_east, off_north, since = 0.0, 0.0, at
    elapsed = passed / SECOND
    measured = hypot(x, y) / elapsed
    if measured <= PLAUSIBLE_SPEED:
        speed += (1 - exp(-elapsed / MEMORY)) * (measured - speed)
        weight = 1 - exp(-elapsed / COURSE_MEMORY)
        east += weight * (x / elapsed - east)
        north += weight * (y / elapsed - north)
    return Pace(speed, place, at, east, north, off_east, off_north, since)


def rest(pace: Pace, destination: Located) -> Rest | None:
    """What is left of the way from the last fix to ``destination``; None without a fix."""
    if pace.place is None:
        return None
    x, y = offset(pace.place, destination)
    away = hypot(x, y)
    speed = max(pace.speed, SLOWEST)
    closing = (pace.east * x + pace.north * y) / away if away else 0.0
    turn = exp(-TURN * min(1.0, max(-1.0, closing / (speed + SLACK))))
    return Rest(away / speed * turn, turn, STAYS_ON * (pace.at - pace.since) / SECOND)


def estimate(left: Rest, known: Calibration) -> float:
    """The seconds that are left: as often more as less."""
    return max(left.driving * known.detour + left.turn * known.dwell, left.least)


def settle(before: Outlook | None, seconds: float, at: int, begin: int = 0) -> Outlook:
    """What is expected once a new estimate says so many seconds from ``at``.

    It moves from what was expected towards the new estimate, the more the longer ago that was;
    so a blip of a second, however large, moves it by a fiftieth of the difference.
    """
    if before is None:
        return Outlook(seconds, at, begin)
    passed = max(0, at - before.at) / SECOND
    expected = max(0.0, before.seconds - passed)
    weight = 1 - exp(-passed / CALM)
    return Outlook(expected + weight * (seconds - expected), max(at, before.at), begin)


def spot(outlook: Outlook) -> tuple[int, float, float]:
    """Where what is expected lies among `STAGES` and `PARTS`: after this stage, how far towards the
    next, and how far from the first part to the last, both from 0 to 1."""
    seconds = max(outlook.seconds, SHORTEST_REST)
    place = log(seconds)
    after = min(max(bisect_right(_LOGS, place), 1), len(_LOGS) - 1) - 1
    share = (place - _LOGS[after]) / (_LOGS[after + 1] - _LOGS[after])
    part = 0.5
    if outlook.begin:
        passed = max(0, outlook.at - outlook.begin) / SECOND
        first, last = PARTS
        part = (passed / (passed + seconds) - first) / (last - first)
    return after, min(1.0, max(0.0, share)), min(1.0, max(0.0, part))


def bounds(outlook: Outlook, known: Calibration) -> tuple[float, float]:
    """The least and the most seconds that are expected."""
    here = spot(outlook)
    seconds = max(outlook.seconds, SHORTEST_REST)
    return _between(known.low, *here) * seconds, _between(known.high, *here) * seconds


def _between(factors: tuple[float, ...], after: int, share: float, part: float) -> float:
    second = after + len(STAGES)
    early = factors[after] + share * (factors[after + 1] - factors[after])
    late = factors[second] + share * (factors[second + 1] - factors[second])
    return early + part * (late - early)


def window(outlook: Outlook, known: Calibration) -> Window | None:
    """The window of what is expected, its ends rounded to what is no false precision."""
    if outlook.seconds > LONGEST_REST:
        return None
    low, high = bounds(outlook, known)
    first, last = outlook.at + round(low) * SECOND, outlook.at + round(high) * SECOND
    if last - first >= 2 * COARSE:
        return Window(_nearest(first, COARSE), _nearest(last, COARSE))
    begin = first - first % FINE
    return Window(begin, max(_nearest(last, FINE), begin + FINE))


def overdue(promised: Window, coming: Window | None, now: int) -> int:
    """How late an order is, or will be, in microseconds; negative: in time.

    ``coming`` is when it will probably arrive; None, or over: nobody knows, it may be now.
    """
    if coming is None or coming.end <= now:
        return now - promised.end
    return max((coming.begin + coming.end) // 2, now) - promised.end


def _nearest(at: int, step: int) -> int:
    """The multiple of ``step`` that is nearest."""
    return (at + step // 2) // step * step


class Straight:
    """The estimator along the straight line, with one calibration for all hours."""

    def __init__(self, known: Calibration = DEFAULT) -> None:
        self._known = known

    def rest(self, pace: Pace, destination: Located) -> float | None:
        """Seconds from the pace's fix to the arrival; None without a fix."""
        left = rest(pace, destination)
        return None if left is None else estimate(left, self._known)

    def window(self, outlook: Outlook) -> Window | None:
        """When that is, with its doubt; None where it is too far away."""
        return window(outlook, self._known)
