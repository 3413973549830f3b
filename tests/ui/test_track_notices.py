"""Notifications on the customer's page: asked for, sent by the server, shown by the worker."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import QUIET_LIMITS
from tests.live import LiveServer
from tests.push_stand_in import BrowserKeys, PushStandIn
from tests.ui import told
from tests.ui.customer import begun, phone_of
from tests.ui.waiting import eventually

# A browser without a maker's service: it gets an address at ours, and keeps it over a reload.
SCRIPTED: Final = """
const wish = %s;
const made = { endpoint: wish.endpoint, toJSON: () => ({ ...wish, expirationTime: null }) };
PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
  localStorage.setItem("key", applicationServerKey);
  return made;
};
PushManager.prototype.getSubscription = async () => (localStorage.getItem("key") ? made : null);
"""
DENIED: Final = """
let answer = "default";
Object.defineProperty(Notification, "permission", { get: () => answer });
Notification.requestPermission = async () => (answer = "denied");
"""
SHOWN: Final = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  const shown = await registration.getNotifications();
  return shown.map(
    ({ title, body, tag, lang, dir, data }) => ({ title, body, tag, lang, dir, ...data })
  );
}"""
# Browsers open and focus windows only for a person: what the worker wants is written down here.
CLICKED: Final = """async () => {
  const wanted = [];
  WindowClient.prototype.focus = async function () {
    wanted.push(["focus", new URL(this.url).pathname]);
  };
  self.clients.openWindow = async (path) => { wanted.push(["open", path]); };
  for (const notification of await self.registration.getNotifications()) {
    const event = new NotificationEvent("notificationclick", { notification });
    const over = new Promise((resolve) => { event.waitUntil = (work) => resolve(work); });
    self.dispatchEvent(event);
    await over;
  }
  return [wanted, (await self.registration.getNotifications()).length];
}"""
OFFER: Final = "Tell me when it arrives"
ON: Final = "We will tell you on this device when something happens."


@pytest.fixture(scope="module")
def chromium(whole_chromium: Browser) -> Browser:
    """A browser that can show notifications."""
    return whole_chromium


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushStandIn]:
    """A push service."""
    with PushStandIn(tmp_path_factory.mktemp("push")) as running:
        yield running


@pytest.fixture(scope="module")
def server(service: PushStandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that knows it."""
    trusted = {told.SERVICE: service.service, told.CERT: str(service.cert)}
    folder = tmp_path_factory.mktemp("told")
    with LiveServer(folder / "data", {**QUIET_LIMITS, **trusted}, "tests.ui.told") as running:
        yield running


def deliver(page: Page, message: dict[str, Any]) -> None:
    """The browser's own service brings a message to the worker."""
    line = page.context.new_cdp_session(page)
    found: list[str] = []
    line.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    line.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(20)
    origin = page.evaluate("window.origin")
    brought = {"origin": origin, "registrationId": found[0], "data": json.dumps(message)}
    line.send("ServiceWorker.deliverPushMessage", brought)
    eventually(lambda: page.evaluate(SHOWN))


def test_a_customer_is_told_while_the_page_is_closed(
    chromium: Browser, server: LiveServer, service: PushStandIn
) -> None:
    keys = BrowserKeys()
    wish = keys.wish(service.endpoint("ana"))
    del wish["locale"]
    with begun(server) as trip, phone_of(chromium, permissions=["notifications"]) as phone:
        phone.context.add_init_script(SCRIPTED % json.dumps(wish))
        page = phone.open(trip.url)
        page.get_by_role("button", name=OFFER).click()
        expect(page.get_by_text(ON)).to_be_visible()
        more = server.api.get(f"/track/{trip.order['trackingToken']}/more").json()
        assert page.evaluate("localStorage.getItem('key')") == more["notices"]
        trip.status("in_transit")
        (came,) = service.wait(1)
        message = keys.message(came)
        token = trip.order["trackingToken"]
        assert message == {
            "title": "Ontheway",
            "body": "Ana is on the way.",
            "lang": "en-GB",
            "dir": "ltr",
            "tag": came.headers["Topic"],
            "url": f"/track/{token}",
        }
        assert token.encode() not in came.body

        deliver(page, message)
        (shown,) = page.evaluate(SHOWN)
        assert shown == message
        (worker,) = phone.context.service_workers
        assert worker.evaluate(CLICKED) == [[["focus", f"/track/{token}"]], 0]
        deliver(page, {**message, "url": "/track/other"})
        assert worker.evaluate(CLICKED) == [[["open", "/track/other"]], 0]

        page.reload()
        expect(page.get_by_text(ON)).to_be_visible()
        page.get_by_role("button", name="Turn off notifications").click()
        expect(page.get_by_role("button", name=OFFER)).to_be_visible()
        page.get_by_role("button", name=OFFER).click()
        expect(page.get_by_text(ON)).to_be_visible()
        service.answers.append((410, {}))
        trip.status("arriving")
        assert keys.message(service.wait(2)[1])["body"] == "Almost there: Ana is around the corner."
        trip.status("delivered")
        expect(page.get_by_role("button", name=OFFER)).to_be_hidden()
        expect(page.get_by_text(ON)).to_be_hidden()
        assert len(service.got) == 2, "the service said that nobody is there"


def test_nothing_is_offered_that_would_not_work(chromium: Browser, server: LiveServer) -> None:
    with begun(server) as trip, phone_of(chromium) as phone:
        phone.context.add_init_script(DENIED)
        page = phone.open(trip.url)
        page.get_by_role("button", name=OFFER).click()
        expect(
            page.get_by_text("Your browser blocks notifications from this page.")
        ).to_be_visible()
        expect(page.get_by_role("button", name=OFFER)).to_be_hidden()
    with begun(server) as trip, phone_of(chromium) as phone:
        phone.context.add_init_script("delete window.PushManager")
        page = phone.open(trip.url)
        expect(page.get_by_text("Note for the courier")).to_be_visible()
        expect(page.get_by_role("button", name=OFFER)).to_be_hidden()


def test_an_iphone_is_told_that_the_page_must_be_on_its_home_screen(
    chromium: Browser, server: LiveServer
) -> None:
    with begun(server) as trip, phone_of(chromium, locale="de-DE") as phone:
        phone.context.add_init_script("delete window.PushManager; navigator.standalone = false")
        page = phone.open(trip.url)
        page.get_by_role("button", name="Bescheid geben, wenn sie kommt").click()
        expect(page.get_by_text("Legen Sie diese Seite zuerst über")).to_be_visible()
