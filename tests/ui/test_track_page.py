"""The customer's page in a real browser, against the real server."""

import os
import re
import signal
import time
from collections.abc import Iterator
from itertools import pairwise
from math import cos, hypot, radians
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import QUIET_LIMITS
from tests.live import LiveServer
from tests.ui.customer import DOOR, Phone, Trip, begun
from tests.ui.desk import desk

HOSTILE: Final = "</script><img/src=x/onerror=\"document.title='broken'\">"
COURIER: Final = """() => {
  const drawn = [];
  window.orderMap.leaflet.eachLayer((layer) => {
    if (layer.getElement?.()?.querySelector?.(".courier")) drawn.push(layer.getLatLng());
  });
  return drawn[0] ? [drawn[0].lat, drawn[0].lng] : null;
}"""
"""Where the courier is drawn now, or null."""
WATCH: Final = f"""async (north) => {{
  const where = {COURIER};
  const seen = [];
  do {{
    await new Promise(requestAnimationFrame);
    seen.push([performance.now(), ...where()]);
  }} while (seen.at(-1)[1] < north - 1e-7);
  return seen;
}}"""
"""All frames of the courier until he is so far north: time, latitude, longitude."""

DRAWN_AT: Final = """([lat, lng]) => {
  const map = window.orderMap.leaflet;
  const frame = map.getContainer().getBoundingClientRect();
  const disc = document.querySelector(".courier-disc").getBoundingClientRect();
  const at = map.latLngToContainerPoint([lat, lng]);
  const across = disc.x + disc.width / 2 - frame.x - at.x;
  const down = disc.y + disc.height / 2 - frame.y - at.y;
  return Math.hypot(across, down) < 2;
}"""
"""Whether the courier's disc is seen at this place, by two pixels."""
CLOCK: Final = r"(\d+ \w+, )?\d\d:\d\d"
EXPOSE_MAP: Final = (
    "import('/static/track/track.js').then((page) => { window.orderMap = page.map; })"
)
"""Puts the page's map where the scripts above find it."""


@pytest.fixture(scope="module")
def counted_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that tells what NiceGUI holds; no other test's pages are in it. Its tiles do not
    load."""
    folder = tmp_path_factory.mktemp("counted")
    settings = {**QUIET_LIMITS, "ONTHEWAY_TILE_URL": "http://127.0.0.1:9/{z}/{x}/{y}.png"}
    with LiveServer(folder / "data", settings, "tests.ui.counted") as server:
        yield server


def pages_held(server: LiveServer) -> int:
    """How many pages NiceGUI holds in this server now."""
    before = len(server.lines)
    os.kill(server.pid, signal.SIGUSR1)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for line in server.lines[before:]:
            if match := re.match(r"Pages: (\d+)", line):
                return int(match[1])
        time.sleep(0.01)
    raise AssertionError("the server did not tell")


def sentence(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the page's sentence, and its title, say so."""
    expect(page.locator("h1")).to_have_text(text)
    expect(page).to_have_title(text)


def test_the_first_html_says_it_all_before_any_script(trip: Trip) -> None:
    trip.status("picked_up")
    trip.fix(48.1340, 11.5570)
    trip.status("in_transit")
    html = httpx.get(trip.url).text
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.S)
    assert heading is not None
    words = re.sub(r"<[^>]+>", "", heading[1]).strip()
    # By the clock of the shop, where it may be nearly midnight: then with a day, and with spaces.
    assert re.fullmatch(rf"Ana is on the way, arriving {CLOCK} ?\u2013 ?{CLOCK}\.", words)
    assert f"<title>{words}</title>" in html
    for word in ("Ordered", "Picked up", "On the way", "Your door", "by bike", DOOR["address"]):
        assert word in html
    assert "Petrović" not in html
    assert "--accent: #0f766e" in html, "its styles need no other file"
    assert ".track-sentence {" in html


def test_a_token_that_never_was_a_link_gets_one_text_whatever_it_looks_like(
    live_server: LiveServer,
) -> None:
    answers = [
        httpx.get(f"{live_server.url}/track/{token}") for token in ("x", "A" * 32, "a.b~c", "ä" * 9)
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.text for answer in answers}) == 1
    assert "This page does not exist." in answers[0].text
    assert "message-shop" not in answers[0].text


def test_the_page_of_a_revoked_link_is_gone_and_says_so(trip: Trip) -> None:
    links = trip.server.api.get(f"/api/v1/orders/{trip.order['id']}/links").json()["items"]
    trip.server.api.delete(f"/api/v1/orders/{trip.order['id']}/links/{links[0]['id']}")
    answer = httpx.get(trip.url)
    assert answer.status_code == 410
    assert "This link has ended." in answer.text
    assert '<p class="message-shop">Ontheway</p>' in answer.text


def test_the_page_is_kept_out_of_caches_and_search_engines(trip: Trip) -> None:
    answer = httpx.get(trip.url)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "strict-origin"
    head = httpx.head(trip.url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["vary"] == answer.headers["vary"] == "Accept-Language, Accept-Encoding"
    assert 'name="robots" content="noindex' in answer.text


def test_the_page_may_run_its_files_and_nothing_that_is_made_of_text(trip: Trip) -> None:
    policy = httpx.get(trip.url).headers["content-security-policy"]
    assert "script-src 'self' 'nonce-" in policy
    assert "unsafe-eval" not in policy


def test_the_courier_appears_when_the_order_is_picked_up_and_not_before(
    trip: Trip, phone: Phone
) -> None:
    trip.fix(48.1340, 11.5570, age=20)
    page = phone.open(trip.url)
    sentence(page, "A courier will bring your order.")
    expect(page.locator(".pin-door")).to_be_visible()
    expect(page.locator(".pin-bag")).to_be_visible()
    assert "Ana" not in page.content()
    trip.status("picked_up")
    sentence(page, "Ana has picked up your order.")
    trip.fix(48.1345, 11.5580)
    expect(page.locator(".courier-disc")).to_have_text("A")
    expect(page.locator("#track-vehicle")).to_have_text("by bike")
    expect(page.locator("#track-fresh")).to_have_text(re.compile("^seen (just now|[0-9]+ second)"))


def test_a_page_whose_script_got_lost_is_loaded_again(trip: Trip, phone: Phone) -> None:
    lost = iter((True, True))  # the hint in the head tries first, then the page itself

    def lose(route: Route) -> None:
        if next(lost, False):
            route.abort()
        else:
            route.continue_()

    phone.context.route("**/static/track/track.js", lose)
    page = phone.open(trip.url)
    trip.status("picked_up")
    sentence(page, "Ana has picked up your order.")


def test_the_courier_glides_to_each_fix_and_never_runs_back(trip: Trip, phone: Phone) -> None:
    trip.status("picked_up")
    trip.fix(48.1350, 11.5600)
    page = phone.open(trip.url)
    expect(page.locator(".courier-disc")).to_be_visible()
    page.evaluate(EXPOSE_MAP)
    page.evaluate(f"() => {{ window.seenFrames = ({WATCH})(48.1355) }}")
    for step in range(1, 6):
        page.wait_for_timeout(400)  # the pace of the fixes is what is tested
        trip.fix(48.1350 + step * 0.0001, 11.5600, heading=0.0)
    frames = page.evaluate("() => window.seenFrames")
    lats = [lat for _, lat, _ in frames]
    assert lats == sorted(lats)
    assert lats[-1] == pytest.approx(48.1355)
    assert len(set(lats)) > 5, "it jumped"
    for (t0, a, b), (t1, c, d) in pairwise(frames):
        metres = hypot((c - a) * 111_195, (d - b) * 111_195 * cos(radians(a)))
        # Two frames may be noted in one: then the first one's way counts for both. A step is 11 m.
        assert metres <= 0.2 * max(t1 - t0, 34), "it jumped"


def test_the_courier_is_seen_where_he_is(trip: Trip, phone: Phone) -> None:
    trip.status("picked_up")
    trip.fix(48.1350, 11.5600)
    page = phone.open(trip.url)
    expect(page.locator(".courier-disc")).to_be_visible()
    page.evaluate(EXPOSE_MAP)
    for place in ((48.1353, 11.5603), (48.1356, 11.5606)):
        page.wait_for_timeout(1_000)  # 40 metres in much less would be a jump, and not be shown
        trip.fix(*place)
        page.wait_for_function(DRAWN_AT, arg=list(place), timeout=30_000)


def test_a_newer_status_is_shown_and_read_out(trip: Trip, phone: Phone) -> None:
    trip.status("picked_up")
    trip.fix(48.1340, 11.5570)
    page = phone.open(trip.url)
    expect(page.locator(".courier-disc")).to_be_visible()
    trip.status("in_transit")
    sentence(page, re.compile(r"^Ana is on the way, arriving \d+:\d\d\s?\u2013\s?\d+:\d\d\.$"))
    trip.status("arriving")
    sentence(page, "Almost there: Ana is around the corner.")
    expect(page.locator("#track-news")).to_have_text("Almost there: Ana is around the corner.")
    expect(page.locator("#track-timeline li")).to_have_count(4)
    expect(page.locator("#track-timeline li").last).to_contain_text("Almost there")


def test_after_delivery_the_page_ends_politely_without_the_courier(
    trip: Trip, phone: Phone
) -> None:
    trip.status("in_transit")
    trip.fix(48.1372, 11.5722)
    page = phone.open(trip.url)
    expect(page.locator(".courier-disc")).to_be_visible()
    trip.status("delivered")
    sentence(page, re.compile(r"^Delivered at \d\d:\d\d\.$"))
    expect(page.locator(".courier-disc")).to_have_count(0)
    expect(page.locator("#track-courier")).to_be_hidden()
    expect(page.locator("#track-fresh")).to_be_hidden()
    assert "Ana" not in httpx.get(trip.url).text


def test_a_failed_delivery_says_why_and_what_happens_next(trip: Trip, phone: Phone) -> None:
    trip.status("in_transit")
    page = phone.open(trip.url)
    reason = f"Nobody opened {HOSTILE}"
    trip.status("failed", note=reason)
    sentence(page, "We could not deliver.")
    expect(page.locator("#track-reason")).to_have_text(reason)
    expect(page.locator("#track-more")).to_contain_text("what happens next")
    page.reload()
    expect(page.locator("#track-reason")).to_have_text(reason)
    sentence(page, "We could not deliver.")


def test_an_old_place_is_shown_as_old_and_never_as_live(trip: Trip, phone: Phone) -> None:
    trip.status("in_transit")
    trip.fix(48.1372, 11.5722, age=300, heading=90.0, orderId=trip.order["id"])
    page = phone.open(trip.url)
    expect(page.locator("#track-fresh")).to_have_text("Ana\u2019s signal is weak")
    expect(page.locator(".courier.is-stale .courier-note")).to_have_text(
        re.compile(r"^last seen \d\d:\d\d$")
    )
    expect(page.locator(".courier-wedge")).to_have_css("opacity", "0")
    trip.fix(48.1380, 11.5724, heading=90.0)
    expect(page.locator("#track-fresh")).to_have_text(re.compile("^seen "))
    expect(page.locator(".courier.is-stale")).to_have_count(0)


def test_offline_is_said_in_other_words_and_the_page_is_right_again_by_itself(
    trip: Trip, phone: Phone
) -> None:
    trip.status("in_transit")
    trip.fix(48.1372, 11.5722)
    page = phone.open(trip.url)
    expect(page.locator("#track-fresh")).to_have_text(re.compile("^seen "))
    phone.context.set_offline(True)
    expect(page.locator("#track-fresh")).to_have_text(re.compile("^You are offline, last news "))
    trip.fix(48.1380, 11.5730)
    trip.status("arriving")
    phone.context.set_offline(False)
    sentence(page, "Almost there: Ana is around the corner.")
    trip.fix(48.1381, 11.5731)
    expect(page.locator("#track-fresh")).to_have_text(re.compile("^seen "))


def test_an_open_page_ends_with_its_link(trip: Trip, phone: Phone) -> None:
    trip.status("in_transit")
    trip.fix(48.1372, 11.5722)
    page = phone.open(trip.url)
    expect(page.locator(".courier-disc")).to_be_visible()
    links = trip.server.api.get(f"/api/v1/orders/{trip.order['id']}/links").json()["items"]
    trip.server.api.delete(f"/api/v1/orders/{trip.order['id']}/links/{links[0]['id']}")
    sentence(page, "This link has ended.")
    expect(page.locator(".courier-disc")).to_have_count(0)
    expect(page.get_by_text("Ana")).to_have_count(0)


def test_the_map_follows_until_a_hand_moves_it_and_again_on_demand(
    trip: Trip, phone: Phone
) -> None:
    trip.status("in_transit")
    trip.fix(48.1372, 11.5722)
    page = phone.open(trip.url)
    button = page.locator("#track-follow")
    expect(button).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.mouse.move(200, 250)
    page.mouse.down()
    page.mouse.move(120, 180, steps=5)
    page.mouse.up()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("Follow")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_strings_from_outside_are_text_everywhere(live_server: LiveServer, phone: Phone) -> None:
    with begun(live_server, name=HOSTILE, destination={**DOOR, "address": HOSTILE}) as trip:
        trip.status("in_transit")
        trip.fix(48.1372, 11.5722)
        page = phone.open(trip.url)
        expect(page.locator("#track-name")).to_have_text(HOSTILE)
        expect(page.get_by_text(f"To {HOSTILE}")).to_be_visible()
        expect(page.locator(".courier-disc")).to_be_visible()
    assert page.locator("img[src=x]").count() == 0
    expect(page).to_have_title(re.compile(r"^</script><img"))


def test_without_tiles_the_map_has_a_graticule_and_a_scale_and_asks_nobody(
    trip: Trip, phone: Phone
) -> None:
    page = phone.open(trip.url)
    expect(page.locator(".graticule").first).to_be_attached()
    expect(page.locator(".leaflet-control-scale-line")).to_have_text(re.compile(r"\d+ k?m"))
    assert phone.asked == {trip.url.split("/")[2]}


def test_tiles_that_do_not_load_leave_the_plain_ground(
    counted_server: LiveServer, phone: Phone
) -> None:
    with begun(counted_server) as trip:
        page = phone.open(trip.url)
        expect(page.locator(".graticule").first).to_be_attached()
        expect(page.locator(".pin-door")).to_be_visible()


def test_an_order_without_any_place_has_words_and_no_map(
    live_server: LiveServer, phone: Phone
) -> None:
    order = live_server.order(destination={"address": DOOR["address"]})
    page = phone.open(f"{live_server.url}/track/{order['trackingToken']}")
    sentence(page, "We have your order.")
    expect(page.locator(".leaflet-container")).to_be_hidden()
    expect(page.get_by_text(f"To {DOOR['address']}")).to_be_visible()


def test_an_open_page_lives_on_our_socket_and_the_server_holds_nothing_else_for_it(
    counted_server: LiveServer, phone: Phone, chromium: Browser
) -> None:
    with desk(chromium, counted_server) as staff, begun(counted_server) as trip:
        staff.sign_in("viewer", path="/admin/orders")
        held = pages_held(counted_server)
        assert held > 0, "a page of the staff is held"
        page = phone.open(trip.url)
        expect(page.locator(".leaflet-container")).to_be_visible()
        assert pages_held(counted_server) <= held
        trip.status("in_transit")
        trip.fix(48.1372, 11.5722)
        expect(page.locator(".courier-disc")).to_be_visible()
        trip.status("arriving")
        sentence(page, "Almost there: Ana is around the corner.")
        assert [urlsplit(socket.url).path for socket in phone.sockets] == [
            f"/ws/client/{trip.order['trackingToken']}"
        ]


def test_a_page_that_was_only_fetched_leaves_nothing_behind(counted_server: LiveServer) -> None:
    url = f"{counted_server.url}/track/{counted_server.order()['trackingToken']}"
    held = pages_held(counted_server)
    assert [httpx.get(url).status_code for _ in range(3)] == [200] * 3
    assert pages_held(counted_server) <= held


def test_the_page_is_right_when_the_customer_comes_back_to_it(trip: Trip, phone: Phone) -> None:
    trip.status("in_transit")
    page = phone.open(trip.url)
    sentence(page, "Ana is on the way.")
    page.goto(f"{trip.server.url}/login")
    trip.status("arriving")
    page.go_back()
    sentence(page, "Almost there: Ana is around the corner.")
    expect(page.locator(".pin-door")).to_be_visible()
    trip.status("delivered")
    sentence(page, re.compile("^Delivered at "))


def test_the_narrowest_phone_needs_no_sideways_scrolling(trip: Trip, phone: Phone) -> None:
    trip.status("in_transit")
    trip.fix(48.1372, 11.5722)
    page = phone.open(trip.url)
    page.set_viewport_size({"width": 320, "height": 568})
    expect(page.locator(".courier-disc")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
