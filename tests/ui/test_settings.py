"""The settings page in a real browser: saved, seen by customers, locked, and two admins at once."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from websockets.sync.client import connect

from app.domain.colour import shades
from app.ui.settings.page import older_words
from tests.conftest import QUIET_LIMITS
from tests.domain.pictures import png
from tests.live import LiveServer
from tests.ui.desk import desk, stay, taken_to_sign_in

NAME = "Pâtisserie <b>Ωmega</b> & Töchter 🥐 am Markt"
COLOUR = "#ffb703"
BACK_AND_ANEW = """async () => {
  const away = document.getElementById("popup");
  away.ariaHidden = false;
  away.ariaHidden = true;
  await null;
  location.reload();
}"""
"""As the framework loads a page anew, in browsers that do so a moment after they were told to."""


SLOW_SOCKETS = """
WebSocket = class extends WebSocket {
  send(data) { setTimeout(() => super.send(data), 500); }
};
"""


TO_THE_EDGE = """
(field) => {
  field.focus();
  scrollBy({ top: field.getBoundingClientRect().bottom - innerHeight + 4, behavior: "instant" });
}
"""
CLEAR_OF_THE_FOOT = """
() => {
  const foot = document.querySelector(".settings-foot").getBoundingClientRect();
  return foot.height > 0 && document.activeElement.getBoundingClientRect().bottom <= foot.top;
}
"""


def save(page: Page) -> None:
    page.get_by_role("button", name="Save changes").click()


def saved(page: Page) -> None:
    save(page)
    expect(page.get_by_role("button", name="Save changes")).to_be_hidden()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of this module's own; of the map, the environment sets the attribution alone."""
    folder = tmp_path_factory.mktemp("settings")
    environment = {"ONTHEWAY_TILE_URL": "", "ONTHEWAY_TILE_ATTRIBUTION": "© Somebody"}
    with LiveServer(folder / "data", {**QUIET_LIMITS, **environment}) as server:
        yield server


def test_what_an_admin_saves_is_what_customers_and_colleagues_see(
    chromium: Browser, server: LiveServer, tmp_path: Path
) -> None:
    order = server.order()
    (tmp_path / "logo.png").write_bytes(png(64, 32))
    (tmp_path / "logo.svg").write_text("<svg/>")
    with desk(chromium, server) as admin, desk(chromium, server) as customer:
        page = admin.sign_in("admin", path="/admin/settings")
        live = admin.open("/admin")
        expect(page.get_by_label("Attribution")).to_be_disabled()
        expect(page.get_by_text("Set on the server by ONTHEWAY_TILE_ATTRIBUTION")).to_be_visible()
        page.get_by_label("Business name").fill(NAME)
        page.get_by_label("Colour", exact=True).fill(COLOUR)
        page.locator("input[type=file]").set_input_files(tmp_path / "logo.png")
        expect(page.get_by_alt_text("The logo")).to_be_visible()
        expect(page.get_by_text(f"Light: contrast 4.5 : 1, changed to {light()}")).to_be_visible()
        page.get_by_label("No tiles: a plain ground").check()
        expect(page.get_by_text("4 changes not saved yet")).to_be_visible()
        saved(page)
        expect(page).to_have_title(f"(1) Settings · {NAME}")  # the order has no driver
        expect(live).to_have_title(f"(1) Live · {NAME}")
        expect(page.get_by_text(re.compile("^Changed by admin on"))).to_have_count(4)
        live.get_by_role("link", name="The map has other tiles now").click()
        expect(live.locator(".live")).to_have_attribute("data-tile-url", "")
        shown = customer.open(f"/track/{order['trackingToken']}")
        expect(shown.locator(".track-shop")).to_have_text(NAME)
        logo = shown.locator(".track-logo")
        expect(logo).to_have_js_property("naturalWidth", 64)
        assert accent(shown) == light()
        shown.emulate_media(color_scheme="dark")
        assert accent(shown) == COLOUR
        page.reload()
        expect(page.get_by_label("Business name")).to_have_value(NAME)
        expect(page.get_by_alt_text("The logo")).to_have_js_property("naturalWidth", 64)


def test_what_is_typed_before_the_pages_socket_is_there_is_kept(
    chromium: Browser, server: LiveServer
) -> None:
    with desk(chromium, server) as mine:
        mine.sign_in("admin", path="/admin/account")
        page = mine.context.new_page()
        page.add_init_script(SLOW_SOCKETS)
        page.goto(f"{server.url}/admin/settings")
        page.get_by_label("Late after minutes").fill("7")
        saved(page)
        page.reload()
        expect(page.get_by_label("Late after minutes")).to_have_value("7")


def test_an_admin_chooses_from_when_on_customers_see_each_part_of_the_courier(
    chromium: Browser, server: LiveServer
) -> None:
    driver = server.driver("Ana")
    order = server.order(driver["id"])
    server.update(order["id"], "in_transit")
    with desk(chromium, server) as admin, desk(chromium, server) as customer:
        shown = customer.open(f"/track/{order['trackingToken']}")
        expect(shown.locator("h1")).to_have_text("Ana is on the way.")
        fresh = shown.locator("#track-fresh")
        expect(fresh).to_have_text("waiting for the first sign of the courier")
        page = admin.sign_in("admin", path="/admin/settings")
        page.get_by_label("First name and vehicle").select_option(label="Once it is almost there")
        page.get_by_label("Where the courier is").select_option(label="Never")
        saved(page)
        expect(shown.locator("h1")).to_have_text("Your order is on the way.")
        server.update(order["id"], "arriving")
        expect(shown.locator("h1")).to_have_text("Almost there: Ana is around the corner.")
        shown.reload()
        expect(shown.locator("h1")).to_have_text("Almost there: Ana is around the corner.")
        expect(fresh).to_be_hidden()


def test_an_order_is_arriving_by_itself_once_an_admin_says_how_near(
    chromium: Browser, server: LiveServer
) -> None:
    driver = server.driver()
    order = server.order(driver["id"], destination={"lat": 48.1, "lng": 11.5})
    server.update(order["id"], "in_transit")
    phone_url = f"{server.ws}/ws/driver?token={driver['token']}"
    with desk(chromium, server) as admin, connect(phone_url, proxy=None) as phone:
        page = admin.sign_in("admin", path="/admin/settings")
        page.get_by_label("Arriving within metres").evaluate(TO_THE_EDGE)
        page.keyboard.press("Control+A")
        page.keyboard.type("200")
        page.wait_for_function(CLEAR_OF_THE_FOOT)
        saved(page)
        phone.send(json.dumps({"lat": 48.1, "lng": 11.501}))
        card = admin.open(f"/admin?order={order['id']}")
        line = card.locator(".status-arriving").filter(has_text="within 200 m")
        expect(line).to_contain_text("by this server")


def test_one_day_is_asked_about_as_one() -> None:
    assert older_words("positions", 1) == "positions older than 1 day"
    assert older_words("messages and notes", 30) == "messages and notes older than 30 days"


def light() -> str:
    return shades(COLOUR).light.colour


def accent(page: Page) -> Any:
    style = "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
    return page.evaluate(style)


def test_of_two_admins_the_second_is_told_and_nothing_is_lost(
    chromium: Browser, server: LiveServer
) -> None:
    with desk(chromium, server) as first, desk(chromium, server) as second:
        ana = first.sign_in("admin", path="/admin/settings")
        ben = second.sign_in("admin", path="/admin/settings")
        ben.get_by_label("Business name").fill("Ben's")
        expect(ben.get_by_text("1 change not saved yet")).to_be_visible()
        ana.get_by_label("Business name").fill("Ana's")
        ana.get_by_label("No signal after seconds").fill("90")
        saved(ana)
        expect(ben.get_by_label("No signal after seconds")).to_have_value("90")
        expect(ben.get_by_label("Business name")).to_have_value("Ben's")
        save(ben)
        expect(ben.get_by_role("alert").filter(has_text="It is “Ana's” now")).to_be_visible()
        saved(ben)
        expect(ana.get_by_label("Business name")).to_have_value("Ben's")
        ana.get_by_label("Keep positions for days").fill("30")
        save(ana)
        question = ana.get_by_role("dialog", name="Delete all positions older than 30 days?")
        question.get_by_role("button", name="Cancel").click()
        expect(ana.get_by_role("dialog")).to_have_count(0)
        ana.get_by_label("Keep positions for days").fill("-1")
        save(ana)
        expect(ana.get_by_role("alert").filter(has_text="0 to 3650")).to_be_visible()
        ana.get_by_role("button", name="Discard").click()
        expect(ana.get_by_label("Keep positions for days")).to_have_value("0")

        asked = stay(ben)
        ben.get_by_label("Business name").fill("Half a name")
        expect(ben.get_by_text("1 change not saved yet")).to_be_visible()
        ben.evaluate(BACK_AND_ANEW)
        expect(ben.get_by_label("Business name")).to_have_value("Ben's")
        assert asked == []

        asked = stay(ana)
        ana.get_by_label("Business name").fill("Half a name")
        expect(ana.get_by_text("1 change not saved yet")).to_be_visible()
        with ana.expect_event("dialog"):
            ana.get_by_role("link", name="Orders").click()
        expect(ana).to_have_url(re.compile("/admin/settings$"))
        expect(ana.get_by_label("Business name")).to_have_value("Half a name")
        first.open("/admin/account").get_by_role("button", name="Sign out").click()
        taken_to_sign_in(ana)
        assert asked == ["beforeunload"]
