"""A driver's connection for Python programs: it queues, sends, and resends until answered.

Speaks the driver socket (docs/protocol.md) and knows nothing of the server's inside.
"""

import asyncio
import json
import random
import ssl
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from app.domain.times import format_time, parse_time
from app.outbox import BATCH_BYTES, Json, Outbox, Rejection, content_id, frame

ANSWER_SECONDS: Final = 30.0
LONGEST_DELAY: Final = 30.0
FINAL_CLOSE: Final = 4500
TOO_BIG: Final = 1009
REFUSALS: Final = {401, 403, 404, 410}
LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}


class DriverRefused(Exception):
    """The server will not have this driver: do not reconnect. ``code``: close code or HTTP."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"The server refuses this driver: {reason or 'no reason given'} ({code})")
        self.code = code


class NotDelivered(Exception):
    """The server did not answer everything in the time that was given."""


@dataclass(slots=True)
class Counters:
    """Messages so far: ``sent`` counts every sending, ``waiting`` those not answered yet."""

    sent: int = 0
    acked: int = 0
    rejected: int = 0
    waiting: int = 0
    connects: int = 0


class DriverConnection:
    """A driver's socket that heals itself; ``async with`` opens it, leaving waits for answers.

    ``url`` is the server's address (http, https, ws or wss). ``on_message`` gets what the server
    says of itself (welcome, order_assigned, status_update ...), ``on_reject`` every refusal.
    Everything is sent in the order of the calls, as soon as there is a connection, until it is
    acked or rejected. Once the server refuses the driver, every call raises `DriverRefused`.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        on_message: Callable[[Json], None] | None = None,
        on_reject: Callable[[Rejection], None] | None = None,
        outbox: Outbox | None = None,
        limit: int = 100_000,
        linger: float = 10.0,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.url = socket_url(url)
        self.counters = Counters()
        self.rejections: deque[Rejection] = deque(maxlen=1000)
        self.last_error = ""
        self._headers = {"Authorization": f"Bearer {token}"}
        self._tls = {"ssl": ssl_context} if ssl_context else {}
        self._on_message = on_message or (lambda _message: None)
        self._on_reject = on_reject or (lambda _rejection: None)
        self._outbox = Outbox() if outbox is None else outbox
        self._limit, self._linger = limit, linger
        self._most_bytes = BATCH_BYTES
        self._not_before = self._answer_by = 0.0
        self._wake, self._idle, self._room = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._online, self._allowed = asyncio.Event(), asyncio.Event()
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._allowed.set()
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(lambda _task: self._changed())
        self._changed()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        try:
            if kind is None:
                await self._drain_before_leaving()
        finally:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _drain_before_leaving(self) -> None:
        try:
            async with asyncio.timeout(self._linger):
                await self.drain()
        except TimeoutError:
            left, why = len(self._outbox), self.last_error or "no connection"
            raise NotDelivered(f"{left} messages have no answer yet: {why}") from None

    async def connected(self, within: float | None = None) -> None:
        """Wait for the server's welcome; `NotDelivered` after ``within`` seconds without it."""
        self._check()
        assert self._task is not None
        waiter = asyncio.create_task(self._online.wait())
        await asyncio.wait((waiter, self._task), timeout=within, return_when="FIRST_COMPLETED")
        self._check()
        if waiter.cancel():
            raise NotDelivered(f"No connection to {self.url}: {self.last_error or 'no answer'}")

    async def send(
        self,
        lat: float,
        lng: float,
        *,
        order_id: str | int | None = None,
        id: str | None = None,
        recorded_at: datetime | str | float | None = None,
        accuracy: float | None = None,
        speed: float | None = None,
        heading: float | None = None,
        altitude: float | None = None,
        battery: float | None = None,
    ) -> str:
        """Queue a position; return its id. Waits only while ``limit`` messages are queued.

        Degrees WGS 84, metres, metres per second, degrees from north, battery 0 to 1. The fix time
        is now unless given; the id follows from content, so the same fix again is a repeat.
        """
        given = datetime.now(UTC) if recorded_at is None else recorded_at
        moment = format_time(
            parse_time(given.isoformat() if isinstance(given, datetime) else given)
        )
        point = {"id": id, "orderId": order_id, "recordedAt": moment, "lat": lat, "lng": lng}
        point["id"] = id or content_id(order_id, moment, lat, lng)
        extra = {"accuracy": accuracy, "speed": speed, "heading": heading}
        extra |= {"altitude": altitude, "battery": battery}
        return await self._queue({k: v for k, v in (point | extra).items() if v is not None})

    async def status(self, order_id: str | int, status: str, note: str | None = None) -> str:
        """Queue a change of an order's status; return its id."""
        body: Json = {"type": "status_update", "id": f"s-{uuid.uuid4().hex}"}
        body |= {"orderId": order_id, "status": status} | ({"note": note} if note else {})
        return await self._queue(body)

    async def duty(self, on: bool) -> str:
        """Queue going on or off duty; return its id."""
        return await self._queue({"type": "duty", "id": f"d-{uuid.uuid4().hex}", "on": on})

    async def drain(self) -> None:
        """Wait until everything has its final answer."""
        self._check()
        await self._idle.wait()
        self._check()

    async def pause(self) -> None:
        """Close the connection and stay away until `resume`; messages queue up meanwhile."""
        self._allowed.clear()
        if self._socket is not None:
            await self._socket.close()

    def resume(self) -> None:
        """Connect again after `pause`."""
        self._allowed.set()

    async def _queue(self, body: Json) -> str:
        text = json.dumps(body, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
        if len(text) > BATCH_BYTES or not 1 <= len(body["id"]) <= 64:
            raise ValueError("A message is too long, or its id is not text of 1 to 64 characters")
        self._check()
        while len(self._outbox) >= self._limit:
            self._room.clear()
            await self._room.wait()
            self._check()
        self._outbox.add(body["id"], text, alone="type" in body)
        self._changed()
        return str(body["id"])

    def _check(self) -> None:
        if self._task is None:
            raise RuntimeError("Use the connection with 'async with'")
        if self._task.done() and not self._task.cancelled():
            self._task.result()

    def _changed(self) -> None:
        """Tell everyone who waits that the outbox, or the connection's fate, has changed."""
        over = self._task is None or self._task.done()
        self.counters.waiting = len(self._outbox)
        if over or len(self._outbox) < self._limit:
            self._room.set()
        if over or not len(self._outbox):
            self._idle.set()
        else:
            self._idle.clear()
        self._wake.set()

    async def _run(self) -> None:
        failures = 0
        while True:
            await self._allowed.wait()
            connects = self.counters.connects
            try:
                await self._connect()
            except InvalidStatus as error:
                self.last_error = str(error)
                if (status := error.response.status_code) in REFUSALS:
                    raise DriverRefused(status, error.response.reason_phrase) from None
            except (OSError, InvalidHandshake) as error:
                self.last_error = str(error) or type(error).__name__
            failures = 1 if self.counters.connects > connects else min(failures + 1, 8)
            await asyncio.sleep(min(LONGEST_DELAY, 0.5 * 2**failures) * random.uniform(0.3, 1))

    async def _connect(self) -> None:
        # A proxy of the environment is of use for the world outside only.
        proxy = None if urlsplit(self.url).hostname in LOOPBACK else True
        options: Json = {"compression": None, "close_timeout": 2, "proxy": proxy} | self._tls
        async with connect(self.url, additional_headers=self._headers, **options) as socket:
            self._socket = socket
            if not self._allowed.is_set():
                return
            try:
                async with asyncio.TaskGroup() as group:
                    sender = group.create_task(self._send_all(socket))
                    with suppress(ConnectionClosed):
                        async for text in socket:
                            self._receive(json.loads(text))
                    sender.cancel()
            finally:
                self._socket = None
                self._online.clear()
                self._outbox.again(self._outbox.under_way())
        self._closed(socket.close_code or 1006, socket.close_reason or "connection lost")

    def _closed(self, code: int, reason: str) -> None:
        self.last_error = f"{reason} ({code})"
        if code >= FINAL_CLOSE:
            raise DriverRefused(code, reason)
        if code == TOO_BIG:
            self._most_bytes = max(self._most_bytes // 2, 1000)

    async def _send_all(self, socket: ClientConnection) -> None:
        clock = asyncio.get_running_loop().time
        self._answer_by = clock() + ANSWER_SECONDS
        with suppress(ConnectionClosed):
            while True:
                self._wake.clear()
                resting = clock() < self._not_before
                ready = self._online.is_set() and not resting
                if ready and (batch := self._outbox.take(self._most_bytes)):
                    self._answer_by = clock() + ANSWER_SECONDS
                    self.counters.sent += len(batch)
                    await socket.send(frame(batch), text=True)
                    continue
                expecting = not self._online.is_set() or self._outbox.under_way()
                until = self._not_before if resting else self._answer_by if expecting else None
                if not await self._woken(until) and not resting:
                    return await socket.close()

    async def _woken(self, until: float | None) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                return await self._wake.wait()
        return False

    def _receive(self, message: Json) -> None:
        now = asyncio.get_running_loop().time()
        self._answer_by = now + ANSWER_SECONDS
        match message.get("type"):
            case "ack":
                acked = [self._outbox.answered(id) for id in message["ids"]]
                self.counters.acked += sum(known is not None for known in acked)
            case "reject":
                if rejection := self._outbox.rejected(message):
                    self.counters.rejected += 1
                    self.rejections.append(rejection)
                    self._on_reject(rejection)
            case "retry":
                self._outbox.again(message["ids"])
                self._not_before = now + message["afterMs"] / 1000
            case kind:
                if kind == "welcome":
                    self.counters.connects += 1
                    self._online.set()
                self._on_message(message)
        self._changed()


def socket_url(url: str) -> str:
    """The driver socket at a server's address; `ValueError` when it is no http or ws address."""
    parts = urlsplit(url)
    schemes = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"Not the address of a server: {url}")
    path = parts.path.rstrip("/").removesuffix("/ws/driver") + "/ws/driver"
    return urlunsplit((schemes[parts.scheme], parts.netloc, path, "", ""))
