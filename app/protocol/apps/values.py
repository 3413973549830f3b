"""Single values as phone apps write them, as text or JSON: in our units, or None for unknown.

Unknown is also what no phone can mean: a negative speed, NaN, a placeholder left unfilled. Nothing
here raises. Pure.
"""

import re
from math import isfinite
from typing import Final

from app.domain.position import NO_FLAG, Fix, Flag
from app.domain.times import EARLIEST, LATEST, SECOND, parse_time
from app.protocol.point import Point

METRES_PER_SECOND: Final = 1.0
KNOTS: Final = 0.514444
KILOMETRES_PER_HOUR: Final = 1 / 3.6
"""Units of speed, in metres per second."""
FASTEST: Final = 1_000
"""Metres per second."""
LONGEST_NUMBER: Final = 40
LONGEST_LABEL: Final = 64
MILLISECONDS_FROM: Final = 2**31
"""A time below is in seconds, in milliseconds from here on."""

_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}
_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?", re.ASCII)
_LOST_PLUS: Final = re.compile(r"(?<=[\d]) (\d\d:?\d\d)$", re.ASCII)
"""A query's "+" is a space: here it was the sign of an offset."""

Place = tuple[float, float]


def number(value: object) -> float | None:
    """A finite number, however it was written."""
    try:
        if isinstance(value, str):
            if len(value) > LONGEST_NUMBER or "_" in value:
                return None
            found = float(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found = float(value)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def between(value: object, least: float, most: float) -> float | None:
    """A number within these bounds."""
    found = number(value)
    return found if found is not None and least <= found <= most else None


def speed(value: object, unit: float) -> float | None:
    """Metres per second, of a number in ``unit``."""
    found = between(value, 0, FASTEST / unit)
    return None if found is None else found * unit


def course(value: object) -> float | None:
    """Degrees from north, 0 to under 360."""
    found = between(value, 0, 360)
    return 0.0 if found == 360 else found


def accuracy(value: object) -> float | None:
    """Metres."""
    return between(value, 0, 40_000_000)


def altitude(value: object) -> float | None:
    """Metres."""
    return between(value, -12_000, 100_000)


def percent(value: object) -> float | None:
    """A battery in percent, as 0 to 1."""
    found = between(value, 0, 100)
    return None if found is None else found / 100


def share(value: object) -> float | None:
    """A battery from 0 to 1."""
    return between(value, 0, 1)


def place(lat: object, lng: object) -> Place | None:
    """Latitude and longitude in degrees."""
    north, east = between(lat, -90, 90), between(lng, -180, 180)
    return None if north is None or east is None else (north, east)


def moment(value: object) -> int | None:
    """Microseconds since the epoch: of seconds, milliseconds, or ISO 8601 (UTC unless it says)."""
    found = number(value)
    if found is not None:
        micros = found * (SECOND if abs(found) < MILLISECONDS_FROM else 1_000)
        return round(micros) if EARLIEST <= micros < LATEST else None
    if not isinstance(value, str) or len(value) > LONGEST_NUMBER:
        return None
    text = _LOST_PLUS.sub(r"+\1", value.strip())
    try:
        return parse_time(f"{text}Z" if _LOCAL.fullmatch(text) else text)
    except ValueError:
        return None


def truth(value: object) -> bool | None:
    """Yes or no."""
    return _TRUTH.get(str(value).lower()) if isinstance(value, str | bool | int) else None


def label(value: object) -> str | None:
    """A short name, or words for people: one line that can be shown and stored."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    if isinstance(value, int) and abs(value) >= 10**LONGEST_LABEL:
        return None  # too long to be printed
    text = str(value)[: 4 * LONGEST_LABEL]
    return "".join(char for char in text if char.isprintable()).strip()[:LONGEST_LABEL] or None


def point(
    where: Place,
    at: int | None,
    *,
    accuracy: float | None = None,
    speed: float | None = None,
    course: float | None = None,
    altitude: float | None = None,
    battery: float | None = None,
    flags: Flag = NO_FLAG,
) -> Point:
    """A position; one at 0, 0 comes from a broken app, and must move no marker."""
    lat, lng = where
    if lat == 0 and lng == 0:
        flags |= Flag.INACCURATE
    fix = Fix(lat, lng, at, accuracy, speed, course, altitude, battery)
    return Point(fix, None, None, int(flags))
