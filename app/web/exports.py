"""Recorded positions as files: GeoJSON, GPX and CSV, written piece by piece.

Cells of a CSV never begin with what a spreadsheet takes for a formula.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec
from gpxpy.gpx import GPX, GPXTrack, GPXTrackPoint, GPXTrackSegment

from app.domain.times import to_datetime
from app.protocol.csv_text import lines
from app.tracking.records import StoredPosition
from app.web import render

COLUMNS: Final = (
    "lat",
    "lng",
    "recordedAt",
    "receivedAt",
    "accuracy",
    "speed",
    "heading",
    "altitude",
    "battery",
    "id",
    "flags",
)
BEGIN: Final = "<trkseg>\n"
END: Final = "    </trkseg>"


class Written(Protocol):
    """Writes a file: its beginning, its pieces, its end."""

    def begin(self) -> str:
        """What comes before the first position."""

    def piece(self, positions: Sequence[StoredPosition]) -> str:
        """Some positions."""

    def end(self) -> str:
        """What comes after the last."""


class GeoJson:
    """A FeatureCollection of points (RFC 7946), their facts as properties."""

    def __init__(self, name: str) -> None:
        self._head = msgspec.json.encode({"type": "FeatureCollection", "name": name}).decode()
        self._first = True

    def begin(self) -> str:
        """The collection opens."""
        return self._head[:-1] + ',"features":['

    def piece(self, positions: Sequence[StoredPosition]) -> str:
        """Features, with the comma between them."""
        texts = [msgspec.json.encode(feature(position)).decode() for position in positions]
        comma = "" if self._first or not texts else ","
        self._first = self._first and not texts
        return comma + ",".join(texts)

    def end(self) -> str:
        """The collection closes."""
        return "]}"


def feature(position: StoredPosition) -> dict[str, object]:
    """A position as a feature."""
    facts = dict(render.position(position))
    place = [facts.pop("lng"), facts.pop("lat")]
    if position.altitude is not None:
        place.append(position.altitude)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": facts,
    }


class Gpx:
    """One track with one segment (GPX 1.1)."""

    def __init__(self, name: str) -> None:
        self._name = name

    def begin(self) -> str:
        """The head, up to the first point."""
        return _gpx_text(self._name, ()).partition(BEGIN)[0] + BEGIN

    def piece(self, positions: Sequence[StoredPosition]) -> str:
        """Track points."""
        return _gpx_text("", positions).partition(BEGIN)[2].rpartition(END)[0]

    def end(self) -> str:
        """The rest of the file."""
        _, end, rest = _gpx_text("", ()).rpartition(END)
        return end + rest


def _gpx_text(name: str, positions: Sequence[StoredPosition]) -> str:
    file, track, segment = GPX(), GPXTrack(name=name), GPXTrackSegment()
    file.creator = "Ontheway"
    file.tracks.append(track)
    track.segments.append(segment)
    segment.points = [_gpx_point(position) for position in positions]
    return file.to_xml("1.1")


def _gpx_point(position: StoredPosition) -> GPXTrackPoint:
    recorded = position.arrived_at if position.fix_time is None else position.fix_time
    return GPXTrackPoint(
        position.lat, position.lng, elevation=position.altitude, time=to_datetime(recorded)
    )


class Csv:
    """Comma-separated values (RFC 4180) with a line of names."""

    def __init__(self, _name: str) -> None:
        pass

    def begin(self) -> str:
        """The names of the columns."""
        return lines([COLUMNS])

    def piece(self, positions: Sequence[StoredPosition]) -> str:
        """One line for each position."""
        return lines([row(position) for position in positions])

    def end(self) -> str:
        """Nothing more."""
        return ""


def row(position: StoredPosition) -> list[object]:
    """A line of the file: the `COLUMNS`."""
    facts: dict[str, object] = dict(render.position(position))
    facts["flags"] = " ".join(render.position(position)["flags"])
    return [facts[column] for column in COLUMNS]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format."""

    media_type: str
    suffix: str
    make: Callable[[str], Written]


FORMATS: Final[dict[str, Format]] = {
    "geojson": Format("application/geo+json", "geojson", GeoJson),
    "gpx": Format("application/gpx+xml", "gpx", Gpx),
    "csv": Format("text/csv; charset=utf-8", "csv", Csv),
}

Pages = AsyncIterator[Sequence[StoredPosition]]


async def write(kind: Format, name: str, pages: Pages) -> AsyncIterator[str]:
    """The text of the file, piece by piece."""
    file = kind.make(name)
    yield file.begin()
    async for positions in pages:
        # A thousand points take some ten milliseconds: not on the event loop.
        yield await asyncio.to_thread(file.piece, positions)
    yield file.end()
