"""What a replay shows, as files: a track with its gaps, or each driver of the fleet by himself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec

from app.domain.track import is_gap
from app.protocol.csv_text import lines
from app.tracking.records import Driver, StoredPosition
from app.tracking.replay import Fixes, FleetReading, TrackReading
from app.web import exports

_TRACK: Final = "  <trk>\n"
_FILE_END: Final = "</gpx>"


class SegmentedGpx(exports.Gpx):
    """One track; after each gap a new segment begins.

    ``step``: of what was recorded, one position in so long is here; microseconds.
    """

    def __init__(self, name: str, step: int = 0) -> None:
        super().__init__(name)
        self._step = step
        self._last: int | None = None

    def piece(self, positions: Sequence[StoredPosition]) -> str:
        """Track points, with the borders between their segments."""
        parts: list[str] = []
        for run in self._runs(positions):
            if run and self._last is not None and self._apart(self._last, run[0].at):
                parts.append(f"{exports.END}\n    {exports.BEGIN}")
            parts.append(super().piece(run))
            self._last = run[-1].at
        return "".join(parts)

    def _runs(self, positions: Sequence[StoredPosition]) -> list[list[StoredPosition]]:
        runs: list[list[StoredPosition]] = []
        for position in positions:
            if not runs or self._apart(runs[-1][-1].at, position.at):
                runs.append([])
            runs[-1].append(position)
        return runs

    def _apart(self, before: int, after: int) -> bool:
        return is_gap(before, after - self._step)


TRACK_FILES: Final = {
    **exports.FORMATS,
    "gpx": exports.Format(
        exports.FORMATS["gpx"].media_type, exports.FORMATS["gpx"].suffix, SegmentedGpx
    ),
}


class Written(Protocol):
    """Writes a file about many drivers."""

    def begin(self) -> str:
        """What comes before the first driver."""

    def piece(self, driver: Driver, positions: Sequence[StoredPosition]) -> str:
        """One driver."""

    def end(self) -> str:
        """What comes after the last."""


class FleetGpx:
    """One track for each driver; ``step`` as of `SegmentedGpx`."""

    def __init__(self, step: int) -> None:
        self._step = step

    def begin(self) -> str:
        """The head."""
        return self._whole("", ()).partition(_TRACK)[0]

    def piece(self, driver: Driver, positions: Sequence[StoredPosition]) -> str:
        """A track."""
        track = self._whole(driver.name, positions).partition(_TRACK)[2]
        return _TRACK + track.rpartition(_FILE_END)[0]

    def end(self) -> str:
        """The file closes."""
        return _FILE_END

    def _whole(self, name: str, positions: Sequence[StoredPosition]) -> str:
        file = SegmentedGpx(name, self._step)
        return file.begin() + file.piece(positions) + file.end()


class FleetGeoJson:
    """Points; the driver is among their properties."""

    def __init__(self) -> None:
        self._file = exports.GeoJson("Fleet")
        self._first = True

    def begin(self) -> str:
        """The collection opens."""
        return self._file.begin()

    def piece(self, driver: Driver, positions: Sequence[StoredPosition]) -> str:
        """Features, with the comma between them."""
        texts = [self._feature(driver, position) for position in positions]
        comma = "" if self._first or not texts else ","
        self._first = self._first and not texts
        return comma + ",".join(texts)

    def end(self) -> str:
        """The collection closes."""
        return self._file.end()

    @staticmethod
    def _feature(driver: Driver, position: StoredPosition) -> str:
        feature: dict[str, Any] = exports.feature(position)
        who = {"driverId": driver.id, "driver": driver.name}
        feature["properties"] = {**who, **feature["properties"]}
        return msgspec.json.encode(feature).decode()


class FleetCsv:
    """The columns of a track, the driver before them."""

    def begin(self) -> str:
        """The names of the columns."""
        return lines([("driverId", "driver", *exports.COLUMNS)])

    def piece(self, driver: Driver, positions: Sequence[StoredPosition]) -> str:
        """One line for each position."""
        who = [driver.id, driver.name]
        return lines([[*who, *exports.row(position)] for position in positions])

    def end(self) -> str:
        """Nothing more."""
        return ""


FLEET_FILES: Final[dict[str, Callable[[FleetReading], Written]]] = {
    "geojson": lambda _: FleetGeoJson(),
    "gpx": lambda reading: FleetGpx(reading.step),
    "csv": lambda _: FleetCsv(),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent."""

    media_type: str
    name: str
    text: AsyncIterator[str]


def track_file(kind: str, stem: str, title: str, reading: TrackReading) -> File:
    """One track; ``stem`` is the name of the file without its ending."""
    form = TRACK_FILES[kind]
    text = exports.write(form, title, reading.pieces())
    return File(form.media_type, f"{stem}.{form.suffix}", text)


def fleet_file(kind: str, stem: str, reading: FleetReading) -> File:
    """The fleet around a moment."""
    form = exports.FORMATS[kind]
    text = _fleet_text(FLEET_FILES[kind](reading), reading)
    return File(form.media_type, f"{stem}.{form.suffix}", text)


async def _fleet_text(file: Written, reading: FleetReading) -> AsyncIterator[str]:
    yield file.begin()
    async for fixes in reading.pieces():
        yield await asyncio.to_thread(_some, file, fixes)
    yield file.end()


def _some(file: Written, fixes: Fixes) -> str:
    return "".join(file.piece(driver, positions) for driver, positions in fixes)
