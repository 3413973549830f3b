"""The live page in a real browser, against the real server: map, work list, cards, dialogs."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from websockets.sync.client import ClientConnection, connect

from tests.conftest import QUIET_LIMITS
from tests.live import LiveServer
from tests.ui.desk import PHONE, Desk, choose_driver, desk, stay, taken_to_sign_in
from tests.ui.fleet_map import (
    HEAD,
    MAP,
    RESTS,
    click_at,
    expect_colour,
    fleet,
    point_at,
    spot,
    tip,
    watch_way,
)

HOSTILE: Final = "<img src=x onerror=\"document.title='broken'\">"
ODD_NAMES: Final = (
    HOSTILE,
    "Maximiliane-Konstantina von der Hohenburg",
    "🚲 Émile 👩‍🚀",
    "محمد بن عبد الله",
    "' + alert(1) + '${7*7}{{ 7*7 }}</script>",
)
DOOR: Final[dict[str, Any]] = {"lat": 48.1461, "lng": 11.5829, "address": "Gabelsbergerstr. 9"}
FAR: Final = (49.4521, 11.0767)
FAR_DOOR: Final = dict(zip(("lat", "lng"), FAR, strict=True))
FARTHER: Final = (53.5511, 9.9937)

Sit = Callable[..., Desk]


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of this file's own: the list shows fifty rows of a group before it offers more."""
    folder = tmp_path_factory.mktemp("live") / "data"
    with LiveServer(folder, QUIET_LIMITS, "tests.ui.pushed") as server:
        yield server


@pytest.fixture
def emptied(live_server: LiveServer) -> Iterator[LiveServer]:
    """This file's server without an open order and without a driver: what comes can be counted.

    Nor is any of it left: a long list would hide what the next test looks for.
    """
    live_server.empty()
    yield live_server
    live_server.empty()


@pytest.fixture
def sit(chromium: Browser) -> Iterator[Sit]:
    """Gives somebody a browser of his own."""
    with ExitStack() as stack:
        yield lambda server, **options: stack.enter_context(desk(chromium, server, **options))


def row(page: Page, text: str) -> Locator:
    """The row of an order in the work list."""
    return page.locator(".work-row", has_text=text)


def group(page: Page, title: str) -> Locator:
    """A group of the work list."""
    return page.locator(".work-group", has=page.get_by_role("heading", name=title, exact=True))


def drawer(page: Page) -> Locator:
    """The open card."""
    return page.get_by_role("complementary", name="Details")


def open_card(page: Page, order_id: str) -> Locator:
    """The card of an order, open."""
    row(page, f"#{order_id}").click()
    card = drawer(page)
    expect(card.get_by_text(f"#{order_id}", exact=True)).to_be_visible()
    return card


def dialog(page: Page) -> Locator:
    """The open dialog."""
    return page.get_by_role("dialog")


def window(begin: float, end: float) -> dict[str, str]:
    """A promise, minutes from now."""
    now = datetime.now(UTC)
    moments = (now + timedelta(minutes=minutes) for minutes in (begin, end))
    return dict(zip(("from", "to"), (moment.isoformat() for moment in moments), strict=True))


def send_fix(socket: ClientConnection, lat: float, lng: float, **fields: Any) -> None:
    """A driver's phone sends a place, and it is stored."""
    recorded = datetime.now(UTC) - timedelta(seconds=fields.pop("age", 0))
    message = {"lat": lat, "lng": lng, "recordedAt": recorded.isoformat(), **fields}
    socket.send(json.dumps({"type": "location_update", **message}))
    while json.loads(socket.recv(timeout=10))["type"] != "ack":
        pass


def phone(server: LiveServer, driver: dict[str, Any]) -> ClientConnection:
    """A driver's phone, connected."""
    headers = {"Authorization": f"Bearer {driver['token']}"}
    return connect(f"{server.ws}/ws/driver", additional_headers=headers)


# --- the errands of a dispatcher -------------------------------------------------------------


def test_an_order_made_in_the_dialog_is_stored_and_its_card_opens(
    live_server: LiveServer, sit: Sit
) -> None:
    driver = live_server.driver("Dispatch Dora")
    page = sit(live_server).sign_in("dispatcher")
    page.get_by_role("button", name="New order").click()
    form = dialog(page)
    form.get_by_label("Customer").fill("Maria Huber")
    form.get_by_label("Order number").fill("NEW-1")
    form.get_by_label("Address").fill("Gabelsbergerstr. 9")
    form.get_by_label("Place of the pick-up").fill("48.1335, 11.556")
    pick = form.locator(".picker .leaflet-container")
    expect(pick).to_have_class(re.compile("ground"))
    pick.click(position={"x": 200, "y": 90})
    expect(form.get_by_label("Place of the destination")).not_to_have_value("")
    form.get_by_label("Promised from").fill("2031-05-01T10:00")
    form.get_by_label("Promised until").fill("2031-05-01T10:30")
    form.get_by_label("Note").fill("Second bell")
    choose_driver(form, "Dispatch Dora")
    form.get_by_role("button", name="Create order").click()
    expect(drawer(page).get_by_role("heading", name="Maria Huber")).to_be_visible()
    made = live_server.api.get("/api/v1/orders/NEW-1").json()
    assert made["driverId"] == driver["id"]
    assert made["status"] == "assigned"
    assert made["customer"]["name"] == "Maria Huber"
    assert made["destination"]["address"] == "Gabelsbergerstr. 9"
    assert -90 <= made["destination"]["lat"] <= 90
    assert (made["pickup"]["lat"], made["pickup"]["lng"]) == (48.1335, 11.556)
    assert made["window"]["from"].startswith("2031-05-01T10:00")
    assert made["note"] == "Second bell"


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    live_server: LiveServer, sit: Sit
) -> None:
    taken = live_server.order()["id"]
    page = sit(live_server).sign_in("dispatcher")
    page.get_by_role("button", name="New order").click()
    form = dialog(page)
    form.get_by_label("Order number").fill("no spaces please")
    form.get_by_role("button", name="Create order").click()
    number = form.locator(".field", has=page.get_by_label("Order number"))
    expect(number.get_by_role("alert")).to_contain_text("1 to 64")
    form.get_by_label("Order number").fill(taken)
    form.get_by_label("Place of the destination").fill("north of here")
    form.get_by_role("button", name="Create order").click()
    place = form.locator(".field", has=page.get_by_label("Place of the destination"))
    expect(place.get_by_role("alert")).to_contain_text("48.137, 11.575")
    expect(number.get_by_role("alert")).to_have_count(0)
    form.get_by_label("Place of the destination").fill("91, 11")
    form.get_by_role("button", name="Create order").click()
    expect(place.get_by_role("alert")).to_contain_text("no such place")
    form.get_by_label("Place of the destination").fill("48.1, 11.5")
    form.get_by_label("Promised from").fill("2031-05-01T10:00")
    form.get_by_role("button", name="Create order").click()
    until = form.locator(".field", has=page.get_by_label("Promised until"))
    expect(until.get_by_role("alert")).to_contain_text("both times")
    form.get_by_label("Promised until").fill("2031-05-01T10:30")
    form.get_by_role("button", name="Create order").click()
    expect(number.get_by_role("alert")).to_be_visible()
    expect(form.get_by_label("Order number")).to_have_value(taken)


def test_assigning_and_every_step_are_stored_and_seen_in_another_tab_at_once(
    live_server: LiveServer, sit: Sit
) -> None:
    driver, order = live_server.driver("Ben Assigned"), live_server.order()
    person = sit(live_server)
    page = person.sign_in("dispatcher")
    other = person.open(f"/admin?order={order['id']}")
    expect(drawer(other).get_by_text("Pending").first).to_be_visible()
    card = open_card(page, order["id"])
    choose_driver(card, "Ben Assigned")
    expect(drawer(other).locator(".status").first).to_contain_text("Assigned")
    expect(group(other, "Waiting").locator(".work-row", has_text=order["id"])).to_be_visible()
    assert live_server.api.get(f"/api/v1/orders/{order['id']}").json()["driverId"] == driver["id"]
    for button, word in (
        ("Mark picked up", "Picked up"),
        ("Mark on the way", "On the way"),
        ("Mark arriving", "Arriving"),
        ("Mark delivered", "Delivered"),
    ):
        card.get_by_role("button", name=button).click()
        expect(drawer(other).locator(".status").first).to_contain_text(word)
    expect(row(other, order["id"])).to_have_count(0)
    events = live_server.events(order["id"])
    assert [event["status"] for event in events] == [
        "pending",
        "assigned",
        "picked_up",
        "in_transit",
        "arriving",
        "delivered",
    ]
    assert events[-1]["actor"] == {"kind": "user", "id": "dispatcher"}
    expect(drawer(other).locator(".history li")).to_have_count(6)


def test_a_bad_end_is_asked_about_once_with_the_name_and_keeps_its_reason(
    live_server: LiveServer, sit: Sit
) -> None:
    order = live_server.order(customer={"name": "Café Lenbach"})
    page = sit(live_server).sign_in("dispatcher")
    card = open_card(page, order["id"])
    card.get_by_role("button", name="Change status").click()
    page.get_by_role("menuitem", name="Cancelled").click()
    question = dialog(page)
    question.get_by_role("button", name="Keep order").click()
    expect(question).to_have_count(0)
    expect(page.get_by_role("menuitem")).to_have_count(0)
    card.get_by_role("button", name="Change status").click()
    page.get_by_role("menuitem", name="Failed").click()
    expect(question.get_by_role("heading")).to_contain_text(f"#{order['id']} · Café Lenbach")
    question.get_by_label("Reason").fill("nobody at home")
    assert len(live_server.events(order["id"])) == 1
    question.get_by_role("button", name="Mark failed").click()
    expect(card.get_by_text("nobody at home")).to_be_visible()
    assert live_server.events(order["id"])[-1]["note"] == "nobody at home"


def test_only_an_admin_may_force_a_step_and_only_behind_his_switch(
    live_server: LiveServer, sit: Sit
) -> None:
    order = live_server.order()
    live_server.update(order["id"], "delivered")
    page = sit(live_server).sign_in("dispatcher", path=f"/admin?order={order['id']}")
    expect(drawer(page).get_by_text("Delivered").first).to_be_visible()
    expect(drawer(page).get_by_role("switch")).to_have_count(0)
    expect(drawer(page).get_by_role("button", name="Change status")).to_have_count(0)
    page = sit(live_server).sign_in("admin", path=f"/admin?order={order['id']}")
    card = drawer(page)
    expect(card.get_by_text("Delivered").first).to_be_visible()
    expect(card.get_by_role("button", name="Change status")).to_have_count(0)
    card.get_by_role("switch").click()
    card.get_by_role("button", name="Change status").click()
    page.locator(".menu-row", has_text="On the way").click()
    expect(card.locator(".status").first).to_contain_text("On the way")
    expect(row(page, order["id"])).to_be_visible()


def test_a_revoked_link_ends_for_its_customer_and_a_new_one_works(
    live_server: LiveServer, sit: Sit
) -> None:
    order = live_server.order(customer={"name": "Jonas"})
    person = sit(live_server)
    page = person.sign_in("dispatcher")
    card = open_card(page, order["id"])
    assert card.get_by_role("link", name="Open").get_attribute("href") == order["trackingUrl"]
    customer = person.open(f"/track/{order['trackingToken']}")
    expect(customer.get_by_role("heading", level=1)).to_contain_text("We have your order")
    card.get_by_role("button", name="Revoke").click()
    expect(dialog(page).get_by_role("heading")).to_contain_text("Jonas")
    dialog(page).get_by_role("button", name="Revoke link").click()
    expect(card.get_by_text("Revoked")).to_be_visible()
    expect(customer.get_by_role("heading", level=1)).to_contain_text("ended")
    assert live_server.api.get(f"/track/{order['trackingToken']}").status_code == 410
    card.get_by_role("button", name="New link").click()
    dialog(page).get_by_role("button", name="Make link").click()
    fresh = card.get_by_role("link", name="Open").get_attribute("href")
    assert fresh is not None
    assert fresh != order["trackingUrl"]
    assert live_server.api.get(fresh.replace(live_server.url, "")).status_code == 200


# --- the list ----------------------------------------------------------------------------------


def test_orders_stand_in_the_group_that_says_why(emptied: LiveServer, sit: Sit) -> None:
    ana, ben = emptied.driver("Ana"), emptied.driver("Ben")
    late = emptied.order(ana["id"], window=window(-60, -20), destination=DOOR)
    silent = emptied.order(ana["id"], destination=DOOR)
    alone = emptied.order(destination=DOOR)
    moving = emptied.order(ben["id"], destination=DOOR)
    waiting = emptied.order(ben["id"], destination=DOOR)
    with phone(emptied, ana) as one, phone(emptied, ben) as two:
        for order in (silent, moving):
            emptied.update(order["id"], "in_transit")
        send_fix(one, 48.14, 11.58, age=300, battery=0.09)
        send_fix(two, 48.15, 11.57)
        page = sit(emptied).sign_in("viewer")
        for title, order in (
            ("Late", late),
            ("No signal", silent),
            ("Unassigned", alone),
            ("On the way", moving),
            ("Waiting", waiting),
        ):
            expect(group(page, title).locator(".work-row")).to_have_count(1)
            expect(group(page, title)).to_contain_text(order["id"])
        expect(page.locator("[data-counter=late] dd")).to_have_text("1")
        expect(group(page, "No signal")).to_contain_text("battery 9 %")
        expect(group(page, "No signal").locator(".work-when")).to_have_text("5 min")
        expect(page.locator(".panel-state")).to_contain_text("live")
        send_fix(two, 48.1501, 11.57)
        expect(row(page, moving["id"]).locator(".work-note")).to_have_text(re.compile("now|s$"))
        expect(row(page, late["id"]).locator(".work-note")).to_have_text(
            re.compile("^.[0-9]+ min$")
        )


def test_an_order_that_fails_stays_in_the_list_with_its_reason_until_somebody_acts(
    live_server: LiveServer, sit: Sit
) -> None:
    driver = live_server.driver("Fay Failing")
    order = live_server.order(driver["id"], customer={"name": "Nobody Home"})
    page = sit(live_server).sign_in("viewer")
    expect(group(page, "Waiting")).to_contain_text(order["id"])
    live_server.update(order["id"], "failed", note="rang twice")
    failed = group(page, "Failed").locator(".work-row", has_text=order["id"])
    expect(failed).to_contain_text("rang twice")
    expect(failed.locator(".work-when")).to_have_text(re.compile("^[0-9]{2}:[0-9]{2}$"))
    page.get_by_label("Search orders").fill("rang tw")
    expect(page.locator(".work-row:visible")).to_have_count(1)
    live_server.update(order["id"], "returned", force=True)
    expect(row(page, order["id"])).to_have_count(0)


def test_search_and_filters_narrow_the_list_and_say_when_nothing_is_left(
    live_server: LiveServer, sit: Sit
) -> None:
    one = live_server.order(customer={"name": "Findme Fischer"}, destination=DOOR)
    other = live_server.order(customer={"name": "Somebody Else"})
    page = sit(live_server).sign_in("dispatcher")
    expect(row(page, other["id"])).to_be_visible()
    page.locator("body").press("/")
    search = page.get_by_label("Search orders")
    expect(search).to_be_focused()
    search.fill("findme")
    expect(row(page, other["id"])).to_have_count(0)
    expect(row(page, one["id"])).to_be_visible()
    page.get_by_role("button", name=re.compile("^On the way")).click()
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.get_by_role("button", name=re.compile("^On the way")).click()
    search.fill("")
    expect(row(page, other["id"])).to_be_visible()


def test_filters_stand_in_the_address_and_show_list_and_map_alike(
    emptied: LiveServer, sit: Sit
) -> None:
    ana, ben = emptied.driver("Filtered Ana"), emptied.driver("Filtered Ben")
    with phone(emptied, emptied.driver("Idle Ida")) as socket:
        send_fix(socket, 48.1435, 11.577)
    late = emptied.order(ana["id"], window=window(-60, -20), destination=DOOR)
    waiting = emptied.order(ben["id"], destination={**DOOR, "lat": DOOR["lat"] + 0.003})
    alone = emptied.order(destination={**DOOR, "lat": DOOR["lat"] - 0.003})
    rows = (late, waiting, alone)
    person = sit(emptied)
    page = person.sign_in("viewer")

    def expect_only(*wanted: dict[str, Any]) -> None:
        for order in rows:
            expect(row(page, order["id"])).to_have_count(int(order in wanted))

    expect_only(*rows)
    counter = page.get_by_role("button", name=re.compile("^late 1$"))
    counter.click()
    expect(counter).to_have_attribute("aria-pressed", "true")
    expect_only(late)
    page.wait_for_url("**/admin?only=late")
    door = (DOOR["lat"], DOOR["lng"])
    point_at(page, door, f"#{late['id']}, late", (0, -24))
    expect_colour(page, "--bad", door, (-6, -24))
    page.mouse.move(*spot(page, (DOOR["lat"] - 0.003, DOOR["lng"]), (0, -24)))
    expect(tip(page)).to_have_count(0)
    page.get_by_role("button", name=re.compile("^unassigned 1$")).click()
    expect(counter).to_have_attribute("aria-pressed", "false")
    expect_only(alone)
    point_at(page, (DOOR["lat"] - 0.003, DOOR["lng"]), f"#{alone['id']}, unassigned", (0, -24))
    page.get_by_role("button", name=re.compile("^unassigned 1$")).click()
    page.get_by_role("button", name="Filter by status and driver").click()
    choose_driver(page, "Filtered Ben")
    expect_only(waiting)
    page.get_by_label("Status", exact=True).select_option("Pending")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.get_by_label("Status", exact=True).select_option("Assigned")
    expect_only(waiting)
    row(page, waiting["id"]).click()
    page.wait_for_url(f"**/admin?status=assigned&of={ben['id']}&order={waiting['id']}")
    page.reload()
    expect_only(waiting)
    expect(page.get_by_role("combobox", name="Driver", exact=True).first).to_have_value(
        "Filtered Ben"
    )
    page.get_by_role("button", name="Clear", exact=True).click()
    expect_only(*rows)
    page.get_by_role("button", name="Drivers", exact=True).click()
    expect_only()
    expect(group(page, "Drivers").locator(".work-row")).to_have_count(3)
    expect(row(page, "Filtered Ana")).to_contain_text("1 order")


def test_doors_that_would_cover_each_other_are_one_until_the_map_is_near(
    emptied: LiveServer, sit: Sit
) -> None:
    driver = emptied.driver("Merging Mia")
    for step in range(3):
        emptied.order(
            driver["id"],
            window=window(-60, -20) if step == 2 else None,
            destination={**DOOR, "lat": DOOR["lat"] + step / 2_000},
        )
    emptied.order(driver["id"], destination=FAR_DOOR)
    page = sit(emptied).sign_in("viewer")
    door = (DOOR["lat"], DOOR["lng"])
    point_at(page, door, "3 orders, 1 late")
    click_at(page, door)
    page.wait_for_function(f"() => {MAP}.getZoom() >= 17")
    for step in range(3):
        point_at(page, (door[0] + step / 2_000, door[1]), re.compile("^#"), (0, -24))
    expect(tip(page)).to_have_text(re.compile("^#.*, late$"))


def test_a_driver_without_orders_is_found_and_opened_by_keys_alone(
    live_server: LiveServer, sit: Sit
) -> None:
    driver = live_server.driver("Findable Frieda")
    page = sit(live_server).sign_in("viewer")
    page.locator("body").press("/")
    page.get_by_label("Search orders").press_sequentially("able fr")
    expect(group(page, "Drivers").locator(".work-row")).to_have_count(1)
    expect(row(page, "Findable Frieda")).to_contain_text("Not connected")
    with phone(live_server, driver):
        expect(row(page, "Findable Frieda")).to_contain_text("No place yet")
        row(page, "Findable Frieda").focus()
        page.keyboard.press("Enter")
        expect(drawer(page).get_by_role("heading", name="Findable Frieda")).to_be_visible()
    page.get_by_label("Search orders").fill("nobody of this name")
    expect(page.get_by_text("Nothing found")).to_be_visible()


def test_the_list_is_gone_through_by_arrows_and_the_keys_are_told(
    live_server: LiveServer, sit: Sit
) -> None:
    one, two = (live_server.order(customer={"name": f"Arrow {n}"}) for n in (1, 2))
    page = sit(live_server).sign_in("dispatcher")
    page.locator("body").press("/")
    page.keyboard.type("Arrow ")
    expect(page.locator(".work-row:visible")).to_have_count(2)
    rows = page.locator(".work-row:visible")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # there is no third
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Shortcuts")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(drawer(page).get_by_text(re.compile(f"#({one['id']}|{two['id']})$"))).to_be_visible()
    expect(drawer(page)).to_be_focused()
    ring = (
        "({ outlineOffset, outlineWidth }) => parseFloat(outlineOffset) + parseFloat(outlineWidth)"
    )
    # It ends at the window's edge: whatever of its ring lies outside is not seen.
    assert drawer(page).evaluate(f"(card) => ({ring})(getComputedStyle(card))") <= 0


def test_a_long_list_is_shown_in_parts_and_searched_whole(emptied: LiveServer, sit: Sit) -> None:
    doors = {5: FAR_DOOR, 58: DOOR, 59: DOOR}
    ids = [
        emptied.order(customer={"name": f"Guest {number}"}, destination=doors.get(number))["id"]
        for number in range(60)
    ]
    page = sit(emptied).sign_in("viewer")
    waiting = group(page, "Unassigned")
    expect(waiting.locator(".work-row")).to_have_count(50)
    expect(page.locator(".panel-state")).to_contain_text("60 open")
    expect(page.locator("[data-counter=unassigned] dd")).to_have_text("60")
    page.get_by_label("Search orders").fill("guest 59")
    expect(waiting.locator(".work-row")).to_have_count(1)
    page.get_by_label("Search orders").fill("")
    waiting.get_by_role("button", name="Show 10 more of 10").click()
    expect(waiting.locator(".work-row")).to_have_count(60)
    expect(waiting.get_by_role("button", name=re.compile("more of"))).to_be_hidden()
    emptied.update(ids[0], "cancelled")
    expect(waiting.locator(".work-row")).to_have_count(59)
    page.goto(f"{emptied.url}/admin?order={ids[58]}")
    expect(row(page, ids[58])).to_have_attribute("aria-current", "true")
    expect(row(page, ids[58])).to_be_in_viewport(ratio=0.9)
    expect(waiting.get_by_role("button", name="Show 8 more of 8")).to_be_attached()
    page.wait_for_function(f"() => {MAP}.getZoom() === 15")  # not both doors, far from each other
    expect_colour(page, "--accent", (48.1461, 11.5829), HEAD)  # above that of ids[59]


def test_typing_in_the_search_is_not_disturbed_by_what_happens(
    live_server: LiveServer, sit: Sit
) -> None:
    page = sit(live_server).sign_in("dispatcher")
    search = page.get_by_label("Search orders")
    search.press_sequentially("quick b")
    live_server.order(customer={"name": "quick brown fox"})
    expect(row(page, "quick brown fox")).to_be_visible()
    search.press_sequentially("rown")
    expect(search).to_have_value("quick brown")
    expect(row(page, "quick brown fox")).to_be_visible()


def test_an_empty_installation_says_what_to_do_first(emptied: LiveServer, sit: Sit) -> None:
    page = sit(emptied).sign_in("dispatcher")
    expect(page.get_by_text("Add your first driver")).to_be_visible()
    expect(page.get_by_role("link", name="Add driver")).to_have_attribute("href", "/admin/drivers")
    emptied.driver()
    expect(page.get_by_text("No open orders")).to_be_visible()


# --- the address -------------------------------------------------------------------------------


def test_the_address_says_what_is_open_and_back_goes_back(
    live_server: LiveServer, sit: Sit
) -> None:
    one, two = live_server.order(), live_server.order()
    page = sit(live_server).sign_in("dispatcher")
    open_card(page, one["id"])
    page.wait_for_url(f"**/admin?order={one['id']}")
    message = drawer(page).get_by_label("Message", exact=True)
    message.fill("Half a mes")
    open_card(page, two["id"])
    expect(message).to_have_value("")
    page.wait_for_url(f"**/admin?order={two['id']}")
    page.go_back()
    expect(drawer(page).get_by_text(f"#{one['id']}", exact=True)).to_be_visible()
    expect(message).to_have_value("Half a mes")
    page.reload()
    expect(drawer(page).get_by_text(f"#{one['id']}", exact=True)).to_be_visible()
    page.locator("body").press("Escape")
    expect(drawer(page)).to_be_hidden()
    page.wait_for_url("**/admin")


def test_a_card_that_is_not_there_opens_nothing_and_says_so(
    live_server: LiveServer, sit: Sit
) -> None:
    page = sit(live_server).sign_in("viewer", path="/admin?order=never-was")
    expect(page.get_by_text("There is no such order.")).to_be_visible()
    expect(page.get_by_label("Search orders")).to_be_visible()
    expect(drawer(page)).to_be_hidden()


def test_what_the_browser_says_was_picked_may_be_anything(
    live_server: LiveServer, sit: Sit
) -> None:
    order = live_server.order()
    page = sit(live_server).sign_in("viewer")
    expect(row(page, order["id"])).to_be_visible()
    page.evaluate(
        """() => {
          const root = document.querySelector(".live");
          for (const detail of [null, 7, "x", [], {order: 7}, {order: "../../x"}, {driver: {}},
            {order: "x".repeat(99999)}, {driver: "y".repeat(99999)}]) {
            root.dispatchEvent(new CustomEvent("pick", {detail}));
          }
        }"""
    )
    card = open_card(page, order["id"])
    expect(card.get_by_text("Pending").first).to_be_visible()


# --- the map -----------------------------------------------------------------------------------


def test_a_driver_appears_moves_and_says_that_he_is_gone(emptied: LiveServer, sit: Sit) -> None:
    driver = emptied.driver("Zora Unterwegs")
    page = sit(emptied).sign_in("viewer")
    with phone(emptied, driver) as socket:
        send_fix(socket, 48.14, 11.58, speed=8, heading=90, age=30)
        expect(fleet(page)).to_have_accessible_name("Drivers: 1 moving")
        point_at(page, (48.14, 11.58), "Zora Unterwegs, moving")
        send_fix(socket, 48.141, 11.581, speed=0, age=25)
        expect(fleet(page)).to_have_accessible_name("Drivers: 1 standing")
        expect(tip(page)).to_have_count(0)  # it has left the pointer
        point_at(page, (48.141, 11.581), "Zora Unterwegs, standing")
        answer = emptied.api.patch(f"/api/v1/drivers/{driver['id']}", json={"onDuty": False})
        assert answer.status_code == 200
        expect(tip(page)).to_have_text("Zora Unterwegs, off duty")
        emptied.api.patch(f"/api/v1/drivers/{driver['id']}", json={"onDuty": True})
    expect(tip(page)).to_have_text("Zora Unterwegs, offline")
    expect(fleet(page)).to_have_accessible_name("Drivers: 1 offline")


def test_drivers_glide_but_not_for_those_who_asked_for_less_movement(
    emptied: LiveServer, sit: Sit
) -> None:
    driver = emptied.driver("Gleb")
    begin, end = (48.14, 11.58), (48.1404, 11.58)
    gliding = sit(emptied).sign_in("viewer")
    still = sit(emptied, reduced_motion="reduce").sign_in("viewer")
    with phone(emptied, driver) as socket:
        send_fix(socket, *begin, speed=8, heading=0, age=3)
        for page in (gliding, still):
            expect(fleet(page)).to_have_accessible_name("Drivers: 1 moving")
            watch_way(page, begin, end)
        send_fix(socket, *end, speed=8, heading=0)
        for page in (gliding, still):
            page.wait_for_function("() => Math.abs(window.way.at(-1) - 1) < 0.05")
    between = "() => window.way.filter((share) => share > 0.1 && share < 0.9).length"
    assert gliding.evaluate(between) > 5
    assert still.evaluate(between) == 0


def test_markers_and_rows_choose_the_same_thing(emptied: LiveServer, sit: Sit) -> None:
    driver = emptied.driver("Mara")
    order = emptied.order(driver["id"], customer={"name": "Maria"}, destination=DOOR)
    here, door = (48.1435, 11.577), (48.1461, 11.5829)
    with phone(emptied, driver) as socket:
        send_fix(socket, *here, orderId=order["id"])
        page = sit(emptied).sign_in("dispatcher")
        expect(fleet(page)).to_have_accessible_name("Drivers: 1 standing")
        expect_colour(page, "--text", door, HEAD)
        point_at(page, door, f"#{order['id']} Maria", HEAD)
        click_at(page, door, HEAD)
        expect(drawer(page).get_by_role("heading", name="Maria")).to_be_visible()
        expect(row(page, order["id"])).to_have_attribute("aria-current", "true")
        expect_colour(page, "--accent", door, HEAD)
        point_at(page, here, "Mara, standing")
        click_at(page, here)
        expect(drawer(page).get_by_role("heading", name="Mara")).to_be_visible()
        page.wait_for_url(f"**/admin?driver={driver['id']}")
        expect_colour(page, "--text", door, HEAD)
        drawer(page).get_by_role("button", name=re.compile("Maria")).click()
        page.wait_for_url(f"**/admin?order={order['id']}")
        expect_colour(page, "--accent", door, HEAD)
        click_at(page, door, (0, 60))
        expect(drawer(page)).to_be_hidden()
        row(page, order["id"]).click()
        follow = page.get_by_role("button", name="Follow")
        follow.click()
        expect(follow).to_have_attribute("aria-pressed", "true")
        for name, place in (("Far Fritz", FAR), ("Idle Ida", FARTHER)):
            gone = emptied.driver(name)
            if place == FAR:
                emptied.order(gone["id"])
            with phone(emptied, gone) as one:
                send_fix(one, *place)
        expect(fleet(page)).to_have_accessible_name("Drivers: 1 standing, 2 offline")
        page.get_by_role("button", name="Show all").click()
        expect(follow).to_have_attribute("aria-pressed", "false")
        page.wait_for_function(f"(far) => {MAP}.getBounds().contains(far)", arg=FAR)
        page.wait_for_function(RESTS)
        assert not page.evaluate(f"(far) => {MAP}.getBounds().contains(far)", FARTHER)


def test_what_is_remarkable_about_positions_is_explained(live_server: LiveServer, sit: Sit) -> None:
    driver = live_server.driver("Teleporting Tom")
    order = live_server.order(driver["id"], destination=DOOR)
    live_server.update(order["id"], "in_transit")
    with phone(live_server, driver) as socket:
        send_fix(socket, 48.14, 11.58, orderId=order["id"], battery=0.5, accuracy=7)
        send_fix(socket, 48.24, 11.58, orderId=order["id"])
        page = sit(live_server).sign_in("viewer", path=f"/admin?order={order['id']}")
        card = drawer(page)
        expect(card.get_by_text("1 of the last 2 positions lay too far away")).to_be_visible()
        expect(card.get_by_text("± 7 m")).to_be_visible()
        expect(card.get_by_text("50 %")).to_be_visible()


# --- rights and endings ------------------------------------------------------------------------


def test_a_viewer_sees_everything_and_can_change_nothing(live_server: LiveServer, sit: Sit) -> None:
    driver = live_server.driver("Never Heard")
    order = live_server.order(driver["id"], customer={"name": "Only Looking"})
    page = sit(live_server).sign_in("viewer")
    card = open_card(page, order["id"])
    expect(card.get_by_text("Only Looking")).to_be_visible()
    expect(card.get_by_role("button", name="Never Heard")).to_be_visible()
    expect(card.get_by_role("button", name="Copy")).to_be_visible()
    for name in ("Change status", "Mark picked up", "Revoke", "New link"):
        expect(card.get_by_role("button", name=name)).to_have_count(0)
    expect(card.get_by_role("combobox")).to_have_count(0)
    expect(page.get_by_role("button", name="New order")).to_have_count(0)


def test_signing_out_in_one_tab_ends_the_other(live_server: LiveServer, sit: Sit) -> None:
    person = sit(live_server)
    page = person.sign_in("dispatcher")
    other = person.open("/admin")
    expect(other.get_by_text("live").last).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    taken_to_sign_in(page)
    taken_to_sign_in(other)


def test_the_page_comes_back_by_itself_after_the_server_was_away(
    emptied: LiveServer, sit: Sit
) -> None:
    person = sit(emptied)
    page = person.sign_in("dispatcher")
    expect(page.locator(".panel-state")).to_contain_text("live")
    asked = stay(page)
    page.get_by_role("button", name="New order").click()
    dialog(page).get_by_label("Customer").fill("Not sent yet")
    expect(page.locator("[data-unsaved]")).to_have_count(1)
    emptied.stop()
    expect(page.locator(".panel-state")).to_contain_text("reconnecting")
    emptied.start()
    order = emptied.order(customer={"name": "After the break"})
    expect(row(page, order["id"])).to_be_visible()
    expect(page.locator(".panel-state")).to_contain_text("live")
    assert asked == []
    expect(page.get_by_text("What you typed in “New order” is kept")).to_be_visible()
    page.get_by_role("button", name="New order").click()
    expect(dialog(page).get_by_label("Customer")).to_have_value("Not sent yet")
    expect(dialog(page).get_by_label("Phone")).to_have_value("")
    expect(page.locator("[data-unsaved]")).to_have_count(1)  # the server has it too


# --- strings from outside ----------------------------------------------------------------------


def test_names_of_all_sorts_are_text_everywhere(live_server: LiveServer, sit: Sit) -> None:
    page = sit(live_server).sign_in("dispatcher")
    title = page.title()
    for number, name in enumerate(ODD_NAMES):
        here = (48.3 + number / 100, 11.58)
        driver = live_server.driver(name, vehicle=name)
        order = live_server.order(
            driver["id"],
            customer={"name": name, "phone": name, "email": name},
            destination={**DOOR, "address": name},
            note=name,
        )
        with phone(live_server, driver) as socket:
            send_fix(socket, *here, orderId=order["id"])
            card = open_card(page, order["id"])
            expect(card.get_by_role("heading", name=name)).to_be_visible()
            expect(card.locator("dd", has_text=name)).to_have_count(4)
            expect(card.get_by_role("combobox", name="Driver", exact=True)).to_have_value(name)
            card.locator(".card-driver .link").click()
            expect(card.get_by_role("heading", name=name)).to_be_visible()
            point_at(page, here, f"{name}, standing")
    assert page.title() == title
    assert page.locator(".live img").count() == 0


# --- small screens -----------------------------------------------------------------------------


def test_on_a_phone_nothing_is_wider_than_the_screen_and_the_card_is_a_sheet(
    live_server: LiveServer, sit: Sit
) -> None:
    order = live_server.order(customer={"name": "N" * 200}, destination={"address": "A" * 300})
    page = sit(live_server, viewport=PHONE, has_touch=True).sign_in("dispatcher")
    expect(row(page, order["id"])).to_be_attached()
    wide = "() => document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= PHONE["width"]
    grip = page.get_by_role("button", name="More of the list")
    grip.click()
    expect(grip).to_have_attribute("aria-expanded", "true")
    card = open_card(page, order["id"])
    box = card.bounding_box()
    assert box is not None
    assert round(box["width"]) == PHONE["width"]
    assert card.locator(".drawer-body").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.evaluate(wide) <= PHONE["width"]


@pytest.mark.parametrize("width", [800, 1024])
def test_where_there_is_no_room_for_both_the_card_lies_in_place_of_the_list(
    live_server: LiveServer, sit: Sit, width: int
) -> None:
    order = live_server.order(customer={"name": "Narrow Nora"})
    page = sit(live_server, viewport={"width": width, "height": 768}).sign_in("viewer")
    card = open_card(page, order["id"])
    expect(page.get_by_label("Search orders")).to_be_hidden()
    shown = [card.bounding_box(), page.locator(".counters").bounding_box()]
    (left, right) = (box for box in shown if box is not None)
    assert left["x"] + left["width"] <= right["x"]
    assert right["x"] + right["width"] <= width
    card.get_by_role("button", name="Close").click()
    expect(row(page, order["id"])).to_be_visible()
    expect(row(page, order["id"])).to_be_focused()
