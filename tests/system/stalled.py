"""A peer that opens a WebSocket and never reads a byte of it, and what fills its buffers."""

import base64
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from app.domain.times import SECOND, format_time
from tests.live import LiveServer
from tests.system.lines import Line

SMALL: Final = 4_096
"""Bytes that the peer's machine takes for it; the kernel doubles that."""
BATCH: Final = 100
BEHIND: Final = 40 * SECOND
STEP: Final = 500
"""Microseconds between two positions: fresh, and each newer than the one before."""


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
    """Fresh positions of one order, batch by batch; ``sent`` counts them."""

    def __init__(self, phone: Line, order_id: str) -> None:
        self.sent = 0
        self._phone = phone
        self._order_id = order_id
        self._begin = time.time_ns() // 1000 - BEHIND

    async def batch(self) -> None:
        """One more batch, acked."""
        numbers = range(self.sent, self.sent + BATCH)
        self.sent += BATCH
        points = [
            {
                "orderId": self._order_id,
                "lat": 48.2,
                "lng": 11.6 + number / 1e8,
                "recordedAt": format_time(self._begin + number * STEP),
            }
            for number in numbers
        ]
        answer = await self._phone.ask({"type": "location_batch", "locations": points})
        assert (answer["type"], answer["count"]) == ("ack", BATCH)
