"""axe-core looks at every page, at its cards and dialogs: wide and on a phone, light and dark."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect
from websockets.sync.client import connect

from tests.live import PASSWORD, LiveServer
from tests.ui.customer import midday_zone
from tests.ui.desk import Desk, desk

AXE: Final = files("axe_playwright_python").joinpath("axe.min.js").read_text()
FIND: Final = """
async (only) => {
  for (const motion of document.getAnimations()) motion.finish();
  const rules = { region: { enabled: false } };
  const options = { resultTypes: ["violations"], ...(only ? { runOnly: only } : { rules }) };
  const found = await axe.run(document, options);
  return found.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => [impact, id, html.slice(0, 200), failureSummary]));
}
"""
"""Without "region": an open menu stands beside the landmarks, as it is over all of them."""
SEEN: Final = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
"""The rules whose verdict may change with colours and width; all others judge the same elements."""
LOOKS: Final[tuple[tuple[int, Literal["light", "dark"], list[str] | None], ...]] = (
    (1440, "light", None),
    (390, "dark", SEEN),
)

Prepare = Callable[[Page], object]


class View(NamedTuple):
    """A page with something open on it: ``prepare`` opens it and waits until it is there."""

    path: str
    prepare: Prepare


def press(name: str) -> Prepare:
    """Press a button, and wait for a dialog."""

    def prepare(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()

    return prepare


def choose(opener: str, deed: str = "") -> Prepare:
    """Open a menu, and with ``deed`` the dialog that is behind it."""

    def prepare(page: Page) -> None:
        page.get_by_role("button", name=opener).first.click()
        expect(page.locator(".q-menu")).to_be_visible()
        if deed:
            page.locator(".q-menu").get_by_text(deed).click()
            expect(page.get_by_role("dialog")).to_be_visible()

    return prepare


def sees(role: Any, name: str) -> Prepare:
    """Wait for something."""
    return lambda page: expect(page.get_by_role(role, name=name).first).to_be_visible()


def pick_an_order(page: Page) -> None:
    """Tick a row, so that the bar for many comes."""
    page.get_by_role("checkbox", name="Select").first.check()
    expect(page.get_by_role("region", name="Selected orders")).to_be_visible()


def open_numbers(page: Page) -> None:
    """The numbers below a chart."""
    page.locator(".chart-numbers summary").first.click()
    expect(page.locator(".chart-table table").first).to_be_visible()


def views(order: str, driver: dict[str, Any]) -> list[View]:
    """Everything that an admin sees."""
    card = f"/admin?order={order}"
    return [
        View("/admin", sees("button", "New order")),
        View("/admin", press("New order")),
        View(card, sees("heading", "History")),
        View(card, press("Edit")),
        View(card, choose("Change status", "Failed")),
        View(f"/admin?driver={driver['id']}", sees("heading", driver["name"])),
        View("/admin", press("Shortcuts")),
        View("/admin/orders", pick_an_order),
        View("/admin/orders", press("Import")),
        View("/admin/drivers", choose(f"Actions for {driver['name']}")),
        View("/admin/drivers", press("Add driver")),
        View(f"/admin/replay?driver={driver['id']}", sees("heading", driver["name"])),
        View("/admin/insights", open_numbers),
        View("/admin/connections", sees("cell", driver["name"])),
        View("/admin/connections", choose(f"Actions for {driver['name']}", "Watch messages")),
        View("/admin/activity", sees("cell", "Order made")),
        View("/admin/people", press("Add user")),
        View("/admin/people", sees("heading", "API keys")),
        View("/admin/settings", sees("heading", "Business")),
        View("/admin/account", press("Change password")),
        View("/admin/nowhere", sees("heading", "This page does not exist")),
    ]


def faults(page: Page, view: str) -> Iterator[str]:
    """What axe says about a page in each look."""
    page.evaluate(AXE)
    for width, look, only in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=look)
        for fault in page.evaluate(FIND, only):
            yield f"{view}, {width} px, {look}: {fault}"
    page.set_viewport_size({"width": LOOKS[0][0], "height": 900})


@contextmanager
def still_desk(browser: Browser, server: LiveServer) -> Iterator[Desk]:
    """A browser without motion: nothing is half faded in while axe looks. It is noon there, so that
    what was driven just now is of today."""
    with desk(browser, server, reduced_motion="reduce", timezone_id=midday_zone()) as made:
        yield made


@pytest.mark.timeout(900)
def test_axe_finds_nothing_on_the_pages_of_the_staff(
    chromium: Browser, live_server: LiveServer
) -> None:
    driver = live_server.driver("Axel Looked-at")
    place = {"lat": 48.14, "lng": 11.57, "address": "Marienplatz 8"}
    order = live_server.order(driver["id"], customer={"name": "Ada"}, destination=place)["id"]
    done = live_server.order(driver["id"])["id"]
    live_server.update(done, "delivered", force=True)
    live_server.update(order, "in_transit", force=True)
    url = f"{live_server.ws}/ws/driver?token={driver['token']}"
    # Every page that opens and closes tells the phone another pace, which it leaves unread.
    phone = connect(url, proxy=None, max_queue=None)
    with phone, still_desk(chromium, live_server) as mine:
        phone.send('{"lat": 48.137, "lng": 11.575, "speed": 6}')
        page = mine.sign_in("admin")
        found: list[str] = []
        for view in views(order, driver):
            page.goto(live_server.url + view.path)
            view.prepare(page)
            found += faults(page, f"{view.path} {view.prepare.__qualname__}")
    assert found == []


def test_axe_finds_nothing_on_the_pages_of_everybody_else(
    chromium: Browser, live_server: LiveServer
) -> None:
    driver = live_server.driver("Axel Driving")
    place = {"lat": 48.14, "lng": 11.57}
    order = live_server.order(driver["id"], customer={"name": "Ada"}, destination=place)
    live_server.update(order["id"], "in_transit", force=True)
    with still_desk(chromium, live_server) as mine:
        found: list[str] = []
        for path in (
            "/login",
            "/login?error=ended",
            f"/track/{order['trackingToken']}",
            "/track/nothing",
            f"/drive#{driver['token']}",
        ):
            page = mine.open(path)
            expect(page.get_by_role("heading", level=1)).not_to_be_empty()
            found += faults(page, path)
        page = mine.sign_in("viewer", PASSWORD)
        page.goto(f"{live_server.url}/admin/people")
        found += faults(page, "not for viewers")
    assert found == []
