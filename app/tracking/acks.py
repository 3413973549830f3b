"""Acks of drivers who send fast: those of a moment share a frame (contract section 2).

A driver who streams many messages a second, without waiting for the answers, gains nothing by as
many answers, and each costs as much as a delivery to a viewer. One who waits for each answer
before he goes on must not be made to wait: a first few are answered at once, and so are many more
whenever the waiting brought nothing. So it is with one who sends a few ahead, and then waits.
"""

import asyncio
from typing import Final, Protocol

from app.domain.times import SECOND

SHARE_SECONDS: Final = 0.1
"""Messages closer than this are a stream; its acks wait so long, twice at most."""
SHARE: Final = int(SHARE_SECONDS * SECOND)
FIRST_AT_ONCE: Final = 20
AT_ONCE: Final = 1_000
"""Acks sent at once after one that waited for nothing."""
MOST_FRAMES: Final = 16
"""Messages that share an ack: fewer than apps send ahead of the answers."""
MOST_POINTS: Final = 1_000
"""Points in one ack."""


class Answerer(Protocol):
    """A session whose acks wait."""

    def keep_waiting(self) -> None:
        """They will wait for `SHARE_SECONDS` from now."""

    def send_acks(self) -> None:
        """Send them now."""


class AckTray:
    """Sessions whose acks wait, on one timer for all: none waits for less than `SHARE_SECONDS`,
    or it could not be told who sends more meanwhile; none for more than twice that."""

    def __init__(self) -> None:
        self._new: list[Answerer] = []
        self._due: list[Answerer] = []
        self._turning = False

    def add(self, answerer: Answerer) -> None:
        """It is called once."""
        self._new.append(answerer)
        if not self._turning:
            self._wait()

    def _wait(self) -> None:
        self._turning = True
        asyncio.get_running_loop().call_later(SHARE_SECONDS, self._turn)

    def _turn(self) -> None:
        due, self._due, self._new = self._due, self._new, []
        self._turning = False
        if self._due:
            self._wait()
        for answerer in self._due:
            answerer.keep_waiting()
        for answerer in due:
            answerer.send_acks()


class Acks:
    """What of one driver's socket waits to be acked, and whether it should wait. Pure.

    ``in_tray`` from the first that waits until `take_waiting`.
    """

    __slots__ = ("_at_once", "_before", "_count", "_frames", "_ids", "_waited", "in_tray")

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._count = self._frames = 0
        self._before = -SHARE
        self._at_once = FIRST_AT_ONCE
        self._waited = 0
        self.in_tray = False

    def add(self, ids: list[str], count: int, at: int) -> bool:
        """One more message is stored, at ``at`` microseconds; whether to `take` now.

        Else they are to be taken with `take_waiting`, after a while.
        """
        self._ids += ids
        self._count += count
        self._frames += 1
        self._waited += self.in_tray
        streams = 0 <= at - self._before < SHARE
        self._before = at
        if self._at_once > 0:
            self._at_once -= 1
            return True
        return not streams or self._frames >= MOST_FRAMES or self._count >= MOST_POINTS

    def take(self) -> tuple[list[str], int]:
        """What to ack now: ids, and how many points with those that have none."""
        taken = self._ids, self._count
        self._ids, self._count, self._frames = [], 0, 0
        return taken

    def mark(self) -> None:
        """`SHARE_SECONDS` before `take_waiting`."""
        self._waited = 0

    def take_waiting(self) -> tuple[list[str], int]:
        """What to ack after waiting."""
        if not self._waited:
            self._at_once = AT_ONCE  # nothing came for so long: he waits for us
        self.in_tray, self._waited = False, 0
        return self.take()
