"""Beside the tracking: code, note, question and answer, proof and rating on the customer's page."""

from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.storage.test_pictures import photo, signature
from tests.ui.customer import Phone, Trip
from tests.ui.test_accessibility import faults

ANSWER = "Yes: <b>after ten</b>."


def order_of(trip: Trip) -> dict[str, Any]:
    """The order as programs of the business see it."""
    answer = trip.server.api.get(f"/api/v1/orders/{trip.order['id']}")
    assert answer.status_code == 200, answer.text
    order: dict[str, Any] = answer.json()
    return order


def prove(trip: Trip, kind: str, picture: bytes) -> None:
    """The driver proves the delivery."""
    answer = httpx.post(
        f"{trip.server.url}/drive/proof/{trip.order['id']}",
        params={"kind": kind},
        content=picture,
        headers={"Authorization": f"Bearer {trip.driver['token']}"},
    )
    assert answer.status_code == 201, answer.text


def fits(page: Page) -> bool:
    """Whether nothing needs sideways scrolling."""
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return not page.evaluate(wide)


def test_a_customer_writes_is_answered_sees_the_proof_and_rates(trip: Trip, phone: Phone) -> None:
    path = f"/orders/{trip.order['id']}/messages"
    trip.status("in_transit")
    page = phone.open(trip.url)
    code = trip.server.api.get(f"/track/{trip.order['trackingToken']}/more").json()["code"]
    expect(page.get_by_text(code, exact=True)).to_be_visible()
    expect(page.get_by_text("How was the delivery?")).to_be_hidden()

    page.get_by_text("Note for the courier").click()
    note = page.get_by_role("textbox", name="Such as where to ring")
    note.fill("Gate 1907 🔔")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Your courier will see it.")).to_be_visible()
    assert order_of(trip)["customerNote"] == "Gate 1907 🔔"

    page.get_by_text("Write to").click()
    question = page.get_by_role("textbox", name="Your question or problem")
    send = page.get_by_role("button", name="Send", exact=True)
    send.click()
    expect(page.get_by_text("Please write something first.")).to_be_visible()
    question.fill("Can you come after ten?")
    page.route("**/messages", lambda route: route.abort())
    send.click()
    expect(page.get_by_text("Not sent: there is no connection.")).to_be_visible()
    expect(question).to_have_value("Can you come after ten?")
    page.unroute("**/messages")
    send.click()
    talk = page.get_by_role("log")
    expect(talk).to_contain_text("Can you come after ten?")
    expect(question).to_have_value("")
    promise = page.get_by_text("The answer will appear here.")
    expect(promise).to_be_visible()
    for text, draft in ((ANSWER, ""), ("Eleven, then.", "And")):
        if draft:
            question.fill(draft)
        answer = trip.server.api.post(f"/api/v1{path}", json={"to": "customer", "text": text})
        assert answer.status_code == 201, answer.text
        expect(talk).to_contain_text(text)
        expect(promise).to_have_count(0)
        expect(question).to_have_value(draft)
    kinds = [each["kind"] for each in trip.server.listed(path)]
    assert kinds == ["question", "answer", "answer"]

    question.fill("")
    send.click()
    page.locator("summary", has_text="English").click()
    assert list(faults(page, "opened forms")) == []
    page.set_viewport_size({"width": 390, "height": 844})

    prove(trip, "signature", signature())
    trip.status("delivered")
    expect(page.get_by_role("link", name="Signature")).to_be_visible()
    expect(page.get_by_text(code, exact=True)).to_be_hidden()
    expect(note).to_be_hidden()
    prove(trip, "photo", photo(size=(300, 200)))
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Photo").click()
    assert "/proof/" in opened.value.url
    photo_line = page.locator(".beside-proof .is-photo")
    expect(photo_line).to_have_js_property("naturalWidth", 300)

    page.get_by_role("radio", name="3 of 5 stars").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.get_by_role("textbox", name="Anything to add?").fill("Kind, and quick")
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_text("Thank you for your rating.")).to_be_visible()
    rating = order_of(trip)["rating"]
    assert (rating["stars"], rating["note"]) == (4, "Kind, and quick")
    expect(page.get_by_text("Thank you for your order.")).to_be_visible()
    assert list(faults(page, "after the delivery")) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert fits(page)
