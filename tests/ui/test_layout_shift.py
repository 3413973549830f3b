"""On a phone nothing moves away under a finger while a page of the staff fills itself."""

from typing import Any, Final

from playwright.sync_api import Browser, Page, expect
from websockets.sync.client import connect

from tests.live import LiveServer
from tests.ui.customer import midday_zone
from tests.ui.desk import PHONE, desk

NOTE: Final = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries()
  .filter((one) => !one.hadRecentInput)
  .map((one) => [one.value, ...one.sources.map(({ node }) => node?.className ?? "text")])))
  .observe({ type: "layout-shift", buffered: true });
"""
TWO_FRAMES: Final = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
)
MOST: Final = 0.02
"""A fifth of what counts as good (Cumulative Layout Shift, web.dev: 0.1)."""
WITHOUT_AGES: Final = """
() => [...document.querySelectorAll(".table-row:has([data-age])")].map((row) => {
  const before = row.offsetHeight;
  for (const age of row.querySelectorAll("[data-age]")) age.textContent = "";
  return [before, row.offsetHeight];
})
"""
"""How high each row is, and how high it was before the page's script said how long ago that was."""
FULL: Final = {
    "/admin/orders": ".table-row:not(.table-head)",
    "/admin/drivers": ".age:not(:empty)",
    "/admin/connections": ".age:not(:empty)",
    "/admin/people": "[data-age]:not(:empty)",
    "/admin/replay?order={order}": ".replay[data-shown=order]",
    "/admin/replay?driver={driver}": ".replay[data-shown=driver]",
}
"""Each page, and what is there once it is full."""


def shifted(page: Page) -> list[Any]:
    """What moved, after two more frames."""
    page.evaluate(TWO_FRAMES)
    shifts: list[Any] = page.evaluate("window.shifts")
    return shifts if sum(shift[0] for shift in shifts) > MOST else []


def test_pages_of_the_staff_keep_their_lines_where_they_were(
    chromium: Browser, live_server: LiveServer
) -> None:
    driver = live_server.driver("Sam Still")
    order = live_server.order(driver["id"], destination={"lat": 48.14, "lng": 11.57})
    live_server.update(order["id"], "in_transit")
    url = f"{live_server.ws}/ws/driver?token={driver['token']}"
    with (
        connect(url, proxy=None, max_queue=None) as phone,
        desk(chromium, live_server, viewport=PHONE, timezone_id=midday_zone()) as mine,
    ):
        phone.send('{"lat": 48.137, "lng": 11.575, "speed": 6}')
        page = mine.sign_in("admin")
        page.add_init_script(NOTE)
        moved = {}
        for path, full in FULL.items():
            page.goto(live_server.url + path.format(order=order["id"], driver=driver["id"]))
            expect(page.locator(full).first).to_be_visible()
            moved[path] = shifted(page)
            for high, before in page.evaluate(WITHOUT_AGES):
                assert high == before, path
    assert not any(moved.values()), moved
