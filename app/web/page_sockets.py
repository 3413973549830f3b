"""The sockets of the staff's pages, which are NiceGUI's: listed, counted as they are used, ended.

Stands around NiceGUI's own server of sockets. Of what is said there it knows no more than the two
signs of life (Engine.IO's protocol, version 4); those are no messages to anybody.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers

from app.domain.errors import CLOSE_MEANINGS, Close
from app.tracking.monitor import Connection, Monitor, Now
from app.tracking.raw_views import Hear
from app.tracking.tasks import spawn
from app.web.opening import LONGEST_AGENT
from app.web.page_events import Events

PING: Final = "2"
PONG: Final = "3"
MOST_FIELDS: Final = 30

Event = dict[str, Any]
"""A message of ASGI's."""


def attend_pages(sio: Events, monitor: Monitor, now: Now) -> None:
    """List every socket of the pages from now on; to be called once."""
    serve = sio.handle_request

    async def handle_request(scope: Event, receive: Any, send: Any) -> Any:
        if scope["type"] != "websocket":
            return await serve(scope, receive, send)
        socket = PageSocket(scope, receive, send, monitor, now)
        try:
            return await serve(scope, socket.receive, socket.send)
        finally:
            socket.closed(Close.GOING_AWAY)

    sio.handle_request = handle_request


class PageSocket:
    """One of them, between the transport and NiceGUI's server."""

    def __init__(
        self,
        scope: Event,
        receive: Callable[[], Awaitable[Event]],
        send: Callable[[Event], Awaitable[None]],
        monitor: Monitor,
        now: Now,
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._monitor = monitor
        self._now = now
        self._record: Connection | None = None
        self._waiting = 0
        self._asked_at = 0.0
        self._round_trip: float | None = None

    # what the server of sockets calls

    async def receive(self) -> Event:
        """The next message of the page, or its end."""
        event = await self._receive()
        record = self._record
        if event["type"] == "websocket.disconnect":
            self.closed(event.get("code") or Close.GOING_AWAY)
        elif record is not None and event["type"] == "websocket.receive":
            if event.get("text") == PONG:
                self._answered()
            else:
                record.received += 1
                record.received_bytes += _size(event)
                record.last_at = self._now()
        return event

    async def send(self, event: Event) -> None:
        """A message to the page; waits while the reader is slow."""
        if event["type"] == "websocket.send":
            self._count(event)
            self._waiting = _size(event)
        try:
            await self._send(event)
        finally:
            self._waiting = 0
        if event["type"] == "websocket.accept":
            self._accepted()

    def closed(self, code: int) -> None:
        """It is gone."""
        record, self._record = self._record, None
        if record is not None:
            self._monitor.closed(record, code)

    # what staff ask of it

    def end(self, code: Close) -> None:
        """Close with this code; the page comes back by itself."""
        if self._record is not None:
            self.closed(code)
            spawn(self._close(code), "end of a page's socket")

    def ask(self) -> None:
        """It is asked by the server of sockets, every few seconds."""

    def lag(self) -> float | None:
        """Seconds from the latest sign of life that was asked for to its answer, or till now
        where that is longer; None before the first."""
        if not self._asked_at:
            return self._round_trip
        waited = asyncio.get_running_loop().time() - self._asked_at
        return max(waited, self._round_trip or 0.0)

    def backlog(self) -> tuple[int, int]:
        """Bytes of the message that waits for a slow reader; what the transport holds is not
        known here."""
        return self._waiting, 0

    def tap(self, hear: Hear | None) -> None:
        """Only drivers are listened to."""

    # within

    def _accepted(self) -> None:
        client, headers = self._scope.get("client"), Headers(scope=self._scope)
        address = client[0] if client else None
        agent = headers.get("user-agent", "")[:LONGEST_AGENT] or None
        self._record = self._monitor.page_opened(self, _name(self._scope), address, agent)

    def _count(self, event: Event) -> None:
        if event.get("text") == PING:
            self._asked_at = self._asked_at or asyncio.get_running_loop().time()
        elif self._record is not None:
            self._record.sent += 1
            self._record.sent_bytes += _size(event)

    def _answered(self) -> None:
        if self._asked_at:
            self._round_trip = asyncio.get_running_loop().time() - self._asked_at
            self._asked_at = 0.0

    async def _close(self, code: Close) -> None:
        reason = CLOSE_MEANINGS[code].reason
        with suppress(OSError, RuntimeError):  # it closed meanwhile
            await self._send({"type": "websocket.close", "code": int(code), "reason": reason})


def _name(scope: Event) -> str:
    """The secret name of the page, as its script brings it; "" for none."""
    query: bytes = scope.get("query_string", b"")
    try:
        fields = parse_qs(query.decode(), max_num_fields=MOST_FIELDS)
    except ValueError:
        return ""
    return fields.get("client_id", [""])[0]


def _size(event: Event) -> int:
    text, data = event.get("text"), event.get("bytes")
    return len(text.encode()) if text is not None else len(data or b"")
