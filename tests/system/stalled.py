"""A peer that opens a WebSocket and never reads a byte of it, and what fills its buffers."""

import base64
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from app.domain.times import format_time
from tests.live import LiveServer
from tests.system.lines import Line

SMALL: Final = 4_096
"""Bytes that the peer's machine takes for it; the kernel doubles that."""
ALIVE: Final = b"\x8a\x80\0\0\0\0"
"""A pong: it is slow, but it is there."""
BATCH: Final = 100


@contextmanager
def stalled(server: LiveServer, path: str) -> Iterator[socket.socket]:
    """Shake hands, read nothing after it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        peer.settimeout(10)
        peer.connect(("127.0.0.1", server.port))
        key = base64.b64encode(os.urandom(16)).decode()
        peer.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "User-Agent: stalled\r\n\r\n".encode()
        )
        assert peer.recv(12) == b"HTTP/1.1 101"
        yield peer


class Flood:
    """Fresh positions of one order, batch by batch; ``sent`` counts them.

    Each is newer than the one before, and a batch is of the time since the last: however long that
    took, it is no backlog.
    """

    def __init__(self, phone: Line, order_id: str) -> None:
        self.sent = 0
        self._phone = phone
        self._order_id = order_id
        self._until = _now()

    async def batch(self) -> None:
        """One more batch, acked."""
        begin, self._until = self._until, max(_now(), self._until + BATCH)
        first, self.sent = self.sent, self.sent + BATCH
        points = [
            {
                "orderId": self._order_id,
                "lat": 48.2,
                "lng": 11.6 + (first + number) / 1e10,
                "recordedAt": format_time(begin + (self._until - begin) * number // BATCH),
            }
            for number in range(1, BATCH + 1)
        ]
        answer = await self._phone.ask({"type": "location_batch", "locations": points})
        assert (answer["type"], answer["count"]) == ("ack", BATCH)


def _now() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000
