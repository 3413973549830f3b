"""The page of orders in a real browser: imported, sorted, picked, exported; edited by two."""

import csv
import io
import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.live import LiveServer
from tests.ui.customer import midday_zone
from tests.ui.desk import choose_driver, desk

FILE = """Order;Customer;Address;Lat;Lng;Promised from;Promised until;Driver
I-1;Zoë <b>Müller</b>;Marienplatz 8;48,1374;11,5755;2030-01-01 10:00;2030-01-01 10:30;bulk driver
I-2;=cmd();Sendlinger Str. 2;;;2030-01-01 09:00;2030-01-01 09:30;
I 3;bad id;;91;0;;;
I-1;twice;;;;;;
I-4;nobody drives;;;;;;Nemo
I-5;Ada;;;;;;
"""
TYPES_AS_IT_CHANGES = """(field, text) => {
  const look = () => {
    if (!field.value) return requestAnimationFrame(look);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  look();
}"""
"""Types into an empty field in the very moment in which the server writes into it."""
PIN_IN_SIGHT = """() => {
  const pin = document.querySelector(".picker .pin svg")?.getBoundingClientRect();
  const map = document.querySelector(".picker .leaflet-container")?.getBoundingClientRect();
  return pin && map && pin.top >= map.top && pin.bottom <= map.bottom && pin.left >= map.left;
}"""


def row(page: Page, text: str) -> Locator:
    """The row of the table that holds this text."""
    return page.get_by_role("table", name="Orders").get_by_role("row").filter(has_text=text)


def test_a_file_is_looked_at_imported_sorted_picked_and_exported(
    chromium: Browser, live_server: LiveServer
) -> None:
    driver = live_server.driver("Bulk Driver")["name"]
    with desk(chromium, live_server) as mine:
        page = mine.sign_in("dispatcher", path="/admin/orders")
        page.get_by_role("button", name="Import").click()
        dialog = page.get_by_role("dialog", name="Import orders")
        expect(dialog.get_by_role("button", name="Choose a file")).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        page.keyboard.press("Enter")  # the focus is where it was
        expect(dialog.get_by_role("button", name="Choose a file")).to_be_visible()
        field = page.locator("input[type=file]")
        field.set_input_files(
            {"name": "a.csv", "mimeType": "text/csv", "buffer": FILE.encode("latin-1")}
        )
        expect(dialog.get_by_role("alert").last).to_contain_text("line 2")
        field.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": FILE.encode()})
        expect(dialog.get_by_role("status").first).to_have_text(
            "3 orders can be imported, 3 lines cannot. Nothing is stored yet."
        )
        page.keyboard.press("Escape")  # what was read is kept
        reasons = dialog.get_by_role("table", name="Cannot be imported")
        for line, field_name in (("Line 4", "order"), ("Line 4", "lat"), ("Line 5", "order")):
            named = reasons.get_by_role("row").filter(has_text=line).filter(has_text=field_name)
            expect(named.first).to_be_visible()
        expect(reasons).to_contain_text("There is no driver Nemo.")
        dialog.get_by_role("button", name="To import").click()
        good = dialog.get_by_role("table", name="To import").get_by_role("row")
        expect(good.filter(has_text="I-1")).to_contain_text(driver)
        assert live_server.api.get("/api/v1/orders/I-1").status_code == 404
        live_server.order(id="I-5")
        dialog.get_by_role("button", name="Import 3 orders").click()
        expect(dialog).to_contain_text("2 orders imported, 1 refused.")
        expect(dialog).to_contain_text("Line 7, #I-5")
        expect(dialog).to_contain_text("4 lines of the file were left out.")
        page.keyboard.press("Escape")
        with page.expect_download() as saved:
            dialog.get_by_role("button", name="Download these lines").click()
        text = saved.value.path().read_text(encoding="utf-8-sig")
        left = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        assert [line["Order"] for line in left] == ["I 3", "I-1", "I-4", "I-5"]
        assert left[2]["problem"] == "driver: There is no driver Nemo."
        assert left[3]["problem"].startswith("There is an order I-5 already")
        dialog.get_by_role("button", name="Done").click()
        expect(dialog).to_have_count(0)
        made = live_server.api.get("/api/v1/orders/I-1").json()
        assert made["customer"]["name"] == "Zoë <b>Müller</b>"
        assert made["destination"] == {"lat": 48.1374, "lng": 11.5755, "address": "Marienplatz 8"}

        page.get_by_role("searchbox").or_(page.get_by_label("Search")).first.fill("I-")
        page.get_by_role("button", name="Promised").click()
        expect(page).to_have_url(re.compile("sort=promised"))
        expect(page.locator(".row-link").first).to_have_text("I-2")
        expect(page.get_by_role("columnheader", name="Promised")).to_have_attribute(
            "aria-sort", "ascending"
        )
        expect(page.locator(".row-link").nth(1)).to_have_text("I-1")
        heads = page.get_by_role("columnheader")
        assert heads.filter(has=page.locator("button.sort")).count() == 7
        by_driver = heads.filter(has_text="Driver")
        by_driver.get_by_role("button").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("sort=driver"))
        expect(by_driver).to_have_attribute("aria-sort", "ascending")

        for order in ("I-1", "I-2"):
            page.get_by_label(f"Select {order}").check()
        live_server.update("I-1", "delivered")
        expect(row(page, "I-1")).to_contain_text("Delivered")
        bar = page.get_by_role("region", name="Selected orders")
        expect(bar).to_contain_text("2 selected")
        with page.expect_download() as saved:
            bar.get_by_role("button", name="Export").click()
        text = saved.value.path().read_text(encoding="utf-8-sig")
        assert [line["order"] for line in csv.DictReader(io.StringIO(text))] == ["I-1", "I-2"]
        assert "'=cmd()" in text
        bar.get_by_role("button", name="Assign").click()
        question = page.get_by_role("dialog", name="Assign 2 orders", exact=True)
        choose_driver(question, driver)
        question.get_by_role("button", name="Assign").click()
        work = page.get_by_role("dialog", name=f"Assign 2 orders to {driver}")
        expect(work).to_contain_text(
            "1 order assigned, 1 left alone because somebody changed it meanwhile."
        )
        expect(work.get_by_role("table")).to_contain_text("#I-1")
        expect(work.get_by_role("table")).to_contain_text("it is delivered")
        work.get_by_role("button", name="Done").click()
        expect(bar).to_contain_text("1 selected")  # the one that was left alone
        expect(row(page, "I-2")).to_contain_text(driver)

        with page.expect_download() as saved:
            page.get_by_role("link", name="Export").click()
        text = saved.value.path().read_text(encoding="utf-8-sig")
        lines = {line["order"]: line for line in csv.DictReader(io.StringIO(text))}
        assert lines["I-2"]["driver"] == driver
        assert lines["I-2"]["promised_from"] == "2030-01-01T09:00:00+00:00"


def test_orders_are_listed_by_their_day_and_by_being_late(
    chromium: Browser, live_server: LiveServer
) -> None:
    live_server.order(
        id="Day-1", window={"from": "2020-05-01T10:00:00Z", "to": "2020-05-01T11:00:00Z"}
    )
    live_server.order(id="Day-2")
    with desk(chromium, live_server, timezone_id=midday_zone()) as mine:
        page = mine.sign_in("viewer", path="/admin/orders?q=Day-")
        shown, export = page.locator(".row-link"), page.get_by_role("link", name="Export")
        expect(row(page, "Day-1")).to_contain_text(" d late")
        expect(row(page, "Day-2")).not_to_contain_text("late")
        expect(page.locator(".pager")).to_contain_text("2 orders")
        page.get_by_role("button", name="Late").click()
        expect(page).to_have_url(re.compile("status=late"))
        expect(shown).to_have_text(["Day-1"])
        expect(export).to_have_attribute("href", re.compile("late=true"))
        page.get_by_label("Day", exact=True).select_option("today")
        expect(page.get_by_role("heading", name="No order fits")).to_be_visible()
        page.get_by_role("button", name="All", exact=True).click()
        expect(page).to_have_url(re.compile("day=today"))
        expect(shown).to_have_text(["Day-2"])
        page.get_by_label("Day", exact=True).select_option("own")
        first = page.get_by_label("First day")
        first.evaluate("field => { field.value = '2019-12-31' }")  # typed, and not told yet
        live_server.order(id="Day-3")
        expect(row(page, "Day-3")).to_be_visible()
        expect(first).to_have_value("2019-12-31")
        first.fill("2020-05-01")
        page.get_by_label("Last day").fill("2020-05-01")
        expect(page).to_have_url(re.compile("from=2020-05-01&to=2020-05-01"))
        page.reload()
        expect(page.get_by_label("First day")).to_have_value("2020-05-01")
        expect(shown).to_have_text(["Day-1"])
        expect(export).to_have_attribute("href", re.compile("from=2020-05-01&to=2020-05-01"))


def test_what_is_picked_stays_picked_in_its_tab_while_one_looks_at_an_order(
    chromium: Browser, live_server: LiveServer
) -> None:
    first, second, third = [
        live_server.order(customer={"name": "Picked"}, id=f"P-{number}")["id"] for number in "123"
    ]
    with desk(chromium, live_server) as mine:
        page = mine.sign_in("dispatcher", path="/admin/orders?q=picked")
        bar = page.get_by_role("region", name="Selected orders")
        for order in (first, second, third):
            page.get_by_label(f"Select {order}").check()
        expect(bar).to_contain_text("3 selected")
        page.get_by_role("link", name=first).click()
        card = page.get_by_role("complementary", name="Details")
        expect(card).to_contain_text(f"#{first}")
        note = f"/api/v1/orders/{first}"
        assert live_server.api.patch(note, json={"note": "as the card shows"}).is_success
        expect(card).to_contain_text("as the card shows")
        live_server.update(second, "cancelled")
        assert live_server.api.patch(f"/api/v1/orders/{third}", json={"note": "unseen"}).is_success

        page.go_back()
        expect(bar).to_contain_text("2 selected")
        told = page.get_by_text(
            f"1 selected order ended meanwhile and is selected no more: #{second}."
        )
        expect(told).to_be_visible()
        expect(page.get_by_label(f"Select {first}")).to_be_checked()
        expect(page.get_by_label(f"Select {second}")).not_to_be_checked()
        bar.get_by_role("button", name="Cancel orders").click()
        question = page.get_by_role("dialog", name="Cancel 2 orders?")
        question.get_by_role("button", name="Cancel orders").click()
        work = page.get_by_role("dialog", name="Cancel 2 orders", exact=True)
        expect(work).to_contain_text("1 order cancelled, 1 left alone")
        expect(work.get_by_role("table")).to_contain_text(f"#{third}")
        work.get_by_role("button", name="Done").click()
        expect(bar).to_contain_text("1 selected")

        elsewhere = mine.open("/admin/orders?q=picked")  # another tab
        expect(elsewhere.get_by_label(f"Select {third}")).not_to_be_checked()
        bar.get_by_role("button", name="Cancel orders").click()
        page.get_by_role("button", name="Cancel order", exact=True).click()
        work = page.get_by_role("dialog", name="Cancel 1 order", exact=True)
        expect(work).to_contain_text("1 order cancelled.")
        page.get_by_role("button", name="Done").click()
        page.get_by_label(f"Select {first}").check()
        expect(bar).to_contain_text("1 selected")
        mine.sign_in("admin", path="/login")  # somebody else in the same tab
        page.goto(f"{live_server.url}/admin/orders?q=picked")
        page.get_by_label(f"Select {second}").check()
        expect(bar).to_contain_text("1 selected")
        expect(page.get_by_label(f"Select {first}")).not_to_be_checked()


def test_of_two_who_edit_one_order_the_second_is_told_and_nothing_is_lost(
    chromium: Browser, live_server: LiveServer
) -> None:
    made = live_server.order(
        customer={"name": "Ada", "phone": "+49 89 1"},
        note="ring",
        destination={"lat": 48.2, "lng": 11.6},
    )
    order = made["id"]
    live_server.order(
        destination={"lat": 48.1915, "lng": 11.6}
    )  # a newer one, a little to the south

    def edit(page: Page) -> Locator:
        page.get_by_role("button", name="Edit").click()
        dialog = page.get_by_role("dialog", name=f"Edit #{order}")
        page.wait_for_function(PIN_IN_SIGHT)
        expect(dialog.get_by_label("Note for the driver")).to_have_value("ring")
        return dialog

    with desk(chromium, live_server) as first, desk(chromium, live_server) as second:
        mine = first.sign_in("admin", path=f"/admin?order={order}")
        hers = second.sign_in("dispatcher", path=f"/admin?order={order}")
        expect(mine.locator(".link-send a").last).to_be_visible()
        hrefs = mine.locator(".link-send a").evaluate_all("all => all.map((a) => a.href)")
        assert any(href.startswith("sms:+49891?body=Follow%20your") for href in hrefs)
        assert any(href.startswith("mailto:?subject=") for href in hrefs)
        one, two = edit(mine), edit(hers)
        two.get_by_label("Phone").fill("+49 89 2")
        two.get_by_label("Note for the driver").fill("ring twice")
        link = "https://maps.apple.com/?ll=48.5,11.5"
        two.get_by_label("Place of the destination").fill(link)
        one.get_by_label("Customer").fill("Ada Lovelace")
        one.get_by_label("Note for the driver").fill("do not ring")
        one.get_by_label("Address", exact=True).fill("Street 1")
        one.get_by_label("Email").fill("ada@example.org")
        two.get_by_label("Email").evaluate(TYPES_AS_IT_CHANGES, "bea@example.org")
        one.get_by_role("button", name="Save").click()
        expect(one).to_have_count(0)

        told = two.get_by_role("status")
        expect(told).to_contain_text(re.compile(r"admin changed the name at \d\d:\d\d"))
        expect(two.get_by_label("Customer")).to_have_value("Ada Lovelace")
        expect(two.get_by_label("Phone")).to_have_value("+49 89 2")
        note, place = (told.get_by_role("group", name=name) for name in ("Note", "Destination"))
        expect(note).to_contain_text(
            re.compile(r"admin changed it at \d\d:\d\d to .do not ring.\.")
        )
        crossed = told.get_by_role("group", name="Email")
        crossed.get_by_role("button", name="Keep mine").click()
        expect(crossed).to_have_count(0)
        expect(two.get_by_label("Email")).to_have_value("bea@example.org")
        save = two.get_by_role("button", name="Save")
        save.click()
        expect(two.get_by_role("alert").last).to_contain_text("Nothing is stored yet")
        place.get_by_role("button", name="Use theirs").click()
        expect(two.get_by_label("Address", exact=True)).to_have_value("Street 1")
        expect(two.get_by_label("Place of the destination")).to_have_value("48.2, 11.6")
        note.get_by_role("button", name="Keep mine").click()
        expect(note).to_have_count(0)
        expect(two.locator(".dialog-wrong")).to_have_text("")
        save.click()
        expect(two).to_have_count(0)
    there = live_server.api.get(f"/api/v1/orders/{order}").json()
    assert there["note"] == "ring twice"
    assert there["destination"] == {"lat": 48.2, "lng": 11.6, "address": "Street 1"}
    customer = {"name": "Ada Lovelace", "phone": "+49 89 2", "email": "bea@example.org"}
    assert there["customer"] == customer
