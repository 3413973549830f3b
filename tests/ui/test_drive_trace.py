"""A recorded trip on the driver's page: cuts, a reload and a crash of the browser lose nothing."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import gpxpy
from playwright.sync_api import Browser, BrowserType, Page, expect
from websockets.sync.client import connect

from app.domain.geo import Place, near_distance
from tests.conftest import BROWSER_ARGS, BROWSERS
from tests.live import LiveServer
from tests.ui.relay import Relay

TRACE: Final = "nizhny-novgorod.gpx"
APART: Final = 30.0
"""Metres; the page keeps a fix this far from the one before it whenever it comes."""
LEG: Final = 20
"""Fixes between two things that go wrong."""

# Tells of every fix once it is on the phone's disk, whatever becomes of the page then.
PROBE: Final = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (entry, ...key) {
  const it = entry?.message ?? {};
  if (it.type === 'location_update')
    this.transaction.addEventListener('complete', () => window.kept(it.id, it.lat, it.lng));
  return put.call(this, entry, ...key);
};
"""


class Phone:
    """A browser in a process of its own, with a folder that outlives it."""

    def __init__(self, browsers: BrowserType, profile: Path, url: str) -> None:
        self._browsers, self._profile, self._url = browsers, profile, url
        self.kept: dict[str, tuple[float, float]] = {}
        """Every fix that a page had on the disk, by its id."""

    @contextmanager
    def running(self) -> Iterator[Page]:
        """The browser, until it is killed as a whole; gives the driver's page."""
        path = next(filter(None, map(shutil.which, BROWSERS)))
        told = self._profile / "DevToolsActivePort"
        told.unlink(missing_ok=True)
        options = ["--headless", "--remote-debugging-port=0", f"--user-data-dir={self._profile}"]
        process = subprocess.Popen(
            [path, *BROWSER_ARGS, *options, "about:blank"],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            browser = self._browsers.connect_over_cdp(f"http://127.0.0.1:{port_in(told)}")
            context = browser.contexts[0]
            context.grant_permissions(["geolocation"], origin=self._url)
            context.expose_binding("kept", self._hear)
            context.add_init_script(PROBE)
            yield context.new_page()
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _hear(self, _source: Any, name: str, lat: float, lng: float) -> None:
        self.kept[name] = (lat, lng)

    def drive(self, page: Page, places: list[Place]) -> None:
        """Be at these places, one after the other, as fast as the page keeps them."""
        for place in places:
            before = len(self.kept)
            move(page, place)
            deadline = time.monotonic() + 10
            while len(self.kept) == before:
                assert time.monotonic() < deadline, f"the page did not keep {place}"
                page.wait_for_timeout(2)


def move(page: Page, place: Place) -> None:
    """The phone is elsewhere now."""
    fix = {"latitude": place.lat, "longitude": place.lng, "accuracy": 6}
    page.context.set_geolocation(fix)  # type: ignore[arg-type]


def port_in(file: Path) -> int:
    """The port that a browser writes into its folder once it listens there."""
    deadline = time.monotonic() + 20
    while not file.exists() or not file.read_text().strip():
        assert time.monotonic() < deadline, "the browser did not start"
        time.sleep(0.02)
    return int(file.read_text().splitlines()[0])


def places_of(path: Path) -> list[Place]:
    """A recorded trip, thinned out to places that lie apart."""
    kept: list[Place] = []
    with path.open() as file:
        for point, *_ in gpxpy.parse(file).walk():
            place = Place(point.latitude, point.longitude)
            if not kept or near_distance(kept[-1], place) > APART:
                kept.append(place)
    return kept


def test_every_fix_that_the_page_kept_is_in_the_history_once(
    chromium: Browser, live_server: LiveServer, traces: Path, tmp_path: Path
) -> None:
    way = iter(places_of(traces / TRACE))

    def leg() -> list[Place]:
        places = list(islice(way, LEG))
        assert len(places) == LEG, "the trace is too short"
        return places

    driver = live_server.driver()
    order = live_server.order(driver["id"])
    live_server.update(order["id"], "picked_up")
    link = f"{live_server.ws}/ws/client/{order['trackingToken']}"
    # Somebody follows, so the phone reports every few seconds.
    with Relay(live_server.port) as relay, connect(link, proxy=None):
        url = f"http://127.0.0.1:{relay.port}"
        phone = Phone(chromium.browser_type, tmp_path / "profile", url)
        with phone.running() as page:
            first, *rest = leg()
            move(page, first)
            page.goto(f"{url}/drive#{driver['token']}")
            expect(page.locator("#link-words")).to_have_text("Connected")
            page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            page.get_by_role("button", name="Start recording").click()
            phone.drive(page, rest)
            with cut(relay, page):
                phone.drive(page, leg())
            phone.drive(page, leg())
            with cut(relay, page):
                phone.drive(page, leg())
                page.reload()
                expect(page.get_by_role("heading", name="Recording")).to_be_visible()
                phone.drive(page, leg())
            phone.drive(page, leg())
            relay.cut()
            phone.drive(page, leg())
            move(page, next(way))  # whether the page still kept this one is open
        with phone.running() as page:
            move(page, next(way))
            page.goto(f"{url}/drive")
            expect(page.locator("#waiting")).to_have_text(re.compile("position"))
            assert int(page.locator("#waiting").inner_text().split()[0]) > LEG
            phone.drive(page, leg())
            mend(relay, page)
            phone.drive(page, leg())
            page.get_by_role("button", name="End duty").click()
            expect(page.get_by_role("heading", name="Off duty")).to_be_visible()
            expect(page.locator("#waiting")).to_have_text("Nothing")
    stored = live_server.driver_positions(driver["id"])
    history = {each["id"]: (each["lat"], each["lng"]) for each in stored}
    assert len(history) == len(stored), "something is in it twice"
    assert len(phone.kept) >= 9 * LEG
    assert {name: history.get(name) for name in phone.kept} == phone.kept


@contextmanager
def cut(relay: Relay, page: Page) -> Iterator[None]:
    """No network meanwhile."""
    relay.cut()
    expect(page.locator("#link-words")).to_have_text("No connection.")
    yield
    mend(relay, page)


def mend(relay: Relay, page: Page) -> None:
    """The network is back, and the phone's system says so."""
    relay.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#link-words")).to_have_text("Connected")
