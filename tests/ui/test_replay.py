"""The replay page in a real browser, against the real server: what was driven is seen again."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import gpxpy
import pytest
from playwright.sync_api import Browser, Page, Route, expect
from websockets.sync.client import connect

from tests.live import LiveServer
from tests.ui.customer import midday_zone
from tests.ui.desk import PHONE, desk

RIDER: Final = "<img src=x onerror=\"document.title='broken'\"> on a bike"
SECOND: Final = timedelta(seconds=1)
MAP: Final = "getElement(Number(document.querySelector('.replay').dataset.map.slice(1))).map"
WRITTEN: Final = """
  window.written = [];
  for (const { prototype } of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
    const { fillText } = prototype;
    prototype.fillText = function (text, ...more) {
      window.written.push(text);
      fillText.call(this, text, ...more);
    };
  }
"""
"""Keeps what is written on canvases."""
METRE: Final = 1 / 111_195
"""Degrees of latitude."""
HERE: Final = midday_zone()
"""Where the drives of this file are all of one day."""


class Drive:
    """A drive of the past: two minutes northwards, three and a half without signal, a stop of three
    minutes, and a minute on. It began ten minutes before ``now``."""

    def __init__(self, server: LiveServer, order_id: str, name: str) -> None:
        self.begin = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
        self.driver = server.driver(name)
        self.order = server.order(id=order_id, driverId=self.driver["id"], customer={"name": name})
        going = [(s, s * 10) for s in range(0, 121, 5)]
        standing = [(330 + s, 2_500) for s in range(0, 181, 10)]
        leaving = [(515 + s, 2_500 + (s + 5) * 10) for s in range(0, 61, 5)]
        self.fixes = [*going, *standing, *leaving]
        self._server = server
        self.send(*self.fixes)

    def send(self, *fixes: tuple[int, int]) -> None:
        """Seconds since the begin, and metres northwards."""
        headers = {"Authorization": f"Bearer {self.driver['token']}"}
        with connect(f"{self._server.ws}/ws/driver", additional_headers=headers) as socket:
            locations = [self._location(*fix) for fix in fixes]
            socket.send(json.dumps({"type": "location_batch", "locations": locations}))
            while json.loads(socket.recv(timeout=10))["type"] != "ack":
                pass

    def _location(self, seconds: int, north: int) -> dict[str, Any]:
        return {
            "id": f"p{seconds}",
            "orderId": self.order["id"],
            "lat": 48 + north * METRE,
            "lng": 11.5,
            "recordedAt": self.at(seconds).isoformat(),
        }

    def at(self, seconds: int) -> datetime:
        """So long after its begin."""
        return self.begin + seconds * SECOND

    def clock(self, seconds: int) -> str:
        """As the page says it to a Briton who is here."""
        return f"{self.local(seconds):%H:%M:%S}"

    def local(self, seconds: int) -> datetime:
        """The same by the clock of here."""
        return self.at(seconds).astimezone(ZoneInfo(HERE))


@pytest.fixture(scope="module")
def drive(live_server: LiveServer) -> Drive:
    """One drive for all tests of this file."""
    return Drive(live_server, "R-1", RIDER)


@contextmanager
def held(page: Page, pattern: str) -> Iterator[None]:
    """The answers to some requests are kept back."""
    kept: list[Route] = []
    page.route(pattern, lambda route: kept.append(route))
    yield
    page.unroute(pattern)


def point_at(page: Page, lat: float) -> None:
    """The pointer goes to a place on the map."""
    x, y = page.evaluate(
        f"""(lat) => {{
          const corner = {MAP}.getContainer().getBoundingClientRect();
          const at = {MAP}.latLngToContainerPoint([lat, 11.5]);
          return [corner.x + at.x, corner.y + at.y];
        }}""",
        lat,
    )
    page.mouse.move(x, y)


def test_an_orders_past_is_found_from_its_card_and_played(
    chromium: Browser, live_server: LiveServer, drive: Drive
) -> None:
    with desk(chromium, live_server, timezone_id=HERE) as seat:
        page = seat.sign_in("viewer", path="/admin?order=R-1")
        page.get_by_role("complementary", name="Details").get_by_role("link", name="Replay").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"#R-1 · {RIDER}")
        clock = page.locator("[data-clock]")
        expect(clock).to_have_text(drive.clock(0))
        expect(page.locator("[data-facts]")).to_contain_text("1 gap")
        stop = page.get_by_role("button", name="3 min")
        expect(stop).to_have_count(1)

        point_at(page, 48 + 1_850 * METRE)
        expect(page.locator(".map-tip")).to_contain_text("No signal")
        point_at(page, 48 + 2_500 * METRE)
        expect(page.locator(".map-tip")).to_contain_text("Stop, 3 min")

        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        expect(clock).to_have_text(drive.clock(70))
        expect(page.locator("[data-state]")).to_contain_text("36 km/h")
        page.keyboard.press("Shift+ArrowRight")
        expect(page.locator("[data-state]")).to_have_text("No signal for 4 min")
        page.keyboard.press("Home")
        page.get_by_label("Pace").select_option("60")
        page.locator("h1").click()
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        expect(clock).to_have_text(drive.clock(575), timeout=40_000)
        expect(page.get_by_role("button", name="Play")).to_be_visible()

        stop.click()
        expect(clock).to_have_text(drive.clock(330))
        assert page.title() != "broken"


def test_what_is_shown_is_what_is_exported(
    chromium: Browser, live_server: LiveServer, drive: Drive, tmp_path: Path
) -> None:
    with desk(chromium, live_server, timezone_id=HERE) as seat:
        begin, end = drive.at(20), drive.at(40)
        span = f"from={begin:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"
        page = seat.sign_in("viewer", path=f"/admin/replay?order=R-1&{span}")
        expect(page.locator("[data-clock]")).to_have_text(drive.clock(20))
        with page.expect_download() as waiting:
            page.get_by_role("link", name="GPX").click()
        waiting.value.save_as(tmp_path / "track.gpx")
        (track,) = gpxpy.parse((tmp_path / "track.gpx").read_text()).tracks
        assert [point.time for point in track.segments[0].points] == [
            drive.at(seconds) for seconds, _ in drive.fixes if 20 <= seconds <= 40
        ]


def test_the_couriers_disc_has_his_letter_and_he_is_named(
    chromium: Browser, live_server: LiveServer, drive: Drive
) -> None:
    with desk(chromium, live_server) as seat:
        page = seat.sign_in("viewer", path="/admin/account")
        page.add_init_script(WRITTEN)
        page.goto(f"{live_server.url}/admin/replay?order={drive.order['id']}")
        expect(page.locator("[data-facts]")).to_contain_text(f"Driver{RIDER}")
        page.wait_for_function("(letter) => window.written.includes(letter)", arg=RIDER[0])


def test_what_comes_while_one_replays_is_offered_and_not_mixed_in(
    chromium: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    mine = Drive(live_server, "R-2", "Rita Replayed")
    with (
        desk(chromium, live_server, timezone_id=HERE) as first,
        desk(chromium, live_server) as second,
    ):
        page = first.sign_in("viewer", path="/admin/replay?order=R-2")
        facts, newer = page.locator("[data-facts]"), page.get_by_role("button", name="came since")
        expect(facts).to_contain_text(f"Positions{len(mine.fixes)}")
        page.keyboard.press("End")
        page.keyboard.press("ArrowLeft")
        there = page.locator("[data-clock]")
        expect(there).to_have_text(mine.clock(565))
        expect(newer).to_be_hidden()

        other = second.sign_in("dispatcher", path="/admin?order=R-2")
        other.get_by_role("button", name="Mark picked up").click()
        mine.send((int((datetime.now(UTC) - mine.begin) / SECOND), 3_200))
        expect(newer).to_be_visible()
        expect(facts).to_contain_text(f"Positions{len(mine.fixes)}")
        with page.expect_download() as waiting:
            page.get_by_role("link", name="CSV").click()
        waiting.value.save_as(tmp_path / "track.csv")
        assert len((tmp_path / "track.csv").read_text().splitlines()) == len(mine.fixes) + 1

        newer.click()
        expect(facts).to_contain_text(f"Positions{len(mine.fixes) + 1}")
        expect(there).to_have_text(mine.clock(565))
        expect(newer).to_be_hidden()


def test_the_fleet_at_a_moment_leads_to_a_drivers_day_and_loading_can_be_cancelled(
    chromium: Browser, live_server: LiveServer, drive: Drive
) -> None:
    with desk(chromium, live_server, viewport=PHONE, timezone_id=HERE) as seat:
        page = seat.sign_in("dispatcher", path="/admin/replay")
        page.get_by_role("button", name="Fleet").click()
        page.get_by_role("button", name="Show").click()  # as it is offered: somebody was at work
        expect(page.get_by_role("heading", level=1)).to_have_text("Whole fleet")
        page.get_by_role("button", name="Change").click()
        page.get_by_label("Moment").fill(f"{drive.local(60):%Y-%m-%dT%H:%M}")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Whole fleet")
        page.get_by_role("slider", name="Time").focus()
        page.keyboard.press("Shift+ArrowRight")
        # Drivers of other tests may have been under way on this server at that time too.
        expect(page.locator("[data-state]")).to_contain_text(re.compile(r"\b[1-9]\d* moving"))

        page.get_by_role("button", name="Change").click()
        before = drive.local(0).replace(second=0) - timedelta(minutes=9)
        page.get_by_label("Moment").fill(f"{before:%Y-%m-%dT%H:%M}")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("[data-facts]")).to_contain_text("(15 min)")
        page.get_by_label("Pace").select_option("60")
        page.get_by_role("slider", name="Time").focus()
        page.keyboard.press("End")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Space")  # it goes on by itself with the next quarter of an hour
        following = f"{before + timedelta(minutes=15):%Y-%m-%dT%H:%M}"
        expect(page.get_by_label("Moment")).to_have_value(following)
        page.get_by_role("button", name="Change").click()
        page.get_by_label("Length").select_option("Whole day")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("[data-facts]")).to_contain_text("Time00:00")
        assert "for=day" in page.url
        page.get_by_role("slider", name="Time").focus()
        page.keyboard.press("Home")
        expect(page.locator("[data-clock]")).to_have_text("00:00:00")
        page.keyboard.press("Space")  # the night, without anybody, is skipped
        expect(page.locator("[data-clock]")).not_to_contain_text(re.compile("^00:"))

        page.get_by_role("button", name="Change").click()
        page.get_by_role("button", name="Driver", exact=True).click()
        field = page.get_by_role("combobox", name="Driver")
        with held(page, "**/api/v1/replay/drivers/**"):
            field.fill("on a bike")
            page.get_by_role("option", name=RIDER).click()
            page.get_by_role("button", name="Cancel").click()
            expect(page.get_by_text("Loading was cancelled.")).to_be_visible()
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(RIDER)
        page.go_back()
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Whole fleet")


def test_times_without_anything_and_orders_that_are_not_there_are_said(
    chromium: Browser, live_server: LiveServer, drive: Drive
) -> None:
    with desk(chromium, live_server, timezone_id=HERE) as seat:
        page = seat.sign_in("viewer", path="/admin/replay?at=2001-01-01T00:00:00Z")
        expect(page.get_by_text("Nobody was at work at this time")).to_be_visible()
        span = "from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z"
        page.goto(f"{live_server.url}/admin/replay?driver={drive.driver['id']}&{span}")
        expect(page.get_by_text("No positions in this time")).to_be_visible()
        page.goto(f"{live_server.url}/admin/replay?order=NONE")
        expect(page.locator(".notice-bad")).to_contain_text("order")
