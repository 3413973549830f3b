"""What a page of somebody hostile may send in the name of any element: the server stays calm."""

from typing import Final

from playwright.sync_api import Browser, Page, expect

from tests.live import LiveServer
from tests.ui.desk import desk

ODD: Final = [None, 1, "x", [], {}, [None], {"detail": 1}, {"center": None, "zoom": "x"}]
EMIT: Final = """(odd) => {
  const numbers = [...Array(3000).keys()];
  const { elements } = getElement(numbers.find((id) => getElement(id)?.$root)).$root;
  const kinds = new Set();
  for (const [id, { events = [] }] of Object.entries(elements)) {
    for (const { type, listener_id } of events.filter((event) => event.type !== "click")) {
      kinds.add(type);
      const known = { id: Number(id), client_id: window.clientId, listener_id };
      for (const args of [...odd.map((one) => [JSON.stringify(one)]), [], ["1", "2", "3"]]) {
        window.socket.emit("event", { ...known, args });
      }
    }
  }
  return [...kinds];
}"""
"""Sends each of these for each thing that an element tells, but for presses; their kinds."""


def test_odd_arguments_of_any_event_are_no_trouble(
    chromium: Browser, live_server: LiveServer
) -> None:
    order = live_server.order(live_server.driver("Olaf Odd")["id"])["id"]
    kinds: set[str] = set()

    def vex(page: Page) -> None:
        page.wait_for_function("() => window.did_handshake && document.querySelector('.rail')")
        kinds.update(page.evaluate(EMIT, ODD))

    with desk(chromium, live_server) as admin:
        before = len(live_server.log())
        page = admin.sign_in("admin", path=f"/admin?order={order}")
        vex(page)
        page.goto(f"{live_server.url}/admin/orders")
        page.get_by_role("button", name="New order").click()
        expect(page.locator(".picker .leaflet-map-pane")).to_be_attached()
        vex(page)
        for path in ("insights", "settings", "activity", "people"):
            page.goto(f"{live_server.url}/admin/{path}")
            vex(page)
        page.goto(f"{live_server.url}/admin/account")
        expect(page.get_by_role("row").first).to_be_visible()
        log = live_server.log()[before:]
    assert kinds >= {"pick", "spot", "mapMoveend", "mapZoomend", "change", "chosen", "focusout"}
    assert [line for line in log.splitlines() if "Traceback" in line] == []
