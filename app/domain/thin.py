"""A long way with fewer fixes: those that tell its shape, and both sides of each gap. Pure.

Degrees and metres; good for ways of a city or a country.
"""

from math import asin, atan2, cos, hypot, pi, radians
from typing import Final

from app.domain.track import TrackFix, is_gap

CLOSE: Final = 5.0
"""Metres: nearer to the line that is drawn nobody sees a difference on a map of streets."""
COARSEST: Final = 160.0
"""Metres: what is still too much then is gaps."""
_DEGREE: Final = 111_195.0
"""Metres of a degree of latitude."""


class ThinWay:
    """Takes fixes in the order of their times and keeps at most about ``most`` of them.

    ``points``: what is kept, the first and the last among them. ``gaps``: the numbers of those
    that follow a gap. ``within``: so near to the line through them lies each that is not kept, in
    metres. Gaps cannot be thinned: a way that is all gaps is kept whole.
    """

    def __init__(self, most: int) -> None:
        self.points: list[TrackFix] = []
        self.gaps: list[int] = []
        self.within = CLOSE
        self._most = most
        self._last: TrackFix | None = None
        self._line: _Line | None = None

    def add(self, fix: TrackFix) -> None:
        """The next fix; its time is that of the one before or later."""
        last = self._last
        self._take(fix, gap=last is not None and is_gap(last.at, fix.at))
        if len(self.points) > self._most:
            self._coarser()

    def finish(self) -> None:
        """There is no further fix."""
        self._keep_last()

    def _take(self, fix: TrackFix, *, gap: bool) -> None:
        if gap:
            self._keep_last()
            self.gaps.append(len(self.points))
        if gap or self._line is None:
            self._keep(fix)
        elif not self._line.takes(fix):
            self._keep_last()
            self._line.takes(fix)
        self._last = fix

    def _keep_last(self) -> None:
        if self._last is not None and self.points[-1] is not self._last:
            self._keep(self._last)

    def _keep(self, fix: TrackFix) -> None:
        self.points.append(fix)
        self._line = _Line(fix, self.within)

    def _coarser(self) -> None:
        """Too many: the same once more, until there is room for others."""
        while 4 * len(self.points) > 3 * self._most and self.within < COARSEST:
            self._again()
        self._most = max(self._most, 2 * len(self.points) if self.within >= COARSEST else 0)

    def _again(self) -> None:
        points, gaps, newest = self.points, set(self.gaps), self._last
        self.points, self.gaps, self._last, self._line = [], [], None, None
        self.within *= 2
        for number, fix in enumerate(points):
            self._take(fix, gap=number in gaps)
        if newest is not None and newest is not self._last:
            self._take(newest, gap=False)


class _Line:
    """A line that begins at a fix, and so far passes all that follow ``within`` so many metres:
    the directions that it may still have become fewer with each."""

    def __init__(self, begin: TrackFix, within: float) -> None:
        self._begin = begin
        self._within = within
        self._east = _DEGREE * cos(radians(begin.lat))
        self._far = 0.0
        self._middle: float | None = None
        self._left = self._right = 0.0

    def takes(self, fix: TrackFix) -> bool:
        """Whether it can end there too."""
        begin, within = self._begin, self._within
        x = ((fix.lng - begin.lng + 540) % 360 - 180) * self._east
        y = (fix.lat - begin.lat) * _DEGREE
        far = hypot(x, y)
        if far < self._far - within:
            return False  # it comes back
        self._far = max(self._far, far)
        if far <= within:
            return True
        direction, spread = atan2(y, x), asin(within / far)
        if self._middle is None:
            self._middle, self._left, self._right = direction, -spread, spread
            return True
        turn = (direction - self._middle + 3 * pi) % (2 * pi) - pi
        if not self._left <= turn <= self._right:
            return False
        self._left, self._right = max(self._left, turn - spread), min(self._right, turn + spread)
        return True
