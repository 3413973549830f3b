"""The insights page and the drivers' day, in a real browser against a real server."""

import json
import re
import time

from playwright.sync_api import Browser, Page, expect
from websockets.sync.client import connect

from tests.conftest import StartServer
from tests.live import LiveServer
from tests.ui.customer import midday_zone
from tests.ui.desk import desk

METRE = 1 / 111_195


def deliver(server: LiveServer, driver_id: str, *, in_time: bool) -> None:
    """One order, promised and delivered."""
    end = "2199-01-01T11:00:00Z" if in_time else "2001-01-01T11:00:00Z"
    window = {"from": "2001-01-01T10:00:00Z", "to": end}
    order = server.order(driver_id, window=window)
    server.update(order["id"], "delivered")


def tile(page: Page, name: str) -> str:
    """The figure of this name."""
    figure = page.locator(".figure").filter(has=page.get_by_text(name, exact=True))
    return str(figure.locator(".figure-value").inner_text())


def test_a_day_of_work_is_seen_in_figures_charts_and_the_drivers_row(
    chromium: Browser, start_server: StartServer
) -> None:
    server = start_server()
    ana = server.driver("Ana")
    # Where it is noon, all that happens here is of one day.
    with desk(chromium, server, timezone_id=midday_zone()) as admin:
        page = admin.sign_in("admin", path="/admin/insights")
        expect(page.get_by_role("heading", name="Nothing happened in these days")).to_be_visible()
        for number in range(4):
            deliver(server, ana["id"], in_time=number > 0)
        drivers = admin.open("/admin/drivers")
        with connect(f"{server.ws}/ws/driver?token={ana['token']}") as phone:
            now = time.time()
            for number in range(4):
                fix = {"lat": 48 + 300 * number * METRE, "lng": 11.5, "speed": 10}
                fix["recordedAt"] = now - 60 + 10 * number
                phone.send(json.dumps(fix))
                phone.recv(10)
            row = drivers.get_by_role("row").filter(has_text="Ana")
            expect(row).to_contain_text("Moving")
            expect(row.locator("[data-label='Done today']")).to_have_text("4")
            expect(row.locator("[data-label='Driven today']")).to_have_text(
                "0.9 km", timeout=40_000
            )
        page.reload()
        expect(page.get_by_role("img", name="Deliveries per day. 4 delivered")).to_be_visible()
        assert [tile(page, name) for name in ("Delivered", "On time", "Failed")] == [
            "4",
            "75 %",
            "0",
        ]
        bars = page.get_by_role("img", name="Deliveries per day")
        expect(bars.locator("svg path[fill='var(--accent)']").first).to_be_attached()
        page.get_by_role("button", name="Today").click()
        expect(page.get_by_role("img", name="Deliveries per hour. 4 delivered")).to_be_visible()
        expect(page).to_have_url(re.compile(r"/admin/insights\?range=1$"))
        page.get_by_label("Numbers of deliveries per hour").click()
        expect(page.get_by_role("table").get_by_role("row")).to_have_count(25)
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{server.url}/admin/insights?from=2020-01-01&to=2020-01-31")
        expect(page.get_by_label("Last day")).to_have_value("2020-01-31")
        expect(page.get_by_role("heading", name="Nothing happened in these days")).to_be_visible()
        told = page.get_by_text("The last day must not be before the first.")
        page.get_by_label("First day").fill("2020-02-01")
        page.get_by_label("Last day").focus()
        page.get_by_label("Last day").fill("2020-02-03")
        expect(page).to_have_url(re.compile(r"\?from=2020-02-01&to=2020-02-03$"))
        expect(told).to_have_count(0)
        page.get_by_label("Last day").fill("2019-12-31")
        page.get_by_role("heading", level=1).click()
        expect(told).to_be_visible()
        expect(page.get_by_label("Last day")).to_have_value("2019-12-31")
        expect(page).to_have_url(re.compile(r"to=2020-02-03$"))
