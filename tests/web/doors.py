"""All doors of one installation in this process: a real server on a free port, real sockets."""

import asyncio
import base64
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.typing import Subprotocol

from app.domain.access import SYSTEM, Role
from app.tracking.records import OrderDetails
from app.tracking.services import Services
from app.web.http_protocol import HttpProtocol
from app.web.socket_protocol import make_socket_protocol
from tests.web.house import PASSWORD, House, open_house

WITHIN: Final = 30.0
Json = dict[str, Any]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """What is behind our sockets: an application that answers, and a socket that echoes."""
    if scope["type"] == "http":
        await PlainTextResponse(scope["path"])(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})


class _Server(uvicorn.Server):
    """It leaves the signals of the test's process alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Doors:
    """A running server."""

    def __init__(self, house: House, port: int, server: uvicorn.Server) -> None:
        self.house = house
        self.services: Services = house.services
        self.port = port
        self.server = server

    @property
    def connections(self) -> int:
        """Every TCP connection that the server knows."""
        return len(self.server.server_state.connections)

    async def driver(self, name: str = "Ana Petrović") -> tuple[str, str]:
        """A driver's id and token."""
        made = await self.services.fleet.create(name, None, None, SYSTEM)
        return made.driver.id, made.token

    async def order(self) -> tuple[str, str]:
        """An order's id and its tracking token."""
        made = await self.services.orders.create(None, OrderDetails(), None, SYSTEM)
        return made.order.id, made.token

    async def key(self, role: Role = Role.VIEWER) -> str:
        """An API key."""
        _, key = await self.services.signin.add_key(f"key {role}", role, SYSTEM)
        return key

    async def cookie(self, name: str = "admin") -> str:
        """The value of `Cookie` of somebody signed in."""
        if await self.services.store.people.find_user(name) is None:
            await self.services.signin.add_user(name, Role(name), PASSWORD, SYSTEM)
        _, token = await self.services.signin.sign_in(name, PASSWORD, None, None)
        return f"ontheway_session={token}"

    @asynccontextmanager
    async def line(
        self,
        path: str,
        headers: dict[str, str] | None = None,
        protocols: list[str] | None = None,
    ) -> AsyncIterator[ClientConnection]:
        """A socket."""
        async with connect(
            f"ws://127.0.0.1:{self.port}{path}",
            additional_headers=headers,
            subprotocols=[Subprotocol(name) for name in protocols] if protocols else None,
            compression=None,
            proxy=None,
            close_timeout=2,
        ) as opened:
            yield opened

    @asynccontextmanager
    async def wire(self, data: bytes = b"") -> AsyncIterator["Wire"]:
        """A bare connection, on which ``data`` is said first."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        wire = Wire(reader, writer)
        try:
            if data:
                await wire.say(data)
            yield wire
        finally:
            writer.transport.abort()

    def request(self, path: str, *more: str, method: str = "GET", version: str = "1.1") -> bytes:
        """A handshake as bytes."""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"{method} {path} HTTP/{version}",
            f"Host: 127.0.0.1:{self.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *more,
        ]
        return "\r\n".join([*lines, "", ""]).encode()


class Wire:
    """A bare TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, data: bytes) -> None:
        """Send bytes."""
        self._writer.write(data)
        await self._writer.drain()

    async def head(self) -> str:
        """The status line and headers of the answer."""
        async with asyncio.timeout(WITHIN):
            return (await self._reader.readuntil(b"\r\n\r\n")).decode()

    async def shake(self, request: bytes) -> None:
        """Open a WebSocket."""
        await self.say(request)
        head = await self.head()
        assert head.startswith("HTTP/1.1 101 "), head

    async def frame(self) -> tuple[int, bytes]:
        """The next frame of the server: opcode and payload."""
        async with asyncio.timeout(WITHIN):
            first, length = await self._reader.readexactly(2)
            assert length < 127, "short frames only"
            if length == 126:
                length = int.from_bytes(await self._reader.readexactly(2), "big")
            return first & 15, await self._reader.readexactly(length)

    async def rest(self, within: float = WITHIN) -> bytes:
        """All until the server closes; a reset counts as closed."""
        async with asyncio.timeout(within):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""


def masked(message: Json | bytes, opcode: Opcode = Opcode.TEXT) -> bytes:
    """A frame of a client."""
    data = message if isinstance(message, bytes) else json.dumps(message).encode()
    return Frame(opcode, data).serialize(mask=True)


async def hear(line: ClientConnection) -> Json:
    """The next message."""
    async with asyncio.timeout(WITHIN):
        message: Json = json.loads(await line.recv())
    return message


async def ended(line: ClientConnection) -> tuple[int | None, str | None]:
    """Wait for the end: close code and reason."""
    async with asyncio.timeout(WITHIN):
        await line.wait_closed()
    return line.close_code, line.close_reason


async def until(condition: Callable[[], object], within: float = WITHIN) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 (a condition over many events)
            await asyncio.sleep(0.01)


def error_of(response: Response) -> str:
    """The code in the body of a refused handshake."""
    assert response.headers["Content-Type"] == "application/json"
    code: str = json.loads(response.body)["error"]["code"]
    return code


@asynccontextmanager
async def open_doors(
    folder: Path, *, proxies: frozenset[str] = frozenset(), **settings: Any
) -> AsyncIterator[Doors]:
    """An installation in ``folder``, served."""
    async with open_house(folder, **settings) as house:
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            echo,
            http=HttpProtocol,
            ws=make_socket_protocol(house.services, proxies),
            ws_per_message_deflate=False,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            lifespan="off",
            timeout_graceful_shutdown=3,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await until(lambda: server.started)
        try:
            yield Doors(house, listener.getsockname()[1], server)
        finally:
            server.should_exit = True
            await asyncio.wait_for(serving, WITHIN)
