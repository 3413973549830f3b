"""A customer with his phone, and an order on its way to him: real server, real browser."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, WebSocket
from websockets.sync.client import ClientConnection, connect

from tests.live import LiveServer

DOOR: Final[dict[str, Any]] = {"lat": 48.1461, "lng": 11.5829, "address": "Gabelsbergerstr. 9"}
SCREEN: Final = {"width": 390, "height": 844}
SHOP: Final[dict[str, Any]] = {"lat": 48.1335, "lng": 11.5560, "address": "Blumen Huber"}


@dataclass
class Trip:
    """An order on its way: its server, its driver and his socket, its link."""

    server: LiveServer
    driver: dict[str, Any]
    order: dict[str, Any]
    socket: ClientConnection
    sent: int = 0

    @property
    def url(self) -> str:
        """The customer's link."""
        return f"{self.server.url}/track/{self.order['trackingToken']}"

    def fix(self, lat: float, lng: float, *, age: float = 0, **fields: Any) -> None:
        """The driver's phone sends a place, recorded ``age`` seconds ago; it is stored."""
        recorded = datetime.now(UTC) - timedelta(seconds=age)
        message = {"lat": lat, "lng": lng, "recordedAt": recorded.isoformat(), **fields}
        self.socket.send(json.dumps({"type": "location_update", **message}))
        self.sent += 1
        while True:
            answer = json.loads(self.socket.recv(timeout=10))
            assert answer["type"] not in {"reject", "retry"}, answer
            if answer["type"] == "ack":
                return

    def status(self, status: str, **fields: Any) -> None:
        """Staff change the order's status."""
        self.server.update(self.order["id"], status, **fields)


@dataclass
class Phone:
    """A customer's browser, and what it complained about or asked for."""

    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    sockets: list[WebSocket] = field(default_factory=list)

    def open(self, url: str) -> Page:
        """The page behind the link."""
        page = self.context.new_page()
        page.on("console", self._said)
        page.on("request", lambda request: self.asked.add(request.url.split("/")[2]))
        page.on("websocket", lambda socket: self.sockets.append(socket))
        page.goto(url)
        return page

    def _said(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@contextmanager
def phone_of(chromium: Browser, **settings: Any) -> Iterator[Phone]:
    """A phone with the browser's ``settings``; fails on errors of its pages, violations of their
    content policy among them."""
    usual = {"viewport": SCREEN, "locale": "en-GB", "timezone_id": midday_zone()}
    context = chromium.new_context(**{**usual, **settings})
    phone = Phone(context)
    context.on("weberror", lambda error: phone.complaints.append(str(error.error)))
    yield phone
    context.close()
    assert [text for text in phone.complaints if "WebSocket connection" not in text] == []


def midday_zone() -> str:
    """A time zone where it is about noon: a test's times are of one day and of two digits."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


@contextmanager
def begun(server: LiveServer, *, name: str = "Ana Petrović", **fields: Any) -> Iterator[Trip]:
    """An assigned order and its driver, connected."""
    driver = server.driver(name)
    order = server.order(driver["id"], **{"destination": DOOR, "pickup": SHOP, **fields})
    with connect(f"{server.ws}/ws/driver?token={driver['token']}") as socket:
        assert json.loads(socket.recv(timeout=10))["type"] == "welcome"
        yield Trip(server, driver, order, socket)
