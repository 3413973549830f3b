"""Dialogs with a form: what was entered is not lost by a slip."""

from typing import Final

from playwright.sync_api import Browser, Locator, Page, expect

from tests.live import LiveServer
from tests.ui.desk import PHONE, WIDE, choose_driver, desk, taken_to_sign_in

UNDER_A_TOAST = """() => {
  const boxes = [...document.querySelectorAll(".toast")].map((one) => one.getBoundingClientRect());
  const buttons = [...document.querySelectorAll(".q-dialog button")].filter((button) => {
    const { left, right, top, bottom } = button.getBoundingClientRect();
    const meets = (box) =>
      left < box.right && right > box.left && top < box.bottom && bottom > box.top;
    return boxes.some(meets);
  });
  return [boxes.length, buttons.map((button) => button.textContent)];
}"""
ESCAPE_AND_SEND = """() => {
  const key = { key: "Escape", code: "Escape", keyCode: 27, bubbles: true };
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key));
  document.activeElement.dispatchEvent(new KeyboardEvent("keyup", key));
  document.querySelector("form.dialog-form").requestSubmit();
}"""
"""Both before the server could answer the first, as a person on a slow line does."""
COVERS_NOTHING = """() => {
  const { left, right, top, bottom } = document.querySelector(".toast").getBoundingClientRect();
  const parts = [...document.querySelectorAll(".counters, .panel, .drawer, .live-tools")];
  const free = (box) =>
    left >= box.right || right <= box.left || top >= box.bottom || bottom <= box.top;
  return top >= 0 && parts.every((part) => free(part.getBoundingClientRect())); // it has come in
}"""
SHOWS_THE_HEAD = """() => {
  const toast = document.querySelector(".toast").getBoundingClientRect();
  const head = document.querySelector(".drawer-head").getBoundingClientRect();
  const bar = document.querySelector(".rail").getBoundingClientRect();
  return toast.top >= head.bottom && toast.bottom <= bar.top;
}"""
LASTING = """(message) =>
  Quasar.Notify.create({ message, position: "top", timeout: 0, classes: "toast" })"""


KEEP: Final = """(login) => sessionStorage.setItem("typed", JSON.stringify({
  login: login ?? document.querySelector("[data-login]").dataset.login,
  at: Date.now(), title: "New order", texts: [["Customer", "Tessa Typed"]] }))"""
"""What static/staff/drafts.js keeps when a page is loaded anew after its server was away."""
KEPT: Final = '() => sessionStorage.getItem("typed")'


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


def test_what_the_tab_kept_of_a_dialog_is_for_the_one_who_typed_it(
    chromium: Browser, live_server: LiveServer
) -> None:
    with desk(chromium, live_server) as mine:
        page = mine.sign_in("dispatcher", path="/admin/orders")
        opener = page.get_by_role("button", name="New order")
        form = page.get_by_role("dialog", name="New order")
        for login, given in (("0", ""), (None, "Tessa Typed")):
            page.evaluate(KEEP, login)
            opener.click()
            expect(form.get_by_label("Customer")).to_be_focused()
            expect(form.get_by_label("Customer")).to_have_value(given)
            assert page.evaluate(KEPT) is None
            form.get_by_role("button", name="Cancel").click()
            expect(form).to_have_count(0)
        page.evaluate(KEEP, None)
        page.get_by_role("button", name="Sign out").click()
        taken_to_sign_in(page)
        assert page.evaluate(KEPT) is None


def test_nothing_is_stored_while_it_is_asked_whether_to_discard_it(
    chromium: Browser, live_server: LiveServer
) -> None:
    with desk(chromium, live_server) as mine:
        page = mine.sign_in("dispatcher")
        page.get_by_role("button", name="New order").click()
        form = page.get_by_role("dialog", name="New order")
        form.get_by_label("Customer").fill("Olga Overtaken")
        page.evaluate(ESCAPE_AND_SEND)
        asked = question(page, "this order")
        asked.get_by_role("button", name="Discard").click()
        expect(form).to_have_count(0)
        expect(asked).to_have_count(0)
        assert live_server.listed("/orders", q="Olga Overtaken") == []


def test_a_toast_covers_nothing_one_needs_and_gives_way_to_the_next(
    chromium: Browser, live_server: LiveServer
) -> None:
    with desk(chromium, live_server) as mine:
        page = mine.sign_in("dispatcher")
        page.get_by_role("button", name="New order").click()
        form = page.get_by_role("dialog", name="New order")
        form.get_by_label("Customer").fill("Tina Toast")
        form.get_by_role("button", name="Create order").click()
        toast = page.locator(".q-notifications__list--top .toast")
        expect(toast).to_contain_text("created")
        expect(form).to_have_count(0)
        card = page.get_by_role("complementary", name="Details")
        card.get_by_role("button", name="Send to customer").click()
        expect(toast.filter(has_text="Please write something first.")).to_be_visible()
        page.wait_for_function(COVERS_NOTHING)
        card.get_by_role("textbox", name="Message").fill("On its way")
        card.get_by_role("button", name="Send to customer").click()
        expect(toast.locator(".q-notification__message")).to_have_text(
            ["The customer can read it."]
        )
        page.get_by_role("button", name="New order").click()
        expect(form.get_by_label("Customer")).to_be_focused()
        page.evaluate(LASTING, "#20481 goes to Maximiliane-Konstantina von der Hohenburg.")
        expect(page.get_by_text("Hohenburg")).to_be_visible()
        page.wait_for_function("() => document.getAnimations().length === 0")
        for size in (WIDE, PHONE):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            found, under = page.evaluate(UNDER_A_TOAST)
            assert found
            assert under == []
        page.keyboard.press("Escape")
        page.wait_for_function(SHOWS_THE_HEAD)  # on a phone, of the card
        page.emulate_media(color_scheme="dark")
        # A toast is light there: Quasar's white letters could not be read on it.
        message = page.locator(".q-notification__message").last
        expect(message).not_to_have_css("color", "rgb(255, 255, 255)")
