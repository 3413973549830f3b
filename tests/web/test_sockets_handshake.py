"""How a socket opens: which paths there are, whose credentials count, what is refused and how."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from app.tracking.records import Login
from tests.web.doors import Doors, ended, error_of, hear, masked, open_doors, until
from tests.web.house import HOST

FOREIGN = "https://evil.example"


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path / "data") as opened:
        yield opened


async def refused(
    doors: Doors, path: str, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Status and error code of a handshake that is refused."""
    with pytest.raises(InvalidStatus) as failure:
        async with doors.line(path, headers):
            pass
    return failure.value.response.status_code, error_of(failure.value.response)


# paths


async def test_unknown_paths_below_ours_do_not_exist(doors: Doors) -> None:
    for name in ("", "nothing", "driver/", "driver/x", "client/", "client/a/b", "Driver"):
        assert await refused(doors, f"/ws/{name}") == (404, "not_found")


async def test_other_paths_go_to_the_application(doors: Doors) -> None:
    async with doors.line("/_somewhere/else") as line:
        await line.send("hello")
        assert await line.recv() == "hello"
        assert doors.services.monitor.connections() == []


@pytest.mark.parametrize(
    ("broken", "status"),
    [
        ("version", "400"),
        ("key", "400"),
        ("short key", "400"),
        ("method", "405"),
        ("http", "400"),
        ("body", "400"),
        ("header too long", "431"),
        ("address too long", "414"),
    ],
)
async def test_malformed_handshakes_are_answered_and_closed(
    doors: Doors, broken: str, status: str
) -> None:
    for path in ("/ws/driver", "/ws/client/A1", "/_elsewhere"):
        async with doors.wire(malformed(doors.request(path), broken)) as wire:
            head = await wire.head()
            body = await wire.rest()
        assert head.startswith(f"HTTP/1.1 {status} ")
        assert set(json.loads(body)["error"]) == {"code", "message"}
        assert b"xxx" not in body
    await until(lambda: doors.connections == 0)


def malformed(request: bytes, how: str) -> bytes:
    """A good handshake made bad."""
    if how == "body":
        return request.replace(b"Upgrade: ", b"Content-Length: 5\r\nUpgrade: ") + b"hello"
    old, new = {
        "version": (b"Version: 13", b"Version: 8"),
        "key": (b"Sec-WebSocket-Key", b"X-Key"),
        "short key": (b"Key: ", b"Key: AA"),
        "method": (b"GET", b"POST"),
        "http": (b"HTTP/1.1", b"HTTP/1.0"),
        "header too long": (b"Host: ", b"X-Long: " + b"x" * 9_000 + b"\r\nHost: "),
        "address too long": (b" HTTP", b"?token=" + b"x" * 9_000 + b" HTTP"),
    }[how]
    return request.replace(old, new)


async def test_only_our_own_subprotocol_is_selected(doors: Doors) -> None:
    _, token = await doors.driver()
    offered = [f"offered-{n}" for n in range(50)]
    async with doors.line("/ws/driver", protocols=["ontheway", token]) as line:
        assert line.subprotocol == "ontheway"
        assert (await hear(line))["type"] == "welcome"
    async with doors.line("/ws/driver", protocols=[*offered, token]) as line:
        assert line.subprotocol is None
        assert line.response is not None
        assert token not in str(line.response.headers)


async def test_too_many_fields_of_a_query_are_none(doors: Doors) -> None:
    _, token = await doors.driver()
    async with doors.line(f"/ws/driver?{'a=b&' * 30}token={token}") as line:
        await line.send(json.dumps({"type": "auth", "token": token}))
        assert (await hear(line))["type"] == "welcome"


# what an eager peer says behind its handshake is heard, also while somebody is looked up


async def test_bytes_right_behind_the_handshake_are_heard(doors: Doors) -> None:
    _, token = await doors.driver()
    first = masked({"type": "auth", "token": token})
    async with doors.wire(doors.request("/ws/driver") + first) as wire:
        assert (await wire.head()).startswith("HTTP/1.1 101 ")
        assert json.loads((await wire.frame())[1])["type"] == "welcome"


async def test_bytes_behind_a_handshake_that_needs_a_look_up_are_heard(doors: Doors) -> None:
    key = await doors.key()
    request = doors.request("/ws/staff", f"Authorization: Bearer {key}")
    async with doors.wire(request + masked({"type": "ping"})) as wire:
        assert (await wire.head()).startswith("HTTP/1.1 101 ")
        kinds = [json.loads((await wire.frame())[1])["type"] for _ in range(2)]
        assert kinds == ["fleet", "pong"]
        await wire.say(masked({"type": "ping"}))
        assert json.loads((await wire.frame())[1])["type"] == "pong"


# who it is


@pytest.mark.parametrize("way", ["header", "subprotocol", "query"])
async def test_api_keys_follow_any_order_and_the_fleet_from_any_origin(
    doors: Doors, way: str
) -> None:
    order_id, _ = await doors.order()
    key = await doors.key()
    headers = {"Origin": FOREIGN, "Cookie": await doors.cookie()}
    query = f"?token={key}" if way == "query" else ""
    protocols = ["ontheway", key] if way == "subprotocol" else None
    if way == "header":
        headers["Authorization"] = f"Bearer {key}"
    async with doors.line(f"/ws/client/{order_id}{query}", headers, protocols) as line:
        assert (await hear(line))["type"] == "snapshot"
        (connection,) = doors.services.monitor.connections()
        assert connection.actor is not None
        assert connection.actor.id == "key viewer"
    async with doors.line(f"/ws/staff{query}", headers, protocols) as line:
        assert (await hear(line))["whole"] is True


@pytest.mark.parametrize("path", ["/ws/client", "/ws/client/{order}", "/ws/staff"])
async def test_sign_in_counts_on_our_own_pages_only(doors: Doors, path: str) -> None:
    order_id, _ = await doors.order()
    path = path.format(order=order_id)
    cookie = await doors.cookie("viewer")
    here = f"http://127.0.0.1:{doors.port}"
    for origin in (FOREIGN, "null", "http://127.0.0.1:1", "http://evil@127.0.0.1"):
        assert await refused(doors, path, {"Cookie": cookie, "Origin": origin}) == (
            403,
            "cross_origin",
        )
    assert await refused(doors, path, {"Cookie": cookie}) == (403, "cross_origin")
    for origin in (here, HOST):
        async with doors.line(path, {"Cookie": cookie, "Origin": origin}) as line:
            if path == "/ws/client":
                await line.send(json.dumps({"type": "subscribe", "orderId": order_id}))
            assert (await hear(line))["type"] in {"snapshot", "fleet"}


async def test_cookie_beside_a_token_or_link_is_ignored(doors: Doors) -> None:
    order_id, token = await doors.order()
    other_id, _ = await doors.order()
    headers = {"Cookie": await doors.cookie(), "Origin": FOREIGN}
    for path in (f"/ws/client/{token}", f"/ws/client/{order_id}?token={token}"):
        async with doors.line(path, headers) as line:
            assert (await hear(line))["orderId"] == order_id
            (connection,) = doors.services.monitor.connections()
            assert connection.actor is not None
            assert connection.actor.kind == "customer"
    async with doors.line(f"/ws/client?token={token}", headers) as line:
        assert (await hear(line))["type"] == "snapshot"
        await line.send(json.dumps({"type": "subscribe", "orderId": other_id}))
        assert (await hear(line))["code"] == "not_authenticated"


async def test_ended_sign_in_is_none(doors: Doors) -> None:
    cookie = "ontheway_session=never-was-one"
    async with doors.line("/ws/staff", {"Cookie": cookie, "Origin": FOREIGN}) as line:
        assert await ended(line) == (4501, "not authenticated")
    async with doors.line("/ws/staff") as line:
        assert await ended(line) == (4501, "not authenticated")


async def test_staff_socket_answers_pings_and_takes_nothing_else(doors: Doors) -> None:
    async with doors.line("/ws/staff", {"Authorization": f"Bearer {await doors.key()}"}) as line:
        assert (await hear(line))["type"] == "fleet"
        await line.send('{"type": "ping"}')
        assert (await hear(line))["type"] == "pong"
        for said in ('{"type": "resume", "orderId": "A", "epoch": "e", "seq": 1}', "[", b"ping"):
            await line.send(said)
            assert (await hear(line))["type"] == "error"
        await doors.services.feed.tick()
        await line.send('{"type": "ping"}')
        assert (await hear(line))["type"] == "pong"


# where it comes from


async def test_addresses_are_believed_from_named_proxies_only(tmp_path: Path) -> None:
    said = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "User-Agent": "x" * 300}
    for proxies, address in (({"127.0.0.0/8"}, "203.0.113.9"), ({"10.0.0.1"}, "127.0.0.1")):
        folder = tmp_path / address
        async with (
            open_doors(folder, proxies=frozenset(proxies)) as doors,
            doors.line("/ws/driver", said),
        ):
            await until(doors.services.monitor.connections)
            (connection,) = doors.services.monitor.connections()
            assert connection.address == address
            assert connection.agent == "x" * 200


async def test_failed_look_up_is_answered_with_503(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> Login:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(type(doors.services.store.people), "find_login", broken)
    cookie = "ontheway_session=whatever"
    assert await refused(doors, "/ws/staff", {"Cookie": cookie}) == (503, "unavailable")
