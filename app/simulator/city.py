"""The demo's city: a street grid, routes along it, and rides with lights, traffic and GPS noise.

A linear grid laid through three known crossings of Manhattan. Pure: no clock, no socket; chance
comes in as a seeded `random.Random`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from random import Random
from typing import Final, NamedTuple

from app.domain.geo import Place, bearing, distance

_ORIGIN: Final = Place(40.7537, -73.9808)
"""5th Avenue and 42nd Street; the other two anchors are 5th and 23rd, and 8th and 42nd."""

_PER_STREET: Final = Place((40.7537 - 40.7411) / 19, (-73.9808 + 73.9897) / 19)
_PER_AVENUE: Final = Place((40.7573 - 40.7537) / 3, (-73.9898 + 73.9808) / 3)
_DEGREE: Final = 111_195.0
"""Metres of one degree of latitude on a sphere of the mean radius."""

STREETS: Final = range(14, 60)
AVENUES: Final = range(3, 11)
_NAMES: Final = {3: "3rd Ave", 4: "Park Ave", 5: "5th Ave"}


class Corner(NamedTuple):
    """A crossing of the grid."""

    avenue: int
    street: int

    @property
    def place(self) -> Place:
        """Where it lies."""
        up, left = self.street - 42, self.avenue - 5
        return Place(
            _ORIGIN.lat + up * _PER_STREET.lat + left * _PER_AVENUE.lat,
            _ORIGIN.lng + up * _PER_STREET.lng + left * _PER_AVENUE.lng,
        )

    @property
    def address(self) -> str:
        """As people there say it: "W 34th St & 8th Ave"."""
        side = "W" if self.avenue >= 5 else "E"
        avenue = _NAMES.get(self.avenue, f"{self.avenue}th Ave")
        return f"{side} {ordinal(self.street)} St & {avenue}"


def ordinal(number: int) -> str:
    """21 as "21st"."""
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def nearest_corner(place: Place) -> Corner:
    """The crossing closest to a place, also for one outside the city."""
    corners = (Corner(avenue, street) for avenue in AVENUES for street in STREETS)
    return min(corners, key=lambda corner: distance(corner.place, place))


def random_corner(rng: Random, *, near: Corner, blocks: tuple[int, int]) -> Corner:
    """A crossing so many streets (an avenue counts three) from ``near``: at least, at most."""
    least, most = blocks
    corners = [
        corner
        for corner in (Corner(avenue, street) for avenue in AVENUES for street in STREETS)
        if least <= abs(corner.street - near.street) + 3 * abs(corner.avenue - near.avenue) <= most
    ]
    return rng.choice(corners)


def route(start: Corner, goal: Corner, rng: Random) -> list[Corner]:
    """Crossing by crossing from ``start`` to ``goal``, no detour, turning here and there."""
    path = [start]
    along_avenue = rng.random() < 0.5
    while path[-1] != goal:
        here = path[-1]
        streets, avenues = goal.street - here.street, goal.avenue - here.avenue
        if rng.random() < 0.25:
            along_avenue = not along_avenue
        if avenues == 0 or (along_avenue and streets != 0):
            path.append(Corner(here.avenue, here.street + (1 if streets > 0 else -1)))
        else:
            path.append(Corner(here.avenue + (1 if avenues > 0 else -1), here.street))
    return path


@dataclass(frozen=True, slots=True)
class Vehicle:
    """How a vehicle moves: cruising speed (m/s), pull (m/s²), share of lights that stop it."""

    name: str
    cruise: float
    pull: float
    red: float


VEHICLES: Final = {
    vehicle.name: vehicle
    for vehicle in (
        Vehicle("bike", 5.6, 0.9, 0.12),
        Vehicle("scooter", 8.2, 1.7, 0.18),
        Vehicle("car", 9.5, 1.9, 0.22),
        Vehicle("van", 8.4, 1.4, 0.24),
    )
}


@dataclass(frozen=True, slots=True)
class Fix:
    """What a phone would report: degrees, m/s, degrees from north (None: standing), metres."""

    lat: float
    lng: float
    speed: float
    heading: float | None
    accuracy: float


class Ride:
    """One vehicle under way along corners; each fix is one second later than the one before."""

    def __init__(self, corners: Sequence[Corner], vehicle: Vehicle, rng: Random) -> None:
        self._places = [corner.place for corner in corners]
        self._vehicle = vehicle
        self._rng = rng
        self._gps = Gps(rng)
        self._leg = 0
        self._done = 0.0
        self._speed = 0.0
        self._cruise = vehicle.cruise * rng.uniform(0.85, 1.15)

    @property
    def place(self) -> Place:
        """Where the vehicle truly is."""
        if self._leg >= len(self._places) - 1:
            return self._places[-1]
        a, b = self._places[self._leg], self._places[self._leg + 1]
        share = self._done / distance(a, b)
        return Place(a.lat + (b.lat - a.lat) * share, a.lng + (b.lng - a.lng) * share)

    def skip(self, share: float) -> None:
        """Begin part of the way (0 to 1) along, at a crossing."""
        self._leg = int((len(self._places) - 1) * share)

    def fixes(self) -> Iterator[Fix]:
        """One fix a second until the last corner is reached."""
        while self._leg < len(self._places) - 1:
            a, b = self._places[self._leg], self._places[self._leg + 1]
            length = distance(a, b)
            while self._done < length:
                self._drive(length - self._done)
                yield self._gps.fix(self.place, self._speed, bearing(a, b))
            self._leg += 1
            self._done = 0.0
            yield from self._corner()

    def _drive(self, ahead: float) -> None:
        """One second: speed up or slow down towards what the road ahead allows."""
        wanted = self._cruise * self._rng.uniform(0.9, 1.08)
        if self._slow_at_end():
            # Braking distance v² / 2a, from a walking pace at the corner on.
            wanted = min(wanted, (2 * self._vehicle.pull * ahead) ** 0.5 + 1.2)
        change = max(-2.5 * self._vehicle.pull, min(self._vehicle.pull, wanted - self._speed))
        self._speed = max(0.8, self._speed + change)
        self._done += min(self._speed, ahead + 0.01)

    def _slow_at_end(self) -> bool:
        """Whether the corner ahead is a turn, or the end."""
        if self._leg + 2 >= len(self._places):
            return True
        a, b, c = self._places[self._leg : self._leg + 3]
        return abs((bearing(b, c) - bearing(a, b) + 180) % 360 - 180) > 30

    def _corner(self) -> Iterator[Fix]:
        """A red light, for some."""
        if self._leg >= len(self._places) - 1 or self._rng.random() > self._vehicle.red:
            return
        self._speed = 0.0
        for _ in range(self._rng.randint(6, 32)):
            yield self._gps.fix(self.place, 0.0, None)


class Gps:
    """A phone's view of a place: an error that wanders slowly, worse between high houses."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._north = self._east = 0.0
        self._spread = rng.uniform(2.0, 4.0)

    def fix(self, place: Place, speed: float, heading: float | None) -> Fix:
        """One measurement; the error is a first-order autoregressive process."""
        rng = self._rng
        if rng.random() < 0.01:
            self._spread = rng.choice((2.0, 3.0, 4.0, 9.0))
        self._north = 0.97 * self._north + rng.gauss(0, self._spread * 0.24)
        self._east = 0.97 * self._east + rng.gauss(0, self._spread * 0.24)
        error = hypot(self._north, self._east)
        turned = None if heading is None else round((heading + rng.gauss(0, 4)) % 360, 1) % 360
        return Fix(
            lat=round(place.lat + self._north / _DEGREE, 7),
            lng=round(place.lng + self._east / (_DEGREE * cos(radians(place.lat))), 7),
            speed=round(max(0.0, speed + rng.gauss(0, 0.2)), 2) if speed else 0.0,
            heading=turned,
            accuracy=round(max(3.0, self._spread * 1.6 + error * 0.3 + rng.gauss(0, 0.6)), 1),
        )
