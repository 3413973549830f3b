"""The writing side of one socket: straight to the transport while the reader keeps up.

For one who does not, messages wait in order, and of positions only the newest; a full queue, or
a reader that stalls, is reported. Nothing here awaits.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Final

from app.tracking.hub import Run
from app.web.frames import wire_of

HIGH_WATER: Final = 65_536
"""Bytes in the transport's buffer from which a reader counts as slow."""
BEHIND: Final = 16_384
"""Bytes in it from which a reader does not keep up with every position."""
LONGEST_QUEUE: Final = 256
LARGEST_QUEUE: Final = 2_097_152
STALL_SECONDS: Final = 10.0
_TCP: Final = (socket.AF_INET, socket.AF_INET6)


class Outlet:
    """Writes frames; ``on_slow`` is called when the reader is too slow to be kept."""

    __slots__ = (
        "_bytes",
        "_last",
        "_loop",
        "_messages",
        "_on_slow",
        "_paused",
        "_stall",
        "_transport",
        "_waiting",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        on_slow: Callable[[], None],
    ) -> None:
        transport.set_write_buffer_limits(high=HIGH_WATER)
        _keep_little_unsent(transport)
        self._transport = transport
        self._loop = loop
        self._on_slow = on_slow
        self._paused = False
        # In the order of writing. Positions lie under their topic, others under -1, -2 ...
        self._waiting: dict[int, bytes] = {}
        self._last = 0
        self._messages = 0
        self._bytes = 0
        self._stall: asyncio.TimerHandle | None = None

    def send(self, wire: bytes) -> None:
        """Write, or wait in the queue."""
        if not self._paused:
            self._write(wire)
            return
        full = self._messages >= LONGEST_QUEUE
        if full or (self._messages and self._bytes + len(wire) > LARGEST_QUEUE):
            self._on_slow()
            return
        self._messages += 1
        self._bytes += len(wire)
        self._last -= 1
        self._waiting[self._last] = wire

    def send_positions(self, topic: int, wire: bytes, run: Run) -> None:
        """Write all of a run; of a long one only the newest to a reader who has not yet taken what
        was written before. While he is slow, let the newest take the place of the position of the
        same topic that still waits.

        It goes to the end of the queue: never before what was sent before it.
        """
        if not self._paused:
            behind = len(run.parts) > 1 and self._transport.get_write_buffer_size() > BEHIND
            self._write(wire_of(run.parts[-1]) if behind else wire)
            return
        self._waiting.pop(topic, None)
        self._waiting[topic] = wire_of(run.parts[-1])

    def pause(self) -> None:
        """The transport's buffer is full."""
        self._paused = True
        self._stall = self._loop.call_later(STALL_SECONDS, self._on_slow)

    def resume(self) -> None:
        """The reader has caught up."""
        waiting = b"".join(self._waiting.values())
        self.drop()
        self._paused = False
        if waiting:
            self._write(waiting)

    def drop(self) -> None:
        """Forget what waits, and stop watching the reader."""
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        self._waiting.clear()
        self._messages = self._bytes = 0

    @property
    def waiting(self) -> int:
        """Bytes that wait here for a slow reader."""
        return sum(map(len, self._waiting.values()))

    def _write(self, wire: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(wire)


def _keep_little_unsent(transport: asyncio.Transport) -> None:
    """Let the kernel hold back little for a reader who is slow: what waits in there, megabytes
    otherwise, cannot be replaced by what is newer."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    peer = transport.get_extra_info("socket")
    if option is not None and peer is not None and peer.family in _TCP:
        peer.setsockopt(socket.IPPROTO_TCP, option, HIGH_WATER)
