"""How a socket ends: everybody hears why, nobody can stay, and nothing is left of it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from websockets.frames import Close as CloseFrame
from websockets.frames import Opcode

from app.domain.access import SYSTEM
from app.domain.errors import CLOSE_MEANINGS, Close
from app.tracking.driver_session import DriverSession
from app.tracking.hub import Shared
from app.tracking.monitor import Connection
from app.web import heartbeat, live_socket, socket_protocol
from app.web.live_socket import LiveSocket
from tests.web.doors import WITHIN, Doors, ended, hear, masked, open_doors, until


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path / "data") as opened:
        yield opened


async def only(doors: Doors) -> Connection:
    """The one connection that there is."""
    await until(lambda: len(doors.services.monitor.connections()) == 1)
    return doors.services.monitor.connections()[0]


# said and heard


@pytest.mark.parametrize("code", [Close.RESTARTING, Close.DISCONNECTED, Close.REVOKED])
async def test_peer_hears_the_code_and_its_reason(doors: Doors, code: Close) -> None:
    async with doors.line("/ws/driver") as line:
        (await only(doors)).socket.end(code)
        assert await ended(line) == (code, CLOSE_MEANINGS[code].reason)


async def test_close_of_the_peer_is_answered_and_noted(doors: Doors) -> None:
    _, token = await doors.driver()
    async with doors.wire() as wire:
        await wire.shake(doors.request(f"/ws/driver?token={token}"))
        assert json.loads((await wire.frame())[1])["type"] == "welcome"
        goodbye = CloseFrame(1001, "bye").serialize()
        await wire.say(masked(goodbye, Opcode.CLOSE))
        assert await wire.frame() == (Opcode.CLOSE, goodbye)
        assert await wire.rest() == b""
    await until(lambda: doors.connections == 0)
    assert doors.services.hub.drivers_online() == 0
    items, _ = await doors.services.store.activity.page(None, 50)
    (noted,) = [item for item in items if item.kind == "connection.closed"]
    assert noted.detail["code"] == 1001


async def test_end_is_the_end_at_once_even_if_the_peer_stays(doors: Doors) -> None:
    """Nothing is sent after a close frame, nothing heard, and the peer is cut after two seconds."""
    _, token = await doors.driver()
    async with doors.wire() as wire:
        await wire.shake(doors.request(f"/ws/driver?token={token}"))
        await wire.frame()
        live = (await only(doors)).socket
        assert isinstance(live, LiveSocket)
        live.end(Close.REVOKED)
        assert doors.services.monitor.connections() == []
        assert doors.services.hub.drivers_online() == 0
        live.send(Shared({"type": "late"}))
        live.end(Close.DISCONNECTED)
        await wire.say(masked({"lat": 1, "lng": 1}) * 5)
        begin = asyncio.get_running_loop().time()
        opcode, payload = await wire.frame()
        assert (opcode, payload[:2]) == (Opcode.CLOSE, (4503).to_bytes(2, "big"))
        assert await wire.rest() == b""
        assert 1 < asyncio.get_running_loop().time() - begin < 10
    assert doors.services.intake.taken == 0


async def test_peer_that_goes_without_a_word_leaves_nothing(doors: Doors) -> None:
    order_id, token = await doors.order()
    _, driver_token = await doors.driver()
    tasks = len(asyncio.all_tasks())
    for path in (f"/ws/client/{token}", f"/ws/driver?token={driver_token}", "/ws/client"):
        for _ in range(5):
            async with doors.wire() as wire:
                await wire.shake(doors.request(path))
    for _ in range(5):  # gone while somebody is looked up
        async with doors.wire(doors.request(f"/ws/client/{order_id}?token={token}")):
            pass
    services = doors.services
    await until(lambda: doors.connections == 0 and len(asyncio.all_tasks()) <= tasks)
    assert services.monitor.connections() == []
    assert (services.hub.viewers(), services.hub.drivers_online()) == (0, 0)
    assert services.viewer_door._open == {}


async def test_half_closed_peer_is_let_go(doors: Doors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.port)
    writer.write(doors.request("/ws/driver"))
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    writer.write_eof()
    async with asyncio.timeout(WITHIN):
        await reader.read()
    writer.close()
    await until(lambda: doors.connections == 0)


# the server stops


async def test_server_stops_although_peers_neither_read_nor_answer(tmp_path: Path) -> None:
    async with open_doors(tmp_path / "data") as doors:
        _, token = await doors.driver()
        key = await doors.key()
        async with doors.line("/ws/staff", {"Authorization": f"Bearer {key}"}) as line:
            await hear(line)
            deaf = [await stalled(doors, f"/ws/driver?token={token}") for _ in range(2)]
            fill(doors)
            begin = asyncio.get_running_loop().time()
            doors.server.should_exit = True
            assert await ended(line) == (1012, "restarting")
            await until(lambda: doors.connections == 0)
            assert asyncio.get_running_loop().time() - begin < 15
            for peer in deaf:
                peer.close()


async def stalled(doors: Doors, path: str) -> socket.socket:
    """A peer that shakes hands and reads nothing after that."""
    loop = asyncio.get_running_loop()
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    peer.setblocking(False)
    await loop.sock_connect(peer, ("127.0.0.1", doors.port))
    before = len(doors.services.monitor.connections())
    await loop.sock_sendall(peer, doors.request(path))
    await until(lambda: len(doors.services.monitor.connections()) == before + 1)
    return peer


def fill(doors: Doors) -> None:
    """More for every driver than all buffers hold."""
    for connection in doors.services.monitor.connections():
        live = connection.socket
        if connection.kind == "driver" and isinstance(live, LiveSocket):
            for _ in range(40):
                live.send(Shared({"text": "x" * 50_000}))


async def test_reader_that_stalls_is_cut_with_what_waits_for_him(doors: Doors) -> None:
    peer = await stalled(doors, "/ws/driver")
    live = (await only(doors)).socket
    assert isinstance(live, LiveSocket)
    for _ in range(400):
        live.send(Shared({"text": "x" * 4_000}))
    assert doors.services.monitor.connections() == []
    await until(lambda: doors.connections == 0)
    peer.close()


# silence


def test_dead_peers_are_found_within_25_seconds() -> None:
    """It falls silent just after a visit, which the next one cannot know."""
    silent = (heartbeat.DEAD_AFTER + 1) * heartbeat.VISIT_SECONDS
    assert silent + live_socket.GOODBYE_SECONDS <= 25


async def test_peer_that_answers_no_ping_is_closed_and_one_that_does_stays(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "VISIT_SECONDS", 0.04)
    key = await doors.key()
    async with (
        doors.line("/ws/staff", {"Authorization": f"Bearer {key}"}) as alive,
        doors.wire() as dead,
    ):
        await dead.shake(doors.request("/ws/driver"))
        assert await dead.frame() == (Opcode.PING, b"")
        while (frame := await dead.frame()) == (Opcode.PING, b""):
            pass
        opcode, payload = frame
        assert (opcode, int.from_bytes(payload[:2], "big")) == (Opcode.CLOSE, 4007)
        await dead.rest()
        await asyncio.sleep(1.0)  # several of its own heartbeats
        await alive.send('{"type": "ping"}')
        assert [(await hear(alive))["type"] for _ in range(2)] == ["fleet", "pong"]


async def test_late_timers_are_no_proof_of_death(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that slept asks once more before it cuts anybody."""
    monkeypatch.setattr(heartbeat, "VISIT_SECONDS", 0.04)
    monkeypatch.setattr(heartbeat, "ASLEEP_SECONDS", -1.0)  # every beat counts as late
    async with doors.wire() as wire:
        await wire.shake(doors.request("/ws/driver"))
        for _ in range(4):
            assert await wire.frame() == (Opcode.PING, b"")


async def test_look_up_that_hangs_is_answered(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(type(doors.services.store.people), "find_login", hang)
    monkeypatch.setattr(socket_protocol, "ASK_SECONDS", 0.2)
    with structlog.testing.capture_logs() as logs:
        async with doors.wire(doors.request("/ws/staff", "Cookie: ontheway_session=x")) as wire:
            assert (await wire.head()).startswith("HTTP/1.1 503 ")
    assert len(logs) == 1


# rights that end, and limits


async def test_sockets_end_with_the_sign_in(doors: Doors) -> None:
    order_id, _ = await doors.order()
    cookie = await doors.cookie("viewer")
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{doors.port}"}
    async with (
        doors.line("/ws/staff", headers) as fleet,
        doors.line(f"/ws/client/{order_id}", headers) as order,
    ):
        await hear(fleet)
        await hear(order)
        await doors.services.signin.remove_user("viewer", SYSTEM)
        assert (await ended(fleet))[0] == (await ended(order))[0] == 4503
    assert doors.services.feed.watching() == 0


async def test_sockets_over_the_limit_of_an_address_hear_4029(tmp_path: Path) -> None:
    async with open_doors(
        tmp_path / "data", limit_sockets_per_address=2, proxies=frozenset({"127.0.0.1"})
    ) as doors:
        async with doors.line("/ws/driver"), doors.line("/ws/client"):
            async with doors.line("/ws/driver") as third:
                assert await ended(third) == (4029, "too many sockets")
            async with doors.line("/ws/driver", {"X-Forwarded-For": "203.0.113.9"}):
                pass
        await until(lambda: doors.connections == 0)
        async with doors.line("/ws/driver"), doors.line("/ws/client") as again:
            assert again.close_code is None


# a fault of our own


async def test_message_that_breaks_its_handler_costs_one_error_and_one_line(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await doors.driver()
    receive = DriverSession.receive

    def fragile(session: DriverSession, text: bytes) -> None:
        if b"poison" in text:
            raise RuntimeError("a fault")
        receive(session, text)

    monkeypatch.setattr(DriverSession, "receive", fragile)
    async with doors.line(f"/ws/driver?token={token}") as line:
        assert (await hear(line))["type"] == "welcome"
        with structlog.testing.capture_logs() as logs:
            await line.send('{"lat": 1, "lng": 1, "id": "poison"}')
            error = await hear(line)
        assert (error["type"], error["code"]) == ("error", "internal")
        assert [entry["log_level"] for entry in logs] == ["error"]
        await line.send('{"lat": 1, "lng": 1, "id": "good"}')
        assert (await hear(line))["ids"] == ["good"]


# the way of other sockets, through the application


async def test_sockets_of_the_application_are_bounded_too(doors: Doors) -> None:
    for frames, code in (
        (masked(b"\xff\xfe"), 1007),
        (b"\x01\x80abcd" + b"\x00\x80abcd" * 1_100, 1008),
        (b"\xc1\x80abcd", 1002),
        (b"\x8a\x80abcd" * 1_000, 1008),
    ):
        async with doors.wire() as wire:
            await wire.shake(doors.request("/_elsewhere"))
            await wire.say(frames)
            opcode, payload = await wire.frame()
            assert (opcode, int.from_bytes(payload[:2], "big")) == (Opcode.CLOSE, code)
    early = doors.request("/_elsewhere") + b"\xc1\x80abcd"
    async with doors.wire(early) as wire:
        assert await wire.rest() == b""
    await until(lambda: doors.connections == 0)
