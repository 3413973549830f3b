"""Dialogs with a form: what was entered is not lost by a slip."""

from playwright.sync_api import Browser, Locator, Page, expect

from tests.live import LiveServer
from tests.ui.desk import choose_driver, desk


def question(page: Page, draft: str) -> Locator:
    """What is asked before something entered is lost."""
    return page.get_by_role("alertdialog", name=f"Discard {draft}?")


def test_what_was_entered_is_lost_only_after_a_question(
    chromium: Browser, live_server: LiveServer
) -> None:
    live_server.driver("Dora Discarded")
    with desk(chromium, live_server) as mine:
        page = mine.sign_in("dispatcher")
        opener = page.get_by_role("button", name="New order")
        opener.click()
        form = page.get_by_role("dialog", name="New order")
        expect(form.get_by_label("Customer")).to_be_focused()
        page.keyboard.press("Escape")
        expect(form).to_have_count(0)  # nothing was entered
        expect(opener).to_be_focused()

        page.keyboard.press("Enter")
        phone = form.get_by_label("Phone")
        phone.fill("+49 89")
        page.keyboard.press("Escape")
        asked = question(page, "this order")
        expect(asked).to_have_accessible_description("Nothing of it is stored yet.")
        expect(asked.get_by_role("button", name="Keep writing")).to_be_focused()
        page.keyboard.press("Escape")
        expect(asked).to_have_count(0)
        expect(phone).to_be_focused()
        page.keyboard.type(" 1234")
        expect(phone).to_have_value("+49 89 1234")

        page.mouse.click(1400, 40)  # beside it
        asked.get_by_role("button", name="Keep writing").click()
        expect(asked).to_have_count(0)
        expect(phone).to_be_focused()
        phone.fill("")
        choose_driver(form, "Dora Discarded")
        form.get_by_role("button", name="Close").click()
        asked.get_by_role("button", name="Discard").click()
        expect(form).to_have_count(0)
        expect(asked).to_have_count(0)
        expect(opener).to_be_focused()
        assert live_server.listed("/orders", q="Dora Discarded") == []
