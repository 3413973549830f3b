"""The sockets of the staff's pages are listed, counted and ended as all others are."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from app.domain.access import Actor, Kind, Role
from app.domain.errors import Close
from app.tracking.monitor import Connection
from app.tracking.open_pages import OpenPage
from app.web.page_sockets import attend_pages
from tests.web.doors import until
from tests.web.house import House

BOSS = Actor(Kind.USER, "ana", Role.ADMIN, "203.0.113.7", 7)


class Server:
    """Stands for NiceGUI's: takes what comes until the end."""

    def __init__(self) -> None:
        self.handlers: dict[str, dict[str, Callable[..., Any]]] = {}
        self.handle_request: Callable[..., Any] = self.serve

    async def serve(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "0{}"})
        while (event := await receive())["type"] == "websocket.receive":
            if event.get("text") == "ask":
                await send({"type": "websocket.send", "text": "2"})


class Browser:
    """The other side of one connection."""

    def __init__(self, server: Server, query: str) -> None:
        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.heard: list[dict[str, Any]] = []
        self.slow: asyncio.Event | None = None
        scope = {
            "type": "websocket",
            "client": ("203.0.113.7", 1),
            "headers": [(b"user-agent", b"Browser")],
            "query_string": query.encode(),
        }
        self._in.put_nowait({"type": "websocket.connect"})
        self.served = asyncio.create_task(server.handle_request(scope, self._in.get, self._take))

    async def _take(self, event: dict[str, Any]) -> None:
        if self.slow is not None:
            await self.slow.wait()
        self.heard.append(event)
        if event["type"] == "websocket.close":
            self.leave(event["code"])

    def say(self, text: str | bytes) -> None:
        """A message."""
        kind = "text" if isinstance(text, str) else "bytes"
        self._in.put_nowait({"type": "websocket.receive", kind: text})

    def leave(self, code: int = 1001) -> None:
        """The tab is closed."""
        self._in.put_nowait({"type": "websocket.disconnect", "code": code})


@pytest.fixture
async def server(house: House) -> AsyncIterator[Server]:
    server = Server()
    attend_pages(server, house.services.monitor, house.services.now)
    house.services.monitor.pages.opened("secret", OpenPage("Settings", BOSS))
    yield server
    await server.handle_request({"type": "http"}, None, None)  # no socket: passed on


async def only(house: House) -> Connection:
    """The one that is listed."""
    await until(lambda: house.services.monitor.connections())
    (found,) = house.services.monitor.connections()
    return found


async def test_a_page_is_listed_with_its_person_and_counted(house: House, server: Server) -> None:
    admin = await house.client_for("admin")
    browser = Browser(server, "a=1&client_id=secret")
    one = await only(house)
    for text in ("hello", b"\1\2\3", "3"):
        browser.say(text)
    await until(lambda: one.received == 2 and one.sent == 1)
    (item,) = (await admin.get("/api/v1/connections")).json()["items"]
    assert item.pop("id") == one.id
    assert item.pop("openedAt")
    assert item.pop("lastAt")
    assert item == {
        "kind": "page",
        "page": "Settings",
        "actor": {"kind": "user", "id": "ana"},
        "address": "203.0.113.7",
        "agent": "Browser",
        "orders": [],
        "received": 2,
        "receivedBytes": 8,
        "sent": 1,
        "sentBytes": 3,
    }
    browser.leave()
    await browser.served
    assert house.services.monitor.connections() == []
    entries, _ = await house.services.store.activity.page(None, 50)
    assert [entry for entry in entries if entry.kind.startswith("connection.")] == []


@pytest.mark.parametrize("query", ["", "client_id=other", "&".join(["a=1"] * 40), "client_id=%ff"])
async def test_a_socket_of_no_page_is_listed_as_nobodys(
    house: House, server: Server, query: str
) -> None:
    browser = Browser(server, query)
    one = await only(house)
    assert (one.kind, one.actor, one.page) == ("page", None, None)
    browser.leave()
    await browser.served


async def test_lag_is_the_time_to_the_answer_and_what_waits_is_counted(
    house: House, server: Server
) -> None:
    browser = Browser(server, "client_id=secret")
    one = await only(house)
    await until(lambda: one.sent == 1)
    browser.say("3")  # nobody asked
    assert one.socket.lag() is None
    browser.slow = asyncio.Event()
    browser.say("ask")
    await until(lambda: one.socket.backlog() == (1, 0))
    await until(lambda: (one.socket.lag() or 0) > 0.01)
    browser.slow.set()
    browser.say("3")
    await until(lambda: one.socket.lag() == one.socket.lag())
    assert one.socket.backlog() == (0, 0)
    browser.leave()
    await browser.served


async def test_a_page_is_ended_and_the_log_names_whose_it_was(
    house: House, server: Server, admin: httpx.AsyncClient
) -> None:
    browser = Browser(server, "client_id=secret")
    one = await only(house)
    assert (await admin.delete(f"/api/v1/connections/{one.id}")).status_code == 204
    assert house.services.monitor.connections() == []
    one.socket.end(Close.REVOKED)  # it is over already
    await browser.served
    ends = [event for event in browser.heard if event["type"] == "websocket.close"]
    assert ends == [{"type": "websocket.close", "code": 4009, "reason": "disconnected"}]
    entries, _ = await house.services.store.activity.page(None, 50)
    (entry,) = [entry for entry in entries if entry.kind == "connection.ended"]
    assert entry.subject == "ana"


async def test_a_block_ends_pages_at_its_address_but_for_those_of_who_made_it(
    house: House, server: Server
) -> None:
    other = Actor(Kind.USER, "bo", Role.VIEWER, "203.0.113.7", 8)
    house.services.monitor.pages.opened("others", OpenPage("Orders", other))
    own, his = Browser(server, "client_id=secret"), Browser(server, "client_id=others")
    await until(lambda: len(house.services.monitor.connections()) == 2)
    house.services.monitor.block_address("203.0.113.7", 60, BOSS, even_own=True)
    await his.served
    assert his.heard[-1]["code"] == 4029
    assert (await only(house)).actor is BOSS
    house.services.monitor.pages.closed("secret")
    own.leave()
    await own.served
