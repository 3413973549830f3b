"""What the live page shows of the order whose card is open: on the map, and as things to do."""

import re
from typing import Final

from playwright.sync_api import expect

from tests.live import LiveServer
from tests.ui.desk import choose_driver
from tests.ui.fleet_map import HEAD, MAP, expect_colour
from tests.ui.test_live import DOOR, FAR, Sit, dialog, drawer, phone, row, send_fix, sit

__all__ = ["sit"]

DOOR_PLACE: Final = (48.1461, 11.5829)
SHOP_PLACE: Final = (48.1201, 11.5229)
SHOP: Final = dict(zip(("lat", "lng"), SHOP_PLACE, strict=True))
HOUR: Final = 3_600
TOAST: Final = ".toast:not([class*=leave-active])"


def test_a_finished_order_shows_its_door_its_pick_up_and_its_whole_way(
    live_server: LiveServer, sit: Sit
) -> None:
    driver, other = live_server.driver("Done Dina"), live_server.driver("Far Fred")
    order = live_server.order(driver["id"], destination=DOOR, pickup=SHOP)["id"]
    with phone(live_server, driver) as socket, phone(live_server, other) as far:
        send_fix(far, *FAR)
        for age, lat, lng in ((10 * HOUR, *SHOP_PLACE), (10 * HOUR - 20, 48.1203, 11.5235)):
            send_fix(socket, lat, lng, orderId=order, age=age)
        send_fix(socket, 48.1460, 11.5828, orderId=order, age=9 * HOUR)
        live_server.update(order, "delivered")
        page = sit(live_server).sign_in("viewer", path=f"/admin?order={order}")
        about = page.get_by_role("status").filter(has_text="Way of")
        expect(about).to_contain_text(re.compile(rf"Way of #{order}: .+ 50 m · dashed: no signal"))
        expect(page.get_by_role("img", name=f"Pick-up of #{order}")).to_be_in_viewport()
        page.wait_for_function(f"(place) => {MAP}.getBounds().contains(place)", arg=SHOP_PLACE)
        assert page.evaluate(f"() => {MAP}.getZoom()") >= 12
        expect_colour(page, "--accent", DOOR_PLACE, HEAD)
        expect(page.locator(".route-gap")).to_have_attribute("d", re.compile("^M.*L"))
        page.keyboard.press("Escape")
        expect(about).to_have_count(0)
        expect(page.get_by_role("img", name=f"Pick-up of #{order}")).to_have_count(0)


def test_an_order_without_a_driver_has_its_main_act_on_top_of_its_card(
    live_server: LiveServer, sit: Sit
) -> None:
    customer = {"name": "Not Yet", "phone": "+49 89 12345", "email": "a@x.example?bcc=b@x.example"}
    order = live_server.order(customer=customer)["id"]
    driver = live_server.driver("Willing Will")
    live_server.api.patch(f"/api/v1/drivers/{driver['id']}", json={"phone": "0151 234"})
    page = sit(live_server).sign_in("dispatcher", path=f"/admin?order={order}")
    card = drawer(page)
    assign = card.get_by_role("button", name="Assign driver")
    expect(assign).to_have_class(re.compile("btn-primary"))
    box = assign.bounding_box()
    assert box is not None
    assert box["y"] < 250
    called = card.get_by_role("link", name="+49 89 12345")
    expect(called).to_have_attribute("href", "tel:+498912345")
    expect(card.locator("dd", has_text="a@x.example?bcc=b@x.example")).to_be_visible()
    expect(card.get_by_role("link", name="a@x.example")).to_have_count(0)
    assign.click()
    field = card.get_by_role("combobox", name="Driver", exact=True)
    expect(field).to_be_focused()
    page.keyboard.type("Willing")
    card.get_by_role("option", name="Willing Will").click()
    expect(assign).to_have_count(0)
    expect(card.locator(".status").first).to_contain_text("Assigned")
    expect(card.get_by_role("link", name="0151 234")).to_have_attribute("href", "tel:0151234")
    assert live_server.api.get(f"/api/v1/orders/{order}").json()["driverId"] == driver["id"]


def test_what_was_just_done_is_undone_unless_somebody_changed_it_meanwhile(
    live_server: LiveServer, sit: Sit
) -> None:
    order = live_server.order()["id"]
    first = live_server.driver("First Fay")
    live_server.driver("Second Sue")

    def now() -> tuple[str, str | None]:
        found = live_server.api.get(f"/api/v1/orders/{order}").json()
        return found["status"], found["driverId"]

    person = sit(live_server)
    page = person.sign_in("admin", path=f"/admin?order={order}")
    card, toast = drawer(page), page.locator(TOAST)
    undo = toast.get_by_role("button", name="Undo")
    choose_driver(card, "First Fay")
    expect(toast).to_contain_text(f"#{order} goes to First Fay.")
    undo.click()
    expect(toast).to_contain_text(f"Undone: #{order} has no driver now.")
    assert now() == ("pending", None)
    expect(card.locator(".status").first).to_contain_text("Pending")
    choose_driver(card, "First Fay")
    expect(card.locator(".status").first).to_contain_text("Assigned")  # it is seen as it is now
    choose_driver(card, "Second Sue")
    expect(toast).to_contain_text("goes to Second Sue.")
    live_server.api.post(f"/api/v1/orders/{order}/assign", json={"driverId": first["id"]})
    undo.click()
    expect(toast).to_contain_text("First Fay")
    expect(undo).to_have_count(0)
    assert now() == ("assigned", first["id"])
    card.get_by_role("button", name="Change status").click()
    page.locator(".menu-row", has_text="Delivered").click()
    expect(card.locator(".status").first).to_contain_text("Delivered")
    page.keyboard.press("Control+z")
    expect(card.locator(".status").first).to_contain_text("Assigned")
    assert now() == ("assigned", first["id"])
    assert live_server.events(order)[-1]["note"] == "Undone"
    page = person.sign_in("dispatcher", path=f"/admin?order={order}")
    card = drawer(page)
    card.get_by_role("button", name="Change status").click()
    page.locator(".menu-row", has_text="Delivered").click()
    expect(page.locator(TOAST)).to_contain_text("Only an admin can reopen it.")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_an_order_that_failed_is_tried_again_as_another_that_it_names(
    live_server: LiveServer, sit: Sit
) -> None:
    customer = {"name": "Second Chance", "phone": "0151 1", "email": None}
    old = live_server.order(live_server.driver()["id"], customer=customer, note="Ring twice")["id"]
    live_server.update(old, "failed")
    page = sit(live_server).sign_in("dispatcher", path=f"/admin?order={old}")
    card = drawer(page)
    expect(card.get_by_role("button", name="Mark returned")).to_have_count(0)
    card.get_by_role("button", name="Try again").click()
    expect(card.get_by_text(f"#{old}", exact=True)).to_have_count(0)
    expect(card.get_by_role("button", name="Assign driver")).to_be_visible()
    [made] = [one for one in live_server.listed("/orders", q="Second Chance") if one["id"] != old]
    assert (made["status"], made["driverId"]) == ("pending", None)
    assert (made["customer"], made["note"]) == (customer, "Ring twice")
    said = live_server.api.get(f"/api/v1/orders/{old}").json()["note"]
    assert said == f"Ring twice Tried again as #{made['id']}."
    expect(row(page, old)).to_have_count(0)
    expect(page).to_have_url(re.compile(f"order={made['id']}$"))
    page.go_back()
    expect(card.get_by_text(f"#{old}", exact=True)).to_be_visible()
    expect(card.get_by_role("button", name="Try again")).to_have_count(0)
    card.get_by_role("button", name=f"#{made['id']}").click()
    expect(card.get_by_text(f"#{made['id']}", exact=True)).to_be_visible()


def test_what_is_done_with_a_driver_is_done_from_the_card(
    live_server: LiveServer, sit: Sit
) -> None:
    driver = live_server.driver("Carla Carded")
    done, order = (live_server.order(driver["id"])["id"] for _ in range(2))
    live_server.update(done, "delivered")
    page = sit(live_server).sign_in("dispatcher", path=f"/admin?driver={driver['id']}")
    card = drawer(page)
    expect(card.locator(".facts", has_text="Delivered")).to_have_text("Delivered1Driven0.0 km")
    card.get_by_role("button", name="Take off duty").click()
    expect(card.get_by_role("button", name="Put on duty")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(card.get_by_role("button", name="Take off duty")).to_be_visible()
    card.get_by_role("button", name="Message").click()
    form = dialog(page)
    form.get_by_label("Message", exact=True).fill("Come back, please")
    form.get_by_role("button", name="Send message").click()
    expect(form).to_have_count(0)
    [told] = live_server.listed(f"/orders/{order}/messages")
    assert (told["kind"], told["text"]) == ("word", "Come back, please")
    card.get_by_role("button", name="Edit").click()
    form.get_by_label("Phone").fill("0151 99")
    form.get_by_role("button", name="Save").click()
    expect(card.get_by_role("link", name="0151 99")).to_have_attribute("href", "tel:015199")
