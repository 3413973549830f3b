"""Whom the customer's page reaches: in every language, in a shop's frame, on a bad network."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import StartServer
from tests.live import LiveServer
from tests.ui.customer import Phone, Trip, begun, phone_of
from tests.ui.test_accessibility import faults
from tests.ui.test_track_page import DRAWN_AT, EXPOSE_MAP

FAR: Final = (48.1340, 11.5570)
"""So far from the door that the arrival is a window."""
MOST: Final = 125_000
"""Bytes of the first view over the network, without tiles."""


def heading(html: str) -> str:
    """The sentence in this HTML."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.S)
    assert found is not None
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def planned(begin: int, end: int) -> dict[str, str]:
    """A window, in minutes from now."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    moments = (now + timedelta(minutes=minutes) for minutes in (begin, end))
    return dict(zip(("from", "to"), (moment.isoformat() for moment in moments), strict=True))


def fits(page: Page) -> bool:
    """Whether nothing needs sideways scrolling."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


# languages


@pytest.mark.parametrize(
    ("locale", "direction", "sentence", "fresh"),
    [
        ("de-AT", "ltr", r"Ana ist unterwegs, Ankunft .*\d\d:\d\d.*\.", "gesehen$"),
        ("ar-EG", "rtl", r"\u2068Ana\u2069 في الطريق إليك، والوصول المتوقع .*\.", "^آخر موقع"),
        ("ja-JP", "ltr", r"Anaさんがお届けに向かっています。到着予定は.*です。", "位置$"),
    ],
    ids=["German", "Arabic", "Japanese"],
)
def test_the_page_speaks_the_readers_language_before_its_scripts_and_after(
    trip: Trip, chromium: Browser, locale: str, direction: str, sentence: str, fresh: str
) -> None:
    trip.status("in_transit")
    trip.fix(*FAR)
    answer = httpx.get(trip.url, headers={"Accept-Language": locale})
    assert f'<html lang="{locale}" dir="{direction}">' in answer.text
    assert "Accept-Language" in answer.headers["vary"]
    assert re.fullmatch(sentence, heading(answer.text))
    with phone_of(chromium, locale=locale) as phone:
        page = phone.open(trip.url)
        expect(page.locator(".courier-disc")).to_be_visible()
        expect(page.locator("h1")).to_have_text(re.compile(sentence))
        expect(page.locator("#track-fresh")).to_have_text(re.compile(fresh))
        assert page.evaluate("document.documentElement.dir") == direction
        assert fits(page)


def test_another_language_can_be_chosen(trip: Trip, phone: Phone) -> None:
    page = phone.open(trip.url)
    page.locator("summary", has_text="English").click()
    page.get_by_role("link", name="Français").click()
    expect(page.locator("h1")).to_have_text("Un livreur va vous apporter votre commande.")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_refusals_speak_the_readers_language_too(trip: Trip) -> None:
    german = {"Accept-Language": "de"}
    never = httpx.get(f"{trip.server.url}/track/x", headers=german)
    assert (never.status_code, "Diese Seite gibt es nicht." in never.text) == (404, True)
    links = trip.server.api.get(f"/api/v1/orders/{trip.order['id']}/links").json()["items"]
    trip.server.api.delete(f"/api/v1/orders/{trip.order['id']}/links/{links[0]['id']}")
    ended = httpx.get(trip.url, headers=german)
    assert (ended.status_code, "Dieser Link ist abgelaufen." in ended.text) == (410, True)
    assert '<html lang="de" dir="ltr">' in ended.text
    assert httpx.get(f"{trip.url}/calendar.ics").status_code == 410


# what can be done with it


def test_a_planned_arrival_goes_into_the_calendar(live_server: LiveServer) -> None:
    window = planned(60, 90)
    with begun(live_server, window=window) as trip:
        assert "/calendar.ics?lang=en" in httpx.get(trip.url).text
        answer = httpx.get(f"{trip.url}/calendar.ics?lang=de")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert "SUMMARY:Ihre Bestellung bei Ontheway\r\n" in answer.text
        begin = datetime.fromisoformat(window["from"])
        assert f"DTSTART:{begin:%Y%m%dT%H%M%SZ}\r\n" in answer.text
        assert f"URL:{trip.url}" in answer.text.replace("\r\n ", "")


def test_without_a_time_there_is_nothing_for_a_calendar(trip: Trip) -> None:
    assert httpx.get(f"{trip.url}/calendar.ics").status_code == 404
    assert httpx.get(f"{trip.server.url}/track/x/calendar.ics").status_code == 404


def test_the_link_is_shared_and_the_door_opens_in_maps(trip: Trip, phone: Phone) -> None:
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = phone.open(f"{trip.url}?lang=en")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == trip.url
    link = page.get_by_role("link", name="Open in maps")
    expect(link).to_have_attribute("href", re.compile(r"^https://www\.openstreetmap\.org/\?mlat="))
    expect(page.get_by_role("link", name="Add to calendar")).to_be_hidden()


def test_late_is_said_and_shown(live_server: LiveServer, phone: Phone) -> None:
    with begun(live_server, window=planned(-90, -60)) as trip:
        trip.status("in_transit")
        assert "Running late." in httpx.get(trip.url).text
        page = phone.open(trip.url)
        expect(page.locator("#track-late")).to_have_text(
            re.compile(r"^Running late\. It was planned for \d\d:\d\d\u2013\d\d:\d\d\.$")
        )
        trip.status("delivered")
        expect(page.locator("#track-late")).to_be_hidden()


# in another page's frame


class _Shop(BaseHTTPRequestHandler):
    """A shop's page with a frame."""

    def __init__(self, framed: list[str], *rest: Any) -> None:
        self._framed = framed
        super().__init__(*rest)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        frame = f'<iframe width="340" height="420" src="{self._framed[0]}"></iframe>'
        self.wfile.write(f"<!doctype html><title>Shop</title>{frame}".encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said."""


@contextmanager
def shop() -> Iterator[tuple[str, list[str]]]:
    """A shop's own site: its origin, and what its frame shows."""
    framed = ["about:blank"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Shop, framed))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", framed
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_shop_shows_the_small_page_on_its_own_site(
    start_server: StartServer, phone: Phone
) -> None:
    with shop() as (origin, framed):
        server = start_server(ONTHEWAY_EMBED_ORIGINS=origin)
        with begun(server) as trip:
            trip.status("in_transit")
            trip.fix(*FAR)
            framed[0] = f"{trip.url}?embed=1"
            page = phone.open(origin)
            small = page.frame_locator("iframe")
            expect(small.locator("h1")).to_have_text(re.compile("^Ana is on the way"))
            expect(small.locator(".courier-disc")).to_be_visible()
            trip.status("arriving")
            expect(small.locator("h1")).to_have_text("Almost there: Ana is around the corner.")
            whole = small.get_by_role("link", name="Open the whole page")
            expect(whole).to_have_attribute("target", "_blank")
            for part in ("#track-timeline", "#track-actions", ".track-languages"):
                expect(small.locator(part)).to_have_count(0)
            framed[0] = trip.url
            page.reload()
            expect(page.frame_locator("iframe").locator("#track")).to_have_count(0)
    phone.complaints = [text for text in phone.complaints if "frame-ancestors" not in text]


# light, still, on paper


def test_the_first_view_is_light_and_loads_nothing_needless(trip: Trip, phone: Phone) -> None:
    trip.status("in_transit")
    trip.fix(*FAR)
    page = phone.context.new_page()
    session = phone.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    asked: list[str] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(trip.url, wait_until="networkidle")
    expect(page.locator(".courier-disc")).to_be_visible()
    assert sum(sizes) <= MOST
    needless = re.compile(
        r"vue|quasar|socket\.io|nicegui\.js|/components/|dompurify|fonts|/lang/|tailwind|\.ico$"
    )
    assert [url for url in asked if needless.search(url)] == []


def test_who_wants_less_movement_sees_the_courier_step(trip: Trip, chromium: Browser) -> None:
    trip.status("picked_up")
    trip.fix(48.1350, 11.5600)
    with phone_of(chromium, reduced_motion="reduce") as phone:
        page = phone.open(trip.url)
        expect(page.locator(".courier-disc")).to_be_visible()
        page.evaluate(
            """() => {
              const marker = document.querySelector(".courier").closest(".leaflet-marker-icon");
              window.steps = new Set();
              const seen = () => window.steps.add(marker.style.transform);
              new MutationObserver(seen).observe(marker, { attributeFilter: ["style"] });
            }"""
        )
        page.wait_for_timeout(1_000)  # 40 metres in much less would be a jump, and not be shown
        trip.fix(48.1353, 11.5603)
        page.evaluate(EXPOSE_MAP)
        page.wait_for_function(DRAWN_AT, arg=[48.1353, 11.5603])
        assert page.evaluate("window.steps.size") == 1


def test_on_paper_there_are_words_and_no_map(trip: Trip, phone: Phone) -> None:
    page = phone.open(trip.url)
    expect(page.locator(".leaflet-container")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".leaflet-container")).to_be_hidden()
    expect(page.get_by_role("button", name="Share")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("query", ["?lang=ar", "?lang=de", "?embed=1"])
def test_axe_finds_nothing_whichever_way_it_is_read(
    live_server: LiveServer, chromium: Browser, query: str
) -> None:
    with (
        begun(live_server, window=planned(-90, -60)) as trip,
        phone_of(chromium, reduced_motion="reduce") as phone,
    ):
        trip.status("in_transit")
        trip.fix(*FAR)
        page = phone.open(trip.url + query)
        expect(page.locator(".courier-disc")).to_be_visible()
        for summary in page.locator("summary").all():
            summary.click()
        assert list(faults(page, query)) == []


# on the home screen


def test_the_page_goes_on_the_home_screen_as_this_link_and_ends_with_it(trip: Trip) -> None:
    path = f"/track/{trip.order['trackingToken']}"
    page = httpx.get(f"{trip.url}?lang=de").text
    found = re.search(r'<link rel="manifest" href="([^"]+)">', page)
    assert found is not None
    assert found[1] == f"{path}/app.webmanifest?lang=de"
    answer = httpx.get(f"{trip.server.url}{found[1]}")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert (told["name"], told["short_name"]) == ("Ihre Bestellung bei Ontheway", "Ontheway")
    assert (told["start_url"], told["scope"], told["lang"]) == (f"{path}?lang=de", path, "de")
    for icon in told["icons"]:
        assert httpx.get(f"{trip.server.url}{icon['src']}").headers["content-type"] == icon["type"]
    plain = httpx.get(f"{trip.url}/app.webmanifest", headers={"Accept-Language": "ar"}).json()
    assert (plain["start_url"], plain["dir"]) == (path, "rtl")
    assert 'rel="manifest"' not in httpx.get(f"{trip.url}?embed=1").text

    never = httpx.get(f"{trip.server.url}/track/x/app.webmanifest")
    assert (never.status_code, never.text) == (404, httpx.get(f"{trip.server.url}/track/x").text)
    links = trip.server.api.get(f"/api/v1/orders/{trip.order['id']}/links").json()["items"]
    trip.server.api.delete(f"/api/v1/orders/{trip.order['id']}/links/{links[0]['id']}")
    ended = httpx.get(f"{trip.url}/app.webmanifest")
    assert (ended.status_code, ended.text) == (410, httpx.get(trip.url).text)
