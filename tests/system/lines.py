"""Sockets as tests use them: JSON out and in, every credential way, a deadline on every wait."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.live import LiveServer

Json = dict[str, Any]
T = TypeVar("T")

WITHIN: Final = 30.0
"""Seconds that an answer may take on a busy machine."""
WAYS: Final = ("header", "subprotocol", "query", "message")
NEVER: Final = "never-was-a-token"


class Line:
    """One open socket of a test; ``heard`` keeps all that came."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[Json] = []

    async def say(self, message: Json | str | bytes) -> None:
        """Send one frame: an object as JSON, text and bytes as they are."""
        text = json.dumps(message) if isinstance(message, dict) else message
        async with asyncio.timeout(WITHIN):
            await self.socket.send(text)

    async def hear(self, within: float = WITHIN) -> Json:
        """The next message."""
        async with asyncio.timeout(within):
            text = await self.socket.recv()
        message: Json = json.loads(text)
        self.heard.append(message)
        return message

    async def hear_kind(self, kind: str, within: float = WITHIN) -> Json:
        """The next message of this type; others are passed over, but kept in ``heard``."""
        async with asyncio.timeout(within):
            while True:
                message = await self.hear(within)
                if message["type"] == kind:
                    return message

    async def ask(self, message: Json | str | bytes) -> Json:
        """Send one frame and return what comes next."""
        await self.say(message)
        return await self.hear()

    async def so_far(self) -> list[Json]:
        """What else came until now; a ping is the fence."""
        begin = len(self.heard)
        await self.say({"type": "ping"})
        await self.hear_kind("pong")
        return self.heard[begin:-1]

    async def ended(self, within: float = WITHIN) -> int:
        """Read until the server closes; return its close code."""
        try:
            async with asyncio.timeout(within):
                while True:
                    await self.hear(within)
        except ConnectionClosed:
            assert self.socket.close_code is not None
            return self.socket.close_code


@asynccontextmanager
async def line(
    server: LiveServer,
    path: str,
    token: str | None = None,
    way: str = "header",
    *,
    order_id: str | None = None,
    headers: dict[str, str] | None = None,
    **options: Any,
) -> AsyncIterator[Line]:
    """Open a socket; with ``message``, the credentials are the first frame."""
    more = dict(headers or {})
    protocols: list[Subprotocol] | None = None
    if token is not None and way == "header":
        more["Authorization"] = f"Bearer {token}"
    elif token is not None and way == "subprotocol":
        protocols = [Subprotocol("ontheway"), Subprotocol(token)]
    elif token is not None and way == "query":
        path += f"{'&' if '?' in path else '?'}token={token}"
    async with connect(
        server.ws + path,
        additional_headers=more,
        subprotocols=protocols,
        compression=None,
        proxy=None,
        close_timeout=2,
        max_size=None,
        **options,
    ) as socket:
        opened = Line(socket)
        if protocols is not None:
            assert socket.subprotocol == "ontheway"
        if token is not None and way == "message":
            first: Json = {"type": "auth", "token": token}
            await opened.say(first if order_id is None else {**first, "orderId": order_id})
        yield opened


@asynccontextmanager
async def driver(server: LiveServer, token: str, way: str = "header") -> AsyncIterator[Line]:
    """A driver's socket, after its welcome."""
    async with line(server, "/ws/driver", token, way) as opened:
        welcome = await opened.hear()
        assert welcome["type"] == "welcome"
        yield opened


@asynccontextmanager
async def viewer(
    server: LiveServer, order: Json, way: str = "header", query: str = ""
) -> AsyncIterator[Line]:
    """A customer's socket on a new order (as the API made it), after its snapshot."""
    path = f"/ws/client/{order['id']}{query}"
    async with line(server, path, order["trackingToken"], way) as opened:
        snapshot = await opened.hear()
        assert snapshot["type"] == "snapshot"
        yield opened


@asynccontextmanager
async def staff(server: LiveServer, order_id: str) -> AsyncIterator[Line]:
    """A socket of a program with an API key on one order, after its snapshot."""
    async with line(server, f"/ws/client/{order_id}", server.key) as opened:
        snapshot = await opened.hear()
        assert snapshot["type"] == "snapshot"
        yield opened


async def close_code(
    server: LiveServer, path: str, token: str | None = None, way: str = "header", **more: Any
) -> tuple[int, str, int]:
    """Open, wait for the end: close code, its reason, and how many messages came."""
    async with line(server, path, token, way, **more) as opened:
        code = await opened.ended()
        return code, opened.socket.close_reason or "", len(opened.heard)


def eventually(condition: Callable[[], T], within: float = WITHIN) -> T:
    """Ask until the answer is true; return it."""
    deadline = time.monotonic() + within
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
    return answer


async def eventually_async(condition: Callable[[], T], within: float = WITHIN) -> T:
    """As `eventually`, letting other tasks run; the condition itself may block shortly."""
    deadline = time.monotonic() + within
    # What is waited for lies in the server: no event to await.
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.02)
    return answer
