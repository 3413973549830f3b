"""The customer's page when its network was away, its tab asleep, its server restarted."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import StartServer
from tests.ui.customer import Phone, Trip, begun, phone_of
from tests.ui.relay import Relay

FAR: Final = (48.1340, 11.5570)
BACK: Final = 30_000
"""Milliseconds within which the page is right again by itself: it tries every three seconds at
least, so five are enough, but on a machine that is busy with other tests."""
MINUTE: Final = 60_000
ALMOST: Final = "Almost there: Ana is around the corner."
SEEN: Final = re.compile("^seen ")


def followed(phone: Phone, trip: Trip, port: int | None = None) -> Page:
    """The page of an order whose courier is seen; marked, to tell it from one loaded again."""
    trip.status("picked_up")
    trip.fix(*FAR)
    url = trip.url.replace(f":{trip.server.port}/", f":{port or trip.server.port}/")
    page = phone.open(url)
    expect(page.locator("#track-fresh")).to_have_text(SEEN)
    page.evaluate("window.stillHere = true")
    return page


def right(page: Page, sentence: str, *steps: str) -> None:
    """The page says so in time, with every step, and was not loaded again."""
    expect(page.locator("h1")).to_have_text(sentence, timeout=BACK)
    expect(page.locator("#track-timeline li > span")).to_have_text(["Ordered", *steps])
    assert page.evaluate("window.stillHere") is True


def heard(page: Page, asked: Sequence[object], count: int) -> None:
    """Wait until the page asked so often, at most 30 s; a test hears of it while it waits."""
    for _ in range(1_500):
        if len(asked) >= count:
            return
        page.wait_for_timeout(20)
    raise AssertionError("the page did not ask")


@contextmanager
def asleep(phone: Phone, page: Page) -> Iterator[None]:
    """The tab runs nothing, hears nothing and is told nothing, as when its phone sleeps."""
    session = phone.context.new_cdp_session(page)
    paused: list[object] = []
    session.on("Debugger.paused", lambda event: paused.append(event))
    session.send("Debugger.enable")
    session.send("Debugger.pause")
    while not paused:  # until the next thing that it runs: once a second at the latest
        page.wait_for_timeout(20)
    yield
    session.send("Debugger.resume")
    session.detach()


def test_however_long_the_network_was_away_nothing_was_missed(trip: Trip, phone: Phone) -> None:
    """The page lives these minutes and all that it tries in them; the test waits seconds."""
    phone.context.clock.install()
    with Relay(trip.server.port) as relay:
        page = followed(phone, trip, relay.port)
        fresh = page.locator("#track-fresh")

        phone.context.set_offline(True)
        page.clock.run_for(MINUTE)
        expect(fresh).to_have_text(re.compile("^You are offline, last news "))
        trip.status("in_transit")
        trip.fix(48.1345, 11.5580)
        phone.context.set_offline(False)
        expect(page.locator("h1")).to_have_text(re.compile("^Ana is on the way"), timeout=BACK)

        relay.cut()  # of which the browser knows nothing
        page.clock.run_for(10 * MINUTE)
        expect(fresh).to_have_text(re.compile("^No connection, last news "))
        trip.status("arriving")
        trip.fix(48.1460, 11.5825)
        page.clock.set_system_time(datetime.now(UTC))
        relay.mend()
        right(page, ALMOST, "Picked up", "On the way", "Almost there")
        expect(fresh).to_have_text(SEEN)


def test_a_tab_that_slept_is_right_when_it_wakes(trip: Trip, phone: Phone) -> None:
    phone.context.clock.install()
    with Relay(trip.server.port) as relay:
        page = followed(phone, trip, relay.port)
        with asleep(phone, page):
            relay.hush()
            trip.status("in_transit")
            trip.status("arriving")
            trip.fix(48.1460, 11.5825)
        page.clock.fast_forward(10 * MINUTE)
        right(page, ALMOST, "Picked up", "On the way", "Almost there")


def test_the_way_that_was_missed_is_drawn_once_the_page_is_back(
    trip: Trip, chromium: Browser
) -> None:
    trip.status("picked_up")
    with Relay(trip.server.port) as relay, phone_of(chromium, reduced_motion="reduce") as phone:
        begin = time.monotonic()
        trip.fix(48.1340, 11.5570)
        page = phone.open(trip.url.replace(f":{trip.server.port}/", f":{relay.port}/"))
        expect(page.locator(".courier-disc")).to_be_visible()
        asked: list[Route] = []
        page.route("**/route", lambda route: asked.append(route))
        relay.cut()
        # A minute's way in seconds: a phone's clock may go ahead so far.
        trip.fix(48.1350, 11.5572, age=-28)
        page.wait_for_timeout(1000 * max(0, 3.5 - (time.monotonic() - begin)))
        trip.fix(48.1350, 11.5590, age=-58)
        relay.mend()
        gap, way = page.locator("path.route-gap"), page.locator("path.route-recent").first
        expect(gap).to_have_attribute("d", re.compile("^M.*L"), timeout=BACK)
        with page.expect_response("**/route"):
            heard(page, asked, 1)
            asked[0].continue_()
        expect(gap).not_to_have_attribute("d", re.compile("L"), timeout=BACK)
        expect(way).to_have_attribute("d", re.compile("L.*L"))


def test_another_s_answer_about_the_way_does_not_end_the_asking(trip: Trip, phone: Phone) -> None:
    trip.status("picked_up")
    trip.fix(48.1340, 11.5570)
    asked: list[str] = []

    def portal(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<html>Sign in", content_type="text/html")

    phone.context.route("**/route", portal)
    page = phone.open(trip.url)
    expect(page.locator(".courier-disc")).to_be_visible()
    for count in (1, 2):
        page.evaluate(
            "async () => { const { map } = await import('/static/track/track.js');"
            "const last = map.route.points.at(-1);"
            "map.courier.onReach({ ...last, at: last.at + 61_000 }); }"
        )
        heard(page, asked, count)
    page.wait_for_timeout(2_000)
    assert len(asked) == 2, "it asks once for each gap"


def test_a_restart_of_the_server_is_over_five_seconds_after_it(
    start_server: StartServer, phone: Phone
) -> None:
    server = start_server()
    with begun(server) as trip:
        page = followed(phone, trip)
    server.stop()
    expect(page.locator("#track-fresh")).to_have_text(re.compile("^No connection, last news "))
    with asleep(phone, page):
        server.start()
        trip.status("in_transit")
        trip.status("arriving")
        trip.status("failed", note="Nobody opened")
    right(page, "We could not deliver.", "Picked up", "On the way", "Almost there", "Not delivered")
    expect(page.locator("#track-reason")).to_have_text("Nobody opened")
