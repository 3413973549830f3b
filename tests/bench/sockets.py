"""Lean WebSocket clients on plain transports: the load must cost less than what it measures."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast

import msgspec
from typing_extensions import override

from tests.bench import wire
from tests.bench.programs import Unusable
from tests.bench.target import Door, Target

AT_ONCE: Final = 100
"""Connections that are opened at a time."""
OPEN_WITHIN: Final = 30.0
GLANCE: Final = 0.005
"""Seconds between two looks at whether a run is over."""
POSITION: Final = b'"location_update"'
"""What marks a delivery; snapshots, acks and statuses have none."""


class Answer(msgspec.Struct):
    """What counts of the server's answers to a driver."""

    type: str
    count: int = 0
    after_ms: int = msgspec.field(name="afterMs", default=0)


_answer: Final = msgspec.json.Decoder(Answer)


class Connection(asyncio.Protocol):
    """An open socket; takes frames apart, answers pings, tells the load when it ends."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.transport = cast(asyncio.Transport, None)
        self.greeted = False
        """Whether the product has said that it is ready for this socket."""
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Whole frames are dealt with, the rest waits for its end."""
        if self._rest:
            data = self._rest + data
        at, end = 0, len(data)
        while end - at >= 2:
            size, begin = data[at + 1], at + 2
            if size >= 126:
                begin += 2 if size == 126 else 8
                size = int.from_bytes(data[at + 2 : begin]) if begin <= end else end
            if begin + size > end:
                break
            if data[at] == wire.TEXT:
                self.text(data, begin, begin + size)
            else:
                self._control(data[at], data[begin : begin + size])
            at = begin + size
        self._rest = data[at:]

    def text(self, data: bytes, begin: int, end: int) -> None:
        """A message of the server: the bytes of ``data`` from ``begin`` to before ``end``."""

    def connection_lost(self, exc: Exception | None) -> None:
        """It is not over before we say so."""
        self.load.fail(f"a socket was lost: {exc or 'closed by the server'}")

    def _control(self, first: int, payload: bytes) -> None:
        if first == wire.PING:
            self.transport.write(wire.frame(payload, wire.PONG))
        elif first == wire.CLOSE:
            code = int.from_bytes(payload[:2])
            self.load.fail(f"the server closed a socket: {code} {payload[2:].decode()}")
        else:
            self.load.fail(f"a frame that begins with {first:#x}")


class Listener(Connection):
    """Takes what comes, and does nothing with it."""

    @override
    def text(self, data: bytes, begin: int, end: int) -> None:
        """Anything is a greeting."""
        self.greeted = True


class Viewer(Connection):
    """Counts the messages with ``mark`` in them, and calls ``heard`` for each."""

    def __init__(self, load: "Load") -> None:
        super().__init__(load)
        self.mark = POSITION
        self.count = 0
        self.heard: Callable[[], None] = _nothing

    def text(self, data: bytes, begin: int, end: int) -> None:
        """Perhaps a delivery."""
        if data.find(self.mark, begin, end) >= 0:
            self.count += 1
            self.heard()
        else:
            self.greeted = True


class Driver(Connection):
    """Sends frames made ahead, so many as it is allowed to; counts the acked points."""

    def __init__(self, load: "Load") -> None:
        super().__init__(load)
        self.frames: Iterator[bytes] = iter(())
        self.allowed = 0
        self.sent = 0
        self.acked = 0
        self.answered: Callable[[], None] = _nothing
        self.patient = False
        """Whether a frame that is put off is sent again, as it should be; else it is a fault."""
        self.put_off = 0
        self._frame = b""

    def send_next(self) -> None:
        """The next frame, if there may be one."""
        if self.allowed:
            self.allowed -= 1
            self.sent += 1
            self._frame = next(self.frames)
            self.transport.write(self._frame)

    def text(self, data: bytes, begin: int, end: int) -> None:
        """An answer; anything that refuses a position spoils the run."""
        if not self.load.target.answers:
            return
        answer = _answer.decode(data[begin:end])
        if answer.type == "ack":
            self.acked += answer.count
            self.answered()
        elif answer.type == "welcome":
            self.greeted = True
        elif answer.type == "retry" and self.patient:
            self.put_off += 1
            later = asyncio.get_running_loop().call_later
            later(answer.after_ms / 1000, self.transport.write, self._frame)
        elif answer.type in {"reject", "retry", "error"}:
            self.load.fail(f"the server said: {data[begin:end].decode()[:200]}")


C = TypeVar("C", bound=Connection)


class Load:
    """All sockets of one run, and the first thing that went wrong."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.fault = ""
        self._over = False
        self._connections: list[Connection] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._over = True
        for connection in self._connections:
            connection.transport.abort()
        await asyncio.sleep(0)

    def fail(self, reason: str) -> None:
        """Something went wrong; the run says nothing any more."""
        if not self._over and not self.fault:
            self.fault = reason

    async def open(self, kind: Callable[["Load"], C], doors: Sequence[Door]) -> list[C]:
        """Open one socket for each door, some at a time; wait until the product greeted all."""
        opened: list[C] = []
        for begin in range(0, len(doors), AT_ONCE):
            some = doors[begin : begin + AT_ONCE]
            opened += await asyncio.gather(*(self._open(kind(self), door) for door in some))
        if self.target.answers:
            greeted = await self.reached(lambda: all(c.greeted for c in opened), OPEN_WITHIN)
            if not greeted:
                raise Unusable("not every socket was greeted")
        return opened

    async def _open(self, connection: C, door: Door) -> C:
        loop, port = asyncio.get_running_loop(), self.target.port
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                _, opening = await loop.create_connection(
                    lambda: _Opening(connection, door, port), "127.0.0.1", port
                )
                await opening.done
        except OSError as error:  # TimeoutError is one too
            reason = str(error) or f"not within {OPEN_WITHIN:.0f} seconds"
            raise Unusable(f"a socket did not open: {reason}") from error
        self._connections.append(connection)
        return connection

    async def reached(self, done: Callable[[], bool], seconds: float) -> bool:
        """Whether it came to that in time; raises `Unusable` when the run is spoilt."""
        deadline = time.monotonic() + seconds
        while True:
            if self.fault:
                raise Unusable(self.fault)
            if done():
                return True
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(GLANCE)


class _Opening(asyncio.Protocol):
    """The handshake; hands the transport over to the connection."""

    def __init__(self, connection: Connection, door: Door, port: int) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connection = connection
        self._request = wire.request(door.path, port, door.token)
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._connection.transport = cast(asyncio.Transport, transport)
        self._connection.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if not end or self.done.done():
            return
        if not head.startswith(b"HTTP/1.1 101 "):
            self.done.set_exception(Unusable(f"no socket but {head[:60].decode()}"))
            return
        self._connection.transport.set_protocol(self._connection)
        self.done.set_result(None)
        if rest:
            self._connection.data_received(rest)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(Unusable(f"refused at the handshake: {exc}"))


def count_of(viewers: Iterable[Viewer]) -> int:
    """Deliveries to all of them."""
    return sum(viewer.count for viewer in viewers)


def _nothing(*_: Any) -> None:
    """Nobody wants to know."""
