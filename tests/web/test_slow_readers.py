"""Large answers on bad lines: whoever goes on reading gets all of it, whoever stops is cut off."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from app.web import http_protocol
from app.web.http_protocol import HttpProtocol

LARGE: Final = 400_000
SMALL_BUFFER: Final = 8_192
Read = Callable[[bytes, float], Awaitable[int]]


class _Narrow(HttpProtocol):
    """The machine keeps little of what it is to send, as on a slow line."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        line = transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
        super().connection_made(transport)


async def _picture(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(b"x" * LARGE, media_type="image/jpeg")(scope, receive, send)


@pytest.fixture
async def read(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Read]:
    """Reads a picture: its connection's header, seconds between two pieces; how many bytes came."""
    monkeypatch.setattr(http_protocol, "STALL_SECONDS", 0.3)
    loop = asyncio.get_running_loop()
    config, state = Config(_picture, lifespan="off"), ServerState()
    config.load()
    server = await loop.create_server(lambda: _Narrow(config, state, {}), "127.0.0.1", 0)

    async def reading(kind: bytes, pause: float) -> int:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        line.setblocking(False)
        await loop.sock_connect(line, server.sockets[0].getsockname())
        await loop.sock_sendall(line, b"GET / HTTP/1.1\r\nHost: x\r\n" + kind + b"\r\n")
        count = 0
        with line:
            while count < LARGE:
                await asyncio.sleep(pause)
                try:
                    piece = await loop.sock_recv(line, 8_192)
                except ConnectionError:
                    break
                if not piece:
                    break
                count += len(piece)
        return count

    yield reading
    server.close()


@pytest.mark.parametrize("kind", [b"", b"Connection: close\r\n"])
async def test_who_goes_on_reading_gets_all_of_it(read: Read, kind: bytes) -> None:
    assert await read(kind, 0.02) >= LARGE


@pytest.mark.parametrize("kind", [b"", b"Connection: close\r\n"])
async def test_who_stops_is_cut_off(read: Read, kind: bytes) -> None:
    assert await read(kind, 0.8) < LARGE / 4
