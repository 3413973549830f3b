"""The driver's page `/drive` in a real browser, against the real server."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.live import LiveServer
from tests.ui.phone_store import kept
from tests.ui.relay import Relay
from tests.ui.waiting import eventually

HOSTILE: Final = "<img src=x onerror=\"document.title='broken'\">"
PRESS_APART: Final = 900
"""Milliseconds; faster presses count as one."""
TOO_LATE: Final = 6_200
"""Milliseconds after which a press cannot be taken back."""


@dataclass
class Driver:
    """A driver as the API made him."""

    server: LiveServer
    id: str
    token: str

    def order(self, **fields: Any) -> str:
        """Make an order of his; its id."""
        return str(self.server.order(self.id, **fields)["id"])

    def status(self, order: str) -> str:
        """The status of an order."""
        return str(self.server.api.get(f"/api/v1/orders/{order}").json()["status"])

    def has_status(self, order: str, status: str) -> bool:
        """Whether it is that of an order."""
        return self.status(order) == status

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


def made_driver(server: LiveServer, name: str = HOSTILE) -> Driver:
    """A new driver, with a name that tries to be more than text."""
    made = server.driver(name)
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


def test_a_link_pairs_the_phone_and_its_token_leaves_the_address_bar(
    phone: BrowserContext, driver: Driver
) -> None:
    page = opened(phone, driver.server.url, driver.token)
    assert page.url == f"{driver.server.url}/drive"
    expect(page.locator("#driver")).to_have_text(f"Driver {HOSTILE}")
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
    page.get_by_role("button", name="End duty").click()
    expect(page.get_by_role("heading", name="Off duty", exact=True)).to_be_visible()


def test_what_was_recorded_without_a_network_arrives_once_after_a_reload(
    phone: BrowserContext, driver: Driver
) -> None:
    with Relay(driver.server.port) as relay:
        page = opened(phone, f"http://127.0.0.1:{relay.port}", driver.token)
        page.get_by_role("button", name="Start recording").click()
        expect(page.locator("#confirmed")).not_to_have_text("Not yet")
        relay.cut()
        expect(page.locator("#link-words")).to_have_text("No connection.")
        for count, place in enumerate((48.138, 48.139), start=1):
            move_to(phone, place)
            expect(page.locator("#waiting")).to_have_text(re.compile(f"^{count} position"))
        relay.mend()
        page.reload()
        expect(page.locator("#link-words")).to_have_text("Connected")
        eventually(lambda: len(driver.positions()) >= 3)
        page.close()
    # A page that starts again records at once where it is.
    assert [point["lat"] for point in driver.positions()][:3] == [48.137, 48.138, 48.139]


def test_the_page_opens_without_a_network_and_records_on(
    phone: BrowserContext, driver: Driver
) -> None:
    with Relay(driver.server.port) as relay:
        page = opened(phone, f"http://127.0.0.1:{relay.port}", driver.token)
        page.get_by_role("button", name="Start recording").click()
        expect(page.locator("#confirmed")).not_to_have_text("Not yet")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        relay.cut()
        page.reload()
        expect(page.get_by_role("heading", name="Recording")).to_be_visible()
        expect(page.locator("#waiting")).to_have_text("1 position")
        page.close()


def test_a_page_of_an_earlier_version_is_gone_on_with(
    phone: BrowserContext, driver: Driver
) -> None:
    page = phone.new_page()
    page.goto(f"{driver.server.url}/drive")
    point = {"type": "location_update", "id": "old-1", "lat": 48.2, "lng": 11.5}
    kept = {"token": driver.token, "driver": driver.id, f"out.{driver.id}.old-1": json.dumps(point)}
    page.evaluate(
        "(kept) => Object.entries(kept).forEach(([key, value]) =>"
        " localStorage.setItem(`ontheway.${key}`, value))",
        kept,
    )
    page.reload()
    expect(page.locator("#driver")).to_have_text(f"Driver {HOSTILE}")
    eventually(lambda: [each["id"] for each in driver.positions()] == ["old-1"])
    assert page.evaluate("localStorage.length") == 0


def test_what_one_driver_recorded_is_never_sent_as_another(
    phone: BrowserContext, driver: Driver
) -> None:
    other = made_driver(driver.server, "Ben")
    with Relay(driver.server.port) as relay:
        url = f"http://127.0.0.1:{relay.port}"
        page = opened(phone, url, driver.token)
        relay.cut()
        expect(page.locator("#link-words")).to_have_text("No connection.")
        page.get_by_role("button", name="Start recording").click()
        expect(page.locator("#waiting")).to_have_text("1 position")
        relay.mend()
        page.goto(f"{url}/drive#{other.token}")
        expect(page.locator("#driver")).to_have_text("Driver Ben")
        expect(page.get_by_role("heading", name="Not recording")).to_be_visible()
        expect(page.locator("#waiting")).to_have_text("Nothing")
        page.goto(f"{url}/drive#{driver.token}")
        expect(page.locator("#confirmed")).not_to_have_text("Not yet")
        page.close()
    assert [point["lat"] for point in driver.positions()] == [48.137]
    assert other.positions() == []


def test_one_press_moves_an_order_on_and_the_next_press_sends_the_one_before(
    phone: BrowserContext, driver: Driver
) -> None:
    order = driver.order(destination={"address": HOSTILE}, customer={"name": HOSTILE})
    phone.clock.install()
    page = opened(phone, driver.server.url, driver.token)
    item = page.locator("#orders li")
    expect(item.locator(".place")).to_have_text(HOSTILE)
    before = "assigned"
    for step, status in (
        ("Picked up", "picked_up"),
        ("On the way", "in_transit"),
        ("Almost there", "arriving"),
        ("Delivered", "delivered"),
    ):
        item.get_by_role("button", name=f"{step} for order {order}").click()
        expect(item.locator(".word")).to_have_text(f"{step} · not sent yet")
        expect(page.locator("#undo")).to_contain_text(f"Order {order}: {step}")
        eventually(partial(driver.has_status, order, before))
        phone.clock.fast_forward(PRESS_APART)
        before = status
    phone.clock.fast_forward(TOO_LATE)
    expect(item.locator(".word")).to_have_text("Delivered")
    assert driver.status(order) == "delivered"
    expect(page.locator("#undo")).to_be_hidden()
    expect(item.locator(".next")).to_be_hidden()
    assert page.title() == "Driving · Ontheway"


def test_a_press_is_taken_back_also_after_a_reload(phone: BrowserContext, driver: Driver) -> None:
    order = driver.order()
    phone.clock.install()
    page = opened(phone, driver.server.url, driver.token)
    page.locator("#orders .next").click()
    expect(page.locator("#undo")).to_be_visible()
    page.reload()
    expect(page.locator("#undo")).to_contain_text("Picked up")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#problem")).to_contain_text("Taken back")
    expect(page.locator("#orders .word")).to_have_text("Assigned")
    phone.clock.fast_forward(TOO_LATE)
    page.get_by_role("button", name="End duty").click()  # what is sent later is answered later
    expect(page.get_by_role("heading", name="Off duty", exact=True)).to_be_visible()
    assert driver.status(order) == "assigned"


def test_a_double_press_counts_once(phone: BrowserContext, driver: Driver) -> None:
    order = driver.order()
    phone.clock.install()
    page = opened(phone, driver.server.url, driver.token)
    page.locator("#orders .next").dblclick(delay=50)
    phone.clock.fast_forward(TOO_LATE)
    expect(page.locator("#orders .word")).to_have_text("Picked up")
    assert driver.status(order) == "picked_up"


def test_an_order_that_cannot_be_delivered_ends_with_its_reason(
    phone: BrowserContext, driver: Driver
) -> None:
    order = driver.order()
    phone.clock.install()
    page = opened(phone, driver.server.url, driver.token)
    page.get_by_role("button", name="Could not deliver").click()
    page.get_by_role("button", name="Not delivered").click()
    expect(page.get_by_role("dialog")).to_be_visible()  # a reason is needed
    page.get_by_label("Something else").check()
    page.get_by_label("In your words").fill("The bridge is closed")
    page.get_by_role("button", name="Not delivered").click()
    phone.clock.fast_forward(TOO_LATE)
    expect(page.locator("#orders .word")).to_have_text("Not delivered")
    last = driver.server.events(order)[-1]
    assert (last["status"], last["note"]) == ("failed", "The bridge is closed")


def test_the_card_calls_and_navigates(chromium: Browser, driver: Driver) -> None:
    driver.order(
        customer={"name": "Maria Huber", "phone": "+49 (89) 12 34<5"},
        destination={"lat": 48.145, "lng": 11.56, "address": "Gabelsbergerstr. 9"},
        pickup={"address": "Marienplatz 8 & Co"},
        note="Second bell",
    )
    context = chromium.new_context(user_agent="Mozilla/5.0 (Linux; Android 14) Mobile")
    page = opened(context, driver.server.url, driver.token)
    card = page.locator("#orders li")
    expect(card.locator(".name")).to_have_text("Maria")
    expect(card.locator(".place")).to_have_text("Marienplatz 8 & Co")
    expect(card.get_by_role("link", name="Navigate")).to_have_attribute(
        "href", "geo:0,0?q=Marienplatz%208%20%26%20Co"
    )
    expect(card.get_by_role("link", name="Call Maria")).to_have_attribute("href", "tel:+498912345")
    card.locator(".next").click()
    expect(card.locator(".place")).to_have_text("Gabelsbergerstr. 9")
    expect(card.get_by_role("link", name="Navigate")).to_have_attribute(
        "href", "geo:48.145,11.56?q=48.145%2C11.56"
    )
    context.close()


def test_orders_come_and_change_while_the_page_is_open(
    phone: BrowserContext, driver: Driver
) -> None:
    page = opened(phone, driver.server.url, driver.token)
    expect(page.locator("#no-orders")).to_be_visible()
    order = driver.order()
    expect(page.locator("#orders li .word")).to_have_text("Assigned")
    driver.server.update(order, "cancelled")
    expect(page.locator("#orders li .word")).to_have_text("Cancelled")
    expect(page.locator("#orders li .next")).to_be_hidden()


def test_the_page_says_at_once_when_the_staff_end_his_duty(
    phone: BrowserContext, driver: Driver
) -> None:
    page = opened(phone, driver.server.url, driver.token)
    answer = driver.server.api.patch(f"/api/v1/drivers/{driver.id}", json={"onDuty": False})
    assert answer.status_code == 200, answer.text
    expect(page.get_by_role("heading", name="Off duty", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Start duty")).to_be_enabled()


def test_off_duty_nothing_is_recorded_until_his_next_duty_starts(
    phone: BrowserContext, driver: Driver
) -> None:
    page = opened(phone, driver.server.url, driver.token)
    page.get_by_role("button", name="Start recording").click()
    expect(page.locator("#confirmed")).not_to_have_text("Not yet")
    page.get_by_role("button", name="End duty").click()
    expect(page.get_by_role("heading", name="Off duty", exact=True)).to_be_visible()
    answer = driver.server.api.get(f"/api/v1/drivers/{driver.id}")
    assert answer.json()["onDuty"] is False
    page.reload()
    expect(page.get_by_role("heading", name="Off duty", exact=True)).to_be_visible()
    page.get_by_role("button", name="Start duty").click()
    expect(page.get_by_role("heading", name="Recording")).to_be_visible()
    eventually(lambda: len(driver.positions()) == 2)
    expect(page.locator("#waiting")).to_have_text("Nothing")
    move_to(phone, 48.2)
    expect(page.locator("#waiting")).to_have_text("1 position")
    page.get_by_role("button", name="End duty").click()
    expect(page.get_by_role("heading", name="Off duty", exact=True)).to_be_visible()
    assert 48.2 in [each["lat"] for each in driver.positions()]


def test_of_two_pages_on_a_phone_one_records_and_the_other_goes_on(
    phone: BrowserContext, driver: Driver
) -> None:
    url = driver.server.url
    first = opened(phone, url, driver.token)
    second = opened(phone, url, driver.token)

    def says(page: Page, words: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(words)

    def fixes(page: Page, count: int) -> None:
        # As many are stored, or wait on the phone for that: it forgets them once they are.
        eventually(lambda: len({*kept(page), *(fix["id"] for fix in driver.positions())}) == count)

    first.get_by_role("button", name="Start recording").click()
    says(first, "Recording")
    eventually(lambda: len(driver.positions()) == 1)
    says(second, "Another tab records")
    third = opened(phone, url, driver.token)
    says(third, "Another tab records")
    move_to(phone, 48.2)
    expect(first.locator("#waiting")).to_have_text("1 position")
    third.get_by_role("button", name="Record here").click()
    says(third, "Recording")
    says(first, "Another tab records")
    fixes(third, 3)
    third.close()
    # The one that waited longest has it, whichever that is; and no other.
    eventually(lambda: sum(map(records, (first, second))) == 1)
    one, other = (first, second) if records(first) else (second, first)
    expect(one.locator("#age")).not_to_have_text("None yet")
    fixes(one, 4)
    move_to(phone, 48.3)
    fixes(one, 5)
    says(other, "Another tab records")
    one.get_by_role("button", name="End duty").click()
    for page in (one, other):
        says(page, "Off duty")
    # What the closed page could not send is there, and each page's first fix.
    lats = [48.137, 48.2, 48.2, 48.2, 48.3]
    eventually(lambda: sorted(place["lat"] for place in driver.positions()) == lats)
    other.get_by_role("button", name="Start duty").click()
    says(other, "Recording")
    says(one, "Another tab records")


def records(page: Page) -> bool:
    """Whether it says that it records."""
    return page.get_by_role("heading", level=1).inner_text() == "Recording"


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
