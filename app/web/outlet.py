"""The writing side of one socket: straight to the transport while the reader keeps up.

For one who does not, positions keep only their newest, other messages wait in a short queue; a
full queue, or a reader that stalls, is reported once. Nothing here awaits.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from websockets.frames import Frame, Opcode

from app.tracking.hub import Shared

HIGH_WATER: Final = 65_536
"""Bytes in the transport's buffer from which a reader counts as slow."""
LONGEST_QUEUE: Final = 256
STALL_SECONDS: Final = 10.0


def wire_of(message: Shared) -> bytes:
    """The frame of a message, made once for all its receivers: servers do not mask (RFC 6455
    section 5.1)."""
    if message.wire is None:
        message.wire = Frame(Opcode.TEXT, message.text).serialize(mask=False)
    return message.wire


class Outlet:
    """Writes frames; ``on_slow`` is called when the reader is too slow to be kept."""

    __slots__ = ("_loop", "_on_slow", "_paused", "_positions", "_queue", "_stall", "_transport")

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        on_slow: Callable[[], None],
    ) -> None:
        transport.set_write_buffer_limits(high=HIGH_WATER)
        self._transport = transport
        self._loop = loop
        self._on_slow = on_slow
        self._paused = False
        self._queue: deque[bytes] | None = None
        self._positions: dict[int, bytes] | None = None
        self._stall: asyncio.TimerHandle | None = None

    def send(self, wire: bytes) -> None:
        """Write, or wait in the queue."""
        if not self._paused:
            self._transport.write(wire)
            return
        if self._queue is None:
            self._queue = deque()
        if len(self._queue) >= LONGEST_QUEUE:
            self._on_slow()
            return
        self._queue.append(wire)

    def send_position(self, topic: int, wire: bytes) -> None:
        """Write, or take the place of the position of the same topic that still waits."""
        if not self._paused:
            self._transport.write(wire)
            return
        if self._positions is None:
            self._positions = {}
        self._positions[topic] = wire

    def pause(self) -> None:
        """The transport's buffer is full."""
        self._paused = True
        self._stall = self._loop.call_later(STALL_SECONDS, self._on_slow)

    def resume(self) -> None:
        """The reader has caught up: statuses first, then the newest positions."""
        self._paused = False
        self._calm()
        waiting = [*(self._queue or ()), *(self._positions or {}).values()]
        self._queue = self._positions = None
        if waiting:
            self._transport.write(b"".join(waiting))

    def close(self) -> None:
        """Nothing will be written any more."""
        self._calm()
        self._queue = self._positions = None

    def _calm(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
