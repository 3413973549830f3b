"""A browser's plain `WebSocket`, on a page of the server, as driver and as viewer."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.live import LiveServer
from tests.system.lines import NEVER, Json, eventually

POINT: Final = {"lat": 48.137, "lng": 11.575}
OPEN: Final = """({path, protocols, first}) => {
  window.heard = [];
  window.ending = null;
  const url = location.origin.replace("http", "ws") + path;
  window.line = new WebSocket(url, protocols);
  window.line.onmessage = ({data}) => window.heard.push(JSON.parse(data));
  window.line.onclose = ({code, reason}) => { window.ending = {code, reason}; };
  window.line.onopen = () => { if (first) window.line.send(JSON.stringify(first)); };
}"""
SAY: Final = "(message) => window.line.send(JSON.stringify(message))"


class Tab:
    """A page of the server with one socket opened by its own script."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._taken = 0

    def open(self, path: str, token: str, way: str, **more: Any) -> None:
        """Connect; ``way``: subprotocol, query, message, or none in the handshake."""
        protocols = ["ontheway", token] if way == "subprotocol" else []
        first = {"type": "auth", "token": token, **more} if way == "message" else None
        if way == "query":
            path += f"?token={token}"
        self._page.evaluate(OPEN, {"path": path, "protocols": protocols, "first": first})

    def say(self, message: Json) -> None:
        """Send one message."""
        self._page.evaluate(SAY, message)

    def hear(self) -> Json:
        """The next message."""
        self._page.wait_for_function("(taken) => window.heard.length > taken", arg=self._taken)
        message: Json = self._page.evaluate("(taken) => window.heard[taken]", self._taken)
        self._taken += 1
        return message

    def end(self) -> tuple[int, str]:
        """The close code and its reason, as the page reads them."""
        self._page.wait_for_function("() => window.ending !== null")
        closed = self._page.evaluate("() => window.ending")
        return closed["code"], closed["reason"]


@pytest.fixture
def tab(live_server: LiveServer, chromium: Browser) -> Iterator[Tab]:
    """A fresh page, where nobody is signed in."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{live_server.url}/login")
    yield Tab(page)
    context.close()


@pytest.mark.parametrize("way", ["subprotocol", "query", "message"])
def test_browser_drives_by_each_way_of_credentials(
    live_server: LiveServer, tab: Tab, way: str
) -> None:
    made = live_server.driver()
    order = live_server.order(made["id"])
    tab.open("/ws/driver", made["token"], way)
    assert tab.hear()["driverId"] == made["id"]
    tab.say({**POINT, "orderId": order["id"]})
    assert tab.hear() == {"type": "ack", "ids": [], "count": 1}
    assert len(live_server.positions(order["id"])) == 1


@pytest.mark.parametrize("way", ["subprotocol", "query", "message", "link"])
def test_browser_views_by_each_way_of_credentials(
    live_server: LiveServer, tab: Tab, way: str
) -> None:
    order = live_server.order()
    token = order["trackingToken"]
    tab.open(f"/ws/client/{token if way == 'link' else order['id']}", token, way)
    assert tab.hear()["orderId"] == order["id"]
    live_server.update(order["id"], "picked_up")
    assert tab.hear()["status"] == "picked_up"


@pytest.mark.parametrize("path", ["/ws/driver", "/ws/client/A1", "/ws/client"])
def test_browser_can_read_the_code_of_a_refusal(tab: Tab, path: str) -> None:
    tab.open(path, NEVER, "query")
    assert tab.end() == (4501, "not authenticated")


def test_browser_can_read_that_its_link_was_revoked(live_server: LiveServer, tab: Tab) -> None:
    order = live_server.order()
    links = f"/api/v1/orders/{order['id']}/links"
    (link,) = live_server.api.get(links).json()["items"]
    tab.open(f"/ws/client/{order['trackingToken']}", "", "link")
    assert tab.hear()["type"] == "snapshot"
    assert live_server.api.delete(f"{links}/{link['id']}").status_code in {200, 204}
    assert tab.end() == (4503, "revoked")
    eventually(lambda: live_server.api.get(links).json()["items"][0]["revokedAt"])
