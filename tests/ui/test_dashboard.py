"""The staff's pages as people use them: signing in, rights, whole errands, two people at once."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final, Protocol

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from websockets.sync.client import connect

from tests.conftest import QUIET_LIMITS
from tests.live import PASSWORD, LiveServer
from tests.ui.desk import Desk, choose_driver, desk, fill_in, taken_to_sign_in
from tests.ui.fleet_map import HEAD, click_at, point_at

PAGES = (
    "/admin",
    "/admin/orders",
    "/admin/drivers",
    "/admin/replay",
    "/admin/insights",
    "/admin/connections",
    "/admin/activity",
    "/admin/people",
    "/admin/settings",
    "/admin/account",
)
NAMELESS = {f"/admin/{name}" for name in ("people", "settings", "insights", "replay", "account")}
"""Pages that show no name from outside before somebody asks for one."""
NOT_FOR = {
    "viewer": {"/admin/connections", "/admin/activity", "/admin/people", "/admin/settings"},
    "dispatcher": {"/admin/activity", "/admin/people", "/admin/settings"},
    "admin": set(),
}

HOSTILE: Final = "<img src=x onerror=\"document.title='broken'\">"


class Sit(Protocol):
    """Gives somebody a browser of his own."""

    def __call__(self, server: LiveServer, **options: object) -> Desk: ...


@pytest.fixture
def sit(chromium: Browser) -> Iterator[Sit]:
    """As many people as a test wants."""
    with ExitStack() as stack:
        yield lambda server, **options: stack.enter_context(desk(chromium, server, **options))


@pytest.fixture(scope="module")
def hostile_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A new server of a business with a hostile name."""
    settings = {**QUIET_LIMITS, "ONTHEWAY_BUSINESS_NAME": HOSTILE}
    with LiveServer(tmp_path_factory.mktemp("shop") / "data", settings) as server:
        yield server


# --- signing in and out -------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_gets_the_sign_in_page_and_then_the_page_he_wanted(
    live_server: LiveServer, sit: Sit, path: str
) -> None:
    page = sit(live_server).open(f"{path}?seen=1")
    expect(page).to_have_title("Sign in · Ontheway")
    fill_in(page, "admin", PASSWORD)
    page.wait_for_url(f"{live_server.url}{path}?seen=1")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


def test_a_wrong_password_gets_one_sentence(live_server: LiveServer, sit: Sit) -> None:
    page = sit(live_server).open("/login?next=/admin/drivers")
    fill_in(page, "admin", "not the password")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.get_by_label("Name")).to_be_focused()
    fill_in(page, "admin", PASSWORD)
    page.wait_for_url("**/admin/drivers")


@pytest.mark.parametrize("role", NOT_FOR)
def test_each_role_sees_its_pages_in_the_menu_and_no_others(
    live_server: LiveServer, sit: Sit, role: str
) -> None:
    page = sit(live_server).sign_in(role)
    menu = page.get_by_role("navigation", name="Pages")
    links = menu.get_by_role("link")
    expect(links.last).to_be_visible()
    shown = {link.get_attribute("href") for link in links.all()}
    assert shown == set(PAGES) - NOT_FOR[role]


@pytest.mark.parametrize("role", NOT_FOR)
def test_the_server_refuses_the_pages_that_a_role_does_not_have(
    live_server: LiveServer, role: str
) -> None:
    with httpx.Client(base_url=live_server.url) as client:
        form = {"username": role, "password": PASSWORD, "next": "/admin"}
        assert client.post("/login", data=form).status_code == 303
        for path in PAGES:
            expected = 403 if path in NOT_FOR[role] else 200
            assert client.get(path).status_code == expected, path


def test_signing_out_ends_every_tab_of_this_login_and_no_other(
    live_server: LiveServer, sit: Sit
) -> None:
    mine, other = sit(live_server), sit(live_server)
    first = mine.sign_in("dispatcher")
    second = mine.open("/admin/drivers")
    expect(second.get_by_role("heading", name="Drivers", level=1)).to_be_visible()
    theirs = other.sign_in("dispatcher", path="/admin/drivers")
    first.get_by_role("button", name="Sign out").click()
    taken_to_sign_in(second)
    assert "/login" in mine.open("/admin").url
    theirs.reload()
    expect(theirs.get_by_role("heading", name="Drivers", level=1)).to_be_visible()


def test_a_person_who_is_removed_loses_his_open_pages(live_server: LiveServer, sit: Sit) -> None:
    live_server.add_user("removed", "viewer")
    page = sit(live_server).sign_in("removed", path="/admin/drivers")
    expect(page.get_by_role("heading", name="Drivers", level=1)).to_be_visible()
    assert live_server.command("user", "remove", "removed").returncode == 0
    taken_to_sign_in(page)


def test_a_page_whose_login_ended_learns_nothing_more_even_if_it_stays(
    live_server: LiveServer, sit: Sit
) -> None:
    live_server.add_user("ended", "viewer")
    page = sit(live_server).sign_in("ended", path="/admin/drivers?q=Learned")
    live_server.driver("Learned before")
    expect(page.get_by_text("Learned before")).to_be_visible()
    page.route("**/login*", lambda route: route.abort())
    assert live_server.command("user", "remove", "ended").returncode == 0
    live_server.driver("Learned after")
    page.wait_for_timeout(2_500)  # a change is shown within one second
    assert page.get_by_text("Learned after").count() == 0


# --- an errand ----------------------------------------------------------------------------


def test_from_the_first_driver_to_the_customers_door(hostile_shop: LiveServer, sit: Sit) -> None:
    server = hostile_shop
    server.empty()
    desk = sit(server)
    page = desk.sign_in("dispatcher")
    page.get_by_role("link", name="Add driver").click()
    token = add_driver(page, "Ana Petrovi\u0107")
    assert token not in page.content()
    page.reload()
    expect(page.get_by_text("Ana Petrovi\u0107")).to_be_visible()
    assert token not in page.content()

    page.goto(server.url + "/admin")
    page.get_by_role("button", name="New order").click()
    form = page.get_by_role("dialog", name="New order")
    form.get_by_label("Customer", exact=True).fill("Maria Huber")
    form.get_by_label("Address").fill("Gabelsbergerstr. 9")
    form.get_by_label("Place of the destination").fill("48.1461, 11.5829")
    choose_driver(form, "Ana Petrovi\u0107")
    form.get_by_role("button", name="Create order").click()
    card = page.get_by_role("complementary", name="Details")
    expect(card.get_by_role("heading", name="Maria Huber")).to_be_visible()
    expect(card.get_by_text("Assigned").first).to_be_visible()
    page.wait_for_url("**/admin?order=*")

    link = card.get_by_role("link", name="Open").get_attribute("href") or ""
    customer = sit(server).context.new_page()
    customer.goto(link)
    expect(customer.get_by_role("heading", level=1)).to_contain_text("courier will bring")
    with connect(f"{server.ws}/ws/driver?token={token}") as socket:
        assert json.loads(socket.recv(timeout=10))["orders"][0]["customer"] == "Maria Huber"
        socket.send(json.dumps({"lat": 48.14, "lng": 11.57}))
        card.get_by_role("button", name="Mark picked up").click()
        expect(customer.get_by_role("heading", level=1)).to_contain_text(
            "Ana has picked up your order"
        )
    expect(card.get_by_role("listitem").filter(has_text="Picked up")).to_contain_text(
        "by dispatcher"
    )
    card.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke link").click()
    expect(customer.get_by_role("heading", level=1)).to_contain_text("ended")
    assert httpx.get(link).status_code == 410
    who = [event["actor"] for event in server.events(page.url.rpartition("=")[2])]
    assert who == [{"kind": "user", "id": "dispatcher"}] * 2


def add_driver(page: Page, name: str) -> str:
    """Add a driver on the drivers page; the token that is shown once."""
    page.get_by_role("button", name="Add driver").click()
    form = page.get_by_role("dialog", name="Add driver")
    form.get_by_label("Name").fill(name)
    form.get_by_role("button", name="Add driver").click()
    shown = page.get_by_role("dialog", name=f"{name} is added")
    token = shown.get_by_label("Token").inner_text()
    expect(shown.get_by_role("img", name="QR code of the link")).to_be_visible()
    expect(shown.get_by_label("Driver link")).to_contain_text(f"/drive#{token}")
    shown.get_by_role("button", name="Done").click()
    expect(shown).to_be_hidden()
    return token


# --- two people ---------------------------------------------------------------------------


def test_what_one_person_does_another_sees_and_a_viewer_only_sees(
    live_server: LiveServer, sit: Sit
) -> None:
    driver = live_server.driver("Jonas Weber")
    order = live_server.order(driver["id"], customer={"name": "Praxis Sommer"})
    mine, theirs = sit(live_server), sit(live_server)
    card_path = f"/admin?order={order['id']}"
    acting = mine.sign_in("dispatcher", path=card_path)
    seeing = theirs.sign_in("viewer", path=card_path)
    listed = theirs.open(f"/admin/orders?q={order['id']}")
    card = seeing.get_by_role("complementary", name="Details")
    row = listed.get_by_role("row").filter(has_text="Praxis Sommer")
    expect(card.get_by_text("Assigned").first).to_be_visible()
    expect(row).to_contain_text("Assigned")

    acting.get_by_role("button", name="Mark picked up").click()
    expect(card.get_by_text("Picked up").first).to_be_visible()
    expect(row).to_contain_text("Picked up")

    assert card.get_by_role("button", name=re.compile("Mark|Change|Revoke|New link")).count() == 0
    assert card.get_by_role("combobox").count() == 0
    assert seeing.get_by_role("button", name="New order").count() == 0
    drivers = theirs.open("/admin/drivers")
    expect(drivers.get_by_text("Jonas Weber").first).to_be_visible()
    assert drivers.get_by_role("button", name=re.compile("driver")).count() == 0


def test_a_dispatcher_who_may_not_is_told_so(live_server: LiveServer, sit: Sit) -> None:
    order = live_server.order(live_server.driver()["id"])
    live_server.update(order["id"], "delivered")
    page = sit(live_server).sign_in("dispatcher", path=f"/admin?order={order['id']}")
    card = page.get_by_role("complementary", name="Details")
    expect(card.get_by_text("Delivered").first).to_be_visible()
    assert card.get_by_role("button", name=re.compile("Mark|Change")).count() == 0
    assert card.get_by_label("Allow going back").count() == 0


# --- what comes from outside is text ------------------------------------------------------


def test_hostile_names_are_text_on_every_page(hostile_shop: LiveServer, sit: Sit) -> None:
    server = hostile_shop
    server.empty()
    driver = server.driver(HOSTILE, HOSTILE)
    fields = {"name": HOSTILE, "phone": HOSTILE, "email": HOSTILE}
    place = {"lat": 48.1461, "lng": 11.5829, "address": HOSTILE}
    order = server.order(
        driver["id"], customer=fields, destination=place, pickup=place, note=HOSTILE
    )
    server.update(order["id"], "failed", note=HOSTILE)
    server.update(order["id"], "in_transit", note=HOSTILE, force=True)
    headers = {"User-Agent": HOSTILE}
    address = f"{server.ws}/ws/driver?token={driver['token']}"
    with connect(address, additional_headers=headers, user_agent_header=None) as socket:
        socket.send(json.dumps({"lat": 48.14, "lng": 11.57, "accuracy": 5}))
        desk = sit(server)
        page = desk.sign_in("admin")
        expect(page.locator(".work-row")).to_contain_text(HOSTILE)
        page.locator(".work-row").hover()
        point_at(page, (48.1461, 11.5829), f"#{order['id']} {HOSTILE}", HEAD)
        point_at(page, (48.14, 11.57), f"{HOSTILE}, standing")
        click_at(page, (48.14, 11.57))
        card = page.get_by_role("complementary", name="Details")
        expect(card.get_by_role("heading", name=HOSTILE)).to_be_visible()
        for path in (f"/admin?order={order['id']}", *PAGES[1:]):
            page.goto(server.url + path)
            if path not in NAMELESS:
                expect(page.get_by_text(HOSTILE).first).to_be_visible()
            page.wait_for_timeout(300)
            assert page.locator("img[src=x]").count() == 0, path
            assert page.title() != "broken", path


# --- the other pages ----------------------------------------------------------------------


def test_a_place_is_picked_on_the_map(live_server: LiveServer, sit: Sit) -> None:
    live_server.order(destination={"lat": 48.14, "lng": 11.58})
    page = sit(live_server).sign_in("dispatcher")
    page.get_by_role("button", name="New order").click()
    form = page.get_by_role("dialog", name="New order")
    field = form.get_by_label("Place of the destination")
    form.locator(".picker .ground").click(position={"x": 120, "y": 90})
    expect(field).to_have_value(re.compile(r"^48\.1\d+, 11\.5\d+$"))
    field.fill("somewhere")
    form.get_by_role("button", name="Create order").click()
    expect(form.get_by_text("Please write a place as 48.137, 11.575.").first).to_be_visible()
    expect(form).to_be_visible()


def test_a_person_and_a_key_are_made_used_and_ended(live_server: LiveServer, sit: Sit) -> None:
    server = live_server
    page = sit(server).sign_in("admin", path="/admin/people")
    page.get_by_role("button", name="Add user").click()
    form = page.get_by_role("dialog", name="Add user")
    form.get_by_label("Name").fill("carla")
    form.get_by_label("Password", exact=True).fill(PASSWORD)
    form.get_by_label("Password again").fill(PASSWORD)
    form.get_by_role("button", name="Add user").click()
    expect(page.get_by_role("row").filter(has_text="carla")).to_contain_text("Dispatcher")
    carla = sit(server).sign_in("carla", path="/admin/drivers")

    page.get_by_role("button", name="New API key").click()
    form = page.get_by_role("dialog", name="New API key")
    form.get_by_label("Name").fill("shop")
    form.get_by_role("button", name="Make key").click()
    shown = page.get_by_role("dialog", name="API key shop")
    key = shown.get_by_label("API key", exact=True).inner_text()
    asking = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{server.url}/api/v1/orders", headers=asking).status_code == 200
    shown.get_by_role("button", name="Done").click()
    page.get_by_role("row").filter(has_text="shop").get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke key").click()
    expect(page.get_by_role("row").filter(has_text="shop")).to_contain_text("Revoked")
    assert httpx.get(f"{server.url}/api/v1/orders", headers=asking).status_code == 401
    assert key not in page.content()

    page.get_by_role("row").filter(has_text="carla").get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove user").click()
    taken_to_sign_in(carla)

    page.goto(server.url + "/admin/activity")
    for happened in ("carla", "shop"):
        expect(page.get_by_role("row").filter(has_text=happened).first).to_be_visible()


def test_pages_show_times_in_the_zone_of_the_browser(
    live_server: LiveServer, chromium: Browser
) -> None:
    order = live_server.order(window={"from": "2031-05-06T12:00:00Z", "to": "2031-05-06T13:00:00Z"})
    context = chromium.new_context(
        timezone_id="Asia/Tokyo", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/login?next=/admin?order={order['id']}")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("21:00").first).to_be_visible()
    context.close()
