"""What is done with orders in a real browser: found by address, all picked, linked to."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import QUIET_LIMITS
from tests.geocoder_stand_in import GeocoderStandIn
from tests.live import LiveServer
from tests.ui.desk import PHONE, choose_driver, desk
from tests.ui.faulty import SLOW


@pytest.fixture(scope="module")
def geocoder() -> Iterator[GeocoderStandIn]:
    """A server that knows addresses."""
    with GeocoderStandIn() as server:
        yield server


@pytest.fixture(scope="module")
def server(
    geocoder: GeocoderStandIn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """A server that asks it, has one mistake, and is slow with some orders."""
    settings = {**QUIET_LIMITS, "ONTHEWAY_GEOCODER_URL": geocoder.url}
    folder = tmp_path_factory.mktemp("deeds")
    with LiveServer(folder / "data", settings, "tests.ui.faulty") as running:
        yield running


def new_order(page: Page) -> Locator:
    """The form of a new order."""
    page.get_by_role("button", name="New order").click()
    return page.get_by_role("dialog", name="New order")


def test_a_place_is_found_by_its_address(
    chromium: Browser, server: LiveServer, geocoder: GeocoderStandIn
) -> None:
    with desk(chromium, server, viewport=PHONE) as mine:
        page = mine.sign_in("dispatcher", path="/admin/orders")
        form = new_order(page)
        field = form.get_by_label("Address", exact=True)
        find = form.get_by_role("button", name="Find").first
        news = form.get_by_role("status").first
        find.click()
        expect(news).to_have_text("Please type an address first.")
        field.fill("Marienplatz 8")
        find.click()
        expect(news).to_have_text("Which one is it?")
        assert geocoder.asked[-1]["q"] == "Marienplatz 8"
        assert server.url in geocoder.agents[-1]
        offered = form.locator(".found-place")
        expect(offered.first).to_contain_text("<b>Altstadt</b>")
        expect(form).to_contain_text("© OpenStreetMap contributors")
        offered.first.click()
        expect(offered.first).to_be_hidden()
        place = form.get_by_label("Place of the destination")
        expect(place).to_have_value("48.1373968, 11.5754485")
        expect(form.get_by_role("img", name="Destination")).to_be_visible()
        expect(field).to_have_value("Marienplatz 8")

        geocoder.status = 429
        field.fill("Marienplatz 9")
        find.click()
        expect(news).to_contain_text("takes no more questions")
        geocoder.status, geocoder.answer = 200, b"[]"
        find.click()
        expect(news).to_contain_text("Nothing was found")
        form.get_by_label("Order number").fill("FOUND")
        form.get_by_role("button", name="Create order").click()
        expect(form).to_have_count(0)
    made = server.api.get("/api/v1/orders/FOUND").json()
    assert made["destination"] == {
        "lat": 48.1373968,
        "lng": 11.5754485,
        "address": "Marienplatz 9",
    }


def test_without_such_a_server_there_is_no_button(
    chromium: Browser, live_server: LiveServer
) -> None:
    with desk(chromium, live_server) as mine:
        form = new_order(mine.sign_in("dispatcher", path="/admin/orders"))
        expect(form.get_by_label("Address", exact=True)).to_be_visible()
        expect(form.get_by_role("button", name="Find")).to_have_count(0)


def test_all_that_fit_are_picked_and_a_mistake_leaves_the_rest_and_a_way_out(
    chromium: Browser, server: LiveServer
) -> None:
    driver = server.driver("Bulk Driver")
    for _ in range(30):
        server.order(customer={"name": "Everybody"})
    server.order(id="BROKEN-1", customer={"name": "Everybody"})
    for _ in range(30):
        server.order(customer={"name": "Everybody"})
    server.order(customer={"name": "Somebody else"})
    with desk(chromium, server) as mine:
        page = mine.sign_in("dispatcher", path="/admin/orders?q=everybody")
        page.get_by_label("All rows of this page").check()
        bar = page.get_by_role("region", name="Selected orders")
        expect(bar).to_contain_text("50 selected")
        bar.get_by_role("button", name="Select all that fit").click()
        expect(bar).to_contain_text("61 selected, 11 not shown")
        expect(page.get_by_text("61 orders that fit are selected.")).to_be_visible()
        bar.get_by_role("button", name="Assign").click()
        question = page.get_by_role("dialog", name="Assign 61 orders", exact=True)
        question.get_by_role("button", name="Assign").click()
        expect(question.get_by_text("Choose a driver, or nobody.")).to_be_visible()
        choose_driver(question, "Bulk Driver")
        expect(question.get_by_text("Choose a driver, or nobody.")).to_be_hidden()
        question.get_by_role("button", name="Assign").click()
        work = page.get_by_role("dialog", name="Assign 61 orders to Bulk Driver")
        told = work.get_by_role("status").first
        expect(told).to_have_text(
            "49 orders assigned, 1 refused. Something went wrong, so it ended here. "
            "11 were not tried and are as they were. The server's log has the error.",
        )
        expect(work.get_by_role("table", name="Refused")).to_contain_text("#BROKEN-1")
        work.get_by_role("button", name="Done").click()
        expect(work).to_have_count(0)
        expect(bar).to_contain_text("12 selected")  # what was refused, or not tried
    his = server.listed("/orders", driverId=driver["id"], limit=100)
    assert len(his) == 49
    assert "a deed on many broke off" in server.log()
    assert "a mistake of ours" in server.log()


def halted(work: Locator, word: str, total: int) -> int:
    """Stop it once it is under way; how many it then says were done."""
    expect(work.get_by_role("progressbar")).to_be_visible()
    work.get_by_role("button", name="Stop").click()
    told = work.get_by_role("status").filter(has_text="Stopped").first
    expect(told).to_be_visible()
    found = re.match(rf"([\d,]+) orders? {word}\. Stopped: ([\d,]+) were not", told.inner_text())
    assert found is not None, told.inner_text()
    done, left = (int(count.replace(",", "")) for count in found.groups())
    assert done + left == total
    work.get_by_role("button", name="Done").click()
    expect(work).to_have_count(0)
    return done


def test_an_import_and_a_deed_on_many_are_stopped_half_way_and_say_what_was_done(
    chromium: Browser, server: LiveServer
) -> None:
    lines = "\n".join(f"{SLOW}-{number},Half-way" for number in range(100))
    text = f"order,customer\n{lines}".encode()
    with desk(chromium, server) as mine:
        page = mine.sign_in("dispatcher", path="/admin/orders?q=half-way")
        page.get_by_role("button", name="Import").click()
        page.locator("input[type=file]").set_input_files(
            {"name": "a.csv", "mimeType": "text/csv", "buffer": text}
        )
        page.get_by_role("button", name="Import 100 orders").click()
        work = page.get_by_role("dialog", name="Import orders")
        expect(work.get_by_role("status")).to_have_text("25 of 100")
        made = halted(work, "imported", 100)
        assert made == 50
        assert len(server.listed("/orders", q="half-way")) == made

        page.get_by_label("All rows of this page").check()
        page.get_by_role("button", name="Cancel orders").click()
        question = page.get_by_role("dialog", name="Cancel 50 orders?")
        question.get_by_role("button", name="Keep orders").click()
        expect(question).to_have_count(0)
        page.get_by_role("button", name="Cancel orders").click()
        question.get_by_role("button", name="Cancel orders").click()
        work = page.get_by_role("dialog", name="Cancel 50 orders", exact=True)
        cancelled = halted(work, "cancelled", 50)
        assert cancelled == 25
        expect(page.get_by_role("region", name="Selected orders")).to_contain_text("25 selected")
    states = [order["status"] for order in server.listed("/orders", q="half-way")]
    assert states.count("cancelled") == cancelled


def test_who_asks_for_a_status_is_told_when_somebody_else_was_quicker(
    chromium: Browser, live_server: LiveServer
) -> None:
    order = live_server.order(live_server.driver()["id"])["id"]
    with desk(chromium, live_server) as mine:
        page = mine.sign_in("dispatcher", path=f"/admin?order={order}")
        page.get_by_role("button", name="Change status").click()
        page.get_by_role("menuitem", name="Cancelled").click()
        question = page.get_by_role("dialog", name=f"Cancel #{order}?")
        expect(question).to_be_visible()
        live_server.update(order, "in_transit")
        card = page.get_by_role("complementary", name="Details")
        expect(card.locator(".status-in_transit").first).to_be_attached()
        question.get_by_role("button", name="Cancel order").click()
        expect(question.get_by_role("alert")).to_have_text("The order is in transit by now.")
        question.get_by_role("button", name="Cancel order").click()
        expect(question).to_have_count(0)
    assert live_server.events(order)[-1]["status"] == "cancelled"


def test_the_card_names_a_driver_who_was_removed(
    chromium: Browser, live_server: LiveServer
) -> None:
    driver = live_server.driver("Gone <b>Girl</b>")["id"]
    order = live_server.order(driver)["id"]
    live_server.update(order, "delivered")
    assert live_server.api.delete(f"/api/v1/drivers/{driver}").is_success
    with desk(chromium, live_server) as mine:
        page = mine.sign_in("dispatcher", path=f"/admin?order={order}")
        field = page.get_by_role("combobox", name="Driver", exact=True)
        expect(field).to_have_value("Gone <b>Girl</b> (removed)")
        expect(field).to_be_disabled()


def test_who_gives_an_order_is_asked_when_somebody_else_was_quicker(
    chromium: Browser, live_server: LiveServer
) -> None:
    ana, grace = live_server.driver("Quick Ana")["id"], live_server.driver("Late <b>Grace</b>")
    order = live_server.order(destination={"lat": 48.2, "lng": 11.6})["id"]
    seen = {"lat": 48.21, "lon": 11.6, "speed": 5}
    assert live_server.api.get(f"/ingest/{grace['token']}", params=seen).is_success
    with desk(chromium, live_server) as mine:
        page = mine.sign_in("dispatcher", path=f"/admin?order={order}")
        card = page.get_by_role("complementary", name="Details")
        field = card.get_by_role("combobox", name="Driver", exact=True)
        field.click()
        live_server.api.post(f"/api/v1/orders/{order}/assign", json={"driverId": ana})
        expect(card.locator(".history .status-assigned")).to_be_attached()
        field.fill("Grace")
        expect(page.get_by_role("option", name="Grace")).to_contain_text("Moving · 1.1 km away")
        choose_driver(card, grace["name"], at_once=False)
        question = page.get_by_role("dialog", name=f"Assign #{order}")
        expect(question).to_contain_text(
            "API key admin gave it to Quick Ana a moment ago. Give it to Late <b>Grace</b>?"
        )
        expect(field).to_have_value("Quick Ana")
        live_server.update(order, "picked_up")
        question.get_by_role("button", name="Assign").click()
        expect(question).to_contain_text("It is picked up by now. Give it to Late <b>Grace</b>?")
        assert live_server.api.get(f"/api/v1/orders/{order}").json()["driverId"] == ana
        question.get_by_role("button", name="Assign").click()
        expect(question).to_have_count(0)
        expect(field).to_have_value(grace["name"])
        assert live_server.api.get(f"/api/v1/orders/{order}").json()["driverId"] == grace["id"]

        live_server.api.patch(f"/api/v1/drivers/{ana}", json={"onDuty": False})
        field.click()
        expect(page.get_by_role("option", name="Late")).to_be_visible()  # the near one comes first
        field.fill("Ana")
        expect(page.get_by_role("option", name="Quick Ana")).to_contain_text("Off duty")
        choose_driver(card, "Quick Ana", at_once=False)
        expect(question).to_contain_text("Quick Ana is off duty.")
        question.get_by_role("button", name="Leave it").click()
        expect(field).to_have_value(grace["name"])
        choose_driver(card, "Quick Ana", at_once=False)
        question.get_by_role("button", name="Assign").click()
        expect(field).to_have_value("Quick Ana")


def test_links_are_made_for_a_time_renewed_and_shown_as_a_code(
    chromium: Browser, live_server: LiveServer
) -> None:
    order = live_server.order(customer={"name": "Jonas"})

    def links() -> list[dict[str, str | None]]:
        return live_server.listed(f"/orders/{order['id']}/links")

    with desk(chromium, live_server) as mine:
        page = mine.sign_in("dispatcher", path=f"/admin?order={order['id']}")
        card = page.get_by_role("complementary", name="Details")
        valid = card.get_by_role("group", name="Link")
        expect(valid).to_contain_text("Valid until 2 hours after the order ends")
        valid.get_by_role("button", name="QR code").click()
        code = page.get_by_role("dialog", name=re.compile("Link of"))
        expect(code.get_by_alt_text("QR code of the link")).to_have_js_property("complete", True)
        expect(code.get_by_label("Link")).to_have_text(order["trackingUrl"])
        code.get_by_role("button", name="Done").click()
        expect(code).to_have_count(0)

        valid.get_by_role("button", name="Renew").click()
        form = page.get_by_role("dialog", name=re.compile("Renew the link"))
        form.get_by_label("Valid", exact=True).select_option(label="For a day")
        form.get_by_role("button", name="Renew link").click()
        expect(form).to_have_count(0)
        expect(valid).to_have_count(1)
        expect(valid).to_contain_text(re.compile(r"Valid until \d"))
        expect(card).to_contain_text("Revoked")
        assert live_server.api.get(f"/track/{order['trackingToken']}").status_code == 410

        card.get_by_role("button", name="New link").click()
        form = page.get_by_role("dialog", name=re.compile("New link for"))
        form.get_by_label("Valid", exact=True).select_option(label="Until a time of your own")
        until = form.get_by_label("Valid until")
        until.fill("2020-01-01T10:00")
        form.get_by_role("button", name="Make link").click()
        expect(form.get_by_role("alert")).to_contain_text("This time is over")
        tomorrow = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 90_000))
        until.fill(tomorrow)
        form.get_by_role("button", name="Make link").click()
        expect(form).to_have_count(0)
        expect(valid).to_have_count(2)
    newest, renewed, first = sorted(links(), key=lambda link: str(link["createdAt"]), reverse=True)
    assert str(newest["expiresAt"]).startswith(tomorrow)
    assert renewed["expiresAt"] is not None
    assert first["revokedAt"] is not None
