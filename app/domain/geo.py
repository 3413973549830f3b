"""Places on the earth: validity, distance, bearing. Degrees WGS 84, metres."""

from math import asin, atan2, copysign, cos, degrees, hypot, radians, sin, sqrt
from typing import Final, NamedTuple, Protocol

EARTH_RADIUS: Final = 6_371_008.8
"""Mean radius R1 in metres (IUGG, used with GRS 80)."""


_HALF_RADIAN: Final = radians(0.5)
_DEGREE: Final = EARTH_RADIUS * radians(1)
"""Metres of one degree of a great circle."""


class Located(Protocol):
    """Anything with a latitude and a longitude in degrees."""

    @property
    def lat(self) -> float:
        """Degrees north."""

    @property
    def lng(self) -> float:
        """Degrees east."""


class Place(NamedTuple):
    """A point: latitude and longitude in degrees."""

    lat: float
    lng: float


def is_place(lat: float, lng: float) -> bool:
    """Whether both lie in range (not-a-number and infinities do not)."""
    return -90 <= lat <= 90 and -180 <= lng <= 180


def distance(a: Located, b: Located) -> float:
    """Great-circle distance in metres (haversine formula, R. W. Sinnott 1984)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half_lat = sin((lat_b - lat_a) / 2)
    half_lng = sin(radians(b.lng - a.lng) / 2)
    h = half_lat * half_lat + cos(lat_a) * cos(lat_b) * half_lng * half_lng
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(h)))


def near_distance(a: Located, b: Located) -> float:
    """Distance in metres between places of one region: a third of the work of `distance`.

    Equirectangular approximation at the middle latitude; below 60 degrees of latitude within a
    thousandth of the great circle up to 200 km.
    """
    d_lng = b.lng - a.lng
    if not -180 <= d_lng <= 180:
        d_lng -= copysign(360, d_lng)
    x = d_lng * cos((a.lat + b.lat) * _HALF_RADIAN)
    return _DEGREE * hypot(x, b.lat - a.lat)


def offset(a: Located, b: Located) -> tuple[float, float]:
    """Metres to the east and to the north from ``a`` to ``b``, as `near_distance` measures."""
    d_lng = b.lng - a.lng
    if not -180 <= d_lng <= 180:
        d_lng -= copysign(360, d_lng)
    x = d_lng * cos((a.lat + b.lat) * _HALF_RADIAN)
    return _DEGREE * x, _DEGREE * (b.lat - a.lat)


def furthest(lat_a: float, lng_a: float, lat_b: float, lng_b: float) -> float:
    """A bound that the great-circle distance never exceeds: along a meridian, then a parallel
    taken as long as the equator. Cheap, and close where both are small."""
    return _DEGREE * (abs(lat_a - lat_b) + abs(lng_a - lng_b))


def bearing(a: Located, b: Located) -> float:
    """Initial course from ``a`` to ``b``: degrees clockwise from north, 0 <= x < 360."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    d_lng = radians(b.lng - a.lng)
    y = sin(d_lng) * cos(lat_b)
    x = cos(lat_a) * sin(lat_b) - sin(lat_a) * cos(lat_b) * cos(d_lng)
    course = degrees(atan2(y, x)) % 360.0
    # The remainder of a tiny negative number rounds up to 360 itself.
    return 0.0 if course == 360.0 else course
