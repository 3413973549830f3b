"""Acks of drivers who send fast: those of a tenth of a second share a frame (contract section 2).

A driver who streams many messages a second, without waiting for the answers, gains nothing by as
many answers, and each costs as much as a delivery to a viewer. One who waits for each answer
before he goes on must not be made to wait: a first few are answered at once, and so are many more
whenever the waiting brought nothing.
"""

import asyncio
from typing import Final, Protocol

from app.domain.times import SECOND

SHARE_SECONDS: Final = 0.1
SHARE: Final = int(SHARE_SECONDS * SECOND)
FIRST_AT_ONCE: Final = 20
AT_ONCE: Final = 1_000
"""Acks sent at once after one that waited for nothing."""
MOST_POINTS: Final = 1_000
"""Points in one ack."""


class Answerer(Protocol):
    """A session whose acks wait."""

    def send_acks(self) -> None:
        """Send them now."""


class AckTray:
    """Sessions whose acks wait, on one timer for all."""

    def __init__(self) -> None:
        self._waiting: list[Answerer] = []

    def add(self, answerer: Answerer) -> None:
        """It is called once, within `SHARE_SECONDS`."""
        if not self._waiting:
            asyncio.get_running_loop().call_later(SHARE_SECONDS, self._empty)
        self._waiting.append(answerer)

    def _empty(self) -> None:
        waiting, self._waiting = self._waiting, []
        for answerer in waiting:
            answerer.send_acks()


class Acks:
    """What of one driver's socket waits to be acked, and whether it should wait. Pure."""

    __slots__ = ("_at_once", "_frames", "_last", "count", "ids")

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.count = 0
        self._frames = 0
        self._last = -SHARE
        self._at_once = FIRST_AT_ONCE

    def add(self, ids: list[str], count: int, at: int) -> bool:
        """One more frame is stored, at ``at`` microseconds; whether to ack now."""
        self.ids += ids
        self.count += count
        self._frames += 1
        if self._at_once > 0:
            self._at_once -= 1
            return True
        return not 0 <= at - self._last < SHARE or self.count >= MOST_POINTS

    def take(self, at: int | None) -> tuple[list[str], int]:
        """What to ack now; ``at``: the time when `add` said so, None: after waiting."""
        if at is not None:
            self._last = at
        elif self._frames == 1:
            self._at_once = AT_ONCE  # nothing came meanwhile: he waits for us
        taken = self.ids, self.count
        self.ids, self.count, self._frames = [], 0, 0
        return taken
