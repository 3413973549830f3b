"""A driver's fix, and the verdict on a new one: its flags, and whether it moves the live marker.

Runs for every position, so its values are structs in C (a frozen dataclass takes ten times as long
to make), and whole numbers stand for flags where they are combined. Pure: the arrival time is an
argument, and what the store knows of equal times is handed in.
"""

from enum import IntFlag
from typing import Final, NamedTuple

from msgspec import Struct

from app.domain.geo import Place, distance, furthest
from app.domain.times import SECOND

FUTURE_TOLERANCE: Final = 60 * SECOND
PLAUSIBLE_SPEED: Final = 70.0
"""Metres per second; above it two fixes are a teleport (contract section 5)."""
NOISE: Final = 5.0
"""Metres that two fixes of one place may lie apart: a phone under open sky is accurate to 4.9 m
(GPS.gov, after van Diggelen and Enge 2015). Over less, a short time implies no speed."""
INACCURATE_FROM: Final = 100.0
"""Metres of accuracy above which a fix says too little to move a marker."""


class Flag(IntFlag):
    """What is remarkable about a stored fix (contract section 5); the values are stored."""

    LATE = 1
    REPEATED = 2
    SAME_TIME = 4
    FUTURE = 8
    TELEPORT = 16
    INACCURATE = 32
    SPEED_UNIT_ASSUMED = 64


FLAG_WORDS: Final[dict[Flag, str]] = {
    Flag.LATE: "older than the newest good fix of this driver",
    Flag.REPEATED: "the same place and time again, under another id",
    Flag.SAME_TIME: "the same time as another fix, at another place",
    Flag.FUTURE: "more than 60 seconds ahead of its arrival; arrival time is used",
    Flag.TELEPORT: "would need more than 70 m/s from the fix before, over more than 5 metres",
    Flag.INACCURATE: "accuracy worse than 100 metres, or a phone app's place at 0, 0",
    Flag.SPEED_UNIT_ASSUMED: "the unit of its speed had to be assumed",
}

KEEPS_MARKER: Final = Flag.LATE | Flag.REPEATED | Flag.SAME_TIME | Flag.TELEPORT | Flag.INACCURATE
"""A fix with one of these never moves the live marker."""

NO_FLAG: Final = Flag(0)

_KEEPS_MARKER: Final = int(KEEPS_MARKER)
_ASIDE: Final = int(Flag.REPEATED | Flag.SAME_TIME)
_LATE: Final = int(Flag.LATE)
_TELEPORT: Final = int(Flag.TELEPORT)
_INACCURATE: Final = int(Flag.INACCURATE)
_FUTURE: Final = int(Flag.FUTURE)
_NAMES: Final = tuple((flag.value, str(flag.name).lower()) for flag in Flag)


def flag_names(flags: int) -> list[str]:
    """The wire names of ``flags``, in the order of their values."""
    bits = int(flags)  # a `Flag` is much slower
    return [name for bit, name in _NAMES if bits & bit]


class Fix(Struct, frozen=True, gc=False):
    """One position as a driver sent it.

    Degrees WGS 84 unrounded; ``fix_time`` in microseconds, None: its arrival counts;
    ``accuracy`` and ``altitude`` metres, ``speed`` m/s, ``heading`` degrees from north (0 to
    under 360), ``battery`` 0 to 1; None is unknown.
    """

    lat: float
    lng: float
    fix_time: int | None = None
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None
    altitude: float | None = None
    battery: float | None = None

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.lat, self.lng)


class Spot(NamedTuple):
    """A place (degrees) at a time (microseconds): what the next fix is judged against."""

    lat: float
    lng: float
    at: int


def live_time(fix_time: int | None, arrival: int) -> tuple[int, int]:
    """The time that counts for order and live marker, and FUTURE where it is the arrival's."""
    if fix_time is None:
        return arrival, 0
    if fix_time > arrival + FUTURE_TOLERANCE:
        return arrival, _FUTURE
    return fix_time, 0


class Trail:
    """What is remembered of a driver to judge his next fix.

    ``newest`` is the newest fix that moved the marker; ``suspect`` the last good fix since, if
    it was set aside as a teleport and nothing has contradicted it.
    """

    __slots__ = ("_at", "_lat", "_lng", "suspect")

    def __init__(self, newest: Spot | None = None) -> None:
        self._lat, self._lng, self._at = newest or _NOWHERE
        self.suspect: Spot | None = None

    @property
    def newest(self) -> Spot | None:
        """None before the first."""
        return None if self._at == _NEVER else Spot(self._lat, self._lng, self._at)

    def judge(self, lat: float, lng: float, at: int, accuracy: float | None, known: int) -> int:
        """Judge the next fix: return its flags, as a number, and remember it if it counts.

        ``at`` is its live time; ``known`` holds FUTURE, REPEATED and SAME_TIME as found before
        (the last two need the history).
        """
        flags = known
        if accuracy is not None and accuracy > INACCURATE_FROM:
            flags |= _INACCURATE
        if at < self._at:
            return flags | _LATE
        if self._at != _NEVER:
            if flags & _ASIDE:
                return flags
            # The bound costs a tenth of the distance, and settles nearly every fix.
            reach = max(NOISE, PLAUSIBLE_SPEED * (at - self._at) / SECOND)
            if furthest(self._lat, self._lng, lat, lng) > reach:
                spot = Spot(lat, lng, at)
                if not plausible(Spot(self._lat, self._lng, self._at), spot):
                    return self._leap(spot, flags)
            self.suspect = None
        if not flags & _KEEPS_MARKER:
            self._lat, self._lng, self._at = lat, lng, at
        return flags

    def _leap(self, spot: Spot, flags: int) -> int:
        """A fix too far from the newest: a second one that fits the first starts anew there."""
        confirms = self.suspect is not None and plausible(self.suspect, spot)
        if flags & _INACCURATE:
            # Too vague to start anew from, but it does not speak against the suspect either.
            if not confirms:
                self.suspect = None
            return flags | _TELEPORT
        if confirms:
            self._lat, self._lng, self._at = spot
            self.suspect = None
            return flags
        self.suspect = spot
        return flags | _TELEPORT


_NEVER: Final = -(2**63)
_NOWHERE: Final = Spot(0.0, 0.0, _NEVER)


def plausible(before: Spot, spot: Spot) -> bool:
    """Whether one could get from ``before`` to ``spot`` in the time between.

    Equal times say nothing about speed (two orders may share one fix), so they are plausible.
    """
    elapsed = abs(spot.at - before.at) / SECOND
    return elapsed == 0 or distance(before, spot) <= max(NOISE, PLAUSIBLE_SPEED * elapsed)
