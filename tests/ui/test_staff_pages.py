"""The staff's tables in a real browser, against the real server: drivers, orders, sockets …"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.ui.activity.words import KINDS
from tests.conftest import ROOT
from tests.live import PASSWORD, LiveServer
from tests.ui.desk import desk, taken_to_sign_in
from tests.ui.waiting import eventually

HOSTILE = "<img src=x onerror=\"document.title='broken'\">"
ONE_WORD, WORDS = "W" * 40, "Maximiliane-Alexandrina von Hohenzollern"
CUT = """(names) => {
  const cut = [], seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const clips = (element) => /hidden|clip/.test(getComputedStyle(element).overflow);
  while (walker.nextNode()) {
    const node = walker.currentNode, name = names.find((one) => node.data.includes(one));
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (!name || text.width === 0) continue;
    seen.add(name);
    for (let box = node.parentElement; box !== document.body; box = box.parentElement) {
      const { left, right, bottom } = box.getBoundingClientRect();
      const scrolls = /auto|scroll/.test(getComputedStyle(box).overflowY);
      if (scrolls) break; // what is below is reached
      const spills = text.left < left - 1 || text.right > right + 1;
      if (spills || (clips(box) && text.bottom > bottom + 1))
        cut.push(`${box.className}: ${node.data}`);
    }
  }
  return { cut, seen: seen.size };
}"""
"""Names that something hides a part of or that spill, and how many are shown at all."""
SignIn = Callable[..., Page]


class Browsers:
    """One browser for each person, who signs in once."""

    def __init__(self, chromium: Browser, server: LiveServer) -> None:
        self._chromium = chromium
        self._server = server
        self._contexts: dict[tuple[str, str], BrowserContext] = {}
        self.pages: list[Page] = []
        self.errors: list[str] = []

    def page(self, name: str = "admin", password: str = PASSWORD, *, width: int = 1440) -> Page:
        """A new page of this person, signed in."""
        if (name, password) not in self._contexts:
            self._contexts[name, password] = self._sign_in(name, password)
        page = self._contexts[name, password].new_page()
        page.set_viewport_size({"width": width, "height": 900})
        self.pages.append(page)
        return page

    def close(self) -> None:
        """Close them all."""
        for context in self._contexts.values():
            context.close()

    def _sign_in(self, name: str, password: str) -> BrowserContext:
        context = self._chromium.new_context()
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        page = context.new_page()
        page.goto(f"{self._server.url}/login?next=/admin/orders")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/admin/orders")
        page.close()
        return context


@pytest.fixture(scope="module")
def browsers(chromium: Browser, live_server: LiveServer) -> Iterator[Browsers]:
    """The browsers of everybody."""
    browsers = Browsers(chromium, live_server)
    yield browsers
    browsers.close()


@pytest.fixture
def sign_in(browsers: Browsers) -> Iterator[SignIn]:
    """Opens a page as somebody; fails on errors of the pages."""
    yield browsers.page
    while browsers.pages:
        browsers.pages.pop().close()
    errors, browsers.errors = browsers.errors, []
    assert errors == []


def row(page: Page, text: str) -> Locator:
    """The row of a table that holds this text."""
    return page.get_by_role("row").filter(has_text=text)


def act(page: Page, name: str, deed: str) -> None:
    """Choose from the menu of a row."""
    row(page, name).get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem").filter(has_text=deed).click()


@contextmanager
def driver_socket(
    server: LiveServer, token: str, agent: str | None = None
) -> Iterator[ClientConnection]:
    """A driver's phone that is connected and welcome."""
    url, headers = f"{server.ws}/ws/driver", {"Authorization": f"Bearer {token}"}
    with connect(url, additional_headers=headers, user_agent_header=agent, proxy=None) as socket:
        assert json.loads(socket.recv(10))["type"] == "welcome"
        yield socket


def close_code(socket: ClientConnection) -> int | None:
    """The code with which the server closes, within 10 s."""
    deadline = time.monotonic() + 10
    try:
        while time.monotonic() < deadline:
            socket.recv(10)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
    raise AssertionError("the socket was not closed")


def add_driver(page: Page, name: str) -> str:
    """Add a driver by the dialog; his token as it is shown."""
    page.get_by_role("button", name="Add driver").click()
    dialog = page.get_by_role("dialog", name="Add driver")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Vehicle", exact=True).fill("cargo bike")
    dialog.get_by_role("button", name="Add driver").click()
    return shown_secret(page, "Token")


def shown_secret(page: Page, label: str) -> str:
    """What a dialog shows this once."""
    text = page.get_by_role("dialog").get_by_label(label, exact=True).text_content()
    assert text
    return text


def test_a_driver_is_added_and_the_token_works_and_is_shown_only_once(
    sign_in: SignIn, live_server: LiveServer
) -> None:
    page = sign_in("dispatcher")
    page.goto(f"{live_server.url}/admin/drivers")
    name = f"{HOSTILE} Ada"
    token = add_driver(page, name)
    dialog = page.get_by_role("dialog", name=f"{name} is added")
    link = f"{live_server.url}/drive#{token}"
    assert shown_secret(page, "Driver link") == link
    expect(dialog.get_by_alt_text("QR code of the link")).to_have_js_property("complete", True)
    assert dialog.get_by_alt_text("QR code of the link").evaluate("image => image.naturalWidth")
    assert page.get_by_role("button", name="Copy").first.get_attribute("data-copy") == link
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("[data-copy]")).to_have_count(0)
    assert token not in page.content()
    with driver_socket(live_server, token):
        expect(row(page, name)).to_contain_text("No place yet")
    expect(row(page, name)).to_contain_text("Not connected")
    expect(page).to_have_title(re.compile(r"^(\(\d+\) )?Drivers"))


def test_a_driver_without_a_name_is_not_added(sign_in: SignIn, live_server: LiveServer) -> None:
    page = sign_in("dispatcher")
    page.goto(f"{live_server.url}/admin/drivers")
    page.get_by_role("button", name="Add driver").click()
    dialog = page.get_by_role("dialog", name="Add driver")
    dialog.get_by_label("Name", exact=True).fill("   ")
    dialog.get_by_role("button", name="Add driver").click()
    expect(dialog.get_by_role("alert")).to_have_text("Please enter a name.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_new_token_ends_the_old_one_after_one_question(
    sign_in: SignIn, live_server: LiveServer
) -> None:
    made = live_server.driver("Rolf Rotated")
    page = sign_in("dispatcher")
    page.goto(f"{live_server.url}/admin/drivers")
    with driver_socket(live_server, made["token"]) as phone:
        act(page, "Rolf Rotated", "Connect a phone")
        question = page.get_by_role("dialog", name="Connect a phone of Rolf Rotated?")
        question.get_by_role("button", name="Make new token").click()
        token = shown_secret(page, "Token")
        assert token != made["token"]
        assert close_code(phone) == 4503
    with driver_socket(live_server, token):
        pass


def test_duty_is_taken_and_given_back(sign_in: SignIn, live_server: LiveServer) -> None:
    made = live_server.driver("Dora Duty")
    page = sign_in("dispatcher")
    page.goto(f"{live_server.url}/admin/drivers")
    act(page, "Dora Duty", "Take off duty")
    expect(row(page, "Dora Duty")).to_contain_text("Off duty")
    assert live_server.api.get(f"/api/v1/drivers/{made['id']}").json()["onDuty"] is False
    opener = page.get_by_role("button", name="Actions for Dora Duty")
    expect(opener).to_be_focused()
    expect(page.locator(".q-menu")).to_have_count(0)
    page.keyboard.press("Enter")
    duty = page.get_by_role("menuitem").filter(has_text="Put on duty")
    expect(duty).to_be_visible()
    expect(page.locator(".q-menu")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(duty).to_be_focused()
    page.keyboard.press("Enter")
    expect(row(page, "Dora Duty")).to_contain_text("Not connected")
    expect(opener).to_be_focused()


def test_a_driver_is_edited_deactivated_without_open_orders_and_activated_again(
    sign_in: SignIn, live_server: LiveServer
) -> None:
    made = live_server.driver("Eva Edited")
    order = live_server.order(made["id"])["id"]
    page = sign_in("dispatcher")
    page.goto(f"{live_server.url}/admin/drivers")
    expect(row(page, "Eva Edited")).to_contain_text(order)
    act(page, "Eva Edited", "Edit")
    dialog = page.get_by_role("dialog", name="Edit Eva Edited")
    dialog.get_by_label("Name", exact=True).fill("Eva Renamed")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "Eva Renamed")).to_be_visible()
    act(page, "Eva Renamed", "Deactivate")
    expect(page.get_by_text(f"Eva Renamed still has #{order}: give or end that")).to_be_visible()
    live_server.update(order, "cancelled")
    expect(row(page, "Eva Renamed")).to_contain_text("None")
    act(page, "Eva Renamed", "Deactivate")
    question = page.get_by_role("dialog", name="Deactivate Eva Renamed?")
    question.get_by_role("button", name="Deactivate").click()
    expect(row(page, "Eva Renamed")).to_have_count(0)
    path = f"/api/v1/drivers/{made['id']}"
    assert live_server.api.get(path).status_code == 404

    page.get_by_role("button", name="Deactivated").click()
    inactive = page.get_by_role("dialog", name="Deactivated drivers")
    inactive.get_by_label("Search").fill("eva ren")
    expect(inactive.get_by_role("button", name=re.compile("^Activate "))).to_have_count(1)
    inactive.get_by_role("button", name="Activate Eva Renamed").click()
    expect(inactive).to_have_count(0)
    token = shown_secret(page, "Token")
    with pytest.raises(ConnectionClosed), driver_socket(live_server, made["token"]):
        pass
    with driver_socket(live_server, token):
        expect(row(page, "Eva Renamed")).to_be_visible()
    assert live_server.api.get(path).json()["name"] == "Eva Renamed"


def test_a_viewer_sees_drivers_and_opens_one_but_has_no_buttons(
    sign_in: SignIn, live_server: LiveServer
) -> None:
    order = live_server.order(live_server.driver("Vera Viewed")["id"])["id"]
    page = sign_in("viewer")
    page.goto(f"{live_server.url}/admin/drivers")
    expect(row(page, "Vera Viewed")).to_be_visible()
    expect(page.get_by_role("button", name="Add driver")).to_have_count(0)
    expect(page.get_by_role("button", name="Actions for Vera Viewed")).to_have_count(0)
    row(page, "Vera Viewed").get_by_role("link", name=order).click()  # not the row's
    expect(page).to_have_url(re.compile(rf"/admin\?order={order}$"))
    page.go_back()
    row(page, "Vera Viewed").click(position={"x": 300, "y": 10})
    details = page.get_by_role("complementary", name="Details")
    expect(details.get_by_role("heading", name="Vera Viewed")).to_be_visible()


def names_in(page: Page, table: str, *names: str) -> list[str]:
    """Those of ``names`` in the order in which the rows of a table name them."""
    texts = page.get_by_role("table", name=table, exact=True).get_by_role("row").all_inner_texts()
    found = [next((name for name in names if name in text), "") for text in texts]
    return [name for name in found if name]


def stands_first(page: Page, table: str, first: str, *names: str) -> bool:
    """Whether of ``names`` this one is named first."""
    return names_in(page, table, *names)[:1] == [first]


def test_heads_sort_by_keyboard_and_the_address_keeps_it(
    sign_in: SignIn, live_server: LiveServer
) -> None:
    busy, idle = live_server.driver("Sorta Busy"), live_server.driver("Sortb Idle")
    live_server.order(busy["id"])
    page = sign_in()
    page.goto(f"{live_server.url}/admin/drivers?q=Sort")
    in_order = partial(names_in, page, "Drivers", busy["name"], idle["name"])
    head = page.get_by_role("columnheader", name="Open orders")
    by_name = page.get_by_role("columnheader", name="Driver", exact=True)
    expect(by_name).to_have_attribute("aria-sort", "ascending")
    press = head.get_by_role("button")
    press.focus()
    for direction, first, address in (
        ("descending", busy, r"\?q=Sort&sort=-orders$"),
        ("ascending", idle, r"\?q=Sort&sort=orders$"),
        ("none", busy, r"\?q=Sort$"),
    ):
        page.keyboard.press("Enter")
        expect(head).to_have_attribute("aria-sort", direction)
        expect(page).to_have_url(re.compile(address))
        eventually(
            partial(stands_first, page, "Drivers", first["name"], idle["name"], busy["name"])
        )
        expect(press).to_be_focused()
    page.goto(f"{live_server.url}/admin/drivers?q=Sort&state=Not+connected&sort=-name")
    assert in_order() == [idle["name"], busy["name"]]
    expect(by_name).to_have_attribute("aria-sort", "descending")

    with driver_socket(live_server, busy["token"]), driver_socket(live_server, idle["token"]):
        page.goto(f"{live_server.url}/admin/connections?q=Sort&kind=driver&sort=who")
        in_order = partial(names_in, page, "Connections", busy["name"], idle["name"])
        assert in_order() == [busy["name"], idle["name"]]
        page.get_by_role("columnheader", name="Who").get_by_role("button").click()
        expect(page).to_have_url(re.compile(r"\?q=Sort&kind=driver&sort=-who$"))
        eventually(lambda: in_order() == [idle["name"], busy["name"]])

    page.goto(f"{live_server.url}/admin/people?users=role")
    assert names_in(page, "Users", "admin", "dispatcher", "viewer")[0] == "admin"
    users = page.get_by_role("table", name="Users", exact=True)
    users.get_by_role("columnheader", name="Role").get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"/admin/people\?users=-role$"))
    eventually(lambda: names_in(page, "Users", "admin", "dispatcher", "viewer")[0] == "viewer")


def test_orders_are_found_filtered_and_turned_page_by_page(
    sign_in: SignIn, live_server: LiveServer
) -> None:
    made = live_server.driver("Otto Orders")
    orders = [
        live_server.order(made["id"], customer={"name": f"Paged {number}"})["id"]
        for number in range(60)
    ]
    live_server.update(orders[0], "delivered")
    page = sign_in("viewer")
    page.goto(f"{live_server.url}/admin/orders")
    page.get_by_label("Search").fill("Paged")
    rows = page.get_by_role("row").filter(has_text="Paged")
    expect(page).to_have_url(re.compile(r"\?q=Paged$"))
    expect(rows).to_have_count(50)
    expect(rows.first).to_contain_text(orders[-1])
    page.get_by_role("button", name="Next").click()
    expect(rows).to_have_count(10)
    expect(rows.last).to_contain_text(orders[0])
    page.get_by_role("button", name="Previous").click()
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="Delivered").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text(orders[0])
    expect(page).to_have_url(re.compile(r"\?status=delivered&q=Paged$"))
    page.reload()
    expect(rows).to_have_count(1)
    page.goto(f"{live_server.url}/admin/orders?driver={made['id']}&status=open")
    expect(page.get_by_role("row").filter(has_text="Otto Orders")).to_have_count(50)
    page.get_by_role("link", name=orders[-1]).click()
    page.wait_for_url(f"**/admin?order={orders[-1]}")


def test_how_many_orders_need_somebody_is_said_on_every_page(
    chromium: Browser, live_server: LiveServer
) -> None:
    live_server.order()
    with desk(chromium, live_server) as staff:
        live = staff.sign_in("viewer")
        orders = staff.open("/admin/orders")

        def said(page: Page) -> str | None:
            return page.locator("nav a.rail-item[href='/admin']").get_attribute("title")

        chip = live.get_by_role("button", name=re.compile(r"^Needs you \d+$"))
        eventually(lambda: said(orders) and said(orders) == said(live))
        [before] = map(int, re.findall(r"\d+", chip.inner_text()))
        made = live_server.order()["id"]
        link = orders.get_by_role("link", name=f"Live, {before + 1} orders need you")
        expect(link.locator(".rail-count")).to_have_text(str(before + 1))
        expect(orders).to_have_title(re.compile(rf"^\({before + 1}\) Orders · "))
        expect(live).to_have_title(re.compile(rf"^\({before + 1}\) Live · "))
        live_server.update(made, "cancelled")
        expect(orders).to_have_title(re.compile(rf"^\({before}\) Orders · "))


def test_a_new_order_and_its_status_appear_by_themselves(
    sign_in: SignIn, live_server: LiveServer
) -> None:
    page = sign_in("viewer")
    page.goto(f"{live_server.url}/admin/orders")
    order = live_server.order(customer={"name": HOSTILE})["id"]
    expect(row(page, order)).to_contain_text("Pending")
    expect(row(page, order)).to_contain_text(HOSTILE)
    live_server.update(order, "failed")
    expect(row(page, order)).to_contain_text("Failed")
    expect(page).to_have_title(re.compile(r"^(\(\d+\) )?Orders"))


def test_a_real_socket_is_listed_and_disconnected(sign_in: SignIn, live_server: LiveServer) -> None:
    made = live_server.driver("Sami Socket")
    order = live_server.order(made["id"])["id"]
    page = sign_in("dispatcher")
    page.goto(f"{live_server.url}/admin/connections")
    with driver_socket(live_server, made["token"], f"App {HOSTILE}") as phone:
        listed = row(page, "Sami Socket")
        for text in ("Driver", order, "127.0.0.1", f"App {HOSTILE}"):
            expect(listed).to_contain_text(text)
        received = listed.get_by_role("cell").nth(7)
        expect(received).to_contain_text("0 B")
        phone.send(json.dumps({"type": "location_update", "lat": 48.1, "lng": 11.5}))
        expect(received).not_to_contain_text("0 B")
        act(page, "Sami Socket", "Disconnect")
        question = page.get_by_role("dialog", name="Disconnect Sami Socket?")
        question.get_by_role("button", name="Disconnect").click()
        assert close_code(phone) == 4009
        expect(listed).to_have_count(0)


def add_user(page: Page, name: str, password: str, again: str) -> None:
    """Fill in and send the dialog for a new user."""
    page.get_by_role("button", name="Add user").click()
    dialog = page.get_by_role("dialog", name="Add user")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Password", exact=True).fill(password)
    dialog.get_by_label("Password again").fill(again)
    dialog.get_by_role("button", name="Add user").click()


def test_a_user_is_added_signs_in_and_his_open_page_ends_with_him(
    sign_in: SignIn, live_server: LiveServer
) -> None:
    page = sign_in()
    page.goto(f"{live_server.url}/admin/people")
    add_user(page, "newcomer", "correct horse", "another horse")
    dialog = page.get_by_role("dialog", name="Add user")
    expect(dialog.get_by_role("alert")).to_have_text("The two passwords are not the same.")
    dialog.get_by_label("Password again").fill("correct horse")
    dialog.get_by_role("button", name="Add user").click()
    expect(row(page, "newcomer")).to_contain_text("Dispatcher")
    theirs = sign_in("newcomer", "correct horse")
    theirs.goto(f"{live_server.url}/admin/drivers")
    expect(theirs.get_by_role("button", name="Add driver")).to_be_visible()
    row(page, "newcomer").get_by_role("button", name="Remove").click()
    question = page.get_by_role("dialog", name="Remove newcomer?")
    question.get_by_role("button", name="Remove user").click()
    taken_to_sign_in(theirs)
    expect(row(page, "newcomer")).to_have_count(0)


def test_a_new_password_ends_the_old_sign_in(sign_in: SignIn, live_server: LiveServer) -> None:
    page = sign_in()
    page.goto(f"{live_server.url}/admin/people")
    add_user(page, "changer", "the first password", "the first password")
    theirs = sign_in("changer", "the first password")
    theirs.goto(f"{live_server.url}/admin/orders")
    row(page, "changer").get_by_role("button", name="New password").click()
    dialog = page.get_by_role("dialog", name="New password for changer")
    dialog.get_by_label("Password", exact=True).fill("short")
    dialog.get_by_label("Password again").fill("short")
    dialog.get_by_role("button", name="Set password").click()
    expect(dialog.get_by_role("alert")).to_contain_text("8 to")
    dialog.get_by_label("Password", exact=True).fill("the second password")
    dialog.get_by_label("Password again").fill("the second password")
    dialog.get_by_role("button", name="Set password").click()
    taken_to_sign_in(theirs)
    sign_in("changer", "the second password")


def test_nobody_can_remove_himself(sign_in: SignIn, live_server: LiveServer) -> None:
    page = sign_in()
    page.goto(f"{live_server.url}/admin/people")
    mine = row(page, "admin you")
    expect(mine.get_by_role("button", name="New password")).to_be_visible()
    expect(mine.get_by_role("button", name="Remove")).to_have_count(0)


def test_an_api_key_works_until_it_is_revoked_and_its_sockets_end(
    sign_in: SignIn, live_server: LiveServer
) -> None:
    page = sign_in()
    page.goto(f"{live_server.url}/admin/people")
    page.get_by_role("button", name="New API key").click()
    dialog = page.get_by_role("dialog", name="New API key")
    dialog.get_by_label("Name", exact=True).fill("the shop")
    dialog.get_by_role("button", name="Make key").click()
    key = shown_secret(page, "API key")
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{live_server.url}/api/v1/orders", headers=headers).status_code == 200
    url = f"{live_server.ws}/ws/staff"
    with connect(url, additional_headers=headers, proxy=None) as feed:
        feed.recv(10)
        page.get_by_role("button", name="Done").click()
        row(page, "the shop").get_by_role("button", name="Revoke").click()
        question = page.get_by_role("dialog", name="Revoke the key the shop?")
        question.get_by_role("button", name="Revoke key").click()
        assert close_code(feed) == 4503
    expect(row(page, "the shop")).to_contain_text("Revoked")
    assert httpx.get(f"{live_server.url}/api/v1/orders", headers=headers).status_code == 401


def test_activity_says_what_was_done_by_whom_about_what(
    sign_in: SignIn, live_server: LiveServer
) -> None:
    page = sign_in()
    page.goto(f"{live_server.url}/admin/activity")
    made = live_server.driver(f"{HOSTILE} Acta")
    order = live_server.order(made["id"])["id"]
    live_server.update(order, "delivered")
    changed = row(page, order).filter(has_text="New status")
    for text in ("delivered", "API key admin", "127.0.0.1"):
        expect(changed).to_contain_text(text)
    expect(row(page, f"{HOSTILE} Acta").filter(has_text="Driver added")).to_be_visible()
    page.get_by_label("Search").fill("order.created")
    expect(row(page, order)).to_have_count(1)
    expect(row(page, order)).to_contain_text("Order made")
    page.get_by_label("Search").fill("")
    page.get_by_role("button", name="Sign-ins").click()
    expect(row(page, order)).to_have_count(0)
    expect(row(page, "Signed in").first).to_be_visible()


def test_activity_is_turned_to_what_is_older(sign_in: SignIn, live_server: LiveServer) -> None:
    first = live_server.order()["id"]
    for _ in range(55):
        live_server.order()
    page = sign_in()
    page.goto(f"{live_server.url}/admin/activity?q=order.created")
    expect(row(page, "Order made")).to_have_count(50)
    expect(row(page, first)).to_have_count(0)
    page.get_by_role("button", name="Next").click()
    expect(row(page, first)).to_have_count(1)
    live_server.order()
    page.get_by_role("button", name="Previous").click()
    expect(row(page, "Order made")).to_have_count(50)
    page.goto(f"{live_server.url}/admin/activity?order={first}")
    names = row(page, first).locator("[data-label=What]")
    live_server.update(first, "cancelled")
    expect(names).to_have_text(["New status", "Order made"])
    page.get_by_role("columnheader", name="When").get_by_role("button").click()
    expect(names).to_have_text(["Order made", "New status"])
    expect(page).to_have_url(re.compile(rf"\?order={first}&sort=when$"))


def test_everything_that_is_noted_has_words() -> None:
    code = "".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    noted = set(re.findall(r'note\(\s*"([a-z_.]+)"', code))
    assert "order.status" in noted
    assert noted - KINDS.keys() == set()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("viewer", "connections"),
        ("viewer", "activity"),
        ("viewer", "people"),
        ("dispatcher", "activity"),
        ("dispatcher", "people"),
    ],
)
def test_pages_are_closed_to_lower_roles(
    sign_in: SignIn, live_server: LiveServer, name: str, path: str
) -> None:
    page = sign_in(name)
    answer = page.goto(f"{live_server.url}/admin/{path}")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading")).to_have_text("This page is not for you.")
    expect(page.get_by_role("link", name="To the live map")).to_be_visible()


def test_a_page_that_is_not_for_somebody_follows_his_role_and_his_sign_in(
    chromium: Browser, live_server: LiveServer
) -> None:
    live_server.add_user("climber", "viewer")
    with desk(chromium, live_server) as seat, desk(chromium, live_server) as office:
        page = seat.sign_in("climber", path="/admin/people")
        expect(page.get_by_role("heading")).to_have_text("This page is not for you.")
        people = office.sign_in("admin", path="/admin/people")
        row(people, "climber").get_by_role("button", name="Role").click()
        dialog = people.get_by_role("dialog", name="Role of climber")
        dialog.get_by_role("combobox", name="Role").click()
        people.get_by_role("option", name="Dispatcher").click()
        dialog.get_by_role("button", name="Change role").click()
        expect(page.get_by_text("Your role (dispatcher)")).to_be_visible()
        other = seat.open("/admin/account")
        other.get_by_role("button", name="Sign out").click()
        taken_to_sign_in(page)


@pytest.mark.parametrize("path", ["drivers", "orders", "connections", "activity", "people"])
def test_on_a_phone_nothing_is_wider_than_the_screen(
    sign_in: SignIn, live_server: LiveServer, path: str
) -> None:
    made = live_server.driver("W" * 200)
    live_server.order(made["id"], customer={"name": "Maximiliane-Wolfgangsdottir " * 5})
    page = sign_in(width=390)
    with driver_socket(live_server, made["token"], "An app with a long name " * 10):
        page.goto(f"{live_server.url}/admin/{path}")
        expect(page.get_by_role("cell").first).to_be_visible()
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) == 0
        cut = "cells => cells.filter((cell) => cell.scrollWidth > cell.clientWidth + 1).length"
        assert page.get_by_role("cell").evaluate_all(cut) == 0


def test_a_name_of_forty_letters_is_shown_whole(sign_in: SignIn, live_server: LiveServer) -> None:
    made = live_server.driver(ONE_WORD)
    order = live_server.order(made["id"], customer={"name": WORDS})
    page = sign_in()

    def shown(path: str, names: list[str]) -> None:
        page.goto(f"{live_server.url}/admin{path}")
        for name in names:
            expect(page.get_by_text(name).first).to_be_visible()
        if path.startswith("?"):
            page.get_by_label("Search orders").fill(order["id"])
            expect(page.locator(".work-row")).to_have_count(1)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(CUT, names) == {"cut": [], "seen": len(names)}, (path, width)

    with driver_socket(live_server, made["token"]):
        shown(f"?order={order['id']}", [ONE_WORD, WORDS])
        shown(f"?driver={made['id']}", [ONE_WORD, WORDS])
        shown(f"/drivers?q={ONE_WORD}", [ONE_WORD])
        shown(f"/orders?q={WORDS}", [ONE_WORD, WORDS])
        shown("/connections", [ONE_WORD])
        shown("/activity", [ONE_WORD])
