"""What a recorded track says of itself: which fixes belong to it, where it has gaps, where its
driver stood, how far he went. Pure; times are microseconds, lengths metres.
"""

from collections import deque
from typing import Final, NamedTuple

from app.domain.geo import near_distance
from app.domain.position import Flag
from app.domain.times import MINUTE, SECOND

GAP: Final = 60 * SECOND
"""Longer without a fix: the way between is not known."""
STOP_REACH: Final = 50.0
"""All fixes of a stop lie so near to its first one."""
STOP_TIME: Final = 2 * MINUTE
"""So long there, at the least."""

LEFT_OUT: Final = Flag.REPEATED | Flag.SAME_TIME | Flag.TELEPORT | Flag.INACCURATE
"""A fix with one of these says nothing new or nothing true about where its driver was. One that
came late does: it was sent after a tunnel, and its time has its place in the track."""

_LEFT_OUT: Final = int(LEFT_OUT)


class TrackFix(NamedTuple):
    """A place (degrees) at a time."""

    at: int
    lat: float
    lng: float


class Stop(NamedTuple):
    """A time spent at one place: from ``begin`` to ``end``, around a place in degrees."""

    begin: int
    end: int
    lat: float
    lng: float


class _Seen(NamedTuple):
    """A fix that may belong to a stop, and how far its driver had come by then."""

    at: int
    lat: float
    lng: float
    metres: float


def belongs(flags: int) -> bool:
    """Whether a stored fix with these flags is a part of the track."""
    return not flags & _LEFT_OUT


def is_gap(before: int, at: int) -> bool:
    """Whether the way between two fixes that follow each other is unknown."""
    return at - before > GAP


class Track:
    """Reads fixes in the order of their times, once, and remembers only what it found.

    ``count``: of the fixes. ``gaps``: the numbers, from 0, of the fixes that follow a gap.
    ``stops``: in order. `finish` after the last fix.
    """

    def __init__(self) -> None:
        self.count = 0
        self.gaps: list[int] = []
        self.stops: list[Stop] = []
        self._metres = 0.0
        self._near: deque[_Seen] = deque()
        self._last: TrackFix | None = None

    @property
    def metres(self) -> float:
        """The way driven: without that in gaps, which nobody knows, and without what a phone
        that stands still seems to move."""
        return self._metres

    def add(self, fix: TrackFix) -> None:
        """The next fix; its time is that of the one before or later."""
        last = self._last
        if last is not None:
            if is_gap(last.at, fix.at):
                self.gaps.append(self.count)
            else:
                self._metres += near_distance(last, fix)
        self._last = fix
        self.count += 1
        self._look_for_stop(_Seen(fix.at, fix.lat, fix.lng, self._metres))

    def finish(self) -> None:
        """There is no further fix: a stop at the end is one too."""
        self._keep_stop()
        self._near.clear()

    def _look_for_stop(self, seen: _Seen) -> None:
        """``_near`` holds a run of fixes, all within reach of its first."""
        near = self._near
        if near and not _reaches(near[0], seen) and self._keep_stop():
            near.clear()
            seen = seen._replace(metres=self._metres)
        near.append(seen)
        if not _reaches(near[0], seen):
            near.popleft()
            while not _all_reach(near):
                near.popleft()

    def _keep_stop(self) -> bool:
        """The run has ended; whether it was a stop."""
        near = self._near
        if not near or near[-1].at - near[0].at < STOP_TIME:
            return False
        lat = sum(seen.lat for seen in near) / len(near)
        lng = near[0].lng + sum(_turn(near[0].lng, seen.lng) for seen in near) / len(near)
        self.stops.append(Stop(near[0].at, near[-1].at, lat, _wrapped(lng)))
        self._metres -= near[-1].metres - near[0].metres
        return True


def _reaches(first: _Seen, seen: _Seen) -> bool:
    return near_distance(first, seen) <= STOP_REACH


def _all_reach(near: deque[_Seen]) -> bool:
    first = near[0]
    return all(_reaches(first, seen) for seen in reversed(near))  # the last ones are furthest


def _turn(begin: float, end: float) -> float:
    """Degrees of longitude from one to another, the short way."""
    return (end - begin + 540) % 360 - 180


def _wrapped(lng: float) -> float:
    return (lng + 540) % 360 - 180
