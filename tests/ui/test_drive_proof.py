"""Proof of delivery on the driver's page: a photo, a signature and the customer's code."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.conftest import ROOT
from tests.live import LiveServer
from tests.ui.relay import Relay
from tests.ui.test_drive_page import opened

POSTS: Final = "**/drive/proof/**"
FULL: Final = """
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...all) {
    if (this.name === 'proofs') throw new DOMException('full', 'QuotaExceededError');
    return put.apply(this, all);
  };
"""
"""A phone that has no room for proof."""


@pytest.fixture
def bare(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone whose requests all pass the test: no worker keeps the page."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    yield context
    context.close()


def test_photo_signature_and_code_reach_the_order_also_after_a_cut(
    chromium: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    driver = live_server.driver()
    order = live_server.order(driver["id"])
    live_server.update(order["id"], "arriving")
    (tmp_path / "door.txt").write_text("no picture")
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    with Relay(live_server.port) as relay:
        page = opened(context, f"http://127.0.0.1:{relay.port}", driver["token"])
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        proof = page.get_by_role("group", name="Proof of delivery")
        relay.cut()
        expect(page.locator("#link-words")).to_have_text("No connection.")
        with page.expect_file_chooser() as chooser:
            proof.get_by_role("button", name="Photo").click()
        chooser.value.set_files(tmp_path / "door.txt")
        expect(page.locator("#problem")).to_contain_text("no picture")
        with page.expect_file_chooser() as chooser:
            proof.get_by_role("button", name="Photo").click()
        chooser.value.set_files(ROOT / "static" / "icons" / "app-512.png")
        expect(proof.get_by_role("button", name="Photo waits")).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Disconnect this phone")).to_be_visible()
        relay.mend()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(proof.get_by_role("button", name="Photo sent")).to_be_visible()
        proof.get_by_role("button", name="Signature").click()
        pad = page.locator("#signature canvas")
        box = pad.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 40, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 90, steps=4)
        page.mouse.up()
        page.get_by_role("button", name="Keep").click()
        expect(proof.get_by_role("button", name="Signature sent")).to_be_visible()
        proof.get_by_role("button", name="Code").click()
        right = code_of(live_server, order)
        page.get_by_label("Four digits").fill("0000" if right != "0000" else "1111")
        page.get_by_role("button", name="Check the code").click()
        expect(page.locator("#problem")).to_contain_text("the proof was not taken")
        proof.get_by_role("button", name="Code").click()
        page.get_by_label("Four digits").fill(right)
        page.get_by_role("button", name="Check the code").click()
        expect(proof.get_by_role("button", name="Code sent")).to_be_visible()
    context.close()
    given = live_server.api.get(f"/api/v1/orders/{order['id']}/proof").json()["items"]
    assert [each["kind"] for each in given] == ["photo", "signature", "code"]


def test_a_replaced_link_loses_no_proof(bare: BrowserContext, live_server: LiveServer) -> None:
    driver, order = arriving(live_server)
    page = opened(bare, live_server.url, driver["token"])
    held: list[Route] = []
    page.route(POSTS, lambda route: held.append(route))
    with page.expect_request(POSTS):
        give_photo(page)
    rotated = live_server.api.post(f"/api/v1/drivers/{driver['id']}/token")
    expect(page.locator("#pair-why")).to_contain_text("1 message not yet sent: kept")
    with page.expect_response(POSTS) as answer:
        held[0].continue_()
    assert answer.value.status == 410
    page.unroute(POSTS)
    page.goto(f"{live_server.url}/drive#{rotated.json()['token']}")
    expect(page.get_by_role("button", name="Photo sent")).to_be_visible()
    assert kinds(live_server, order) == ["photo"]


def test_only_the_server_itself_settles_a_proof_and_one_that_waits_holds_up_no_other(
    bare: BrowserContext, live_server: LiveServer
) -> None:
    driver, order = arriving(live_server)
    bare.clock.install()
    page = opened(bare, live_server.url, driver["token"])
    codes: list[str] = []
    between: list[Callable[[Route], None]] = [
        lambda route: route.fulfill(status=413, body="<h1>Too large</h1>"),
        lambda route: route.fulfill(status=200, body="<h1>Welcome to our network</h1>"),
    ]

    def answer(route: Route) -> None:
        if "?" not in route.request.url:
            codes.append(route.request.url)
            error = {"code": "too_many", "message": "Please wait."}
            route.fulfill(status=429, headers={"Retry-After": "900"}, json={"error": error})
        elif between:
            between.pop(0)(route)
        else:
            route.continue_()

    page.route(POSTS, answer)
    page.get_by_role("button", name=re.compile("^Code ")).click()
    page.get_by_label("Four digits").fill("0000")
    with page.expect_response(POSTS):
        page.get_by_role("button", name="Check the code").click()
    with page.expect_response(POSTS):
        give_photo(page)
    for pause in (16_000, 31_000):
        expect(page.get_by_role("button", name="Photo waits")).to_be_visible()
        with page.expect_response(POSTS):
            page.clock.fast_forward(pause)
    expect(page.get_by_role("button", name="Photo sent")).to_be_visible()
    expect(page.get_by_role("button", name="Code waits")).to_be_visible()
    assert len(codes) == 1
    assert kinds(live_server, order) == ["photo"]


def test_proof_that_the_phone_cannot_keep_is_told(
    bare: BrowserContext, live_server: LiveServer
) -> None:
    driver, _ = arriving(live_server)
    bare.add_init_script(FULL)
    page = opened(bare, live_server.url, driver["token"])
    held: list[Route] = []
    page.route(POSTS, lambda route: held.append(route))
    with page.expect_request(POSTS):
        give_photo(page)
    expect(page.locator("#warning")).to_contain_text("storage is full")
    held[0].continue_()
    expect(page.get_by_role("button", name="Photo sent")).to_be_visible()
    expect(page.locator("#warning")).to_be_empty()


def arriving(server: LiveServer) -> tuple[dict[str, Any], dict[str, Any]]:
    """A driver who stands at a door, and the order."""
    driver = server.driver()
    order = server.order(driver["id"])
    server.update(order["id"], "arriving")
    return driver, order


def give_photo(page: Page) -> None:
    """Take a picture of the delivery."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile("^Photo")).click()
    chooser.value.set_files(ROOT / "static" / "icons" / "app-512.png")


def kinds(server: LiveServer, order: dict[str, Any]) -> list[str]:
    """What was given for an order."""
    items = server.api.get(f"/api/v1/orders/{order['id']}/proof").json()["items"]
    return [each["kind"] for each in items]


def code_of(server: LiveServer, order: dict[str, Any]) -> str:
    """The code that the customer's page shows."""
    more = server.api.get(f"/track/{order['trackingToken']}/more")
    assert more.status_code == 200, more.text
    return str(more.json()["code"])
