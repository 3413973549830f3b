"""Recorded tracks played through the real driver socket, at any pace, until all is answered."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import time
from typing import Final

from app.client import DriverConnection
from app.domain.order import Status
from app.domain.times import SECOND, format_time
from app.outbox import Rejection
from app.simulator.tracks import TrackPoint, read_track

Progress = Callable[[Path, int, int], None]
"""Called about ten times a second: the file, its answered points, its points."""

_TICK: Final = 0.1
_QUEUE: Final = 5_000
"""Points read ahead of the server at most."""


@dataclass(slots=True)
class FileSummary:
    """What became of one file: every distinct point (time and place) is acked or rejected."""

    path: Path
    points: int
    distinct: int = 0
    acked: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


async def replay(
    files: Sequence[Path],
    *,
    url: str,
    token: str,
    order_id: str | None = None,
    speed: float | None = 1.0,
    now: bool = False,
    progress: Progress | None = None,
    connect_within: float = 10.0,
) -> list[FileSummary]:
    """Play the files one after the other; return when every point has its final answer.

    Before the first point the order is on its way, where it can be, so that its customer sees it.
    ``speed``: times the recorded pace; None is as fast as the server acks. ``now``: the tracks
    follow each other and the last ends now; else recorded times are kept. All files are read
    before anything is sent. Raises `TrackError`, `DriverRefused`, and `NotDelivered` when the
    server cannot be reached at the start; later it waits for the server to come back.
    """
    if speed is not None and not speed > 0:
        raise ValueError("speed must be above 0")
    tracks = [await asyncio.to_thread(read_track, path) for path in files]
    if now:
        tracks = ending_at(tracks, int(time() * SECOND))
    refused: dict[str, Rejection] = {}

    def on_reject(rejection: Rejection) -> None:
        # An order that is further is not set on its way, which is no matter of its points.
        if "lat" in rejection.sent:
            refused[rejection.sent["id"]] = rejection

    summaries = []
    async with DriverConnection(url, token, on_reject=on_reject, limit=_QUEUE) as driver:
        await driver.connected(connect_within)
        if order_id is not None:
            await driver.status(order_id, Status.IN_TRANSIT)
        for path, track in zip(files, tracks, strict=True):
            refused.clear()
            async with _Ticker(driver, path, len(track), progress) as ticker:
                ids = await _play(driver, track, order_id, speed, ticker)
            summary = FileSummary(path, len(track), len(ids), len(ids) - len(refused), len(refused))
            summary.reasons.update(rejection.code for rejection in refused.values())
            summaries.append(summary)
    return summaries


def ending_at(tracks: Sequence[Sequence[TrackPoint]], end: int) -> list[list[TrackPoint]]:
    """The tracks moved in time: each ends a second before the next begins, the last at ``end``."""
    moved: list[list[TrackPoint]] = []
    for track in reversed(tracks):
        shift = end - max(point.time for point in track)
        moved.append([replace(point, time=point.time + shift) for point in track])
        end = min(point.time for point in moved[-1]) - SECOND
    return moved[::-1]


async def _play(
    driver: DriverConnection,
    track: Sequence[TrackPoint],
    order_id: str | None,
    speed: float | None,
    ticker: "_Ticker",
) -> set[str]:
    clock = asyncio.get_running_loop().time
    begin = clock()
    ids = set()
    for point in track:
        if speed is not None:
            due = begin + (point.time - track[0].time) / SECOND / speed
            if (delay := due - clock()) > 0:
                await asyncio.sleep(delay)
        ids.add(await _send(driver, point, order_id))
        ticker.given += 1
    await driver.drain()
    return ids


async def _send(driver: DriverConnection, point: TrackPoint, order_id: str | None) -> str:
    return await driver.send(
        point.lat,
        point.lng,
        order_id=order_id,
        recorded_at=format_time(point.time),
        accuracy=point.accuracy,
        speed=point.speed,
        heading=point.heading,
        altitude=point.altitude,
    )


class _Ticker:
    """Reports progress beside the playing, and once more at the end."""

    def __init__(
        self, driver: DriverConnection, path: Path, total: int, progress: Progress | None
    ) -> None:
        self.given = 0
        self._driver, self._path, self._total = driver, path, total
        self._progress = progress or (lambda _path, _done, _total: None)

    async def __aenter__(self) -> "_Ticker":
        self._task = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._report()

    async def _tick(self) -> None:
        while True:
            self._report()
            await asyncio.sleep(_TICK)

    def _report(self) -> None:
        # Answered is what was given and does not wait any more; a repeat waits with its first.
        done = max(0, self.given - self._driver.counters.waiting)
        self._progress(self._path, done, self._total)
