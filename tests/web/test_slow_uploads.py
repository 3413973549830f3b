"""A picture that comes slowly loses its place in the end, by uvicorn's own way into the house."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from app.web import http_protocol
from app.web.http_protocol import HttpProtocol
from tests.web.house import House

PIECE = b"x" * 2_048


@pytest.fixture
async def port(house: House) -> AsyncIterator[int]:
    """Where the house listens."""
    config = Config(house.api, log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: HttpProtocol(config, state, {}), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_an_upload_that_never_ends_is_told_so_and_gives_its_place_back(
    house: House, port: int, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "BODY_SECONDS", 0.1)
    monkeypatch.setattr(http_protocol, "LONGEST_BODY", 0.5)
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()
    head = (
        "POST /drive/proof/A1?kind=photo HTTP/1.1\r\nHost: track.example.com\r\n"
        f"Authorization: Bearer {driver['token']}\r\nContent-Length: 9000000\r\n\r\n"
    )
    uploads = house.api.state.uploads
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode())
        answer = asyncio.create_task(reader.readline())
        held = 0
        while not answer.done():  # faster than the slowest, so it earns more and more time
            writer.write(PIECE)
            held = max(held, uploads.count)
            await asyncio.wait([answer], timeout=0.05)
        assert answer.result() == b"HTTP/1.1 408 Request Timeout\r\n"
        rest = await reader.read()
        assert b'"message":"The request took too long."' in rest
        writer.close()
        while uploads.count:  # noqa: ASYNC110 (the application's own turn)
            await asyncio.sleep(0.01)
    assert held == 1
