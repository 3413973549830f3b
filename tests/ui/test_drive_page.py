"""The driver's page `/drive` in a real browser, against the real server."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.live import LiveServer
from tests.ui.relay import Relay

HOSTILE: Final = "<img src=x onerror=\"document.title='broken'\">"
GAP: Final = 4_700
"""Milliseconds between two fixes that the page keeps at the server's usual wish of 5 s."""


@dataclass
class Driver:
    """A driver as the API made him."""

    server: LiveServer
    id: str
    token: str

    def order(self, **fields: Any) -> str:
        """Make an order of his; its id."""
        return str(self.server.order(self.id, **fields)["id"])

    def positions(self) -> list[dict[str, Any]]:
        """All that is stored of him, by time."""
        answer = self.server.api.get(f"/api/v1/drivers/{self.id}/positions")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone that stands at a place and lets pages know it; fails on errors of the page."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        permissions=["geolocation"],
        geolocation={"latitude": 48.137, "longitude": 11.575, "accuracy": 6},
    )
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def driver(live_server: LiveServer) -> Driver:
    """A new driver."""
    return made_driver(live_server)


def made_driver(server: LiveServer) -> Driver:
    """A new driver, with a name that tries to be more than text."""
    made = server.driver(HOSTILE)
    return Driver(server, made["id"], made["token"])


def opened(phone: BrowserContext, url: str, token: str) -> Page:
    """The driver's page, paired and connected."""
    page = phone.new_page()
    page.goto(f"{url}/drive#{token}")
    expect(page.locator("#link-words")).to_have_text("Connected")
    return page


def move_to(phone: BrowserContext, lat: float) -> None:
    """The phone is elsewhere now."""
    phone.set_geolocation({"latitude": lat, "longitude": 11.575, "accuracy": 6})


def eventually(what: Callable[[], bool]) -> None:
    """Wait until it is so, at most 10 s."""
    deadline = time.monotonic() + 10
    while not what():
        assert time.monotonic() < deadline, "it did not become so within 10 s"
        time.sleep(0.05)


def test_a_link_pairs_the_phone_and_its_token_leaves_the_address_bar(
    phone: BrowserContext, driver: Driver
) -> None:
    page = opened(phone, driver.server.url, driver.token)
    assert page.url == f"{driver.server.url}/drive"
    expect(page.locator("#driver")).to_have_text(f"Driver {driver.id}")
    page.reload()
    expect(page.locator("#link-words")).to_have_text("Connected")


def test_without_a_link_the_page_explains_and_takes_a_pasted_one(
    phone: BrowserContext, driver: Driver
) -> None:
    page = phone.new_page()
    page.goto(f"{driver.server.url}/drive")
    expect(page.get_by_role("heading", name="Connect this phone")).to_be_visible()
    page.get_by_label("Your driver link").fill("my link")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_contain_text("does not look like a driver link")
    page.get_by_label("Your driver link").fill(f"{driver.server.url}/drive#{driver.token}")
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("#link-words")).to_have_text("Connected")


def test_recording_stores_the_fix_as_the_phone_gave_it(
    phone: BrowserContext, driver: Driver
) -> None:
    page = opened(phone, driver.server.url, driver.token)
    assert driver.positions() == []
    page.get_by_role("button", name="Start recording").click()
    expect(page.locator("#confirmed")).to_have_text(re.compile(r"Now|\d+ s ago"))
    expect(page.locator("#waiting")).to_have_text("Nothing")
    expect(page.locator("#accuracy")).to_have_text("± 6 m")
    [stored] = driver.positions()
    assert (stored["lat"], stored["lng"], stored["accuracy"]) == (48.137, 11.575, 6)
    assert stored["speed"] is None
    assert stored["flags"] == []
    page.get_by_role("button", name="Stop recording").click()
    expect(page.get_by_role("heading", name="Not recording")).to_be_visible()


def test_what_was_recorded_without_a_network_arrives_once_after_a_reload(
    phone: BrowserContext, driver: Driver
) -> None:
    with Relay(driver.server.port) as relay:
        page = opened(phone, f"http://127.0.0.1:{relay.port}", driver.token)
        page.get_by_role("button", name="Start recording").click()
        expect(page.locator("#confirmed")).not_to_have_text("Not yet")
        relay.cut()
        expect(page.locator("#link-words")).to_have_text("No connection.")
        for place in (48.138, 48.139):
            page.wait_for_timeout(GAP)  # The page keeps no two fixes that are nearer in time.
            move_to(phone, place)
        expect(page.locator("#waiting")).to_have_text("2 positions")
        page.get_by_role("button", name="Stop recording").click()
        relay.mend()
        page.reload()
        expect(page.locator("#link-words")).to_have_text("Connected")
        expect(page.locator("#waiting")).to_have_text("Nothing")
        expect(page.locator("#confirmed")).not_to_have_text("Not yet")
        page.close()
    assert [point["lat"] for point in driver.positions()] == [48.137, 48.138, 48.139]
    assert all(point["flags"] == [] for point in driver.positions())


def test_what_one_driver_recorded_is_never_sent_as_another(
    phone: BrowserContext, driver: Driver
) -> None:
    other = made_driver(driver.server)
    with Relay(driver.server.port) as relay:
        url = f"http://127.0.0.1:{relay.port}"
        page = opened(phone, url, driver.token)
        relay.cut()
        expect(page.locator("#link-words")).to_have_text("No connection.")
        page.get_by_role("button", name="Start recording").click()
        expect(page.locator("#waiting")).to_have_text("1 position")
        relay.mend()
        page.goto(f"{url}/drive#{other.token}")
        expect(page.locator("#driver")).to_have_text(f"Driver {other.id}")
        expect(page.get_by_role("heading", name="Not recording")).to_be_visible()
        expect(page.locator("#waiting")).to_have_text("Nothing")
        page.goto(f"{url}/drive#{driver.token}")
        expect(page.locator("#confirmed")).not_to_have_text("Not yet")
        page.close()
    assert [point["lat"] for point in driver.positions()] == [48.137]
    assert other.positions() == []


def test_one_press_moves_an_order_to_its_next_status(phone: BrowserContext, driver: Driver) -> None:
    order = driver.order(destination={"address": HOSTILE}, customer={"name": HOSTILE})
    page = opened(phone, driver.server.url, driver.token)
    item = page.locator("#orders li", has_text=order)
    expect(item.locator(".place")).to_have_text(HOSTILE)
    for step, status in (
        ("Picked up", "picked_up"),
        ("On the way", "in_transit"),
        ("Almost there", "arriving"),
        ("Delivered", "delivered"),
    ):
        button = item.get_by_role("button", name=f"{step} for order {order}")
        expect(button).to_have_attribute("aria-disabled", "false")
        page.wait_for_timeout(900)  # Faster presses count as one.
        button.click()
        expect(item.locator(".word")).to_have_text(step)
        answer = driver.server.api.get(f"/api/v1/orders/{order}")
        assert answer.json()["status"] == status
    expect(item.get_by_role("button")).to_be_hidden()
    assert page.title() == "Driving · Ontheway"


def test_a_double_press_counts_once(phone: BrowserContext, driver: Driver) -> None:
    order = driver.order()
    page = opened(phone, driver.server.url, driver.token)
    page.locator("#orders li .btn").dblclick(delay=50)
    expect(page.locator("#orders li .word")).to_have_text("Picked up")
    assert driver.server.api.get(f"/api/v1/orders/{order}").json()["status"] == "picked_up"


def test_orders_come_and_change_while_the_page_is_open(
    phone: BrowserContext, driver: Driver
) -> None:
    page = opened(phone, driver.server.url, driver.token)
    expect(page.locator("#no-orders")).to_be_visible()
    order = driver.order()
    expect(page.locator("#orders li .word")).to_have_text("Assigned")
    driver.server.update(order, "cancelled")
    expect(page.locator("#orders li .word")).to_have_text("Cancelled")
    expect(page.locator("#orders li .btn")).to_be_hidden()


def test_the_page_says_at_once_when_the_staff_end_his_duty(
    phone: BrowserContext, driver: Driver
) -> None:
    page = opened(phone, driver.server.url, driver.token)
    answer = driver.server.api.patch(f"/api/v1/drivers/{driver.id}", json={"onDuty": False})
    assert answer.status_code == 200, answer.text
    expect(page.get_by_role("heading", name="Off duty", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Go on duty")).to_be_enabled()


def test_off_duty_nothing_is_recorded_until_he_is_on_duty_again(
    phone: BrowserContext, driver: Driver
) -> None:
    page = opened(phone, driver.server.url, driver.token)
    page.get_by_role("button", name="Start recording").click()
    expect(page.locator("#confirmed")).not_to_have_text("Not yet")
    page.get_by_role("button", name="Go off duty").click()
    expect(page.get_by_role("heading", name="Off duty", exact=True)).to_be_visible()
    answer = driver.server.api.get(f"/api/v1/drivers/{driver.id}")
    assert answer.json()["onDuty"] is False
    start = page.get_by_role("button", name="Start recording")
    expect(start).to_have_attribute("aria-disabled", "true")
    page.reload()
    expect(page.get_by_role("heading", name="Off duty", exact=True)).to_be_visible()
    page.get_by_role("button", name="Go on duty").click()
    expect(start).to_have_attribute("aria-disabled", "false")


def test_a_rotated_link_ends_the_page_and_says_so(phone: BrowserContext, driver: Driver) -> None:
    page = opened(phone, driver.server.url, driver.token)
    answer = driver.server.api.post(f"/api/v1/drivers/{driver.id}/token")
    assert answer.is_success, answer.text
    expect(page.locator("#pair-why")).to_contain_text("This link was replaced or ended.")
    page.goto(f"{driver.server.url}/drive#{'A' * 32}")
    expect(page.locator("#pair-why")).to_contain_text("This link is not valid.")
    page.goto(f"{driver.server.url}/drive#{answer.json()['token']}")
    expect(page.locator("#link-words")).to_have_text("Connected")


def test_a_connection_ended_by_the_staff_comes_back_by_itself(
    phone: BrowserContext, driver: Driver
) -> None:
    page = opened(phone, driver.server.url, driver.token)
    api = driver.server.api

    def connections() -> list[str]:
        items = api.get("/api/v1/connections").json()["items"]
        return [item["id"] for item in items if driver.id in (item["actor"] or {}).values()]

    [before] = connections()
    assert api.delete(f"/api/v1/connections/{before}").is_success
    eventually(lambda: len(connections()) == 1 and connections() != [before])
    expect(page.locator("#link-words")).to_have_text("Connected")


def test_a_phone_that_refuses_its_position_is_told_what_to_do(
    chromium: Browser, driver: Driver
) -> None:
    context = chromium.new_context(permissions=[])
    page = opened(context, driver.server.url, driver.token)
    page.get_by_role("button", name="Start recording").click()
    expect(page.locator("#warning")).to_contain_text("Allow location for it")
    expect(page.get_by_role("heading", name="Not recording")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(chromium: Browser, driver: Driver, width: int) -> None:
    driver.order(customer={"name": "N" * 120}, destination={"address": "A" * 300})
    context = chromium.new_context(viewport={"width": width, "height": 700})
    page = opened(context, driver.server.url, driver.token)
    expect(page.locator("#orders li")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()
