"""A customer asks, the staff answer, a driver proves: seen on the live page as it happens."""

import re

import httpx
from playwright.sync_api import Browser, expect

from tests.live import LiveServer
from tests.storage.test_pictures import photo
from tests.ui.desk import desk

OWN = {"Sec-Fetch-Site": "same-origin"}
QUESTION = "Can you come after ten?\n<b>The bell</b> is broken 🔔"


def test_a_question_is_seen_answered_and_the_delivery_proved(
    chromium: Browser, live_server: LiveServer
) -> None:
    driver = live_server.driver("Ana Petrović")
    door = {"lat": 48.0, "lng": 11.0}
    order = live_server.order(driver["id"], customer={"name": "Maria Huber"}, destination=door)
    link = f"{live_server.url}/track/{order['trackingToken']}"
    with (
        httpx.Client(headers=OWN) as customer,
        desk(chromium, live_server) as mine,
        desk(chromium, live_server) as theirs,
    ):
        page = mine.sign_in("dispatcher", path=f"/admin?order={order['id']}")
        card = page.locator(".drawer")
        expect(card.get_by_text("Nothing was written yet.")).to_be_visible()
        expect(card.get_by_text("Proof and rating")).to_be_hidden()
        list_page = theirs.sign_in("viewer")
        assert customer.post(f"{link}/note", json={"text": "Gate 1907"}).status_code == 200
        assert customer.post(f"{link}/messages", json={"text": QUESTION}).status_code == 201
        row = list_page.locator(f".work-row[data-order='{order['id']}']")
        group = list_page.locator(".work-group").filter(has=row)
        expect(group.get_by_role("heading")).to_have_text("Questions")
        expect(card.get_by_text("Gate 1907")).to_be_visible()
        expect(card.locator(".talk-question")).to_contain_text("<b>The bell</b> is broken")
        expect(card.get_by_text("has waited for an answer since")).to_be_visible()
        card.get_by_label("Message", exact=True).fill("Of course.")
        card.get_by_role("button", name="Send to customer").click()
        expect(card.locator(".talk-answer")).to_contain_text("Of course.")
        expect(card.get_by_label("Message", exact=True)).to_have_value("")
        card.get_by_role("button", name="Close").click()
        page.locator(f".work-row[data-order='{order['id']}']").click()
        expect(card.locator(".talk-answer")).to_contain_text("Of course.")
        expect(card.get_by_label("Message", exact=True)).to_have_value("")
        expect(card.get_by_text("has waited for an answer since")).to_be_hidden()
        expect(group.get_by_role("heading")).not_to_have_text("Questions")
        card.get_by_label("Message", exact=True).fill("After ten, please")
        card.get_by_role("button", name="Send to driver").click()
        expect(card.locator(".talk-word")).to_contain_text("dispatcher to the driver")
        texts = [one["text"] for one in customer.get(f"{link}/more").json()["messages"]]
        assert texts == [QUESTION, "Of course."]

        bearer = {"Authorization": f"Bearer {driver['token']}"}
        proof = httpx.post(
            f"{live_server.url}/drive/proof/{order['id']}?kind=photo",
            content=photo(size=(400, 300)),
            headers=bearer,
        )
        assert proof.status_code == 201, proof.text
        expect(card.get_by_text("Proof and rating")).to_be_visible()
        image = card.get_by_role("img", name=re.compile("^Photo"))
        expect(image).to_be_visible()
        expect(page.locator(".proof-picture img")).to_have_js_property("naturalWidth", 400)
        live_server.update(order["id"], "delivered")
        rating = {"stars": 4, "note": "Kind, and quick"}
        assert customer.post(f"{link}/rating", json=rating).status_code == 200
        expect(card.get_by_role("img", name="4 of 5 stars")).to_be_visible()
        expect(card.get_by_text("Kind, and quick")).to_be_visible()
        seen = theirs.open(f"/admin?order={order['id']}")
        expect(seen.locator(".talk-answer")).to_contain_text("Of course.")
        expect(seen.get_by_label("Message", exact=True)).to_have_count(0)
