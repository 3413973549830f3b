"""How far drivers travelled: which fixes count, and what each adds. Pure.

A phone that lies still never says the same place twice: a step only counts once it is longer
than what the fix may be wrong by, else a driver at rest would travel kilometres a day.
"""

from typing import Final

from msgspec import Struct

from app.domain.geo import Place, near_distance
from app.domain.position import KEEPS_MARKER
from app.domain.times import MINUTE

STILL: Final = 10.0
"""Metres up to which a step is taken for noise; the fix's own accuracy where that is worse."""
GAP: Final = 15 * MINUTE
"""Without a good fix for so long nobody knows the way, nor whether it was driven for the work."""

_KEEPS_MARKER: Final = int(KEEPS_MARKER)


def counts(flags: int) -> bool:
    """Whether a stored fix counts: not late, repeated, a teleport, inaccurate …"""
    return not flags & _KEEPS_MARKER


class Odometer(Struct, gc=False):
    """One driver's way: the place up to which it is counted, and the time (microseconds) of his
    last fix that counts."""

    lat: float
    lng: float
    at: int

    def add(self, lat: float, lng: float, at: int, accuracy: float | None) -> float:
        """The next fix that counts; return the metres that it adds."""
        known = at - self.at <= GAP
        self.at = max(self.at, at)
        metres = near_distance(Place(self.lat, self.lng), Place(lat, lng))
        if known and metres <= max(STILL, accuracy or 0.0):
            return 0.0
        self.lat, self.lng = lat, lng
        return metres if known else 0.0
