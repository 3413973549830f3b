"""The positions that drivers send: they move at a car's pace, and their times and ids never repeat.

So nothing is dropped as a repeat, as late or as implausible, by any server that checks.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from tests.bench.wire import frame

LATITUDE: Final = 48.1
LONGITUDE: Final = 11.5
STRIDE: Final = 0.00001
"""Degrees of latitude from one position to the next: about 1.1 metres."""
STEP: Final = 0.1
"""Seconds from one position to the next; with the stride about 40 km/h."""
BATCH_STEP: Final = 5.0
"""The same for positions that waited in a phone."""


class Track:
    """One driver's way; ``order`` None names no order. Times begin ``ago`` seconds back."""

    def __init__(self, order: str | None, ago: float, step: float = STEP) -> None:
        self._order = "" if order is None else f'"orderId":"{order}",'
        self._prefix = f"{random.getrandbits(40):x}"
        self._start = time.time() - ago
        self._step = step
        self._count = 0
        self.place = ""
        """How the newest position begins, in what is sent and in what is passed on."""

    def point(self) -> str:
        """The fields of the next position."""
        self._count = count = self._count + 1
        moment = datetime.fromtimestamp(self._start + count * self._step, UTC)
        at = moment.isoformat(timespec="milliseconds").removesuffix("+00:00")
        self.place = f'"lat":{round(LATITUDE + count * STRIDE, 5)},'
        return (
            f'"id":"{self._prefix}-{count}",{self._order}{self.place}"lng":{LONGITUDE},'
            f'"recordedAt":"{at}Z","accuracy":6.5,"speed":11.1,"heading":12.5'
        )

    def update(self) -> bytes:
        """The next position as a frame."""
        return frame(f'{{"type":"location_update",{self.point()}}}'.encode())

    def batch(self, size: int) -> bytes:
        """The next positions in one frame."""
        points = ",".join(f"{{{self.point()}}}" for _ in range(size))
        return frame(f'{{"type":"location_batch","locations":[{points}]}}'.encode())


def updates(order: str | None, count: int) -> list[bytes]:
    """So many positions, the last of them now."""
    track = Track(order, count * STEP)
    return [track.update() for _ in range(count)]


def batches(count: int, size: int) -> Iterator[bytes]:
    """Frames with positions of yesterday."""
    track = Track(None, 86_400.0, BATCH_STEP)
    for _ in range(count):
        yield track.batch(size)
