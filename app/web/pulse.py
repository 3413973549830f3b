"""The heartbeat of one socket: a ping after silence, and an end to peers that are gone."""

import asyncio
from collections.abc import Callable
from typing import Final

SILENCE_SECONDS: Final = 10.0
"""So long nothing came, and we ask."""
ANSWER_SECONDS: Final = 12.0
"""So long nothing came after we asked, and the peer is dead."""
ASLEEP_SECONDS: Final = 2.0
"""A timer this late says that this process slept, not the peers."""


class Pulse:
    """Calls ``ask`` after silence, and ``dead`` when there is no answer."""

    __slots__ = ("_ask", "_asked", "_dead", "_due", "_heard_at", "_loop", "_timer")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, ask: Callable[[], None], dead: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._ask = ask
        self._dead = dead
        self._asked = False
        self._heard_at = self._due = loop.time()
        self._timer = self._wait(SILENCE_SECONDS)

    def heard(self) -> None:
        """Bytes came, whatever they are."""
        self._heard_at = self._loop.time()
        self._asked = False

    def stop(self) -> None:
        """The socket ends."""
        self._timer.cancel()

    def _wait(self, seconds: float) -> asyncio.TimerHandle:
        self._due = self._loop.time() + seconds
        return self._loop.call_at(self._due, self._beat)

    def _beat(self) -> None:
        now = self._loop.time()
        silent = now - self._heard_at
        if self._asked and now - self._due < ASLEEP_SECONDS:
            self._dead()
        elif silent < SILENCE_SECONDS:
            self._timer = self._wait(SILENCE_SECONDS - silent)
        else:
            self._asked = True
            self._ask()
            self._timer = self._wait(ANSWER_SECONDS)
