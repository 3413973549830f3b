"""Recorded tracks: a GPX file as a sequence of points. Knows no socket and no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from pathlib import Path
from typing import Final, Protocol

import gpxpy
from gpxpy.gpx import GPX, GPXException, GPXRoutePoint, GPXTrackPoint

from app.domain.geo import is_place
from app.domain.times import EARLIEST, LATEST

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SPEED: Final = frozenset({"speed"})
_COURSE: Final = frozenset({"course", "heading", "bearing"})
_ACCURACY: Final = frozenset({"accuracy", "hacc"})


class TrackError(Exception):
    """A file that cannot be played; the message names the file, and the point (from 1)."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path.name}: {message}")
        self.path = path


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """One recorded fix: degrees, microseconds since the epoch, metres, m/s, degrees from north."""

    lat: float
    lng: float
    time: int
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None
    altitude: float | None = None


class _Element(Protocol):
    """What is read of an XML element: its qualified name, its text, itself and all below."""

    tag: str
    text: str | None

    def iter(self) -> Iterator["_Element"]: ...


def read_track(path: Path) -> list[TrackPoint]:
    """All points of a GPX file, in the file's order; of its routes where it has no tracks.

    Speed and course come from GPX 1.0 or the TrackPointExtension, accuracy (metres) from any
    extension element of that name. Raises `TrackError`.
    """
    try:
        gpx = gpxpy.parse(path.read_bytes())
    except OSError as error:
        raise TrackError(path, f"cannot be read ({error.strerror or error})") from None
    except (GPXException, ValueError, RecursionError) as error:
        raise TrackError(path, f"is not a GPX file ({error})") from None
    points = [
        _point(path, number, recorded) for number, recorded in enumerate(_recorded(gpx), start=1)
    ]
    if not points:
        raise TrackError(path, "has no track points")
    return points


def _recorded(gpx: GPX) -> Iterator[GPXTrackPoint | GPXRoutePoint]:
    if gpx.tracks:
        for track in gpx.tracks:
            for segment in track.segments:
                yield from segment.points
        return
    for route in gpx.routes:
        yield from route.points


def _point(path: Path, number: int, recorded: GPXTrackPoint | GPXRoutePoint) -> TrackPoint:
    if recorded.time is None:
        raise TrackError(path, f"point {number} has no usable time")
    if not is_place(recorded.latitude, recorded.longitude):
        raise TrackError(path, f"point {number} lies at no place on earth")
    moment = _microseconds(recorded.time)
    if not EARLIEST <= moment < LATEST:
        raise TrackError(path, f"point {number} has a time outside 1970 to 2099")
    speed = getattr(recorded, "speed", None)
    course = getattr(recorded, "course", None)
    return TrackPoint(
        lat=recorded.latitude,
        lng=recorded.longitude,
        time=moment,
        accuracy=_between(_extension(recorded, _ACCURACY), 0, 40_000_000),
        speed=_between(_extension(recorded, _SPEED) if speed is None else speed, 0, 1_000),
        heading=_between(_extension(recorded, _COURSE) if course is None else course, 0, 360),
        altitude=_between(recorded.elevation, -12_000, 100_000),
    )


def _microseconds(moment: datetime) -> int:
    # GPX 1.1: times are UTC; a missing zone is taken as that.
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def _extension(recorded: GPXTrackPoint | GPXRoutePoint, names: frozenset[str]) -> float | None:
    extensions: list[_Element] = recorded.extensions
    for extension in extensions:
        for element in extension.iter():
            if element.tag.rpartition("}")[2].lower() in names:
                return _number(element.text)
    return None


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _between(value: float | None, least: float, most: float) -> float | None:
    """The value if a phone can mean it; the fix itself is good without."""
    return value if value is not None and isfinite(value) and least <= value <= most else None
