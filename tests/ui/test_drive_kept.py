"""What the driver's page keeps on the phone, and for how long."""

from typing import Final

from playwright.sync_api import Browser, Dialog, expect

from tests.live import LiveServer
from tests.ui.phone_store import kept
from tests.ui.test_drive_page import opened
from tests.ui.waiting import eventually

DAY: Final = 24 * 60 * 60 * 1000
LEAVE: Final = """async (entries) => {
  const asked = (request) => new Promise((done) => {
    request.onsuccess = () => done(request.result);
  });
  const db = await asked(indexedDB.open('ontheway-drive'));
  const change = db.transaction(['messages', 'proofs'], 'readwrite');
  for (const [name, id, age] of entries) {
    change.objectStore(name).put({ driver: 'earlier', id, message: {}, keptAt: Date.now() - age });
  }
  await new Promise((done) => { change.oncomplete = done; });
}"""


def test_what_an_earlier_driver_left_goes_with_its_age_and_when_the_phone_is_disconnected(
    chromium: Browser, live_server: LiveServer
) -> None:
    context = chromium.new_context()
    page = opened(context, live_server.url, live_server.driver()["token"])
    left = [
        ["messages", "m-young", 13 * DAY],
        ["messages", "m-old", 15 * DAY],
        ["proofs", "p-old", 8 * DAY],
        ["proofs", "p-young", 6 * DAY],
    ]
    page.evaluate(LEAVE, left)
    page.reload()
    expect(page.locator("#link-words")).to_have_text("Connected")
    eventually(lambda: kept(page) == ["m-young", "p-young"])
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.once("dialog", agree)
    page.get_by_role("button", name="Disconnect this phone").click()
    expect(page.get_by_role("heading", name="Connect this phone")).to_be_visible()
    assert "2 messages not yet sent will be lost" in asked[0]
    eventually(lambda: not kept(page))
    context.close()
